"""The answer to a forced ratio: the band that a unit is put in, and its place inside the band."""

from evalsvc.scheme.asking import PLACE, Asked
from evalsvc.scheme.model import ForcedRatioQuestion
from forms.answer import AnswerField, Option, RatedUnit
from forms.number import NumberField


class ForcedRatioField(AnswerField):
    """A row with one button a band; the proportions are counted over the whole section."""

    template = "public/questions/forced_ratio.html"

    def __init__(self, asked: Asked, unit: RatedUnit | None, **settings: object) -> None:
        super().__init__(asked, unit, **settings)
        if isinstance(asked.question, ForcedRatioQuestion):
            self.options = tuple(Option(one.code, one.name) for one in asked.question.bands)


class PlaceField(NumberField):
    """The place inside the band, 1 for the first; the script moves rows up and down instead."""

    template = "public/questions/place.html"
    companion = PLACE

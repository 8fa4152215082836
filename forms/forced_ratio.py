"""The answer to a forced ratio: the band that a unit is put in."""

from evalsvc.scheme.model import ForcedRatioQuestion
from forms.answer import AnswerField, Option, RatedUnit


class ForcedRatioField(AnswerField):
    """A row with one button a band; the proportions are counted over the whole section."""

    template = "public/questions/forced_ratio.html"

    def __init__(
        self, question: ForcedRatioQuestion, unit: RatedUnit, **settings: object
    ) -> None:
        super().__init__(question, unit, **settings)
        self.options = tuple(Option(band.code, band.name) for band in question.bands)

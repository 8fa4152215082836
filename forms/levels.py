"""The answer to a satisfaction question: one level, or that the rater does not know."""

from evalsvc.scheme.asking import Asked
from evalsvc.scheme.model import LevelsQuestion
from forms.answer import AnswerField, Option, RatedUnit


class LevelsField(AnswerField):
    """A card with one button a level, in words; a level without points stands apart."""

    template = "public/questions/levels.html"

    def __init__(self, asked: Asked, unit: RatedUnit | None, **settings: object) -> None:
        super().__init__(asked, unit, **settings)
        if isinstance(asked.question, LevelsQuestion):
            self.options = tuple(
                Option(level.code, level.name, apart=level.points is None)
                for level in asked.question.levels
            )

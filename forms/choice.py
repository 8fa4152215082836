"""The answer to a choice: one option or several, and words for "other"."""

from collections.abc import Sequence
from functools import cached_property

from evalsvc.questions.question import (
    BETWEEN_CHOICES,
    LONGEST_REASON,
    OTHER,
    OTHER_TEXT,
    Option,
    Question,
)
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.unit import PaperUnit
from evalsvc.text import Text
from forms.answer import AnswerField
from forms.text import TextField

OTHER_NAME = Text("其他（请写明）", "Other (please say)")


class ChoiceField(AnswerField):
    """Buttons of which one stays pressed, or several where the scheme allows."""

    def __init__(self, asked: Asked, unit: PaperUnit | None, **settings: object) -> None:
        super().__init__(asked, unit, **settings)
        self.most = self.question.most_chosen

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return tuple(
            Option(OTHER, OTHER_NAME) if self.question.has_other and one.code == OTHER else one
            for one in self.question.list_options()
        )

    @property
    def chosen(self) -> list[str]:
        return str(self.data).split(BETWEEN_CHOICES) if self.data else []

    @classmethod
    def understand(cls, question: Question, texts: Sequence[str]) -> str:
        """Several options become one value, in the declared order, unknown ones at the end."""
        known = [one.code for one in question.list_options()] + [OTHER]
        given = list(dict.fromkeys(found for text in texts for found in text.split()))
        given.sort(key=lambda code: known.index(code) if code in known else len(known))
        return BETWEEN_CHOICES.join(given)

    @classmethod
    def is_doubled(cls, question: Question, texts: Sequence[str]) -> bool:
        return question.most_chosen == 1 and super().is_doubled(question, texts)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.typed = self.data


class OtherField(TextField):
    """What "other" means, in the rater's words."""

    template = "public/questions/other.html"
    companion = OTHER_TEXT
    longest = LONGEST_REASON

"""The answer to a choice: one option or several, and words for "other"."""

from collections.abc import Sequence

from evalsvc.scheme.asking import (
    BETWEEN_CHOICES,
    LONGEST_REASON,
    OTHER,
    OTHER_TEXT,
    AnyQuestion,
    Asked,
    ChoiceQuestion,
)
from evalsvc.text import Text
from forms.answer import AnswerField, Option, RatedUnit
from forms.text import TextField

OTHER_NAME = Text("其他（请写明）", "Other (please say)")


class ChoiceField(AnswerField):
    """Buttons of which one stays pressed, or several where the scheme allows."""

    template = "public/questions/choice.html"

    def __init__(self, asked: Asked, unit: RatedUnit | None, **settings: object) -> None:
        super().__init__(asked, unit, **settings)
        self.most = 1
        if isinstance(asked.question, ChoiceQuestion):
            self.most = asked.question.most
            self.options = tuple(Option(one.code, one.name) for one in asked.question.options)
            if asked.question.other:
                self.options += (Option(OTHER, OTHER_NAME),)

    @property
    def chosen(self) -> list[str]:
        return str(self.data).split(BETWEEN_CHOICES) if self.data else []

    @classmethod
    def understand(cls, question: AnyQuestion, texts: Sequence[str]) -> str:
        """Several options become one value, in the declared order, unknown ones at the end."""
        known = [one.code for one in getattr(question, "options", ())] + [OTHER]
        given = list(dict.fromkeys(found for text in texts for found in text.split()))
        given.sort(key=lambda code: known.index(code) if code in known else len(known))
        return BETWEEN_CHOICES.join(given)

    @classmethod
    def is_doubled(cls, question: AnyQuestion, texts: Sequence[str]) -> bool:
        several = isinstance(question, ChoiceQuestion) and question.most > 1
        return not several and super().is_doubled(question, texts)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.typed = self.data


class OtherField(TextField):
    """What "other" means, in the rater's words."""

    template = "public/questions/other.html"
    companion = OTHER_TEXT
    longest = LONGEST_REASON

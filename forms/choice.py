"""The answer to a choice: one option or several, and words for "other"."""

from evalsvc.scheme.asking import BETWEEN_CHOICES, OTHER, OTHER_TEXT, Asked, ChoiceQuestion
from evalsvc.scheme.model import Text
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

    def process_formdata(self, valuelist: list[str]) -> None:
        """Several options become one value, in the declared order, unknown ones at the end."""
        known = [option.code for option in self.options]
        given = list(dict.fromkeys(found for text in valuelist for found in text.split()))
        given.sort(key=lambda code: known.index(code) if code in known else len(known))
        self.typed = self.data = BETWEEN_CHOICES.join(given)

    def pre_validate(self, form: object) -> None:
        if self.most == 1:
            super().pre_validate(form)


class OtherField(TextField):
    """What "other" means, in the rater's words."""

    template = "public/questions/other.html"
    companion = OTHER_TEXT

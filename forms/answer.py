"""One answer about one unit: the posted text as it was, and the value understood from it."""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from wtforms import Field
from wtforms.validators import StopValidation

from evalsvc.questions.question import Option, Question
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.unit import PaperUnit
from evalsvc.text import Text

PREFIX = "a."
DOUBLED = Text("选了不止一个答案，请只选一个", "more than one answer was given; please choose one")


class AnswerField(Field):  # type: ignore[misc]  # WTForms ships no types
    """A field named `a.<item>.<unit>`. Whether its value is allowed is for `domain.ballots`.

    `unit` is None where a question is about the whole ballot. `companion` is the end of the item's
    code for what stands beside the main answer: a place inside a band, words for "other".
    """

    companion: ClassVar[str] = ""
    typed: str = ""

    def __init__(self, asked: Asked, unit: PaperUnit | None, **settings: object) -> None:
        label = unit.name if unit else asked.question.title.zh
        super().__init__(label=label, default="", **settings)
        self.asked = asked
        self.question = asked.question
        self.unit = unit

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """What there is to choose; made when asked, for the check shows one for all units."""
        return self.question.list_options()

    @property
    def template(self) -> str:
        """How it looks; a companion has a template of its own."""
        return f"public/questions/{self.question.kind}/field.html"

    @property
    def is_place(self) -> bool:
        """Whether its value is a place among the units."""
        return self.question.order

    @property
    def item(self) -> str:
        return self.question.code + self.companion

    @property
    def unit_code(self) -> str:
        return self.unit.code if self.unit else ""

    @property
    def is_alone(self) -> bool:
        """Whether the question's own words stand beside the field, not above the section."""
        return not self.question.is_about_units

    @classmethod
    def understand(cls, question: Question, texts: Sequence[str]) -> str:  # noqa: ARG003 (choices look at it)
        """The value meant by what was posted under the field's name."""
        return cls.clean(texts[0]) if texts else ""

    @classmethod
    def clean(cls, text: str) -> str:
        """The value meant by one posted text."""
        return text

    @classmethod
    def is_doubled(cls, question: Question, texts: Sequence[str]) -> bool:  # noqa: ARG003 (choices look at it)
        """Whether more than one answer was posted where one is asked for."""
        return len(texts) > 1 and len(set(texts)) > 1

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0] if valuelist else ""
        self.data = self.understand(self.question, valuelist)

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 (WTForms hands over the form)
        if self.is_doubled(self.question, self.raw_data or ()):
            raise StopValidation(DOUBLED)


def build_name(item: str, unit: str) -> str:
    """The name under which an answer is posted."""
    return f"{PREFIX}{item}.{unit}"

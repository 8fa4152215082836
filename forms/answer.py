"""One answer about one unit: the posted text as it was, and the value understood from it."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from wtforms import Field
from wtforms.validators import StopValidation

from evalsvc.scheme.model import Question, Text

DOUBLED = Text("选了不止一个答案，请只选一个", "more than one answer was given; please choose one")


class RatedUnit(Protocol):
    """What a form needs to know of a unit on the paper."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def work(self) -> str: ...


@dataclass(frozen=True)
class Option:
    """A band or level to choose from; `apart` sets "don't know" off from the scale."""

    code: str
    name: Text
    apart: bool = False


class AnswerField(Field):  # type: ignore[misc]  # WTForms ships no types
    """A field named `a.<item>.<unit>`. Whether its value is allowed is for `domain.ballots`."""

    template: ClassVar[str]
    options: tuple[Option, ...] = ()
    typed: str = ""

    def __init__(self, question: Question, unit: RatedUnit, **settings: object) -> None:
        super().__init__(label=unit.name, default="", **settings)
        self.question = question
        self.unit = unit

    def clean(self, text: str) -> str:
        """The value meant by a posted text."""
        return text

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0] if valuelist else ""
        self.data = self.clean(self.typed)

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 (WTForms hands over the form)
        if len(set(self.raw_data or ())) > 1:
            raise StopValidation(DOUBLED)

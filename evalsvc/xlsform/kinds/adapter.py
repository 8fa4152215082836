"""What the sheet needs to know of a kind: which rows are such questions, and what they become."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from evalsvc.questions.question import About, Question
from evalsvc.text import Text
from evalsvc.workbooks.table import TableRow
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.choices import ChoiceList
from evalsvc.xlsform.expressions import Limits
from evalsvc.xlsform.layouts import EN, ZH
from evalsvc.xlsform.rules import Rule

# A row: what stands under each heading.
Row = dict[str, str]
Kind = TypeVar("Kind", bound=Question)


@dataclass(frozen=True)
class Item:
    """A row of the survey that asks something, with the list that it chooses from.

    `lists` are all that there are, for a kind that keeps one under its own name.
    """

    row: TableRow
    type: str
    name: str
    title: Text
    limits: Limits
    about: About
    lists: Mapping[str, ChoiceList]
    list_name: str = ""
    choices: ChoiceList | None = None
    other: bool = False

    @property
    def rates_by_list(self) -> bool:
        """Whether one choice of a list is made about every unit."""
        return self.type == "select_one" and self.about == "units" and not self.other

    def refuse(self, column: str, text: Text) -> None:
        self.row.report(column, text)

    def is_about_units(self) -> bool:
        """Whether a number is asked where units are; anywhere else it is refused."""
        if self.about == "ballot":
            self.refuse("type", unsupported.NUMBER_OUTSIDE)
        return self.about == "units"


@dataclass(frozen=True)
class Written:
    """A question's type, what it says in columns of its own, and the rows of its list.

    What is asked unit by unit stands `in_repeat`; `rules` hold over the answers about several.
    """

    type: str
    particulars: Row = field(default_factory=dict)
    choices: Sequence[Row] = ()
    in_repeat: bool = True
    rules: Sequence[Rule] = ()


@dataclass(frozen=True)
class Adapter(Generic[Kind]):
    """One kind: whether a row is such a question, the question, and its row."""

    kind: type[Kind]
    takes: Callable[[Item], bool]
    read: Callable[[Item], Question | None]
    write: Callable[[Kind], Written]


def write_choice(question: Question, code: str, name: Text, **more: str) -> Row:
    return {"list_name": question.code, "name": code} | write_label(name) | more


def write_label(text: Text) -> Row:
    return {f"label::{ZH}": text.zh, f"label::{EN}": text.en}

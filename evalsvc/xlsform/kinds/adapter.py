"""What the sheet needs to know of a kind: which rows are such questions, and what they become."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from evalsvc.questions.question import About, Question
from evalsvc.text import Text
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.choices import UNITS, ChoiceList
from evalsvc.xlsform.expressions import Aspect, Limits
from evalsvc.xlsform.layouts import EN, ZH
from evalsvc.xlsform.rows import FormRow
from evalsvc.xlsform.rules import Rule

# A row: what stands under each heading.
Row = dict[str, str]
Kind = TypeVar("Kind", bound=Question)


@dataclass(frozen=True)
class Item:
    """A row of the survey that asks something, with the list that it chooses from.

    `lists` are all that there are, for a kind that keeps one under its own name.
    """

    row: FormRow
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
    def is_list_of_units(self) -> bool:
        """Whether what is chosen from are the units themselves, and no list of one's own."""
        return self.list_name.removesuffix(".csv") == UNITS and UNITS not in self.lists

    @property
    def rates_by_list(self) -> bool:
        """Whether one choice of a list is made about every unit."""
        return self.type == "select_one" and self.about == "units" and not self.other

    def refuse(self, column: str, text: Text) -> None:
        self.row.report(column, text)

    def take_appearance(self, *words: str) -> frozenset[str]:
        """Which of these words the appearance has; they are read, and any other is remarked."""
        return take_appearance(self.row, words)

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
    """One kind: whether a row is such a question, the question, and its row.

    A constraint may say its `limits`; one that says anything else doesn't fit it.
    """

    kind: type[Kind]
    takes: Callable[[Item], bool]
    read: Callable[[Item], Question | None]
    write: Callable[[Kind], Written]
    limits: tuple[Aspect, ...] = ()


def take_appearance(row: FormRow, words: Collection[str]) -> frozenset[str]:
    """Which of these words a row's appearance has; what else it has is remarked."""
    said = row.take("appearance").split()
    foreign = [word for word in said if word not in words]
    if any(word.startswith("search(") for word in foreign):
        row.report("appearance", unsupported.OUTSIDE_FILE)
    elif foreign:
        row.report("appearance", unsupported.LOOKS, found=" ".join(foreign), severity="warning")
    return frozenset(said)


def write_choice(question: Question, code: str, name: Text, **more: str) -> Row:
    return {"list_name": question.code, "name": code} | write_label(name) | more


def write_label(text: Text) -> Row:
    return {f"label::{ZH}": text.zh, f"label::{EN}": text.en}

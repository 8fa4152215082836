"""What every kind of question answers: how it is written, which values answer it, what it counts.

A kind is a frozen dataclass below `Question` in a module of its own. What it leaves as it stands
here, it has not: no options, no points, nothing that must hold over several units.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Literal

from analysis.score.rules import Rated
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.file.entries import Entry
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text

About = Literal["units", "ballot"]
Scoring = Literal["kept", "where_read", "never"]
Fault = Literal[
    "missing",
    "foreign_unit",
    "doubled",
    "unknown_item",
    "not_a_choice",
    "proportions",
    "not_asked",
    "too_long",
]
# By item and unit; the unit is empty where a question is about the whole ballot.
Given = Mapping[tuple[str, str], str]

# Codes chosen in a multiple choice stand in one value; a scheme's codes hold no spaces.
BETWEEN_CHOICES = " "
OTHER = "other"
# Companions of an item, answered in fields of their own.
OTHER_TEXT = ".other"
PLACE = ".place"
# The reason why a rater does not judge a unit.
RECUSAL = "recusal"
LONGEST_REASON = 200
# What a rater may write on a whole paper, where the questionnaire does not say otherwise.
WORDS_TOGETHER = 1000
# Longer numbers are no answers; a full-width digit, as Chinese keyboards type it, is three bytes.
LONGEST_NUMBER, LONGEST_WHOLE, FULL_WIDTH = 12, 6, 3


@dataclass(frozen=True)
class Option:
    """Something to choose; `apart` sets "don't know" off from the scale."""

    code: str
    name: Text
    apart: bool = False


@dataclass(frozen=True)
class Level:
    """One answer of a satisfaction scale; `points` is None for "don't know", which never counts.

    `satisfied` levels make the satisfied rate; `basically` ones join them in the second rate.
    """

    code: str
    name: Text
    points: Decimal | None
    satisfied: bool
    basically: bool = False


@dataclass(frozen=True)
class Flaw:
    """What is wrong with an answer; without a unit, with several answers together."""

    kind: Fault
    item: str
    unit: str
    text: Text


@dataclass(frozen=True)
class Question(ABC):
    """One question; its class is its kind.

    `called` names the kind on the office's pages. Answers of a kind that is `kept` stay together
    on the ballot, since scores may read them; those of a kind that counts `where_read` only where
    the score does. The answers of a `weighed` kind make sense only beside each other, so it fills
    a section of a page alone, and those of an `overall` kind over the whole ballot, whatever the
    category. `order` says that the value is itself a place, 1 for the first. On paper, options are
    `ticked`, or their value is written.
    """

    kind: ClassVar[str]
    called: ClassVar[Text]
    scoring: ClassVar[Scoring]
    weighed: ClassVar[bool] = False
    overall: ClassVar[bool] = False
    order: ClassVar[bool] = False
    required_by_itself: ClassVar[bool] = True
    ticked: ClassVar[bool] = True
    option_word: ClassVar[Text] = Text("选项", "option")

    code: str
    title: Text

    @classmethod
    @abstractmethod
    def list_readers(cls) -> "Mapping[str, Reader]":
        """How a scheme writes it: by the word that stands under `kind`."""

    @classmethod
    def list_several_readers(cls) -> "Mapping[str, SeveralReader]":
        """The same for what asks several questions in one section."""
        return {}

    @abstractmethod
    def write(self) -> dict[str, Entry]:
        """Its own settings as a scheme's file has them; `kind` where another word says it."""

    @abstractmethod
    def is_answer(self, value: str, most: int) -> bool:
        """Whether a value answers it; `most` is the number of units in the category."""

    @abstractmethod
    def say_choices(self, most: int) -> Text:
        """What may be answered, for the message that refuses something else."""

    @property
    @abstractmethod
    def longest_value(self) -> int:
        """In bytes, words aside."""

    @property
    def is_about_units(self) -> bool:
        """Whether it is asked of every unit, or once for the whole ballot."""
        return True

    def list_options(self) -> tuple[Option, ...]:
        """What there is to choose."""
        return ()

    @property
    def most_chosen(self) -> int:
        return 1

    @property
    def scale(self) -> tuple[Level, ...]:
        """The levels by which a panel's answers are counted, where it has such."""
        return ()

    @property
    def decimals(self) -> int:
        """Of a value that is a number."""
        return 0

    @property
    def ends(self) -> tuple[Decimal, Decimal] | None:
        """The least and the greatest value, where any number between them answers it."""
        return None

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The items under which it is answered: its own and those of its companions."""
        return (self.code, *(self.code + companion for companion in self._companions()))

    @property
    def is_ordered(self) -> bool:
        """Whether units are also put in order inside their options."""
        return PLACE in self._companions()

    @property
    def has_other(self) -> bool:
        """Whether one more option asks for words of the rater's own."""
        return OTHER_TEXT in self._companions()

    def _companions(self) -> tuple[str, ...]:
        """The ends of the items that stand beside its own."""
        return ()

    @property
    def word_limits(self) -> Mapping[str, int]:
        """The items that are answered in words, and how many characters each takes."""
        return {}

    @property
    def posted(self) -> Sequence[str]:
        """What its field posts at the most, words aside."""
        return ["0" * self.longest_value * FULL_WIDTH]

    def list_flaws(self, units: Sequence[PaperUnit], given: Given) -> Iterator[Flaw]:
        """What is wrong with the answers about these units together.

        Nothing is said before each answer is sound.
        """
        values = [given.get((self.code, unit.code), "") for unit in units]
        # Once for each value: of sixty units in three bands sixty questions were asked, all alike.
        if not all(self.is_answer(value, len(units)) for value in set(values) - {""}):
            return
        # While one is missing, proportions can't be right; that it is missing is told already.
        if values and "" not in values:
            for text in self._weigh(values):
                yield Flaw("proportions", self.code, "", text)
        yield from self._list_order_flaws(units, given)

    def _weigh(self, values: Sequence[str]) -> Iterator[Text]:  # noqa: ARG002 (kinds look at them)
        """What does not hold over sound answers, of which none is missing."""
        yield from ()

    def _list_order_flaws(
        self,
        units: Sequence[PaperUnit],  # noqa: ARG002 (kinds look at them)
        given: Given,  # noqa: ARG002
    ) -> Iterator[Flaw]:
        yield from ()

    def list_flaws_beside(self, unit: str, name: Text, value: str, words: str) -> Iterator[Flaw]:  # noqa: ARG002 (kinds look at them)
        """What is wrong with the words beside a sound answer."""
        yield from ()

    def find_quota(self, n: int) -> Mapping[str, int]:  # noqa: ARG002 (kinds look at it)
        """How many of n units each option or band takes, in their order; empty where all do any."""
        return {}

    @property
    def bound(self) -> frozenset[str]:
        """The options whose number a quota fixes or limits."""
        return frozenset()

    @property
    def is_exact(self) -> bool:
        """Whether a quota is met exactly, or a limit."""
        return True

    @property
    def sum_to(self) -> int | None:
        """What the answers of a category add up to."""
        return None

    @property
    def rules(self) -> tuple[Text, ...]:
        """What must hold over several units, in words for above the section."""
        return ()

    def rate(self, rule: Rated) -> Rated:
        """A rule that reads this question, with its points, limits and quota."""
        return rule

    def limit_of(self, value: str) -> str:  # noqa: ARG002 (kinds look at it)
        """Which limit of the whole ballot an answer counts towards that no rule of a score knows;
        empty for none."""
        return ""

    def say_value(self, value: str) -> Text:
        """An answer in words, where the value itself is none."""
        return Text(value, value)

    def invent(self, place: int, of: int, quality: Fraction) -> str:  # noqa: ARG002 (kinds look at them)
        """A sound answer about the unit at this place among those of its category, best first."""
        raise TypeError(f"{self.kind} enters no score")


# One question from its place in the file, under its code.
Reader = Callable[[Reading, str, Field], Question]
SeveralReader = Callable[[Reading, str, Field], Sequence[Question]]

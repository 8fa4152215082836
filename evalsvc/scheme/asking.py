"""How a questionnaire is asked: questions that enter no score, conditions, pages, texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from evalsvc.scheme.model import (
    ForcedRatioQuestion,
    LevelsQuestion,
    NumberQuestion,
    Question,
    Questionnaire,
    Scheme,
)
from evalsvc.text import Text

About = Literal["units", "ballot"]

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


@dataclass(frozen=True)
class RankingQuestion:
    """The rater puts all units of each category in order, 1 for the first."""

    code: str
    title: Text
    kind: Literal["ranking"] = "ranking"


@dataclass(frozen=True)
class SumQuestion:
    """The rater spreads `total` points over the units of each category, in whole numbers."""

    code: str
    title: Text
    total: int
    kind: Literal["sum"] = "sum"


@dataclass(frozen=True)
class Option:
    """Something to choose."""

    code: str
    name: Text


@dataclass(frozen=True)
class ChoiceQuestion:
    """The rater chooses up to `most` options, about every unit or once for the ballot.

    With `other`, one more option asks for words of the rater's own.
    """

    code: str
    title: Text
    options: tuple[Option, ...]
    most: int = 1
    other: bool = False
    about: About = "ballot"
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True)
class TextQuestion:
    """The rater writes, `longest` characters at most, about every unit or once."""

    code: str
    title: Text
    longest: int
    about: About = "ballot"
    kind: Literal["text"] = "text"


AnyQuestion = Question | RankingQuestion | SumQuestion | ChoiceQuestion | TextQuestion
SCORED = (ForcedRatioQuestion, NumberQuestion, LevelsQuestion)


@dataclass(frozen=True)
class Condition:
    """A question is asked only where another one was given one of these values."""

    question: str
    values: frozenset[str]

    def holds(self, value: str) -> bool:
        return not self.values.isdisjoint(value.split(BETWEEN_CHOICES))


@dataclass(frozen=True)
class Asked:
    """A question as the page puts it; `note` is the text above it, `new_page` begins a page.

    A question about units may be asked of some `categories` only; none named means all.
    """

    question: AnyQuestion
    note: Text | None = None
    required: bool = True
    condition: Condition | None = None
    new_page: bool = False
    categories: frozenset[str] = frozenset()

    def concerns(self, category: str) -> bool:
        return not self.categories or category in self.categories


@dataclass(frozen=True)
class Manner:
    """What a questionnaire allows around its questions.

    `recusal`: a rater may leave a unit out and say why; it then leaves the base of proportions.
    `shuffled`: units stand in an order of each rater's own; otherwise in the official one.
    `dealt_with`: raters may first say which units they had to do with, and answer for those only.
    `account`: a unit's own account of its year stands below its name; so do its `figures`, the
    components that these codes name, as they are when the round opens.
    `words_together`: how many characters may be written on the whole paper; 0 where nothing is
    said. Every ballot is filled up to the length of the longest one.
    """

    recusal: bool = False
    shuffled: bool = False
    dealt_with: bool = False
    account: bool = False
    figures: tuple[str, ...] = ()
    words_together: int = 0


PLAIN = Manner()


def list_asked(questionnaire: Questionnaire) -> tuple[Asked, ...]:
    """All questions in the order of the page."""
    return questionnaire.asked or tuple(Asked(question) for question in questionnaire.questions)


def asks_accounts(scheme: Scheme) -> bool:
    """Whether any questionnaire shows raters the units' own accounts."""
    sheets = scheme.questionnaires.values()
    return any(each.manner is not None and each.manner.account for each in sheets)


def is_about_units(question: AnyQuestion) -> bool:
    """Whether a question is asked of every unit, or once for the whole ballot."""
    return not isinstance(question, ChoiceQuestion | TextQuestion) or question.about == "units"


def is_ordered(question: AnyQuestion) -> bool:
    """Whether units are also put in order inside their bands."""
    return isinstance(question, ForcedRatioQuestion) and question.ordered


def count_as_decimal(value: str) -> Decimal | None:
    """The number that a counted answer is, if it is a plain whole one."""
    return Decimal(value) if value.isascii() and value.isdigit() and len(value) <= 6 else None


def list_parts(question: AnyQuestion) -> tuple[str, ...]:
    """The items under which a question is answered: its own and those of its companions."""
    if is_ordered(question):
        return (question.code, question.code + PLACE)
    if isinstance(question, ChoiceQuestion) and question.other:
        return (question.code, question.code + OTHER_TEXT)
    return (question.code,)


def is_asked(asked: Asked, unit: str, given: Mapping[tuple[str, str], str]) -> bool:
    """Whether a question's condition holds; `given` has the values so far by item and unit.

    A unit's question may depend on the same unit's answer or on one about the whole ballot.
    """
    if asked.condition is None:
        return True
    code = asked.condition.question
    value = given.get((code, unit)) or given.get((code, "")) or ""
    return asked.condition.holds(value)

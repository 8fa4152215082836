"""What must hold over the answers about several units, in the expressions of other programs.

A name within its own repeat means the one answer of that row there. So a rule is said twice:
behind the repeat, where the name means all rows, by a note that nobody can pass while the rule is
broken; and, where one more answer can break it for good, by the answer's own constraint, which
goes through the other rows. Other programs know no categories, so each is counted by itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.rules import LevelLimit, NumberLimit
from evalsvc.text import Text

CATEGORY, UNIT, UNITS = "category", "unit", "units"
ANSWERED = ". != ''"
_SAME_UNIT = re.compile(
    r"(?<=\})\[(?:\.\./)+unit(?:_[0-9]+)?\s*=\s*current\(\)/(?:\.\./)+unit(?:_[0-9]+)?\]"
)


@dataclass(frozen=True)
class Total:
    """The answers add up to so much, where there are any."""

    total: int
    said: Text

    def list_breaches(self, rows: "Rows") -> Iterator[str]:
        answers = rows.answers(ANSWERED)
        yield f"count({answers}) > 0 and sum({answers}) != {self.total}"

    def refuse_at_once(self, row: "Row") -> Iterator[str]:  # noqa: ARG002 (more may come)
        yield from ()


@dataclass(frozen=True)
class Tally:
    """So many of the answers that are counted `of` those that are rated may be `among` these.

    `share` binds from so many rated ones on; if `exact`, the share rounded down is due. What holds
    `overall` is not counted category by category.
    """

    among: str
    said: Text
    of: str = ANSWERED
    least: int | None = None
    most: int | None = None
    share: Fraction | None = None
    binds_from: int = 1
    exact: bool = False
    overall: bool = False

    def list_breaches(self, rows: "Rows") -> Iterator[str]:
        counted, rated = f"count({rows.answers(self.among)})", f"count({rows.answers(self.of)})"
        if self.least:
            # A paper of fewer units than that can't reach it; then all of them do.
            yield f"{counted} < {self.least} and {counted} < {rated}"
        if self.most is not None:
            yield f"{counted} > {self.most}"
        if self.share is not None:
            yield self._weigh(self.share, counted, rated)

    def _weigh(self, share: Fraction, counted: str, rated: str) -> str:
        """In whole numbers, since 0.29 × 100 is less than 29 to a computer."""
        bound = f"{rated} >= {self.binds_from} and " if self.binds_from > 1 else ""
        if self.exact:
            due = f"int({rated} * {share.numerator} div {share.denominator})"
            return f"{bound}{counted} != {due}"
        return f"{bound}{counted} * {share.denominator} > {rated} * {share.numerator}"

    def refuse_at_once(self, row: "Row") -> Iterator[str]:
        if self.most is not None:
            yield f"(not({self.among}) or count({row.name_others(self.among)}) < {self.most})"


Rule = Total | Tally


def limit_tally(
    limit: LevelLimit | NumberLimit, among: str, said: Text, of: str = ANSWERED
) -> Tally:
    """A limit of a scheme as a tally."""
    return Tally(among, said, of, limit.least, limit.most, limit.most_share)


@dataclass(frozen=True)
class Row:
    """Where a question stands: in the repeat with this `ending`, and there in this `page`, or none.

    `categories` are those counted apart; none are where all units are of one.
    """

    question: str
    ending: str = ""
    page: str = ""
    categories: Sequence[str] = ()

    @property
    def up(self) -> str:
        """The way from an answer to the row it stands in."""
        return "../.." if self.page else ".."

    def name_others(self, which: str) -> str:
        """The other rows that this one is counted with, and whose answers are such.

        By the answer's name: inside a constraint, JavaRosa takes every `.` for the answer that is
        being given, also where another row's is meant.
        """
        parts = [f"position() != position(current()/{self.up})"]
        if self.categories:
            own = f"{CATEGORY}{self.ending}"
            parts.append(f"{own} = current()/{self.up}/{own}")
        answer = f"{self.page}/{self.question}" if self.page else self.question
        parts.append(which.replace(". ", f"{answer} "))
        return f"{self.up}/../{UNITS}{self.ending}[{' and '.join(parts)}]"


@dataclass(frozen=True)
class Rows:
    """All answers to a question, seen from behind the repeat; of one category where one is told."""

    row: Row
    category: str = ""

    def answers(self, which: str) -> str:
        own = f"{self.row.up}/{CATEGORY}{self.row.ending} = '{self.category}' and "
        return f"${{{self.row.question}}}[{own if self.category else ''}{which}]"


def write_breach(rule: Rule, row: Row) -> str:
    """The expression that is true while the rule is broken in any category."""
    alone = isinstance(rule, Tally) and rule.overall
    categories = () if alone else row.categories
    parts = [
        part for category in categories or ("",) for part in rule.list_breaches(Rows(row, category))
    ]
    return " or ".join(f"({part})" for part in parts) if len(parts) > 1 else "".join(parts)


def write_each_unit_once(ending: str) -> str:
    """The constraint by which a unit is chosen in one row only."""
    others = f"../../{UNITS}{ending}[position() != position(current()/..)]/{UNIT}{ending}"
    return f"not(selected(join(' ', {others}), .))"


def write_same_unit(there: Row, here: Row) -> str:
    """An answer that stands in another repeat, about the unit of this row."""
    own = f"current()/{here.up}/{UNIT}{here.ending}"
    return f"${{{there.question}}}[{there.up}/{UNIT}{there.ending} = {own}]"


def strip_same_unit(expression: str) -> str:
    """An expression with the plain names of answers that it takes of the same unit."""
    return _SAME_UNIT.sub("", expression)

"""A package as frozen values, and what can be wrong with one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from analysis.score.facts import Facts, Past
from evalsvc.scheme.model import Scheme
from evalsvc.text import COLON, NOTHING, Text, same

__all__ = ["Edition", "Package", "PackageError", "PackageErrors", "Past", "Rater", "Stated"]

Edition = Literal["audit", "public"]


@dataclass(frozen=True)
class PackageError:
    """One thing to correct: file, line and column, what was found and what is expected."""

    file: str
    row: int
    column: str
    found: str
    expected: Text

    @property
    def message(self) -> Text:
        row, column, found = NOTHING, NOTHING, NOTHING
        if self.row:
            row = Text(" 第 %(n)s 行", ", line %(n)s").filled(n=self.row)
        if self.column:
            column = Text(" %(name)s 列", ", column %(name)s").filled(name=self.column)
        if self.found:
            found = Text("现为“%(found)s”，", "found “%(found)s”; ").filled(found=self.found)
        return same(self.file) + row + column + COLON + found + self.expected


class PackageErrors(Exception):  # noqa: N818  # it holds many
    """Everything that is wrong with a package, file by file in the order of lines."""

    def __init__(self, errors: tuple[PackageError, ...]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.file, error.row)))
        super().__init__("\n".join(error.message.zh for error in self.errors))


@dataclass(frozen=True)
class Rater:
    """A row of raters.csv: `unit` is the unit a rater belongs to, `rater` may be a pseudonym."""

    group: str
    rater: str
    name: str = ""
    unit: str = ""
    stratum: str = ""


@dataclass(frozen=True)
class Stated:
    """What a package says a unit's result is.

    `states_grade` tells a unit without a grade from a package that says nothing of grades.
    `plain` and its rank are those without anybody's exclusions, stated where there are some.
    """

    nodes: Mapping[str, Fraction | None]
    published: str | None
    rank: int | None
    grade: str | None = None
    states_grade: bool = False
    plain: str | None = None
    plain_rank: int | None = None
    states_plain: bool = False


@dataclass(frozen=True)
class Package:
    """A package that was read: the facts, the scheme they stand under, and the stated result.

    `stated` is None where the package has no result. `tolerance` is how far a computed node may
    be from a stated one. `hidden` are by category the nodes that a public package withholds.
    """

    edition: Edition
    scheme: Scheme
    facts: Facts
    raters: tuple[Rater, ...] = ()
    history: tuple[Past, ...] = ()
    stated: Mapping[str, Stated] | None = None
    tolerance: Fraction = field(default_factory=lambda: Fraction(1, 10**9))
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)

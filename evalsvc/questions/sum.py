"""A constant sum: so many points are spread over the units of a category."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from analysis.score.rules import Rated
from evalsvc.questions.question import LONGEST_WHOLE, Question, Reader, Scoring
from evalsvc.questions.values import is_whole
from evalsvc.scheme.file.entries import Entry
from evalsvc.scheme.file.limits import MOST_TOTAL
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text


@dataclass(frozen=True)
class SumQuestion(Question):
    """The rater spreads `total` points over the units of each category, in whole numbers."""

    kind: ClassVar[str] = "sum"
    called: ClassVar[Text] = Text("分配分数", "points to spread")
    scoring: ClassVar[Scoring] = "where_read"
    weighed: ClassVar[bool] = True

    total: int

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {cls.kind: _read}

    def write(self) -> dict[str, Entry]:
        return {"total": self.total}

    def is_answer(self, value: str, most: int) -> bool:  # noqa: ARG002 (the total is the same for any number)
        return is_whole(value, 0, self.total)

    def say_choices(self, most: int) -> Text:  # noqa: ARG002 (the total is the same for any number)
        return Text(f"0–{self.total}的整数", f"whole numbers 0–{self.total}")

    @property
    def longest_value(self) -> int:
        return LONGEST_WHOLE

    @property
    def sum_to(self) -> int | None:
        return self.total

    def rate(self, rule: Rated) -> Rated:
        total = Fraction(self.total)
        # Also a limit of each number: nobody can give more than there is, nor less than nothing.
        return replace(rule, limits=(Fraction(0), total), sum_to=total)

    def invent(self, place: int, of: int, quality: Fraction) -> str:  # noqa: ARG002 (the place says it)
        """Falling shares n : n − 1 : … : 1; what rounding leaves goes to the best."""
        whole = of * (of + 1) // 2
        shares = [self.total * weight // whole for weight in range(of, 0, -1)]
        return str(shares[place] + (self.total - sum(shares) if place == 0 else 0))

    def _weigh(self, values: Sequence[str]) -> Iterator[Text]:
        given = sum(int(value) for value in values)
        if given != self.total:
            yield Text(
                f"合计应为{self.total}，现为{given}", f"the sum must be {self.total}, is {given}"
            )


def _read(reading: Reading, code: str, field: Field) -> SumQuestion:
    parts = reading.record(field, ("kind", "title", "total"))
    return SumQuestion(
        code, reading.words(parts["title"]), reading.integer(parts["total"], 1, MOST_TOTAL, 100)
    )

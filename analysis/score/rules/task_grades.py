"""The points of tasks' grades, weighted by the tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import ZERO, Outcome, arithmetic, each_unit, entered_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.rules.weighted import Part
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class TaskGrades:
    """Σ amount × points / Σ amount: `Part.node` is the weight of the tasks that have a grade,
    `Part.weight` the grade's points."""

    kind: ClassVar[str] = "task_grades"

    code: str
    grades: tuple[Part, ...]
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return tuple(grade.node for grade in self.grades)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return span_of_points(grade.weight for grade in self.grades)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, each_unit(self.points))

    def points(self, *amounts: Fraction | None) -> Outcome:
        """Σ amount × points / Σ amount; a unit without tasks carries nothing."""
        # A grade that no task has weighs nothing, entered as 0 or as NA.
        graded = [(g.weight, n) for g, n in zip(self.grades, amounts, strict=True) if n]
        if any(n < 0 for _, n in graded):
            return None, [Remark("negative_amount")]
        whole = sum((amount for _, amount in graded), ZERO)
        if not whole:
            return None, [Remark("not_carried")]
        value = sum((points * amount for points, amount in graded), ZERO) / whole
        terms = " + ".join(f"{shown(points)} × {shown(amount)}" for points, amount in graded)
        return value, [arithmetic(f"({terms}) ÷ {shown(whole)}", value)]

"""Points in proportion to the best of the category."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import ZERO, Below, Outcome, Outcomes, arithmetic, entered_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.rules.placed import Order
from analysis.score.season import Season
from analysis.score.span import Span
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class ToBest:
    """`full` for the best of the category, the others in proportion to it."""

    kind: ClassVar[str] = "to_best"

    code: str
    full: Fraction
    node: "Rule"
    order: Order = "highest"
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return (self.node,)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return Span(ZERO, self.full, full=self.full)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, self._work_out)

    def _work_out(self, below: Below) -> Outcomes:
        """full × value / best, or full × best / value where the lowest is best."""
        figures = {unit: part.value for unit, (part,) in below.items()}
        # Among those that carry the figure; a unit without one is neither best nor measured.
        there = [value for value in figures.values() if value is not None]
        best = (max if self.order == "highest" else min)(there, default=ZERO)
        return {unit: _share_of_best(self, value, best) for unit, value in figures.items()}


def _share_of_best(rule: ToBest, value: Fraction | None, best: Fraction) -> Outcome:
    if value is None:
        return None, [Remark("not_carried")]
    if rule.order == "highest":
        if best <= 0:  # nobody has anything to be in proportion to
            return ZERO, [Remark("no_best", (shown(best),))]
        points, text = rule.full * max(value, ZERO) / best, f"{shown(value)} ÷ {shown(best)}"
    else:
        if value <= 0:  # then it is the best, or as good
            return rule.full, [Remark("best_is_nothing", (shown(value),))]
        points, text = rule.full * max(best, ZERO) / value, f"{shown(best)} ÷ {shown(value)}"
    return points, [arithmetic(f"{shown(rule.full)} × {text}", points)]

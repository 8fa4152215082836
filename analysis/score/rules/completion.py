"""Points in proportion to a target."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import ZERO, Outcome, bounded, each_unit, entered_nodes
from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Span
from analysis.score.tree import Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Completion:
    """`full` × done / target; nothing below the share `threshold`, at most the share `most`.

    Without a `target`, `done` is the percentage itself.
    """

    kind: ClassVar[str] = "completion"

    code: str
    full: Fraction
    done: "Rule"
    target: "Rule | None" = None
    threshold: Fraction | None = None
    most: Fraction | None = Fraction(1)
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The entered facts."""
        return (self.done,) if self.target is None else (self.done, self.target)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        most = None if self.most is None else self.full * self.most
        # Where the share goes beyond the whole, the scheme has said so: `most` is 1 if left out.
        return Span(ZERO, most, full=self.full, stated=self.most != 1)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's points, with the facts below them."""
        return entered_nodes(self, season, units, each_unit(self._points))

    def _points(self, done: Fraction | None, *target: Fraction | None) -> Outcome:
        """full × min(done / target, most), and 0 below the threshold."""
        wanted = target[0] if target else Fraction(100)
        if done is None or wanted is None:
            return None, [Remark("not_carried")]
        # Nothing is in proportion to a target of 0. No figure, so that somebody looks at the entry.
        if wanted <= 0:
            return None, [Remark("no_target", (shown(wanted),))]
        share = done / wanted
        # Compared exactly: 79.996% does not reach 80, though it is shown as 80.00.
        if self.threshold is not None and share < self.threshold:
            return ZERO, [Remark("below_threshold", (shown(share), shown(self.threshold)))]
        text = f"{shown(self.full)} × {shown(done)} ÷ {shown(wanted)}"
        most = None if self.most is None else self.full * self.most
        return bounded(self.full * share, ZERO, most, text)

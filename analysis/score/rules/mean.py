"""The plain mean of the parts that a unit carries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.evaluation import Nodes, evaluate, mean_value
from analysis.score.facts import Unit
from analysis.score.forbidden import withhold
from analysis.score.season import Season
from analysis.score.span import Span, joined_span, span_of
from analysis.score.tree import Node, Remark

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Mean:
    """The plain mean over the parts a unit carries, leaving out the excepted ones."""

    kind: ClassVar[str] = "mean"

    code: str
    parts: tuple["Rule", ...]
    excepted: frozenset[str] = frozenset()
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The parts."""
        return self.parts

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        counted = [part for part in self.parts if part.code not in self.excepted]
        return joined_span([span_of(part) for part in counted])

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        parts = [evaluate(part, season, units) for part in self.parts]
        return {u.code: _mean_node(self, [part[u.code] for part in parts]) for u in units}


def _mean_node(rule: Mean, below: Sequence[Node]) -> Node:
    counted = [n for n in below if n.value is not None and n.code not in rule.excepted]
    share = Fraction(1, len(counted)) if counted else Fraction(0)
    left_out = tuple(n.code for n in below if n.value is not None and n.code in rule.excepted)
    remarks = [Remark("mean_over", (str(len(counted)), str(len(below))))]
    if left_out:
        remarks.append(Remark("left_out", left_out))
    codes = {node.code for node in counted}
    # An excepted part stays in sight with the share 0, or the mean could not be followed.
    parts = tuple(
        replace(node, applied=share if node.code in codes else Fraction(0)) for node in below
    )
    value = mean_value(node.value for node in counted)
    node = Node(rule.code, rule.kind, value, parts=parts, remarks=tuple(remarks))
    return withhold(node, [each for each in below if each.code not in rule.excepted])

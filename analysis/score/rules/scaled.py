"""A figure brought to other full marks, or multiplied by a coefficient of the unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.entered import arithmetic
from analysis.score.evaluation import Nodes, evaluate
from analysis.score.facts import Unit
from analysis.score.forbidden import forbid, holds_forbidden, withhold
from analysis.score.season import Season
from analysis.score.span import ONE, ZERO, Bound, Span, highest, lowest, span_of
from analysis.score.tree import Node, Remark, list_awaited, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Scaled:
    """`node` × `full` ÷ `out_of`, times each of the unit's coefficients `times`.

    Without `out_of` the figure keeps its full marks, whatever they are.
    """

    kind: ClassVar[str] = "scaled"

    code: str
    node: "Rule"
    full: Fraction = Fraction(100)
    out_of: Fraction | None = None
    times: tuple["Rule", ...] = ()
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """What is scaled, and then the coefficients."""
        return (self.node, *self.times)

    @property
    def span(self) -> Span:
        """Full marks are those that it is brought to; a coefficient may go beyond them."""
        inner = span_of(self.node)
        ends = [inner.least, inner.most]
        if self.out_of is not None:
            ends = [None if end is None else end * self.full / self.out_of for end in ends]
        full = inner.full if self.out_of is None else self.full
        for each in self.times:
            coefficient = span_of(each)
            ends = _products(ends, [coefficient.least, coefficient.most])
        return Span(ends[0], ends[1], full, inner.rated and not self.times, stated=inner.stated)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """Each unit's figure, with what was scaled and its coefficients below it."""
        parts = [evaluate(part, season, units) for part in self.below]
        return {u.code: _scaled_node(self, [part[u.code] for part in parts]) for u in units}


def _products(ends: Sequence[Bound], factors: Sequence[Bound]) -> list[Bound]:
    """Between which figures a product lies."""
    found = [
        ZERO if a == 0 or b == 0 else None if a is None or b is None else a * b
        for a in ends
        for b in factors
    ]
    return [lowest(found), highest(found)]


def _scaled_node(rule: Scaled, below: Sequence[Node]) -> Node:
    figure, *coefficients = below
    values = [node.value for node in below]
    factor = ONE if rule.out_of is None else rule.full / rule.out_of
    text = shown(figure.value)
    if rule.out_of is not None:
        text = f"{text} × {shown(rule.full)} ÷ {shown(rule.out_of)}"
    for node in coefficients:
        text += f" × {shown(node.value)}"
        factor *= ONE if node.value is None else node.value
    # Without its coefficient a unit has no figure: 1 would be an answer that nobody gave.
    whole = all(value is not None for value in values)
    value = factor * (figure.value or ZERO) if whole else None
    parts = (replace(figure, applied=factor if whole else ZERO), *coefficients)
    owed = list_awaited(below)
    lacking = Remark("missing_fact", owed) if owed else Remark("not_carried")
    remarks = (lacking,) if value is None else (arithmetic(text, value),)
    node = Node(rule.code, rule.kind, value, parts=parts, remarks=remarks)
    spoilt = tuple(each.code for each in coefficients if holds_forbidden(each))
    # Whether more or less of a coefficient is better hangs on the sign of what it multiplies.
    return forbid(rule, node, spoilt) if spoilt else withhold(node, parts[:1])

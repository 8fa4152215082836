"""Parts that count in points, each with full marks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.composite import Missing, composite
from analysis.score.evaluation import ONE, Nodes, evaluate, group_by_category, mean_value
from analysis.score.facts import Unit
from analysis.score.forbidden import withhold
from analysis.score.rules.weighted import Part
from analysis.score.season import Season
from analysis.score.span import ZERO, Span, added, cut_span, highest, lowest, mixed_span, span_of
from analysis.score.tree import Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Summed:
    """Σ points of parts that each have full marks, `Part.weight`, for a book that counts in points.

    A part with `out_of` is a mark out of so many, and counts full marks × mark ÷ `out_of`. A
    missing part's full marks go where `missing` says, as the weights of `Weighted` do: with
    `proportional` the unit's points are scaled up to the whole book. Parts without full marks are
    extras. The sum is cut to `least` and `most`.
    """

    kind: ClassVar[str] = "sum"

    code: str
    parts: tuple[Part, ...]
    missing: Missing
    least: Fraction | None = None
    most: Fraction | None = None
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The parts."""
        return tuple(part.node for part in self.parts)

    @property
    def span(self) -> Span:
        """Full marks times what the rates come to, and the extras; then the cut."""
        counted = [part for part in self.parts if part.weight]
        full = [part.weight for part in counted]
        whole = sum(full, Fraction(0))
        rates = [_span_of_rate(part) for part in counted]
        extras = [span_of(part.node) for part in self.parts if not part.weight]
        least, most = mixed_span(rates, full, self.missing)
        ends = (
            # An extra that a unit lacks adds nothing.
            added([(least, whole), *((lowest((each.least, ZERO)), ONE) for each in extras)]),
            added([(most, whole), *((highest((each.most, ZERO)), ONE) for each in extras)]),
        )
        return Span(*cut_span(ends, self.least, self.most), full=whole, stated=True)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        parts = [evaluate(part.node, season, units) for part in self.parts]
        nodes: dict[str, Node] = {}
        for own in group_by_category(units).values():
            means = [
                mean_value(_rate(nodes_of[unit.code], part) for unit in own)
                for part, nodes_of in zip(self.parts, parts, strict=True)
            ]
            for unit in own:
                nodes[unit.code] = _summed_node(self, [part[unit.code] for part in parts], means)
        return nodes


def _summed_node(rule: Summed, below: Sequence[Node], means: Sequence[Fraction | None]) -> Node:
    """Points are full marks times the rate of a part; the rates are what is weighted.

    A part without full marks is an extra: added where it is there, never missed.
    """
    full = [part.weight for part in rule.parts]
    extra = [node.value for node, marks in zip(below, full, strict=True) if not marks]
    rates = [_rate(node, part) for node, part in zip(below, rule.parts, strict=True)]
    mixed = composite(rates, full, rule.missing, means)
    remarks = [
        Remark("out_of", (node.code, shown(part.weight), shown(part.out_of)))
        for node, part in zip(below, rule.parts, strict=True)
        if part.divisor != part.weight and node.value is not None
    ]
    remarks += [
        Remark("missing_points", (below[place].code, shown(full[place]), rule.missing))
        for place in mixed.missing
    ]
    value = mixed.value
    # Where nothing that has full marks is there, extras alone make no figure.
    if value is not None:
        value = value * sum(full, Fraction(0)) + sum((e for e in extra if e), Fraction(0))
    if value is not None:
        least = value if rule.least is None else max(value, rule.least)
        cut = least if rule.most is None else min(least, rule.most)
        if cut != value:
            remarks.append(Remark("bounded", (shown(value), shown(cut))))
        value = cut
    whole = sum(full, Fraction(0))
    # How often a part's figure enters: 1, the share that full marks are of what a mark is out of,
    # and more where it stands for a missing part, too.
    parts = tuple(
        replace(node, applied=applied * whole / part.divisor if part.weight else Fraction(1))
        for node, part, applied in zip(below, rule.parts, mixed.applied, strict=True)
    )
    return withhold(Node(rule.code, rule.kind, value, parts=parts, remarks=tuple(remarks)), parts)


def _rate(node: Node, part: Part) -> Fraction | None:
    return None if node.value is None or not part.weight else node.value / part.divisor


def _span_of_rate(part: Part) -> Span:
    span = span_of(part.node)
    least, most = (None if end is None else end / part.divisor for end in (span.least, span.most))
    return Span(least, most)

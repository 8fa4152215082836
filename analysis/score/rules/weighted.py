"""Parts with weights, and who takes over the weight of a missing one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.composite import Missing, composite
from analysis.score.evaluation import Nodes, evaluate, group_by_category, mean_value
from analysis.score.facts import Unit
from analysis.score.forbidden import withhold
from analysis.score.season import Season
from analysis.score.span import Span, cut_span, highest, joined_span, lowest, mixed_span, span_of
from analysis.score.tree import Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Part:
    """A node with its nominal weight inside a weighted node, or its full marks inside a sum.

    There `out_of` is what a mark is out of: None where points count as they are.
    """

    weight: Fraction
    node: "Rule"
    out_of: Fraction | None = None

    @property
    def divisor(self) -> Fraction:
        """What the node's figure is divided by to be a share of the full marks."""
        return self.weight if self.out_of is None else self.out_of


@dataclass(frozen=True)
class Weighted:
    """Σ weight × part / Σ weight, with a stated rule for parts a unit does not have.

    Weights are shares of 1. `limits` cuts the value to a range after centred redistribution, with
    a remark. A unit that lacks more than `missing_most` of the weight has no value.
    """

    kind: ClassVar[str] = "weighted"

    code: str
    parts: tuple[Part, ...]
    missing: Missing
    limits: tuple[Fraction, Fraction] | None = None
    missing_most: Fraction | None = None
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """The parts."""
        return tuple(part.node for part in self.parts)

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        # A part of weight 0 is told and not counted.
        counted = [part for part in self.parts if part.weight]
        spans = [span_of(part.node) for part in counted]
        joined = joined_span(spans)
        least, most = mixed_span(spans, [part.weight for part in counted], self.missing)
        if self.missing == "centred" and self.limits is not None:
            least, most = cut_span((least, most), *self.limits)
            # Only what centring yields is cut; where no part is missing a figure stays.
            least, most = lowest((least, joined.least)), highest((most, joined.most))
        return replace(joined, least=least, most=most)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        parts = [evaluate(part.node, season, units) for part in self.parts]
        nodes: dict[str, Node] = {}
        for own in group_by_category(units).values():
            # Means of those that have the part, in the same
            # category: the centre that `centred` needs.
            means = [mean_value(part[unit.code].value for unit in own) for part in parts]
            for unit in own:
                below = [part[unit.code] for part in parts]
                nodes[unit.code] = _weighted_node(self, below, means)
        return nodes


def _weighted_node(rule: Weighted, below: Sequence[Node], means: Sequence[Fraction | None]) -> Node:
    weights = [part.weight for part in rule.parts]
    mixed = composite([node.value for node in below], weights, rule.missing, means)
    lacking = sum((weights[place] for place in mixed.missing), Fraction(0))
    remarks = [
        Remark("missing_part", (below[place].code, shown(weights[place]), rule.missing))
        for place in mixed.missing
    ]
    value = mixed.value
    # A figure from a small rest of the weight would rank beside whole ones.
    if rule.missing_most is not None and lacking > rule.missing_most:
        value = None
        remarks.append(Remark("too_much_missing", (shown(lacking), shown(rule.missing_most))))
    # Only centring leans on others' means and may leave the parts' range; so only here is cut, and
    # the value before is told (docs/schemes, `limits`).
    if value is not None and mixed.missing and rule.missing == "centred":
        remarks.append(Remark("centred_means", tuple(shown(mean) for mean in means)))
        value, cut = _cut(value, rule.limits)
        remarks += cut
    parts = tuple(
        replace(node, weight=weight, applied=applied)
        for node, weight, applied in zip(below, weights, mixed.applied, strict=True)
    )
    node = Node(rule.code, rule.kind, value, parts=parts, remarks=tuple(remarks))
    return withhold(node, [each for each in parts if each.weight])


def _cut(
    value: Fraction, limits: tuple[Fraction, Fraction] | None
) -> tuple[Fraction, list[Remark]]:
    if limits is None or limits[0] <= value <= limits[1]:
        return value, []
    cut = min(max(value, limits[0]), limits[1])
    return cut, [Remark("cut", (shown(value), shown(cut)))]

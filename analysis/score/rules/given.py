"""A figure that somebody has entered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.evaluation import ONE, Nodes
from analysis.score.facts import LEAST, Unit
from analysis.score.forbidden import forbid
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points
from analysis.score.tree import Input, Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Given:
    """A figure entered by the office or an assessing body, under the round of its sheet.

    A figure outside `limits`, or not among `choices` where there are any, is refused.
    """

    kind: ClassVar[str] = "given"

    code: str
    round: str
    limits: tuple[Fraction | None, Fraction | None] = (None, None)
    choices: frozenset[Fraction] = frozenset()
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """An entered figure stands on nothing else."""
        return ()

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        if self.choices:
            return span_of_points(self.choices)
        least, most = self.limits
        return Span(least, most, full=most)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        return {unit.code: _given_node(self, season, unit.code) for unit in units}


def _given_node(rule: Given, season: Season, unit: str) -> Node:
    entry = season.indicators.get((rule.round, unit, rule.code))
    if entry is None:
        return Node(rule.code, rule.kind, None, remarks=(Remark("not_entered", (rule.round,)),))
    # NA says that the unit does not carry the item; an empty cell says nothing yet.
    if entry.value is None:
        taken = Input(f"indicators:{rule.round}", "NA", None, Fraction(0), "not_carried")
        return Node(rule.code, rule.kind, None, inputs=(taken,), remarks=(Remark("not_carried"),))
    taken = Input(f"indicators:{rule.round}", shown(entry.value), entry.value, ONE)
    refused = _refusal(rule, entry.value)
    # Refused and not cut to the bound: an entered figure never counts as another one.
    if refused is not None:
        unused = replace(taken, weight=Fraction(0), note="refused")
        node = Node(rule.code, rule.kind, None, inputs=(unused,), remarks=(refused,))
        return forbid(rule, node) if season.facts.law >= LEAST else node
    return Node(rule.code, rule.kind, entry.value, inputs=(taken,))


def _refusal(rule: Given, value: Fraction) -> Remark | None:
    least, most = rule.limits
    if (least is not None and value < least) or (most is not None and value > most):
        return Remark("out_of_bounds", (shown(value), shown(least), shown(most)))
    if rule.choices and value not in rule.choices:
        return Remark("not_a_choice", (shown(value),))
    return None

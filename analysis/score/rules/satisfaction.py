"""How satisfied a panel of citizens is, from counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.satisfaction import Histogram, appraisal, citizen_weights, merged_plan
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points
from analysis.score.tree import Input, Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class Satisfaction:
    """The mean of level points over strata by their planned weights, "don't know" left out.

    A unit with fewer than `min_valid` valid answers has no score. `satisfied` and `basically` are
    the levels of the two headline rates, the second without the first.
    """

    kind: ClassVar[str] = "satisfaction"

    code: str
    round: str
    group: str
    item: str
    points: Mapping[str, Fraction | None]
    strata: Mapping[str, Fraction]
    min_valid: int
    satisfied: frozenset[str] = frozenset()
    basically: frozenset[str] = frozenset()
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """Answers are facts, and no rules of their own."""
        return ()

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return span_of_points(self.points.values(), rated=True)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        found = season.histograms.get((self.round, self.group, self.item), {})
        seen = {stratum for strata in found.values() for stratum in strata}
        merged = replace(self, strata=merged_plan(self.strata, seen))
        # Over all categories: a citizen's weight does not depend on which unit is looked at.
        citizens = citizen_weights(merged.strata, found.values())
        return {u.code: _satisfaction_node(merged, found.get(u.code, {}), citizens) for u in units}


def _satisfaction_node(
    rule: Satisfaction, counts: Mapping[str, Histogram], citizens: Mapping[str, Fraction]
) -> Node:
    result = appraisal(rule, counts, citizens)
    inputs = []
    for stratum in sorted(counts):
        weight = result.weights.get(stratum, Fraction(0))
        valid = sum(n for level, n in counts[stratum].items() if rule.points.get(level) is not None)
        for level, points in rule.points.items():
            n = counts[stratum].get(level, 0)
            share = weight * n / valid if points is not None and valid else Fraction(0)
            note = "" if points is not None else "not_counted"
            inputs.append(Input(f"count:{stratum}:{level}", str(n), points, share, note))
    remarks = [Remark("valid_answers", (str(result.valid), str(result.unknown)))]
    if result.score is None:
        remarks.append(Remark("too_few_answers", (str(result.valid), str(rule.min_valid))))
    else:
        rates = (result.satisfied_rate, result.satisfied_or_basically_rate)
        remarks.append(Remark("satisfied_rates", tuple(shown(rate) for rate in rates)))
        if result.empty:
            remarks.append(Remark("empty_strata", result.empty))
    return Node(rule.code, rule.kind, result.score, inputs=tuple(inputs), remarks=tuple(remarks))

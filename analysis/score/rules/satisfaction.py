"""How satisfied a panel of citizens is, from counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.satisfaction import Histogram, appraisal, merged_plan
from analysis.score.season import Season
from analysis.score.span import Span, span_of_points
from analysis.score.strata import Weights, answer_weights, few_strata, other_weights
from analysis.score.tree import Input, Node, Remark, shown

if TYPE_CHECKING:
    from analysis.score.rules import Rule


Weighing = Literal["citizens", "strata"]
Few = Literal["joined", "handed_on"]


@dataclass(frozen=True)
class Satisfaction:
    """The mean of level points over strata by their planned weights, "don't know" left out.

    `weighing`: a citizen of a stratum has one weight for all units, or each unit's mean of a
    stratum has the stratum's weight; there, strata with fewer valid answers than `few_below` are
    joined with the next, or their weight is handed on to the others.
    With `share_of` the points are 100 for these levels and 0 for all others: their percentage.
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
    weighing: Weighing = "citizens"
    few: Few = "joined"
    few_below: int = 5
    share_of: tuple[str, ...] = ()
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
        official, other = answer_weights(merged, found), other_weights(merged, found)
        return {
            u.code: _satisfaction_node(
                merged, found.get(u.code, {}), official.get(u.code, {}), other.get(u.code, {})
            )
            for u in units
        }


def _satisfaction_node(
    rule: Satisfaction, counts: Mapping[str, Histogram], official: Weights, other: Weights
) -> Node:
    result = appraisal(rule, counts, official)
    inputs = []
    for stratum in sorted(counts):
        weight = result.weights.get(stratum, Fraction(0))
        valid = sum(n for level, n in counts[stratum].items() if rule.points.get(level) is not None)
        for level, points in rule.points.items():
            n = counts[stratum].get(level, 0)
            share = weight * n / valid if points is not None and valid else Fraction(0)
            note = "" if points is not None else "not_counted"
            inputs.append(Input(f"count:{stratum}:{level}", str(n), points, share, note))
    few = few_strata(rule, counts) if rule.weighing == "strata" else ()
    remarks = [Remark("valid_answers", (str(result.valid), str(result.unknown)))]
    if rule.share_of:
        remarks.append(Remark("share_of", rule.share_of))
    if few:
        remarks.append(Remark("few_answers", (rule.few, str(rule.few_below), *few)))
    if result.score is None:
        remarks.append(Remark("too_few_answers", (str(result.valid), str(rule.min_valid))))
    else:
        rates = (result.satisfied_rate, result.satisfied_or_basically_rate)
        remarks.append(Remark("satisfied_rates", tuple(shown(rate) for rate in rates)))
        if len(rule.strata) > 1:
            beside = appraisal(rule, counts, other).score
            remarks.append(Remark("weighing", (rule.weighing, shown(beside))))
        # Strata with too few answers have been named, and those with none among them.
        if result.empty and not few:
            remarks.append(Remark("empty_strata", result.empty))
    return Node(rule.code, rule.kind, result.score, inputs=tuple(inputs), remarks=tuple(remarks))

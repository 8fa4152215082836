"""Satisfaction of a citizen panel from counts: weighted mean of points and the headline rates."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.rules import Satisfaction

Histogram = Mapping[str, int]
"""How many answers each level has."""


@dataclass(frozen=True)
class Appraisal:
    """One unit's appraisal; every figure is None where too few valid answers carry it.

    `weights` are the shares of the strata that were really used, `empty` the planned strata
    without a valid answer for this unit; rates are shares of 1, weighted like the score.
    """

    valid: int
    unknown: int
    score: Fraction | None
    satisfied_rate: Fraction | None
    satisfied_or_basically_rate: Fraction | None
    weights: Mapping[str, Fraction]
    empty: tuple[str, ...]

    @property
    def unknown_share(self) -> Fraction | None:
        """The plain share of "don't know" among all answers."""
        answers = self.valid + self.unknown
        return Fraction(self.unknown, answers) if answers else None


def appraisal(rule: Satisfaction, counts: Mapping[str, Histogram]) -> Appraisal:
    """ȳ = Σ W_h·ȳ_h over the strata h of the plan, from one unit's counts by stratum and level.

    Levels without points ("don't know") stay out of every mean. A stratum without valid answers
    gives its weight to the others in proportion and is named. Without planned strata all answers
    weigh the same. Below `rule.min_valid` valid answers there is no score and no rate.
    """
    strata = counts if rule.strata else {"": _pooled(counts)}
    plan = rule.strata or {"": Fraction(1)}
    scored = [level for level, points in rule.points.items() if points is not None]
    valid = {h: _number(strata.get(h, {}), scored) for h in plan}
    unknown = sum(n for h in plan for level, n in strata.get(h, {}).items()
                  if rule.points.get(level, 0) is None)
    total = sum(valid.values())
    weights = _weights(plan, valid)
    empty = tuple(h for h in plan if not valid[h] and plan[h])
    if total < max(rule.min_valid, 1) or not weights:
        return Appraisal(total, unknown, None, None, None, weights, empty)

    def mean(points: Mapping[str, Fraction]) -> Fraction:
        parts = (weights[h] * _mean(strata[h], points, valid[h]) for h in weights)
        return sum(parts, Fraction(0))

    return Appraisal(
        total,
        unknown,
        mean({level: points for level, points in rule.points.items() if points is not None}),
        mean(dict.fromkeys(rule.satisfied, Fraction(1))),
        mean(dict.fromkeys(rule.satisfied | rule.basically, Fraction(1))),
        weights,
        empty,
    )


def merged_plan(
    plan: Mapping[str, Fraction], seen: Collection[str]
) -> dict[str, Fraction]:
    """The plan's weights where small strata were counted together, written `one+another`.

    `seen` are the strata of the whole count: merging is one decision for all units.
    """
    merged = {h: tuple(h.split("+")) for h in seen if "+" in h}
    joined = {part for parts in merged.values() for part in parts}
    weights = {h: weight for h, weight in plan.items() if h not in joined}
    for h in sorted(merged):
        weights[h] = sum((plan[part] for part in merged[h]), Fraction(0))
    return weights


def _pooled(counts: Mapping[str, Histogram]) -> Histogram:
    pooled: dict[str, int] = {}
    for histogram in counts.values():
        for level, n in histogram.items():
            pooled[level] = pooled.get(level, 0) + n
    return pooled


def _number(histogram: Histogram, levels: Collection[str]) -> int:
    return sum(histogram.get(level, 0) for level in levels)


def _weights(plan: Mapping[str, Fraction], valid: Mapping[str, int]) -> dict[str, Fraction]:
    used = {h: weight for h, weight in plan.items() if valid[h] and weight}
    whole = sum(used.values(), Fraction(0))
    return {h: weight / whole for h, weight in used.items()}


def _mean(histogram: Histogram, points: Mapping[str, Fraction], valid: int) -> Fraction:
    return sum((worth * histogram.get(level, 0) for level, worth in points.items()),
               Fraction(0)) / valid

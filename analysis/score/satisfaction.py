"""Satisfaction of a citizen panel from counts: weighted mean of points and the headline rates."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a rule knows its arithmetic, which knows the rule by its type alone
    from analysis.score.rules.satisfaction import Satisfaction


# With fewer answers of equal weight than this a figure says what single people said.
LEAST_EFFECTIVE = 30

Histogram = Mapping[str, int]
"""How many answers each level has."""


@dataclass(frozen=True)
class Appraisal:
    """One unit's appraisal; every figure is None where too few valid answers carry it.

    `weights` are the shares of the strata in this unit's weighted answers, `empty` the planned
    strata without a valid answer for this unit; rates are shares of 1, weighted like the score.
    `answers` are the valid ones of each stratum that weighs anything.
    """

    valid: int
    unknown: int
    score: Fraction | None
    satisfied_rate: Fraction | None
    satisfied_or_basically_rate: Fraction | None
    weights: Mapping[str, Fraction]
    empty: tuple[str, ...]
    answers: Mapping[str, int] = field(default_factory=dict)

    @property
    def unknown_share(self) -> Fraction | None:
        """The plain share of "don't know" among all answers."""
        answers = self.valid + self.unknown
        return Fraction(self.unknown, answers) if answers else None

    @property
    def effective(self) -> Fraction | None:
        """How many answers of equal weight would be as sure: 1/Σ W_h²/n_h (Kish 1965)."""
        squares = (weight**2 / self.answers[h] for h, weight in self.weights.items())
        return 1 / sum(squares, Fraction(0)) if self.weights else None

    @property
    def carried_by_few(self) -> tuple[str, ...]:
        """The strata in which a single answer is more than a thirtieth of the figure, where that
        leaves many answers no surer than fewer than thirty."""
        if self.effective is None or not self.effective < LEAST_EFFECTIVE <= self.valid:
            return ()
        most = Fraction(1, LEAST_EFFECTIVE)
        return tuple(h for h, weight in self.weights.items() if weight > most * self.answers[h])


def citizen_weights(
    plan: Mapping[str, Fraction], counts: Iterable[Mapping[str, Histogram]]
) -> dict[str, Fraction]:
    """ω_h = W_h / A_h: what one citizen of a stratum counts for, the same for every unit.

    `counts` are all units' counts by stratum and level; A_h is the number of answers the stratum
    gave, "don't know" included. As everybody answers a form of the same length, A_h is in
    proportion to the stratum's citizens (Hájek's estimator; only ratios of ω matter). A stratum
    that gave no answer has no weight.
    """
    answers: dict[str, int] = {}
    for strata in counts:
        # "Don't know" is counted here and in no mean: without it a stratum
        # that knows few units would weigh more in those. Everything
        # follows from counts.csv alone (docs/evidence, Two weights).
        for stratum, histogram in strata.items():
            answers[stratum] = answers.get(stratum, 0) + sum(histogram.values())
    return {h: weight / answers[h] for h, weight in plan.items() if answers.get(h)}


def appraisal(
    rule: "Satisfaction", counts: Mapping[str, Histogram], citizens: Mapping[str, Fraction]
) -> Appraisal:
    """ȳ = Σωy / Σω over one unit's valid answers, from its counts by stratum and level.

    `citizens` are the weights of `citizen_weights`; without planned strata all answers weigh the
    same. Levels without points ("don't know") stay out of every mean. A planned stratum without
    a valid answer is named. Below `rule.min_valid` valid answers there is no score and no rate.
    Not to be trusted for units that some strata know only by hearsay: weights mend the panel's
    composition, not who chose to answer "don't know".
    """
    scored = {level: points for level, points in rule.points.items() if points is not None}
    plan = rule.strata or dict.fromkeys(counts, Fraction(1))
    # A stratum that gave no answer at all has no weight; its share goes to the others.
    worth = {h: citizens.get(h, Fraction(0)) if rule.strata else Fraction(1) for h in plan}
    valid = {h: _number(counts.get(h, {}), scored) for h in plan}
    unknown = sum(
        n
        for h in plan
        for level, n in counts.get(h, {}).items()
        if rule.points.get(level, 0) is None
    )
    total = sum(valid.values())
    weights = _shares(worth, valid)
    answers = {h: valid[h] for h in weights}
    # Strata of weight 0 were planned to be heard and not to count: nobody misses them.
    empty = tuple(h for h in rule.strata if not valid[h] and rule.strata[h])
    # The rates, too: a share of few answers tells what single people said.
    if total < max(rule.min_valid, 1) or not weights:
        return Appraisal(total, unknown, None, None, None, weights, empty, answers)

    def mean(points: Mapping[str, Fraction]) -> Fraction:
        parts = (weights[h] * _mean(counts[h], points, valid[h]) for h in weights)
        return sum(parts, Fraction(0))

    return Appraisal(
        total,
        unknown,
        mean(scored),
        mean(dict.fromkeys(rule.satisfied, Fraction(1))),
        mean(dict.fromkeys(rule.satisfied | rule.basically, Fraction(1))),
        weights,
        empty,
        answers,
    )


def merged_plan(plan: Mapping[str, Fraction], seen: Collection[str]) -> dict[str, Fraction]:
    """The plan's weights where small strata were counted together, written `one+another`.

    `seen` are the strata of the whole count: merging is one decision for all units. A joint stratum
    stands where the first of its parts did, since few answers are joined with the next.
    """
    # Strata too small to be counted by themselves (decision 0008) have one name, joined by `+`.
    merged = {part: h for h in seen if "+" in h for part in h.split("+")}
    names = dict.fromkeys(merged.get(h, h) for h in plan)
    # Together they keep what the plan gave them, or joining would shift weight to others.
    return {h: sum((plan[part] for part in h.split("+")), Fraction(0)) for h in names}


def _number(histogram: Histogram, levels: Collection[str]) -> int:
    return sum(histogram.get(level, 0) for level in levels)


def _shares(worth: Mapping[str, Fraction], valid: Mapping[str, int]) -> dict[str, Fraction]:
    """The share of each stratum in one unit's weighted answers."""
    used = {h: worth[h] * valid[h] for h in worth if worth[h] and valid[h]}
    whole = sum(used.values(), Fraction(0))
    return {h: weight / whole for h, weight in used.items()}


def _mean(histogram: Histogram, points: Mapping[str, Fraction], valid: int) -> Fraction:
    return (
        sum((worth * histogram.get(level, 0) for level, worth in points.items()), Fraction(0))
        / valid
    )

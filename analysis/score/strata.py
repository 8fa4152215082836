"""Means of strata by their planned weights: what an answer counts for where each unit has its own.

A book that says "each stratum's mean times its weight" gives a stratum its weight however few of it
know the unit. Citizens' own weights (`satisfaction.citizen_weights`) don't: there a stratum that
answers "don't know" counts for less.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.score.satisfaction import Histogram, citizen_weights

if TYPE_CHECKING:  # a rule knows its arithmetic, which knows the rule by its type alone
    from analysis.score.rules.satisfaction import Satisfaction

Weights = Mapping[str, Fraction]
"""What one answer of each stratum counts for."""


def answer_weights(
    rule: "Satisfaction", counts: Mapping[str, Mapping[str, Histogram]]
) -> dict[str, Weights]:
    """By unit what an answer of each stratum counts for, as the rule weighs."""
    if rule.weighing == "citizens":
        return _of_citizens(rule, counts)
    return {unit: stratum_weights(rule, own) for unit, own in counts.items()}


def other_weights(
    rule: "Satisfaction", counts: Mapping[str, Mapping[str, Histogram]]
) -> dict[str, Weights]:
    """The same by the way that the rule does not take, to stand beside it."""
    if rule.weighing == "strata":
        return _of_citizens(rule, counts)
    return {unit: stratum_weights(rule, own) for unit, own in counts.items()}


def stratum_weights(rule: "Satisfaction", counts: Mapping[str, Histogram]) -> dict[str, Fraction]:
    """ω_h = W_h / n_h for one unit: so that its valid answers n_h together weigh W_h.

    Strata with fewer valid answers than `rule.few_below` are `joined` with the next of the plan
    until they have as many (the last with the one before), or their weight is `handed_on` to all
    others in proportion: a weight of 0.
    """
    valid = _valid(rule, counts)
    worth: dict[str, Fraction] = {}
    for cell in _cells(rule, valid):
        answers = sum(valid[h] for h in cell)
        planned = sum((rule.strata[h] for h in cell), Fraction(0))
        # Nobody of the only cell may have answered.
        worth |= {h: planned / answers for h in cell if answers}
    return worth


def few_strata(rule: "Satisfaction", counts: Mapping[str, Histogram]) -> tuple[str, ...]:
    """The strata with too few valid answers for a mean of their own."""
    valid = _valid(rule, counts)
    return tuple(h for h in _counted(rule) if valid[h] < rule.few_below)


def _of_citizens(
    rule: "Satisfaction", counts: Mapping[str, Mapping[str, Histogram]]
) -> dict[str, Weights]:
    # Over all categories: a citizen's weight does not depend on which unit is looked at.
    return dict.fromkeys(counts, citizen_weights(rule.strata, counts.values()))


def _cells(rule: "Satisfaction", valid: Mapping[str, int]) -> Sequence[tuple[str, ...]]:
    if rule.few == "handed_on":
        return [(h,) for h in _counted(rule) if valid[h] >= rule.few_below]
    cells: list[tuple[str, ...]] = []
    for h in _counted(rule):
        if not cells or sum(valid[each] for each in cells[-1]) >= rule.few_below:
            cells.append(())
        cells[-1] = (*cells[-1], h)
    # Only the last one can be too small: it is closed by the end of the plan.
    if len(cells) > 1 and sum(valid[each] for each in cells[-1]) < rule.few_below:
        cells[-2:] = [cells[-2] + cells[-1]]
    return cells


def _counted(rule: "Satisfaction") -> list[str]:
    """The strata that weigh anything, in the order of the plan."""
    return [h for h, weight in rule.strata.items() if weight]


def _valid(rule: "Satisfaction", counts: Mapping[str, Histogram]) -> dict[str, int]:
    return {
        h: sum(n for level, n in counts.get(h, {}).items() if rule.points.get(level) is not None)
        for h in rule.strata
    }

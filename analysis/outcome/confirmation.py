"""Two evaluations of the same units that must confirm each other 双印证: where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.outcome.rules import ConfirmationRule
from analysis.score.ranking import competition_ranks
from analysis.score.rounding import half_up
from analysis.score.tree import UnitResult


@dataclass(frozen=True)
class Disagreement:
    """A unit whose places by two figures lie further apart than the scheme lets them."""

    rule: str
    unit: str
    first: str
    second: str
    first_place: int
    second_place: int
    units: int


def disagreements(
    rule: ConfirmationRule, results: Sequence[UnitResult], places: int
) -> tuple[Disagreement, ...]:
    """The units of one category whose ranks differ by more than the rule's limit.

    Ranks are competition ranks of the figures rounded to `places`, among the units that have both.
    """
    figures = {}
    for result in results:
        values = {node.code: node.value for node in result.tree.walk()}
        first, second = values.get(rule.first), values.get(rule.second)
        # Ranks among those that have both: a unit that lacks one would push others apart.
        if first is not None and second is not None:
            figures[result.unit] = half_up(first, places), half_up(second, places)
    firsts = competition_ranks({unit: pair[0] for unit, pair in figures.items()})
    seconds = competition_ranks({unit: pair[1] for unit, pair in figures.items()})
    limit = _limit(rule, len(figures))
    return tuple(
        Disagreement(rule.code, unit, *pair, firsts[unit], seconds[unit], len(figures))
        for unit, pair in figures.items()
        # A fraction, not rounded: of 10 units a third lets three places pass, and not four.
        if abs(firsts[unit] - seconds[unit]) > limit
    )


def _limit(rule: ConfirmationRule, units: int) -> Fraction:
    limits = [Fraction(rule.places)] if rule.places is not None else []
    if rule.share is not None:
        limits.append(rule.share * units)
    # Where a scheme gives a share and a number, the stricter one binds; without either none does.
    return min(limits, default=Fraction(units))

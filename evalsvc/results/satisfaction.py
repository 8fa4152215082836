"""How satisfied citizens are with each unit, and what of it may be shown."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.panel.small_cells import Thresholds
from evalsvc.questions.question import Question


@dataclass(frozen=True)
class UnitSatisfaction:
    """How citizens rated one unit; what too few answers carry is None.

    Rates are plain shares of the valid answers, from 0 to 1; the score weighs strata, where there
    are any, and a unit with too few answers has none (`is_scored`).
    """

    unit: str
    name: str
    n_valid: int
    dont_know: int
    levels: Mapping[str, int] | None
    satisfied_rate: Fraction | None
    basically_rate: Fraction | None
    is_scored: bool = True


@dataclass(frozen=True)
class SatisfactionTable:
    """All units' answers to one question of one group in one round, in the roster's order."""

    round: str
    group: str
    question: Question
    rows: tuple[UnitSatisfaction, ...]


def build_satisfaction(
    question: Question,
    unit: str,
    name: str,
    counts: Counter[str],
    thresholds: Thresholds,
    least: int = 0,
) -> UnitSatisfaction:
    """A unit's answers by level as they may be shown in a round of these thresholds.

    `least` is how many valid answers the scheme's score takes.
    """
    scored = [level for level in question.scale if level.points is not None]
    n_valid = sum(counts[level.code] for level in scored)
    shown = thresholds.may_show_mean(n_valid)
    satisfied = sum(counts[level.code] for level in scored if level.satisfied)
    basically = satisfied + sum(counts[level.code] for level in scored if level.basically)
    return UnitSatisfaction(
        unit=unit,
        name=name,
        n_valid=n_valid,
        dont_know=counts.total() - n_valid,
        levels=dict(counts) if thresholds.may_show_distribution(n_valid) else None,
        satisfied_rate=Fraction(satisfied, n_valid) if shown else None,
        basically_rate=Fraction(basically, n_valid) if shown else None,
        is_scored=n_valid >= least,
    )

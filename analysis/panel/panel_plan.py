"""What a panel of citizens will be able to say, before anybody is asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.panel.panel_weights import design_effect
from analysis.panel.sample_sizes import (
    detectable_difference,
    largest_remainder,
    margin_of_error,
    sample_size_for_difference,
    sample_size_for_margin,
)

# On points of 0 to 100 answers spread by 20 to 25; the larger number promises less.
SPREAD = 25.0
TURNOUTS = (1.0, 0.8, 0.6, 0.4)
# At which the cards needed are reckoned.
USUAL_TURNOUT = 0.6
TARGETS = (5.0, 3.0, 2.0)


@dataclass(frozen=True)
class Expectation:
    """What a share of returned cards gives: answers about a unit, the margin of error of its
    index, and from which difference on two units are told apart (in points; None without
    answers)."""

    turnout: float
    answers: int
    margin: float | None
    difference: float | None


@dataclass(frozen=True)
class Need:
    """Answers about each unit that a margin or a difference of `points` asks for, and cards."""

    points: float
    answers: int
    cards: int


@dataclass(frozen=True)
class PanelPlan:
    """A panel as planned. `answer_weights` by stratum: an answer's weight over the mean one, None
    where nobody is asked; `in_proportion`: the same cards shared out like the weights.
    `design_effect`: by how much weighting the strata raises the variance."""

    cards: int
    units: int
    per_form: int
    design_effect: float
    answer_weights: tuple[float | None, ...]
    in_proportion: tuple[int, ...]
    expected: tuple[Expectation, ...]
    margins: tuple[Need, ...]
    differences: tuple[Need, ...]


def panel_plan(
    cards: Sequence[int], weights: Sequence[float], *, units: int, per_form: int
) -> PanelPlan:
    """Expectations and needs of a panel whose strata have so many cards and plan weights.

    Each card holds `per_form` of the `units`, dealt evenly, so that a unit has
    cards·turnout·per_form/units answers. Margins at 95%, differences at 95% with power 80%, for
    answers that spread by 25 points on 0 to 100; Kish's design effect of the plan's weights
    multiplies the variances (Kish 1965). "Don't know" takes further answers away.
    Raises ValueError for lengths that differ, no card with a weight, or forms that don't fit.
    """
    if len(cards) != len(weights) or not 1 <= per_form <= units:
        raise ValueError("need a weight for each stratum, and forms of 1 to all units")
    used = [(n, w) for n, w in zip(cards, weights, strict=True) if n > 0 and w > 0]
    if not used:
        raise ValueError("nobody is asked; give a stratum cards and a weight")
    total = sum(cards)
    effect = design_effect([w / n for n, w in used], [n for n, _ in used])
    # A mean answer weighs Σw/Σn, over those that weigh anything.
    mean = sum(w for _, w in used) / sum(n for n, _ in used)
    return PanelPlan(
        cards=total,
        units=units,
        per_form=per_form,
        design_effect=effect,
        answer_weights=tuple(
            w / n / mean if n > 0 else None for n, w in zip(cards, weights, strict=True)
        ),
        in_proportion=largest_remainder(total, weights),
        expected=tuple(_expected(t, total, units, per_form, effect) for t in TURNOUTS),
        margins=tuple(
            _need(p, sample_size_for_margin(p, SPREAD, design_effect=effect), units, per_form)
            for p in TARGETS
        ),
        differences=tuple(
            _need(p, sample_size_for_difference(p, SPREAD, design_effect=effect), units, per_form)
            for p in TARGETS
        ),
    )


def _expected(turnout: float, cards: int, units: int, per_form: int, effect: float) -> Expectation:
    # Less a trifle upward: 0.6 of 10 cards are six, and no rounding makes them five.
    answers = math.floor(cards * turnout * per_form / units + 1e-9)
    return Expectation(
        turnout,
        answers,
        margin_of_error(SPREAD, answers, design_effect=effect),
        detectable_difference(SPREAD, answers, design_effect=effect),
    )


def _need(points: float, answers: int, units: int, per_form: int) -> Need:
    return Need(points, answers, math.ceil(answers * units / (per_form * USUAL_TURNOUT) - 1e-9))

"""What a panel will be able to say, by hand."""

import pytest

from analysis.panel.panel_plan import Expectation, Need, panel_plan
from analysis.panel.sample_sizes import detectable_difference, sample_size_for_difference


def test_a_panel_of_one_stratum_by_hand():
    """1,000 cards with 8 of 60 units: 133 answers a unit; 1.96·25/√133 = 4.25 points.

    Two units apart from (1.96 + .8416)·25·√(2/133) = 8.59 on. A margin of 5 takes
    (1.96·25/5)² = 96.04, so 97 answers, and 97·60/(8·.6) = 1,212.5 cards.
    """
    found = panel_plan([1000], [100], units=60, per_form=8)
    assert found.cards == 1000
    assert (found.design_effect, *found.answer_weights) == pytest.approx((1.0, 1.0))
    first = found.expected[0]
    assert (first.turnout, first.answers) == (1.0, 133)
    assert first.margin == pytest.approx(4.25, abs=0.005)
    assert first.difference == pytest.approx(8.59, abs=0.005)
    assert [each.answers for each in found.expected] == [133, 106, 80, 53]
    assert found.margins[0] == Need(5.0, 97, 1213)
    # Published for a spread of 25: 97, 267 and 601 answers for 5, 3 and 2 points.
    assert [need.answers for need in found.margins] == [97, 267, 601]


def test_unequal_weights_ask_for_more():
    """60 and 40 cards for halves: weights 1/1.2 and 1/.8, deff = 100(.25/60 + .25/40) = 25/24."""
    found = panel_plan([60, 40], [50, 50], units=10, per_form=10)
    assert found.design_effect == pytest.approx(25 / 24)
    assert found.answer_weights == pytest.approx((1 / 1.2, 1 / 0.8))
    # 97 answers become ⌈96.04·25/24⌉ = ⌈100.04⌉.
    assert found.margins[0].answers == 101


def test_nobody_of_a_stratum_and_nobody_at_all():
    found = panel_plan([1, 0], [50, 50], units=2, per_form=1)
    assert found.answer_weights == (pytest.approx(1.0), None)
    assert found.expected[0] == Expectation(1.0, 0, None, None)
    for cards, weights, units, per_form in (
        ([0], [100], 2, 1),
        ([5], [0], 2, 1),
        ([5], [50, 50], 2, 1),
        ([5], [100], 2, 3),
    ):
        with pytest.raises(ValueError, match=r"need a weight|nobody is asked"):
            panel_plan(cards, weights, units=units, per_form=per_form)


@pytest.mark.parametrize(("answers", "points"), [(252, 5), (698, 3), (1570, 2)])
def test_the_difference_that_so_many_answers_tell(answers: int, points: int):
    """Answers a unit for 5, 3 and 2 points at a spread of 20, and back."""
    assert sample_size_for_difference(points, 20) == answers
    found = detectable_difference(20, answers)
    assert found is not None
    assert points - 0.01 < found <= points
    assert detectable_difference(20, 0) is None

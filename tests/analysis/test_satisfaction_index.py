"""Satisfaction from counts by level, by hand."""

import pytest

from analysis.panel.satisfaction_index import level_points, multi_item_index, satisfaction_index
from analysis.statistics.findings import Flag


def test_points_and_the_chinese_habit():
    assert level_points(5) == (0, 25, 50, 75, 100)
    assert level_points(5, low=20) == (20, 40, 60, 80, 100)
    with pytest.raises(ValueError, match="two or more levels"):
        level_points(1)


def test_index_rates_and_bounds_by_hand():
    # 40·100 + 30·75 + 20·50 + 6·25 + 4·0 = 7400 over 100, 25 more don't know.
    found = satisfaction_index([4, 6, 20, 30, 40], level_points(5), dont_know=25)
    assert found.index == found.score == 74.0
    squares = 40 * 26**2 + 30 * 1 + 20 * 24**2 + 6 * 49**2 + 4 * 74**2
    assert found.deviation == pytest.approx((squares / 99) ** 0.5)
    assert found.error == pytest.approx(found.deviation / 10)
    assert (found.low, found.high) == (7400 / 125, (7400 + 2500) / 125)
    assert found.dont_know_share == 0.2
    assert (found.satisfied_rate, found.dissatisfied_rate) == (0.7, 0.1)
    assert found.net_rate == pytest.approx(0.6)
    assert found.flags == ()


def test_the_order_of_the_levels_does_not_matter():
    points = level_points(5)
    assert satisfaction_index([1, 2, 3, 4, 5], points) == satisfaction_index(
        [5, 4, 3, 2, 1], points[::-1]
    )


@pytest.mark.parametrize(
    ("good", "dont_know", "flags", "counts"),
    [
        (29, 0, (Flag.TOO_FEW_ANSWERS,), False),
        (30, 0, (Flag.THIN,), True),
        (100, 0, (), True),
        (99, 66, (Flag.THIN,), True),
        (150, 101, (Flag.MANY_DONT_KNOW,), False),
    ],
)
def test_when_a_score_is_withheld(good, dont_know, flags, counts):
    found = satisfaction_index(
        [0, good], [0, 100], dont_know=dont_know, satisfied=1, dissatisfied=1
    )
    assert found.flags == flags
    assert found.index == 100.0
    assert found.score == (100.0 if counts else None)


def test_an_index_without_answers():
    nobody = satisfaction_index([0, 0, 0, 0], level_points(4))
    assert (nobody.index, nobody.low, nobody.dont_know_share) == (None, None, None)
    unsure = satisfaction_index([0, 0, 0, 0], level_points(4), dont_know=7)
    assert (unsure.low, unsure.high, unsure.dont_know_share) == (0.0, 100.0, 1.0)
    single = satisfaction_index([0, 0, 0, 1], level_points(4))
    assert (single.index, single.deviation, single.error) == (100.0, None, None)


@pytest.mark.parametrize(
    ("counts", "points", "dont_know", "named"),
    [
        ([1], [1, 2], 0, "1 counts for 2 levels"),
        ([-1, 1], [0, 1], 0, "0 or more"),
        ([1, 1], [0, 1], -1, "0 or more"),
        ([1, 1], [0, 1], 0, "overlap"),
        ([], [], 0, "0 counts"),
    ],
)
def test_impossible_counts_are_refused(counts, points, dont_know, named):
    with pytest.raises(ValueError, match=named):
        satisfaction_index(counts, points, dont_know=dont_know)


def test_multi_item_index_by_hand():
    # Means 4 and 3 on 1–5, weights 3:1: 3.75 → 100·2.75/4.
    assert multi_item_index([4, 3], [3, 1], levels=5) == pytest.approx(68.75)
    with pytest.raises(ValueError, match="weight"):
        multi_item_index([4], [0], levels=5)
    with pytest.raises(ValueError, match="between 1 and 5"):
        multi_item_index([6], [1], levels=5)


@pytest.mark.parametrize(("share", "unknown"), [(0.29, 29), (0.57, 57), (0.58, 58), (0.35, 35)])
def test_a_share_of_dont_know_at_the_limit_is_not_beyond_it(share: float, unknown: int):
    """.29 · 100 is 28.999… as a float, and 29 of 100 are not more than .29."""
    counts = [100 - unknown, 0]
    found = satisfaction_index(
        counts, [0, 100], dont_know=unknown, satisfied=1, dissatisfied=1, most_dont_know=share
    )
    assert Flag.MANY_DONT_KNOW not in found.flags
    one_more = satisfaction_index(
        counts, [0, 100], dont_know=unknown + 1, satisfied=1, dissatisfied=1, most_dont_know=share
    )
    assert Flag.MANY_DONT_KNOW in one_more.flags

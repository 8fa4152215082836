"""Places counted on ballots, by hand."""

from hypothesis import given

from analysis.statistics.order_counts import OrderCount, order_counts
from tests.analysis.designs import quick, rating_designs


def test_two_ballots_counted_by_hand():
    """a > b = c and c > b > a, and a ballot that compares nobody: b has places 2½ and 2."""
    a, b, c, d = order_counts([[3, 2, 2, None], [1, 2, 3, None], [None, 5, None, None]])
    assert a == OrderCount(ballots=2, mean_place=2.0, firsts=1, wins=2, ties=0, losses=2)
    assert b == OrderCount(ballots=2, mean_place=2.25, firsts=0, wins=1, ties=1, losses=2)
    assert c == OrderCount(ballots=2, mean_place=1.75, firsts=1, wins=2, ties=1, losses=1)
    assert d == OrderCount(ballots=0, mean_place=None, firsts=0, wins=0, ties=0, losses=0)
    assert [unit.borda for unit in (a, b, c, d)] == [1.0, 0.75, 1.25, None]
    assert [unit.win_share for unit in (a, b, c, d)] == [0.5, 0.375, 0.625, None]


def test_the_cities_of_tennessee():
    """The textbook election, in per cent of the voters: Borda gives 126, 194, 173 and 107 points.

    Memphis first on 42 ballots, Nashville on 26, Knoxville on 17, Chattanooga on 15; against each
    of the others Nashville wins (58, 68 and 68 of 100).
    """
    memphis, nashville, chattanooga, knoxville = range(4)
    orders = (
        (42, (memphis, nashville, chattanooga, knoxville)),
        (26, (nashville, chattanooga, knoxville, memphis)),
        (15, (chattanooga, knoxville, nashville, memphis)),
        (17, (knoxville, chattanooga, nashville, memphis)),
    )
    ballots = [
        [-order.index(city) for city in range(4)] for number, order in orders for _ in range(number)
    ]
    found = order_counts(ballots)
    assert [unit.firsts for unit in found] == [42, 26, 15, 17]
    assert [unit.wins for unit in found] == [126, 194, 173, 107]
    assert [unit.borda for unit in found] == [1.26, 1.94, 1.73, 1.07]
    assert found[nashville].mean_place == (42 * 2 + 26 + 32 * 3) / 100


@quick
@given(rating_designs())
def test_every_win_is_somebody_s_loss(x):
    found = order_counts(x)
    assert sum(unit.wins for unit in found) == sum(unit.losses for unit in found)
    assert sum(unit.ties for unit in found) % 2 == 0

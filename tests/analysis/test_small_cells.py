"""The thresholds of the secrecy rules, at their edges."""

from analysis.small_cells import may_show_both, may_show_distribution, may_show_mean


def test_edges():
    assert [may_show_mean(n) for n in (4, 5)] == [False, True]
    assert [may_show_distribution(n) for n in (9, 10)] == [False, True]


def test_two_populations_differ_by_nothing_or_by_enough():
    assert [may_show_both(100, n) for n in (100, 99, 96, 95)] == [True, False, False, True]

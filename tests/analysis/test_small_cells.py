"""The thresholds of the secrecy rules at their edges, and the joining of small cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.panel.small_cells import DEFAULTS, Thresholds, merged_cells, strictest
from tests.analysis.designs import quick


def test_edges():
    assert [DEFAULTS.may_show_mean(n) for n in (4, 5)] == [False, True]
    assert [DEFAULTS.may_show_distribution(n) for n in (9, 10)] == [False, True]
    assert [DEFAULTS.may_keep(n) for n in (0, 1, 4, 5)] == [True, False, False, True]
    assert [DEFAULTS.may_show_score(n) for n in (2, 3)] == [False, True]
    assert [DEFAULTS.may_show_apart(n) for n in (4, 5)] == [False, True]


def test_the_stricter_number_of_each_round_holds_for_a_figure_of_both():
    lenient, strict = Thresholds(answers_for_mean=4), Thresholds(answers_for_distribution=12)
    both = Thresholds(answers_for_mean=5, answers_for_distribution=12)
    assert strictest([lenient, strict]) == both
    assert strictest([lenient]) == lenient
    assert strictest([]) == DEFAULTS


def test_two_populations_differ_by_nothing_or_by_enough():
    assert [DEFAULTS.may_show_both(100, n) for n in (100, 99, 96, 95)] == [True, False, False, True]


def test_a_cell_stands_alone_with_ten_ballots_and_no_unit_of_few_answers():
    assert DEFAULTS.may_count_apart(10, [0, 5, 10])
    assert DEFAULTS.may_count_apart(10, [])
    assert not DEFAULTS.may_count_apart(9, [9])
    assert not DEFAULTS.may_count_apart(10, [10, 4])


def join(sizes: dict[str, int], least: int) -> tuple[tuple[str, ...], ...]:
    return merged_cells(list(sizes), lambda cells: sum(sizes[one] for one in cells) >= least)


@pytest.mark.parametrize(
    ("sizes", "joined"),
    [
        ({"a": 10, "b": 10, "c": 10}, (("a",), ("b",), ("c",))),
        # A small one waits for the next; the last, having no next, goes back to the one before.
        ({"a": 4, "b": 10, "c": 10}, (("a", "b"), ("c",))),
        ({"a": 10, "b": 10, "c": 4}, (("a",), ("b", "c"))),
        ({"a": 10, "b": 3, "c": 4}, (("a", "b", "c"),)),
        ({"a": 3, "b": 4}, (("a", "b"),)),
        ({}, ()),
    ],
)
def test_neighbours_join_in_their_order(sizes, joined):
    assert join(sizes, 10) == joined


def test_what_is_left_over_goes_back_as_far_as_it_must():
    # As where the third has three answers about a unit of which the second has none.
    may_stand = {("a",), ("b",), ("a", "b", "c")}
    joined = merged_cells(["a", "b", "c"], lambda cells: cells in may_stand)
    assert joined == (("a", "b", "c"),)


@quick
@given(st.lists(st.dictionaries(st.sampled_from("uvw"), st.integers(0, 12)), max_size=7))
def test_every_joint_cell_may_stand_or_is_the_only_one(answers):
    cells = [str(number) for number in range(len(answers))]

    def may_stand(joint):
        together = [sum(answers[int(cell)].get(unit, 0) for cell in joint) for unit in "uvw"]
        return all(map(DEFAULTS.may_keep, together))

    joined = merged_cells(cells, may_stand)
    assert [cell for joint in joined for cell in joint] == cells
    assert len(joined) <= 1 or all(map(may_stand, joined))

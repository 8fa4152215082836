"""Components, cut raters and bridges, worked by hand on small graphs."""

import numpy as np
import pytest
from hypothesis import given

from analysis.statistics.connectivity import Bridge, connectivity
from analysis.statistics.findings import Flag
from tests.analysis.designs import quick, rating_designs


def matrix(ballots: list[list[int]], units: int) -> np.ndarray:
    x = np.full((len(ballots), units), np.nan)
    for i, ballot in enumerate(ballots):
        x[i, ballot] = 1.0
    return x


def test_a_well_linked_design_has_no_findings():
    found = connectivity(matrix([[0, 1, 2], [0, 1, 2]], 3))
    assert found.components == ((0, 1, 2),)
    assert found.component_raters == ((0, 1),)
    assert (found.cut_raters, found.unrated_units, found.findings) == ((), (), ())
    assert found.design_rank == 4
    assert found.is_connected


def test_the_leader_who_links_two_scopes_is_named():
    found = connectivity(matrix([[0, 1], [0, 1], [1, 2], [2, 3], [2, 3]], 4))
    assert found.cut_raters == (2,)
    assert [f.flag for f in found.findings] == [Flag.ONE_BRIDGE]
    assert found.findings[0].units == (1, 2)
    assert found.findings[0].raters == (2,)


def test_a_cut_rater_isolates_a_unit_or_parts_groups_that_both_keep_raters():
    # Without 0 the units 0, 1 and 2, 3 part, each still rated; without 1 unit 3 has no rating.
    found = connectivity(matrix([[0, 1, 2], [2, 3], [0, 1]], 4))
    assert found.cut_raters == (0, 1)
    assert found.isolating_raters == (1,)


def test_the_only_rater_of_a_unit_alone_in_its_component_cuts_nothing():
    found = connectivity(matrix([[0, 1], [0, 1], [2]], 3))
    assert (found.cut_raters, found.isolating_raters) == ((), ())


def test_two_linking_leaders_are_no_cut():
    assert connectivity(matrix([[0, 1], [0, 1], [1, 2], [0, 2]], 3)).cut_raters == ()


def test_disconnected_and_unrated_units_are_told_apart():
    found = connectivity(matrix([[0, 1], [0, 1], [2, 3], [2, 3], []], 5))
    assert found.components == ((0, 1), (2, 3), (4,))
    assert found.component_raters == ((0, 1), (2, 3), ())
    assert found.unrated_units == (4,)
    assert [f.flag for f in found.findings] == [Flag.NO_RATINGS, Flag.DISCONNECTED]
    assert found.findings[1].units == (0, 1, 2, 3)
    assert not found.is_connected


def test_bridges_between_scopes_by_hand():
    # Raters 0 and 1 see one scope each; 2 sees 2 + 1 units, 3 sees 1 + 2.
    x = matrix([[0, 1], [2, 3], [0, 1, 2], [0, 2, 3]], 4)
    found = connectivity(x, scopes=["甲", "甲", "乙", "乙"])
    assert found.bridges == (Bridge(("甲", "乙"), (2, 3), 6, 2 / 3 + 2 / 3),)


def test_scopes_must_match_the_units():
    with pytest.raises(ValueError, match="1 scope labels for 2 units"):
        connectivity(matrix([[0, 1]], 2), scopes=["甲"])


def test_nothing_at_all():
    found = connectivity(np.empty((0, 0)))
    assert (found.components, found.design_rank, found.is_connected) == ((), 0, True)


@quick
@given(rating_designs())
def test_rank_and_cuts_agree_with_their_definitions(x):
    rated = ~np.isnan(x)
    raters, units = x.shape
    design = np.zeros((int(rated.sum()), raters + units))
    for row, (i, j) in enumerate(np.argwhere(rated)):
        design[row, [j, units + i]] = 1.0
    found = connectivity(x)
    rank = int(np.linalg.matrix_rank(design)) if design.size else 0
    assert found.design_rank == rank
    without = [len(connectivity(np.delete(x, i, axis=0)).components) for i in range(raters)]
    assert found.cut_raters == tuple(i for i, n in enumerate(without) if n > len(found.components))

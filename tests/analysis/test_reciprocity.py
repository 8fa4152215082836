"""Reciprocity: the social relations model by hand, planted favours, and honest tables."""

import numpy as np
import pytest
from hypothesis import given

from analysis.statistics.findings import Flag
from analysis.statistics.reciprocity import (
    bipartite_reciprocity,
    global_reciprocity,
    mutual_residuals,
    named_groups,
    social_relations,
)
from tests.analysis.designs import has_nan, quick, rating_designs


def table(n: int, seed: int, favour: float = 0.0) -> np.ndarray:
    """Mutual ratings of n units in which favours are returned to some degree."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n, n))
    x = rng.normal(size=(n, n)) + favour * (shared + shared.T)
    x += rng.normal(size=(n, 1)) + 2 * rng.normal(size=n)
    np.fill_diagonal(x, np.nan)
    return x


def test_effects_are_least_squares_of_the_round_robin():
    x = table(6, 1)
    n, cells = 6, [(i, j) for i in range(6) for j in range(6) if i != j]
    design = np.zeros((len(cells), 2 * n))
    for row, (i, j) in enumerate(cells):
        design[row, [i, n + j]] = 1.0
    y = np.array([x[c] for c in cells])
    found = social_relations(x)
    fitted = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    residual = np.array([found.relations[c] for c in cells])
    assert residual == pytest.approx(y - fitted)
    assert sum(found.giver_effects) == pytest.approx(0)
    assert sum(found.receiver_effects) == pytest.approx(0)
    assert found.mean == pytest.approx(y.mean())


def test_variances_come_back_from_large_tables():
    rng = np.random.default_rng(3)
    n = 150
    pair = rng.normal(size=(n, n))
    pair = np.triu(pair, 1)
    g = 0.5 * (pair + pair.T) + 0.75**0.5 * rng.normal(size=(n, n))  # reciprocity .25
    x = g + rng.normal(size=(n, 1)) + 2 * rng.normal(size=n)
    found = social_relations(x)
    assert found.dyadic_reciprocity == pytest.approx(0.25, abs=0.02)
    assert found.relation_variance == pytest.approx(1.0, rel=0.03)
    assert found.relation_covariance == pytest.approx(0.25, abs=0.02)
    assert found.giver_variance == pytest.approx(1.0, rel=0.3)
    assert found.receiver_variance == pytest.approx(4.0, rel=0.3)


def test_every_variance_is_unbiased_exactly():
    """A quadratic form of y = C·z has the mean Σ of its values at C's columns: no simulation."""
    n, variances = 5, {"giver": 2.0, "receiver": 3.0, "relation": 4.0}
    general, dyadic = 1.2, -1.5
    cells = [(i, j) for i in range(n) for j in range(n) if i != j]

    def together(one: tuple[int, int], other: tuple[int, int]) -> float:
        (i, j), (k, m) = one, other
        found = variances["giver"] * (i == k) + variances["receiver"] * (j == m)
        found += general * ((i == m) + (j == k))
        return found + variances["relation"] * (one == other) + dyadic * ((i, j) == (m, k))

    root = np.linalg.cholesky([[together(a, b) for b in cells] for a in cells])
    sums = np.zeros(5)
    for column in root.T:
        x = np.full((n, n), np.nan)
        x[tuple(np.array(cells).T)] = column
        found = social_relations(x)
        sums += (
            found.giver_variance,
            found.receiver_variance,
            found.relation_variance,
            found.relation_covariance,
            found.effect_covariance,
        )
    assert sums == pytest.approx([*variances.values(), dyadic, general])


def test_reliabilities_are_the_squared_correlation_with_the_truth():
    rng = np.random.default_rng(11)
    n = 20
    # Who gives much receives much: correlation .6.
    a = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=(600, n))
    said, true = [], []
    for effects in a:
        x = effects[:, [0]] + effects[:, 1] + 2 * rng.normal(size=(n, n))
        found = social_relations(x)
        said.append((found.giver_reliability, found.receiver_reliability))
        true.append(
            (
                np.corrcoef(found.giver_effects, effects[:, 0])[0, 1] ** 2,
                np.corrcoef(found.receiver_effects, effects[:, 1])[0, 1] ** 2,
            )
        )
    assert np.mean(said, axis=0) == pytest.approx(np.mean(true, axis=0), abs=0.02)
    # 1/(1 + 4·19/(20·18)), the relations' share of the spread of effects.
    assert np.mean(said) == pytest.approx(1 / (1 + 4 * 19 / 360), abs=0.03)


def test_correlations_of_effects_need_variances_above_nothing():
    # Everybody gives alike: no variance of givers, and no correlation.
    alike = np.tile(np.arange(6.0), (6, 1)) + 1e-3 * table(6, 2)
    found = social_relations(np.where(np.eye(6), np.nan, alike))
    assert found.receiver_reliability == pytest.approx(1.0, abs=1e-4)
    grown = social_relations(table(40, 5) + 2 * np.arange(40.0)[:, None] + 3 * np.arange(40.0))
    assert grown.general_reciprocity == pytest.approx(1.0, abs=0.02)
    mean_zero = social_relations(table(6, 1) - table(6, 1).T)
    assert mean_zero.general_reciprocity is None or abs(mean_zero.general_reciprocity) <= 1.5
    equal = social_relations(np.full((5, 5), 85.0))
    assert (equal.general_reciprocity, equal.giver_reliability) == (None, None)


@pytest.mark.parametrize(
    ("x", "flag"),
    [(np.ones((3, 3)), Flag.NOT_TESTABLE), (np.full((4, 4), np.nan), Flag.INCOMPLETE)],
)
def test_undefined_for_small_and_incomplete_tables(x, flag):
    found = social_relations(x)
    assert (found.mean, found.dyadic_reciprocity, found.flags) == (None, None, (flag,))


def test_equal_ratings_have_no_reciprocity():
    found = social_relations(np.full((5, 5), 85.0))
    assert (found.dyadic_reciprocity, found.flags) == (None, (Flag.ZERO_VARIANCE,))
    test = global_reciprocity(found.relations, 1)
    assert (test.reciprocity, test.p, test.flags) == (None, 1.0, (Flag.ZERO_VARIANCE,))


def test_a_mutual_table_is_square():
    with pytest.raises(ValueError, match=r"square .* got shape \(2, 3\)"):
        social_relations(np.ones((2, 3)))


def test_returned_favours_are_found_and_honest_tables_are_not():
    found = global_reciprocity(mutual_residuals(table(20, 5, favour=0.6)), 1)
    assert found.reciprocity > 0.3
    assert found.p == 0.001
    assert found.z > 3
    assert (found.pairs, found.permutations, found.flags) == (190, 999, (Flag.APPROXIMATE,))
    small = [
        global_reciprocity(mutual_residuals(table(12, s)), s, permutations=99).p < 0.05
        for s in range(40)
    ]
    assert np.mean(small) < 0.15


def test_missing_cells_fall_back_on_the_severity_model():
    x = table(20, 5, favour=0.6)
    x[3, 7] = x[4, 2] = np.nan
    residuals = mutual_residuals(x)
    assert np.isnan(residuals[3, 7])
    assert np.isnan(np.diag(residuals)).all()
    found = global_reciprocity(residuals, 2)
    assert found.pairs == 188
    assert found.p < 0.01


def test_too_few_pairs():
    assert global_reciprocity(np.ones((3, 3)), 1).flags == (Flag.NOT_TESTABLE,)


def test_a_named_ring_is_found_and_a_pair_is_refused():
    x = table(30, 8)
    ring = [2, 5, 9, 14, 20, 27]
    x[np.ix_(ring, ring)] += 1.5
    found = named_groups(mutual_residuals(x), {"系统": ring, "楼": [0, 1, 3, 4], "两家": [6, 7]})
    assert [g.flagged for g in found] == [True, False, False]
    assert found[0].z > 4
    assert found[0].mean_favour == pytest.approx(1.5 - 1.5 * 5 * 2 / 29 + 1.5 * 30 / 870, abs=0.35)
    assert (found[2].p, found[2].flags) == (None, (Flag.NOT_TESTABLE,))


def test_group_z_by_its_formula():
    residuals = mutual_residuals(table(10, 2))
    found = social_relations(table(10, 2))
    members = [1, 4, 6]
    total = np.nansum(residuals[np.ix_(members, members)])
    variance = (found.relation_variance + found.relation_covariance) * 3 * 2
    (group,) = named_groups(residuals, {"a": members})
    assert group.z == pytest.approx(total / variance**0.5)


def test_groups_with_gaps_and_without_residuals():
    residuals = mutual_residuals(table(10, 2)).copy()
    residuals[1, 4] = np.nan
    (group,) = named_groups(residuals, {"a": [1, 4, 6]})
    rated = ~np.isnan(residuals)
    both = rated & rated.T
    variance = np.mean(residuals[rated] ** 2)
    covariance = np.mean((residuals * residuals.T)[both])
    total = np.nansum(residuals[np.ix_([1, 4, 6], [1, 4, 6])])
    assert group.z == pytest.approx(total / (5 * variance + 4 * covariance) ** 0.5)
    (flat,) = named_groups(np.zeros((5, 5)), {"a": [0, 1, 2]})
    assert (flat.z, flat.p) == (0.0, 1.0)
    (nothing,) = named_groups(np.full((5, 5), np.nan), {"a": [0, 1, 2]})
    assert nothing.p is None


@pytest.mark.parametrize("members", [[0, 0, 1], [0, 1, 9]])
def test_groups_name_existing_units_once(members):
    with pytest.raises(ValueError, match="group 'a': positions are 0 to 4"):
        named_groups(np.zeros((5, 5)), {"a": members})


def test_two_sides_returning_favours():
    rng = np.random.default_rng(0)
    favour = rng.normal(size=(14, 45))
    forth, back = favour + rng.normal(size=(14, 45)), (favour + rng.normal(size=(14, 45))).T
    found = bipartite_reciprocity(forth, back, 1, permutations=199)
    assert found.reciprocity == pytest.approx(np.corrcoef(forth.ravel(), back.T.ravel())[0, 1])
    assert found.p == 1 / 200
    # Shuffled inside rows, 630 pairs of unrelated residuals correlate by 0 ± 1/√629 or so.
    assert found.z == pytest.approx(found.reciprocity * 629**0.5, rel=0.15)
    honest = [
        bipartite_reciprocity(forth, rng.normal(size=(45, 14)), s, permutations=99).p
        for s in range(40)
    ]
    assert np.mean(np.array(honest) < 0.05) < 0.15


def test_two_sides_at_the_edges():
    with pytest.raises(ValueError, match=r"shape \(3, 2\), got \(2, 3\)"):
        bipartite_reciprocity(np.ones((2, 3)), np.ones((2, 3)), 1)
    assert bipartite_reciprocity([[1.0, 2.0]], [[1.0], [2.0]], 1).flags == (Flag.NOT_TESTABLE,)
    flat = bipartite_reciprocity(np.ones((2, 3)), np.ones((3, 2)), 1)
    assert (flat.p, flat.flags) == (1.0, (Flag.ZERO_VARIANCE,))
    # A row of equal residuals can be shuffled into no variation at all where cells are missing.
    one = bipartite_reciprocity(
        [[1.0, 2.0, 3.0, 9.0]], [[1.0], [2.0], [3.0], [None]], 1, permutations=19
    )
    assert 0 < one.p <= 1


@quick
@given(rating_designs())
def test_no_table_breaks_the_tests(x):
    n = min(x.shape)
    square = x[:n, :n]
    found = social_relations(square)
    assert not has_nan(found.giver_effects + found.receiver_effects)
    assert not has_nan([found.dyadic_reciprocity, found.giver_variance])
    residuals = mutual_residuals(square)
    assert not has_nan([global_reciprocity(residuals, 1, permutations=9).p])
    groups = named_groups(residuals, {"a": range(n), "b": range(min(n, 3))})
    assert not has_nan([g.z for g in groups] + [g.p for g in groups])
    assert not has_nan([bipartite_reciprocity(x, x.T, 1, permutations=9).p])

"""The kept sums give the very figures that the answers themselves would give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.panel.citizen_severity import penalty_from_sums, severity_from_sums
from analysis.panel.sums import (
    CellSums,
    citizen_sums,
    index_covariance,
    indistinguishable_from_sums,
    item_indices,
    item_reliabilities,
    item_sums,
    level_sums,
    panel_rates,
    unit_indices,
    unit_scores,
)
from analysis.statistics.consistency import cronbach_alpha
from analysis.statistics.findings import Flag
from analysis.statistics.severity import rater_variance, severity_model
from tests.analysis.designs import has_nan, quick, rating_designs


def panel(seed: int = 0, citizens: int = 300, units: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Scores with missing units and lenient citizens, and weights."""
    rng = np.random.default_rng(seed)
    y = rng.normal(70, 12, size=(citizens, units)) + rng.normal(0, 8, size=(citizens, 1))
    y[rng.random(y.shape) < 0.5] = np.nan
    return y, rng.uniform(0.5, 2.0, size=citizens)


def test_shards_add_up_in_any_order():
    y, w = panel()
    whole = citizen_sums(y, y > 60, w)
    parts = [citizen_sums(y[a:b], y[a:b] > 60, w[a:b]) for a, b in ((0, 1), (1, 200), (200, 300))]
    for added in (parts[0] + parts[1] + parts[2], parts[2] + parts[0] + parts[1]):
        for name in ("units", "panel", "by_count", "pairs"):
            mine, theirs = vars(getattr(whole, name)), vars(getattr(added, name))
            for field in mine:
                assert mine[field] == pytest.approx(theirs[field]), (name, field)


def test_shards_of_another_shape_are_refused():
    one, two = (citizen_sums(np.ones((2, u)), np.ones((2, u)), [1, 1]) for u in (2, 3))
    with pytest.raises(ValueError, match="w: shapes"):
        _ = one + two


def test_unit_scores_need_half_of_the_item_weight():
    points = [[[100, 50, np.nan], [np.nan, np.nan, 80], [np.nan] * 3]]
    found = unit_scores(points, [2, 1, 1])
    assert found[0, 0] == pytest.approx(250 / 3)
    assert np.isnan(found[0, 1:]).all()
    assert unit_scores([[[np.nan, 50, 30]]], [2, 1, 1])[0, 0] == 40.0
    with pytest.raises(ValueError, match="weight"):
        unit_scores([[[1.0]]], [0.0])


def test_level_counts_by_hand():
    # Two citizens, two units, one item; levels 0–2; unit 2 was not asked of citizen 1.
    found = level_sums([[[2], [-1]], [[2], [0]]], [0, 1], [2.0, 3.0], n_strata=2, n_levels=3)
    assert found.n.shape == (2, 1, 2, 3)
    assert found.n[0, 0].tolist() == [[0, 0, 1], [0, 0, 1]]
    assert found.weight[1, 0].tolist() == [[0, 0, 0], [3, 0, 0]]
    assert found.weight_squared[0, 0, :, 2].tolist() == [4, 9]
    assert (found + found).n.sum() == 6


@pytest.mark.parametrize(
    ("levels", "strata", "named"), [([[[3]]], [0], "from -1 to 2"), ([[[1]]], [2], "0 to 1")]
)
def test_level_counts_refuse_what_does_not_exist(levels, strata, named):
    with pytest.raises(ValueError, match=named):
        level_sums(levels, strata, [1.0], n_strata=2, n_levels=3)


def test_cells_must_reconcile():
    cells = CellSums(
        issued=np.array([10, 5, 0]),
        cast=np.array([6, 6, 0]),
        valid=np.array([5, 6, 0]),
        rejected=np.array([[1, 0], [0, 0], [0, 0]]),
        flagged=np.array([0, 1, 0]),
        assisted=np.array([0, 0, 0]),
    )
    assert cells.unreconciled == (1,)
    assert cells.turnout == (0.6, 1.2, None)
    assert (cells + cells).cast.tolist() == [12, 12, 0]


def test_equal_weights_give_the_textbook_mean():
    y, _ = panel()
    found = unit_indices(citizen_sums(y, y > 60, np.full(300, 2.5)).units)
    for j, index in enumerate(found):
        own = y[~np.isnan(y[:, j]), j]
        assert index.index == pytest.approx(own.mean())
        assert index.error == pytest.approx(own.std(ddof=1) / own.size**0.5)
        assert index.effective_n == pytest.approx(own.size)


def test_weighted_index_by_its_formula():
    y, w = panel()
    index = unit_indices(citizen_sums(y, y > 60, w).units)[3]
    seen = ~np.isnan(y[:, 3])
    own, weight = y[seen, 3], w[seen]
    mean = weight @ own / weight.sum()
    m = weight.sum() ** 2 / (weight**2).sum()
    variance = (weight**2 @ (own - mean) ** 2) / weight.sum() ** 2 * m / (m - 1)
    assert (index.index, index.error) == (pytest.approx(mean), pytest.approx(variance**0.5))


def test_item_indices_are_those_of_the_answers():
    rng = np.random.default_rng(0)
    levels = rng.integers(-1, 4, size=(80, 2, 3))  # the last level is "don't know"
    w, strata = rng.uniform(0.5, 2, size=80), rng.integers(0, 2, size=80)
    sums = level_sums(levels, strata, w, n_strata=2, n_levels=4)
    points = np.array([0.0, 50.0, 100.0, np.nan, np.nan])
    y = points[levels[:, :, 1]]  # level −1 takes the last, missing
    expected = unit_indices(citizen_sums(y, y > 60, w).units)
    for unit, index in enumerate(item_indices(sums, [0, 50, 100, None])):
        assert index[1].index == pytest.approx(expected[unit].index)
        assert index[1].error == pytest.approx(expected[unit].error)
        assert index[1].effective_n == pytest.approx(expected[unit].effective_n)
    with pytest.raises(ValueError, match="3 points for 4 levels"):
        item_indices(sums, [0, 50, 100])


def test_index_of_none_one_and_equal_answers():
    sums = citizen_sums([[np.nan, 80, 70], [np.nan, np.nan, 70]], np.ones((2, 3)), [1, 1]).units
    none, one, equal = unit_indices(sums)
    assert (none.index, none.flags) == (None, (Flag.NO_RATINGS,))
    assert (one.index, one.error, one.flags) == (80.0, None, (Flag.NO_ERROR,))
    assert (equal.index, equal.error, equal.flags) == (70.0, 0.0, (Flag.ALL_EQUAL,))


def test_panel_rates_count_citizens_as_clusters():
    y, w = panel()
    found = panel_rates(citizen_sums(y, y > 70, w).panel)
    n, s = (~np.isnan(y)).sum(axis=1), (y > 70).sum(axis=1)
    rate = (w * s).sum() / (w * n).sum()
    m = w.sum() ** 2 / (w**2).sum()
    variance = (w**2 * (s - rate * n) ** 2).sum() / (w * n).sum() ** 2 * m / (m - 1)
    assert found.satisfied_rate.value == pytest.approx(rate)
    assert found.satisfied_rate.error == pytest.approx(variance**0.5)
    assert found.mean_score.value == pytest.approx(np.nansum(y * w[:, None]) / (w * n).sum())


def test_panel_rates_of_nobody_and_of_one():
    nobody = panel_rates(citizen_sums(np.empty((0, 2)), np.empty((0, 2)), []).panel)
    assert (nobody.mean_score.value, nobody.mean_score.error) == (None, None)
    one = panel_rates(citizen_sums([[80.0, 60.0]], [[1, 0]], [2.0]).panel)
    assert (one.mean_score.value, one.satisfied_rate.value) == (70.0, 0.5)
    assert one.satisfied_rate.error is None


def test_item_sums_give_cronbach_by_category():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(40, 3, 1)) + rng.normal(size=(40, 3, 4))
    x[rng.random(x.shape) < 0.1] = np.nan
    first = item_sums(x[:25], [0, 1, 0], n_categories=2)
    alphas = item_reliabilities(first + item_sums(x[25:], [0, 1, 0], n_categories=2))
    assert alphas[0].alpha == pytest.approx(cronbach_alpha(x[:, [0, 2]].reshape(-1, 4)).alpha)
    assert alphas[1].alpha == pytest.approx(cronbach_alpha(x[:, 1]).alpha)
    assert alphas[1].low == pytest.approx(cronbach_alpha(x[:, 1]).low)


@pytest.mark.parametrize("penalty", [0.0, 2.5])
def test_severity_from_sums_is_that_of_the_table(penalty):
    y, w = panel()
    y = np.vstack([y, np.full((2, 9), np.nan)])  # two who scored nothing
    y = np.column_stack([y, np.full(len(y), np.nan)])  # a unit that nobody scored
    sums = citizen_sums(y, y > 60, np.append(w, [1, 1])).by_count
    found, expected = severity_from_sums(sums, penalty=penalty), severity_model(y, penalty=penalty)
    assert found.unit_effects == pytest.approx(expected.unit_effects)
    assert found.unit_errors == pytest.approx(expected.unit_errors)
    assert found.covariance == pytest.approx(expected.covariance)
    assert found.residual_variance == pytest.approx(expected.residual_variance)
    assert found.flags == ()


def test_weighted_severity_is_that_of_the_weighted_rows():
    y, w = panel()
    # Row weights ω with the penalty ωλr² are weights ω on data where λ is ω·λ: with λ → 0 both
    # are the weighted fixed-effects fit, whose level is set by Σωr = 0 here.
    found = severity_from_sums(citizen_sums(y, y > 60, w).by_count, penalty=0, weighted=True)
    weights = np.where(np.isnan(y), 0.0, w[:, None])
    expected = np.array(severity_model(y, penalty=0, weights=weights).unit_effects)
    effects = np.array(found.unit_effects)
    assert effects - effects.mean() == pytest.approx(expected - expected.mean())
    assert found.flags == (Flag.APPROXIMATE,)


def test_penalty_from_sums_is_reml_of_the_table():
    y, w = panel()
    penalty, flags = penalty_from_sums(citizen_sums(y, y > 60, w).by_count)
    assert penalty == pytest.approx(rater_variance(y).penalty, rel=1e-5)
    assert flags == ()


def test_penalty_at_the_edge_and_undetermined():
    latin = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 1.0], [3.0, 1.0, 2.0]])
    assert penalty_from_sums(citizen_sums(latin, latin > 1, [1, 1, 1]).by_count)[1] == (
        Flag.ESTIMATE_AT_BOUND,
    )
    single = citizen_sums([[1.0, 2.0]], [[1, 1]], [1]).by_count
    assert penalty_from_sums(single) == (2.0, (Flag.FALLBACK,))


def test_two_groups_without_a_link():
    y = np.array([[1, 2, np.nan, np.nan]] * 3 + [[np.nan, np.nan, 5, 7]] * 2)
    y += np.random.default_rng(0).normal(size=(5, 4))
    found = severity_from_sums(citizen_sums(y, y > 0, np.ones(5)).by_count, penalty=0)
    expected = severity_model(y, penalty=0)
    assert found.unit_effects == pytest.approx(expected.unit_effects)
    assert found.covariance == pytest.approx(expected.covariance)
    assert Flag.DISCONNECTED in found.flags


def test_small_cells_are_noticed():
    y = np.ones((4, 2))
    few = citizen_sums(y, y > 0, np.ones(4))
    assert few.by_count.has_small_cells(5)
    assert few.pairs.has_small_cells(5)
    enough = few + few
    assert not enough.by_count.has_small_cells(5)
    assert not enough.pairs.has_small_cells(5)
    # Five who scored two units, of whom one scored another pair.
    mixed = np.array([[1, 1, np.nan]] * 4 + [[1, np.nan, 1]])
    assert citizen_sums(mixed, mixed > 0, np.ones(5)).by_count.has_small_cells(5)


def test_shared_citizens_make_differences_sharper():
    rng = np.random.default_rng(1)
    mood = rng.normal(0, 10, size=(400, 1))
    y = 70 + mood + rng.normal(0, 2, size=(400, 3)) + np.array([0.0, 1.0, 1.05])
    sums = citizen_sums(y, y > 60, np.ones(400))
    found = index_covariance(sums.by_count, sums.pairs)
    assert found.rated_units == (0, 1, 2)
    # The textbook covariance of means, with n instead of n − 1 off the diagonal.
    expected = np.cov(y.T) / 400
    assert np.diag(found.covariance) == pytest.approx(np.diag(expected))
    assert found.covariance[0, 1] == pytest.approx(expected[0, 1] * 399 / 400)
    apart = indistinguishable_from_sums(sums.by_count, sums.pairs)
    assert not apart.pairs[0, 1]
    assert apart.pairs[1, 2]


def test_units_of_one_answer_are_left_out_of_comparisons():
    sums = citizen_sums([[1.0, 2.0], [3.0, np.nan]], np.ones((2, 2)), [1, 1])
    assert index_covariance(sums.by_count, sums.pairs).rated_units == (0,)


@pytest.mark.parametrize(
    ("scores", "satisfied", "weights"),
    [([[1.0]], [[1, 0]], [1]), ([[1.0]], [[1]], [1, 2]), ([1.0], [1], [1])],
)
def test_shards_that_do_not_fit_are_refused(scores, satisfied, weights):
    with pytest.raises(ValueError, match="differ"):
        citizen_sums(scores, satisfied, weights)


def test_a_negative_penalty_is_refused():
    y, w = panel(citizens=20)
    with pytest.raises(ValueError, match="0 or more"):
        severity_from_sums(citizen_sums(y, y > 0, w).by_count, penalty=-1)


@quick
@given(rating_designs(), st.sampled_from([0.0, 1.0]), st.booleans())
def test_no_panel_breaks_the_figures(x, penalty, weighted):
    sums = citizen_sums(x, x > 1, np.ones(len(x)))
    found = severity_from_sums(sums.by_count, penalty=penalty, weighted=weighted)
    expected = severity_model(x, penalty=penalty)
    assert found.unit_effects == pytest.approx(expected.unit_effects, abs=1e-5)
    assert not has_nan(found.unit_errors)
    assert penalty_from_sums(sums.by_count)[0] > 0
    assert not has_nan(v for i in unit_indices(sums.units) for v in (i.index, i.error))
    rates = panel_rates(sums.panel)
    assert not has_nan([rates.mean_score.value, rates.mean_score.error])
    assert len(indistinguishable_from_sums(sums.by_count, sums.pairs).pairs) <= x.shape[1]


@pytest.mark.parametrize("units", [20, 40])
def test_only_numbers_of_scores_that_occur_take_room(units: int):
    """Forms of five: 0 to 5 scores a citizen, whatever the number of units."""
    rng = np.random.default_rng(3)
    y = np.full((200, units), np.nan)
    for row in y:
        row[rng.choice(units, 5, replace=False)] = rng.normal(70, 10, 5)
    y[0] = np.nan
    counts = citizen_sums(y, y > 60, np.ones(200)).by_count
    assert counts.counts.tolist() == [0, 5]
    assert counts.together.shape == (2, 2, units, units)
    assert counts.number[0].tolist() == [1.0, 199.0]

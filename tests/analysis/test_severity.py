"""The severity model against direct least squares, and in every degenerate design."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from analysis.statistics.crossed import crossed_effects
from analysis.statistics.findings import Flag
from analysis.statistics.severity import rater_variance, severity_model, spread_correction
from tests.analysis.designs import has_nan, quick, rating_designs


def design_of(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indicator columns of units, then raters, and the ratings, for a direct solution."""
    cells = np.argwhere(~np.isnan(x))
    design = np.zeros((len(cells), x.shape[1] + x.shape[0]))
    for row, (i, j) in enumerate(cells):
        design[row, [j, x.shape[1] + i]] = 1.0
    return design, x[~np.isnan(x)]


@pytest.fixture
def incomplete() -> np.ndarray:
    rng = np.random.default_rng(11)
    x = rng.normal(80, 5, size=(9, 12)) + rng.normal(0, 3, size=(9, 1))
    x[rng.random(x.shape) < 0.4] = np.nan
    return x


def test_two_raters_by_hand():
    # Rater 1 gives both units, rater 2 only the second: fixed effects put the rater means level.
    # r1 + r2 = 0, u1 = 10 − r1, 12 = u2 + r1, 8 = u2 + r2 → r1 = 2, u = (8, 10).
    model = severity_model([[10, 12], [None, 8]], penalty=0)
    assert model.unit_effects == pytest.approx((8, 10))
    assert model.rater_effects == pytest.approx((2, -2))
    assert (model.residual_variance, model.residual_df) == (None, 0.0)
    assert model.unit_errors == (None, None)
    assert Flag.NO_ERROR in model.flags
    assert model.unit_flags == ((Flag.FEW_RATERS,),) * 2


@pytest.mark.parametrize("penalty", [0.0, 1.0, 2.7])
def test_effects_leverage_and_errors_equal_the_direct_solution(incomplete, penalty):
    x, units = incomplete, incomplete.shape[1]
    design, y = design_of(x)
    raters = np.r_[np.zeros(units), np.ones(x.shape[0])]
    # λ = 0 is identified by Σr = 0.
    extra = np.diag(penalty * raters) if penalty else np.outer(raters, raters)
    inverse = np.linalg.inv(design.T @ design + extra)
    beta = inverse @ design.T @ y
    model = severity_model(x, penalty=penalty)
    rated = ~np.isnan(x)
    assert model.unit_effects == pytest.approx(beta[:units].tolist())
    assert model.rater_effects == pytest.approx(beta[units:].tolist())
    assert model.residuals[rated] == pytest.approx(y - design @ beta)
    assert model.adjusted_ratings[rated] == pytest.approx(y - (design @ (raters * beta)))
    assert model.hat_values[rated] == pytest.approx(np.diag(design @ inverse @ design.T))
    hat = design @ np.linalg.pinv(design)
    df = y.size - np.linalg.matrix_rank(design)
    sigma2 = y @ (np.eye(y.size) - hat) @ y / df
    assert model.residual_df == df
    assert model.residual_variance == pytest.approx(sigma2)
    scale = inverse if penalty else inverse @ design.T @ design @ inverse
    assert model.covariance == pytest.approx(sigma2 * scale[:units, :units])
    assert model.unit_errors == pytest.approx(np.sqrt(np.diag(model.covariance)).tolist())


def test_random_raters_variance_is_the_printed_formula(incomplete):
    x, lam = incomplete, 1.5
    m = ~np.isnan(x)
    x0, n, d = np.where(m, x, 0.0), m.sum(axis=1), m.sum(axis=0)
    t, c = x0.sum(axis=1), x0.sum(axis=0)
    a = np.diag(d) - m.T @ (m / (n + lam)[:, None])
    b = c - m.T @ (t / (n + lam))
    u = np.linalg.solve(a, b)
    expected = ((x0**2).sum() - (t**2 / (n + lam)).sum() - b @ u) / (m.sum() - x.shape[1])
    model = severity_model(x, penalty=lam, variance="random_raters")
    assert model.residual_variance == pytest.approx(expected)
    assert model.residual_df == m.sum() - x.shape[1]


def test_a_large_penalty_is_the_plain_mean_and_a_tiny_one_the_limit(incomplete):
    plain = np.nanmean(incomplete, axis=0)
    assert severity_model(incomplete, penalty=1e9).unit_effects == pytest.approx(plain.tolist())
    limit = severity_model(incomplete, penalty=0).unit_effects
    assert severity_model(incomplete, penalty=1e-12).unit_effects == limit
    # The smallest penalty that is worked with as it is.
    assert severity_model(incomplete, penalty=1e-8).penalty == 1e-8
    assert severity_model(incomplete, penalty=1e-7).unit_effects == pytest.approx(limit)


def test_a_weight_of_two_is_the_rating_twice_over():
    # Doubling all the weights of rater 1 leaves unit 1 (x = 10, 8) nearer to that rater's view.
    x = [[10.0, 12.0], [8.0, 8.0]]
    w = np.array([[2.0, 2.0], [1.0, 1.0]])
    model = severity_model(x, penalty=1.0, weights=w)
    # Direct: W-weighted normal equations over (u1, u2, r1, r2).
    z = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 0, 1]], dtype=float)
    k = z.T @ np.diag(w.ravel()) @ z + np.diag([0, 0, 1, 1])
    beta = np.linalg.solve(k, z.T @ (w.ravel() * np.ravel(x)))
    assert model.unit_effects == pytest.approx(beta[:2].tolist())


def test_zero_weight_leaves_a_rating_out():
    kept = severity_model([[1, 2], [3, None]], penalty=1)
    weighted = severity_model([[1, 2], [3, 9]], penalty=1, weights=[[1, 1], [1, 0]])
    assert weighted.unit_effects == kept.unit_effects


@pytest.mark.parametrize("weights", [[[1.0]], [[1.0, -1.0]], [[1.0, float("inf")]]])
def test_bad_weights_and_penalties_are_refused(weights):
    with pytest.raises(ValueError, match="0 or more"):
        severity_model([[1.0, 2.0]], weights=weights)
    with pytest.raises(ValueError, match="penalty"):
        severity_model([[1.0, 2.0]], penalty=-1)


def test_one_rater_is_taken_as_it_is():
    model = severity_model([[70, 80, None]])
    assert model.unit_effects == pytest.approx((70, 80, None))
    assert model.unit_errors == (None, None, None)
    assert set(model.flags) == {Flag.SINGLE_RATER, Flag.NO_ERROR}
    assert model.unit_flags[2] == (Flag.NO_RATINGS,)
    assert model.rated_units.tolist() == [0, 1]
    assert model.rated_effects == pytest.approx([70, 80])


def test_all_equal_has_no_error_and_says_so():
    model = severity_model(np.full((4, 3), 85.0))
    assert model.unit_effects == pytest.approx((85.0,) * 3)
    assert model.unit_errors == (0.0, 0.0, 0.0)
    assert model.flags == (Flag.ZERO_VARIANCE,)


def test_disconnected_groups_are_computed_and_flagged():
    model = severity_model(
        [[1, 2, None, None], [2, 2, None, None], [None, None, 8, 9], [None, None, 9, 9]], penalty=0
    )
    assert model.unit_effects == pytest.approx((1.5, 2.0, 8.5, 9.0))
    assert Flag.DISCONNECTED in model.flags


@quick
@given(rating_designs(), st.sampled_from([0.0, 0.5, 1.0, 40.0]))
def test_no_design_breaks_the_model(x, penalty):
    model = severity_model(x, penalty=penalty)
    assert not has_nan(model.unit_effects + model.unit_errors + model.rater_effects)
    rated = ~np.isnan(x)
    for j in range(x.shape[1]):
        assert (model.unit_effects[j] is None) == (not rated[:, j].any())
    assert (np.isnan(model.residuals) == ~rated).all()
    # Least squares leaves nothing of a unit behind.
    assert np.abs(np.nansum(model.residuals, axis=0)).max(initial=0.0) < 1e-7
    if penalty == 0.0:
        assert np.nansum(model.hat_values) == pytest.approx(
            rated.sum() - model.residual_df if rated.any() else 0.0, abs=1e-6
        )


def test_reml_equals_anova_on_a_complete_table():
    # Balanced data: σ² = MS residual, τ² = (MS raters − MS residual)/units.
    x = np.random.default_rng(3).normal(size=(12, 7)) + 2 * np.arange(12)[:, None] / 12
    grand = x.mean()
    rows, columns = x.mean(axis=1) - grand, x.mean(axis=0) - grand
    ms_error = ((x - grand - rows[:, None] - columns) ** 2).sum() / (11 * 6)
    tau2 = (7 * (rows**2).sum() / 11 - ms_error) / 7
    found = rater_variance(x)
    assert found.residual_variance == pytest.approx(ms_error, rel=1e-6)
    assert found.rater_variance == pytest.approx(tau2, rel=1e-5)
    assert found.flags == ()


def test_reml_without_rater_variance_says_that_it_is_at_the_edge():
    x = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 1.0], [3.0, 1.0, 2.0]])  # every ballot sums to 6
    found = rater_variance(x)
    assert found.flags == (Flag.ESTIMATE_AT_BOUND,)
    # λ is searched between e⁻¹⁴ and e¹⁴: beyond, raters have no severity, or nothing else.
    assert np.log(found.penalty) == pytest.approx(14, abs=0.01)


@pytest.mark.parametrize("x", [np.empty((0, 2)), [[1.0, 2.0]], np.ones((3, 3))])
def test_reml_falls_back_to_two(x):
    found = rater_variance(x)
    assert (found.penalty, found.flags) == (2.0, (Flag.FALLBACK,))


def test_crossed_effects_equal_anova_on_a_complete_table():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(8, 10)) + rng.normal(size=(8, 1)) + 2 * rng.normal(size=(1, 10))
    grand = x.mean()
    rows, columns = x.mean(axis=1) - grand, x.mean(axis=0) - grand
    ms_error = ((x - grand - rows[:, None] - columns) ** 2).sum() / (7 * 9)
    found = crossed_effects(x)
    assert found.mean == pytest.approx(grand)
    assert found.residual_variance == pytest.approx(ms_error, rel=1e-4)
    assert found.unit_variance == pytest.approx(
        (8 * (columns**2).sum() / 9 - ms_error) / 8, rel=1e-3
    )
    assert found.rater_variance == pytest.approx(
        (10 * (rows**2).sum() / 7 - ms_error) / 10, rel=1e-3
    )


def test_crossed_effects_at_the_bound_and_untestable():
    balanced = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 1.0], [3.0, 1.0, 2.0]])
    found = crossed_effects(balanced)
    assert (found.rater_variance, found.flags) == (0.0, (Flag.ESTIMATE_AT_BOUND,))
    empty = crossed_effects([[1.0, 2.0]])
    assert empty.flags == (Flag.NOT_TESTABLE,)
    assert empty.unit_predictions == (None, None)


def test_spread_correction_by_hand():
    # Spreads 1 and 3 (n = 3 each), pooled 5; with d₀ = 2, s̃² = (10 + 2s²)/4 = 3 and 7.
    x = [[9.0, 10.0, 11.0], [7.0, 10.0, 13.0], [5.0, None, None]]
    found = spread_correction(x, prior_df=2)
    assert found.common_spread == pytest.approx(5**0.5)
    assert found.spreads == pytest.approx((3**0.5, 7**0.5, 5**0.5))
    step1, step2 = (5 / 3) ** 0.5, 3 * (5 / 7) ** 0.5
    assert found.ratings[0] == pytest.approx([10 - step1, 10, 10 + step1])
    assert found.ratings[1] == pytest.approx([10 - step2, 10, 10 + step2])
    assert found.ratings[2, 0] == 5.0


def test_spread_correction_of_nothing_to_correct():
    assert spread_correction(np.ones((2, 2))).flags == (Flag.ALL_EQUAL,)
    with pytest.raises(ValueError, match="positive"):
        spread_correction([[1.0, 2.0]], prior_df=0)


def test_a_thin_table_is_worked_on_by_its_ratings_to_the_same_figures(
    monkeypatch: pytest.MonkeyPatch,
):
    rng = np.random.default_rng(4)
    x = np.full((400, 300), np.nan)
    cells = rng.choice(x.size, 4000, replace=False)
    x.flat[cells] = rng.normal(size=4000)
    for penalty in (0.0, 1.0):
        by_ratings = severity_model(x, penalty=penalty)
        with monkeypatch.context() as patch:
            patch.setattr("analysis.statistics.severity.THIN", 0.0)
            by_cells = severity_model(x, penalty=penalty)
        assert by_ratings.unit_effects == pytest.approx(by_cells.unit_effects, abs=1e-9)
        assert by_ratings.unit_errors == pytest.approx(by_cells.unit_errors, rel=1e-9)
        np.testing.assert_allclose(by_ratings.hat_values, by_cells.hat_values, atol=1e-9)


@pytest.mark.parametrize(
    "x", [[[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]], [[1.0, 2.0, 4.0]], [[1.0], [2.0], [4.0]]]
)
def test_crossed_effects_need_two_of_each_and_a_residual(x: list[list[float]]):
    found = crossed_effects(x)
    assert (found.mean, found.flags) == (None, (Flag.NOT_TESTABLE,))
    assert found.unit_predictions == (None,) * len(x[0])
    assert found.rater_predictions == (None,) * len(x)


def test_two_raters_of_two_units_are_enough_for_crossed_effects():
    found = crossed_effects([[1.0, 5.0], [2.0, 9.0]])
    assert found.mean == pytest.approx(4.25)
    assert None not in found.unit_predictions


def test_results_cannot_be_changed_by_who_reads_them():
    model = severity_model([[1.0, 5.0], [2.0, 9.0]])
    for result in (
        model,
        rater_variance([[1.0, 5.0]]),
        crossed_effects([[1.0]]),
        spread_correction([[1.0, 5.0]]),
    ):
        with pytest.raises(FrozenInstanceError):
            result.flags = ()
    with pytest.raises(ValueError, match="read-only"):
        model.residuals[0, 0] = 0.0


def test_crossed_effects_far_from_nothing_are_those_about_their_mean():
    x = np.random.default_rng(1).integers(0, 3, (6, 5)).astype(float)
    near, far = crossed_effects(x), crossed_effects(x + 1e9)
    assert far.mean == pytest.approx(near.mean + 1e9)
    assert far.unit_variance == pytest.approx(near.unit_variance)
    assert far.rater_predictions == pytest.approx(near.rater_predictions)


def test_what_is_taken_where_nothing_is_said():
    # Two raters of one unit, 10 and 14: u = 12, and r = ±2/(1 + λ) with λ = 1.
    model = severity_model([[10.0], [14.0]])
    assert (model.penalty, model.rater_effects) == (1.0, pytest.approx((-1.0, 1.0)))
    # Spreads 1 and 3 (n = 3 each), pooled s² = 5; d₀ = 10: s̃² = (50 + 2)/12 and (50 + 18)/12.
    found = spread_correction([[9.0, 10.0, 11.0], [7.0, 10.0, 13.0]])
    assert found.spreads == pytest.approx(((52 / 12) ** 0.5, (68 / 12) ** 0.5))


def test_crossed_effects_of_an_incomplete_table_are_at_the_bottom_of_the_criterion(incomplete):
    x = np.full((10, 13), np.nan)
    x[:9, 1:] = incomplete + np.linspace(-6, 6, 12)  # the last rater and the first unit are idle
    found = crossed_effects(x)
    design, y = design_of(incomplete + np.linspace(-6, 6, 12))
    of_units, of_raters = design[:, :12], design[:, 12:]
    best = np.array([found.unit_variance, found.rater_variance, found.residual_variance])

    def inverse(v: np.ndarray) -> np.ndarray:
        return np.linalg.inv(
            v[0] * of_units @ of_units.T + v[1] * of_raters @ of_raters.T + v[2] * np.eye(y.size)
        )

    def criterion(v: np.ndarray) -> float:
        p = inverse(v)
        rest = y - p.sum(axis=0) @ y / p.sum()
        return -np.linalg.slogdet(p)[1] + np.log(p.sum()) + rest @ p @ rest

    for place in range(3):
        for step in (0.98, 1.02):
            beside = np.where(np.arange(3) == place, best * step, best)
            assert criterion(beside) > criterion(best)
    p = inverse(best)
    assert found.mean == pytest.approx(p.sum(axis=0) @ y / p.sum())
    assert (y - found.mean) @ p @ (y - found.mean) == pytest.approx(y.size - 1, rel=1e-9)
    rest = p @ (y - found.mean)
    assert found.unit_predictions == pytest.approx((None, *(best[0] * of_units.T @ rest)))
    assert found.rater_predictions == pytest.approx((*(best[1] * of_raters.T @ rest), None))
    assert found.flags == ()


def test_who_rated_nobody_has_no_spread():
    found = spread_correction([[9.0, 10.0, 11.0], [None, None, None]])
    assert found.spreads == (pytest.approx(1.0), None)
    assert np.isnan(found.ratings[1]).all()


def test_a_weight_where_nobody_rated_weighs_nothing():
    x = [[10.0, 12.0], [None, 8.0]]
    assert severity_model(x, weights=[[1.0, 1.0], [5.0, 1.0]]).unit_effects == (
        severity_model(x).unit_effects
    )


def test_results_are_what_they_are_and_not_compared_cell_by_cell():
    x = [[1.0, 5.0], [2.0, 9.0]]
    for make in (severity_model, spread_correction):
        one, other = make(x), make(x)
        assert one == one  # the same object
        assert one != other


def test_three_raters_are_not_few():
    model = severity_model([[1.0, 2.0, None], [2.0, 2.0, None], [2.0, None, None]])
    assert model.unit_flags == ((), (Flag.FEW_RATERS,), (Flag.NO_RATINGS,))


def test_small_spreads_and_a_weak_prior_are_worked_with():
    # Squares of .125 each, pooled .125: everybody has the common spread, whatever the prior.
    found = spread_correction([[0.0, 0.5], [1.0, 1.5]], prior_df=0.5)
    assert found.spreads == pytest.approx((0.125**0.5,) * 2)
    assert found.ratings.tolist() == [pytest.approx([0.0, 0.5]), pytest.approx([1.0, 1.5])]


@pytest.mark.parametrize(
    ("raters", "units", "ratings", "thin"),
    [
        (400, 250, 4000, False),  # 100,000 cells are no large table yet
        (9091, 11, 9091, True),  # 100,001 are
        (401, 250, 20049, True),  # below a fifth of 100,250 cells
        (401, 250, 20050, False),  # a fifth
    ],
)
def test_large_tables_with_few_ratings_are_the_thin_ones(
    monkeypatch: pytest.MonkeyPatch, raters: int, units: int, ratings: int, thin: bool
):
    made = []
    monkeypatch.setattr(
        "analysis.statistics.severity.csr_matrix", lambda w: made.append(w.shape) or csr_matrix(w)
    )
    x = np.full((raters, units), np.nan)
    x.flat[np.random.default_rng(6).choice(x.size, ratings, replace=False)] = 1.0
    assert np.isfinite(x).any(axis=0).all()  # units without ratings would leave the table
    severity_model(x)
    assert made == [(raters, units)] * thin


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_where_no_factor_is_found_the_general_solution_stands_in(
    monkeypatch: pytest.MonkeyPatch, incomplete: np.ndarray, penalty: float
):
    factored = severity_model(incomplete, penalty=penalty)
    # It says that it failed at the first.
    monkeypatch.setattr("analysis.statistics.severity.dpotrf", lambda a, lower: (a, lower))
    general = severity_model(incomplete, penalty=penalty)
    assert general.unit_effects == pytest.approx(factored.unit_effects, rel=1e-12)
    assert general.unit_errors == pytest.approx(factored.unit_errors, rel=1e-9)
    assert general.hat_values == pytest.approx(factored.hat_values, rel=1e-9, nan_ok=True)


def test_raters_who_differ_widely_are_no_edge_yet():
    # Balanced: σ² = MS residual, τ² = (MS raters − MS residual)/units; λ = σ²/τ² = e^−13.4 lies
    # inside the range that is searched.
    residual = np.array([[1.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, -1.0]])  # MS 6/4
    tau2 = 1.5 * np.exp(13.4)
    raters = np.array([-1.0, 0.0, 1.0]) * (tau2 + 0.5) ** 0.5  # MS raters 3·(τ² + .5)
    found = rater_variance(residual + raters[:, np.newaxis])
    assert np.log(found.penalty) == pytest.approx(-13.4, abs=1e-3)
    assert found.rater_variance == pytest.approx(tau2, rel=1e-3)
    assert found.flags == ()


@pytest.mark.parametrize("unit", [1e-25, 1e-3, 1e25])
def test_what_is_rounding_hangs_on_the_size_of_the_ratings(incomplete: np.ndarray, unit: float):
    found = severity_model(incomplete * unit).residual_variance
    assert found == pytest.approx(severity_model(incomplete).residual_variance * unit**2)
    level = unit * (np.linspace(0.1, 0.7, 5) + np.linspace(0.3, 0.9, 4)[:, np.newaxis])
    assert severity_model(level).residual_variance == 0.0


def test_a_thin_table_is_worked_on_by_its_ratings(monkeypatch: pytest.MonkeyPatch):
    """Crossed effects of 300 units and 400 raters, 3,000 ratings, as of the whole table."""
    rng = np.random.default_rng(11)
    x = np.full((400, 300), np.nan)
    cells = rng.choice(x.size, 3000, replace=False)
    raters, units = np.unravel_index(cells, x.shape)
    level, severity = rng.normal(size=300), 0.5 * rng.normal(size=400)
    x[raters, units] = 80 + level[units] + severity[raters] + rng.normal(size=3000)
    thin = crossed_effects(x)
    monkeypatch.setattr("analysis.statistics.severity.MOST_DENSE", x.size)
    whole = crossed_effects(x)
    assert thin.mean == pytest.approx(whole.mean)
    assert thin.unit_variance == pytest.approx(whole.unit_variance, rel=1e-6)
    assert thin.rater_variance == pytest.approx(whole.rater_variance, rel=1e-6)
    # As they were made, within three errors or so.
    assert thin.unit_variance == pytest.approx(1.0, abs=0.3)
    assert thin.rater_variance == pytest.approx(0.25, abs=0.15)

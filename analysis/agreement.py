"""How far raters agree, items hang together, and scores would repeat with other raters."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.findings import Finding, Flag
from analysis.ratings import FloatArray, optional, rating_matrix
from analysis.severity import SeverityModel
from analysis.uncertainty import unit_variance


@dataclass(frozen=True)
class KendallW:
    """Concordance of complete rankings, 0 to 1, with the Friedman test."""

    w: float | None
    chi_square: float | None
    df: int
    p: float | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class IntraclassCorrelation:
    """One coefficient with its interval; `reported` is the estimate, cut at 0 from below."""

    value: float | None
    low: float | None
    high: float | None
    f: float | None
    p: float | None

    @property
    def reported(self) -> float | None:
        """What a page prints: a negative estimate counts as 0."""
        return None if self.value is None else max(self.value, 0.0)


@dataclass(frozen=True)
class IntraclassCorrelations:
    """The six forms of Shrout & Fleiss: one rater, and the mean of all k raters."""

    icc1: IntraclassCorrelation
    icc2: IntraclassCorrelation
    icc3: IntraclassCorrelation
    icc1k: IntraclassCorrelation
    icc2k: IntraclassCorrelation
    icc3k: IntraclassCorrelation
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class KrippendorffAlpha:
    """Agreement with missing values: 1 perfect, 0 as by chance, below 0 worse than chance."""

    alpha: float | None
    observed: float | None
    expected: float | None
    n_values: int
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class CronbachAlpha:
    """Internal consistency of the items of one form, raw and standardised, with an interval."""

    alpha: float | None
    standardised: float | None
    low: float | None
    high: float | None
    n: int
    items: int
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class VarianceComponent:
    """One source of variance. `facets` it is averaged over; `estimate` may be negative."""

    name: str
    facets: tuple[str, ...]
    with_units: bool
    df: int
    estimate: float

    @property
    def variance(self) -> float:
        """The estimate, a negative one counted as 0."""
        return max(self.estimate, 0.0)


@dataclass(frozen=True)
class DecisionStudy:
    """What a design with these numbers of tasks and raters would give."""

    n_tasks: int
    n_raters: int
    relative_error: float
    absolute_error: float
    generalizability: float | None
    dependability: float | None


@dataclass(frozen=True)
class Generalizability:
    """Variance components and the coefficients of the design that was observed."""

    components: tuple[VarianceComponent, ...]
    n_tasks: int
    n_raters: int
    flags: tuple[Flag, ...]

    @property
    def unit_variance(self) -> float | None:
        """The variance between units, the signal; None when nothing could be estimated."""
        return self.components[0].variance if self.components else None

    def decision_study(self, *, n_raters: int, n_tasks: int = 1) -> DecisionStudy | None:
        """Errors and coefficients for other numbers of raters (and tasks); None without data.

        Raises ValueError for numbers below 1.
        """
        if n_raters < 1 or n_tasks < 1:
            raise ValueError(f"need 1 or more tasks and raters, got {n_tasks}, {n_raters}")
        if not self.components:
            return None
        sizes = {"task": n_tasks, "rater": n_raters}
        parts = [
            (c.with_units, c.variance / math.prod(sizes[f] for f in c.facets))
            for c in self.components[1:]
        ]
        signal = self.components[0].variance
        relative = sum(v for with_units, v in parts if with_units)
        absolute = sum(v for _, v in parts)
        return DecisionStudy(
            n_tasks, n_raters, relative, absolute,
            _share(signal, relative), _share(signal, absolute),
        )  # fmt: skip

    @property
    def observed(self) -> DecisionStudy | None:
        """The coefficients of the design that was observed."""
        return self.decision_study(n_raters=self.n_raters, n_tasks=self.n_tasks)

    def raters_needed(self, *, target: float = 0.8, n_tasks: int = 1) -> int | None:
        """The least number of raters with Eρ² ≥ target; None where no number reaches it.

        Raises ValueError unless 0 < target < 1.
        """
        _check_target(target)
        one = self.decision_study(n_raters=1, n_tasks=n_tasks)
        signal = self.unit_variance
        if one is None or not signal:
            return None
        fixed = sum(
            c.variance / n_tasks for c in self.components[1:]
            if c.with_units and "rater" not in c.facets
        )  # fmt: skip
        room = signal * (1 - target) / target - fixed
        return None if room <= 0 else _count_up((one.relative_error - fixed) / room)


@dataclass(frozen=True)
class ModelReliability:
    """Reliability of severity-adjusted scores from the same model as the scores.

    `per_unit`: τ²/(τ² + V_jj), None for units without ratings or error. `finding` is the
    sentence to print; None where nothing can be said.
    """

    single: float | None
    mean: float | None
    per_unit: tuple[float | None, ...]
    raters: float
    raters_needed: int | None
    target: float
    finding: Finding | None
    flags: tuple[Flag, ...]


def kendall_w(ratings: ArrayLike) -> KendallW:
    """Kendall's W with the correction for ties: 12S/(m²(n³−n) − mΣT), χ² = m(n−1)W.

    S = Σ(R_j − R̄)² over rank sums with midranks, T = Σ(t³ − t) over all ties (Kendall & Gibbons
    1990, ch. 6). ratings: (raters, units), complete. Undefined (None) for missing ratings
    (INCOMPLETE), fewer than 2 raters or units, and where every rater ties everything
    (ALL_EQUAL). χ² needs about 8 units or more. Low by design under a forced ratio with few
    grades: set no pass mark.
    """
    x = rating_matrix(ratings)
    m, n = x.shape
    problem = _incomplete(x)
    if problem:
        return KendallW(None, None, max(n - 1, 0), None, problem)
    ranks = stats.rankdata(x, axis=1)
    ties = sum(float((t**3 - t).sum()) for t in (_tie_sizes(row) for row in x))
    most = m * m * (n**3 - n) - m * ties
    if most <= 0:
        return KendallW(None, None, n - 1, None, (Flag.ALL_EQUAL,))
    sums = ranks.sum(axis=0)
    w = float(12 * ((sums - sums.mean()) ** 2).sum() / most)
    chi_square = m * (n - 1) * w
    return KendallW(w, chi_square, n - 1, float(stats.chi2.sf(chi_square, n - 1)), ())


def icc(ratings: ArrayLike, *, level: float = 0.95) -> IntraclassCorrelations:
    """The six intraclass correlations with F-based intervals (Shrout & Fleiss 1979; McGraw &
    Wong 1996).

    ratings: (raters, units), complete numbers. 1: each unit its own raters; 2: raters a sample,
    their severity counts as error; 3: these raters only; k: the mean of all. Undefined for
    missing ratings, fewer than 2 raters or units, and no variance at all. An estimate may be
    negative; print `reported`. For incomplete tables use `model_reliability`.
    """
    x = rating_matrix(ratings).T
    problem = _incomplete(x)
    if not problem and np.ptp(x) == 0:
        problem = (Flag.ALL_EQUAL,)
    if problem:
        none = IntraclassCorrelation(None, None, None, None, None)
        return IntraclassCorrelations(none, none, none, none, none, none, problem)
    table = _two_way(x)
    one, two, three = _icc1(table, level), _icc2(table, level), _icc3(table, level)
    k = x.shape[1]
    negative = any(c.value is not None and c.value < 0 for c in (one, two, three))
    return IntraclassCorrelations(
        icc1=one,
        icc2=two,
        icc3=three,
        icc1k=_stepped_up(one, k),
        icc2k=_stepped_up(two, k),
        icc3k=_stepped_up(three, k),
        flags=(Flag.NEGATIVE_ESTIMATE,) if negative else (),
    )


def krippendorff_alpha(
    ratings: ArrayLike,
    *,
    metric: Literal["nominal", "ordinal", "interval", "ratio"] = "ordinal",
) -> KrippendorffAlpha:
    """Krippendorff's α = 1 − D_o/D_e on the coincidence matrix (Krippendorff 2011).

    δ²: nominal 0/1; ordinal (Σ_{g=c..k} n_g − (n_c+n_k)/2)²; interval (c−k)²;
    ratio ((c−k)/(c+k))². ratings: (raters, units), NaN allowed; a unit with one rating pairs
    with nothing and drops out. Undefined with fewer than two pairable values (NOT_TESTABLE) or a
    single value throughout (ALL_EQUAL). Low by design under a forced ratio.
    """
    x = rating_matrix(ratings)
    x = x[:, (~np.isnan(x)).sum(axis=0) > 1]
    values = x[~np.isnan(x)]
    if values.size < 2:
        return KrippendorffAlpha(None, None, None, int(values.size), (Flag.NOT_TESTABLE,))
    observed, expected = (
        _interval_disagreement(x) if metric == "interval" else _disagreement(x, metric)
    )
    if expected <= 0:
        return KrippendorffAlpha(None, observed, 0.0, values.size, (Flag.ALL_EQUAL,))
    return KrippendorffAlpha(1 - observed / expected, observed, expected, values.size, ())


def cronbach_alpha(responses: ArrayLike, *, level: float = 0.95) -> CronbachAlpha:
    """Cronbach's α of a form with Feldt's interval.

    α = k/(k−1)·(1 − Σs²_q/s²_total) (Cronbach 1951); standardised from the mean correlation;
    interval 1 − (1−α)F with n−1 and (n−1)(k−1) degrees of freedom (Feldt, Woodruff & Salih
    1987). responses: (respondents, items); rows with a missing answer are left out.
    Undefined for fewer than 2 items or respondents, or no variance of the total.
    """
    x = rating_matrix(responses)
    x = x[~np.isnan(x).any(axis=1)]
    return cronbach_alpha_from_sums(x.shape[0], x.sum(axis=0), x.T @ x, level=level)


def cronbach_alpha_from_sums(
    n: int, sums: ArrayLike, cross_products: ArrayLike, *, level: float = 0.95
) -> CronbachAlpha:
    """The same from n complete blocks, Σx_q, shape (items,), and Σx_q x_q′, (items, items)."""
    total, cross = np.asarray(sums, dtype=np.float64), np.asarray(cross_products, dtype=np.float64)
    k = total.size
    if k < 2 or n < 2:
        return CronbachAlpha(None, None, None, None, n, k, (Flag.NOT_TESTABLE,))
    covariance = (cross - np.outer(total, total) / n) / (n - 1)
    own, whole = float(np.trace(covariance)), float(covariance.sum())
    if whole <= 1e-12 * float(np.trace(cross)) / n:
        return CronbachAlpha(None, None, None, None, n, k, (Flag.ALL_EQUAL,))
    alpha = k / (k - 1) * (1 - own / whole)
    df1, df2 = n - 1, (n - 1) * (k - 1)
    tail = (1 - level) / 2
    return CronbachAlpha(
        alpha=alpha,
        standardised=_standardised_alpha(covariance),
        low=1 - (1 - alpha) * float(stats.f.isf(tail, df1, df2)),
        high=1 - (1 - alpha) * float(stats.f.ppf(tail, df1, df2)),
        n=n,
        items=k,
        flags=(Flag.NEGATIVE_ESTIMATE,) if alpha < 0 else (),
    )


def generalizability(ratings: ArrayLike) -> Generalizability:
    """One facet, units × raters: variances by expected mean squares (Brennan 2001, ch. 2).

    ratings: (raters, units), complete, 2 or more of each. Coefficients by `.observed`,
    `.decision_study(...)`, `.raters_needed(...)`: Eρ² for ranking, Φ for fixed marks.
    Missing ratings: no components, flagged INCOMPLETE. Negative estimates count as 0, flagged.
    """
    x = rating_matrix(ratings)
    problem = _incomplete(x)
    if problem:
        return Generalizability((), 1, x.shape[0], problem)
    raters, units = x.shape
    t = _two_way(x.T)
    return _generalizability((
        VarianceComponent("unit", (), True, units - 1, (t.rows - t.error) / raters),
        VarianceComponent("rater", ("rater",), False, raters - 1, (t.columns - t.error) / units),
        VarianceComponent("unit×rater", ("rater",), True, (units - 1) * (raters - 1), t.error),
    ), 1, raters)  # fmt: skip


def nested_generalizability(ratings: ArrayLike) -> Generalizability:
    """Two facets, units × (raters : tasks), every task with raters of its own (Brennan 2001,
    ch. 3).

    ratings: (tasks, raters of a task, units), complete, 2 or more of each.
    """
    x = np.asarray(ratings, dtype=np.float64)
    problem = _unfit_cube(x)
    if problem:
        return Generalizability((), x.shape[0], x.shape[1], problem)
    tasks, raters, units = x.shape
    ms = _nested_mean_squares(x)
    return _generalizability((
        VarianceComponent("unit", (), True, units - 1,
                          (ms["unit"] - ms["unit×task"]) / (tasks * raters)),
        VarianceComponent("task", ("task",), False, tasks - 1,
                          (ms["task"] - ms["rater:task"] - ms["unit×task"] + ms["residual"])
                          / (units * raters)),
        VarianceComponent("rater:task", ("task", "rater"), False, tasks * (raters - 1),
                          (ms["rater:task"] - ms["residual"]) / units),
        VarianceComponent("unit×task", ("task",), True, (units - 1) * (tasks - 1),
                          (ms["unit×task"] - ms["residual"]) / raters),
        VarianceComponent("unit×rater:task", ("task", "rater"), True,
                          (units - 1) * tasks * (raters - 1), ms["residual"]),
    ), tasks, raters)  # fmt: skip


def crossed_generalizability(ratings: ArrayLike) -> Generalizability:
    """Two facets, units × tasks × raters, every rater on every task (Brennan 2001, ch. 3).

    ratings: (tasks, raters, units), complete, 2 or more of each.
    """
    x = np.asarray(ratings, dtype=np.float64)
    problem = _unfit_cube(x)
    if problem:
        return Generalizability((), x.shape[0], x.shape[1], problem)
    t, r, u = x.shape
    ms = _crossed_mean_squares(x)
    rest = ms["utr"]
    return _generalizability((
        VarianceComponent("unit", (), True, u - 1,
                          (ms["u"] - ms["ut"] - ms["ur"] + rest) / (t * r)),
        VarianceComponent("task", ("task",), False, t - 1,
                          (ms["t"] - ms["ut"] - ms["tr"] + rest) / (u * r)),
        VarianceComponent("rater", ("rater",), False, r - 1,
                          (ms["r"] - ms["ur"] - ms["tr"] + rest) / (u * t)),
        VarianceComponent("unit×task", ("task",), True, (u - 1) * (t - 1),
                          (ms["ut"] - rest) / r),
        VarianceComponent("unit×rater", ("rater",), True, (u - 1) * (r - 1),
                          (ms["ur"] - rest) / t),
        VarianceComponent("task×rater", ("task", "rater"), False, (t - 1) * (r - 1),
                          (ms["tr"] - rest) / u),
        VarianceComponent("unit×task×rater", ("task", "rater"), True,
                          (u - 1) * (t - 1) * (r - 1), rest),
    ), t, r)  # fmt: skip


def model_reliability(model: SeverityModel, *, target: float = 0.8) -> ModelReliability:
    """Reliability of one rater, τ²/(τ²+σ²), and of the scores, mean τ²/(τ²+V_jj), any design.

    τ² = `unit_variance` of the fitted effects; raters needed = target/(1−target)·σ²/τ², rounded
    up. A τ² of 0 is reported as reliability 0, flagged NEGATIVE_ESTIMATE where the estimate was
    below; all ratings equal, one unit or no known error leave it undefined (None).
    Raises ValueError unless 0 < target < 1.
    """
    _check_target(target)
    counts = [d for d in model.ratings_per_unit if d]
    raters = sum(counts) / len(counts) if counts else 0.0
    none = (None,) * len(model.unit_effects)
    problem = _no_reliability(model)
    if problem or model.covariance is None or model.residual_variance is None:
        return ModelReliability(None, None, none, raters, None, target, None, problem)
    tau2, negative = unit_variance(model.rated_effects, model.covariance)
    flags = (Flag.NEGATIVE_ESTIMATE,) if negative else ()
    if tau2 == 0:
        zero = tuple(None if d == 0 else 0.0 for d in model.ratings_per_unit)
        return ModelReliability(0.0, 0.0, zero, raters, None, target, None, flags)
    per_unit = np.full(len(none), np.nan)
    per_unit[model.rated_units] = tau2 / (tau2 + np.diag(model.covariance))
    single = tau2 / (tau2 + model.residual_variance)
    mean = float(np.nanmean(per_unit))
    needed = _count_up(target / (1 - target) * model.residual_variance / tau2)
    return ModelReliability(
        single, mean, optional(per_unit), raters, needed, target,
        _sentence(raters, mean, needed, target), flags,
    )  # fmt: skip


def _incomplete(x: FloatArray) -> tuple[Flag, ...]:
    if min(x.shape) < 2:
        return (Flag.NOT_TESTABLE,)
    return (Flag.INCOMPLETE,) if np.isnan(x).any() else ()


def _tie_sizes(row: FloatArray) -> FloatArray:
    return np.unique(row, return_counts=True)[1].astype(np.float64)


@dataclass(frozen=True)
class _MeanSquares:
    n_rows: int
    n_columns: int
    rows: float
    columns: float
    error: float
    within: float


def _two_way(x: FloatArray) -> _MeanSquares:
    """Mean squares of a complete table; `within` is that of the one-way layout by rows."""
    n, k = x.shape
    rows = x.mean(axis=1, keepdims=True)
    columns = x.mean(axis=0, keepdims=True)
    grand = x.mean()
    return _MeanSquares(
        n_rows=n,
        n_columns=k,
        rows=float(k * ((rows - grand) ** 2).sum() / (n - 1)),
        columns=float(n * ((columns - grand) ** 2).sum() / (k - 1)),
        error=float(((x - rows - columns + grand) ** 2).sum() / ((n - 1) * (k - 1))),
        within=float(((x - rows) ** 2).sum() / (n * (k - 1))),
    )


def _ratio_interval(
    f: float, k: int, df: tuple[float, float], level: float
) -> tuple[float, float]:
    """Limits of (F−1)/(F+k−1) from those of the variance ratio."""
    tail = (1 - level) / 2
    low = f / float(stats.f.isf(tail, *df))
    high = f * float(stats.f.isf(tail, *df[::-1]))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _from_f(ms: float, error: float, k: int, df: tuple[float, float], level: float
) -> IntraclassCorrelation:  # fmt: skip
    value = (ms - error) / (ms + (k - 1) * error)
    if error == 0:
        return IntraclassCorrelation(value, value, value, None, 0.0)
    f = ms / error
    low, high = _ratio_interval(f, k, df, level)
    return IntraclassCorrelation(value, low, high, f, float(stats.f.sf(f, *df)))


def _icc1(t: _MeanSquares, level: float) -> IntraclassCorrelation:
    df = (t.n_rows - 1, t.n_rows * (t.n_columns - 1))
    return _from_f(t.rows, t.within, t.n_columns, df, level)


def _icc3(t: _MeanSquares, level: float) -> IntraclassCorrelation:
    df = (t.n_rows - 1, (t.n_rows - 1) * (t.n_columns - 1))
    if t.rows == 0 and t.error == 0:
        return IntraclassCorrelation(None, None, None, None, None)
    return _from_f(t.rows, t.error, t.n_columns, df, level)


def _icc2(t: _MeanSquares, level: float) -> IntraclassCorrelation:
    """Agreement: the raters' own variance stands in the denominator (Satterthwaite's df)."""
    n, k = t.n_rows, t.n_columns
    whole = t.rows + (k - 1) * t.error + k * (t.columns - t.error) / n
    if whole <= 1e-12 * (t.rows + t.error + t.columns):
        return IntraclassCorrelation(None, None, None, None, None)
    value = (t.rows - t.error) / whole
    if t.error == 0:
        return IntraclassCorrelation(value, None, None, None, None)
    f = t.rows / t.error
    low, high = _icc2_interval(t, value, level)
    return IntraclassCorrelation(
        value, low, high, f, float(stats.f.sf(f, n - 1, (n - 1) * (k - 1)))
    )


def _icc2_interval(
    t: _MeanSquares, value: float, level: float
) -> tuple[float | None, float | None]:
    n, k = t.n_rows, t.n_columns
    own = k * value * t.columns / t.error
    mix = n * (1 + (k - 1) * value) - k * value
    spread = (n - 1) * own**2 + mix**2
    df = (n - 1) * (k - 1) * (own + mix) ** 2 / spread if spread > 0 else 0.0
    if df < 1e-6:
        return None, None
    tail = (1 - level) / 2
    upper, lower = float(stats.f.isf(tail, n - 1, df)), float(stats.f.isf(tail, df, n - 1))
    noise = k * t.columns + (k * n - k - n) * t.error
    return (
        n * (t.rows - upper * t.error) / (upper * noise + n * t.rows),
        n * (lower * t.rows - t.error) / (noise + n * lower * t.rows),
    )


def _stepped_up(c: IntraclassCorrelation, k: int) -> IntraclassCorrelation:
    """Spearman–Brown: from one rater to the mean of k."""
    def step(rho: float | None) -> float | None:
        if rho is None or 1 + (k - 1) * rho <= 1e-12:
            return None
        return k * rho / (1 + (k - 1) * rho)

    return IntraclassCorrelation(step(c.value), step(c.low), step(c.high), c.f, c.p)


def _interval_disagreement(x: FloatArray) -> tuple[float, float]:
    """D_o and D_e of squared differences, by sums: no matrix of all values is needed."""
    rated = ~np.isnan(x)
    x = np.where(rated, x - np.nanmean(x), 0.0)
    m = rated.sum(axis=0)
    within = 2 * (m * (x**2).sum(axis=0) - x.sum(axis=0) ** 2) / (m - 1)
    n = int(m.sum())
    overall = 2 * (n * (x**2).sum() - x.sum() ** 2) / (n - 1)
    constant = np.ptp(x[rated]) == 0
    return float(max(within.sum(), 0.0) / n), 0.0 if constant else float(overall / n)


def _disagreement(x: FloatArray, metric: str) -> tuple[float, float]:
    rated = ~np.isnan(x)
    values, index = np.unique(x[rated], return_inverse=True)
    counts = np.zeros((x.shape[1], values.size))
    np.add.at(counts, (np.nonzero(rated)[1], index), 1.0)
    m = counts.sum(axis=1)
    scaled = counts / (m - 1)[:, np.newaxis]
    coincidences = counts.T @ scaled - np.diag(scaled.sum(axis=0))
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    delta = _delta(values, totals, metric)
    expected = np.outer(totals, totals) - np.diag(totals)
    return float((coincidences * delta).sum() / n), float((expected * delta).sum() / n / (n - 1))


def _delta(values: FloatArray, totals: FloatArray, metric: str) -> FloatArray:
    if metric == "nominal":
        return 1.0 - np.eye(values.size)
    if metric == "ordinal":
        # Ranks up to the middle of each value: differences of them are the sums of the formula.
        middle = np.cumsum(totals) - totals / 2
        return np.subtract.outer(middle, middle) ** 2
    total = np.add.outer(values, values)
    return (np.subtract.outer(values, values) / np.where(total == 0, 1.0, total)) ** 2


def _standardised_alpha(covariance: FloatArray) -> float | None:
    k = covariance.shape[0]
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not (spread > 0).all():
        return None
    mean = float(((covariance / np.outer(spread, spread)).sum() - k) / (k * (k - 1)))
    return None if 1 + (k - 1) * mean <= 1e-12 else k * mean / (1 + (k - 1) * mean)


def _generalizability(
    components: tuple[VarianceComponent, ...], n_tasks: int, n_raters: int
) -> Generalizability:
    scale = max(abs(c.estimate) for c in components)
    negative = any(c.estimate < -1e-12 * scale for c in components)
    flags = (Flag.ALL_EQUAL,) if scale == 0 else (Flag.NEGATIVE_ESTIMATE,) if negative else ()
    return Generalizability(components, n_tasks, n_raters, flags)


def _unfit_cube(x: FloatArray) -> tuple[Flag, ...]:
    if x.ndim != 3:
        raise ValueError(f"ratings need three axes (tasks, raters, units), got shape {x.shape}")
    return _incomplete(x)


def _nested_mean_squares(x: FloatArray) -> dict[str, float]:
    t, r, u = x.shape
    grand = x.mean()
    task = x.mean(axis=(1, 2), keepdims=True)
    unit = x.mean(axis=(0, 1), keepdims=True)
    rater = x.mean(axis=2, keepdims=True)
    cell = x.mean(axis=1, keepdims=True)
    return {
        "unit": float(t * r * ((unit - grand) ** 2).sum() / (u - 1)),
        "task": float(r * u * ((task - grand) ** 2).sum() / (t - 1)),
        "rater:task": float(u * ((rater - task) ** 2).sum() / (t * (r - 1))),
        "unit×task": float(r * ((cell - task - unit + grand) ** 2).sum() / ((t - 1) * (u - 1))),
        "residual": float(((x - cell - rater + task) ** 2).sum() / (t * (r - 1) * (u - 1))),
    }


def _crossed_mean_squares(x: FloatArray) -> dict[str, float]:
    t, r, u = x.shape
    grand = x.mean()
    mt, mr, mu = (x.mean(axis=a, keepdims=True) for a in ((1, 2), (0, 2), (0, 1)))
    mtr, mut, mur = (x.mean(axis=a, keepdims=True) for a in (2, 1, 0))
    rest = x - mtr - mut - mur + mt + mr + mu - grand
    return {
        "u": float(t * r * ((mu - grand) ** 2).sum() / (u - 1)),
        "t": float(r * u * ((mt - grand) ** 2).sum() / (t - 1)),
        "r": float(t * u * ((mr - grand) ** 2).sum() / (r - 1)),
        "ut": float(r * ((mut - mt - mu + grand) ** 2).sum() / ((u - 1) * (t - 1))),
        "ur": float(t * ((mur - mr - mu + grand) ** 2).sum() / ((u - 1) * (r - 1))),
        "tr": float(u * ((mtr - mt - mr + grand) ** 2).sum() / ((t - 1) * (r - 1))),
        "utr": float((rest**2).sum() / ((u - 1) * (t - 1) * (r - 1))),
    }


def _share(signal: float, noise: float) -> float | None:
    return signal / (signal + noise) if signal + noise > 0 else None


def _check_target(target: float) -> None:
    if not 0 < target < 1:
        raise ValueError(f"the target lies between 0 and 1, got {target}")


def _count_up(number: float) -> int:
    """Rounded up to a count, forgiving the rounding error of a whole number."""
    return max(1, math.ceil(number - 1e-9))


def _no_reliability(model: SeverityModel) -> tuple[Flag, ...]:
    effects = model.rated_effects
    if effects.size < 2:
        return (Flag.SINGLE_UNIT,) if effects.size else (Flag.NO_RATINGS,)
    if model.residual_variance is None:
        return (Flag.NO_ERROR,)
    equal = model.residual_variance == 0 and np.ptp(effects) <= 1e-9 * np.abs(effects).max()
    return (Flag.ALL_EQUAL,) if equal else ()


def _sentence(raters: float, reliability: float, needed: int, target: float) -> Finding:
    now = f"{raters:.1f}".removesuffix(".0")
    zh = f"每个单位平均{now}位评价人时信度为{reliability:.2f}"
    en = f"with {now} raters per unit the reliability is {reliability:.2f}"
    if reliability < target:
        zh += f"；{needed}位可达{target:g}"
        en += f"; {needed} would give {target:g}"
    return Finding(Flag.APPROXIMATE, zh + "。", en + ".")

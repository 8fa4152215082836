"""模拟：区间覆盖率、误报率、真实次序的还原 / simulated coverage, false alarms and recovery."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

import analysis
from analysis.statistics.ratings import FloatArray

SEED = 20180101
# Forced grades: good, fairly good, ordinary.
SHARES = (0.3, 0.5)
# The study whose table is to be reached was a simulation itself.
STUDY_ERROR = 0.006
POINTS = np.array([70.0, 85.0, 100.0])


@dataclass(frozen=True)
class Bar:
    """What a simulated share must reach, with its own error of simulation."""

    name: str
    value: float
    error: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Within the bounds, or outside by no more than two errors of the simulation."""
        return self.low - 2 * self.error <= self.value <= self.high + 2 * self.error

    def __str__(self) -> str:
        asked = f"{self.low:.3f} to {self.high:.3f}"
        if self.high == 1:
            asked = f"at least {self.low:.3f}"
        elif self.low == 0:
            asked = f"at most {self.high:.3f}"
        return f"{self.name}: {self.value:.3f} ± {self.error:.3f} ({asked})"


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    failed = 0
    for part in (_intervals, _ranks, _reliability, _alarms, _recovery):
        for bar in part(times):
            print(bar, "" if bar.holds else "  NOT HELD", flush=True)
            failed += not bar.holds
    sys.exit(1 if failed else 0)


def _intervals(times: int) -> Iterator[Bar]:
    """95% intervals of unit effects about the category's mean."""
    rng = np.random.default_rng(SEED)
    for raters, share in ((6, 1.0), (12, 0.5), (30, 0.3)):
        hits = [_covered(*_numbers(rng, raters, 40, share)) for _ in range(times)]
        name = f"95% interval, numbers, 40 units, {raters} raters of {share:.0%}"
        yield _share(name, hits, 0.93, 0.97)
    for raters in (5, 10):
        quality = rng.normal(size=30)
        truth = _expected_scores(rng, quality)
        hits = [_covered(_graded(rng, quality, raters), truth, 1.0) for _ in range(times)]
        yield _share(f"95% interval, forced grades, 30 units, {raters} raters", hits, 0.93, 0.97)


def _ranks(times: int) -> Iterator[Bar]:
    """90% ranges of places; quality is drawn anew, as the ranges suppose."""
    rng = np.random.default_rng(SEED + 1)
    for raters in (5, 10, 20):
        hits = []
        for k in range(times):
            quality = rng.normal(size=30)
            hits.append(_ranked(_graded(rng, quality, raters), quality, k))
        yield _share(
            f"90% range of places, forced grades, 30 units, {raters} raters", hits, 0.90, 1.0
        )
    hits = []
    for k in range(times):
        x, quality, _ = _numbers(rng, 8, 30, 0.6)
        hits.append(_ranked(x, quality, k))
    yield _share("90% range of places, numbers, 30 units, 8 raters of 60%", hits, 0.90, 1.0)


def _reliability(times: int) -> Iterator[Bar]:
    """The mean of the printed coefficient beside the true one, τ²/(τ² + σ²/k) with τ = 1."""
    rng = np.random.default_rng(SEED + 4)
    raters, noise = 9, 1.5
    true = 1 / (1 + noise**2 / raters)
    for units, away in ((40, 0.015), (20, 0.025)):
        tables = [
            rng.normal(size=units)
            + 0.7 * rng.normal(size=(raters, 1))
            + noise * rng.normal(size=(raters, units))
            for _ in range(times)
        ]
        for penalty in (0.0, 1.0):
            found = np.array([_printed(x, penalty) for x in tables])
            error = float(found.std() / found.size**0.5)
            name = f"reliability of {true:.2f}, {units} units, {raters} raters, λ = {penalty:.0f}"
            yield Bar(name, float(found.mean()), error, true - away, true + away)


def _printed(x: FloatArray, penalty: float) -> float:
    return analysis.model_reliability(analysis.severity_model(x, penalty=penalty)).mean or 0.0


def _alarms(times: int) -> Iterator[Bar]:
    """How often anybody honest is flagged in a whole table."""
    rng = np.random.default_rng(SEED + 2)
    tests: dict[str, Callable[[FloatArray], bool]] = {
        "residual_tests": lambda x: bool(analysis.residual_tests(x).flagged),
        "misfitting_raters": lambda x: any(t.flagged for t in analysis.misfitting_raters(x)),
        "reversed_raters": lambda x: any(t.flagged for t in analysis.reversed_raters(x)),
    }
    for units, raters in ((10, 10), (20, 10), (40, 30)):
        tables = [_numbers(rng, raters, units, 1.0)[0] for _ in range(times)]
        for name, test in tests.items():
            label = f"false alarm, {name}, {units} units, {raters} raters"
            yield _share(label, [[test(x)] for x in tables], 0.0, 0.06)
    values = rng.normal(size=(times, 10))
    outliers = [[analysis.grubbs_test(v).is_outlier] for v in values]
    yield _share("false alarm, grubbs_test, 10 ratings", outliers, 0.0, 0.055)
    yield from _favours(times, rng)


def _favours(times: int, rng: np.random.Generator) -> Iterator[Bar]:
    groups = {k: list(range(4 * k, 4 * k + 4)) for k in range(4)}
    returned, grouped = [], []
    for k in range(times):
        g = analysis.mutual_residuals(rng.normal(size=(20, 20)))
        returned.append([(analysis.global_reciprocity(g, k, permutations=199).p or 1) < 0.05])
        grouped.append([(t.p or 1) < 0.01 for t in analysis.named_groups(g, groups)])
    yield _share("false alarm, global_reciprocity, 20 units", returned, 0.0, 0.07)
    yield _share("false alarm at 1%, named_groups of 4, 20 units", grouped, 0.0, 0.015)


def _recovery(times: int) -> Iterator[Bar]:
    """Spearman's correlation with the truth: leaders with scopes of their own and some for all."""
    asked = {
        "grades: fixed points, mean": (0.735, 0.622, 0.859),
        "grades: ballot scores, mean": (0.756, 0.660, 0.869),
        "grades: ballot scores, severity model λ → 0": (0.780, 0.709, 0.877),
        "grades: ballot scores, severity model λ = 1": (0.778, 0.707, 0.875),
        "grades: bucket Plackett–Luce": (0.771, 0.699, 0.865),
        "numbers: mean": (0.810, 0.748, 0.898),
        "numbers: severity model": (0.820, 0.769, 0.901),
    }
    for column, for_all in enumerate((2, 1, 5)):
        rng = np.random.default_rng(SEED + 3 + for_all)
        found: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(times):
            for name, rho in _recovered(rng, for_all).items():
                found[name].append(rho)
        for name, values in found.items():
            own = float(np.std(values) / len(values) ** 0.5)
            error = (own**2 + STUDY_ERROR**2) ** 0.5
            label = f"order recovered, {for_all} for all, {name}"
            yield Bar(label, float(np.mean(values)), error, asked[name][column], 1.0)


def _recovered(rng: np.random.Generator, for_all: int) -> dict[str, float]:
    quality, seen, severity, spread = _scopes(rng, for_all)
    perceived = quality + rng.normal(size=seen.shape)
    numbers = np.where(seen, severity + spread * perceived, np.nan)
    grades = _grades(np.where(seen, perceived, np.nan))
    ballots = analysis.rank_normal_matrix(grades).scores
    orders = [[np.flatnonzero(row == points).tolist() for points in POINTS[::-1]] for row in grades]
    scores = {
        "grades: fixed points, mean": np.nanmean(grades, axis=0),
        "grades: ballot scores, mean": np.nanmean(ballots, axis=0),
        "grades: ballot scores, severity model λ → 0": _effects(ballots, 0.0),
        "grades: ballot scores, severity model λ = 1": _effects(ballots, 1.0),
        "grades: bucket Plackett–Luce": analysis.bucket_plackett_luce(
            orders, quality.size
        ).log_worths,
        "numbers: mean": np.nanmean(numbers, axis=0),
        "numbers: severity model": _effects(numbers, 2.0),
    }
    return {
        name: analysis.method_comparison(quality.tolist(), found.tolist()).spearman or 0.0
        for name, found in scores.items()
    }


def _scopes(
    rng: np.random.Generator, for_all: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """60 units in 8 scopes with 40% of the variance between them; severity .7, spread .3."""
    scope = np.arange(60) % 8
    quality = np.sqrt(0.4) * rng.normal(size=8)[scope] + np.sqrt(0.6) * rng.normal(size=60)
    own = scope == np.arange(8)[:, np.newaxis]
    seen = np.vstack([own, np.ones((for_all, 60), dtype=bool)])
    severity = 0.7 * rng.normal(size=(len(seen), 1))
    return quality, seen, severity, np.maximum(1 + 0.3 * rng.normal(size=(len(seen), 1)), 0.2)


def _effects(x: FloatArray, penalty: float) -> FloatArray:
    return analysis.severity_model(x, penalty=penalty).rated_effects


def _numbers(
    rng: np.random.Generator, raters: int, units: int, share: float
) -> tuple[FloatArray, FloatArray, float]:
    """Marks with severities; every unit keeps some rater."""
    quality = rng.normal(size=units)
    x = quality + 0.7 * rng.normal(size=(raters, 1)) + rng.normal(size=(raters, units))
    gone = rng.random(x.shape) >= share
    gone[rng.integers(raters, size=units), np.arange(units)] = False
    x[gone] = np.nan
    return x, quality, 2.0


def _graded(rng: np.random.Generator, quality: FloatArray, raters: int) -> FloatArray:
    """Ballot scores of forced grades."""
    perceived = quality + rng.normal(size=(raters, quality.size))
    return analysis.rank_normal_matrix(_grades(perceived)).scores


def _expected_scores(rng: np.random.Generator, quality: FloatArray) -> FloatArray:
    """What ballots say of each unit on average: the truth that grades can tell."""
    return np.asarray(_graded(rng, quality, 4000).mean(axis=0))


def _grades(perceived: FloatArray) -> FloatArray:
    """Every row's units sorted into the forced proportions, rounded down as on a ballot."""
    grades = np.full(perceived.shape, np.nan)
    for i, row in enumerate(perceived):
        rated = np.flatnonzero(~np.isnan(row))
        best, good = (int(share * rated.size + 1e-9) for share in SHARES)
        order = rated[np.argsort(-row[rated])]
        grades[i, order] = POINTS[0]
        grades[i, order[: best + good]] = POINTS[1]
        grades[i, order[:best]] = POINTS[2]
    return grades


def _covered(x: FloatArray, truth: FloatArray, penalty: float) -> list[bool]:
    model = analysis.severity_model(x, penalty=penalty)
    intervals = analysis.score_intervals(
        model.rated_effects - model.rated_effects.mean(), model.covariance, df=model.residual_df
    )
    true = truth - truth.mean()
    return [
        i.low is not None and i.high is not None and i.low <= t <= i.high
        for i, t in zip(intervals, true, strict=True)
    ]


def _ranked(x: FloatArray, quality: FloatArray, seed: int) -> list[bool]:
    model = analysis.severity_model(x, penalty=1.0)
    if model.covariance is None:
        return []
    ranges = analysis.rank_intervals(model.rated_effects, model.covariance, seed, draws=2000)
    ranks = np.argsort(np.argsort(-quality)) + 1
    return [a <= r <= b for a, r, b in zip(ranges.low, ranks, ranges.high, strict=True)]


def _share(name: str, hits: list[list[bool]], low: float, high: float) -> Bar:
    """The share of hits; its error treats a table's units as one."""
    of_tables = np.array([np.mean(table) for table in hits if table])
    return Bar(
        name, float(of_tables.mean()), float(of_tables.std() / of_tables.size**0.5), low, high
    )


if __name__ == "__main__":
    main()

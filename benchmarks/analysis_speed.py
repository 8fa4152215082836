"""统计分析的用时，与 choix 等之比 / time of the statistics, against choix and stated bounds."""

import sys
from collections.abc import Callable
from time import process_time

import choix
import numpy as np

import analysis
from analysis.statistics.ratings import FloatArray

ROUND = 120  # units and raters of a large round
LEAST_TIMES_FASTER = 100


def main() -> None:
    rng = np.random.default_rng(20180101)
    held = [*_plackett_luce(rng), *_severity(rng), *_round(rng), *_citizens(rng)]
    sys.exit(0 if all(held) else 1)


def _plackett_luce(rng: np.random.Generator) -> list[bool]:
    """100 units, 1,000 full rankings; both find the maximum of the same likelihood."""
    worth = rng.normal(size=100)
    orders = np.argsort(-(worth + rng.gumbel(size=(1000, 100))), axis=1)
    rankings = orders.tolist()
    ours = _best(lambda: analysis.plackett_luce(rankings, 100, with_errors=False))
    start = process_time()
    theirs = choix.ilsr_rankings(100, [tuple(order) for order in rankings])
    seconds = process_time() - start
    found = analysis.plackett_luce(rankings, 100, with_errors=False).log_worths
    apart = float(np.abs(found - (theirs - theirs.mean())).max())
    print(
        f"plackett_luce 100 × 1,000: {ours:.4f} s; choix ilsr_rankings {seconds:.2f} s; "
        f"×{seconds / ours:.0f} (at least ×{LEAST_TIMES_FASTER}); "
        f"largest difference of a log-worth {apart:.1e}"
    )
    return [seconds / ours >= LEAST_TIMES_FASTER, apart < 1e-3]


def _severity(rng: np.random.Generator) -> list[bool]:
    """73,000 ratings of 1,128 units by 2,972 raters, and bootstraps of a round's model."""
    x = _sparse(rng, 2972, 1128, 73_000)
    boots = _crossed(rng, ROUND, 40)
    return [
        _told(
            "severity_model 2,972 × 1,128, 73,000 ratings",
            lambda: analysis.severity_model(x, penalty=2.0),
            0.5,
        ),
        _told(
            "severity_bootstrap 1,000 draws, 120 units × 40 raters",
            lambda: analysis.severity_bootstrap(boots, 1, draws=1000),
            1.0,
        ),
    ]


def _round(rng: np.random.Generator) -> list[bool]:
    """Every analysis of a round of 120 units, rated by 120 peers."""
    x = _crossed(rng, ROUND, ROUND)
    grades = np.digitize(x, np.quantile(x, [0.2, 0.7])) * 15 + 70.0
    ballots = analysis.rank_normal_matrix(grades).scores
    model = analysis.severity_model(ballots)
    u, v = model.rated_effects, model.covariance
    assert v is not None
    square = x.copy()
    np.fill_diagonal(square, np.nan)
    residuals = analysis.mutual_residuals(square)
    groups = {k: list(range(6 * k, 6 * k + 6)) for k in range(10)}
    acts: dict[str, Callable[[], object]] = {
        "rank_normal_matrix": lambda: analysis.rank_normal_matrix(grades),
        "severity_model": lambda: analysis.severity_model(ballots),
        "rater_variance": lambda: analysis.rater_variance(x),
        "crossed_effects": lambda: analysis.crossed_effects(x),
        "rank_intervals, 10,000 draws": lambda: analysis.rank_intervals(u, v, 1),
        "rank_confidence_sets": lambda: analysis.rank_confidence_sets(u, v, 1, simultaneous=True),
        "indistinguishable_units": lambda: analysis.indistinguishable_units(u, v),
        "bootstrap_intervals": lambda: analysis.bootstrap_intervals(x, 1),
        "residual_tests": lambda: analysis.residual_tests(ballots),
        "misfitting_raters": lambda: analysis.misfitting_raters(ballots),
        "reversed_raters": lambda: analysis.reversed_raters(ballots),
        "social_relations": lambda: analysis.social_relations(square),
        "global_reciprocity": lambda: analysis.global_reciprocity(residuals, 1),
        "named_groups": lambda: analysis.named_groups(residuals, groups),
        "kendall_w": lambda: analysis.kendall_w(x),
        "icc": lambda: analysis.icc(x),
        "krippendorff_alpha": lambda: analysis.krippendorff_alpha(grades),
        "generalizability": lambda: analysis.generalizability(x),
        "connectivity": lambda: analysis.connectivity(grades),
        "scores_side_by_side": lambda: analysis.scores_side_by_side(grades, kind="bands"),
    }
    return [_told(f"120 × 120: {name}", act, 0.5) for name, act in acts.items()]


def _citizens(rng: np.random.Generator) -> list[bool]:
    """A million answers as counts: 60 units, 5 items, 60 strata, 6 levels."""
    n = rng.multinomial(1_000_000, np.full(60 * 5 * 60 * 6, 1 / (60 * 5 * 60 * 6)))
    counts = n.reshape(60, 5, 60, 6).astype(np.float64)
    weight = rng.uniform(0.5, 2, size=60)[:, np.newaxis]
    sums = analysis.LevelSums(counts, counts * weight, counts * weight**2)
    points = [0.0, 25.0, 50.0, 75.0, 100.0, None]
    return [
        _told(
            "item_indices of a million answers' counts",
            lambda: analysis.item_indices(sums, points),
            0.05,
        )
    ]


def _sparse(rng: np.random.Generator, raters: int, units: int, ratings: int) -> FloatArray:
    x = np.full((raters, units), np.nan)
    cells = rng.choice(raters * units, ratings, replace=False)
    rows, columns = np.unravel_index(cells, x.shape)
    level, severity = rng.normal(size=units), rng.normal(size=raters)
    x[rows, columns] = level[columns] + severity[rows] + rng.normal(size=ratings)
    return x


def _crossed(rng: np.random.Generator, units: int, raters: int) -> FloatArray:
    level, severity = rng.normal(size=units), rng.normal(size=(raters, 1))
    return np.asarray(80 + 5 * (level + 0.5 * severity + rng.normal(size=(raters, units))))


def _told(name: str, act: Callable[[], object], most: float) -> bool:
    seconds = _best(act)
    print(f"{name}: {seconds:.4f} s (at most {most} s)", flush=True)
    return seconds <= most


def _best(act: Callable[[], object], times: int = 3) -> float:
    """Processor seconds of the best of a few runs: what other work adds is not ours."""
    found = []
    for _ in range(times):
        start = process_time()
        act()
        found.append(process_time() - start)
    return min(found)


if __name__ == "__main__":
    main()

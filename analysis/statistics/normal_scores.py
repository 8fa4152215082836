"""Ballot scores: positions on a ballot become expected normal scores, fair to small and large
ballots alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, log_ndtr, ndtri

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, frozen, optional, rating_matrix

# Above this size Blom's formula answers: the quadrature would need a finer grid and its error
# (below 0.03, at the two ends only) no longer matters on ballots of thousands.
QUADRATURE_LIMIT = 2000


@dataclass(frozen=True)
class BallotScores:
    """The scores of one ballot in the order of its units; None where a unit was not rated."""

    scores: tuple[float | None, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, eq=False)
class ScoredBallots:
    """Scores of all ballots, shape (raters, units), NaN where not rated, and flags by ballot."""

    scores: FloatArray
    flags: tuple[tuple[Flag, ...], ...]


def expected_normal_scores(n: int) -> FloatArray:
    """Expected standard normal order statistics E[Z_(r:n)], worst to best, shape (n,).

    r·C(n,r)·∫ x Φ(x)^(r−1) (1−Φ(x))^(n−r) φ(x) dx by the trapezoid rule, which converges
    exponentially for such integrands; agrees with Harter (1961), Biometrika 48:151, Table 1.
    Computed once per n. Beyond QUADRATURE_LIMIT Blom's approximation is returned.
    Raises ValueError for a negative n.
    """
    if n < 0:
        raise ValueError(f"a ballot has 0 or more units, got {n}")
    return blom_scores(n) if n > QUADRATURE_LIMIT else _quadrature_scores(n)


def blom_scores(n: int) -> FloatArray:
    """Blom (1958): Φ⁻¹((r − 3/8)/(n + 1/4)), worst to best; within 0.03 of the exact scores."""
    return frozen(np.asarray(ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25)), dtype=np.float64))


def band_scores(sizes: Sequence[int]) -> tuple[float | None, ...]:
    """The score of each band of a ballot, from the numbers of units in the bands, worst first.

    A band is worth the mean of the expected normal scores of the positions that it occupies;
    an empty band is worth None. This is the table that an office prints beside its rules.
    Raises ValueError for a negative size.
    """
    if any(size < 0 for size in sizes):
        raise ValueError(f"band sizes are 0 or more, got {tuple(sizes)}")
    scores = expected_normal_scores(sum(sizes))
    ends = np.cumsum(sizes)
    return tuple(
        # The 0.0 turns a minus zero into zero, which a page would print with its sign.
        float(scores[end - size : end].mean()) + 0.0 if size else None
        for size, end in zip(sizes, ends, strict=True)
    )


def rank_normal_scores(levels: ArrayLike, *, higher_is_better: bool = True) -> BallotScores:
    """The scores of one ballot (Harter 1961; ties get the mean of the positions they occupy).

    `levels`: one number a unit, equal numbers for units in one band; NaN or None for not rated.
    Ranks (1 = best) need `higher_is_better=False`. The scores of a ballot sum to 0. A ballot of
    one unit, or with all units in one band, says nothing: all 0, flagged NO_INFORMATION.
    Do not read a score as a distance in quality: it only says how far up this ballot a unit is.
    """
    x = rating_matrix(np.array(levels, dtype=np.float64).reshape(1, -1))[0]
    rated = ~np.isnan(x)
    scores, flags = _ballot(x[rated] if higher_is_better else -x[rated])
    row = np.full(x.shape, np.nan)
    row[rated] = scores
    return BallotScores(optional(row), flags)


def rank_normal_matrix(ratings: ArrayLike, *, higher_is_better: bool = True) -> ScoredBallots:
    """Every row of a rating matrix (raters, units) scored as a ballot of its own.

    The result is itself a rating matrix, ready for `severity_model`.
    """
    x = rating_matrix(ratings)
    rows = [rank_normal_scores(row, higher_is_better=higher_is_better) for row in x]
    scores = np.full(x.shape, np.nan)
    for i, row in enumerate(rows):
        scores[i] = np.array(row.scores, dtype=np.float64)
    return ScoredBallots(frozen(scores), tuple(row.flags for row in rows))


def likert_sigma_scores(shares: Sequence[float]) -> tuple[float | None, ...]:
    """Likert's sigma scores: the large-ballot limit of the band scores, worst band first.

    (φ(Φ⁻¹(a)) − φ(Φ⁻¹(b)))/(b − a) for a band between the cumulative shares a and b
    (Likert 1932, Archives of Psychology 140). `shares` may be counts; an empty band gives None.
    Raises ValueError for negative shares or shares that are all 0.
    """
    share = np.asarray(shares, dtype=np.float64)
    if share.size == 0 or (share < 0).any() or not share.sum() > 0:
        raise ValueError(f"shares are 0 or more and not all 0, got {tuple(shares)}")
    edges = np.concatenate([[0.0], np.cumsum(share) / share.sum()])
    # Shares add up to a little more or less than 1, and Φ⁻¹ of that is no number or no edge.
    edges[-1] = 1.0
    density = np.exp(-0.5 * ndtri(edges) ** 2) / np.sqrt(2 * np.pi)
    width = np.diff(edges)
    drop = -np.diff(density)
    return tuple(float(d / w) + 0.0 if w > 0 else None for d, w in zip(drop, width, strict=True))


def scaled_scores(
    scores: Sequence[float | None],
    *,
    centre: float = 85.0,
    spread: float = 5.0,
    low: float = 60.0,
    high: float = 100.0,
) -> tuple[float | None, ...]:
    """Component points: centre + spread·u, cut to [low, high]; None stays None.

    The four numbers are policy and are fixed before the vote. They are never fitted to the
    result: stretching the best to 100 and the worst to 60 would turn noise into points.
    """
    return tuple(
        None if u is None else float(min(max(centre + spread * u, low), high)) for u in scores
    )


def _ballot(levels: FloatArray) -> tuple[FloatArray, tuple[Flag, ...]]:
    if levels.size == 0:
        return levels, (Flag.NO_RATINGS,)
    _, band, sizes = np.unique(levels, return_inverse=True, return_counts=True)
    if sizes.size == 1:
        # Who tells no units apart says the middle of all.
        return np.zeros(levels.size), (Flag.NO_INFORMATION,)
    worth = np.array(band_scores([int(size) for size in sizes]), dtype=np.float64)
    return worth[band], ()


@lru_cache(maxsize=QUADRATURE_LIMIT + 1)
def _quadrature_scores(n: int) -> FloatArray:
    half = np.arange(1, n // 2 + 1)[:, np.newaxis]
    # The narrowest order statistic has a spread of about 1.25/√n; eight steps of it are plenty.
    x = np.linspace(-9.0, 9.0, 2 * int(9 * max(8.0, 6.5 * np.sqrt(n))) + 1)
    log_density = (half - 1) * log_ndtr(x) + (n - half) * log_ndtr(-x) - 0.5 * x * x
    log_density -= betaln(half, n - half + 1) + 0.5 * np.log(2 * np.pi)
    lower = np.exp(log_density) @ x * (x[1] - x[0])
    middle = np.zeros(n % 2)
    return frozen(np.concatenate([lower, middle, -lower[::-1]]))

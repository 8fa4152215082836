"""The many-facet rating-scale model: units, raters and steps of a scale on one logit measure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import BoolArray, FloatArray, IntArray, rating_matrix
from analysis.statistics.severity import spread_over

# The precision of the normal prior that stands in where the data alone have no maximum.
PRECISION = 0.1
# A gradient below this is a maximum for all that four digits say.
STILL = 1e-5


@dataclass(frozen=True)
class RatingScaleModel:
    """Measures in logits; None where nobody rated.

    `severities` sum to 0, above 0 for a strict rater; `steps` sum to 0, one between each two
    neighbouring `levels`. `expected` has the mean level that an average rater would give each
    unit. `fit` is each rater's mean square of standardised residuals, near 1.
    """

    levels: tuple[float, ...]
    unit_measures: tuple[float | None, ...]
    severities: tuple[float | None, ...]
    steps: tuple[float, ...]
    expected: tuple[float | None, ...]
    fit: tuple[float | None, ...]
    log_likelihood: float | None
    flags: tuple[Flag, ...]


def rating_scale_model(ratings: ArrayLike) -> RatingScaleModel:
    """log(P_k/P_{k−1}) = θ_j − α_i − τ_k by joint maximum likelihood.

    Andrich 1978, Psychometrika 43:561; Linacre 1989, Many-Facet Rasch Measurement. Σα = Στ = 0.
    ratings: (raters, units), each number a level in its order, NaN for not rated; levels that
    nobody used are none. A unit or rater with the lowest or highest level alone, or groups that
    nobody links, leave no maximum: flagged NO_MAXIMUM, and all measures get a normal prior of
    precision 0.1. One level throughout or no rating: NOT_TESTABLE.
    A cross-check of `severity_model`, and no better: joint likelihood spreads measures too far,
    by about d/(d−1) for d ratings a unit, so there are no errors here; it takes ratings as
    independent, which a forced ratio makes untrue; and with steps in disorder it fits a scale
    that raters did not use as such. Compare orders with it, not distances.
    """
    x = rating_matrix(ratings)
    rated = ~np.isnan(x)
    levels, codes = np.unique(x[rated], return_inverse=True)
    raters, units = np.asarray(rated.any(axis=1)), np.asarray(rated.any(axis=0))
    if levels.size < 2:
        nobody = (None,) * x.shape[1], (None,) * x.shape[0]
        told = tuple(map(float, levels))
        return RatingScaleModel(told, *nobody, (), nobody[0], nobody[1], None, (Flag.NOT_TESTABLE,))
    # Positions among those with a rating, and the level of each rating by its number.
    i, j = np.nonzero(rated[np.ix_(raters, units)])
    data = _Data(i, j, codes, int(raters.sum()), int(units.sum()), levels.size)
    has_maximum = data.has_maximum()
    return _told(data, levels, raters, units, has_maximum)


@dataclass(frozen=True, eq=False)
class _Data:
    i: IntArray
    j: IntArray
    k: IntArray
    raters: int
    units: int
    levels: int

    def has_maximum(self) -> bool:
        """Whether no measure runs off: nobody has extremes alone, and all are linked."""
        for places, n in ((self.i, self.raters), (self.j, self.units)):
            mean = np.bincount(places, self.k, minlength=n) / np.bincount(places, minlength=n)
            if (mean == 0).any() or (mean == self.levels - 1).any():
                return False
        reached = np.zeros(self.raters, dtype=bool)
        reached[self.i[0]] = True
        for _ in range(self.raters):
            units = np.isin(self.j, self.j[reached[self.i]])
            reached[self.i[units]] = True
        return bool(reached.all())

    def split(self, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """θ, α and the sums of steps up to each level; α and τ sum to 0."""
        theta, alpha, tau = np.split(values, [self.units, self.units + self.raters - 1])
        whole = np.append(tau, -tau.sum())
        return theta, np.append(alpha, -alpha.sum()), np.append(0.0, np.cumsum(whole))

    def chances(self, theta: FloatArray, alpha: FloatArray, steps: FloatArray) -> FloatArray:
        """P(level) of every rating, (ratings, levels)."""
        logits = np.outer(theta[self.j] - alpha[self.i], np.arange(self.levels)) - steps
        logits -= logits.max(axis=1, keepdims=True)
        found = np.exp(logits)
        return np.asarray(found / found.sum(axis=1, keepdims=True), dtype=np.float64)

    def loss(self, values: FloatArray, precision: float) -> tuple[float, FloatArray]:
        """−log L, with the prior's part, and its gradient."""
        theta, alpha, steps = self.split(values)
        chances = self.chances(theta, alpha, steps)
        at = np.arange(self.k.size)
        lost = -float(np.log(chances[at, self.k]).sum())
        residual = chances @ np.arange(self.levels) - self.k
        of_units = np.bincount(self.j, residual, minlength=self.units)
        of_raters = -np.bincount(self.i, residual, minlength=self.raters)
        seen = np.bincount(self.k, minlength=self.levels) - chances.sum(axis=0)
        of_steps = np.cumsum(seen[::-1])[::-1][1:]
        whole = np.diff(steps)
        slopes = (
            of_units + precision * theta,
            _without_last(of_raters + precision * alpha),
            _without_last(of_steps + precision * whole),
        )
        prior = precision / 2 * float((theta**2).sum() + (alpha**2).sum() + (whole**2).sum())
        return lost + prior, np.concatenate(slopes)


def _without_last(slopes: FloatArray) -> FloatArray:
    """The gradient where the last one is what the others leave of 0."""
    return np.asarray(slopes[:-1] - slopes[-1], dtype=np.float64)


def _told(
    data: _Data, levels: FloatArray, raters: BoolArray, units: BoolArray, has_maximum: bool
) -> RatingScaleModel:
    precision = 0.0 if has_maximum else PRECISION
    size = data.units + data.raters - 1 + data.levels - 2
    found = minimize(
        data.loss,
        np.zeros(size),
        args=(precision,),
        jac=True,
        method="BFGS",
        options={"gtol": STILL / 10, "maxiter": 2_000},
    )
    theta, alpha, steps = data.split(found.x)
    chances = data.chances(theta, alpha, steps)
    numbers = np.arange(data.levels)
    mean = chances @ numbers
    spread = chances @ numbers**2 - mean**2
    squares = np.bincount(data.i, (data.k - mean) ** 2 / spread, minlength=data.raters)
    middle = np.exp(np.outer(theta, numbers) - steps)
    middle /= middle.sum(axis=1, keepdims=True)
    holds = {
        Flag.NO_MAXIMUM: not has_maximum,
        Flag.NOT_CONVERGED: float(np.abs(found.jac).max()) > STILL,
    }
    return RatingScaleModel(
        levels=tuple(map(float, levels)),
        unit_measures=spread_over(theta, units),
        severities=spread_over(alpha, raters),
        steps=tuple(map(float, np.diff(steps))),
        expected=spread_over(middle @ levels, units),
        fit=spread_over(squares / np.bincount(data.i, minlength=data.raters), raters),
        log_likelihood=float(np.log(chances[np.arange(data.k.size), data.k]).sum()),
        flags=tuple(flag for flag, held in holds.items() if held),
    )

"""Generalizability: where variance comes from, and what other numbers of raters would give."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.findings import Flag
from analysis.statistics.mean_squares import two_way_mean_squares, unfit_table
from analysis.statistics.ratings import FloatArray, rating_matrix


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
            n_tasks,
            n_raters,
            relative,
            absolute,
            _share(signal, relative),
            _share(signal, absolute),
        )

    @property
    def observed(self) -> DecisionStudy | None:
        """The coefficients of the design that was observed."""
        return self.decision_study(n_raters=self.n_raters, n_tasks=self.n_tasks)

    def raters_needed(self, *, target: float = 0.8, n_tasks: int = 1) -> int | None:
        """The least number of raters with Eρ² ≥ target; None where no number reaches it.

        Raises ValueError unless 0 < target < 1.
        """
        check_target(target)
        one = self.decision_study(n_raters=1, n_tasks=n_tasks)
        signal = self.unit_variance
        if one is None or not signal:
            return None
        # What more raters can't bring down. Where it fills the room alone, no number is enough.
        fixed = sum(
            c.variance / n_tasks
            for c in self.components[1:]
            if c.with_units and "rater" not in c.facets
        )
        room = signal * (1 - target) / target - fixed
        return None if room <= 0 else count_up((one.relative_error - fixed) / room)


def generalizability(ratings: ArrayLike) -> Generalizability:
    """One facet, units × raters: variances by expected mean squares (Brennan 2001, ch. 2).

    ratings: (raters, units), complete, 2 or more of each. Coefficients by `.observed`,
    `.decision_study(...)`, `.raters_needed(...)`: Eρ² for ranking, Φ for fixed marks.
    Missing ratings: no components, flagged INCOMPLETE. Negative estimates count as 0, flagged.
    """
    x = rating_matrix(ratings)
    problem = unfit_table(x)
    if problem:
        return Generalizability((), 1, x.shape[0], problem)
    raters, units = x.shape
    t = two_way_mean_squares(x.T)
    return _generalizability(
        (
            VarianceComponent("unit", (), True, units - 1, (t.rows - t.error) / raters),
            VarianceComponent(
                "rater", ("rater",), False, raters - 1, (t.columns - t.error) / units
            ),
            VarianceComponent("unit×rater", ("rater",), True, (units - 1) * (raters - 1), t.error),
        ),
        1,
        raters,
    )


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
    return _generalizability(
        (
            VarianceComponent(
                "unit", (), True, units - 1, (ms["unit"] - ms["unit×task"]) / (tasks * raters)
            ),
            VarianceComponent(
                "task",
                ("task",),
                False,
                tasks - 1,
                (ms["task"] - ms["rater:task"] - ms["unit×task"] + ms["residual"])
                / (units * raters),
            ),
            VarianceComponent(
                "rater:task",
                ("task", "rater"),
                False,
                tasks * (raters - 1),
                (ms["rater:task"] - ms["residual"]) / units,
            ),
            VarianceComponent(
                "unit×task",
                ("task",),
                True,
                (units - 1) * (tasks - 1),
                (ms["unit×task"] - ms["residual"]) / raters,
            ),
            VarianceComponent(
                "unit×rater:task",
                ("task", "rater"),
                True,
                (units - 1) * tasks * (raters - 1),
                ms["residual"],
            ),
        ),
        tasks,
        raters,
    )


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
    return _generalizability(
        (
            VarianceComponent(
                "unit", (), True, u - 1, (ms["u"] - ms["ut"] - ms["ur"] + rest) / (t * r)
            ),
            VarianceComponent(
                "task", ("task",), False, t - 1, (ms["t"] - ms["ut"] - ms["tr"] + rest) / (u * r)
            ),
            VarianceComponent(
                "rater", ("rater",), False, r - 1, (ms["r"] - ms["ur"] - ms["tr"] + rest) / (u * t)
            ),
            VarianceComponent(
                "unit×task", ("task",), True, (u - 1) * (t - 1), (ms["ut"] - rest) / r
            ),
            VarianceComponent(
                "unit×rater", ("rater",), True, (u - 1) * (r - 1), (ms["ur"] - rest) / t
            ),
            VarianceComponent(
                "task×rater", ("task", "rater"), False, (t - 1) * (r - 1), (ms["tr"] - rest) / u
            ),
            VarianceComponent(
                "unit×task×rater", ("task", "rater"), True, (u - 1) * (t - 1) * (r - 1), rest
            ),
        ),
        t,
        r,
    )


def check_target(target: float) -> None:
    """Raises ValueError for a reliability that nothing can have or everything has."""
    if not 0 < target < 1:
        raise ValueError(f"the target lies between 0 and 1, got {target}")


def count_up(number: float) -> int:
    """Rounded up to a count, forgiving the rounding error of a whole number."""
    # A number that rounding left a little above a whole one must not ask for one rater more.
    return max(1, math.ceil(number - 1e-9))


def _generalizability(
    components: tuple[VarianceComponent, ...], n_tasks: int, n_raters: int
) -> Generalizability:
    # In proportion: an estimate just below 0 by rounding is no negative one.
    scale = max(abs(c.estimate) for c in components)
    negative = any(c.estimate < -1e-12 * scale for c in components)
    flags = (Flag.ALL_EQUAL,) if scale == 0 else (Flag.NEGATIVE_ESTIMATE,) if negative else ()
    return Generalizability(components, n_tasks, n_raters, flags)


def _unfit_cube(x: FloatArray) -> tuple[Flag, ...]:
    if x.ndim != 3:
        raise ValueError(f"ratings need three axes (tasks, raters, units), got shape {x.shape}")
    return unfit_table(x)


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

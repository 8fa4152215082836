"""Every method that a table of ratings allows, side by side, on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.statistics.bucket_plackett_luce import bucket_plackett_luce
from analysis.statistics.comparison import rescaled_scores
from analysis.statistics.normal_scores import rank_normal_matrix
from analysis.statistics.ratings import FloatArray, optional, rating_matrix
from analysis.statistics.robust import drop_high_low_mean, huber_location, trimmed_mean
from analysis.statistics.severity import SeverityModel, rater_variance, severity_model

Kind = Literal["bands", "numbers"]
Method = Literal[
    "official", "mean", "drop_high_low", "trimmed", "huber", "rank_normal", "severity",
    "bucket_plackett_luce",
]  # a table, read by rows  # fmt: skip

# From how many ratings on a unit's extremes are dropped where no scheme says otherwise.
LEAST_TO_DROP = 5
TRIMMED_SHARE = 0.1


@dataclass(frozen=True)
class MethodScores:
    """One method's score and place of every unit; None where the method gives a unit nothing."""

    method: Method
    scores: tuple[float | None, ...]
    places: tuple[int | None, ...]


@dataclass(frozen=True)
class MovedUnit:
    """How far apart a unit's best and worst place are, and the methods that give them."""

    unit: int
    best: int
    best_method: Method
    worst: int
    worst_method: Method

    @property
    def places(self) -> int:
        return self.worst - self.best


@dataclass(frozen=True)
class SideBySide:
    """All methods in one table, the official one first; `moved` starts with who moves most."""

    methods: tuple[MethodScores, ...]
    moved: tuple[MovedUnit, ...]


def scores_side_by_side(
    ratings: ArrayLike,
    *,
    kind: Kind,
    official: Sequence[float | None] | None = None,
    least_to_drop: int = LEAST_TO_DROP,
) -> SideBySide:
    """Scores and places of all units under every method that the kind of ratings allows.

    ratings: (raters, units) points, NaN for not rated. kind: `bands` for forced grades, whose
    points are a table and whose ballots are orders; `numbers` for free marks. official: the
    figures that count, the plain means where None. All others are rescaled to the mean and
    standard deviation of the official ones, so that places and points compare. Places are
    competition places among the units that the method scores. Raises ValueError where `official`
    has another length than there are units.
    """
    x = rating_matrix(ratings)
    plain = _means(x)
    counts = plain if official is None else tuple(official)
    found: dict[Method, tuple[float | None, ...]] = {"official": counts, "mean": plain}
    found["drop_high_low"] = tuple(
        drop_high_low_mean(column, minimum=least_to_drop).value for column in x.T
    )
    if kind == "numbers":
        found["trimmed"] = tuple(trimmed_mean(c, share=TRIMMED_SHARE).value for c in x.T)
        found["huber"] = tuple(huber_location(column).value for column in x.T)
    else:
        found["rank_normal"] = _means(rank_normal_matrix(x).scores)
    found["severity"] = reference_model(x, kind).unit_effects
    found["bucket_plackett_luce"] = _worths(x)
    on_scale = {
        method: scores if method == "official" else rescaled_scores(scores, counts)
        # The official figures stay as they count; all others come to their scale.
        for method, scores in found.items()
    }
    methods = tuple(MethodScores(m, s, places_of(s)) for m, s in on_scale.items())
    return SideBySide(methods, _moved(methods))


def reference_model(ratings: ArrayLike, kind: Kind) -> SeverityModel:
    """The severity model as it suits the ratings: λ = 1 on ballot scores, REML on numbers."""
    x = rating_matrix(ratings)
    if kind == "bands":
        # On ballot scores REML would see raters without severity and switch the correction off.
        return severity_model(rank_normal_matrix(x).scores, penalty=1.0)
    found = rater_variance(x)
    known = found.rater_variance is not None
    return severity_model(
        x, penalty=found.penalty, variance="random_raters" if known else "fixed_effects"
    )


def places_of(scores: Sequence[float | None]) -> tuple[int | None, ...]:
    """Competition places, best first; equal up to rounding is equal."""
    there = np.array([s for s in scores if s is not None], dtype=np.float64)
    # Adjusted figures that are equal in truth differ by rounding, and nobody loses a place by that.
    slack = 1e-9 * float(np.abs(there).max(initial=0.0))
    return tuple(None if s is None else 1 + int((there > s + slack).sum()) for s in scores)


def _means(x: FloatArray) -> tuple[float | None, ...]:
    rated = ~np.isnan(x)
    count = rated.sum(axis=0)
    total = np.where(rated, x, 0.0).sum(axis=0)
    return optional(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _worths(x: FloatArray) -> tuple[float | None, ...]:
    ballots = [_best_first(row) for row in x]
    return optional(bucket_plackett_luce(ballots, x.shape[1]).log_worths)


def _best_first(row: FloatArray) -> list[list[int]]:
    """The rated units in groups of one value."""
    groups: dict[float, list[int]] = {}
    for unit in np.argsort(-row, kind="stable")[: int((~np.isnan(row)).sum())].tolist():
        groups.setdefault(float(row[unit]), []).append(unit)
    return list(groups.values())


def _moved(methods: Sequence[MethodScores]) -> tuple[MovedUnit, ...]:
    moved = []
    for unit in range(len(methods[0].places)):
        given = [(m.places[unit], m.method) for m in methods if m.places[unit] is not None]
        if not given:
            continue
        best = min(given, key=lambda pair: pair[0] or 0)
        worst = max(given, key=lambda pair: pair[0] or 0)
        moved.append(MovedUnit(unit, best[0] or 0, best[1], worst[0] or 0, worst[1]))
    return tuple(sorted(moved, key=lambda m: (-m.places, m.unit)))

"""The rating matrix that the other modules read: raters down, units across, NaN for not rated."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LabelledRatings:
    """A rating matrix with the labels of its axes, in order of first appearance."""

    raters: tuple[Hashable, ...]
    units: tuple[Hashable, ...]
    ratings: FloatArray


def rating_matrix(ratings: ArrayLike) -> FloatArray:
    """The ratings as floats of shape (raters, units), NaN where a rater did not rate a unit.

    Takes nested lists with None, arrays with NaN, or masked arrays. Raises ValueError for another
    number of axes and for infinite values, naming the cell.
    """
    # A mask is dropped by `np.array`, and what lies under it would count.
    if isinstance(ratings, np.ma.MaskedArray):
        ratings = np.ma.filled(ratings.astype(np.float64), np.nan)
    x = np.array(ratings, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"ratings need two axes (raters, units), got shape {x.shape}")
    if np.isinf(x).any():
        rater, unit = np.argwhere(np.isinf(x))[0]
        raise ValueError(f"rating of unit {unit} by rater {rater} is infinite; give a number")
    return x


def rating_matrix_from_rows(
    raters: Sequence[Hashable], units: Sequence[Hashable], scores: Sequence[float | None]
) -> LabelledRatings:
    """The matrix of a table in long form, one row a rating.

    Raises ValueError when the columns differ in length or a rater rates a unit twice.
    """
    if not len(raters) == len(units) == len(scores):
        raise ValueError(
            f"columns differ: {len(raters)} raters, {len(units)} units, {len(scores)} scores"
        )
    row = {rater: i for i, rater in enumerate(dict.fromkeys(raters))}
    column = {unit: j for j, unit in enumerate(dict.fromkeys(units))}
    x = np.full((len(row), len(column)), np.nan)
    seen: set[tuple[Hashable, Hashable]] = set()
    for rater, unit, score in zip(raters, units, scores, strict=True):
        if (rater, unit) in seen:
            raise ValueError(f"rater {rater!r} rates unit {unit!r} twice; keep one rating")
        seen.add((rater, unit))
        x[row[rater], column[unit]] = np.nan if score is None else score
    return LabelledRatings(tuple(row), tuple(column), rating_matrix(x))


def values_of(values: ArrayLike) -> FloatArray:
    """The finite numbers of one row or column as a flat array, missing ones left out."""
    x = rating_matrix(np.array(values, dtype=np.float64).reshape(1, -1))[0]
    kept: FloatArray = x[~np.isnan(x)]
    return kept


def optional(values: ArrayLike) -> tuple[float | None, ...]:
    """Plain floats with None where the array holds NaN: what results carry to the outside."""
    return tuple(None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=np.float64))


def frozen(array: FloatArray) -> FloatArray:
    """The array, closed to writing, so that a result cannot be changed by who reads it."""
    array.setflags(write=False)
    return array

"""Mean squares of a complete table of ratings, and what keeps a table from having them."""

from dataclasses import dataclass

import numpy as np

from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray


@dataclass(frozen=True)
class MeanSquares:
    """Sums of squares over their degrees of freedom, by source, of a table of these sizes."""

    n_rows: int
    n_columns: int
    rows: float
    columns: float
    error: float
    within: float


def two_way_mean_squares(x: FloatArray) -> MeanSquares:
    """Mean squares of a complete table; `within` is that of the one-way layout by rows."""
    n, k = x.shape
    rows = x.mean(axis=1, keepdims=True)
    columns = x.mean(axis=0, keepdims=True)
    grand = x.mean()
    return MeanSquares(
        n_rows=n,
        n_columns=k,
        rows=float(k * ((rows - grand) ** 2).sum() / (n - 1)),
        columns=float(n * ((columns - grand) ** 2).sum() / (k - 1)),
        error=float(((x - rows - columns + grand) ** 2).sum() / ((n - 1) * (k - 1))),
        within=float(((x - rows) ** 2).sum() / (n * (k - 1))),
    )


def unfit_table(x: FloatArray) -> tuple[Flag, ...]:
    """What is wrong with a table that should be complete, 2 or more along every axis; else ()."""
    if min(x.shape) < 2:
        return (Flag.NOT_TESTABLE,)
    return (Flag.INCOMPLETE,) if np.isnan(x).any() else ()

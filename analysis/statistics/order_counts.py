"""What anybody can count on the ballots: mean places, first places and wins over the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.statistics.ratings import rating_matrix


@dataclass(frozen=True)
class OrderCount:
    """One unit's standing on the ballots that rate it; None where none compares it with others.

    `ballots` compare it with at least one other unit. `mean_place` is among the units of each of
    these ballots, ties in the middle of the places that they hold; `firsts` counts the ballots on
    which nobody stands before it. `wins`, `ties` and `losses` are against every other unit of
    every ballot.
    """

    ballots: int
    mean_place: float | None
    firsts: int
    wins: int
    ties: int
    losses: int

    @property
    def borda(self) -> float | None:
        """Points of Borda's count: (wins + half of the ties) in the mean of its ballots."""
        return (self.wins + self.ties / 2) / self.ballots if self.ballots else None

    @property
    def win_share(self) -> float | None:
        """The share of comparisons won, a tie as half a win; comparable where ballots differ in
        length."""
        compared = self.wins + self.ties + self.losses
        return (self.wins + self.ties / 2) / compared if compared else None


def order_counts(ratings: ArrayLike) -> tuple[OrderCount, ...]:
    """Each unit's mean place, first places, and wins over others (Borda 1781; Copeland's pairs).

    ratings: (raters, units), higher is better, equal is tied, NaN for not rated; one result a
    unit. Plain counts without a model: an easy or a hard company on the ballots counts for or
    against a unit, which `severity_model` and `plackett_luce` take out.
    """
    x = rating_matrix(ratings)
    rated = ~np.isnan(x)
    compared = rated & (rated.sum(axis=1) > 1)[:, np.newaxis]
    places = np.full(x.shape, np.nan)
    ahead, level = np.zeros((2, *x.shape), dtype=np.int64)
    for row in np.flatnonzero(compared.any(axis=1)):
        own = np.flatnonzero(compared[row])
        places[row, own] = stats.rankdata(-x[row, own])
        ahead[row, own] = stats.rankdata(-x[row, own], method="min") - 1
        level[row, own] = own.size - ahead[row, own] - stats.rankdata(x[row, own], method="min")
    size = compared.sum(axis=1, keepdims=True)
    behind = np.where(compared, size - 1 - ahead - level, 0)
    return tuple(
        OrderCount(
            ballots=int(compared[:, j].sum()),
            mean_place=float(np.nanmean(places[:, j])) if compared[:, j].any() else None,
            firsts=int((compared[:, j] & (ahead[:, j] == 0)).sum()),
            wins=int(behind[:, j].sum()),
            ties=int(level[:, j].sum()),
            losses=int(ahead[:, j].sum()),
        )
        for j in range(x.shape[1])
    )

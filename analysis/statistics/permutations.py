"""Where an observed figure lies among those of shuffled tables."""

from collections.abc import Sequence

import numpy as np

# Sums of the same numbers in another order differ by less than this.
ROUNDING = 1e-12


def placed_among(shuffled: Sequence[float | None], observed: float) -> tuple[float, float | None]:
    """The one-sided p of an observed figure, and its z.

    p = (1 + #{shuffled ≥ observed})/(1 + N), never 0 (Davison & Hinkley 1997, 4.2); z =
    (observed − mean)/SD of the shuffled figures. `shuffled`: N figures of tables shuffled as if
    there were nothing to find; None, undefined there, counts in N and never as a hit.
    z is None where fewer than two are defined or all are the same. With a skewed distribution of
    few cells z is a description; the p is what is tested.
    """
    known = np.array([each for each in shuffled if each is not None], dtype=np.float64)
    # Shuffles that give the observed figure again, but for rounding, are hits.
    tolerance = ROUNDING * max(1.0, abs(observed))
    p = (1 + int((known >= observed - tolerance).sum())) / (1 + len(shuffled))
    if known.size < 2 or known.std(ddof=1) <= tolerance:
        return p, None
    return p, float((observed - known.mean()) / known.std(ddof=1))

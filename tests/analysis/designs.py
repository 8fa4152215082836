"""Random rating designs for the property tests: empty, single, disconnected, tied and large."""

from collections.abc import Iterable

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

quick = settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def rating_designs(draw: st.DrawFn, *, most: int = 7) -> NDArray[np.float64]:
    """A matrix (raters, units) of grades or numbers, each cell present or not; a few are large."""
    sizes = st.integers(0, most) | st.just(40)
    raters, units = draw(sizes), draw(sizes)
    levels = draw(st.integers(1, 5))
    density = draw(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.integers(0, levels, size=(raters, units)).astype(np.float64)
    if draw(st.booleans()):
        x += rng.normal(size=x.shape) * draw(st.sampled_from([0.0, 1e-6, 1.0]))
    x[rng.random(x.shape) >= density] = np.nan
    return x


def has_nan(values: Iterable[float | None]) -> bool:
    """Whether a result carries a NaN, which none may."""
    return any(v is not None and np.isnan(v) for v in values)

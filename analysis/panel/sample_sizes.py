"""How many answers a figure needs, and how sure a rate is with those there are."""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from scipy import stats

# χ² of one degree of freedom at .05 as printed by Krejcie & Morgan.
KREJCIE_MORGAN_CHI_SQUARE = Fraction("3.841")


def margin_of_error(
    deviation: float, n: int, *, design_effect: float = 1.0, level: float = 0.95
) -> float | None:
    """z·SD·√(deff/n); None for n = 0. On 0–100 points the deviation is 20 to 25."""
    if n <= 0:
        return None
    return _z(level) * deviation * math.sqrt(design_effect / n)


def sample_size_for_margin(
    margin: float, deviation: float, *, design_effect: float = 1.0, level: float = 0.95
) -> int:
    """How many answers keep the margin of error of a mean: ⌈deff·(z·SD/margin)²⌉.

    Raises ValueError when margin or deviation is not above 0.
    """
    _check_positive(margin, deviation)
    # Less a trifle: a whole number that rounding left a little higher must not become one more.
    return math.ceil(design_effect * (_z(level) * deviation / margin) ** 2 - 1e-9)


def sample_size_for_difference(
    difference: float,
    deviation: float,
    *,
    power: float = 0.8,
    design_effect: float = 1.0,
    level: float = 0.95,
) -> int:
    """Answers per unit that tell two units apart: ⌈2·deff·((z_α + z_β)·SD/difference)²⌉.

    Raises ValueError when difference or deviation is not above 0.
    """
    _check_positive(difference, deviation)
    z = _z(level) + float(stats.norm.ppf(power))
    return math.ceil(2 * design_effect * (z * deviation / difference) ** 2 - 1e-9)


def detectable_difference(
    deviation: float, n: int, *, power: float = 0.8, design_effect: float = 1.0, level: float = 0.95
) -> float | None:
    """From which difference on n answers a unit tell two apart: (z_α + z_β)·SD·√(2deff/n).

    The other way round of `sample_size_for_difference`; None for n = 0.
    """
    if n <= 0:
        return None
    z = _z(level) + float(stats.norm.ppf(power))
    return z * deviation * math.sqrt(2 * design_effect / n)


def krejcie_morgan(population: int, *, proportion: str = "0.5", margin: str = "0.05") -> int:
    """Sample size for a proportion in a finite population (Krejcie & Morgan 1970, Table 1).

    s = χ²NP(1−P)/(d²(N−1) + χ²P(1−P)), χ² = 3.841, rounded half up, in exact arithmetic.
    Raises ValueError for a negative population.
    """
    if population < 0:
        raise ValueError(f"a population is 0 or more, got {population}")
    if population == 0:
        return 0
    p, d = Fraction(proportion), Fraction(margin)
    spread = KREJCIE_MORGAN_CHI_SQUARE * p * (1 - p)
    return math.floor(spread * population / (d * d * (population - 1) + spread) + Fraction(1, 2))


def largest_remainder(total: int, weights: Sequence[float | Decimal | Fraction]) -> tuple[int, ...]:
    """A whole number `total` spread in proportion to `weights`, without losing or inventing one.

    Each gets the whole part of total·w/Σw; what is left goes one by one to the largest remainders
    (Hamilton's method; Balinski & Young 1982, Fair Representation, ch. 2). Of equal remainders the
    earlier weight comes first. Decimals count as they are written, in exact arithmetic. Not to be
    trusted to give small weights anybody: they may get 0. Raises ValueError for a negative total or
    weight, or weights that are all 0.
    """
    exact = [Fraction(str(weight)) for weight in weights]
    whole = sum(exact, Fraction(0))
    if total < 0 or whole <= 0 or min(exact) < 0:
        raise ValueError(f"need a total of 0 or more and weights above 0, got {total}, {weights}")
    quotas = [total * weight / whole for weight in exact]
    shares = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda n: (shares[n] - quotas[n], n))
    for n in by_remainder[: total - sum(shares)]:
        shares[n] += 1
    return tuple(shares)


def rate_interval(
    hits: float, n: float, *, design_effect: float = 1.0, level: float = 0.95
) -> tuple[float, float] | None:
    """Wilson's interval of a rate (Wilson 1927), on n/deff answers; None for n = 0.

    Raises ValueError unless 0 ≤ hits ≤ n.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"hits lie between 0 and {n}, got {hits}")
    if n == 0:
        return None
    p, size, z = hits / n, n / design_effect, _z(level)
    centre = p + z * z / (2 * size)
    half = z * math.sqrt(p * (1 - p) / size + z * z / (4 * size * size))
    scale = 1 + z * z / size
    return max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0)


def _z(level: float) -> float:
    return float(stats.norm.isf((1 - level) / 2))


def _check_positive(*numbers: float) -> None:
    if not all(number > 0 for number in numbers):
        raise ValueError(f"need numbers above 0, got {numbers}")

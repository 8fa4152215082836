"""Rounding as an office does it: half up on exact numbers, once, when a figure is shown."""

from decimal import Decimal
from fractions import Fraction


def half_up(value: Fraction | Decimal, places: int) -> str:
    """The number with so many decimals as text, halves away from zero (四舍五入).

    Works on the exact value: 89.255 becomes 89.26, which binary floating point would lose. What
    rounds to nothing is shown without a sign.
    """
    # A float here would lose the half before it could be rounded: 90.025 lies a little below itself
    # in binary (decision 0001). Doubled and halved, whole numbers do it without a tie to look for.
    exact = Fraction(value)
    doubled = abs(exact) * 10**places * 2
    units = (doubled.numerator // doubled.denominator + 1) // 2
    digits = f"{units:0{places + 1}d}"
    sign = "-" if exact < 0 and units else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

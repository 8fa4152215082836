"""A figure as people read it: the ground floor of every number that is shown."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def show_figure(value: Fraction | Decimal | int | None, places: int = 2) -> str:
    """A figure rounded half up on the exact decimal; a missing one is a dash."""
    if value is None:
        return "—"
    exact = Fraction(value)
    step = Decimal(1).scaleb(-places)
    # Twenty spare digits keep the quotient of any fraction on the right side of a half.
    scaled = exact * 10 ** (places + 20)
    decimal = Decimal(scaled.numerator // scaled.denominator).scaleb(-(places + 20))
    return str(decimal.quantize(step, ROUND_HALF_UP))

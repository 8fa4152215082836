"""Weighted sums whose parts may be missing: who takes over a missing part's weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Values = Sequence[Fraction | None]


Missing = Literal["centred", "proportional", "equal", "zero", "not_ranked"]


@dataclass(frozen=True)
class Composite:
    """The value, the weight really used for each part, and whether anything was missing.

    For `centred` the applied weights w/W belong to the deviations from the category means.
    """

    value: Fraction | None
    applied: tuple[Fraction, ...]
    missing: tuple[int, ...]


def composite(
    values: Values, weights: Sequence[Fraction], missing: Missing, means: Values = ()
) -> Composite:
    """Σ w·s / Σ w over the parts that are there, with the stated rule for those that are not.

    `values` are one unit's parts, None where missing; `weights` are shares of the whole.
    * proportional: the others share a missing weight in proportion to their own
    * equal: the others share it equally
    * zero: a missing part counts as 0
    * not_ranked: no value unless all parts are there
    * centred: Σ w·m + Σ_available (w/W)(s − m), with `means` m over the units of the category that
      have the part and W the available weight; a part that no unit has is left out for all.
      Neither gains nor loses on average from missing a part with a high mean, but leans on the
      others' means: it may leave the parts' range, so cut it there.
    A part of weight 0 is never missed.
    """
    absent = tuple(
        place for place, value in enumerate(values) if value is None and weights[place] != 0
    )
    present = [place for place, value in enumerate(values) if value is not None]
    none = Composite(None, tuple(Fraction(0) for _ in values), absent)
    # Also with `zero`: a node all of whose parts are missing has no value (docs/evidence, Fields
    # and figures). 0 would rank whoever has nothing to be evaluated below everybody.
    if not any(weights[place] for place in present) or (missing == "not_ranked" and absent):
        return none
    # Where nothing is missing, centring gives the plain weighted mean; the short way is exact.
    if missing == "centred" and absent:
        return _centred(values, weights, means, absent)
    applied = _applied(values, weights, missing, absent)
    shares = zip(applied, values, strict=True)
    value = sum((share * part for share, part in shares if part is not None), Fraction(0))
    return Composite(value, applied, absent)


def _applied(
    values: Values, weights: Sequence[Fraction], missing: Missing, absent: tuple[int, ...]
) -> tuple[Fraction, ...]:
    whole = sum(weights, Fraction(0))
    there = [w if v is not None else Fraction(0) for v, w in zip(values, weights, strict=True)]
    if missing == "zero":
        return tuple(weight / whole for weight in there)
    if missing == "equal":
        # At least one: where nothing that weighs is there, `composite` has ended before.
        carriers = sum(1 for weight in there if weight)
        extra = sum((weights[place] for place in absent), Fraction(0)) / carriers
        return tuple((weight + extra) / whole if weight else weight for weight in there)
    available = sum(there, Fraction(0))
    return tuple(weight / available for weight in there)


def _centred(
    values: Values, weights: Sequence[Fraction], means: Values, absent: tuple[int, ...]
) -> Composite:
    # What the whole category lacks has no mean. It is left out for all of them, and the weights of
    # the others are divided by their sum (docs/evidence).
    used = [w if m is not None else Fraction(0) for m, w in zip(means, weights, strict=True)]
    whole = sum(used, Fraction(0))
    available = sum((w for v, w in zip(values, used, strict=True) if v is not None), Fraction(0))
    value, applied = Fraction(0), []
    for part, mean, weight in zip(values, means, used, strict=True):
        share = weight / available if part is not None else Fraction(0)
        applied.append(share)
        if mean is not None:
            # w/W on the deviation, w on the mean: the missing part is put at its category's mean,
            # so that missing one on which all are high is no gain (docs/schemes, `missing`).
            value += weight / whole * mean
            value += share * (part - mean) if part is not None else 0
    return Composite(value, tuple(applied), absent)

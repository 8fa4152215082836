"""The trimmed mean of a unit's ratings, exact, with the share each rating has in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Trim:
    """Drop `each_end` highest and as many lowest where at least `min_raters` rated the unit."""

    min_raters: int
    each_end: int = 1


@dataclass(frozen=True)
class TrimmedMean:
    """The mean, and for every rating in the order given whether it was kept or dropped."""

    value: Fraction
    kept: int
    notes: tuple[str, ...]


def trimmed_mean(points: Sequence[Fraction], trim: Trim | None) -> TrimmedMean:
    """The mean of at least one rating, without the extremes where enough raters took part.

    From `trim.min_raters` ratings on, `trim.each_end` highest and as many lowest are dropped;
    of equal ratings the first given go. Raises `ValueError` for no ratings at all.
    """
    if not points:
        raise ValueError("a mean needs at least one rating")
    notes = [""] * len(points)
    # From so many raters on, not above: `trim: {from: 6}` drops one of six (docs/schemes).
    if trim is not None and len(points) >= trim.min_raters:
        # Which of equal ratings are struck out is seen in the tree. The sort is stable and ballots
        # come in a fixed order (`checked_ballots`), so it is the same one on every machine.
        ascending = sorted(range(len(points)), key=lambda place: points[place])
        for place in ascending[: trim.each_end]:
            notes[place] = "dropped_low"
        for place in ascending[len(points) - trim.each_end :]:
            notes[place] = "dropped_high"
    kept = [value for value, note in zip(points, notes, strict=True) if not note]
    return TrimmedMean(sum(kept, Fraction(0)) / len(kept), len(kept), tuple(notes))

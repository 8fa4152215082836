"""Whether any ballot at all can keep to the limits of a question that asks for numbers."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction

from analysis.score.quotas import NumberLimit

Bound = tuple[int, int, int | Fraction]
"""How many units, or which share of them, more may lie before one edge than before another."""


def contradicting_limit(
    limits: Sequence[NumberLimit], minimum: Fraction, maximum: Fraction
) -> int | None:
    """The place of the first limit that nobody can keep together with those before it.

    None where all can be kept by some number of units. Numbers lie from `minimum` to `maximum`.
    Whole numbers of units are compared with one another, and shares with one another: three units
    at least and 10% at most are kept by thirty. Whether a category has so many is not known here,
    nor that a ballot with fewer units than a limit asks for keeps it by giving all of them.
    """
    if _agree(limits, minimum, maximum):
        return None
    # What contradicts goes on doing so, whatever comes after it.
    kept, broken = 0, len(limits)
    while broken - kept > 1:
        middle = (kept + broken) // 2
        if _agree(limits[:middle], minimum, maximum):
            kept = middle
        else:
            broken = middle
    return broken - 1


def _agree(limits: Sequence[NumberLimit], minimum: Fraction, maximum: Fraction) -> bool:
    edges = sorted(
        {
            edge
            for limit in limits
            for edge in (limit.lowest, limit.below)
            if edge is not None and minimum < edge <= maximum
        }
    )
    spans = [_span(limit, edges, minimum, maximum) for limit in limits]
    both = [*zip(limits, spans, strict=True)]
    last = len(edges) + 1
    # All of the units, as a share, lie between the first edge and the last.
    whole: list[Bound] = [(0, last, 1), (last, 0, -1)]
    shares = [(a, b, each.most_share) for each, (a, b) in both if each.most_share is not None]
    numbers = [*_list_numbers(both)]
    return _can_be_kept(numbers, last) and (not shares or _can_be_kept([*whole, *shares], last))


def _span(
    limit: NumberLimit, edges: Sequence[Fraction], minimum: Fraction, maximum: Fraction
) -> tuple[int, int]:
    """Between which edges a limit counts; 0 lies below every number, the last one above."""
    low, high = limit.lowest, limit.below
    first = 0 if low is None or low <= minimum else bisect_left(edges, low) + 1
    if high is None or high > maximum:
        return first, len(edges) + 1
    return first, 0 if high <= minimum else bisect_left(edges, high) + 1


def _list_numbers(both: Sequence[tuple[NumberLimit, tuple[int, int]]]) -> Iterator[Bound]:
    for limit, (first, end) in both:
        if limit.most is not None:
            yield first, end, limit.most
        if limit.least is not None:
            yield end, first, -limit.least


def _can_be_kept(bounds: Sequence[Bound], last: int) -> bool:
    """Whether numbers N₀ ≤ N₁ ≤ … exist with N_b − N_a ≤ bound for all: no cycle is negative.

    N_i counts the units below edge i (Bellman and Ford's shortest paths, from every edge at once).
    """
    rising: list[Bound] = [(place + 1, place, 0) for place in range(last)]
    distances: list[int | Fraction] = [0] * (last + 1)
    for _ in range(last + 1):
        changed = False
        for start, end, bound in (*rising, *bounds):
            if distances[start] + bound < distances[end]:
                distances[end] = distances[start] + bound
                changed = True
        if not changed:
            return True
    return False

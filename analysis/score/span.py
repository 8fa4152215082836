"""Between which figures a rule can lie, whatever is entered and answered: known from the scheme.

Full marks bind nothing by themselves: a mark of 0 to 100 beside points that have full marks of 80
would publish 160 of 100. So every rule says its `span`, and a scheme's reader compares it with the
full marks that stand beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.score.composite import Missing
from analysis.score.rounding import half_up

if TYPE_CHECKING:  # a rule knows its bounds, which know the rule by its type alone
    from analysis.score.rules import Rule

ZERO, ONE, HUNDRED = Fraction(0), Fraction(1), Fraction(100)

Bound = Fraction | None
"""None where nothing bounds a figure on this side."""


@dataclass(frozen=True)
class Span:
    """The least and the greatest figure that a rule can give.

    `full` are the full marks that it states itself, None where it states none: points that are
    listed say what the best gets and not out of how many, unless the best gets 100. `rated`: it
    comes from answers alone, so it is a mark and no number of points. `stated`: it names itself how
    far it goes.
    """

    least: Bound
    most: Bound
    full: Bound = None
    rated: bool = False
    stated: bool = False


def span_of(rule: "Rule") -> Span:
    """A rule's span, rounded as its figures are."""
    span = rule.span
    return replace(
        span, least=_rounded(span.least, rule.places), most=_rounded(span.most, rule.places)
    )


def span_of_points(points: Iterable[Fraction | None], rated: bool = False) -> Span:
    """Between the worst and the best of points that are listed."""
    listed = [each for each in points if each is not None]
    most = max(listed, default=None)
    return Span(min(listed, default=None), most, HUNDRED if most == HUNDRED else None, rated)


def joined_span(spans: Sequence[Span]) -> Span:
    """One of several spans, whichever it is."""
    least, most = lowest(s.least for s in spans), highest(s.most for s in spans)
    return Span(
        least,
        most,
        common_full(spans),
        bool(spans) and all(s.rated for s in spans),
        all(s.stated for s in spans),
    )


def common_full(spans: Iterable[Span]) -> Bound:
    """The full marks that all of them state."""
    stated = {span.full for span in spans}
    return stated.pop() if len(stated) == 1 else None


def mixed_span(
    spans: Sequence[Span], weights: Sequence[Fraction], missing: Missing
) -> tuple[Bound, Bound]:
    """Σ weight × figure / Σ weight, whichever parts a unit lacks."""
    whole = sum(weights, ZERO)
    if missing == "not_ranked" and whole:
        pairs = [*zip(spans, weights, strict=True)]
        return (
            added((s.least, w / whole) for s, w in pairs),
            added((s.most, w / whole) for s, w in pairs),
        )
    least, most = lowest(s.least for s in spans), highest(s.most for s in spans)
    if missing == "zero":
        return lowest((least, ZERO)), highest((most, ZERO))
    if missing == "centred" and least is not None and most is not None:
        # A mean of the category and a deviation from one: each inside the parts' range, their sum
        # as far outside it as the range is wide.
        return least - (most - least), most + (most - least)
    return (None, None) if missing == "centred" else (least, most)


def added(terms: Iterable[tuple[Bound, Fraction]]) -> Bound:
    """Σ bound × factor, without bound where a term has none."""
    listed = [*terms]
    if any(bound is None and factor for bound, factor in listed):
        return None
    return sum((bound * factor for bound, factor in listed if bound is not None), ZERO)


def lowest(bounds: Iterable[Bound]) -> Bound:
    """The least of lower bounds, none where one is missing."""
    known = _all_known(bounds)
    return min(known) if known else None


def highest(bounds: Iterable[Bound]) -> Bound:
    """The greatest of upper bounds, none where one is missing."""
    known = _all_known(bounds)
    return max(known) if known else None


def cut_span(span: tuple[Bound, Bound], least: Bound, most: Bound) -> tuple[Bound, Bound]:
    """What is left of a span where a figure is cut to a range."""
    return _inside(span[0], least, most, least), _inside(span[1], least, most, most)


def _rounded(bound: Bound, places: int | None) -> Bound:
    return bound if bound is None or places is None else Fraction(half_up(bound, places))


def _all_known(bounds: Iterable[Bound]) -> list[Fraction]:
    listed = [*bounds]
    known = [bound for bound in listed if bound is not None]
    return known if len(known) == len(listed) else []


def _inside(bound: Bound, least: Bound, most: Bound, otherwise: Bound) -> Bound:
    if bound is None:
        return otherwise
    raised = bound if least is None else max(bound, least)
    return raised if most is None else min(raised, most)

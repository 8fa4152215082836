"""Bonuses under their caps, and deductions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from analysis.score.facts import LEAST

if TYPE_CHECKING:  # a rule knows its arithmetic, which knows the rule by its type alone
    from analysis.score.rules.adjusted import Adjusted


@dataclass(frozen=True)
class AdjustmentRule:
    """Points each time, or points given by the amount, or in proportion to the largest amount.

    A rule with negative `points` is a deduction. `amount` multiplies `points`, so they are 1 or -1.
    """

    code: str
    method: Literal["times", "amount", "largest"]
    points: Fraction
    amount_range: tuple[Fraction, Fraction] | None = None

    def takes(self, event: "Event") -> bool:
        """Whether such an event may be entered: nothing that turns the rule around, or goes beyond
        its range."""
        if event.times < 0:
            return False
        least, most = self.amount_range or (Fraction(0), None)
        amount = event.amount
        counted = self.method != "times" and amount is not None
        return not counted or (
            amount is not None and least <= amount and (most is None or amount <= most)
        )

    def worst_of(self, event: "Event") -> Fraction:
        """What an event counts that may not be entered: no bonus, and a deduction as heavily as
        it is, or as any that may be."""
        amount = (event.amount or Fraction(0)) if self.method == "amount" else Fraction(1)
        amounts = [abs(amount)]
        if self.method == "amount":
            amounts += [abs(each) for each in self.amount_range or ()]
        heaviest = (self.points * each * max(abs(event.times), 1) for each in amounts)
        return min(Fraction(0), self.points * amount * event.times, *heaviest)


@dataclass(frozen=True)
class Cap:
    """Several adjustment rules together give at most `most`."""

    rules: tuple[str, ...]
    most: Fraction


@dataclass(frozen=True)
class Event:
    """One bonus or deduction of a unit: its rule, how often, an amount where the rule asks for
    one, and the project that it is for."""

    rule: str
    times: int
    amount: Fraction | None
    project: str = ""


@dataclass(frozen=True)
class CapHit:
    """A cap that took something away: its rules (empty for all bonuses), points before, the cap."""

    rules: tuple[str, ...]
    before: Fraction
    most: Fraction


@dataclass(frozen=True)
class AdjustmentSum:
    """The sum, each event's points and the share of them that counts, the caps that cut, and the
    places of events that a higher one for the same project replaces, and of those that may not
    be entered."""

    value: Fraction
    points: tuple[Fraction, ...]
    shares: tuple[Fraction, ...]
    caps: tuple[CapHit, ...]
    repeated: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()


def adjustment_sum(
    rule: "Adjusted", events: Sequence[Event], largest: Mapping[str, Fraction], law: int = LEAST
) -> AdjustmentSum:
    """One unit's events: each project once, then the caps of groups, then that of all bonuses.

    `largest` is, per rule that gives in proportion, the largest unit's whole amount. Deductions
    have no cap. Where a cap cuts, its events lose in proportion, so that shares explain the sum.
    An event whose rule `rule` does not know raises `KeyError`.
    """
    rules = {each.code: each for each in rule.rules}
    forbidden = list_forbidden_events(rule, events, law)
    points = tuple(
        rules[event.rule].worst_of(event)
        if place in forbidden
        else _points(rules[event.rule], event, largest)
        for place, event in enumerate(events)
    )
    repeated = _repeated(rule, events, points)
    shares = [Fraction(int(place not in repeated)) for place in range(len(events))]
    hits = []
    for cap in (*rule.caps, *_overall(rule)):
        places = [
            place
            # Deductions have no cap (docs/schemes, `adjustments`), so only bonuses are added up.
            for place, event in enumerate(events)
            if points[place] > 0 and (not cap.rules or event.rule in cap.rules)
        ]
        before = sum((points[place] * shares[place] for place in places), Fraction(0))
        if before > cap.most:
            # In proportion, and group by group before the whole: each event keeps a share of its
            # own, and points × shares are the sum that the sheet shows.
            hits.append(CapHit(cap.rules, before, cap.most))
            for place in places:
                shares[place] *= cap.most / before
    value = sum((p * share for p, share in zip(points, shares, strict=True)), Fraction(0))
    return AdjustmentSum(value, points, tuple(shares), tuple(hits), repeated, forbidden)


def list_forbidden_events(
    rule: "Adjusted", events: Sequence[Event], law: int = LEAST
) -> frozenset[int]:
    """The places of events that may not be entered; the law of before counted them."""
    rules = {each.code: each for each in rule.rules}
    if law < LEAST:
        return frozenset()
    return frozenset(n for n, event in enumerate(events) if not rules[event.rule].takes(event))


def largest_amounts(
    rule: "Adjusted", events: Mapping[str, Sequence[Event]], law: int = LEAST
) -> dict[str, Fraction]:
    """Per rule that gives in proportion, the largest amount that a unit has in sum."""
    counted = {}
    for unit, own in events.items():
        forbidden = list_forbidden_events(rule, own, law)
        counted[unit] = [event for place, event in enumerate(own) if place not in forbidden]
    return {
        each.code: max(
            (_amount_of(each.code, own) for own in counted.values()), default=Fraction(0)
        )
        for each in rule.rules
        if each.method == "largest"
    }


def _repeated(
    rule: "Adjusted", events: Sequence[Event], points: Sequence[Fraction]
) -> frozenset[int]:
    """All but the highest event of each project; of equal ones the first counts."""
    highest: dict[str, int] = {}
    named = [
        place
        for place, event in enumerate(events)
        if event.project and event.rule in rule.once_per_project
    ]
    for place in named:
        best = highest.setdefault(events[place].project, place)
        # Of equal ones the first stays; `Season.adjustments` fixes which is first.
        if points[place] > points[best]:
            highest[events[place].project] = place
    return frozenset(named) - frozenset(highest.values())


def _amount_of(code: str, events: Sequence[Event]) -> Fraction:
    amounts = (event.amount or Fraction(0) for event in events if event.rule == code)
    return sum(amounts, Fraction(0))


def _points(rule: AdjustmentRule, event: Event, largest: Mapping[str, Fraction]) -> Fraction:
    if rule.method == "times":
        return rule.points * event.times
    amount = event.amount or Fraction(0)
    if rule.method == "amount":
        # The office enters the points; `points` only says whether they are added or taken away.
        return rule.points * amount * event.times
    most = largest[rule.code]
    # Where nobody has an amount there is nothing to be in proportion to.
    return rule.points * amount / most if most > 0 else Fraction(0)


def _overall(rule: "Adjusted") -> tuple[Cap, ...]:
    return () if rule.bonus_most is None else (Cap((), rule.bonus_most),)

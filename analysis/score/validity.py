"""What makes a named or unit ballot void, and the points of those that count."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.score.facts import Answer, Ballot, Exclusion, Facts
from analysis.score.quotas import (
    BandQuota,
    LevelLimit,
    NumberLimit,
    free_categories,
    quota_breaches,
)

if TYPE_CHECKING:  # a rule knows its arithmetic, which knows the rule by its type alone
    from analysis.score.place_points import ByPlace
    from analysis.score.rules.rated import Rated

NOT_ANSWERED = "NA"
# Bounded, and without exponents: `Fraction` takes 1e30000000 and works on it for minutes, which a
# package's line or a cell once did. `[0-9]`, since `\d` is every script's digits.
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
PLACE = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Breach:
    """One reason why a ballot is void, with the figures it speaks of.

    Codes: `second_ballot`, `twice`, `unknown_unit`, `wrong_category`, `own_unit`,
    `outside_relation`, `unknown_value`, `out_of_range`, `proportions`, `all_same`, `order`, `sum`;
    `excluded` is a person's decision, with the flag that led to it and the reason.
    """

    code: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedBallot:
    """A ballot with its answers to one question, what voids it, and where bands were free."""

    ballot: Ballot
    answers: tuple[Answer, ...]
    breaches: tuple[Breach, ...]
    free: frozenset[str] = frozenset()


def checked_ballots(rule: "Rated", facts: Facts) -> tuple[CheckedBallot, ...]:
    """All ballots that a rated node draws on, each checked on its own, in a fixed order.

    One breach voids the whole ballot: a rater who gives a band too often somewhere has not
    answered the question that was asked. Two ballots of one rater in one round are both void.
    A ballot that somebody has decided to exclude is void like any other.
    """
    groups = set(rule.groups.values())
    ballots = sorted(
        (b for b in facts.ballots if b.round == rule.round and b.group in groups),
        key=lambda ballot: (ballot.group, ballot.rater, ballot.ballot),
    )
    seen: dict[tuple[str, str], int] = {}
    for ballot in ballots:
        # Who has no name can't be told to have voted twice; the box has seen to that by place.
        if ballot.rater:
            seen[ballot.group, ballot.rater] = seen.get((ballot.group, ballot.rater), 0) + 1
    categories = {unit.code: unit.category for unit in facts.units}
    excluded = {(e.round, e.group, e.ballot): e for e in facts.exclusions}
    return tuple(
        _with_decision(
            _checked(rule, facts, ballot, categories, seen.get((ballot.group, ballot.rater), 1)),
            excluded.get((ballot.round, ballot.group, ballot.ballot)),
        )
        for ballot in ballots
    )


def answer_points(rule: "Rated", value: str) -> Fraction | None:
    """The points of an answer that `checked_ballots` let pass; None for "don't know".

    Where places count, `place_points.ballot_points` is asked instead: a place means nothing alone.
    """
    if value == NOT_ANSWERED:
        return None
    return Fraction(value) if rule.points is None else rule.points[value]


def _checked(
    rule: "Rated", facts: Facts, ballot: Ballot, categories: dict[str, str], of_rater: int
) -> CheckedBallot:
    answers = tuple(
        sorted((a for a in ballot.answers if a.item == rule.item), key=lambda a: a.unit)
    )
    # Both are void: which of the two was meant is not for the office to choose.
    breaches = [Breach("second_ballot", (ballot.rater,))] if of_rater > 1 else []
    breaches += _twice(answers)
    for answer in answers:
        breaches += _unit_breaches(rule, facts, ballot, answer.unit, categories)
        breaches += _value_breaches(rule, answer)
    # "Don't know" takes no place in a band and no part of a sum: proportions are of what was rated.
    given = {a.unit: a.value for a in answers if a.value != NOT_ANSWERED and a.unit in categories}
    # A single answer is the same for everybody by itself, and no sign of carelessness.
    if rule.void_uniform and len(given) > 1 and len(set(given.values())) == 1:
        breaches.append(Breach("all_same", (next(iter(given.values())),)))
    free: frozenset[str] = frozenset()
    if rule.quota is not None:
        breaches += _quota_breaches(given, categories, rule.quota)
        free = free_categories(given, categories, rule.quota)
    breaches += _limit_breaches(rule.number_limits, given, categories)
    breaches += _level_breaches(rule, given, categories)
    breaches += _order_breaches(rule, ballot, given, categories)
    breaches += _sum_breaches(rule, given, categories)
    return CheckedBallot(ballot, answers, tuple(breaches), free)


def _with_decision(checked: CheckedBallot, decision: Exclusion | None) -> CheckedBallot:
    if decision is None:
        return checked
    breach = Breach("excluded", (decision.flag, decision.reason))
    return replace(checked, breaches=(*checked.breaches, breach))


def _twice(answers: Iterable[Answer]) -> list[Breach]:
    times = Counter(answer.unit for answer in answers)
    return [Breach("twice", (unit,)) for unit in sorted(times) if times[unit] > 1]


def _unit_breaches(
    rule: "Rated", facts: Facts, ballot: Ballot, unit: str, categories: dict[str, str]
) -> list[Breach]:
    if unit not in categories:
        return [Breach("unknown_unit", (unit,))]
    category = categories[unit]
    if not _evaluates(rule, ballot.group, category):
        return [Breach("wrong_category", (unit,))]
    own = facts.own_units.get((ballot.group, ballot.rater))
    relation = rule.relations.get(category)
    # A self-rating is the one case in which a rater's own unit is the only one allowed.
    if relation == "own":
        return [Breach("outside_relation", (unit,))] if own != unit else []
    if own == unit:
        return [Breach("own_unit", (unit,))]
    # The relations sheet is the list of units as well: without a role there, no answer is due.
    if relation == "listed" and facts.find_role(ballot, unit) is None:
        return [Breach("outside_relation", (unit,))]
    return []


def _evaluates(rule: "Rated", group: str, category: str) -> bool:
    """Whether the group evaluates this category at all; another node may hold the category."""
    return rule.groups.get(category, group) == group


def _value_breaches(rule: "Rated", answer: Answer) -> list[Breach]:
    if answer.value == NOT_ANSWERED:
        # Don't know is allowed wherever a value is; whether it had to be answered, the paper asked.
        return []
    if rule.points is not None:
        known = answer.value in rule.points
        return [] if known else [Breach("unknown_value", (answer.unit, answer.value))]
    if not NUMBER.fullmatch(answer.value):
        return [Breach("unknown_value", (answer.unit, answer.value))]
    number = Fraction(answer.value)
    if rule.limits and not rule.limits[0] <= number <= rule.limits[1]:
        return [Breach("out_of_range", (answer.unit, answer.value))]
    # Counted from the least number on: 55, 60, 65 and so on, in steps of 5.
    if rule.limits and rule.step and (number - rule.limits[0]) % rule.step:
        return [Breach("out_of_range", (answer.unit, answer.value))]
    return []


def _quota_breaches(
    given: dict[str, str], categories: dict[str, str], quota: BandQuota
) -> list[Breach]:
    return [
        Breach("proportions", (b.category, b.band, str(b.places), str(b.given)))
        for b in quota_breaches(given, categories, quota)
    ]


def _limit_breaches(
    limits: Iterable[NumberLimit], given: dict[str, str], categories: dict[str, str]
) -> list[Breach]:
    """Numbers of a range that a category has too often or not often enough; not numbers: none."""
    numbers: dict[str, list[Fraction]] = {}
    for unit, value in given.items():
        if NUMBER.fullmatch(value):
            numbers.setdefault(categories[unit], []).append(Fraction(value))
    found = []
    for limit in limits:
        for category, values in numbers.items():
            least, most = limit_places(limit, len(values))
            n = limit_count(limit, values)
            if not least <= n <= most:
                found.append(Breach("proportions", (category, str(least), str(most), str(n))))
    return found


def _level_breaches(
    rule: "Rated", given: dict[str, str], categories: dict[str, str]
) -> list[Breach]:
    """Levels that a category has too often or not often enough, some of them taken together."""
    scored = rule.points or {}
    rated: dict[str, list[str]] = {}
    for unit, value in given.items():
        # Of those that were rated: a level without points is no rating.
        if scored.get(value) is not None:
            rated.setdefault(categories[unit], []).append(value)
    found = []
    for limit in rule.level_limits:
        for category, values in rated.items():
            least, most = limit_places(limit, len(values))
            n = sum(value in limit.levels for value in values)
            if not least <= n <= most:
                found.append(Breach("proportions", (category, str(least), str(most), str(n))))
    return found


def _order_breaches(
    rule: "Rated", ballot: Ballot, given: dict[str, str], categories: dict[str, str]
) -> list[Breach]:
    """Places that are no places, or that two units of a category (or of a band) share."""
    if rule.by_place is None or not (rule.by_place.ranked or rule.by_place.within):
        return []
    inside = band_places(rule.by_place, ballot)
    held: dict[tuple[str, str], list[str]] = {}
    for unit, value in given.items():
        key = (categories[unit], "" if rule.by_place.ranked else value)
        # In a full order all units of a category share one row of
        # places; inside bands each band has its own, beginning at 1.
        held.setdefault(key, []).append(value if rule.by_place.ranked else inside.get(unit, ""))
    wrong = {
        category
        for (category, _), places in held.items()
        if len(set(places)) < len(places) or not all(map(PLACE.fullmatch, places))
    }
    return [Breach("order", (category,)) for category in sorted(wrong)]


def band_places(by_place: "ByPlace", ballot: Ballot) -> dict[str, str]:
    """Each unit's place inside its band, as the ballot has it."""
    return {a.unit: a.value for a in ballot.answers if a.item == by_place.within}


def _sum_breaches(rule: "Rated", given: dict[str, str], categories: dict[str, str]) -> list[Breach]:
    """Categories over which a ballot spreads more or less than the whole."""
    if rule.sum_to is None:
        return []
    sums: dict[str, Fraction] = {}
    for unit, value in given.items():
        if NUMBER.fullmatch(value):
            sums[categories[unit]] = sums.get(categories[unit], Fraction(0)) + Fraction(value)
    return [
        Breach("sum", (category, str(rule.sum_to), str(found)))
        for category, found in sorted(sums.items())
        if found != rule.sum_to
    ]


def limit_places(limit: NumberLimit | LevelLimit, units: int) -> tuple[int, int]:
    """The least and the most units inside a limit on a ballot with so many units."""
    most = units if limit.most is None else limit.most
    if limit.most_share is not None:
        # Down, as quotas are: 30% of 11 units is three (docs/schemes, `counts`).
        share = limit.most_share * units
        most = min(most, share.numerator // share.denominator)
    # A ballot with fewer units than the least asks for can't reach it; then all of them do.
    return min(limit.least or 0, units), most


def limit_count(limit: NumberLimit, values: Iterable[Fraction]) -> int:
    """How many of the numbers lie in the range."""
    return sum(
        1
        for value in values
        if (limit.lowest is None or value >= limit.lowest)
        and (limit.below is None or value < limit.below)
    )

"""Nodes that are fed by ballots: the trimmed mean of raters' points, with every rating below it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from analysis.score.aggregation import Trim, trimmed_mean
from analysis.score.facts import Answer, Ballot, Facts, Unit
from analysis.score.place_points import ByPlace, PlaceMethod, ballot_places
from analysis.score.tree import Input, Node, Remark, shown
from analysis.score.validity import Breach, CheckedBallot, answer_points, checked_ballots

if TYPE_CHECKING:  # a rule knows its arithmetic, which knows the rule by its type alone
    from analysis.score.rules.rated import Rated
    from analysis.score.rules.rated_items import RatedItems


@dataclass(frozen=True)
class _Rating:
    """What one ballot says about one unit; `points` is None for "don't know" and void ballots.

    `ordered` is whether the ballot puts the unit before or behind any other.
    """

    checked: CheckedBallot
    raw: str
    points: Fraction | None
    ordered: bool = True


def rated_nodes(rule: "Rated", facts: Facts, units: Sequence[Unit]) -> dict[str, Node]:
    """The node of a rated rule for every unit."""
    return _nodes(rule, checked_ballots(rule, facts), facts, units)


def rated_item_nodes(rule: "RatedItems", facts: Facts, units: Sequence[Unit]) -> dict[str, Node]:
    """The node of a ballot with several weighted items, each item's own mean below it."""
    checked = [checked_ballots(item.rated, facts) for item in rule.items]
    # What voids one question voids the ballot (docs/schemes, `questions`). So breaches are put
    # together before any mean, or a question's own mean would count a ballot that is void.
    voided = [_all_breaches(of_ballot) for of_ballot in zip(*checked, strict=True)]
    checked = [
        tuple(replace(c, breaches=b) for c, b in zip(of_item, voided, strict=True))
        for of_item in checked
    ]
    parts = [
        _nodes(item.rated, of_item, facts, units)
        for item, of_item in zip(rule.items, checked, strict=True)
    ]
    by_item = [
        _ratings(item.rated, of_item, facts, units)
        for item, of_item in zip(rule.items, checked, strict=True)
    ]
    nodes = {}
    for unit in units:
        # Trimming drops whole ballots, after their items are one figure:
        # the means of the single questions below are not trimmed.
        ratings = _joined(rule, [ratings[unit.code] for ratings in by_item])
        node = _node(rule.code, "rated_items", ratings, unit, rule.trim, rule.least_raters)
        below = tuple(
            replace(part[unit.code], weight=item.weight)
            for item, part in zip(rule.items, parts, strict=True)
        )
        told = Remark(
            "items",
            (*(item.rated.item for item in rule.items), *(shown(i.weight) for i in rule.items)),
        )
        nodes[unit.code] = replace(node, parts=below, remarks=(told, *node.remarks))
    return nodes


def counted_points(rule: "Rated", facts: Facts) -> Iterator[tuple[Ballot, dict[str, Fraction]]]:
    """Every valid ballot of a rated rule with the points of the units that it says something of."""
    categories = {unit.code: unit.category for unit in facts.units}
    for checked in checked_ballots(rule, facts):
        points = {
            answer.unit: rating.points
            for answer, rating in _ballot_ratings(rule, checked, categories)
            # Who answers for two categories by two rules has units here that are not this one's.
            if rating.points is not None
            and rule.groups.get(categories[answer.unit]) == checked.ballot.group
        }
        yield checked.ballot, points


def _all_breaches(of_ballot: Sequence[CheckedBallot]) -> tuple[Breach, ...]:
    return tuple(dict.fromkeys(breach for checked in of_ballot for breach in checked.breaches))


def _joined(rule: "RatedItems", by_item: Sequence[Sequence[_Rating]]) -> list[_Rating]:
    """One rating for each ballot: the weighted mean of the items that it answers."""
    answers: dict[str, list[tuple[Fraction, _Rating, str]]] = {}
    for item, ratings in zip(rule.items, by_item, strict=True):
        for rating in ratings:
            key = f"{rating.checked.ballot.group}:{rating.checked.ballot.ballot}"
            answers.setdefault(key, []).append((item.weight, rating, item.rated.item))
    joined = []
    for given in answers.values():
        counted = [(w, r.points) for w, r, _ in given if r.points is not None]
        # An item answered "don't know" leaves its weight to the ballot's others.
        whole = sum((w for w, _ in counted), Fraction(0))
        points = sum((w * p for w, p in counted), Fraction(0)) / whole if whole else None
        raw = "; ".join(f"{code}={rating.raw}" for _, rating, code in given)
        joined.append(_Rating(given[0][1].checked, raw, points))
    return sorted(joined, key=lambda r: (r.checked.ballot.rater, r.checked.ballot.ballot))


def _nodes(
    rule: "Rated", checked: Sequence[CheckedBallot], facts: Facts, units: Sequence[Unit]
) -> dict[str, Node]:
    ratings = _ratings(rule, checked, facts, units)
    told = () if rule.by_place is None else (_conversion(rule.by_place),)
    if rule.share_of:
        told = (Remark("share_of", rule.share_of),)
    nodes = {}
    for unit in units:
        own = ratings[unit.code]
        node = _node(rule.code, "rated", own, unit, rule.trim, rule.least_raters)
        nodes[unit.code] = replace(node, remarks=(*told, *node.remarks))
    return nodes


def _conversion(by_place: ByPlace) -> Remark:
    """How places became points, with the figures of the method."""
    low, high = by_place.limits
    figures: dict[PlaceMethod, tuple[Fraction, ...]] = {
        "normal": (by_place.centre, by_place.spread, low, high),
        "percentile": (low, high),
        "points": (by_place.step, by_place.least, *by_place.points),
    }
    return Remark(f"by_{by_place.method}", tuple(map(shown, figures[by_place.method])))


def _ratings(
    rule: "Rated", checked: Sequence[CheckedBallot], facts: Facts, units: Sequence[Unit]
) -> dict[str, list[_Rating]]:
    """By unit what the ballots of its group say, only from raters with the rule's role."""
    categories = {unit.code: unit.category for unit in facts.units}
    found: dict[tuple[str, str], list[_Rating]] = {}
    for ballot in checked:
        for answer, rating in _ballot_ratings(rule, ballot, categories):
            found.setdefault((ballot.ballot.group, answer.unit), []).append(rating)
    return {
        unit.code: [
            rating
            # A group may rate one category only: another
            # one's units have no ballots here, not 0 points.
            for rating in found.get((rule.groups.get(unit.category, ""), unit.code), [])
            if _has_role(rule, facts, rating.checked, unit)
        ]
        for unit in units
    }


def _ballot_ratings(
    rule: "Rated", ballot: CheckedBallot, categories: Mapping[str, str]
) -> Iterator[tuple[Answer, _Rating]]:
    """What one ballot says about each unit, by the answer alone or by its place on the ballot."""
    # A void ballot has no places either: an order that breaks its rules orders nothing.
    if ballot.breaches or rule.by_place is None:
        for answer in ballot.answers:
            points = None if ballot.breaches else answer_points(rule, answer.value)
            yield answer, _Rating(ballot, answer.value, points)
        return
    places = ballot_places(rule, rule.by_place, ballot, categories)
    for answer in ballot.answers:
        place = places.get(answer.unit)
        if place is None:
            yield answer, _Rating(ballot, answer.value, None)
        else:
            # Alone in its category, or tied with all of it, a unit stands before nobody. Its points
            # are the method's middle, which is no opinion: `no_order` says how many such there are.
            ordered = place.last - place.first + 1 < place.units
            yield answer, _Rating(ballot, place.text(answer.value), place.points, ordered)


def _has_role(rule: "Rated", facts: Facts, checked: CheckedBallot, unit: Unit) -> bool:
    role = facts.find_role(checked.ballot, unit.code) or rule.default_role
    return not rule.role or role == rule.role


def _node(
    code: str, kind: str, ratings: Sequence[_Rating], unit: Unit, trim: Trim | None, least: int
) -> Node:
    counted = [rating.points for rating in ratings if rating.points is not None]
    remarks = _remarks(unit, ratings, len(counted), least)
    # Without a rater there is no mean even where the scheme asks for no least number.
    if len(counted) < max(least, 1):
        return Node(code, kind, None, inputs=tuple(map(_uncounted, ratings)), remarks=remarks)
    mean = trimmed_mean(counted, trim)
    notes = iter(mean.notes)
    inputs = tuple(_input(rating, notes, mean.kept) for rating in ratings)
    if mean.kept < len(counted):
        dropped = (len(counted) - mean.kept) // 2
        remarks += (Remark("trimmed", (str(dropped), str(dropped))),)
    return Node(code, kind, mean.value, inputs=inputs, remarks=remarks)


def _remarks(
    unit: Unit, ratings: Sequence[_Rating], counted: int, least: int
) -> tuple[Remark, ...]:
    remarks = [Remark("raters", (str(counted),))]
    void = [rating.checked for rating in ratings if rating.checked.breaches]
    if void:
        # Only the first reason of each: the list of void ballots has them all.
        named = (f"{c.ballot.ballot}:{c.breaches[0].code}" for c in void)
        remarks.append(Remark("void_ballots", (str(len(void)), *named)))
    free = sum(1 for r in ratings if not r.checked.breaches and unit.category in r.checked.free)
    if free:
        remarks.append(Remark("free_bands", (str(free),)))
    blank = sum(1 for r in ratings if r.points is not None and not r.ordered)
    if blank:
        remarks.append(Remark("no_order", (str(blank),)))
    if not counted:
        remarks.append(Remark("not_reached"))
    elif counted < least:
        remarks.append(Remark("too_few_raters", (str(counted), str(least))))
    return tuple(remarks)


def _input(rating: _Rating, notes: Iterator[str], kept: int) -> Input:
    if rating.points is None:
        return _uncounted(rating)
    note = next(notes)
    # A dropped rating stays in the tree with the weight 0, so that the mean can be followed.
    weight = Fraction(0) if note else Fraction(1, kept)
    return Input(_source(rating.checked), rating.raw, rating.points, weight, note)


def _uncounted(rating: _Rating) -> Input:
    breaches = rating.checked.breaches
    note = f"void:{breaches[0].code}" if breaches else "not_counted"
    return Input(_source(rating.checked), rating.raw, None, Fraction(0), note)


def _source(checked: CheckedBallot) -> str:
    """The rater where the group keeps raters, else the ballot."""
    ballot = checked.ballot
    return f"ballot:{ballot.group}:{ballot.rater or ballot.ballot}"

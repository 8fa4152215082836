"""试算: a scheme tried out on made-up facts, so that an office sees what its rules do.

Nothing here touches a season: units, ballots and figures are invented, the same for the same
number of the sample.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.outcome.season_outcome import SeasonOutcome, season_outcome
from analysis.score import rules
from analysis.score.facts import Adjustment, Answer, Ballot, Count, Facts, Indicator, Unit
from analysis.score.scoring import score
from analysis.score.tree import UnitResult
from analysis.score.void_ballots import list_rated
from evalsvc.errors import TRIAL_TOO_LARGE, Problem
from evalsvc.questions.question import PLACE, Question
from evalsvc.questions.questionnaire import Asked, Questionnaire
from evalsvc.scheme.model import Category, Component, Group, Scheme, list_rules

# What a page may reckon with, in answers: some two seconds. Of a larger scheme the rest waits.
MOST_WORK = 40_000
# A figure costs as much as so many answers, and reading an answer once more a part of making it.
PER_FIGURE, PER_READING = 2, Fraction(1, 20)
UNITS_PER_CATEGORY = 6
RATERS = 7
ANSWERS_PER_STRATUM = 60
LETTERS = "甲乙丙丁戊己"


@dataclass(frozen=True)
class Trial:
    """A scheme's scores and grades of made-up units."""

    units: tuple[Unit, ...]
    results: tuple[UnitResult, ...]
    outcome: SeasonOutcome


def list_tried(scheme: Scheme) -> tuple[Category, ...]:
    """The categories of which a page has the time to try units, in the scheme's order.

    Raises Problem(TRIAL_TOO_LARGE) where it has not even that for the first one.
    """
    left, tried = Fraction(MOST_WORK), []
    for category in scheme.categories:
        left -= _measure(scheme, category.code)
        if left < 0:
            break
        tried.append(category)
    if not tried:
        raise Problem(TRIAL_TOO_LARGE)
    return tuple(tried)


def _measure(scheme: Scheme, category: str) -> Fraction:
    """The work that trying a category takes, in answers."""
    readings = Counter(
        (each.round, group)
        for each in list_rated(scheme.score)
        for group in {each.groups.get(category, "")}
    )
    work = Fraction(PER_FIGURE * sum(category in each.categories for each in scheme.components))
    for each in scheme.rounds:
        for group in scheme.list_groups(each.code):
            if any(sight.category == category for sight in group.sights):
                answers = _count_answers(scheme, group, category)
                work += answers * (1 + PER_READING * readings[each.code, group.code])
    return UNITS_PER_CATEGORY * work


def _count_answers(scheme: Scheme, group: Group, category: str) -> int:
    """How much a group says of one unit of a category."""
    sheet = scheme.get_questionnaire(group.code)
    if group.identity == "counts":
        levels = sum(len(question.scale) for question in sheet.questions)
        return levels * max(len(group.strata), 1)
    return _count_raters(group, category) * (len(sheet.questions) + len(sheet.further))


def _count_raters(group: Group, category: str) -> int:
    relations = {sight.category: sight.relation for sight in group.sights}
    if relations[category] == "own":
        return 1
    if group.members:
        return UNITS_PER_CATEGORY
    return UNITS_PER_CATEGORY * len(relations) if "own" in relations.values() else RATERS


def try_out(scheme: Scheme, sample: int = 1) -> Trial:
    """Score the sample of this number under a scheme, for the categories of `list_tried`."""
    facts = build_sample(scheme, sample)
    results = score(scheme.score, facts, scheme.publication.places)
    outcome = season_outcome(scheme.outcome, facts, results, scheme.publication.places)
    return Trial(facts.units, results, outcome)


def build_sample(scheme: Scheme, sample: int) -> Facts:
    """Six units a category, seven raters a group, figures between the scheme's bounds."""
    return _Sample(scheme, sample).build()


class _Sample:
    """Made-up facts on their way; a unit's quality shows in all that is said about it."""

    def __init__(self, scheme: Scheme, sample: int) -> None:
        self.scheme, self.sample = scheme, sample
        self.units = tuple(
            Unit(f"{category.code}-{n + 1}", f"{category.name.zh}{LETTERS[n]}", category.code)
            for category in list_tried(scheme)
            for n in range(UNITS_PER_CATEGORY)
        )
        self.kinds = dict(_list_kinds(scheme.score))
        self.with_units = frozenset(_list_groups_with_units(scheme))

    def build(self) -> Facts:
        raters = {group.code: self._list_raters(group) for group in self.scheme.groups}
        return Facts(
            units=self.units,
            ballots=tuple(self._list_ballots(raters)),
            counts=tuple(self._list_counts()),
            indicators=tuple(
                Indicator(each.round, unit.code, each.code, self._figure(unit, each))
                for unit in self.units
                for each in self.scheme.components
                if unit.category in each.categories
            ),
            adjustments=tuple(self._list_events()),
            roles=dict(self._list_roles(raters)),
            own_units={
                (group, rater): unit for group, own in raters.items() for rater, unit in own if unit
            },
        )

    def _draw(self, *about: str) -> Fraction:
        """A number from 0 to 1, the same whenever it is asked for."""
        digest = hashlib.sha256(repr((self.sample, about)).encode()).digest()
        return Fraction(int.from_bytes(digest[:4]), 2**32)

    def _quality(self, unit: str, *about: str) -> Fraction:
        return (3 * self._draw("unit", unit) + self._draw(unit, *about)) / 4

    def _list_raters(self, group: Group) -> list[tuple[str, str]]:
        """Raters with the unit that they belong to."""
        if group.members or group.code in self.with_units:
            seen = {sight.category for sight in group.sights}
            members = {group.members} if group.members else seen
            return [(unit.code, unit.code) for unit in self.units if unit.category in members]
        return [(f"r{n + 1}", "") for n in range(RATERS)]

    def _sees(self, group: Group, unit: Unit, own: str) -> bool:
        for sight in group.sights:
            if sight.category == unit.category:
                return unit.code == own if sight.relation == "own" else unit.code != own
        return False

    def _list_roles(
        self, raters: Mapping[str, list[tuple[str, str]]]
    ) -> Iterator[tuple[tuple[str, str, str, str], str]]:
        for group in self.scheme.groups:
            for sight in group.sights:
                if sight.relation != "listed" and not sight.roles:
                    continue
                own = [unit for unit in self.units if unit.category == sight.category]
                for place, (rater, _) in enumerate(raters[group.code]):
                    for n, unit in enumerate(own):
                        role = sight.roles[(place + n) % len(sight.roles)] if sight.roles else ""
                        yield ("", group.code, rater, unit.code), role

    def _list_ballots(self, raters: Mapping[str, list[tuple[str, str]]]) -> Iterator[Ballot]:
        for each in self.scheme.rounds:
            for group in self.scheme.list_groups(each.code):
                if group.identity == "counts":
                    continue
                for rater, own in raters[group.code]:
                    units = [unit for unit in self.units if self._sees(group, unit, own)]
                    answers = tuple(self._answer(group, units, each.code, rater))
                    yield Ballot(each.code, group.code, f"{group.code}-{rater}", rater, answers)

    def _answer(
        self, group: Group, units: Sequence[Unit], round_code: str, rater: str
    ) -> Iterator[Answer]:
        sheet = self.scheme.get_questionnaire(group.code)
        for asked in sheet.asked:
            if asked.question.code in sheet.scored_items:
                for category in {unit.category: None for unit in units}:
                    own = [unit for unit in units if unit.category == category]
                    about = (round_code, group.code, rater, asked.question.code)
                    yield from self._answer_one(sheet, asked, own, about)

    def _answer_one(
        self, sheet: Questionnaire, asked: Asked, units: list[Unit], about: tuple[str, ...]
    ) -> Iterator[Answer]:
        """One question about the units of one category, best first."""
        code = asked.question.code
        best_first = sorted(units, key=lambda unit: -self._quality(unit.code, *about))
        for place, unit in enumerate(best_first):
            if asked.concerns(unit.category):
                quality = self._quality(unit.code, *about)
                yield Answer(unit.code, code, asked.question.invent(place, len(units), quality))
                if code + PLACE in sheet.further:
                    # Rises inside every band, as the order of its units does.
                    yield Answer(unit.code, code + PLACE, str(place + 1))

    def _list_counts(self) -> Iterator[Count]:
        for each in self.scheme.rounds:
            for group in self.scheme.list_groups(each.code):
                if group.identity != "counts":
                    continue
                strata = [stratum.code for stratum in group.strata] or [""]
                seen = {sight.category for sight in group.sights}
                for question in self.scheme.get_questionnaire(group.code).questions:
                    for unit in self.units if question.scale else ():
                        for stratum in strata if unit.category in seen else ():
                            yield from self._count(each.code, group, stratum, unit, question)

    def _count(
        self, round_code: str, group: Group, stratum: str, unit: Unit, question: Question
    ) -> Iterator[Count]:
        """Most of a good unit's answers are the best level; every other level has a few."""
        rest = question.scale[1:]
        quality = self._quality(unit.code, round_code, group.code, stratum)
        best = round(ANSWERS_PER_STRATUM * (Fraction(1, 2) + quality / 2))
        few = (ANSWERS_PER_STRATUM - best) // max(len(rest), 1)
        for level, n in ((question.scale[0], best), *((level, few) for level in rest)):
            yield Count(round_code, group.code, stratum, unit.code, question.code, level.code, n, n)

    def _figure(self, unit: Unit, component: Component) -> Fraction:
        quality = self._quality(unit.code, component.code, component.round)
        kind = self.kinds.get(component.code, "")
        if isinstance(kind, Fraction):
            return kind
        if component.choices:
            place = int((1 - quality) * len(component.choices))
            return Fraction(component.choices[min(place, len(component.choices) - 1)].value)
        if kind == "events":
            return Fraction(int((1 - quality) * 3))
        if kind == "target":
            return Fraction(100)
        low = Fraction(component.minimum if component.minimum is not None else 0)
        high = Fraction(component.maximum if component.maximum is not None else 100)
        high = min(high, low + 100)
        return round((low + (high - low) * (6 + 4 * quality) / 10) * 10) / Fraction(10)

    def _list_events(self) -> Iterator[Adjustment]:
        """One unit in two has a bonus or a deduction."""
        last = self.scheme.rounds[-1].code
        kinds = [kind for kind in self.scheme.adjustments if kind.points != 0]
        for unit in self.units if kinds else ():
            drawn = self._draw("event", unit.code)
            if drawn < Fraction(1, 2):
                kind = kinds[int(drawn * 2 * len(kinds))]
                low = kind.amount_range[0] if kind.amount_range else 10
                amount = Fraction(low) if kind.by == "amount" else None
                yield Adjustment(last, unit.code, kind.code, 1, amount, "", "试算")


def _list_groups_with_units(scheme: Scheme) -> Iterator[str]:
    """The groups whose raters must belong to units, or nothing of theirs could be scored."""
    for group in scheme.groups:
        if any(sight.relation == "own" for sight in group.sights):
            yield group.code
    for rule in list_rules(scheme.score):
        if isinstance(rule, rules.Distance):
            yield from rule.rated.groups.values()


def _list_kinds(rule: rules.Rule) -> Iterator[tuple[str, str | Fraction]]:
    """What an entered figure is for: events, a target, or the agreed third and a score in it."""
    if isinstance(rule, rules.Tally):
        for event in rule.events:
            yield event.node.code, "events"
    elif isinstance(rule, rules.AllOrNothing):
        yield rule.node.code, "events"
    elif (isinstance(rule, rules.Completion) and rule.target is not None) or (
        isinstance(rule, rules.Deviation) and not isinstance(rule.target, Fraction)
    ):
        yield rule.target.code, "target"
    elif isinstance(rule, rules.Segments):
        middle = rule.segments[min(4, len(rule.segments) - 1)]
        yield rule.agreed.code, Fraction(rule.segments.index(middle) + 1)
        yield rule.score.code, (middle.lower + middle.upper) / 2
    for part in rule.below:
        yield from _list_kinds(part)

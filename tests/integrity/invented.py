"""The demonstration's seasons as facts, answer for answer, without a database or a box."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from analysis.score.facts import Adjustment, Ballot, Count, Facts, Indicator, Unit
from evalsvc.demo.ballots import fill_ballot
from evalsvc.demo.chance import draw
from evalsvc.demo.story import Story, tell_story
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.scheme.model import Group, Sight

PANEL = 60
"""Invented citizens who answer about each unit."""


@cache
def invent_facts(preset: str) -> Facts:
    """What the season's result follows from, with the ballots that the demonstration casts."""
    story = tell_story(preset)
    roles = {("", r.group, r.rater, r.unit): r.role for r in story.roster.relations}
    return Facts(
        units=tuple(
            Unit(u.code, u.name, u.category, frozenset(u.flags.split())) for u in story.roster.units
        ),
        ballots=tuple(
            ballot
            for one in story.scheme.rounds
            for group in story.scheme.list_groups(one.code)
            if group.keeps_ballots
            for ballot in _list_ballots(story, group, one.code, roles)
        ),
        counts=tuple(
            count
            for one in story.scheme.rounds
            for group in story.scheme.list_groups(one.code)
            if group.identity == "counts"
            for count in _list_counts(story, group, one.code)
        ),
        indicators=tuple(
            Indicator(i.round, i.unit, i.component, None if i.value is None else Fraction(i.value))
            for i in story.figures.indicators
        ),
        adjustments=tuple(
            Adjustment(
                a.round,
                a.unit,
                a.rule,
                a.times,
                None if a.amount is None else Fraction(a.amount),
                a.date,
                a.evidence,
                a.project,
            )
            for a in story.figures.adjustments
        ),
        roles=roles,
        own_units={
            (group.code, unit.code): unit.code
            for group in story.scheme.groups
            for unit in story.roster.units
            if group.members == unit.category
        },
        year=story.year,
    )


def _list_ballots(
    story: Story, group: Group, code: str, roles: dict[tuple[str, str, str, str], str]
) -> Iterator[Ballot]:
    for rater, name in _list_raters(story, group):
        units = [
            unit.code
            for unit in story.roster.units
            for sight in group.sights
            if sight.category == unit.category and _sees(group, sight, rater, unit.code, roles)
        ]
        if units:
            answers = fill_ballot(story, group.code, units, name, code)
            yield Ballot(code, group.code, f"{group.code}-{rater}", rater, answers)


def _list_raters(story: Story, group: Group) -> list[tuple[str, str]]:
    if group.members:
        return [(u.code, u.name) for u in story.roster.units if u.category == group.members]
    return [(r.code, r.name) for r in story.roster.raters if r.group == group.code]


def _sees(
    group: Group, sight: Sight, rater: str, unit: str, roles: dict[tuple[str, str, str, str], str]
) -> bool:
    if sight.relation == "listed":
        return ("", group.code, rater, unit) in roles
    return sight.relation != "all_but_own" or rater != unit


def _list_counts(story: Story, group: Group, code: str) -> Iterator[Count]:
    question = story.scheme.get_questionnaire(group.code).questions[0]
    assert isinstance(question, LevelsQuestion)
    for unit in story.roster.units:
        for stratum in group.strata or (None,):
            chance = draw("panel", story.preset, code, unit.code, stratum.code if stratum else "")
            n = PANEL
            for level in question.levels:
                share = chance.randint(0, n)
                last = level is question.levels[-1]
                given = n if last else share
                n -= given
                if given:
                    yield Count(
                        code,
                        group.code,
                        stratum.code if stratum else "",
                        unit.code,
                        question.code,
                        level.code,
                        given,
                        given,
                    )

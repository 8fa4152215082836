"""What a ballot breaks is told alike by the product and by whoever reads the documents alone."""

import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_breaches
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Asked, Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Group, Scheme
from evalsvc.scheme.reader import load_scheme
from tests.second_verifier.forms import read_scheme
from tests.second_verifier.rules import Ballot

SCHEMES = [*Path("schemes").glob("*.yaml"), *Path("tests/data/schemes").glob("*.yaml")]
BALLOTS = 60
# What answers some question, and what answers none.
VALUES = ("", "A", "7", "05", "0", "11", "1", "2", "1.5", "55.", "-1", "x" * 600, "other", "yes")
VALUES += ("yes no", "no yes", "good", "poor", "\x01", "100", "99.99", "queue papers")
KINDS = {"unknown_item", "foreign_unit", "doubled", "missing", "not_a_choice", "not_asked"}


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_both_find_the_same_rules_broken(path: Path) -> None:
    scheme, form = load_scheme(path.read_text()), read_scheme(path.read_text())
    seen = Counter[str]()
    for group in (one for one in scheme.groups if one.identity != "entries"):
        asked = form["questionnaires"][form["groups"][group.code]["questionnaire"]]
        for seed in range(BALLOTS):
            chance = random.Random(f"{path.stem} {group.code} {seed}")
            units = draw_units(scheme, group, chance)
            answers = spoil(
                draw_answers(scheme, group, units, chance), scheme, group, units, chance
            )
            found = judge(scheme, group, units, answers)
            category = {unit.code: unit.category for unit in units}
            given = [[one.unit, one.item, one.value] for one in answers]
            again = Ballot(category, asked, frozenset(category), given).list_broken()
            assert {*again} == found, answers
            seen.update(found or {"valid"})
    # Not all ballots are as good as each other, or the test would say little.
    if seen:
        assert seen.keys() >= {"valid", *KINDS - {"not_asked"}}


def judge(
    scheme: Scheme, group: Group, units: Sequence[PaperUnit], answers: list[Answer]
) -> set[str]:
    shown = {unit.category for unit in units}
    categories = [one for one in scheme.categories if one.code in shown]
    questionnaire = scheme.get_questionnaire(group.code)
    return {one.kind for one in list_breaches(questionnaire, categories, units, answers)}


def draw_units(scheme: Scheme, group: Group, chance: random.Random) -> list[PaperUnit]:
    seen = {sight.category for sight in group.sights}
    return [
        PaperUnit(f"{one.code}{n}", f"{n}", one.code, "")
        for one in scheme.categories
        if one.code in seen
        for n in range(chance.choice((0, 1, 3, 7, 10)))
    ]


def draw_answers(
    scheme: Scheme, group: Group, units: list[PaperUnit], chance: random.Random
) -> list[Answer]:
    """A ballot that breaks nothing, or hardly anything."""
    found: list[Answer] = []
    for asked in scheme.get_questionnaire(group.code).asked:
        question = asked.question
        if not question.is_about_units:
            found.append(Answer("", question.code, draw_values(question, 1, chance)[0]))
            continue
        for block in list_blocks(scheme, asked, units):
            places = Counter[str]()
            for unit, value in zip(block, draw_values(question, len(block), chance), strict=True):
                found.append(Answer(unit.code, question.code, value))
                places[value] += 1
                if question.is_ordered:
                    found.append(Answer(unit.code, f"{question.code}.place", str(places[value])))
    return found


def list_blocks(scheme: Scheme, asked: Asked, units: list[PaperUnit]) -> list[list[PaperUnit]]:
    """Units whose answers must be right together."""
    concerned = [unit for unit in units if asked.concerns(unit.category)]
    if asked.question.overall:
        return [concerned]
    codes = [one.code for one in scheme.categories]
    return [[unit for unit in concerned if unit.category == code] for code in codes]


def draw_values(question: Question, n: int, chance: random.Random) -> list[str]:
    try:
        values = [question.invent(place, n, Fraction(1, 2)) for place in range(n)]
    except TypeError:  # it enters no score
        offered = [option.code for option in question.list_options()] or ["words"]
        values = [chance.choice(offered) for _ in range(n)]
    chance.shuffle(values)
    return values


def spoil(
    answers: list[Answer],
    scheme: Scheme,
    group: Group,
    units: list[PaperUnit],
    chance: random.Random,
) -> list[Answer]:
    """Changed here and there, or not at all."""
    questionnaire: Questionnaire = scheme.get_questionnaire(group.code)
    codes = [*(unit.code for unit in units), "", "nowhere"]
    items = [*questionnaire.about, "recusal", "nothing"]
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        place = chance.randrange(len(answers)) if answers else 0
        match chance.randrange(5):
            case 0 | 1 if answers:
                one = answers[place]
                answers[place] = Answer(one.unit, one.item, chance.choice(VALUES))
            case 2:
                del answers[place : place + 1]
            case 3:
                new = Answer(chance.choice(codes), chance.choice(items), chance.choice(VALUES))
                answers.append(new)
            case _ if answers:  # a unit of which nothing is said
                unit = chance.choice(answers).unit
                answers = [one for one in answers if one.unit != unit]
    return answers

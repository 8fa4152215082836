"""Conditions joined by “and” and “or”, against every answer that there can be.

Expressions are drawn as trees; what each means is worked out here from the tree by XPath's own
rules, and compared with what is asked by the form that was read, on a posted ballot, after being
written and read again as a workbook and as a scheme's file, and by the second verifier.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
import yaml
from werkzeug.datastructures import MultiDict

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_breaches
from evalsvc.questions.conditions import DEEPEST, Condition, Joined, When
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import read_source
from evalsvc.scheme.model import Category
from evalsvc.scheme.questionnaires import read_questionnaires
from evalsvc.scheme.writing import write_questionnaires
from evalsvc.text import Text
from evalsvc.xlsform.reading import FormReading, check_form, read_form
from evalsvc.xlsform.writing import render_form
from forms.posted import read_ballot
from tests.second_verifier.rules import Ballot
from tests.xlsform.forms import CATEGORIES, COLOURS, QUESTIONNAIRES, YES_NO, Row, build_sheets, row

SURVEY = (
    row("select_one yes_no", "p", required="yes"),
    row("select_one colours", "c"),
    row("select_multiple colours", "m", constraint="count-selected(.) <= 2"),
    row("select_one yes_no", "d", required="yes", relevant="${p} = 'yes'"),
)
HUES = ("red", "blue", "green")
NAMED = tuple(Category(code, Text(code, code)) for code in CATEGORIES)
Answers = dict[str, str]


@dataclass(frozen=True)
class Compared:
    """One comparison, as XPath spells and means it."""

    name: str
    value: str
    sign: str

    def write(self) -> str:
        if self.sign in ("=", "!="):
            return f"${{{self.name}}} {self.sign} '{self.value}'"
        selected = f"selected(${{{self.name}}}, '{self.value}')"
        return selected if self.sign == "selected" else f"not({selected})"

    def holds(self, answers: Answers) -> bool:
        given = answers[self.name]
        if self.sign in ("=", "!="):
            return (given == self.value) == (self.sign == "=")
        return (self.value in given.split()) == (self.sign == "selected")

    def list_parts(self) -> "Iterator[Tree]":
        yield self


@dataclass(frozen=True)
class Both:
    """Several joined by a word; brackets stand where “and” would bind closer, and elsewhere not."""

    word: str
    parts: "tuple[Tree, ...]"

    def write(self) -> str:
        loose = self.word == "and"
        return f" {self.word} ".join(
            f"({part.write()})" if loose and isinstance(part, Both) else part.write()
            for part in self.parts
        )

    def holds(self, answers: Answers) -> bool:
        found = [part.holds(answers) for part in self.parts]
        return all(found) if self.word == "and" else any(found)

    def list_parts(self) -> "Iterator[Tree]":
        yield self
        for part in self.parts:
            yield from part.list_parts()


Tree = Compared | Both


def draw(chance: random.Random, depth: int) -> Tree:
    if depth == 0 or chance.random() < 0.3:
        name = chance.choice("ppccmd")
        if name in "pd":
            signs = ("=", "selected", "!=", "not selected") if name == "p" else ("=", "selected")
            return Compared(name, chance.choice(("yes", "no")), chance.choice(signs))
        signs = ("selected",) if name == "m" else ("=", "selected")
        return Compared(name, chance.choice(HUES), chance.choice(signs))
    parts = tuple(draw(chance, depth - 1) for _ in range(chance.randint(2, 3)))
    return Both(chance.choice(("and", "or")), parts)


def list_answers() -> Iterator[Answers]:
    """Every way to fill in the four questions before; the last is asked where the first is yes."""
    pairs = [f"{one} {other}" for one, other in (("red", "blue"), ("red", "green"))]
    for p, c, m in product(("yes", "no"), ("", *HUES), ("", *HUES, *pairs, "blue green")):
        for d in ("yes", "no") if p == "yes" else ("",):
            yield {"p": p, "c": c, "m": m, "d": d}


EVERY = tuple(list_answers())


def read(relevant: str) -> FormReading:
    survey: list[Row] = [*SURVEY, row("text", relevant=relevant)]
    return check_form(build_sheets(survey, (*YES_NO, *COLOURS)), QUESTIONNAIRES, CATEGORIES)


def get_condition(questionnaire: Questionnaire | None) -> When | None:
    assert questionnaire is not None
    return questionnaire.asked[-1].condition


@pytest.mark.parametrize("seed", range(120))
def test_an_expression_means_here_what_it_means_to_others(seed: int) -> None:
    tree = draw(random.Random(seed), 3)
    reading = read(tree.write())
    due = [answers for answers in EVERY if tree.holds(answers)]

    if reading.questionnaire is None:
        assert [each.column for each in reading.problems] == ["G"], tree.write()
        said = reading.problems[0].text.zh
        # Refused for what nobody's answers meet, or for going too deep; never for its form.
        never = not all(any(map(part.holds, EVERY)) for part in tree.list_parts())
        assert never if "永远不会问" in said else "个条件，括号最多" in said, tree.write()
        return

    assert due, tree.write()
    condition = get_condition(reading.questionnaire)
    assert [each for each in EVERY if holds(condition, each)] == due
    assert [each for each in EVERY if is_posted(reading.questionnaire, each)] == due
    assert [each for each in EVERY if is_good(reading.questionnaire, each)] == due
    spec = write_spec(reading.questionnaire)
    assert [each for each in EVERY if is_good_elsewhere(spec, each)] == due

    again = read_form(render_form(reading.questionnaire, NAMED, ()), QUESTIONNAIRES, CATEGORIES)
    assert again.questionnaire == reading.questionnaire, tree.write()
    assert read_scheme(reading.questionnaire) == reading.questionnaire


def holds(condition: When | None, answers: Answers) -> bool:
    assert condition is not None
    return condition.holds(lambda code: answers[code])


def is_posted(questionnaire: Questionnaire, answers: Answers) -> bool:
    """Whether words that were typed are taken from a posted form, or left out as not asked."""
    posted = MultiDict(
        [
            *((f"a.{name}.", each) for name, value in answers.items() for each in value.split()),
            ("a.q.", "words"),
        ]
    )
    found = {each.item: each.value for each in read_ballot(questionnaire, (), posted).answers}
    assert {**dict.fromkeys(answers, ""), **found} | {"q": ""} == answers | {"q": ""}
    return "q" in found


def list_given(answers: Answers) -> list[tuple[str, str, str]]:
    return [("", name, value) for name, value in answers.items() if value] + [("", "q", "words")]


def is_good(questionnaire: Questionnaire, answers: Answers) -> bool:
    """Whether a ballot with these words is valid; else they are answered where nobody asked."""
    given = [Answer(unit, item, value) for unit, item, value in list_given(answers)]
    kinds = {breach.kind for breach in list_breaches(questionnaire, NAMED, (), given)}
    assert kinds <= {"not_asked"}
    return not kinds


def write_spec(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as it stands in a scheme's file, all of it text."""
    form = yaml.load(write_questionnaires((questionnaire,)), yaml.BaseLoader)  # noqa: S506 (texts)
    return form["questionnaires"][questionnaire.code]


def is_good_elsewhere(spec: dict[str, Any], answers: Answers) -> bool:
    kinds = {*Ballot({}, spec, frozenset(), tuple(list_given(answers))).list_broken()}
    assert kinds <= {"not_asked"}
    return not kinds


def read_scheme(questionnaire: Questionnaire) -> Questionnaire:
    reading = Reading()
    found = read_source(write_questionnaires((questionnaire,))).content
    assert isinstance(found, dict)
    read = read_questionnaires(reading, found["questionnaires"], CATEGORIES)
    assert not reading.errors
    return read[questionnaire.code]


def one(name: str, *values: str) -> Condition:
    return Condition(name, frozenset(values))


P_AND_RED = Joined("all", (one("p", "yes"), one("c", "red")))
# What is written, and what it becomes: worked out by hand.
READ: dict[str, When] = {
    "${p} = 'yes' and ${c} = 'red'": P_AND_RED,
    "(((${p} = 'yes')) and ((${c} = 'red')))": P_AND_RED,
    # “and” binds closer than “or”, with brackets and without.
    "selected(${m}, 'red') or ${p} = 'yes' and ${c} = 'red'":
        Joined("any", (one("m", "red"), P_AND_RED)),
    "(selected(${m}, 'red') or ${p} = 'yes') and ${c} = 'red'":
        Joined("all", (Joined("any", (one("m", "red"), one("p", "yes"))), one("c", "red"))),
    "not(${p} = 'no' or ${p} = 'no') and ${c} = 'red'": P_AND_RED,
    "not(not(${p} = 'yes' and ${c} = 'red'))": P_AND_RED,
    # Several values of a question are one condition, also where another one stands between.
    "${c} = 'red' or ${p} = 'yes' or ${c} = 'blue'":
        Joined("any", (one("c", "red", "blue"), one("p", "yes"))),
    # One of several choices may meet the one part, and another one the other.
    "selected(${m}, 'red') and selected(${m}, 'blue')":
        Joined("all", (one("m", "red"), one("m", "blue"))),
    # Who was asked `d` has answered yes to `p`.
    "${p} = 'yes' and ${d} = 'no'": one("d", "no"),
    "(${p} = 'yes' or ${c} = 'red') and ${d} = 'no'": one("d", "no"),
}  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize("relevant", READ)
def test_what_joined_conditions_become(relevant: str) -> None:
    reading = read(relevant)

    assert not reading.problems
    assert get_condition(reading.questionnaire) == READ[relevant]


DEEP = "${p} = 'yes'"
for n in range(DEEPEST + 1):
    DEEP = f"({DEEP} {('and', 'or')[n % 2]} ${{c}} = '{HUES[n % 3]}')"

# Four choices where two may be chosen; a question that is asked for the other answer only.
REFUSED = {
    "three of two choices": ("selected(${m}, 'red') and selected(${m}, 'blue') and "
                             "selected(${m}, 'green')", "永远不会问"),
    "one answer twice": ("${p} = 'yes' and ${c} = 'red' and ${c} = 'blue'", "永远不会问"),
    "a question that was not asked": ("${p} = 'no' and ${d} = 'yes'", "永远不会问"),
    "an alternative that never holds": ("${c} = 'red' or (${p} = 'no' and ${d} = 'yes')",
                                        "永远不会问"),
    "all but nothing": ("${p} = 'yes' and not(${p} != 'no' or ${c} = 'red')", "可以不答"),
    "a later question": ("${p} = 'yes' or ${later} = 'x'", "前面没有问题“later”"),
    "itself": ("${p} = 'yes' or ${q} = 'x'", "前面没有问题“q”"),
    "a category among questions": ("${p} = 'yes' or ${category} = 'town'", "单位类别"),
    "too many": (" or ".join(f"(${{c}} = '{hue}' and ${{p}} = '{word}' and selected(${{m}}, "
                             f"'{other}'))" for hue, word, other in
                             [*product(HUES, ("yes", "no"), HUES)][:7]), "最多 20 个条件"),
    "too deep": (DEEP, "括号最多"),
    "brackets without end": ("(" * 4000, "条件只能是"),
    "denied without end": ("not(" * 2000 + "${p} = 'yes'" + ")" * 2000, "括号最多"),
    "too long": ("${p} = 'yes' or " * 1000 + "${p} = 'no'", "括号最多"),
}  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_at_its_cell(name: str) -> None:
    relevant, said = REFUSED[name]
    reading = read(relevant)

    assert [(each.column, each.row) for each in reading.problems] == [("G", 6)]
    assert said in reading.problems[0].text.zh

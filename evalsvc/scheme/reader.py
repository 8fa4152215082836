"""A scheme's file as a `Scheme`: every section read in turn, all errors raised at once."""

import hashlib
from collections.abc import Mapping, Set
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import cast

from analysis.panel.small_cells import Thresholds, strictest
from analysis.score.rules import Rule
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.adjustments import read_adjustments
from evalsvc.scheme.components import read_bodies, read_components
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.file.limits import (
    LONGEST_SHORT_CODE,
    LONGEST_TEXT,
    LONGEST_VALUE,
    MOST_CATEGORIES,
    MOST_NODES,
    MOST_PARAMETERS,
    MOST_ROUNDS,
)
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field, read_source
from evalsvc.scheme.groups import read_groups
from evalsvc.scheme.model import (
    Category,
    Component,
    Evaluated,
    Group,
    Parameter,
    Publication,
    Round,
    Scheme,
    list_rules,
)
from evalsvc.scheme.outcome import GRADE, SECTIONS, read_outcome
from evalsvc.scheme.publication import read_publication
from evalsvc.scheme.questionnaires import check_figures, read_questionnaires
from evalsvc.scheme.rules.kinds import READERS
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.tree import Tree
from evalsvc.text import Text

REQUIRED = (
    "code",
    "version",
    "title",
    "source",
    "parameters",
    "categories",
    "rounds",
    "questionnaires",
    "groups",
    "components",
    "score",
    "publication",
)


EVALUATED = ("units", "persons")


def load_scheme(text: str, sealed: Mapping[str, Thresholds] | None = None) -> Scheme:
    """The scheme that a file's text describes; raises `SchemeErrors` naming what is wrong.

    `sealed`: by round's code, the thresholds under which it opened; None for a file that somebody
    hands in now. One that is kept was taken once and stays readable, whatever is refused today.
    Once a round has opened, the others of its season go by its numbers, too: it has sealed what
    the scheme says of the later rounds as well.
    """
    return _load_once(text, None if sealed is None else frozenset(sealed.items()))


@lru_cache(maxsize=64)
def _load_once(text: str, sealed: frozenset[tuple[str, Thresholds]] | None) -> Scheme:
    """Reading a scheme costs much more than a request, and every check of a package asks for it."""
    root = read_source(text)
    reading = Reading(complains=sealed is None)
    sections = reading.record(root, REQUIRED, ("adjustments", "bodies", "evaluates", *SECTIONS))
    parameters = _read_parameters(reading, sections["parameters"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    scheme = _read_scheme(reading, sections, parameters, digest, dict(sealed or ()))
    _check_parameters_used(reading, sections["parameters"])
    if reading.errors:
        raise SchemeErrors(tuple(reading.errors))
    return scheme


def _read_scheme(
    reading: Reading,
    sections: Mapping[str, Field],
    parameters: tuple[Parameter, ...],
    sha256: str,
    sealed: Mapping[str, Thresholds],
) -> Scheme:
    categories = _categories(reading, sections["categories"])
    rounds = _rounds(reading, sections["rounds"], sealed)
    codes = tuple(category.code for category in categories)
    questionnaires = read_questionnaires(reading, sections["questionnaires"], codes)
    groups = read_groups(reading, sections["groups"], codes, questionnaires)
    bodies = read_bodies(reading, sections["bodies"])
    components = read_components(reading, sections["components"], codes, rounds, bodies)
    check_figures(reading, sections["questionnaires"], tuple(components))
    publication = read_publication(reading, sections["publication"])
    adjustments = read_adjustments(reading, sections["adjustments"])
    tree = Tree(
        reading,
        codes,
        {found.code: found for found in rounds},
        {group.code: group for group in groups},
        questionnaires,
        {code: component for code, (component, _) in components.items()},
        adjustments,
        READERS,
        node_places=publication.node_places,
    )
    score = read_rule(tree, sections["score"])
    _check_size(reading, sections["score"], score)
    outcome = read_outcome(tree, sections)
    _check_all_used(tree, sections, groups, outcome.events)
    _check_figures_used(tree, components, sections["bodies"])
    return Scheme(
        code=reading.code(sections["code"]),
        version=reading.line(sections["version"], LONGEST_VALUE),
        title=reading.words(sections["title"]),
        source=reading.line(sections["source"]),
        sha256=sha256,
        categories=categories,
        rounds=rounds,
        groups=groups,
        questionnaires={code: _with_further(tree, each) for code, each in questionnaires.items()},
        parameters=parameters,
        components=tuple(component for component, _ in components.values()),
        adjustments=tuple(kind for kind, _ in adjustments.values()),
        score=score,
        node_names=tree.names,
        grade_names=tree.grade_names,
        publication=_with_shown(reading, sections, publication, tuple(outcome.names.grades)),
        bodies=bodies,
        outcome=outcome.rules,
        outcome_names=outcome.names,
        evaluates=cast(Evaluated, reading.choice(sections["evaluates"], EVALUATED)),
    )


def _with_further(tree: Tree, sheet: Questionnaire) -> Questionnaire:
    """The questionnaire with the rankings, sums and orders inside bands that the score reads."""
    asked = (part for each in sheet.asked for part in each.question.parts)
    known = sheet.scored_items
    return replace(
        sheet,
        further=tuple(
            part
            for part in asked
            if part not in known and (sheet.code, part) in tree.used_questions
        ),
    )


def _read_parameters(reading: Reading, field: Field) -> tuple[Parameter, ...]:
    """All parameters; from here on the rest of the file may take its values from them."""
    parameters = []
    for code, found in reading.declared(field, MOST_PARAMETERS).items():
        parts = reading.record(found, ("value", "about", "source", "open"))
        value = parts["value"]
        if isinstance(value.content, str) and value.content.startswith("$"):
            reading.report(
                value, Text("参数的值不能再引用参数", "a parameter can't refer to another one")
            )
            continue
        parameter = Parameter(
            code,
            reading.line(value, LONGEST_VALUE),
            reading.words(parts["about"], LONGEST_TEXT),
            reading.line(parts["source"]),
            reading.truth(parts["open"]),
        )
        reading.parameters[code] = parameter.value
        parameters.append(parameter)
    return tuple(parameters)


def _categories(reading: Reading, field: Field) -> tuple[Category, ...]:
    found = reading.declared(field, MOST_CATEGORIES, LONGEST_SHORT_CODE)
    if field.content is not None and not found:
        reading.report(field, Text("至少要有一个类别", "expected at least one category"))
    return tuple(Category(code, reading.words(name)) for code, name in found.items())


def _rounds(reading: Reading, field: Field, sealed: Mapping[str, Thresholds]) -> tuple[Round, ...]:
    found = reading.declared(field, MOST_ROUNDS, LONGEST_SHORT_CODE)
    if field.content is not None and not found:
        reading.report(field, Text("至少要有一个轮次", "expected at least one round"))
    others = strictest(sealed.values())
    return tuple(
        Round(code, reading.words(name), sealed.get(code, others)) for code, name in found.items()
    )


def _with_shown(
    reading: Reading,
    sections: Mapping[str, Field],
    publication: Publication,
    grades: tuple[str, ...],
) -> Publication:
    """Whose names are public: all, or the holders of some grades, which a scheme of persons says.

    Read once the grades are known.
    """
    shows = reading.entries(sections["publication"]).get("shows")
    if shows is not None:
        codes = (reading.known(each, grades, GRADE) for each in reading.sequence(shows))
        return replace(publication, shows=frozenset(codes))
    if sections["evaluates"].content == "persons":
        reading.report(
            sections["publication"],
            Text(
                "考评的是人（evaluates: persons），要写明公示哪些等次的人：shows: [等次代码]；"
                "都不公示写 shows: []",
                "a scheme of persons (evaluates: persons) says which grades are public: "
                "“shows: [grade]”, or “shows: []” for none",
            ),
        )
    return publication


def _check_size(reading: Reading, field: Field, score: Rule) -> None:
    """Weights that differ by category write a branch out for each, and so do branches inside."""
    if sum(1 for _ in islice(list_rules(score), MOST_NODES + 1)) > MOST_NODES:
        reading.check_count(field, MOST_NODES + 1, MOST_NODES)


def _check_all_used(
    tree: Tree, sections: Mapping[str, Field], groups: tuple[Group, ...], events: Set[str]
) -> None:
    """Whatever is declared and never used is a slip of the pen that the office should see."""
    reading = tree.reading
    answered = {group.questionnaire for group in groups}
    reading.meant.update(each.questionnaire for each in groups if each.code in reading.meant)
    for code, found in reading.entries(sections["questionnaires"]).items():
        if code not in answered:
            reading.report_unused(
                found,
                Text("没有评价主体填写这份问卷", "no rater group answers this questionnaire"),
                code,
            )
        elif not any(sheet == code for sheet, _ in tree.used_questions):
            reading.report_unused(
                found,
                Text("计分时没有用到这份问卷", "the score never uses this questionnaire"),
                code,
            )
    for code, found in reading.entries(sections["adjustments"]).items():
        if code not in tree.used_adjustments | events:
            reading.report_unused(
                found,
                Text(
                    "计分时没有用到加减分（总分里缺少 added）",
                    "the score never uses the adjustments (the total has no “added”)",
                ),
                code,
            )
        points = reading.entries(found).get("points")
        if points is not None and tree.adjustments[code][1].points == 0 and code not in events:
            told = Text(
                "分值不能为 0，加分为正、扣分为负",
                "points can't be 0: positive for a bonus, negative for a deduction",
            )
            if code not in reading.meant:
                reading.report(points, told)


def _check_figures_used(
    tree: Tree, components: Mapping[str, tuple[Component, Field]], bodies: Field
) -> None:
    for code, (_, found) in components.items():
        if code not in tree.used_components:
            tree.reading.report_unused(
                found, Text("计分时没有用到这个计分项", "the score never uses this component"), code
            )
    entering = {component.body for component, _ in components.values()}
    for code, found in tree.reading.entries(bodies).items():
        if code not in entering:
            tree.reading.report_unused(
                found,
                Text(
                    "没有计分项由这个考核主体填报", "no component is entered by this assessing body"
                ),
                code,
            )


def _check_parameters_used(reading: Reading, field: Field) -> None:
    for code, found in reading.entries(field).items():
        # Where a value could not be read, the parameter may belong there.
        if code not in reading.used and not reading.unread:
            reading.report_unused(
                found,
                Text(
                    f"参数未被引用，请写 ${code} 或删去",
                    f"nothing refers to this parameter; write ${code} or remove it",
                ),
                code,
            )

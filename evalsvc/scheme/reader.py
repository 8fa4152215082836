"""A scheme's file as a `Scheme`: every section read in turn, all errors raised at once."""

import hashlib
from collections.abc import Mapping

from evalsvc.scheme.adjustments import read_adjustments
from evalsvc.scheme.errors import SchemeErrors
from evalsvc.scheme.groups import CATEGORY, read_groups
from evalsvc.scheme.model import (
    Category,
    Component,
    Group,
    Parameter,
    Publication,
    Round,
    Scheme,
    Text,
)
from evalsvc.scheme.questions import read_questionnaires
from evalsvc.scheme.reading import Reading
from evalsvc.scheme.score_tree import read_rule
from evalsvc.scheme.source import Field, read_source
from evalsvc.scheme.tree import Tree

REQUIRED = (
    "code", "version", "title", "source", "parameters", "categories", "rounds", "questionnaires",
    "groups", "components", "score", "publication",
)


def load_scheme(text: str) -> Scheme:
    """The scheme that a file's text describes; raises `SchemeErrors` naming all that is wrong."""
    root = read_source(text)
    reading = Reading()
    sections = reading.record(root, REQUIRED, ("adjustments",))
    _read_parameters(reading, sections["parameters"])
    scheme = _read_scheme(reading, sections, hashlib.sha256(text.encode()).hexdigest())
    _check_parameters_used(reading, sections["parameters"])
    if reading.errors:
        raise SchemeErrors(tuple(reading.errors))
    return scheme


def _read_scheme(reading: Reading, sections: Mapping[str, Field], sha256: str) -> Scheme:
    categories = _categories(reading, sections["categories"])
    rounds = _rounds(reading, sections["rounds"])
    codes = tuple(category.code for category in categories)
    questionnaires = read_questionnaires(reading, sections["questionnaires"])
    groups = read_groups(reading, sections["groups"], codes, questionnaires)
    components = _components(reading, sections["components"], codes, rounds)
    adjustments = read_adjustments(reading, sections["adjustments"])
    tree = Tree(
        reading,
        codes,
        {found.code: found for found in rounds},
        {group.code: group for group in groups},
        questionnaires,
        {component.code: component for component in components},
        adjustments,
    )
    score = read_rule(tree, sections["score"])
    _check_all_used(tree, sections, groups)
    return Scheme(
        code=reading.text(sections["code"]),
        version=reading.text(sections["version"]),
        title=reading.words(sections["title"]),
        source=reading.text(sections["source"]),
        sha256=sha256,
        categories=categories,
        rounds=rounds,
        groups=groups,
        questionnaires=questionnaires,
        parameters=tuple(reading.parameters.values()),
        components=components,
        adjustments=tuple(kind for kind, _ in adjustments.values()),
        score=score,
        node_names=tree.names,
        publication=_publication(reading, sections["publication"]),
    )


def _read_parameters(reading: Reading, field: Field) -> None:
    for code, found in reading.declared(field).items():
        parts = reading.record(found, ("value", "about", "source", "open"))
        value = parts["value"]
        if isinstance(value.content, str) and value.content.startswith("$"):
            reading.report(value, "参数的值不能再引用参数",
                           "a parameter can't refer to another one")
            continue
        reading.parameters[code] = Parameter(
            code,
            reading.text(value),
            reading.words(parts["about"]),
            reading.text(parts["source"]),
            reading.truth(parts["open"]),
        )


def _categories(reading: Reading, field: Field) -> tuple[Category, ...]:
    found = reading.declared(field)
    if field.content is not None and not found:
        reading.report(field, "至少要有一个类别", "expected at least one category")
    return tuple(Category(code, reading.words(name)) for code, name in found.items())


def _rounds(reading: Reading, field: Field) -> tuple[Round, ...]:
    found = reading.declared(field)
    if field.content is not None and not found:
        reading.report(field, "至少要有一个轮次", "expected at least one round")
    return tuple(Round(code, reading.words(name)) for code, name in found.items())


def _components(
    reading: Reading, field: Field, categories: tuple[str, ...], rounds: tuple[Round, ...]
) -> tuple[Component, ...]:
    components = []
    for code, found in reading.declared(field).items():
        parts = reading.record(found, ("name", "round"), ("categories",))
        only = tuple(
            reading.known(category, categories, CATEGORY)
            for category in reading.sequence(parts["categories"])
        )
        known = tuple(each.code for each in rounds)
        round_code = reading.known(parts["round"], known, Text("轮次", "round"))
        name = reading.words(parts["name"])
        components.append(Component(code, name, only or categories, round_code))
    return tuple(components)


def _publication(reading: Reading, field: Field) -> Publication:
    parts = reading.record(field, ("places",))
    return Publication(reading.integer(parts["places"], 0))


def _check_all_used(
    tree: Tree,
    sections: Mapping[str, Field],
    groups: tuple[Group, ...],
) -> None:
    """Whatever is declared and never used is a slip of the pen that the office should see."""
    reading = tree.reading
    answered = {group.questionnaire for group in groups}
    for code, found in reading.entries(sections["questionnaires"]).items():
        if code not in answered:
            reading.report(found, "没有评价主体填写这份问卷",
                           "no rater group answers this questionnaire", found=code)
        elif not any(sheet == code for sheet, _ in tree.used_questions):
            reading.report(found, "计分时没有用到这份问卷",
                           "the score never uses this questionnaire", found=code)
    for code, found in reading.entries(sections["components"]).items():
        if code not in tree.used_components:
            reading.report(found, "计分时没有用到这个计分项", "the score never uses this component",
                           found=code)
    for code, found in reading.entries(sections["adjustments"]).items():
        if code not in tree.used_adjustments:
            reading.report(found, "计分时没有用到加减分（总分里缺少 added）",
                           "the score never uses the adjustments (the total has no “added”)",
                           found=code)


def _check_parameters_used(reading: Reading, field: Field) -> None:
    for code, found in reading.entries(field).items():
        if code not in reading.used:
            reading.report(found, f"参数未被引用，请写 ${code} 或删去",
                           f"nothing refers to this parameter; write ${code} or remove it",
                           found=code)

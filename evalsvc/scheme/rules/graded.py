"""Points of a choice, of which not too many may have the best."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, cast

from analysis.score.rules import Graded, ShareCap
from analysis.score.tree import Node
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import choice_value, require_some
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import (
    choice_name,
    find_choice,
    in_brackets,
    show_setting,
    show_term,
    tell_worked,
)
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.scheme.wording import show_percent
from evalsvc.text import NOTHING, Text, same


def _graded(tree: Tree, found: Field, code: str) -> Graded:
    reading = tree.reading
    parts = node_record(tree, found, ("of", "points"), ("cap",))
    node = read_component(tree, parts["of"])
    points = {}
    for choice, field in reading.entries(parts["points"]).items():
        value = choice_value(reading, field, choice)
        # Told under the choice itself: its points could never be had.
        if node.choices and value not in node.choices:
            reading.report(
                field,
                Text("该计分项没有这个选项", "the component has no such choice"),
                found=choice,
            )
        points[value] = read_exact(reading, field)
    require_some(reading, parts["points"], points)
    # A choice without points would take a figure away from whoever gets it.
    if parts["points"].content is not None and node.choices - points.keys():
        reading.report(
            parts["points"], Text("每个选项都要有分值", "expected points for every choice")
        )
    own = node_code(tree, parts, found, code)
    return Graded(own, node, points, _share_cap(reading, parts["cap"], points))


def _share_cap(
    reading: Reading, found: Field, points: Mapping[Fraction, Fraction]
) -> ShareCap | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("choice", "most"), ("over",))
    value = choice_value(reading, parts["choice"], reading.text(parts["choice"]))
    if value not in points and parts["choice"].content is not None:
        reading.report(
            parts["choice"], Text("points 里没有这个选项", "“points” has no such choice")
        )
    over = reading.choice(parts["over"], ("refuse", "next"))
    return ShareCap(value, reading.percentage(parts["most"]), cast(Literal["refuse", "next"], over))


def _say_settings(rule: Graded, scheme: Scheme) -> Text:
    def name(choice: Fraction) -> Text:
        return find_choice(scheme, rule.node.code, choice) or same(show_setting(choice))

    told = Text("%(choice)s %(points)s 分", "%(choice)s: %(points)s")
    said = [
        told.filled(choice=name(choice), points=show_setting(points))
        for choice, points in rule.points.items()
    ]
    if rule.cap is not None:
        cap = Text("%(choice)s最多占 %(share)s", "%(choice)s: %(share)s of the category at most")
        said.append(cap.filled(choice=name(rule.cap.value), share=show_percent(rule.cap.share)))
    return in_brackets(said)


def _tell(node: Node, scheme: Scheme) -> Text:
    choice = choice_name(node.parts[0], scheme) if node.parts else NOTHING
    if not choice:
        return tell_worked(node, scheme)
    return Text(
        "评为“%(choice)s”，得%(value)s分。", 'Graded "%(choice)s": %(value)s points.'
    ).filled(choice=choice, value=show_term(node.value))


GRADED = Kind(
    Graded,
    name=Text("按等级计分", "points of a choice"),
    how=always(Text("按录入的等级得分", "points of the grade that was entered")),
    tell=_tell,
    readers={"graded": _graded},
    settings=_say_settings,
)

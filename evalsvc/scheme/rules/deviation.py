"""Points by how far a figure lies above or below its target."""

from fractions import Fraction

from analysis.score.rules import Deviation, Rule, Slope
from analysis.score.tree import Node
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import read_bounds
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.telling import (
    find_remark,
    in_brackets,
    say_bounds,
    show_setting,
    tell_worked,
)
from evalsvc.scheme.tree import Tree, in_round_code, node_code, node_record
from evalsvc.text import COMMA, Text

OPTIONAL = ("measure", "above", "below", "threshold", "least", "most")


def _deviation(tree: Tree, found: Field, code: str) -> Deviation:
    reading = tree.reading
    parts = node_record(tree, found, ("done", "target", "start"), OPTIONAL)
    least, most = read_bounds(reading, parts)
    above, below = (_slope(tree, parts[side]) for side in ("above", "below"))
    if above is None and below is None and found.content is not None:
        reading.report(
            found, Text("要写 above 或 below 之一", "expected “above” or “below”, or both")
        )
    if most is None:
        for side, slope in (("above", above), ("below", below)):
            _require_most(tree, parts[side], slope)
    threshold = parts["threshold"]
    return Deviation(
        node_code(tree, parts, found, code),
        read_exact(reading, parts["start"]),
        read_rule(tree, parts["done"]),
        _target(tree, parts["target"]),
        reading.choice(parts["measure"], ("points", "percent")) == "percent",
        above,
        below,
        read_exact(reading, threshold) / 100 if threshold.content is not None else None,
        least,
        most,
    )


def _target(tree: Tree, found: Field) -> Rule | Fraction:
    """A number for all units, a component with each unit's own, or a part that works it out."""
    if not isinstance(found.content, str):
        return read_rule(tree, found)
    code = in_round_code(tree, tree.reading.text(found))
    if code in tree.components or not _is_number(code):
        return read_component(tree, found)
    return read_exact(tree.reading, found)


def _is_number(text: str) -> bool:
    return bool(text) and all(sign in "0123456789./-" for sign in text)


def _slope(tree: Tree, found: Field) -> Slope | None:
    if found.content is None:
        return None
    reading = tree.reading
    parts = reading.record(found, ("each", "points"), ("most", "steps"))
    each, points = read_exact(reading, parts["each"]), read_exact(reading, parts["points"])
    if each <= 0:
        reading.report(parts["each"], Text("应大于 0", "expected a number above 0"))
    if points == 0 and parts["points"].content is not None:
        reading.report(parts["points"], Text("分值不能为 0", "points can't be 0"))
    most = None
    if parts["most"].content is not None and reading.text(parts["most"]) != "none":
        most = abs(read_exact(reading, parts["most"]))
    whole = reading.choice(parts["steps"], ("any", "whole")) == "whole"
    return Slope(each if each > 0 else Fraction(1), points, most, whole)


def _require_most(tree: Tree, found: Field, slope: Slope | None) -> None:
    """A slope that gives points goes on for ever, unless it is said where it ends."""
    stated = found.content is None or "most" in tree.reading.entries(found)
    if slope is not None and slope.points > 0 and not stated:
        tree.reading.report(
            found,
            Text(
                "加分要写 most（最多加多少，不封顶写 none）",
                "a slope that adds points says its most (none where there is no bound)",
            ),
        )


def _say_how(rule: Deviation) -> Text:
    if rule.relative:
        return Text(
            "按高于、低于目标的百分比加减分", "points by the percentage above or below the target"
        )
    return Text("按高于、低于目标多少加减分", "points by how far it is above or below the target")


def _say_settings(rule: Deviation, _scheme: Scheme) -> Text:
    said: list[Text] = []
    if isinstance(rule.target, Fraction):
        target = Text("目标 %(target)s", "target %(target)s")
        said.append(target.filled(target=show_setting(rule.target)))
    start = Text("达到目标 %(start)s 分", "at the target %(start)s")
    said.append(start.filled(start=show_setting(rule.start)))
    unit = "%" if rule.relative else ""
    said += [
        _say_slope(slope, side, unit)
        for slope, side in (
            (rule.above, Text("每高 %(each)s", "each %(each)s above")),
            (rule.under, Text("每低 %(each)s", "each %(each)s below")),
        )
        if slope is not None
    ]
    if rule.threshold is not None:
        threshold = Text("不到目标的 %(share)s 得 0 分", "below %(share)s of the target 0")
        said.append(threshold.filled(share=f"{show_setting(rule.threshold * 100)}%"))
    return in_brackets((*said, *say_bounds(rule.least, rule.most)))


def _say_slope(slope: Slope, side: Text, unit: str) -> Text:
    more, less = Text(" 加 %(n)s", ": %(n)s more"), Text(" 减 %(n)s", ": %(n)s less")
    points = (more if slope.points > 0 else less).filled(n=show_setting(abs(slope.points)))
    told = side.filled(each=show_setting(slope.each) + unit) + points
    if slope.most is not None:
        most = Text("最多 %(most)s", "%(most)s at most")
        told += COMMA + most.filled(most=show_setting(slope.most))
    if slope.whole:
        told += COMMA + Text("只计满一步的", "whole steps alone")
    return told


def _tell(node: Node, scheme: Scheme) -> Text:
    worked, remark = tell_worked(node, scheme), find_remark(node, "deviation")
    if remark is None:
        return worked
    done, target, deviation = remark.figures
    return (
        Text(
            "%(done)s，目标%(target)s，相差%(deviation)s：",
            "%(done)s against %(target)s, a difference of %(deviation)s: ",
        ).filled(done=done, target=target, deviation=deviation.replace("-", "−"))
        + worked
    )


DEVIATION = Kind(
    Deviation,
    name=Text("按偏离目标计分", "points by deviation"),
    how=_say_how,
    tell=_tell,
    readers={"deviation": _deviation},
    settings=_say_settings,
)

"""Indicator methods as a scheme writes them; a new method is one reader in the registry."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal, cast

from analysis.score.rules import (
    AllOrNothing,
    Completion,
    EventPoints,
    Graded,
    Order,
    Part,
    Placed,
    Rule,
    Segment,
    Segments,
    ShareCap,
    Tally,
    TaskGrades,
    Ties,
    ToBest,
)
from evalsvc.scheme.entered_rules import read_component
from evalsvc.scheme.limits import MOST_OPTIONS
from evalsvc.scheme.reading import Reading
from evalsvc.scheme.source import Field
from evalsvc.scheme.tree import Tree, node_code, node_record

ORDERS = ("highest", "lowest")
TIES = ("shared", "mean", "void_tied", "void_all")
SIGNS = ("-", "0", "+")
"""The thirds of a band, lowest first."""


def read_bounds(
    reading: Reading, parts: Mapping[str, Field]
) -> tuple[Fraction | None, Fraction | None]:
    """`least` and `most`, either of which may be left out."""
    least, most = (_optional(reading, parts[name]) for name in ("least", "most"))
    if least is not None and most is not None and least > most:
        reading.report(parts["least"], "least 不应大于 most", "expected least not to exceed most")
    return least, most


def _tally(tree: Tree, found: Field, code: str) -> Tally:
    parts = node_record(tree, found, ("start", "events"), ("least", "most"))
    events = tuple(_event(tree, each) for each in tree.reading.sequence(parts["events"]))
    _some(tree.reading, parts["events"], events)
    return Tally(
        node_code(tree, parts, found, code),
        Fraction(tree.reading.number(parts["start"])),
        events,
        *read_bounds(tree.reading, parts),
    )


def _event(tree: Tree, found: Field) -> EventPoints:
    parts = tree.reading.record(found, ("component", "points"), ("least", "most"))
    points = tree.reading.number(parts["points"])
    if points == 0 and parts["points"].content is not None:
        tree.reading.report(parts["points"], "分值不能为 0", "points can't be 0")
    bounds = read_bounds(tree.reading, parts)
    return EventPoints(read_component(tree, parts["component"]), Fraction(points), *bounds)


def _completion(tree: Tree, found: Field, code: str) -> Completion:
    reading = tree.reading
    parts = node_record(tree, found, ("done",), ("full", "target", "threshold", "most"))
    threshold = reading.number(parts["threshold"])
    most = None
    if reading.text(parts["most"]) != "none":
        most = Fraction(reading.number(parts["most"])) / 100 if parts["most"].content else ONE
        if most <= Fraction(threshold) / 100:
            reading.report(
                parts["threshold"],
                "门槛应低于封顶比例",
                "expected the threshold to be below the cap",
            )
    return Completion(
        node_code(tree, parts, found, code),
        _full(reading, parts["full"]),
        read_component(tree, parts["done"]),
        read_component(tree, parts["target"]) if parts["target"].content is not None else None,
        Fraction(threshold) / 100 if parts["threshold"].content is not None else None,
        most,
    )


def _all_or_nothing(tree: Tree, found: Field, code: str) -> AllOrNothing:
    parts = node_record(tree, found, ("of",), ("full",))
    return AllOrNothing(
        node_code(tree, parts, found, code),
        _full(tree.reading, parts["full"]),
        read_component(tree, parts["of"]),
    )


def _placed(tree: Tree, found: Field, code: str) -> Placed:
    reading = tree.reading
    parts = node_record(tree, found, ("of", "points"), ("step", "least", "order", "ties"))
    return Placed(
        node_code(tree, parts, found, code),
        read_component(tree, parts["of"]),
        *read_place_points(reading, parts),
        cast(Order, reading.choice(parts["order"], ORDERS)),
        cast(Ties, reading.choice(parts["ties"], TIES)),
    )


def read_place_points(
    reading: Reading, parts: Mapping[str, Field]
) -> tuple[tuple[Fraction, ...], Fraction, Fraction]:
    """`points` for the first places, `step` less for each further one, not below `least`."""
    points = tuple(Fraction(reading.number(each)) for each in reading.sequence(parts["points"]))
    _some(reading, parts["points"], points)
    if list(points) != sorted(points, reverse=True):
        reading.report(
            parts["points"],
            "名次越靠后分值不应越高",
            "expected points that do not rise from place to place",
        )
    step, least = reading.number(parts["step"]), reading.number(parts["least"])
    if step < 0:
        reading.report(parts["step"], "应不小于 0", "expected 0 or more")
    return points or (Fraction(0),), Fraction(step), Fraction(least)


def _to_best(tree: Tree, found: Field, code: str) -> ToBest:
    parts = node_record(tree, found, ("of",), ("full", "order"))
    return ToBest(
        node_code(tree, parts, found, code),
        _full(tree.reading, parts["full"]),
        read_component(tree, parts["of"]),
        cast(Order, tree.reading.choice(parts["order"], ORDERS)),
    )


def _graded(tree: Tree, found: Field, code: str) -> Graded:
    reading = tree.reading
    parts = node_record(tree, found, ("of", "points"), ("cap",))
    node = read_component(tree, parts["of"])
    points = {}
    for choice, field in reading.entries(parts["points"]).items():
        value = _choice_value(reading, field, choice)
        if node.choices and value not in node.choices:
            reading.report(
                field, "该计分项没有这个选项", "the component has no such choice", found=choice
            )
        points[value] = Fraction(reading.number(field))
    _some(reading, parts["points"], points)
    if parts["points"].content is not None and node.choices - points.keys():
        reading.report(parts["points"], "每个选项都要有分值", "expected points for every choice")
    own = node_code(tree, parts, found, code)
    return Graded(own, node, points, _share_cap(reading, parts["cap"], points))


def _share_cap(
    reading: Reading, found: Field, points: Mapping[Fraction, Fraction]
) -> ShareCap | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("choice", "most"), ("over",))
    value = _choice_value(reading, parts["choice"], reading.text(parts["choice"]))
    if value not in points and parts["choice"].content is not None:
        reading.report(parts["choice"], "points 里没有这个选项", "“points” has no such choice")
    over = reading.choice(parts["over"], ("refuse", "next"))
    return ShareCap(value, reading.percentage(parts["most"]), cast(Literal["refuse", "next"], over))


def _task_grades(tree: Tree, found: Field, code: str) -> TaskGrades:
    reading = tree.reading
    parts = node_record(tree, found, ("grades",), ())
    grades = []
    for each in reading.sequence(parts["grades"]):
        grade = reading.record(each, ("component", "points"))
        node = read_component(tree, grade["component"])
        grades.append(Part(Fraction(reading.number(grade["points"])), node))
    _some(reading, parts["grades"], grades)
    return TaskGrades(node_code(tree, parts, found, code), tuple(grades))


def _segments(tree: Tree, found: Field, code: str) -> Segments:
    """Bands best first, each in three parts: exact thirds, or cut at its `edges`."""
    reading = tree.reading
    parts = node_record(tree, found, ("agreed", "score", "bands"), ())
    segments: list[Segment] = []
    upper: Fraction | None = None
    for band, field in reading.declared(parts["bands"], MOST_OPTIONS).items():
        bounds = reading.record(field, ("from", "to"), ("edges",))
        lowest, highest = (Fraction(reading.number(bounds[end])) for end in ("from", "to"))
        if lowest >= highest or (upper is not None and highest != upper):
            reading.report(
                field,
                "各档应从高到低相连，from 小于 to",
                "expected bands from high to low that touch, each with from below to",
            )
        inner = _edges(reading, bounds["edges"], lowest, highest)
        edges = (lowest, *inner, highest)
        thirds = [
            Segment(f"{band}{sign}", lower, higher, closed=upper is None and higher == highest)
            for sign, lower, higher in zip(SIGNS, edges, edges[1:], strict=False)
        ]
        segments += reversed(thirds)
        upper = lowest
    _some(reading, parts["bands"], segments)
    return Segments(
        node_code(tree, parts, found, code),
        read_component(tree, parts["agreed"]),
        read_component(tree, parts["score"]),
        tuple(segments),
    )


def _edges(
    reading: Reading, found: Field, lowest: Fraction, highest: Fraction
) -> tuple[Fraction, Fraction]:
    third = (highest - lowest) / 3
    if found.content is None:
        return lowest + third, highest - third
    given = tuple(Fraction(reading.number(each)) for each in reading.sequence(found))
    if len(given) == 2 and lowest < given[0] < given[1] < highest:
        return given[0], given[1]
    reading.report(
        found,
        "应为档内两个由低到高的分界",
        "expected two edges inside the band, the lower one first",
    )
    return lowest + third, highest - third


def _optional(reading: Reading, found: Field) -> Fraction | None:
    return None if found.content is None else Fraction(reading.number(found))


def _full(reading: Reading, found: Field) -> Fraction:
    """Full marks, 100 where they are left out."""
    if found.content is None:
        return Fraction(100)
    full = reading.number(found)
    if full <= 0:
        reading.report(found, "满分应大于 0", "expected full marks above 0")
    return Fraction(full)


def _choice_value(reading: Reading, field: Field, text: str) -> Fraction:
    return Fraction(reading.choice_value(field, text) or 0)


def _some(reading: Reading, found: Field, given: object) -> None:
    if found.content is not None and not given:
        reading.report(found, "至少要有一项", "expected at least one entry")


ONE = Fraction(1)

INDICATORS: Mapping[str, Callable[[Tree, Field, str], Rule]] = {
    "tally": _tally,
    "completion": _completion,
    "all_or_nothing": _all_or_nothing,
    "placed": _placed,
    "to_best": _to_best,
    "graded": _graded,
    "task_grades": _task_grades,
    "segments": _segments,
}

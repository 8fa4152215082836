"""So many points for each event of a kind."""

from analysis.score.rules import EventPoints, Tally
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.reading import absent
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import read_bounds, require_some
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import in_brackets, say_bounds, show_setting, tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.scheme.wording import node_names
from evalsvc.text import COMMA, Text


def _tally(tree: Tree, found: Field, code: str) -> Tally:
    parts = node_record(tree, found, ("start", "events"), ("least", "most"))
    events = tuple(_event(tree, each) for each in tree.reading.sequence(parts["events"]))
    require_some(tree.reading, parts["events"], events)
    # To leave a bound out must not mean that there is none.
    open_ended = parts["most"].content == "none"
    if open_ended:
        parts = {**parts, "most": absent(found, "most")}
    return Tally(
        node_code(tree, parts, found, code),
        read_exact(tree.reading, parts["start"]),
        events,
        *read_bounds(tree.reading, parts),
        open_ended=open_ended,
    )


def _event(tree: Tree, found: Field) -> EventPoints:
    parts = tree.reading.record(found, ("component", "points"), ("least", "most"))
    points = read_exact(tree.reading, parts["points"])
    # An event that is counted and changes nothing is a forgotten number.
    if points == 0 and parts["points"].content is not None:
        tree.reading.report(parts["points"], Text("分值不能为 0", "points can't be 0"))
    bounds = read_bounds(tree.reading, parts)
    return EventPoints(read_component(tree, parts["component"]), points, *bounds)


def _say_settings(rule: Tally, scheme: Scheme) -> Text:
    start = Text("起点 %(start)s 分", "from %(start)s").filled(start=show_setting(rule.start))
    said = [_say_event(each, scheme) for each in rule.events]
    return in_brackets((start, *said, *say_bounds(rule.least, rule.most)))


def _say_event(event: EventPoints, scheme: Scheme) -> Text:
    told = Text("“%(name)s”每个 %(points)s 分", "“%(name)s” %(points)s each").filled(
        name=node_names(scheme, [event.node.code]), points=show_setting(event.points)
    )
    return COMMA.join((told, *say_bounds(event.least, event.most)))


TALLY = Kind(
    Tally,
    name=Text("按次数计分", "points for each event"),
    how=always(Text("按录入的次数加减分", "points for each event that was entered")),
    tell=tell_worked,
    readers={"tally": _tally},
    settings=_say_settings,
)

"""So many points for each event of a kind."""

from analysis.score.rules import EventPoints, Tally
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.reading import absent
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.bounds import read_bounds, require_some
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


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


TALLY = Kind(
    Tally,
    name=Text("按次数计分", "points for each event"),
    how=always(Text("按录入的次数加减分", "points for each event that was entered")),
    tell=tell_worked,
    readers={"tally": _tally},
)

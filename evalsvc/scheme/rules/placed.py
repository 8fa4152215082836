"""Points by the place inside the category."""

from typing import cast

from analysis.score.rules import Placed, Ties
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import read_order
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.place_points import read_place_points
from evalsvc.scheme.rules.telling import in_brackets, say_bounds, show_setting, tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import AND, Text, same

TIES = ("shared", "mean", "void_tied", "void_all")


def _placed(tree: Tree, found: Field, code: str) -> Placed:
    reading = tree.reading
    parts = node_record(tree, found, ("of", "points"), ("step", "least", "order", "ties"))
    return Placed(
        node_code(tree, parts, found, code),
        read_component(tree, parts["of"]),
        *read_place_points(reading, parts),
        read_order(reading, parts["order"]),
        cast(Ties, reading.choice(parts["ties"], TIES)),
    )


def _say_settings(rule: Placed, _scheme: Scheme) -> Text:
    listed = AND.join(same(show_setting(each)) for each in rule.points)
    said = [Text("依次 %(points)s", "in turn %(points)s").filled(points=listed)]
    if rule.step:
        step = Text("以后每名少 %(n)s", "then %(n)s less for each place")
        said.append(step.filled(n=show_setting(rule.step)))
    said += say_bounds(rule.least, None)
    if rule.order == "lowest":
        said.append(Text("数小的在前", "the lowest figure first"))
    return in_brackets((*said, _TIES[rule.ties]))


_TIES = {
    "shared": Text("并列都按较好的名次", "who ties has the better place"),
    "mean": Text("并列按所占名次的平均", "who ties has the mean of the places held"),
    "void_tied": Text("并列的没有得分", "who ties has no figure"),
    "void_all": Text("有并列就都没有得分", "with a tie nobody has a figure"),
}


PLACED = Kind(
    Placed,
    name=Text("按名次计分", "points by place"),
    how=always(Text("按在本类中的名次得分", "points by the place in the category")),
    tell=tell_worked,
    readers={"placed": _placed},
    settings=_say_settings,
)

"""How far a unit's own ballots lie from the means of all: points for how one rates others."""

from analysis.score.rules import Distance
from analysis.score.tree import Node
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.asked import read_groups
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.rated import RATED, read_one
from evalsvc.scheme.rules.telling import find_remark
from evalsvc.scheme.tree import Tree, node_code, node_record, note_node
from evalsvc.text import NOTHING, Text

CONSENSUS = Text("各票平均", "mean of all ballots")
OPTIONAL = ("round", "trim", "role", "void_uniform", "least_raters", "by_place", "share_of")
REFUSED = ("by_place", "share_of", "role")


def _distance(tree: Tree, found: Field, code: str) -> Distance:
    parts = node_record(tree, found, ("group", "question"), OPTIONAL)
    # Units that rate each other are promised that nobody learns which ballot is whose.
    groups = read_groups(tree, parts["group"], ("named",))
    for name in REFUSED:
        if parts[name].content is not None:
            tree.reading.report(
                parts[name],
                Text("distance 不写这一项", "rule: distance does not take this"),
                found=name,
            )
    own = node_code(tree, parts, found, code)
    rated = read_one(tree, parts, groups, f"{own}.consensus", parts["question"])
    note_node(tree, found, rated.code, CONSENSUS)
    return Distance(own, rated)


def _tell(node: Node, _scheme: Scheme) -> Text:
    remark = find_remark(node, "distance")
    if remark is None:
        return NOTHING
    ballots, ratings, distance = remark.figures
    return Text(
        "本单位%(ballots)s票，%(ratings)s个评价，与各单位平均分平均相差%(distance)s。",
        "Ballots of its own: %(ballots)s, with %(ratings)s ratings, on average %(distance)s from "
        "the units' means.",
    ).filled(ballots=ballots, ratings=ratings, distance=distance)


DISTANCE = Kind(
    Distance,
    name=Text("与平均分的差距", "distance from the means"),
    how=always(
        Text(
            "本单位所评各单位的分，与各票平均相差多少，取平均",
            "how far the unit's own marks for others lie from the means of all ballots, averaged",
        )
    ),
    tell=_tell,
    readers={"distance": _distance},
    groups=lambda rule, category: RATED.groups(rule.rated, category),
)

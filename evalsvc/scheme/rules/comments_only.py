"""Units that are asked about for comments, and have no score."""

from analysis.score.rules import CommentsOnly
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.asked import read_round
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def _comments_only(tree: Tree, found: Field, code: str) -> CommentsOnly:
    reading = tree.reading
    parts = node_record(tree, found, (), ("groups", "round"))
    kind = Text("评价主体", "rater group")
    groups = tuple(
        reading.known(each, tuple(tree.groups), kind) for each in reading.sequence(parts["groups"])
    )
    # Whoever is asked for comments alone has a questionnaire that no score reads, and means it.
    reading.meant.update(tree.groups[each].questionnaire for each in groups if each in tree.groups)
    return CommentsOnly(
        node_code(tree, parts, found, code),
        # Without groups of its own there is nothing to be asked in a round.
        read_round(tree, parts["round"]) if groups else "",
        groups,
    )


COMMENTS_ONLY = Kind(
    CommentsOnly,
    name=Text("只征求意见", "comments only"),
    how=always(Text("只征求意见，不计分、不排名", "asked for comments, no score and no place")),
    tell=lambda _node, _scheme: Text(
        "只征求意见，不计分。", "Asked for comments only, without a score."
    ),
    readers={"comments_only": _comments_only},
    groups=lambda rule, _category: rule.groups,
)

"""Several questions on one ballot; a scheme writes it as `rated` with `questions`."""

from collections.abc import Iterator

from analysis.score.rules import RatedItems
from analysis.score.tree import Node
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.rated import RATED, tell_rated
from evalsvc.scheme.wording import node_name, show_percent
from evalsvc.text import Text, same


def _weigh(rule: RatedItems) -> Iterator[Share]:
    return (Share(item.rated, item.weight, item.weight) for item in rule.items)


def _list_groups(rule: RatedItems, category: str | None) -> tuple[str, ...]:
    groups = (group for item in rule.items for group in RATED.groups(item.rated, category))
    return tuple(dict.fromkeys(groups))


def _tell(node: Node, scheme: Scheme) -> Text:
    """How each ballot's questions make its points, then as for one question."""
    terms = same(" + ").join(
        node_name(scheme, part.code) + same(f" × {show_percent(part.weight)}")
        for part in node.parts
    )
    return Text("每票按%(terms)s合成。", "On each ballot: %(terms)s. ").filled(
        terms=terms
    ) + tell_rated(node, scheme)


RATED_ITEMS = Kind(
    RatedItems,
    name=Text("多题评价", "rated on several items"),
    how=always(Text("每票几个问题加权，再取平均", "questions of a ballot weighted, then the mean")),
    tell=_tell,
    readers={},
    weigh=_weigh,
    groups=_list_groups,
)

"""Several questions on one ballot; a scheme writes it as `rated` with `questions`."""

from collections.abc import Iterator

from analysis.score.rules import RatedItems
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.rated import RATED
from evalsvc.text import Text


def _weigh(rule: RatedItems) -> Iterator[Share]:
    return (Share(item.rated, item.weight, item.weight) for item in rule.items)


def _list_groups(rule: RatedItems, category: str | None) -> tuple[str, ...]:
    groups = (group for item in rule.items for group in RATED.groups(item.rated, category))
    return tuple(dict.fromkeys(groups))


RATED_ITEMS = Kind(
    RatedItems,
    name=Text("多题评价", "rated on several items"),
    how=always(Text("每票几个问题加权，再取平均", "questions of a ballot weighted, then the mean")),
    readers={},
    weigh=_weigh,
    groups=_list_groups,
)

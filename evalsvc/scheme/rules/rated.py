"""One question on the ballots of a group; `questions` make it several."""

from analysis.score.rules import Rated
from evalsvc.scheme.answered_rules import read_rated
from evalsvc.scheme.rules.kind import Kind
from evalsvc.text import Text


def _say_how(rule: Rated) -> Text:
    if rule.by_place is not None:
        return Text(
            "按在每票上的名次得分，取平均", "points by place on every ballot, then the mean"
        )
    return Text("每票打分，取平均", "points on every ballot, then the mean")


def _list_groups(rule: Rated, category: str | None) -> tuple[str, ...]:
    if category is None:
        return tuple(dict.fromkeys(rule.groups.values()))
    group = rule.groups.get(category)
    return (group,) if group else ()


RATED = Kind(
    Rated,
    name=Text("评价", "rated"),
    how=_say_how,
    readers={"rated": read_rated},
    groups=_list_groups,
)

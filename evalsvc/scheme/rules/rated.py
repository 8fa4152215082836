"""One question on the ballots of a group; `questions` make it several."""

from analysis.score.rules import Rated
from analysis.score.tree import Node
from evalsvc.scheme.answered_rules import read_rated
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind
from evalsvc.scheme.rules.telling import find_remark, grouped_terms, show_term
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


def tell_rated(node: Node, _scheme: Scheme) -> Text:
    kept = [each.points for each in node.inputs if each.weight and each.points is not None]
    trimmed = find_remark(node, "trimmed")
    words = {
        "n": len(kept),
        "all": sum(1 for each in node.inputs if each.points is not None),
        "terms": grouped_terms(kept),
        "value": show_term(node.value),
    }
    if len(kept) == 1:
        return Text("1票：%(value)s。", "1 ballot: %(value)s.").filled(value=words["value"])
    if trimmed is None:
        return Text(
            "%(n)s票平均：(%(terms)s) ÷ %(n)s = %(value)s。",
            "Mean of %(n)s ballots: (%(terms)s) ÷ %(n)s = %(value)s.",
        ).filled(**words)
    return Text(
        "%(all)s票，去掉%(high)s个最高、%(low)s个最低，其余%(n)s票平均："
        "(%(terms)s) ÷ %(n)s = %(value)s。",
        "%(all)s ballots, %(high)s highest and %(low)s lowest dropped; mean of the other "
        "%(n)s: (%(terms)s) ÷ %(n)s = %(value)s.",
    ).filled(high=trimmed.figures[0], low=trimmed.figures[1], **words)


RATED = Kind(
    Rated,
    name=Text("评价", "rated"),
    how=_say_how,
    tell=tell_rated,
    readers={"rated": read_rated},
    groups=_list_groups,
)

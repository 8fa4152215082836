"""One question on the ballots of a group; `rated_items` reads the word for one and for several."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from analysis.score.aggregation import Trim
from analysis.score.rules import Rated, Relation
from analysis.score.tree import Node
from evalsvc.scheme.file.reading import Reading, say_known
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Group, Scheme
from evalsvc.scheme.rules.asked import (
    count_only,
    read_least_raters,
    read_question,
    read_round,
    read_share_of,
    read_trim,
)
from evalsvc.scheme.rules.by_place import check_anonymous, read_by_place
from evalsvc.scheme.rules.kind import Kind
from evalsvc.scheme.rules.telling import (
    find_remark,
    grouped_terms,
    in_brackets,
    say_answers,
    show_term,
)
from evalsvc.scheme.tree import Tree
from evalsvc.text import NOTHING, Text


def read_one(
    tree: Tree, parts: Mapping[str, Field], groups: Mapping[str, Group], code: str, asked: Field
) -> Rated:
    """One question of a group's ballots."""
    reading = tree.reading
    question = read_question(tree, asked, groups)
    role = reading.text(parts["role"])
    _check_role(tree, parts["role"], role, groups)
    by_place = read_by_place(reading, parts["by_place"], question)
    if by_place is not None:
        # Looked at for every category: one group without names is enough.
        check_anonymous(reading, parts["by_place"], groups, tree.questionnaires)
        # The places stand in an item of their own, which the count has to keep on the ballot.
        tree.used_questions |= {(g.questionnaire, by_place.within) for g in groups.values()}
    round_code = read_round(tree, parts["round"])
    rule = Rated(
        code=code,
        round=round_code,
        groups={category: group.code for category, group in groups.items()},
        item=question.code if question else "",
        # Points, limits and proportions come from the
        # question, so that page and score have one source.
        points=None,
        trim=read_trim(reading, parts["trim"]),
        role=role,
        default_role=_default_role(reading, parts["group"], groups),
        relations={each: _sight_relation(group, each) for each, group in groups.items()},
        void_uniform=reading.truth(parts["void_uniform"]),
        least_raters=read_least_raters(tree, parts, round_code, groups),
        by_place=by_place,
    )
    if question is None:
        return rule
    rule = question.rate(rule)
    codes = read_share_of(tree, parts["share_of"], rule.points)
    if not codes or rule.points is None:
        return rule
    if by_place is not None:
        reading.report(
            parts["share_of"],
            Text("share_of 和 by_place 只能写一个", "expected share_of or by_place, not both"),
        )
    return replace(rule, points=count_only(rule.points, codes), share_of=codes)


def _check_role(tree: Tree, found: Field, role: str, groups: Mapping[str, Group]) -> None:
    """All categories in which raters lack the role are one mistake."""
    lacking, known = [], []
    for category, group in groups.items():
        for sight in group.sights:
            roles = tuple(filter(None, (*sight.roles, sight.default_role)))
            if role and sight.category == category and role not in roles:
                lacking.append(f"{group.code}: {category}")
                known += [each for each in roles if each not in known]
    if lacking:
        where, there = say_known(lacking), say_known(known) or "–"
        told = Text(
            f"这些主体对这些类别没有这个关系：{where}；已有：{there}",
            f"there is no such role for {where}; there are: {there}",
        )
        tree.reading.report(found, told + tree.reading.suggest(role, known))


def _default_role(reading: Reading, found: Field, groups: Mapping[str, Group]) -> str:
    roles = {
        sight.default_role
        for category, group in groups.items()
        for sight in group.sights
        if sight.category == category
    }
    # The rule has one of them; two would need two rules.
    if len(roles) > 1:
        reading.report(
            found,
            Text(
                "各类别的 default_role 应相同",
                "the default_role should be the same for all categories",
            ),
        )
    return min(roles, default="")


def _sight_relation(group: Group, category: str) -> Relation:
    sights = [sight.relation for sight in group.sights if sight.category == category]
    # A category that is not seen has been told; something has to stand here.
    return sights[0] if sights else "all"


def _say_how(rule: Rated) -> Text:
    if rule.share_of:
        return Text("选这些答案的票占百分之几", "the percentage of ballots with these answers")
    if rule.by_place is not None:
        return Text(
            "按在每票上的名次得分，取平均", "points by place on every ballot, then the mean"
        )
    return Text("每票打分，取平均", "points on every ballot, then the mean")


def _say_settings(rule: Rated, scheme: Scheme) -> Text:
    said: list[Text] = []
    # By place an answer counts as the place that it takes, and whatever else as its points.
    if rule.points is not None and rule.by_place is None:
        group, share = next(iter(rule.groups.values())), bool(rule.share_of)
        said += say_answers(scheme, group, rule.item, rule.points, share=share)
    said += say_kept(rule.trim, rule.least_raters)
    return in_brackets(said) if said else NOTHING


def say_kept(trim: Trim | None, least_raters: int) -> Iterator[Text]:
    """Which ballots the mean is of, and of how many there is none."""
    if trim is not None:
        told = Text(
            "%(n)s 人起去掉 %(each)s 个最高、%(each)s 个最低",
            "from %(n)s raters on %(each)s highest and %(each)s lowest dropped",
        )
        yield told.filled(n=trim.min_raters, each=trim.each_end)
    if least_raters > 1:
        told = Text("不足 %(n)s 人没有得分", "no figure from fewer than %(n)s")
        yield told.filled(n=least_raters)


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
    # A mean of one is none: the figure is that ballot's.
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
    readers={},
    groups=_list_groups,
    settings=_say_settings,
)

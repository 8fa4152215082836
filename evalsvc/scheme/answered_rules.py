"""Parts of a score tree that raters answer: ballots of a group and a panel's satisfaction."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from analysis.panel.small_cells import DEFAULTS, Thresholds
from analysis.score.rules import (
    ByCategory,
    ItemShare,
    Rated,
    RatedItems,
    Relation,
    Rule,
    Satisfaction,
    Trim,
)
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.file.limits import MOST_TOTAL, MOST_UNITS
from evalsvc.scheme.file.reading import NO_TEXT, Reading, absent, say_known
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Group
from evalsvc.scheme.place_rules import check_anonymous, check_asked_of_all, read_by_place
from evalsvc.scheme.tree import Tree, node_code, node_record, note_node, share_of
from evalsvc.text import Text


def read_rated(tree: Tree, found: Field, code: str) -> Rule:
    """One question of a group's ballots, or several `questions` with their weights."""
    reading = tree.reading
    several = "questions" in reading.entries(found)
    parts = node_record(
        tree,
        found,
        ("group", "questions" if several else "question"),
        ("round", "trim", "role", "void_uniform", "least_raters", "by_place"),
    )
    groups = _groups(tree, parts["group"], ("named", "unit", "entries"))
    own = node_code(tree, parts, found, code)
    if several:
        return _several(tree, parts, groups, own)
    return _one(tree, parts, groups, own, parts["question"])


def _several(
    tree: Tree, parts: Mapping[str, Field], groups: Mapping[str, Group], code: str
) -> RatedItems:
    """Each question's own mean stands below as `code.question`; trimming is of whole ballots."""
    reading = tree.reading
    untrimmed = {**parts, "trim": absent(parts["group"], "trim")}
    items, weights = [], []
    for item, found in reading.entries(parts["questions"]).items():
        rated = _one(tree, untrimmed, groups, f"{code}.{item}", replace(found, content=item))
        title = next((q.title for q in _list_questions(tree, groups) if q.code == item), NO_TEXT)
        note_node(tree, found, rated.code, title)
        weights.append(reading.number(found))
        if weights[-1] < 0:
            reading.report(found, Text("权重不能为负", "expected a weight that is not negative"))
        items.append(rated)
    reading.sums_to_100(parts["questions"], weights, Text("各题权重", "weights of the questions"))
    if parts["questions"].content is not None and not items:
        reading.report(
            parts["questions"], Text("至少要有一个问题", "expected at least one question")
        )
    return RatedItems(
        code,
        tuple(ItemShare(share_of(w), each) for w, each in zip(weights, items, strict=True)),
        _trim(reading, parts["trim"]),
        _least_raters(tree, parts, items[0].round if items else "", groups),
    )


def _list_questions(tree: Tree, groups: Mapping[str, Group]) -> list[Question]:
    sheets = [tree.questionnaires.get(group.questionnaire) for group in groups.values()]
    return [question for sheet in sheets if sheet for question in _list_scored(sheet)]


def _list_scored(sheet: Questionnaire) -> tuple[Question, ...]:
    """The questions that a score may read, those that are always kept for it first."""
    further = (each.question for each in sheet.asked)
    return (*sheet.questions, *(each for each in further if each.scoring == "where_read"))


def _one(
    tree: Tree, parts: Mapping[str, Field], groups: Mapping[str, Group], code: str, asked: Field
) -> Rated:
    reading = tree.reading
    question = _question(tree, asked, groups)
    role = reading.text(parts["role"])
    _check_role(tree, parts["role"], role, groups)
    by_place = read_by_place(reading, parts["by_place"], question)
    if by_place is not None:
        check_anonymous(reading, parts["by_place"], groups, tree.questionnaires)
        tree.used_questions |= {(g.questionnaire, by_place.within) for g in groups.values()}
    round_code = _round(tree, parts["round"])
    rule = Rated(
        code=code,
        round=round_code,
        groups={category: group.code for category, group in groups.items()},
        item=question.code if question else "",
        points=None,
        trim=_trim(reading, parts["trim"]),
        role=role,
        default_role=_default_role(reading, parts["group"], groups),
        relations={each: _sight_relation(group, each) for each, group in groups.items()},
        void_uniform=reading.truth(parts["void_uniform"]),
        least_raters=_least_raters(tree, parts, round_code, groups),
        by_place=by_place,
    )
    return question.rate(rule) if question else rule


def read_satisfaction(tree: Tree, found: Field, code: str) -> Rule:
    reading = tree.reading
    parts = node_record(tree, found, ("group", "question", "min_valid"), ("round",))
    groups = _groups(tree, parts["group"], ("counts",))
    question = _question(tree, parts["question"], groups)
    levels = question.scale if question else ()
    if question is not None and not levels:
        reading.report(
            parts["question"],
            Text("满意度要用 levels 类问题", "satisfaction needs a question of the kind levels"),
        )
    group = next(iter(groups.values()), None)
    round_code = _round(tree, parts["round"])
    least = _get_thresholds(tree, round_code).answers_for_score
    rule = Satisfaction(
        code=node_code(tree, parts, found, code),
        round=round_code,
        group=group.code if group else "",
        item=question.code if question else "",
        points={level.code: _points_of(level.points) for level in levels},
        strata={s.code: share_of(s.weight) for s in group.strata} if group else {},
        min_valid=reading.integer(parts["min_valid"], least, MOST_TOTAL, least),
        satisfied=frozenset(level.code for level in levels if level.satisfied),
        basically=frozenset(level.code for level in levels if level.basically),
    )
    if group is None or not any(stratum.weights for stratum in group.strata):
        return rule
    plans = {
        category: {s.code: share_of(s.weights.get(category, s.weight)) for s in group.strata}
        for category in tree.categories
    }
    return ByCategory(rule.code, {c: replace(rule, strata=plan) for c, plan in plans.items()})


def _round(tree: Tree, found: Field) -> str:
    if found.content is not None:
        return tree.reading.known(found, tuple(tree.rounds), Text("轮次", "round"))
    if tree.round is None:
        tree.reading.report(
            found,
            Text(
                "这里要写 round，或放在 rule: rounds 之内",
                "expected “round” here, or the node inside a rule: rounds",
            ),
        )
        return ""
    return tree.round.code


def _groups(tree: Tree, found: Field, identities: tuple[str, ...]) -> dict[str, Group]:
    """The group that evaluates each category: one for all, or one named per category."""
    reading = tree.reading
    if isinstance(found.content, Mapping):
        fields = {c: f for c, f in found.content.items() if c in tree.categories}
        for category in found.content.keys() - fields.keys():
            reading.report(
                found.content[category],
                Text("这里没有这个类别", "there is no such category here"),
                found=category,
            )
        for category in set(tree.categories) - fields.keys():
            reading.report(found, Text(f"缺少类别 {category}", f"expected category {category}"))
    else:
        fields = dict.fromkeys(tree.categories, found)
    groups = {}
    for category, named in fields.items():
        code = reading.known(named, tuple(tree.groups), Text("评价主体", "rater group"))
        if code in tree.groups:
            groups[category] = tree.groups[code]
            _check_group(reading, named, tree.groups[code], category, identities)
    return groups


def _check_group(
    reading: Reading, found: Field, group: Group, category: str, identities: tuple[str, ...]
) -> None:
    if category not in {sight.category for sight in group.sights}:
        reading.report(
            found,
            Text(
                f"该主体不评价类别 {category}，请改 sees",
                f"this group does not evaluate category {category}; change its “sees”",
            ),
            found=group.code,
        )
    if group.identity not in identities:
        known = "、".join(identities)
        reading.report(
            found,
            Text(
                f"这条规则只用于 identity 为 {known} 的主体",
                f"this rule is for groups with identity {known}",
            ),
            found=f"{group.code}: {group.identity}",
        )


def _question(tree: Tree, found: Field, groups: Mapping[str, Group]) -> Question | None:
    code = tree.reading.text(found)
    answer: Question | None = None
    for group in groups.values():
        sheet = tree.questionnaires.get(group.questionnaire)
        if sheet is None:
            continue
        tree.used_questions.add((sheet.code, code))
        match = next((each for each in _list_scored(sheet) if each.code == code), None)
        check_asked_of_all(tree.reading, found, match, sheet)
        if match is None:
            known = say_known([each.code for each in _list_scored(sheet)])
            tree.reading.report(
                found,
                Text(
                    f"问卷 {sheet.code} 里没有这个问题，已有：{known}",
                    f"questionnaire {sheet.code} has no such question; it has: {known}",
                ),
            )
        elif answer is not None and match != answer:
            tree.reading.report(
                found,
                Text(
                    "各类别的问题应相同，不同时请用 by_category",
                    "the question should be the same for all categories; use "
                    "by_category where it differs",
                ),
            )
        answer = answer or match
    return answer


def _get_thresholds(tree: Tree, round_code: str) -> Thresholds:
    """Those of the round; a round that is not there has been reported already."""
    return tree.rounds[round_code].thresholds if round_code in tree.rounds else DEFAULTS


def _least_raters(
    tree: Tree, parts: Mapping[str, Field], round_code: str, groups: Mapping[str, Group]
) -> int:
    """Units that rate each other stay unrecognisable only in company."""
    anonymous = any(group.identity == "unit" for group in groups.values())
    least = _get_thresholds(tree, round_code).raters_for_unit_groups if anonymous else 1
    return tree.reading.integer(parts["least_raters"], least, MOST_UNITS, least)


def _check_role(tree: Tree, found: Field, role: str, groups: Mapping[str, Group]) -> None:
    for category, group in groups.items():
        for sight in group.sights:
            roles = tuple(filter(None, (*sight.roles, sight.default_role)))
            if role and sight.category == category and role not in roles:
                known = say_known(roles)
                tree.reading.report(
                    found,
                    Text(
                        f"{group.code} 对类别 {category} 没有这个关系，已有：{known}",
                        f"{group.code} has no such role towards category {category}; "
                        f"there are: {known}",
                    ),
                )


def _default_role(reading: Reading, found: Field, groups: Mapping[str, Group]) -> str:
    roles = {
        sight.default_role
        for category, group in groups.items()
        for sight in group.sights
        if sight.category == category
    }
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
    return sights[0] if sights else "all"


def _points_of(points: Decimal | None) -> Fraction | None:
    return None if points is None else Fraction(points)


def _trim(reading: Reading, found: Field) -> Trim | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("from",), ("each_end",))
    least = reading.integer(parts["from"], 1, MOST_UNITS)
    ends = reading.integer(parts["each_end"], 1, MOST_UNITS, 1)
    if least <= 2 * ends:
        reading.report(
            parts["from"],
            Text(
                f"去掉 {2 * ends} 个后应有剩余，至少为 {2 * ends + 1}",
                f"something must be left after dropping {2 * ends}: at least {2 * ends + 1}",
            ),
        )
    return Trim(least, ends)

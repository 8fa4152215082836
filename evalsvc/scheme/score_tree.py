"""The score tree as a scheme writes it; a new kind of rule is one function in the registry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import cast

from analysis.rules import (
    Adjusted,
    AdjustmentRule,
    BandQuota,
    ByCategory,
    Cap,
    Given,
    Mean,
    Missing,
    Part,
    Rated,
    Relation,
    Rule,
    Satisfaction,
    Total,
    Trim,
    Weighted,
)
from analysis.small_cells import ANSWERS_FOR_SCORE, RATERS_FOR_UNIT_GROUPS
from evalsvc.scheme.model import (
    AdjustmentKind,
    Component,
    ForcedRatioQuestion,
    Group,
    LevelsQuestion,
    NumberQuestion,
    Question,
    Questionnaire,
    Round,
    Text,
)
from evalsvc.scheme.reading import Reading
from evalsvc.scheme.source import Field

MISSING = ("centred", "proportional", "equal", "zero", "not_ranked")
WEIGHTS = Text("各部分权重", "weights of the parts")
NOTHING = Given("", "")


@dataclass
class Tree:
    """What the rules of a tree may refer to, and what has been used and named so far.

    `categories` are those whose units the node in hand is for; `round` is the round in hand.
    """

    reading: Reading
    categories: tuple[str, ...]
    rounds: Mapping[str, Round]
    groups: Mapping[str, Group]
    questionnaires: Mapping[str, Questionnaire]
    components: Mapping[str, Component]
    adjustments: Mapping[str, tuple[AdjustmentKind, AdjustmentRule]]
    round: Round | None = None
    names: dict[str, Text] = field(default_factory=dict)
    places: dict[str, set[str]] = field(default_factory=dict)
    used_components: set[str] = field(default_factory=set)
    used_questions: set[tuple[str, str]] = field(default_factory=set)
    used_adjustments: set[str] = field(default_factory=set)

    def for_category(self, category: str) -> "Tree":
        """The same tree for one category only; what is noted is shared."""
        return replace(self, categories=(category,))

    def in_round(self, code: str) -> "Tree":
        """The same tree inside a round; what is noted is shared."""
        return replace(self, round=self.rounds[code])


def read_rule(tree: Tree, found: Field, code: str = "") -> Rule:
    """One node: a component's code, `component: code`, or a mapping with its `rule`."""
    if isinstance(found.content, str):
        return _component(tree, found)
    entries = tree.reading.entries(found)
    if "component" in entries:
        return _component(tree, tree.reading.record(found, ("component",))["component"])
    kind = entries.get("rule")
    if kind is None:
        if found.content is not None:
            tree.reading.report(found, "缺少 rule", "expected “rule” here")
        return NOTHING
    return RULES[tree.reading.choice(kind, tuple(RULES))](tree, found, code)


def _component(tree: Tree, found: Field) -> Given:
    code = _in_round(tree, tree.reading.text(found))
    component = tree.components.get(code)
    if component is None:
        tree.reading.report(found, "没有这个计分项，请在 components 里写明",
                            "there is no such component; declare it under components")
        return NOTHING
    _note(tree, found, code, component.name)
    tree.used_components.add(code)
    for category in set(tree.categories) - set(component.categories):
        tree.reading.report(found, f"该项不用于类别 {category}，请改 components 或用 by_category",
                            f"this component is not for category {category}; change components or "
                            "use by_category", found=code)
    return Given(code, component.round)


def _given(tree: Tree, found: Field, code: str) -> Given:
    parts = tree.reading.record(found, ("rule",), ("code",))
    if parts["code"].content is not None:
        return _component(tree, parts["code"])
    return _component(tree, replace(found, content=code))


def _weighted(tree: Tree, found: Field, code: str) -> Weighted:
    parts = _node(tree, found, ("parts", "missing"), ("limits", "missing_most"))
    return _weighted_of(tree, parts, _code(tree, parts, found, code))


def _weighted_of(tree: Tree, parts: Mapping[str, Field], code: str) -> Weighted:
    reading = tree.reading
    children, weights = [], []
    for child in reading.sequence(parts["parts"]):
        weights.append(_weight(reading, _entry(reading, child, "weight")))
        children.append(read_rule(tree, _without(child, "weight")))
    reading.sums_to_100(parts["parts"], weights, WEIGHTS)
    if parts["parts"].content is not None and not children:
        reading.report(parts["parts"], "至少要有一个部分", "expected at least one part")
    return Weighted(
        code,
        tuple(Part(_share(w), node) for w, node in zip(weights, children, strict=True)),
        _missing(reading, parts["missing"]),
        _range(reading, parts["limits"]),
        _most(reading, parts["missing_most"]),
    )


def _rounds(tree: Tree, found: Field, code: str) -> Weighted:
    reading = tree.reading
    parts = _node(tree, found, ("rounds", "each", "missing"), ("missing_most",))
    children, weights = [], []
    for name, value in reading.entries(parts["rounds"]).items():
        if name not in tree.rounds:
            known = "、".join(tree.rounds)
            reading.report(value, f"没有这个轮次，已有：{known}",
                           f"there is no such round; there are: {known}", found=name)
            continue
        weights.append(_weight(reading, value))
        children.append(read_rule(tree.in_round(name), parts["each"]))
    reading.sums_to_100(parts["rounds"], weights, Text("各轮权重", "weights of the rounds"))
    return Weighted(
        _code(tree, parts, found, code),
        tuple(Part(_share(w), node) for w, node in zip(weights, children, strict=True)),
        _missing(reading, parts["missing"]),
        missing_most=_most(reading, parts["missing_most"]),
    )


def _mean(tree: Tree, found: Field, code: str) -> Mean:
    reading = tree.reading
    parts = _node(tree, found, ("parts",), ("except",))
    children = tuple(read_rule(tree, child) for child in reading.sequence(parts["parts"]))
    codes = tuple(child.code for child in children)
    excepted = frozenset(
        reading.known(out, codes, Text("部分", "part"))
        for out in reading.sequence(parts["except"])
    )
    if parts["parts"].content is not None and not set(codes) - excepted:
        reading.report(parts["parts"], "至少要有一个计入的部分", "expected a part that counts")
    return Mean(_code(tree, parts, found, code), children, excepted)


def _rated(tree: Tree, found: Field, code: str) -> Rated:
    reading = tree.reading
    parts = _node(
        tree,
        found,
        ("group", "question"),
        ("round", "trim", "role", "void_uniform", "least_raters"),
    )
    groups = _groups(tree, parts["group"], ("named", "unit", "entries"))
    question = _question(tree, parts["question"], groups)
    role = reading.text(parts["role"])
    _check_role(tree, parts["role"], role, groups)
    return Rated(
        code=_code(tree, parts, found, code),
        round=_round(tree, parts["round"]),
        groups={category: group.code for category, group in groups.items()},
        item=question.code if question else "",
        points=_points(question),
        trim=_trim(reading, parts["trim"]),
        role=role,
        quota=_quota(question),
        default_role=_default_role(reading, parts["group"], groups),
        limits=_number_range(question),
        relations={each: _sight_relation(group, each) for each, group in groups.items()},
        void_uniform=reading.truth(parts["void_uniform"]),
        least_raters=_least_raters(reading, parts["least_raters"], groups),
    )


def _satisfaction(tree: Tree, found: Field, code: str) -> Satisfaction:
    reading = tree.reading
    parts = _node(tree, found, ("group", "question", "min_valid"), ("round",))
    groups = _groups(tree, parts["group"], ("counts",))
    question = _question(tree, parts["question"], groups)
    levels = question.levels if isinstance(question, LevelsQuestion) else ()
    if question is not None and not levels:
        reading.report(parts["question"], "满意度要用 levels 类问题",
                       "satisfaction needs a question of the kind levels")
    group = next(iter(groups.values()), None)
    return Satisfaction(
        code=_code(tree, parts, found, code),
        round=_round(tree, parts["round"]),
        group=group.code if group else "",
        item=question.code if question else "",
        points={level.code: _points_of(level.points) for level in levels},
        strata={s.code: _share(s.weight) for s in group.strata} if group else {},
        min_valid=reading.integer(parts["min_valid"], ANSWERS_FOR_SCORE, ANSWERS_FOR_SCORE),
        satisfied=frozenset(level.code for level in levels if level.satisfied),
        basically=frozenset(level.code for level in levels if level.basically),
    )


def _adjusted(tree: Tree, found: Field, code: str) -> Adjusted:
    reading = tree.reading
    parts = _node(tree, found, (), ("caps", "bonus_most"))
    tree.used_adjustments.update(tree.adjustments)
    caps = tuple(_cap(tree, cap) for cap in reading.sequence(parts["caps"]))
    most = parts["bonus_most"]
    rules = tuple(rule for _, rule in tree.adjustments.values())
    return Adjusted(
        _code(tree, parts, found, code),
        rules,
        caps,
        Fraction(reading.number(most)) if most.content is not None else None,
    )


def _cap(tree: Tree, found: Field) -> Cap:
    parts = tree.reading.record(found, ("of", "most"))
    codes = tuple(tree.adjustments)
    kind = Text("加减分项", "adjustment")
    rules = tuple(
        tree.reading.known(each, codes, kind) for each in tree.reading.sequence(parts["of"])
    )
    return Cap(rules, Fraction(tree.reading.number(parts["most"])))


def _total(tree: Tree, found: Field, code: str) -> Total:
    parts = _node(tree, found, ("parts", "missing"), ("limits", "missing_most", "added"))
    own = _code(tree, parts, found, code)
    base = _weighted_of(tree, parts, f"{own}.base")
    if parts["added"].content is None:
        return Total(own, base, None)
    added = read_rule(tree, parts["added"])
    if not isinstance(added, Adjusted):
        tree.reading.report(parts["added"], "added 只能用 rule: adjustments",
                            "“added” takes rule: adjustments only")
        return Total(own, base, None)
    return Total(own, base, added)


def _by_category(tree: Tree, found: Field, code: str) -> ByCategory:
    reading = tree.reading
    parts = reading.record(found, ("rule", "code", "categories"))
    own = _in_round(tree, reading.text(parts["code"])) or code
    entries = reading.entries(parts["categories"])
    for category in set(tree.categories) - entries.keys():
        reading.report(parts["categories"], f"缺少类别 {category}", f"expected category {category}")
    rules = {}
    for category, branch in entries.items():
        if category not in tree.categories:
            reading.report(branch, "这里没有这个类别", "there is no such category here",
                           found=category)
            continue
        rules[category] = read_rule(tree.for_category(category), branch, own)
    return ByCategory(own, rules)


def _entry(reading: Reading, found: Field, name: str) -> Field:
    """One name of a mapping whose other names are read elsewhere."""
    return reading.record(found, (name,), tuple(reading.entries(found)))[name]


def _without(found: Field, name: str) -> Field:
    if not isinstance(found.content, Mapping):
        return found
    return replace(found, content={key: f for key, f in found.content.items() if key != name})


def _node(
    tree: Tree, found: Field, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, Field]:
    return tree.reading.record(found, ("rule", "name", *required), ("code", *optional))


def _code(tree: Tree, parts: Mapping[str, Field], found: Field, inherited: str) -> str:
    """The node's own code, or the one that `by_category` hands down to its branches."""
    given = parts["code"]
    code = _in_round(tree, tree.reading.text(given)) or inherited
    if not code:
        tree.reading.report(found, "缺少 code", "expected “code” here")
    if inherited and given.content is not None and code != inherited:
        tree.reading.report(given, f"各类别的 code 应同为 {inherited}，可省略不写",
                            f"all categories share the code {inherited}; leave it out")
    _note(tree, found, code, tree.reading.words(parts["name"]))
    return code


def _note(tree: Tree, found: Field, code: str, name: Text) -> None:
    """Remembers the node's name; one code stands once for every category."""
    known = tree.places.setdefault(code, set())
    if code and known & set(tree.categories):
        tree.reading.report(found, "这个代码已经用过，每个部分的代码只能出现一次",
                            "this code is used already; every part has a code of its own",
                            found=code)
    known.update(tree.categories)
    if tree.round:
        name = Text(name.zh.replace("{round}", tree.round.name.zh),
                    name.en.replace("{round}", tree.round.name.en))
    tree.names.setdefault(code, name)


def _in_round(tree: Tree, code: str) -> str:
    return code.replace("{round}", tree.round.code) if tree.round else code


def _round(tree: Tree, found: Field) -> str:
    if found.content is not None:
        return tree.reading.known(found, tuple(tree.rounds), Text("轮次", "round"))
    if tree.round is None:
        tree.reading.report(found, "这里要写 round，或放在 rule: rounds 之内",
                            "expected “round” here, or the node inside a rule: rounds")
        return ""
    return tree.round.code


def _groups(tree: Tree, found: Field, identities: tuple[str, ...]) -> dict[str, Group]:
    """The group that evaluates each category: one for all, or one named per category."""
    reading = tree.reading
    if isinstance(found.content, Mapping):
        fields = {c: f for c, f in found.content.items() if c in tree.categories}
        for category in found.content.keys() - fields.keys():
            reading.report(found.content[category], "这里没有这个类别",
                           "there is no such category here", found=category)
        for category in set(tree.categories) - fields.keys():
            reading.report(found, f"缺少类别 {category}", f"expected category {category}")
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
        reading.report(found, f"该主体不评价类别 {category}，请改 sees",
                       f"this group does not evaluate category {category}; change its “sees”",
                       found=group.code)
    if group.identity not in identities:
        known = "、".join(identities)
        reading.report(found, f"这条规则只用于 identity 为 {known} 的主体",
                       f"this rule is for groups with identity {known}",
                       found=f"{group.code}: {group.identity}")


def _question(tree: Tree, found: Field, groups: Mapping[str, Group]) -> Question | None:
    code = tree.reading.text(found)
    answer: Question | None = None
    for group in groups.values():
        sheet = tree.questionnaires.get(group.questionnaire)
        if sheet is None:
            continue
        tree.used_questions.add((sheet.code, code))
        match = next((each for each in sheet.questions if each.code == code), None)
        if match is None:
            known = "、".join(each.code for each in sheet.questions)
            tree.reading.report(found, f"问卷 {sheet.code} 里没有这个问题，已有：{known}",
                                f"questionnaire {sheet.code} has no such question; it has: {known}")
        elif answer is not None and match != answer:
            tree.reading.report(found, "各类别的问题应相同，不同时请用 by_category",
                                "the question should be the same for all categories; use "
                                "by_category where it differs")
        answer = answer or match
    return answer


def _least_raters(reading: Reading, found: Field, groups: Mapping[str, Group]) -> int:
    """Units that rate each other stay unrecognisable only in company."""
    anonymous = any(group.identity == "unit" for group in groups.values())
    least = RATERS_FOR_UNIT_GROUPS if anonymous else 1
    return reading.integer(found, least, least)


def _check_role(tree: Tree, found: Field, role: str, groups: Mapping[str, Group]) -> None:
    for category, group in groups.items():
        for sight in group.sights:
            roles = tuple(filter(None, (*sight.roles, sight.default_role)))
            if role and sight.category == category and role not in roles:
                known = "、".join(roles)
                tree.reading.report(
                    found, f"{group.code} 对类别 {category} 没有这个关系，已有：{known}",
                    f"{group.code} has no such role towards category {category}; "
                    f"there are: {known}")


def _default_role(reading: Reading, found: Field, groups: Mapping[str, Group]) -> str:
    roles = {
        sight.default_role
        for category, group in groups.items()
        for sight in group.sights
        if sight.category == category
    }
    if len(roles) > 1:
        reading.report(found, "各类别的 default_role 应相同",
                       "the default_role should be the same for all categories")
    return min(roles, default="")


def _sight_relation(group: Group, category: str) -> Relation:
    sights = [sight.relation for sight in group.sights if sight.category == category]
    return sights[0] if sights else "all"


def _points(question: Question | None) -> dict[str, Fraction | None] | None:
    if isinstance(question, ForcedRatioQuestion):
        return {band.code: Fraction(band.points) for band in question.bands}
    if isinstance(question, LevelsQuestion):
        return {level.code: _points_of(level.points) for level in question.levels}
    return None


def _points_of(points: Decimal | None) -> Fraction | None:
    return None if points is None else Fraction(points)


def _quota(question: Question | None) -> BandQuota | None:
    if not isinstance(question, ForcedRatioQuestion):
        return None
    bands = tuple(band.code for band in question.bands)
    shares = tuple(band.share for band in question.bands)
    return BandQuota(bands, shares, question.enforce_from, question.exact)


def _number_range(question: Question | None) -> tuple[Fraction, Fraction] | None:
    if not isinstance(question, NumberQuestion):
        return None
    return Fraction(question.minimum), Fraction(question.maximum)


def _trim(reading: Reading, found: Field) -> Trim | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("from",), ("each_end",))
    least, ends = reading.integer(parts["from"], 1), reading.integer(parts["each_end"], 1, 1)
    if least <= 2 * ends:
        reading.report(parts["from"], f"去掉 {2 * ends} 个后应有剩余，至少为 {2 * ends + 1}",
                       f"something must be left after dropping {2 * ends}: at least {2 * ends + 1}")
    return Trim(least, ends)


def _weight(reading: Reading, found: Field) -> Decimal:
    weight = reading.number(found)
    if weight < 0:
        reading.report(found, "权重不能为负", "expected a weight that is not negative")
    return weight


def _missing(reading: Reading, found: Field) -> Missing:
    return cast(Missing, reading.choice(found, MISSING, "not_ranked"))


def _most(reading: Reading, found: Field) -> Fraction | None:
    return None if found.content is None else _share(reading.number(found))


def _range(reading: Reading, found: Field) -> tuple[Fraction, Fraction] | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("from", "to"))
    lowest, highest = reading.number(parts["from"]), reading.number(parts["to"])
    if lowest >= highest:
        reading.report(found, "from 应小于 to", "expected from to be below to",
                       found=f"{lowest}–{highest}")
    return Fraction(lowest), Fraction(highest)


def _share(percent: Decimal) -> Fraction:
    return Fraction(percent) / 100


RULES: Mapping[str, Callable[[Tree, Field, str], Rule]] = {
    "weighted": _weighted,
    "rounds": _rounds,
    "mean": _mean,
    "given": _given,
    "rated": _rated,
    "satisfaction": _satisfaction,
    "adjustments": _adjusted,
    "total": _total,
    "by_category": _by_category,
}

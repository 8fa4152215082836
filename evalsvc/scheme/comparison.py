"""How two schemes differ, in words: parameters, groups, questions, figures, and the score tree."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction

from analysis.score.rules import Rule
from evalsvc.scheme.model import AdjustmentKind, Body, Category, Component, Group, Round, Scheme
from evalsvc.scheme.outline import build_outline
from evalsvc.scheme.publication import say_periods
from evalsvc.scheme.wording import say_shown
from evalsvc.text import Text

NOTHING = Text("—", "—")
LONGEST_SETTING = 60
CHANGED = Text("（内容有改动）", "(contents changed)")


@dataclass(frozen=True)
class Difference:
    """One thing that differs: where, what, and what each scheme says; a dash: it is not there."""

    section: Text
    subject: Text
    before: Text
    after: Text


def list_differences(before: Scheme, after: Scheme) -> tuple[Difference, ...]:
    """Everything that an office would want to know, in the order of the file."""
    return tuple(
        difference
        for compare in (
            _heads,
            _parameters,
            _categories,
            _rounds,
            _groups,
            _questionnaires,
            _bodies,
            _components,
            _adjustments,
            _score,
            _grades,
            _publication,
        )
        for difference in compare(before, after)
    )


def _heads(before: Scheme, after: Scheme) -> Iterator[Difference]:
    section = Text("方案", "scheme")
    old = {
        "title": before.title,
        "version": _plain(before.version),
        "source": _plain(before.source),
        "evaluates": _EVALUATED[before.evaluates],
        "shows": say_shown(before),
    }
    new = {
        "title": after.title,
        "version": _plain(after.version),
        "source": _plain(after.source),
        "evaluates": _EVALUATED[after.evaluates],
        "shows": say_shown(after),
    }
    names = {
        "title": Text("名称", "title"),
        "version": Text("版本", "version"),
        "source": Text("依据", "source"),
        "evaluates": Text("考评对象", "what is evaluated"),
        "shows": Text("公示哪些等次", "grades shown in public"),
    }
    yield from _compare(section, old, new, lambda code: names[code])


_EVALUATED = {"units": Text("单位", "units"), "persons": Text("人员", "persons")}


def _parameters(before: Scheme, after: Scheme) -> Iterator[Difference]:
    about = {p.code: p.about for p in (*before.parameters, *after.parameters)}
    yield from _compare(
        Text("参数", "parameter"),
        {each.code: _plain(each.value) for each in before.parameters},
        {each.code: _plain(each.value) for each in after.parameters},
        lambda code: about[code],
    )


def _categories(before: Scheme, after: Scheme) -> Iterator[Difference]:
    yield from _named(Text("类别", "category"), before.categories, after.categories)


def _rounds(before: Scheme, after: Scheme) -> Iterator[Difference]:
    yield from _named(Text("轮次", "round"), before.rounds, after.rounds)


def _groups(before: Scheme, after: Scheme) -> Iterator[Difference]:
    yield from _named(Text("评价主体", "rater group"), before.groups, after.groups)


def _bodies(before: Scheme, after: Scheme) -> Iterator[Difference]:
    yield from _named(Text("考核主体", "assessing body"), before.bodies, after.bodies)


def _components(before: Scheme, after: Scheme) -> Iterator[Difference]:
    yield from _named(Text("录入的指标", "entered figure"), before.components, after.components)


def _adjustments(before: Scheme, after: Scheme) -> Iterator[Difference]:
    yield from _named(Text("加减分", "adjustment"), before.adjustments, after.adjustments)


def _questionnaires(before: Scheme, after: Scheme) -> Iterator[Difference]:
    section = Text("问卷", "questionnaire")
    old, new = before.questionnaires, after.questionnaires
    for code in {**old, **new}:
        one, other = old.get(code), new.get(code)
        if one != other:
            titles = [each.title if each else NOTHING for each in (one, other)]
            subject = next(title for title in titles if title != NOTHING)
            yield _difference(section, subject, *titles)


def _publication(before: Scheme, after: Scheme) -> Iterator[Difference]:
    old, new = (say_periods(each.publication.periods) for each in (before, after))
    if old != new:
        subject = Text("公示和复核的期限", "periods of publicity and reviews")
        yield _difference(Text("公布", "publication"), subject, old, new)


def _score(before: Scheme, after: Scheme) -> Iterator[Difference]:
    """Weights by category, then rules that reckon otherwise."""
    categories = {each.code: each.name for each in before.categories}
    told: set[tuple[Text, Text, Text]] = set()
    for category in after.categories:
        if category.code not in categories:
            continue
        old = {b.code: b for b in build_outline(before, category.code).walk()}
        new = {b.code: b for b in build_outline(after, category.code).walk()}
        for code in {**old, **new}:
            one, other = old.get(code), new.get(code)
            words = [
                NOTHING if each is None else _say_branch(each.kind, each.weight)
                for each in (one, other)
            ]
            name = (other or one).name  # type: ignore[union-attr]  # one of the two is there
            if words[0] != words[1] and (name, *words) not in told:
                told.add((name, words[0], words[1]))
                yield Difference(Text("计分", "score"), name, words[0], words[1])
    yield from _reckoning(before, after)


def _reckoning(before: Scheme, after: Scheme) -> Iterator[Difference]:
    """Nodes that both have, of one kind, whose own settings differ."""
    old, new = _settings(before.score), _settings(after.score)
    for code in old.keys() & new.keys():
        if old[code][0] != new[code][0]:
            continue
        name = after.node_names.get(code) or after.node_names.get(code.removesuffix(".base"))
        for setting, value in new[code][1].items():
            earlier = old[code][1].get(setting, "")
            if earlier != value:
                yield Difference(
                    Text("计法", "reckoning"),
                    name or Text(code, code),
                    _say_setting(setting, earlier),
                    _say_setting(setting, value),
                )


def _grades(before: Scheme, after: Scheme) -> Iterator[Difference]:
    section = Text("等次和后果", "grades and consequences")
    old, new = before.outcome_names, after.outcome_names
    for one, other in (
        (old.grades, new.grades),
        (old.awards, new.awards),
        (old.bars, new.bars),
        (old.posts, new.posts),
        (old.consequences, new.consequences),
        (old.confirmations, new.confirmations),
    ):
        names = {**one, **other}
        yield from _compare(section, one, other, lambda code, names=names: names[code])  # type: ignore[misc]  # bound
    if before.outcome != after.outcome and old == new:
        yield Difference(section, Text("规则", "rules"), NOTHING, CHANGED)


_Named = Category | Round | Group | Body | Component | AdjustmentKind
"""What a scheme declares under a code, with a name."""


def _named(
    section: Text, before: Sequence[_Named], after: Sequence[_Named]
) -> Iterator[Difference]:
    """Things with a code and a name; where the name is the same, whether the rest is."""
    old = {each.code: each for each in before}
    new = {each.code: each for each in after}
    for code in {**old, **new}:
        one, other = old.get(code), new.get(code)
        if one != other:
            names = [each.name if each else NOTHING for each in (one, other)]
            subject = next(name for name in names if name != NOTHING)
            yield _difference(section, subject, *names)


def _difference(section: Text, subject: Text, before: Text, after: Text) -> Difference:
    """Where both sides have the same name, what is behind it differs."""
    return Difference(section, subject, before, CHANGED if before == after else after)


def _compare(
    section: Text,
    before: Mapping[str, Text],
    after: Mapping[str, Text],
    name: Callable[[str], Text],
) -> Iterator[Difference]:
    for code in {**before, **after}:
        one, other = before.get(code, NOTHING), after.get(code, NOTHING)
        if one != other:
            yield Difference(section, name(code), one, other)


def _say_branch(words: Text, weight: Fraction | None) -> Text:
    if weight is None:
        return words
    number = f"{float(weight * 100 if weight <= 1 else weight):g}"
    unit = "%" if weight <= 1 else ""
    return Text(f"{words.zh} {number}{unit}", f"{words.en} {number}{unit}")


def _say_setting(name: str, value: str) -> Text:
    """A setting of a rule; one that takes several lines to write is only said to differ."""
    words = _SETTINGS.get(name, Text(name, name))
    if len(value) > LONGEST_SETTING:
        return Text(f"{words.zh}{CHANGED.zh}", f"{words.en} {CHANGED.en}")
    return Text(f"{words.zh}：{value}", f"{words.en}: {value}")


def _settings(rule: Rule) -> dict[str, tuple[str, dict[str, str]]]:
    """By node: the kind of rule and its settings, without the rules below it."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for each in _walk(rule):
        values = {field.name: getattr(each, field.name) for field in fields(each)}
        own = {
            name: value if isinstance(value, str) else repr(value)
            for name, value in values.items()
            if name not in ("code", "rules") and not _holds_rules(value)
        }
        found.setdefault(each.code, (type(each).__name__, own))
    return found


def _walk(rule: Rule) -> Iterator[Rule]:
    yield rule
    for part in rule.below:
        yield from _walk(part)


def _holds_rules(value: object) -> bool:
    if isinstance(value, tuple):
        return any(_holds_rules(each) for each in value)
    return is_dataclass(value) and any(f.name in ("code", "node", "rated") for f in fields(value))


def _plain(text: str) -> Text:
    return Text(text, text)


_SETTINGS = {
    "missing": Text("缺项规则", "rule for missing parts"),
    "missing_most": Text("缺项上限", "most that may be missing"),
    "limits": Text("上下限", "limits"),
    "trim": Text("去掉最高最低", "trimming"),
    "quota": Text("名额比例", "proportions"),
    "points": Text("分值", "points"),
    "least_raters": Text("最少评价人数", "least raters"),
    "min_valid": Text("最少有效答卷", "least valid answers"),
    "strata": Text("层别权重", "weights of strata"),
    "weighing": Text("分层加权方式", "way of weighing strata"),
    "share_of": Text("百分比所指的答案", "answers whose percentage counts"),
    "few": Text("答卷少的层", "strata with few answers"),
    "few_below": Text("答卷少于", "fewer answers than"),
    "caps": Text("分项上限", "caps"),
    "bonus_most": Text("加分总上限", "cap of all bonuses"),
    "excepted": Text("不计入的项", "left out"),
    "threshold": Text("起算门槛", "threshold"),
    "most": Text("最多", "most"),
    "least": Text("最少", "least"),
    "full": Text("满分", "full marks"),
    "groups": Text("评价主体", "rater groups"),
    "relations": Text("评价关系", "relations"),
    "places": Text("小数位", "decimals"),
    "ties": Text("并列", "ties"),
    "round": Text("轮次", "round"),
}

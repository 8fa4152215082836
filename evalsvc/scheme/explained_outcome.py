"""What follows from the scores under a scheme, in sentences: grades, awards, bars, consequences."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from analysis.outcome.rules import AwardRule, BarRule, ConfirmationRule, GradeRule, Grading, Places
from evalsvc.scheme.cases import say_cases
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import (
    adjustment_name,
    category_name,
    node_name,
    node_names,
    show_percent,
    show_short,
)
from evalsvc.text import AND, COLON, COMMA, SEMICOLON, STOP, Text, same

ROUNDING = {
    "down": Text("舍去小数", "places are rounded down"),
    "nearest": Text("四舍五入", "places are rounded half up"),
    "up": Text("有小数就进一", "places are rounded up"),
}
CARRY = {
    "unfilled": Text("没有用完的归下一等次", "places that nobody fills go to the next grade"),
    "all": Text(
        "没有用完的和舍去的都归下一等次",
        "unfilled places and what rounding took go to the next grade",
    ),
    "none": Text("没有用完的作废", "places that nobody fills lapse"),
}
TIES = {
    "none": Text(
        "名额边上并列的都不得", "of units that tie where the places end none has the grade"
    ),
    "all": Text("名额边上并列的都得", "of units that tie where the places end all have the grade"),
}


def list_outcome_lines(scheme: Scheme) -> tuple[Text, ...]:
    """Sentences in the order in which a result is concluded; none where a scheme says nothing."""
    rules, names = scheme.outcome, scheme.outcome_names
    grading = rules.grading
    return (
        *(_say(names.grades, each.code, _grade(each, scheme)) for each in grading.grades),
        *_shared(grading, scheme),
        *(_say(names.awards, each.code, _award(each, scheme)) for each in grading.awards),
        *(_say(names.bars, each.code, _bar(each, scheme)) for each in grading.bars),
        *(
            _say(names.consequences, each.code, say_cases(each, scheme))
            for each in rules.consequences
        ),
        *(
            _say(names.confirmations, each.code, _confirmation(each, scheme))
            for each in rules.confirmations
        ),
    )


def _say(names: Mapping[str, Text], code: str, told: Text) -> Text:
    return names.get(code, same(code)) + COLON + told + STOP


def _grade(rule: GradeRule, scheme: Scheme) -> Text:
    facts = [*_places(rule.places, scheme), *_reaches(rule.at_least)]
    if rule.below is not None:
        facts.append(
            Text("总分低于 %(n)s 的都是", "all below %(n)s").filled(n=show_short(rule.below))
        )
    if rule.last is not None:
        facts.append(
            Text("名次在最后 %(n)s 的都是", "all among the last %(n)s").filled(
                n=show_percent(rule.last)
            )
        )
    if not facts:
        facts.append(Text("其余的单位", "the other units"))
    if not rule.award:
        facts.append(Text("不参加评优的单位也可以是", "also for units that take no award"))
    if rule.coefficients:
        posts = AND.join(
            scheme.outcome_names.posts.get(post, same(post)) + same(f" {show_short(factor)}")
            for post, factor in rule.coefficients.items()
        )
        facts.append(Text("奖励系数：%(posts)s", "coefficients: %(posts)s").filled(posts=posts))
    return COMMA.join(facts)


def _places(places: Places, scheme: Scheme) -> Iterator[Text]:
    """How many units may have something, by category where it differs."""
    if places.shares:
        told = Text("本类单位的 %(n)s", "%(n)s of the category's units")
        each = Text("各类单位的比例：%(n)s", "of each category's units %(n)s")
        figures = {code: show_percent(share) for code, share in places.shares.items()}
        yield from _by_category(figures, told, each, scheme)
    if places.counts:
        told = Text("每类最多 %(n)s 个", "%(n)s of each category at most")
        each = Text("各类最多：%(n)s 个", "at most %(n)s")
        figures = {code: str(count) for code, count in places.counts.items()}
        yield from _by_category(figures, told, each, scheme)


def _by_category(
    figures: Mapping[str, str], told: Text, each: Text, scheme: Scheme
) -> Iterator[Text]:
    if len(set(figures.values())) == 1 and len(figures) == len(scheme.categories):
        yield told.filled(n=next(iter(figures.values())))
        return
    listed = AND.join(category_name(scheme, code) + same(f" {n}") for code, n in figures.items())
    yield each.filled(n=listed)


def _reaches(least: Fraction | None) -> Iterable[Text]:
    if least is None:
        return ()
    return (Text("总分不低于 %(n)s", "with a total of %(n)s or more").filled(n=show_short(least)),)


def _shared(grading: Grading, scheme: Scheme) -> Iterator[Text]:
    """How places are counted, whatever the grade or award."""
    places = (*(g.places for g in grading.grades), *(a.places for a in grading.awards))
    if not any(each.shares or each.counts for each in places):
        return
    facts = [ROUNDING[grading.rounding], CARRY[grading.carry], TIES[grading.ties]]
    if grading.tie_break:
        facts.append(
            Text("总分相同的依次比较%(nodes)s", "equal totals are decided by %(nodes)s").filled(
                nodes=node_names(scheme, grading.tie_break)
            )
        )
    if grading.count_no_award:
        facts.append(
            Text("不参加评优的单位计入名额基数", "units that take no award count for the places")
        )
    yield Text("名额：%(facts)s。", "Places: %(facts)s.").filled(facts=SEMICOLON.join(facts))


def _award(rule: AwardRule, scheme: Scheme) -> Text:
    facts = [*_places(rule.places, scheme), *_reaches(rule.at_least)]
    if rule.grades:
        grades = _names(scheme.outcome_names.grades, rule.grades)
        facts.append(Text("等次为%(grades)s", "with the grade %(grades)s").filled(grades=grades))
    return COMMA.join(facts) if facts else Text("所有单位", "all units")


def _bar(rule: BarRule, scheme: Scheme) -> Text:
    names = scheme.outcome_names
    then = []
    if rule.bars:
        what = _names({**names.grades, **names.awards}, rule.bars)
        then.append(Text("不能得%(what)s", "no %(what)s").filled(what=what))
    if rule.sets:
        grade = names.grades.get(rule.sets, same(rule.sets))
        then.append(Text("定为%(grade)s", "the grade is %(grade)s").filled(grade=grade))
    return _when(rule, scheme) + COMMA + COMMA.join(then)


def _when(rule: BarRule, scheme: Scheme) -> Text:
    if rule.event:
        return Text("有“%(event)s”的", "with an event “%(event)s”").filled(
            event=adjustment_name(scheme, rule.event)
        )
    bounds = []
    if rule.at_least is not None:
        bounds.append(Text("不低于 %(n)s", "%(n)s or more").filled(n=show_short(rule.at_least)))
    if rule.below is not None:
        bounds.append(Text("低于 %(n)s", "below %(n)s").filled(n=show_short(rule.below)))
    return Text("“%(node)s”%(bounds)s 的", "“%(node)s” %(bounds)s").filled(
        node=node_name(scheme, rule.node), bounds=COMMA.join(bounds)
    )


def _confirmation(rule: ConfirmationRule, scheme: Scheme) -> Text:
    apart = (
        Text("本类单位的 %(n)s", "%(n)s of the category's units").filled(n=show_percent(rule.share))
        if rule.share is not None
        else Text(" %(n)s 名", "%(n)s places").filled(n=rule.places)
    )
    return Text(
        "按%(first)s和按%(second)s的名次相差超过%(apart)s，要核实",
        "ranks by %(first)s and by %(second)s that differ by more than %(apart)s are looked into",
    ).filled(
        first=node_name(scheme, rule.first), second=node_name(scheme, rule.second), apart=apart
    )


def _names(names: Mapping[str, Text], codes: Iterable[str]) -> Text:
    """In the order of the scheme's file."""
    wanted = set(codes)
    return AND.join(name for code, name in names.items() if code in wanted)

"""Why a unit has its grade, and what follows from it over the years, in plain sentences."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from analysis.outcome.confirmation import Disagreement
from analysis.outcome.grading import Quota, open_places
from analysis.outcome.history import Consequence
from analysis.outcome.rules import GradeRule
from analysis.outcome.season_outcome import UnitOutcome
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import node_name, node_names, show_percent, show_short
from evalsvc.text import AND, NOTHING, Text, same

NO_AWARDS = Text("本单位不参加评优，不占名额。", "This unit takes no award and no place.")


def list_outcome_sentences(
    unit: UnitOutcome, quotas: Sequence[Quota], scheme: Scheme, *, takes_awards: bool = True
) -> tuple[Text, ...]:
    """All that the scheme says about a unit after its score; empty where it says nothing."""
    own = [quota for quota in quotas if quota.category == unit.category]
    return (
        *_grade(unit, own, scheme),
        *(() if takes_awards else (NO_AWARDS,)),
        *list_beside_grade(unit, scheme),
    )


def list_beside_grade(unit: UnitOutcome, scheme: Scheme) -> tuple[Text, ...]:
    """What keeps a unit from something, its awards, and what people have to decide on."""
    return (*list_bars(unit, scheme), *_awards(unit, scheme), *list_following(unit, scheme))


def say_end(unit: UnitOutcome, scheme: Scheme) -> Text:
    """A unit's grade and awards in one cell; empty where it has none."""
    names = scheme.outcome_names
    codes = [*([unit.grade] if unit.grade else []), *unit.awards]
    told = [_name({**names.grades, **names.awards}, code) for code in codes]
    return AND.join(told)


def say_end_heading(scheme: Scheme) -> Text:
    """What such a column is called."""
    return Text("等次", "Grade") if scheme.outcome_names.grades else Text("表彰", "Award")


def say_why(unit: UnitOutcome, scheme: Scheme) -> Text:
    """Why a unit has its grade; empty where the scheme gives none."""
    rules = {grade.code: grade for grade in scheme.outcome.grading.grades}
    if not rules:
        return NOTHING
    rule = rules.get(unit.grade or "")
    return _why(unit, rule, scheme) if rule else Text("没有等次。", "There is no grade.")


def say_coefficients(unit: UnitOutcome, scheme: Scheme) -> Text:
    """The reward coefficients that come with a unit's grade, post by post."""
    posts = scheme.outcome_names.posts
    return AND.join(
        _name(posts, code) + same(f" {show_short(factor)}")
        for code, factor in unit.coefficients.items()
    )


def say_places(quotas: Sequence[Quota], scheme: Scheme) -> Text:
    """How many of a category could have each grade and award, and how many got it."""
    names = {**scheme.outcome_names.grades, **scheme.outcome_names.awards}
    told = [
        Text(
            "%(grade)s%(places)s个（评出%(filled)s个）", "%(grade)s %(places)s (%(filled)s filled)"
        ).filled(grade=_name(names, quota.code), places=quota.places, filled=quota.filled)
        for quota in quotas
        if quota.code in names
    ]
    if not told:
        return NOTHING
    return Text("本类名额：%(places)s。", "Places in the category: %(places)s.").filled(
        places=AND.join(told)
    )


def list_open_places(counted: Mapping[str, int], scheme: Scheme) -> tuple[Text, ...]:
    """How many places each category will have by the units that count, before any is filled."""
    grading = scheme.outcome.grading
    names = {**scheme.outcome_names.grades, **scheme.outcome_names.awards}
    bounds = {grade.code: grade.places for grade in grading.grades}
    bounds |= {award.code: award.places for award in grading.awards}
    told = []
    for category in scheme.categories:
        n = counted.get(category.code, 0)
        places = [
            Text("%(grade)s%(places)s个%(share)s", "%(grade)s %(places)s%(share)s").filled(
                grade=_name(names, code),
                places=found,
                share=_say_share(bounds[code].shares.get(category.code)),
            )
            for code, found in open_places(grading, category.code, n).items()
        ]
        if places and n:
            told.append(
                Text(
                    "%(category)s%(n)s个单位：%(places)s。",
                    "%(category)s, %(n)s units: %(places)s.",
                ).filled(category=category.name, n=n, places=AND.join(places))
            )
    return tuple(told)


def _say_share(share: Fraction | None) -> Text:
    """8‰ as it is written, and other shares in per cent."""
    if share is None:
        return NOTHING
    if share < Fraction(1, 100):
        return Text("（%(n)s‰）", " (%(n)s‰)").filled(n=show_short(share * 1000))
    return Text("（%(n)s）", " (%(n)s)").filled(n=show_percent(share))


def list_bars(unit: UnitOutcome, scheme: Scheme) -> tuple[Text, ...]:
    """Events and figures that bar the unit from something or set its grade, with their effect."""
    return tuple(_bars(unit, scheme))


def list_following(unit: UnitOutcome, scheme: Scheme) -> tuple[Text, ...]:
    """What people have to decide on or to look into: consequences, and two sources that differ."""
    return (
        *(_consequence(each, scheme) for each in unit.consequences),
        *(_disagreement(each, scheme) for each in unit.confirmations),
    )


def _grade(unit: UnitOutcome, quotas: Sequence[Quota], scheme: Scheme) -> Iterator[Text]:
    grades = scheme.outcome.grading.grades
    if not grades:
        return
    rule = next((grade for grade in grades if grade.code == unit.grade), None)
    if rule is None:
        yield Text("没有等次。", "There is no grade.")
        return
    name = _name(scheme.outcome_names.grades, rule.code)
    why = _why(unit, rule, scheme)
    yield Text("等次：%(grade)s。%(why)s", "Grade: %(grade)s. %(why)s").filled(grade=name, why=why)
    if unit.place is not None and unit.rank is not None and unit.place != unit.rank:
        yield Text(
            "总分并列，按规定再比较%(nodes)s后列第%(place)s名。",
            "Tied on the total; by %(nodes)s it takes place %(place)s.",
        ).filled(nodes=node_names(scheme, scheme.outcome.grading.tie_break), place=unit.place)
    places = say_places(
        [each for each in quotas if each.code in scheme.outcome_names.grades], scheme
    )
    if places:
        yield places
    if unit.coefficients:
        yield Text("奖励系数：%(posts)s。", "Reward coefficients: %(posts)s.").filled(
            posts=say_coefficients(unit, scheme)
        )


def _why(unit: UnitOutcome, rule: GradeRule, scheme: Scheme) -> Text:
    match unit.reason:
        case "places":
            return Text(
                "按名次和名额评定，本单位列第%(place)s名。",
                "Given by place while there are any left; this unit stands at %(place)s.",
            ).filled(place=unit.place)
        case "threshold":
            return Text("总分达到%(bound)s分。", "The total reaches %(bound)s.").filled(
                bound=show_short(rule.at_least)
            )
        case "below":
            return Text("总分低于%(bound)s分。", "The total is below %(bound)s.").filled(
                bound=show_short(rule.below)
            )
        case "last":
            return Text(
                "列在本类最后的%(share)s之内。", "It is among the last %(share)s of the category."
            ).filled(share=show_percent(rule.last))
        case "set":
            setting = {bar.code for bar in scheme.outcome.grading.bars if bar.sets}
            bars = [bar for bar in unit.bars if bar.rule in setting]
            names = scheme.outcome_names.bars
            named = (_name(names, bar.rule) for bar in bars)
            return Text("因“%(bars)s”定为这一等次。", 'Set to this grade by "%(bars)s".').filled(
                bars=AND.join(named)
            )
    return Text("不属于别的等次的归入这一等次。", "Units that no other grade takes have this one.")


def _bars(unit: UnitOutcome, scheme: Scheme) -> Iterator[Text]:
    names = scheme.outcome_names
    named = {**names.grades, **names.awards}
    for bar in unit.bars:
        rule = next(r for r in scheme.outcome.grading.bars if r.code == bar.rule)
        barred = AND.join(_name(named, code) for code in named if code in rule.bars)
        effects = []
        if rule.sets:
            effects.append(Text("定为%(grade)s", "set to %(grade)s").filled(grade=named[rule.sets]))
        if rule.bars:
            effects.append(Text("不能得%(what)s", "no %(what)s").filled(what=barred))
        told = Text("“%(bar)s”（%(fact)s）：%(effect)s。", '"%(bar)s" (%(fact)s): %(effect)s.')
        if not bar.fact:
            told = Text("“%(bar)s”：%(effect)s。", '"%(bar)s": %(effect)s.')
        yield told.filled(bar=_name(names.bars, bar.rule), fact=bar.fact, effect=AND.join(effects))


def _awards(unit: UnitOutcome, scheme: Scheme) -> Iterator[Text]:
    names = scheme.outcome_names.awards
    if unit.awards:
        listed = (_name(names, code) for code in unit.awards)
        yield Text("另外：%(awards)s。", "Besides: %(awards)s.").filled(awards=AND.join(listed))


def _consequence(each: Consequence, scheme: Scheme) -> Text:
    if not each.years:
        told = Text("“%(rule)s”：本考评年度。", '"%(rule)s": this season.')
        return told.filled(rule=_name(scheme.outcome_names.consequences, each.rule))
    told = Text("“%(rule)s”：%(years)s年。", '"%(rule)s": %(years)s.').filled(
        rule=_name(scheme.outcome_names.consequences, each.rule),
        years=AND.join(map(str, each.years)),
    )
    if each.unknown:
        unknown = AND.join(map(str, each.unknown))
        told += Text(
            "其中%(years)s年的结果不详，请查明。",
            " The result of %(years)s is not known; please find out.",
        ).filled(years=unknown)
    return told


def _disagreement(each: Disagreement, scheme: Scheme) -> Text:
    rule = next(r for r in scheme.outcome.confirmations if r.code == each.rule)
    return Text(
        "“%(rule)s”不一致：按%(first)s（%(a_figure)s分）列第%(a)s名，"
        "按%(second)s（%(b_figure)s分）列第%(b)s名，共%(n)s个单位，请核实。",
        '"%(rule)s" do not agree: place %(a)s by "%(first)s" (%(a_figure)s), place %(b)s '
        'by "%(second)s" (%(b_figure)s), of %(n)s units; please look into it.',
    ).filled(
        rule=_name(scheme.outcome_names.confirmations, each.rule),
        first=node_name(scheme, rule.first),
        a_figure=each.first,
        a=each.first_place,
        second=node_name(scheme, rule.second),
        b_figure=each.second,
        b=each.second_place,
        n=each.units,
    )


def _name(names: Mapping[str, Text], code: str) -> Text:
    return names.get(code, same(code))

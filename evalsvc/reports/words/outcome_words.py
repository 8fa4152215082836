"""Why a unit has its grade, and what follows from it over the years, in plain sentences."""

from collections.abc import Iterator, Mapping, Sequence

from analysis.outcome.confirmation import Disagreement
from analysis.outcome.grading import Quota
from analysis.outcome.history import Consequence
from analysis.outcome.rules import GradeRule
from analysis.outcome.season_outcome import UnitOutcome
from evalsvc.reports.words.wording import Speaker, show_percent, show_short
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text


def list_outcome_sentences(
    unit: UnitOutcome,
    quotas: Sequence[Quota],
    scheme: Scheme,
    language: str = "zh",
    *,
    takes_awards: bool = True,
) -> tuple[str, ...]:
    """All that the scheme says about a unit after its score; empty where it says nothing."""
    speaker = Speaker(scheme, language)
    own = [quota for quota in quotas if quota.category == unit.category]
    return (
        *_grade(unit, own, speaker),
        *(() if takes_awards else (speaker.say("本单位不参加评优，不占名额。"),)),
        *_bars(unit, speaker),
        *_awards(unit, speaker),
        *list_following(unit, scheme, language),
    )


def say_end(unit: UnitOutcome, scheme: Scheme, language: str = "zh") -> str:
    """A unit's grade and awards in one cell; empty where it has none."""
    names = scheme.outcome_names
    codes = [*([unit.grade] if unit.grade else []), *unit.awards]
    told = [_name({**names.grades, **names.awards}, code, language) for code in codes]
    return Speaker(scheme, language).say("、").join(told)


def say_end_heading(scheme: Scheme, language: str = "zh") -> str:
    """What such a column is called."""
    speaker = Speaker(scheme, language)
    return speaker.say("等次") if scheme.outcome_names.grades else speaker.say("表彰")


def list_following(unit: UnitOutcome, scheme: Scheme, language: str = "zh") -> tuple[str, ...]:
    """What people have to decide on or to look into: consequences, and two sources that differ."""
    speaker = Speaker(scheme, language)
    return (
        *(_consequence(each, speaker) for each in unit.consequences),
        *(_disagreement(each, speaker) for each in unit.confirmations),
    )


def _grade(unit: UnitOutcome, quotas: Sequence[Quota], speaker: Speaker) -> Iterator[str]:
    grades = speaker.scheme.outcome.grading.grades
    if not grades:
        return
    rule = next((grade for grade in grades if grade.code == unit.grade), None)
    if rule is None:
        yield speaker.say("没有等次。")
        return
    name = _name(speaker.scheme.outcome_names.grades, rule.code, speaker.language)
    why = _why(unit, rule, speaker)
    yield speaker.say("等次：%(grade)s。%(why)s", grade=name, why=why)
    if unit.place is not None and unit.rank is not None and unit.place != unit.rank:
        yield speaker.say(
            "总分并列，按规定再比较%(nodes)s后列第%(place)s名。",
            nodes=speaker.nodes(speaker.scheme.outcome.grading.tie_break),
            place=unit.place,
        )
    yield from _places(quotas, speaker)
    if unit.coefficients:
        posts = speaker.scheme.outcome_names.posts
        listed = speaker.say("、").join(
            f"{_name(posts, code, speaker.language)} {show_short(factor)}"
            for code, factor in unit.coefficients.items()
        )
        yield speaker.say("奖励系数：%(posts)s。", posts=listed)


def _places(quotas: Sequence[Quota], speaker: Speaker) -> Iterator[str]:
    """How many of the category could have each grade, and how many got it."""
    names = speaker.scheme.outcome_names.grades
    told = [
        speaker.say(
            "%(grade)s%(places)s个（评出%(filled)s个）",
            grade=_name(names, quota.code, speaker.language),
            places=quota.places,
            filled=quota.filled,
        )
        for quota in quotas
        if quota.code in names
    ]
    if told:
        yield speaker.say("本类名额：%(places)s。", places=speaker.say("、").join(told))


def _why(unit: UnitOutcome, rule: GradeRule, speaker: Speaker) -> str:
    match unit.reason:
        case "places":
            return speaker.say("按名次和名额评定，本单位列第%(place)s名。", place=unit.place)
        case "threshold":
            return speaker.say("总分达到%(bound)s分。", bound=show_short(rule.at_least))
        case "below":
            return speaker.say("总分低于%(bound)s分。", bound=show_short(rule.below))
        case "last":
            return speaker.say("列在本类最后的%(share)s之内。", share=show_percent(rule.last))
        case "set":
            setting = {bar.code for bar in speaker.scheme.outcome.grading.bars if bar.sets}
            bars = [bar for bar in unit.bars if bar.rule in setting]
            names = speaker.scheme.outcome_names.bars
            named = (_name(names, bar.rule, speaker.language) for bar in bars)
            return speaker.say("因“%(bars)s”定为这一等次。", bars=speaker.say("、").join(named))
    return speaker.say("不属于别的等次的归入这一等次。")


def _bars(unit: UnitOutcome, speaker: Speaker) -> Iterator[str]:
    """Events and figures that keep the unit from a grade or an award."""
    names = speaker.scheme.outcome_names
    for bar in unit.bars:
        rule = next(r for r in speaker.scheme.outcome.grading.bars if r.code == bar.rule)
        if rule.bars:
            barred = [
                _name({**names.grades, **names.awards}, code, speaker.language)
                for code in (*names.grades, *names.awards)
                if code in rule.bars
            ]
            yield speaker.say(
                "“%(bar)s”：不能得%(what)s。",
                bar=_name(names.bars, bar.rule, speaker.language),
                what=speaker.say("、").join(barred),
            )


def _awards(unit: UnitOutcome, speaker: Speaker) -> Iterator[str]:
    names = speaker.scheme.outcome_names.awards
    if unit.awards:
        listed = (_name(names, code, speaker.language) for code in unit.awards)
        yield speaker.say("另外：%(awards)s。", awards=speaker.say("、").join(listed))


def _consequence(each: Consequence, speaker: Speaker) -> str:
    told = speaker.say(
        "“%(rule)s”：%(years)s年。",
        rule=_name(speaker.scheme.outcome_names.consequences, each.rule, speaker.language),
        years=speaker.say("、").join(map(str, each.years)),
    )
    if each.unknown:
        unknown = speaker.say("、").join(map(str, each.unknown))
        told += speaker.say("其中%(years)s年的结果不详，请查明。", years=unknown)
    return told


def _disagreement(each: Disagreement, speaker: Speaker) -> str:
    rule = next(r for r in speaker.scheme.outcome.confirmations if r.code == each.rule)
    return speaker.say(
        "“%(rule)s”不一致：按%(first)s（%(a_figure)s分）列第%(a)s名，"
        "按%(second)s（%(b_figure)s分）列第%(b)s名，共%(n)s个单位，请核实。",
        rule=_name(speaker.scheme.outcome_names.confirmations, each.rule, speaker.language),
        first=speaker.node(rule.first),
        a_figure=each.first,
        a=each.first_place,
        second=speaker.node(rule.second),
        b_figure=each.second,
        b=each.second_place,
        n=each.units,
    )


def _name(names: Mapping[str, Text], code: str, language: str) -> str:
    return names.get(code, Text(code, code)).in_language(language)

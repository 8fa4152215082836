"""Diagnostics as pages and documents show them: sentences, charts, a table behind each chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.examining.citizen_tables import CitizenTable
from analysis.examining.diagnostics import RatedTable, RaterProfile, UnitStanding
from analysis.examining.total_tables import TotalTable, Weighing
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.heat_chart import build_heat_chart
from evalsvc.reports.charts.interval_chart import Estimate, build_interval_chart
from evalsvc.reports.charts.place_chart import PlaceRange, build_place_chart, show_range
from evalsvc.reports.charts.slope_chart import Move, build_slope_chart
from evalsvc.reports.documents.diagnostic_words import (
    METHODS,
    Names,
    list_citizen_sentences,
    list_favour_sentences,
    list_sentences,
    list_total_sentences,
    say_different,
)
from evalsvc.reports.words.wording import Speaker, node_name, show_float
from evalsvc.results.diagnostics import FlaggedBallot, Labels, RoundDiagnostics, SeasonDiagnostics
from evalsvc.scheme.model import Group, Scheme


@dataclass(frozen=True)
class Exhibit:
    """A heading with its chart, and the table behind it; the first column names the rows."""

    heading: str
    chart: Chart | None
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """One table's findings in sentences, with the exhibits that they rest on."""

    title: str
    sentences: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]


def build_totals(
    examined: SeasonDiagnostics, scheme: Scheme, language: str = "zh"
) -> tuple[Part, ...]:
    """How far each category's places by total are open, and what its parts really weigh."""
    speaker = Speaker(scheme, language)
    return tuple(
        _total_part(table, scheme, Names(examined.labels.units, ()), speaker)
        for table in examined.totals
    )


def build_round(
    examined: RoundDiagnostics, scheme: Scheme, language: str = "zh", *, with_raters: bool = True
) -> tuple[Part, ...]:
    """Every rated table and every citizens' table of a round.

    Raters have their names where the group keeps names, numbers elsewhere; ballots of groups that
    were promised that no page shows them are not drawn. `with_raters` False, for documents that
    travel: nobody is named or numbered and no ballot is drawn.
    """
    speaker = Speaker(scheme, language)
    rated = [_rated_part(t, examined.labels, speaker, with_raters) for t in examined.tables]
    asked = [_citizen_part(t, examined.labels, speaker) for t in examined.citizens]
    mutual = list_favour_sentences(examined.favours, _list_mutual(examined, scheme), speaker)
    if mutual:
        title = speaker.say("互评里有没有互相照顾（只看整体）")
        return (*rated, *asked, Part(title, mutual, ()))
    return (*rated, *asked)


def build_documents(
    examined: SeasonDiagnostics, scheme: Scheme, language: str = "zh"
) -> tuple[Part, ...]:
    """All parts for documents that travel: nobody is named or numbered, no ballot is drawn."""
    rounds = [
        replace(part, title=Speaker(scheme, language).round(each.round) + " · " + part.title)
        for each in examined.rounds
        for part in build_round(each, scheme, language, with_raters=False)
    ]
    return (*build_totals(examined, scheme, language), *rounds)


def list_ballot_lines(
    examined: RoundDiagnostics,
    flagged: Sequence[FlaggedBallot],
    scheme: Scheme,
    language: str = "zh",
) -> tuple[tuple[str, str, str, str], ...]:
    """Each flagged ballot with the names of its group and rater as the tables call them.

    Ballot, group, rater, and its first flag.
    """
    speaker = Speaker(scheme, language)
    called: dict[tuple[str, str], str] = {}
    for table in examined.tables:
        names = _raters(table, examined.labels, scheme.get_group(table.group), speaker)
        for rater, name in zip(table.raters, names, strict=True):
            called.setdefault((table.group, rater.ballot), name)
    return tuple(
        (
            each.ballot,
            scheme.get_group(each.group).name.in_language(language),
            called.get((each.group, each.ballot), each.ballot),
            each.flags[0],
        )
        for each in flagged
    )


def _total_part(table: TotalTable, scheme: Scheme, names: Names, speaker: Speaker) -> Part:
    nodes = {
        code: node_name(scheme, code, speaker.language)
        for weighing in table.weighings
        for code in (weighing.node, *weighing.parts)
    } | {code: node_name(scheme, code, speaker.language) for code in (*table.given, *table.apart)}
    note = speaker.say(
        "n = %(n)s个单位。圆点为总分，横线为评分误差允许的范围（95%%）。", n=len(table.units)
    )
    return Part(
        title=speaker.say(
            "%(category)s：总分和名次有多稳", category=speaker.category(table.category)
        ),
        sentences=list_total_sentences(table, nodes, names, speaker),
        exhibits=(
            *_standing_exhibits(table.units, table.alike, names, note, speaker),
            *_weights(table.weighings, nodes, speaker),
        ),
    )


def _rated_part(table: RatedTable, labels: Labels, speaker: Speaker, with_raters: bool) -> Part:
    group = speaker.scheme.get_group(table.group)
    shown = _raters(table, labels, group, speaker) if with_raters else ()
    names = Names(labels.units, shown)
    note = speaker.say(
        "n = %(raters)s位评价人、%(ratings)s个评分。圆点为参考得分（扣除宽严，与公布口径同尺度），"
        "横线为95%%的误差范围，橙色短竖为公布口径的得分。参考值不进入任何总分。",
        raters=len(table.raters),
        ratings=sum(unit.ratings for unit in table.units),
    )
    exhibits: tuple[Exhibit, ...] = ()
    if len(table.raters) > 1:
        exhibits = (
            *_standing_exhibits(table.units, table.alike, names, note, speaker),
            *_rater_exhibits(table, names, group, speaker),
            *_doubt_exhibit(table, names, group, speaker),
            *_method_exhibit(table, names, speaker),
        )
    return Part(
        title=speaker.say(
            "%(group)s → %(category)s（%(node)s）",
            group=group.name.in_language(speaker.language),
            category=speaker.category(table.category),
            node=speaker.node(table.node),
        ),
        sentences=list_sentences(table, names, speaker),
        exhibits=exhibits,
    )


def _citizen_part(table: CitizenTable, labels: Labels, speaker: Speaker) -> Part:
    told = [unit for unit in table.units if unit.index is not None]
    note = speaker.say(
        "n = %(n)s份有效答卷。圆点为满意度得分，横线为95%%的误差范围，不了解不计入。",
        n=sum(unit.answers for unit in table.units),
    )
    chart = None
    if told:
        estimates = [
            Estimate(u.unit, labels.units[u.unit], u.index or 0.0, u.low, u.high) for u in told
        ]
        chart = build_interval_chart(estimates, table.alike, note, speaker.language)
    heads = _say(speaker, "单位", "得分", "误差范围", "满意率", "有效答卷", "不了解")
    rows = tuple(
        (
            labels.units[u.unit],
            show_float(u.index),
            _interval(u.low, u.high),
            "—" if u.satisfied_rate is None else f"{show_float(u.satisfied_rate * 100, 1)}%",
            str(u.answers),
            str(u.dont_know),
        )
        for u in sorted(table.units, key=lambda u: -(u.index or 0.0))
    )
    return Part(
        title=speaker.say(
            "%(group)s → %(category)s（%(node)s）",
            group=speaker.scheme.get_group(table.group).name.in_language(speaker.language),
            category=speaker.category(table.category),
            node=speaker.node(table.node),
        ),
        sentences=list_citizen_sentences(table, Names(labels.units, ()), speaker),
        exhibits=(Exhibit(speaker.say("得分和误差范围"), chart, heads, rows),),
    )


def _list_mutual(examined: RoundDiagnostics, scheme: Scheme) -> tuple[str, ...]:
    """The round's groups whose raters are units that are evaluated themselves."""
    groups = dict.fromkeys(table.group for table in examined.tables)
    return tuple(code for code in groups if scheme.get_group(code).members)


def _raters(table: RatedTable, labels: Labels, group: Group, speaker: Speaker) -> tuple[str, ...]:
    """Names where the group keeps names; else numbers in an order that says nothing."""
    if group.identity == "named":
        return tuple(
            labels.raters.get((table.group, rater.rater), rater.rater) for rater in table.raters
        )
    return tuple(speaker.say("匿名%(n)s号", n=place) for place in range(1, len(table.raters) + 1))


def _standing_exhibits(
    units: Sequence[UnitStanding],
    alike: Sequence[Sequence[str]],
    names: Names,
    note: str,
    speaker: Speaker,
) -> tuple[Exhibit, ...]:
    told = [unit for unit in units if unit.reference is not None]
    if not told:
        return ()
    differ = any(unit.official != unit.reference for unit in told)
    estimates = [
        Estimate(
            unit.unit,
            names.units[unit.unit],
            unit.reference or 0.0,
            unit.low,
            unit.high,
            unit.official if differ else None,
        )
        for unit in told
    ]
    scores = build_interval_chart(estimates, alike, note, speaker.language)
    found = [Exhibit(speaker.say("谁和谁分不出高低"), scores, *_score_table(told, names, speaker))]
    ranged = [unit for unit in told if unit.place is not None and unit.place_low is not None]
    if len(ranged) > 1:
        found.append(_place_exhibit(ranged, names, speaker))
    return tuple(found)


def _score_table(
    units: Sequence[UnitStanding], names: Names, speaker: Speaker
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    heads = _say(speaker, "单位", "公布口径", "名次", "参考得分", "误差范围", "评分数")
    return heads, tuple(
        (
            names.units[u.unit],
            show_float(u.official),
            _place(u.place),
            show_float(u.reference),
            _interval(u.low, u.high),
            str(u.ratings or "—"),
        )
        for u in sorted(units, key=lambda u: -(u.reference or 0.0))
    )


def _place_exhibit(units: Sequence[UnitStanding], names: Names, speaker: Speaker) -> Exhibit:
    ranges = [
        PlaceRange(names.units[u.unit], u.place or 0, u.place_low or 0, u.place_high or 0)
        for u in units
    ]
    note = speaker.say(
        "n = %(n)s个单位。横条为可能的名次（90%%），圆点为公布口径的名次。", n=len(ranges)
    )
    return Exhibit(
        speaker.say("名次可能是第几"),
        build_place_chart(ranges, note, speaker.language),
        _say(speaker, "单位", "名次", "可能的名次"),
        tuple(
            (each.name, str(each.place), show_range(each.first, each.last))
            for each in sorted(ranges, key=lambda each: each.place)
        ),
    )


def _rater_exhibits(
    table: RatedTable, names: Names, group: Group, speaker: Speaker
) -> tuple[Exhibit, ...]:
    """The rater map of named groups; of others the figures alone, since no page shows a ballot."""
    if not names.raters:
        return ()
    order = sorted(range(len(table.raters)), key=lambda i: -(table.raters[i].distance or 0.0))
    chart = None
    if group.identity == "named" and table.raters[order[0]].distance is not None:
        chart = _heat(table, names, order, speaker)
    heads = _say(
        speaker, "评价人", "评了几个单位", "与其他人次序一致", "差别倍数", "宽严（分）", "标记"
    )
    rows = tuple(
        (
            names.raters[i],
            str(table.raters[i].rated),
            show_float(table.raters[i].agreement),
            show_float(table.raters[i].distance, 1),
            show_float(table.raters[i].severity, 1),
            _mark(table.raters[i], speaker),
        )
        for i in order
    )
    return (Exhibit(speaker.say("谁和别人评得不一样"), chart, heads, rows),)


def _heat(table: RatedTable, names: Names, order: Sequence[int], speaker: Speaker) -> Chart:
    rated = [j for j, unit in enumerate(table.units) if unit.ratings]
    shown = sorted(rated, key=lambda j: -(table.units[j].reference or 0.0))
    cells = table.residuals[:, shown]
    return build_heat_chart(
        [names.raters[i] for i in order],
        [names.units[table.units[j].unit] for j in shown],
        [[None if v != v else float(v) for v in cells[i]] for i in order],
        say_different(table, names, speaker),
        speaker.say(
            "蓝色（＋）比预期高，橙色（－）比预期低，越深差得越多；预期由该单位的水平和该评价人的宽严"
            "推出。评价人按差别大小、单位按得分排列。"
        ),
        speaker.language,
    )


def _mark(profile: RaterProfile, speaker: Speaker) -> str:
    if profile.reversed:
        return speaker.say("次序相反")
    if profile.uniform:
        return speaker.say("没有区分")
    if profile.misfitting:
        return speaker.say("差别很大")
    return speaker.say("无") if profile.testable else speaker.say("不作检验")


def _doubt_exhibit(
    table: RatedTable, names: Names, group: Group, speaker: Speaker
) -> tuple[Exhibit, ...]:
    """Named groups only: of the others, not even one rating is told."""
    if not table.doubtful or not names.raters or group.identity != "named":
        return ()
    place = {rater.rater: i for i, rater in enumerate(table.raters)}
    heads = _say(speaker, "单位", "评价人", "公布口径", "去掉这个评分后", "名次", "去掉后的名次")
    rows = tuple(
        (
            names.units[each.unit],
            names.raters[place[each.rater]],
            show_float(each.official),
            show_float(each.official_without),
            _place(each.place),
            _place(each.place_without),
        )
        for each in table.doubtful
    )
    return (Exhibit(speaker.say("值得核对的评分（不改变得分）"), None, heads, rows),)


def _method_exhibit(table: RatedTable, names: Names, speaker: Speaker) -> tuple[Exhibit, ...]:
    by_name = {each.method: each for each in table.methods.methods}
    pairs = zip(by_name["official"].places, by_name["severity"].places, strict=True)
    moves = [
        Move(names.units[table.units[j].unit], before, after)
        for j, (before, after) in enumerate(pairs)
        if before is not None and after is not None
    ]
    if len(moves) < 2:
        return ()
    note = speaker.say(
        "n = %(n)s个单位。蓝色为上升，橙色为下降。只有公布口径计入总分。", n=len(moves)
    )
    chart = build_slope_chart(moves, speaker.say(METHODS["severity"]), note, speaker.language)
    order = sorted(range(len(table.units)), key=lambda j: by_name["official"].places[j] or 999)
    rows = tuple(
        (
            names.units[table.units[j].unit],
            *(
                speaker.say(
                    "%(score)s（%(place)s）",
                    score=show_float(method.scores[j], 1),
                    place=_place(method.places[j]),
                )
                for method in table.methods.methods
            ),
        )
        for j in order
    )
    heads = _say(speaker, "单位", *(METHODS[m.method] for m in table.methods.methods))
    return (Exhibit(speaker.say("换一种算法会怎样：得分（名次）"), chart, heads, rows),)


def _weights(
    weighings: Sequence[Weighing], nodes: Mapping[str, str], speaker: Speaker
) -> tuple[Exhibit, ...]:
    rows = tuple(
        (nodes[w.node], nodes[part], _share(w.weights.nominal[k]), _share(w.weights.effective[k]))
        for w in weighings
        for k, part in enumerate(w.parts)
    )
    if not rows:
        return ()
    heads = _say(speaker, "上级计分项", "计分项", "规定权重", "实际影响")
    return (Exhibit(speaker.say("各部分实际起了多大作用"), None, heads, rows),)


def _share(value: float | None) -> str:
    return "—" if value is None else f"{show_float(value * 100, 0)}%"


def _interval(low: float | None, high: float | None) -> str:
    return "—" if low is None or high is None else f"{show_float(low)}–{show_float(high)}"


def _place(place: int | None) -> str:
    return "—" if place is None else str(place)


def _say(speaker: Speaker, *texts: str) -> tuple[str, ...]:
    return tuple(speaker.say(text) for text in texts)

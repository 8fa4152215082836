"""Diagnostics as pages and documents show them: sentences, charts, a table behind each chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.examining.citizen_tables import CitizenStanding, CitizenTable
from analysis.examining.diagnostics import RatedTable, RaterProfile, UnitStanding
from analysis.examining.total_tables import TotalTable, Weighing
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.heat_chart import build_heat_chart
from evalsvc.reports.charts.interval_chart import Estimate, build_interval_chart
from evalsvc.reports.charts.place_chart import PlaceRange, build_place_chart, show_range
from evalsvc.reports.charts.slope_chart import Move, build_slope_chart
from evalsvc.reports.documents.agreement_exhibits import build_agreement, build_counts
from evalsvc.reports.documents.diagnostic_names import Names
from evalsvc.reports.documents.diagnostic_words import METHODS, list_sentences, say_different
from evalsvc.reports.documents.exhibits import Cells, Exhibit
from evalsvc.reports.documents.favour_words import list_favour_sentences
from evalsvc.reports.documents.total_words import list_citizen_sentences, list_total_sentences
from evalsvc.reports.words import heads
from evalsvc.results.diagnostics import FlaggedBallot, Labels, RoundDiagnostics, SeasonDiagnostics
from evalsvc.scheme.model import Group, Scheme
from evalsvc.scheme.wording import category_name, group_name, node_name, round_name, show_float
from evalsvc.text import Text, same


@dataclass(frozen=True)
class TableFindings:
    """One table's findings in sentences, with the exhibits that they rest on."""

    title: Text
    sentences: tuple[Text, ...]
    exhibits: tuple[Exhibit, ...]


def build_totals(examined: SeasonDiagnostics, scheme: Scheme) -> tuple[TableFindings, ...]:
    """How far each category's places by total are open, and what its parts really weigh."""
    return tuple(
        _total_part(table, scheme, Names(examined.labels.units, ())) for table in examined.totals
    )


def build_round(
    examined: RoundDiagnostics, scheme: Scheme, *, with_raters: bool = True
) -> tuple[TableFindings, ...]:
    """Every rated table and every citizens' table of a round.

    Raters have their names where the group keeps names, numbers elsewhere; ballots of groups that
    were promised that no page shows them are not drawn. `with_raters` False, for documents that
    travel: nobody is named or numbered and no ballot is drawn.
    """
    rated = [_rated_part(t, examined.labels, scheme, with_raters) for t in examined.tables]
    asked = [_citizen_part(t, examined.labels, scheme) for t in examined.citizens]
    mutual = list_favour_sentences(examined.favours, _list_mutual(examined, scheme), scheme)
    if mutual:
        title = Text(
            "互评里有没有互相照顾（只看整体）",
            "Returned favours in mutual evaluation (as a whole only)",
        )
        return (*rated, *asked, TableFindings(title, mutual, ()))
    return (*rated, *asked)


def build_documents(examined: SeasonDiagnostics, scheme: Scheme) -> tuple[TableFindings, ...]:
    """All parts for documents that travel: nobody is named or numbered, no ballot is drawn."""
    rounds = [
        replace(part, title=same(" · ").join((round_name(scheme, each.round), part.title)))
        for each in examined.rounds
        for part in build_round(each, scheme, with_raters=False)
    ]
    return (*build_totals(examined, scheme), *rounds)


def list_ballot_lines(
    examined: RoundDiagnostics, flagged: Sequence[FlaggedBallot], scheme: Scheme
) -> tuple[tuple[str, Text, Text, str], ...]:
    """Each flagged ballot with the names of its group and rater as the tables call them.

    Ballot, group, rater, and its first flag.
    """
    called: dict[tuple[str, str], Text] = {}
    for table in examined.tables:
        names = _raters(table, examined.labels, scheme.get_group(table.group))
        for rater, name in zip(table.raters, names, strict=True):
            called.setdefault((table.group, rater.ballot), name)
    return tuple(
        (
            each.ballot,
            group_name(scheme, each.group),
            called.get((each.group, each.ballot), same(each.ballot)),
            each.flags[0],
        )
        for each in flagged
    )


def _total_part(table: TotalTable, scheme: Scheme, names: Names) -> TableFindings:
    nodes = {
        code: node_name(scheme, code)
        for weighing in table.weighings
        for code in (weighing.node, *weighing.parts)
    } | {code: node_name(scheme, code) for code in (*table.given, *table.apart)}
    note = Text(
        "n = %(n)s个单位。圆点为总分，横线为评分误差允许的范围（95%%）。",
        "n = %(n)s units. Dots are totals, lines the range that the ratings' error allows (95%%).",
    ).filled(n=len(table.units))
    return TableFindings(
        title=Text(
            "%(category)s：总分和名次有多稳", "%(category)s: how firm totals and places are"
        ).filled(category=category_name(scheme, table.category)),
        sentences=list_total_sentences(table, nodes, names),
        exhibits=(
            *_standing_exhibits(table.units, table.alike, names, note),
            *_weights(table.weighings, nodes),
        ),
    )


def _rated_part(
    table: RatedTable, labels: Labels, scheme: Scheme, with_raters: bool
) -> TableFindings:
    group = scheme.get_group(table.group)
    shown = _raters(table, labels, group) if with_raters else ()
    names = Names(labels.units, shown)
    note = Text(
        "n = %(raters)s位评价人、%(ratings)s个评分。圆点为参考得分（扣除宽严，"
        "与公布口径同尺度），横线为95%%的误差范围，橙色短竖为公布口径的得分。"
        "参考值不进入任何总分。",
        "n = %(raters)s raters, %(ratings)s ratings. Dots are reference scores (severity "
        "taken out, on the official scale), lines 95%% margins of error, orange ticks the "
        "official score. Reference figures enter no total.",
    ).filled(raters=len(table.raters), ratings=sum(unit.ratings for unit in table.units))
    exhibits: tuple[Exhibit, ...] = ()
    if len(table.raters) > 1:
        exhibits = (
            *_standing_exhibits(table.units, table.alike, names, note),
            *_rater_exhibits(table, names, group),
            *_doubt_exhibit(table, names, group),
            *build_agreement(table),
            *build_counts(table, names, group),
            *_method_exhibit(table, names),
        )
    return TableFindings(
        title=Text(
            "%(group)s → %(category)s（%(node)s）", "%(group)s → %(category)s (%(node)s)"
        ).filled(
            group=group.name,
            category=category_name(scheme, table.category),
            node=node_name(scheme, table.node),
        ),
        sentences=list_sentences(table, names),
        exhibits=exhibits,
    )


def _citizen_part(table: CitizenTable, labels: Labels, scheme: Scheme) -> TableFindings:
    told = [unit for unit in table.units if unit.index is not None]
    note = Text(
        "n = %(n)s份有效答卷。圆点为满意度得分，横线为95%%的误差范围，不了解不计入。",
        "n = %(n)s valid answers. Dots are satisfaction scores, lines 95%% margins of "
        "error, don't-know left out.",
    ).filled(n=sum(unit.answers for unit in table.units))
    chart = None
    if told:
        estimates = [
            Estimate(u.unit, labels.units[u.unit], u.index or 0.0, u.low, u.high) for u in told
        ]
        chart = build_interval_chart(estimates, table.alike, note)
    named = (
        heads.UNIT,
        heads.SCORE,
        heads.INTERVAL,
        heads.SATISFIED_RATE,
        heads.VALID_ANSWERS,
        heads.DONT_KNOW,
    )
    rows = tuple(
        (
            labels.units[u.unit],
            show_float(u.index),
            _interval(u.low, u.high),
            _rate(u),
            str(u.answers),
            str(u.dont_know),
        )
        for u in sorted(table.units, key=lambda u: -(u.index or 0.0))
    )
    return TableFindings(
        title=Text(
            "%(group)s → %(category)s（%(node)s）", "%(group)s → %(category)s (%(node)s)"
        ).filled(
            group=group_name(scheme, table.group),
            category=category_name(scheme, table.category),
            node=node_name(scheme, table.node),
        ),
        sentences=list_citizen_sentences(table, Names(labels.units, ())),
        exhibits=(
            Exhibit(Text("得分和误差范围", "Scores and margins of error"), chart, named, rows),
        ),
    )


def _rate(unit: CitizenStanding) -> Text:
    if unit.satisfied_rate is None or unit.rate_low is None or unit.rate_high is None:
        return same("—")
    return Text("%(rate)s%%（%(low)s–%(high)s）", "%(rate)s%% (%(low)s–%(high)s)").filled(
        rate=show_float(unit.satisfied_rate * 100, 1),
        low=show_float(unit.rate_low * 100, 0),
        high=show_float(unit.rate_high * 100, 0),
    )


def _list_mutual(examined: RoundDiagnostics, scheme: Scheme) -> tuple[str, ...]:
    """The round's groups whose raters are units that are evaluated themselves."""
    groups = dict.fromkeys(table.group for table in examined.tables)
    return tuple(code for code in groups if scheme.get_group(code).members)


def _raters(table: RatedTable, labels: Labels, group: Group) -> tuple[Text, ...]:
    """Names where the group keeps names; else numbers in an order that says nothing."""
    if group.identity == "named":
        return tuple(
            same(labels.raters.get((table.group, rater.rater), rater.rater))
            for rater in table.raters
        )
    return tuple(
        Text("匿名%(n)s号", "Anonymous %(n)s").filled(n=place)
        for place in range(1, len(table.raters) + 1)
    )


def _standing_exhibits(
    units: Sequence[UnitStanding], alike: Sequence[Sequence[str]], names: Names, note: Text
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
    scores = build_interval_chart(estimates, alike, note)
    found = [
        Exhibit(
            Text("谁和谁分不出高低", "Who can't be told apart"), scores, *_score_table(told, names)
        )
    ]
    ranged = [unit for unit in told if unit.place is not None and unit.place_low is not None]
    if len(ranged) > 1:
        found.append(_place_exhibit(ranged, names))
    return tuple(found)


def _score_table(
    units: Sequence[UnitStanding], names: Names
) -> tuple[tuple[Text, ...], tuple[Cells, ...]]:
    named = (heads.UNIT, heads.OFFICIAL, heads.RANK, heads.REFERENCE, heads.INTERVAL, heads.RATINGS)
    return named, tuple(
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


def _place_exhibit(units: Sequence[UnitStanding], names: Names) -> Exhibit:
    ranges = [
        PlaceRange(names.units[u.unit], u.place or 0, u.place_low or 0, u.place_high or 0)
        for u in units
    ]
    note = Text(
        "n = %(n)s个单位。横条为可能的名次（90%%），圆点为公布口径的名次。",
        "n = %(n)s units. Bars are possible places (90%%), dots the official place.",
    ).filled(n=len(ranges))
    named: tuple[Text, ...] = (heads.UNIT, heads.RANK, heads.POSSIBLE_RANKS)
    sure = {names.units[u.unit]: u for u in units if u.sure_low is not None}
    if sure:
        named = (*named, heads.SURE_RANKS)
        note += Text(
            "“最稳妥的范围”不对各单位的真实水平作任何假定，有95%的把握，所以更宽。",
            " The range without assumptions holds with 95% whatever the units' true levels are, "
            "and is therefore wider.",
        )
    return Exhibit(
        Text("名次可能是第几", "Which place it could be"),
        build_place_chart(ranges, note),
        named,
        tuple(
            (
                each.name,
                str(each.place),
                show_range(each.first, each.last),
                *(
                    (show_range(unit.sure_low or 0, unit.sure_high or 0),)
                    if (unit := sure.get(each.name))
                    else ()
                ),
            )
            for each in sorted(ranges, key=lambda each: each.place)
        ),
    )


def _rater_exhibits(table: RatedTable, names: Names, group: Group) -> tuple[Exhibit, ...]:
    """The rater map of named groups; of others the figures alone, since no page shows a ballot."""
    if not names.raters:
        return ()
    order = sorted(range(len(table.raters)), key=lambda i: -(table.raters[i].distance or 0.0))
    chart = None
    if group.identity == "named" and table.raters[order[0]].distance is not None:
        chart = _heat(table, names, order)
    named = (
        heads.RATER,
        heads.UNITS_RATED,
        heads.AGREEMENT,
        heads.DIFFERENCE,
        heads.GENEROSITY,
        heads.FLAG,
    )
    rows = tuple(
        (
            names.raters[i],
            str(table.raters[i].rated),
            show_float(table.raters[i].agreement),
            show_float(table.raters[i].distance, 1),
            show_float(table.raters[i].severity, 1),
            _mark(table.raters[i]),
        )
        for i in order
    )
    return (Exhibit(Text("谁和别人评得不一样", "Who rates differently"), chart, named, rows),)


def _heat(table: RatedTable, names: Names, order: Sequence[int]) -> Chart:
    rated = [j for j, unit in enumerate(table.units) if unit.ratings]
    shown = sorted(rated, key=lambda j: -(table.units[j].reference or 0.0))
    cells = table.residuals[:, shown]
    return build_heat_chart(
        # Only named groups have a map, and a name is the same in both languages.
        [names.raters[i].zh for i in order],
        [names.units[table.units[j].unit] for j in shown],
        [[None if v != v else float(v) for v in cells[i]] for i in order],
        say_different(table, names),
        Text(
            "蓝色（＋）比预期高，橙色（－）比预期低，越深差得越多；"
            "预期由该单位的水平和该评价人的宽严推出。评价人按差别大小、单位按得分排列。",
            "Blue (+) is higher than expected, orange (-) lower, darker further off; what is "
            "expected follows from the unit's level and the rater's severity. Raters by how "
            "much they differ, units by score.",
        ),
    )


def _mark(profile: RaterProfile) -> Text:
    if profile.reversed:
        return Text("次序相反", "Order reversed")
    if profile.uniform:
        return Text("没有区分", "Tells nothing apart")
    if profile.misfitting:
        return Text("差别很大", "Differs greatly")
    return Text("无", "none") if profile.testable else Text("不作检验", "Not tested")


def _doubt_exhibit(table: RatedTable, names: Names, group: Group) -> tuple[Exhibit, ...]:
    """Named groups only: of the others, not even one rating is told."""
    if not table.doubtful or not names.raters or group.identity != "named":
        return ()
    place = {rater.rater: i for i, rater in enumerate(table.raters)}
    named = (
        heads.UNIT,
        heads.RATER,
        heads.OFFICIAL,
        heads.SCORE_WITHOUT,
        heads.RANK,
        heads.RANK_WITHOUT,
    )
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
    return (
        Exhibit(
            Text("值得核对的评分（不改变得分）", "Ratings worth checking (they change no score)"),
            None,
            named,
            rows,
        ),
    )


def _method_exhibit(table: RatedTable, names: Names) -> tuple[Exhibit, ...]:
    by_name = {each.method: each for each in table.methods.methods}
    pairs = zip(by_name["official"].places, by_name["severity"].places, strict=True)
    moves = [
        Move(names.units[table.units[j].unit], before, after)
        for j, (before, after) in enumerate(pairs)
        if before is not None and after is not None
    ]
    if len(moves) < 2:
        return ()
    note = Text(
        "n = %(n)s个单位。蓝色为上升，橙色为下降。只有公布口径计入总分。",
        "n = %(n)s units. Blue rises, orange falls. Only the official method enters totals.",
    ).filled(n=len(moves))
    chart = build_slope_chart(moves, METHODS["severity"], note)
    order = sorted(range(len(table.units)), key=lambda j: by_name["official"].places[j] or 999)
    rows: tuple[Cells, ...] = tuple(
        (
            names.units[table.units[j].unit],
            *(
                Text("%(score)s（%(place)s）", "%(score)s (%(place)s)").filled(
                    score=show_float(method.scores[j], 1), place=_place(method.places[j])
                )
                for method in table.methods.methods
            ),
        )
        for j in order
    )
    named = (heads.UNIT, *(METHODS[m.method] for m in table.methods.methods))
    return (
        Exhibit(
            Text(
                "换一种算法会怎样：得分（名次）", "What another method would change: score (place)"
            ),
            chart,
            named,
            rows,
        ),
    )


def _weights(weighings: Sequence[Weighing], nodes: Mapping[str, Text]) -> tuple[Exhibit, ...]:
    rows = tuple(
        (nodes[w.node], nodes[part], _share(w.weights.nominal[k]), _share(w.weights.effective[k]))
        for w in weighings
        for k, part in enumerate(w.parts)
    )
    if not rows:
        return ()
    named = (heads.PARENT, heads.NODE, heads.NOMINAL_WEIGHT, heads.EFFECTIVE_WEIGHT)
    return (
        Exhibit(
            Text("各部分实际起了多大作用", "How much each part really weighs"), None, named, rows
        ),
    )


def _share(value: float | None) -> str:
    return "—" if value is None else f"{show_float(value * 100, 0)}%"


def _interval(low: float | None, high: float | None) -> str:
    return "—" if low is None or high is None else f"{show_float(low)}–{show_float(high)}"


def _place(place: int | None) -> str:
    return "—" if place is None else str(place)

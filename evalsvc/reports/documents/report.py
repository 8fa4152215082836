"""The official report of a season's result as a PDF in the manner of public documents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from analysis.score.tree import UnitResult
from evalsvc.language import show_moment
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.ranking_chart import ScoredUnit, build_ranking_chart
from evalsvc.reports.charts.satisfaction_chart import build_satisfaction_chart, list_by_rate
from evalsvc.reports.charts.turnout_chart import build_turnout_chart
from evalsvc.reports.documents.diagnostics import build_documents
from evalsvc.reports.documents.figure_trail import build_trail
from evalsvc.reports.documents.filling import Document, render_documents
from evalsvc.reports.documents.notes import (
    PROVISIONAL,
    Note,
    list_excluded,
    list_lost,
    list_unusual,
)
from evalsvc.reports.documents.outcome_rows import OutcomePart, list_outcome_parts
from evalsvc.reports.documents.pdf import join_pdfs
from evalsvc.reports.documents.unit_sheet import build_document, build_sheet
from evalsvc.reports.ranking import list_categories, list_columns
from evalsvc.reports.words.outcome_words import say_end, say_end_heading
from evalsvc.reports.words.remarks import void_reason
from evalsvc.results.diagnostics import SeasonDiagnostics
from evalsvc.results.rejections import Rejections
from evalsvc.results.satisfaction import SatisfactionTable, UnitSatisfaction
from evalsvc.results.season import ResultContent
from evalsvc.results.turnout import Turnout, sum_turnout
from evalsvc.scheme.model import Parameter
from evalsvc.scheme.wording import (
    group_name,
    node_name,
    round_name,
    say_full_marks,
    show_percent,
    show_short,
)
from evalsvc.text import AND, NOTHING, STOP, Text, same

NUMERALS = "一二三四五六七八九十"
NUMBERS = tuple(Text(f"{numeral}、", f"{n}. ") for n, numeral in enumerate(NUMERALS, 1))
LESSER = tuple(Text(f"（{numeral}）", f"({n}) ") for n, numeral in enumerate(NUMERALS, 1))

# With the parts' own parts where the page has room for so many columns; English heads are longer.
COLUMNS_MOST = {"zh": 7, "en": 4}

BATCH = 10  # sheets in a document


Value = TypeVar("Value")


@dataclass(frozen=True)
class RankedRow:
    """One unit in a category's table."""

    rank: int | None
    name: str
    published: str | None
    values: tuple[Fraction | None, ...]
    end: Text = NOTHING


@dataclass(frozen=True)
class RankTable:
    """Units best first with the figures that `heads` name."""

    heads: tuple[Text, ...]
    rows: tuple[RankedRow, ...]


@dataclass(frozen=True)
class CategoryRanking:
    """One category's chart, and its table as wide as each language leaves room for.

    `end` heads the column of grades, where there are any.
    """

    category: Text
    units: int
    chart: Chart
    tables: Mapping[str, RankTable]
    end: Text = NOTHING


@dataclass(frozen=True)
class Named(Generic[Value]):
    """A value of a round and a group, with what people call them; `reason` where it has one."""

    round: Text
    group: Text
    value: Value
    reason: Text = NOTHING


@dataclass(frozen=True)
class BothFigures:
    """A unit whose figure or place is another one without anybody's exclusions."""

    name: str
    published: str | None
    rank: int | None
    plain: str | None
    plain_rank: int | None


@dataclass(frozen=True)
class AdjustmentLine:
    """One bonus or deduction as entered."""

    unit: str
    kind: Text
    entered: Text
    date: str
    evidence: str


@dataclass(frozen=True)
class SatisfactionPart:
    """One question's chart and table, best first."""

    title: Text
    chart: Chart
    rows: tuple[UnitSatisfaction, ...]


@dataclass(frozen=True)
class Report:
    """All that the report's template prints."""

    title: Text
    numbers: tuple[Text, ...]
    lesser: tuple[Text, ...]
    places: int
    summary: tuple[Text, ...]
    rankings: tuple[CategoryRanking, ...]
    outcomes: tuple[OutcomePart, ...]
    turnout: tuple[Named[Turnout], ...]
    turnout_chart: Chart
    rejections: tuple[Named[Rejections], ...]
    lost: tuple[Note, ...]
    excluded: tuple[Note, ...]
    both: tuple[BothFigures, ...]
    satisfaction: tuple[SatisfactionPart, ...]
    adjustments: tuple[AdjustmentLine, ...]
    choices: tuple[Parameter, ...]
    unusual: tuple[Note, ...]


def render_report(content: ResultContent, language: str = "zh", unit_pages: bool = False) -> bytes:
    """The report with the diagnostics, where there are any, as an annex.

    With `unit_pages`, every unit's 计分明细 is a further annex, in the order of ranks.
    """
    values = {"content": content, "report": build_report(content)}
    documents = [Document("reports/report.html", values)]
    if content.diagnostics is not None and content.diagnostics.rounds:
        documents.append(_quality(content, content.diagnostics))
    if unit_pages:
        documents += _annex(content)
    return join_pdfs(list(render_documents(documents, language)))


def build_report(content: ResultContent) -> Report:
    """Everything that the report says, before it is set in type."""
    rankings = _rankings(content)
    turnout = _turnout(content)
    return Report(
        title=Text("%(season)s\n结果报告", "%(season)s\nReport of the result").filled(
            season=content.head.season_title
        ),
        numbers=NUMBERS,
        lesser=LESSER,
        places=content.scheme.publication.places,
        summary=_summary(content, rankings),
        rankings=rankings,
        outcomes=list_outcome_parts(content),
        turnout=turnout,
        turnout_chart=build_turnout_chart(
            [(same("　").join((each.round, each.group)), each.value) for each in turnout]
        ),
        rejections=_rejections(content),
        lost=list_lost(content),
        excluded=list_excluded(content),
        both=_both(content),
        satisfaction=tuple(_satisfaction(content, t) for t in content.satisfaction),
        adjustments=_adjustments(content),
        choices=tuple(p for p in content.scheme.parameters if p.open),
        unusual=list_unusual(content),
    )


def _rankings(content: ResultContent) -> tuple[CategoryRanking, ...]:
    return tuple(
        _ranking(content, category.name, units) for category, units in list_categories(content)
    )


def _ranking(
    content: ResultContent, category: Text, units: Sequence[UnitResult]
) -> CategoryRanking:
    trees = [unit.tree for unit in units]
    main = [column.code for column in list_columns(trees, 1)]
    codes = [column.code for column in list_columns(trees, 2)]
    return CategoryRanking(
        category,
        len(units),
        build_ranking_chart(
            category,
            [_scored(content, unit, main) for unit in units],
            [node_name(content.scheme, code) for code in main],
        ),
        {
            language: _rank_table(content, units, codes if len(codes) <= most else main)
            for language, most in COLUMNS_MOST.items()
        },
        say_end_heading(content.scheme) if content.ends else NOTHING,
    )


def _rank_table(
    content: ResultContent, units: Sequence[UnitResult], codes: Sequence[str]
) -> RankTable:
    return RankTable(
        tuple(node_name(content.scheme, code) for code in codes),
        tuple(
            RankedRow(
                unit.rank,
                content.names[unit.unit],
                unit.published,
                _values(unit, codes),
                say_end(content.ends[unit.unit], content.scheme) if content.ends else NOTHING,
            )
            for unit in units
        ),
    )


def _scored(content: ResultContent, unit: UnitResult, codes: Sequence[str]) -> ScoredUnit:
    published = None if unit.published is None else Fraction(unit.published)
    return ScoredUnit(
        content.names[unit.unit], unit.rank, published, unit.published or "—", _values(unit, codes)
    )


def _values(unit: UnitResult, codes: Sequence[str]) -> tuple[Fraction | None, ...]:
    values = {node.code: node.value for node in unit.tree.walk()}
    return tuple(values.get(code) for code in codes)


def _summary(content: ResultContent, rankings: Sequence[CategoryRanking]) -> tuple[Text, ...]:
    head, scheme = content.head, content.scheme
    counted = AND.join(
        Text("%(category)s%(n)s个", '%(n)s in "%(category)s"').filled(
            category=r.category, n=r.units
        )
        for r in rankings
    )
    sentences = [PROVISIONAL.filled(missing=head.provisional)] if head.provisional else []
    sentences += [
        Text(
            "%(office)s按照《%(scheme)s》（%(source)s）对%(n)s个单位进行考评，其中%(counted)s。"
            "本报告是%(moment)s第%(version)s次计算的结果，得分保留%(places)s位小数，四舍五入，"
            "同类之内按公布的得分排名。",
            '%(office)s has evaluated %(n)s units by "%(scheme)s" (%(source)s): %(counted)s. '
            "This report shows the result as computed on %(moment)s, version %(version)s. "
            "Scores have %(places)s decimals, rounded half up; ranks go by the published score "
            "inside a category.",
        ).filled(
            office=head.office,
            scheme=scheme.title,
            source=scheme.source,
            n=len(content.units),
            counted=counted,
            moment=show_moment(head.computed_at),
            version=head.version,
            places=scheme.publication.places,
        ),
        *_full_marks(content),
        *(r.chart.finding + STOP for r in rankings),
    ]
    if content.turnout:
        sentences.append(_turnout_sentence(content))
    if head.custodian:
        sentences.append(
            Text(
                "票箱钥匙由一人保管（单人保管：%(name)s），开箱时没有第二人的钥匙相互制约。",
                "The key of the box was kept by one person (single custodian: %(name)s); no second "
                "person's key was needed to open it.",
            ).filled(name=head.custodian)
        )
    return tuple(sentences)


def _full_marks(content: ResultContent) -> Iterator[Text]:
    """What totals are out of, category by category, where it is not 100."""
    for category, _ in list_categories(content):
        if full := say_full_marks(content.scheme, category.code):
            yield Text("%(category)s总分：%(full)s。", "%(category)s, total: %(full)s.").filled(
                category=category.name, full=full
            )


def _turnout_sentence(content: ResultContent) -> Text:
    whole = sum_turnout(content.turnout)
    return Text(
        "评价共%(rounds)s轮，发出评价码%(issued)s份，收回答卷%(cast)s份，参评率%(share)s；"
        "按规则不计入的%(void)s份。",
        "Rounds: %(rounds)s. %(issued)s codes were issued and %(cast)s ballots cast, a "
        "turnout of %(share)s; ballots that did not count by the rules: %(void)s.",
    ).filled(
        rounds=len(content.head.rounds),
        issued=whole.issued,
        cast=whole.cast,
        share=show_percent(whole.share),
        void=sum(each.n for each in content.rejections),
    )


def _turnout(content: ResultContent) -> tuple[Named[Turnout], ...]:
    return tuple(
        Named(round_name(content.scheme, each.round), group_name(content.scheme, each.group), each)
        for each in content.turnout
    )


def _rejections(content: ResultContent) -> tuple[Named[Rejections], ...]:
    return tuple(
        Named(
            round_name(content.scheme, each.round),
            group_name(content.scheme, each.group),
            each,
            void_reason(each.reason),
        )
        for each in content.rejections
    )


def _both(content: ResultContent) -> tuple[BothFigures, ...]:
    return tuple(
        BothFigures(content.names[u.unit], u.published, u.rank, plain.published, plain.rank)
        for _, units in list_categories(content)
        for u in units
        if (plain := content.plain.get(u.unit)) is not None
        and (plain.published, plain.rank) != (u.published, u.rank)
    )


def _satisfaction(content: ResultContent, table: SatisfactionTable) -> SatisfactionPart:
    title = Text("%(round)s%(group)s", "%(group)s, %(round)s").filled(
        round=round_name(content.scheme, table.round), group=group_name(content.scheme, table.group)
    )
    return SatisfactionPart(title, build_satisfaction_chart(table), tuple(list_by_rate(table.rows)))


def _adjustments(content: ResultContent) -> tuple[AdjustmentLine, ...]:
    kinds = {kind.code: kind for kind in content.scheme.adjustments}
    return tuple(
        AdjustmentLine(
            content.names[each.unit],
            kinds[each.rule].name,
            same(show_short(each.amount))
            if each.amount is not None
            else Text("%(n)s次", "%(n)s ×").filled(n=each.times),
            each.date,
            each.evidence,
        )
        for each in content.adjustments
    )


def _quality(content: ResultContent, examined: SeasonDiagnostics) -> Document:
    parts = build_documents(examined, content.scheme)
    values = {"content": content, "parts_of_quality": parts}
    return Document("reports/diagnostics.html", values)


def _annex(content: ResultContent) -> list[Document]:
    """The units' sheets, some in each document: a document brings its faces, a page its time."""
    sheets = [
        build_sheet(
            content.scheme,
            content.names[unit.unit],
            unit,
            units,
            build_trail(content.changes, content.scheme, unit.unit),
        )
        for _, units in list_categories(content)
        for unit in units
    ]
    return [
        build_document(content.head, sheets[start : start + BATCH])
        for start in range(0, len(sheets), BATCH)
    ]

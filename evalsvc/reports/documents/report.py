"""The official report of a season's result as a PDF in the manner of public documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.tree import UnitResult
from evalsvc.language import show_moment, translate
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.ranking_chart import ScoredUnit, build_ranking_chart
from evalsvc.reports.charts.satisfaction_chart import build_satisfaction_chart, list_by_rate
from evalsvc.reports.charts.turnout_chart import TurnoutBar, build_turnout_chart
from evalsvc.reports.documents.diagnostics import build_documents
from evalsvc.reports.documents.figure_trail import build_trail
from evalsvc.reports.documents.filling import Document, render_documents
from evalsvc.reports.documents.notes import (
    Note,
    group_name,
    list_excluded,
    list_unusual,
    round_name,
)
from evalsvc.reports.documents.pdf import join_pdfs
from evalsvc.reports.documents.unit_sheet import build_document, build_sheet
from evalsvc.reports.ranking import list_categories, list_columns
from evalsvc.reports.words.outcome_words import say_end, say_end_heading
from evalsvc.reports.words.remarks import void_reason
from evalsvc.reports.words.wording import node_name, show_percent, show_short
from evalsvc.results.diagnostics import SeasonDiagnostics
from evalsvc.results.satisfaction import SatisfactionTable, UnitSatisfaction
from evalsvc.results.season import ResultContent
from evalsvc.scheme.model import Parameter

NUMERALS = "一二三四五六七八九十"

# With the parts' own parts where the page has room for so many columns; English heads are longer.
COLUMNS_MOST = {"zh": 7, "en": 4}

BATCH = 10  # sheets in a document


@dataclass(frozen=True)
class RankedRow:
    """One unit in a category's table."""

    rank: int | None
    name: str
    published: str | None
    values: tuple[Fraction | None, ...]
    end: str = ""


@dataclass(frozen=True)
class Ranking:
    """One category's chart and table; `end` heads the column of grades, where there are any."""

    category: str
    chart: Chart
    heads: tuple[str, ...]
    rows: tuple[RankedRow, ...]
    end: str = ""


@dataclass(frozen=True)
class TurnoutRow:
    """One group's cards in one round."""

    round: str
    group: str
    issued: int
    cast: int
    share: Fraction | None
    assisted: int = 0


@dataclass(frozen=True)
class RejectionRow:
    """Ballots of one group in one round that did not count for one reason."""

    round: str
    group: str
    reason: str
    n: int


@dataclass(frozen=True)
class BothFigures:
    """A unit whose figure or place is another one without anybody's exclusions."""

    name: str
    published: str | None
    rank: int | None
    plain: str | None
    plain_rank: int | None


@dataclass(frozen=True)
class AdjustmentRow:
    """One bonus or deduction as entered."""

    unit: str
    kind: str
    entered: str
    date: str
    evidence: str


@dataclass(frozen=True)
class SatisfactionPart:
    """One question's chart and table, best first."""

    title: str
    chart: Chart
    rows: tuple[UnitSatisfaction, ...]


@dataclass(frozen=True)
class Report:
    """All that the report's template prints."""

    title: str
    numbers: tuple[str, ...]
    lesser: tuple[str, ...]
    places: int
    summary: tuple[str, ...]
    rankings: tuple[Ranking, ...]
    turnout: tuple[TurnoutRow, ...]
    turnout_chart: Chart
    rejections: tuple[RejectionRow, ...]
    excluded: tuple[Note, ...]
    both: tuple[BothFigures, ...]
    satisfaction: tuple[SatisfactionPart, ...]
    adjustments: tuple[AdjustmentRow, ...]
    choices: tuple[Parameter, ...]
    unusual: tuple[Note, ...]


def render_report(content: ResultContent, language: str = "zh", unit_pages: bool = False) -> bytes:
    """The report with the diagnostics, where there are any, as an annex.

    With `unit_pages`, every unit's 计分明细 is a further annex, in the order of ranks.
    """
    values = {"content": content, "report": build_report(content, language)}
    documents = [Document("reports/report.html", language, values)]
    if content.diagnostics is not None and content.diagnostics.rounds:
        documents.append(_quality(content, content.diagnostics, language))
    if unit_pages:
        documents += _annex(content, language)
    return join_pdfs(list(render_documents(documents)))


def build_report(content: ResultContent, language: str = "zh") -> Report:
    """Everything that the report says, before it is set in type."""
    rankings = _rankings(content, language)
    turnout = _turnout(content, language)
    return Report(
        title=translate("%(season)s\n结果报告", language, season=content.head.season_title),
        numbers=_numbers(language, "%s、"),
        lesser=_numbers(language, "（%s）"),
        places=content.scheme.publication.places,
        summary=_summary(content, rankings, turnout, language),
        rankings=rankings,
        turnout=turnout,
        turnout_chart=build_turnout_chart(
            [TurnoutBar(f"{t.round}　{t.group}", t.issued, t.cast) for t in turnout], language
        ),
        rejections=_rejections(content, language),
        excluded=list_excluded(content, language),
        both=_both(content),
        satisfaction=tuple(_satisfaction(content, t, language) for t in content.satisfaction),
        adjustments=_adjustments(content, language),
        choices=tuple(p for p in content.scheme.parameters if p.open),
        unusual=list_unusual(content, language),
    )


def _numbers(language: str, form: str) -> tuple[str, ...]:
    if language == "en":
        return tuple(f"{number}. " if form == "%s、" else f"({number}) " for number in range(1, 11))
    return tuple(form % numeral for numeral in NUMERALS)


def _rankings(content: ResultContent, language: str) -> tuple[Ranking, ...]:
    return tuple(
        _ranking(content, category.name.in_language(language), units, language)
        for category, units in list_categories(content)
    )


def _ranking(
    content: ResultContent, category: str, units: Sequence[UnitResult], language: str
) -> Ranking:
    trees = [unit.tree for unit in units]
    main = [column.code for column in list_columns(trees, 1)]
    codes = [column.code for column in list_columns(trees, 2)]
    codes = codes if len(codes) <= COLUMNS_MOST[language] else main
    names = {code: node_name(content.scheme, code, language) for code in (*main, *codes)}
    return Ranking(
        category,
        build_ranking_chart(
            category,
            [_scored(content, unit, main) for unit in units],
            [names[code] for code in main],
            language,
        ),
        tuple(names[code] for code in codes),
        tuple(
            RankedRow(
                u.rank,
                content.names[u.unit],
                u.published,
                _values(u, codes),
                say_end(content.ends[u.unit], content.scheme, language) if content.ends else "",
            )
            for u in units
        ),
        say_end_heading(content.scheme, language) if content.ends else "",
    )


def _scored(content: ResultContent, unit: UnitResult, codes: Sequence[str]) -> ScoredUnit:
    published = None if unit.published is None else Fraction(unit.published)
    return ScoredUnit(
        content.names[unit.unit], unit.rank, published, unit.published or "—", _values(unit, codes)
    )


def _values(unit: UnitResult, codes: Sequence[str]) -> tuple[Fraction | None, ...]:
    values = {node.code: node.value for node in unit.tree.walk()}
    return tuple(values.get(code) for code in codes)


def _summary(
    content: ResultContent,
    rankings: Sequence[Ranking],
    turnout: Sequence[TurnoutRow],
    language: str,
) -> tuple[str, ...]:
    head, scheme = content.head, content.scheme
    counted = translate("、", language).join(
        translate("%(category)s%(n)s个", language, category=r.category, n=len(r.rows))
        for r in rankings
    )
    sentences = [
        translate(
            "%(office)s按照《%(scheme)s》（%(source)s）对%(n)s个单位进行考评，其中%(counted)s。"
            "本报告是%(moment)s第%(version)s次计算的结果，得分保留%(places)s位小数，四舍五入，"
            "同类之内按公布的得分排名。",
            language,
            office=head.office,
            scheme=scheme.title.in_language(language),
            source=scheme.source,
            n=len(content.units),
            counted=counted,
            moment=show_moment(head.computed_at, language),
            version=head.version,
            places=scheme.publication.places,
        ),
        *(translate("%(finding)s。", language, finding=r.chart.finding) for r in rankings),
    ]
    if turnout:
        sentences.append(_turnout_sentence(content, turnout, language))
    if head.custodian:
        sentences.append(
            translate(
                "票箱钥匙由一人保管（单人保管：%(name)s），开箱时没有第二人的钥匙相互制约。",
                language,
                name=head.custodian,
            )
        )
    return tuple(sentences)


def _turnout_sentence(content: ResultContent, turnout: Sequence[TurnoutRow], language: str) -> str:
    issued, cast = sum(row.issued for row in turnout), sum(row.cast for row in turnout)
    return translate(
        "评价共%(rounds)s轮，发出评价码%(issued)s份，收回答卷%(cast)s份，参评率%(share)s；"
        "按规则不计入的%(void)s份。",
        language,
        rounds=len(content.head.rounds),
        issued=issued,
        cast=cast,
        share=show_percent(Fraction(cast, issued) if issued else None),
        void=sum(each.n for each in content.rejections),
    )


def _turnout(content: ResultContent, language: str) -> tuple[TurnoutRow, ...]:
    return tuple(
        TurnoutRow(
            round_name(content, each.round, language),
            group_name(content, each.group, language),
            each.issued,
            each.cast,
            Fraction(each.cast, each.issued) if each.issued else None,
            each.assisted,
        )
        for each in content.turnout
    )


def _rejections(content: ResultContent, language: str) -> tuple[RejectionRow, ...]:
    return tuple(
        RejectionRow(
            round_name(content, each.round, language),
            group_name(content, each.group, language),
            void_reason(each.reason, language),
            each.n,
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


def _satisfaction(
    content: ResultContent, table: SatisfactionTable, language: str
) -> SatisfactionPart:
    title = translate(
        "%(round)s%(group)s",
        language,
        round=round_name(content, table.round, language),
        group=group_name(content, table.group, language),
    )
    return SatisfactionPart(
        title, build_satisfaction_chart(table, language), tuple(list_by_rate(table.rows))
    )


def _adjustments(content: ResultContent, language: str) -> tuple[AdjustmentRow, ...]:
    kinds = {kind.code: kind for kind in content.scheme.adjustments}
    return tuple(
        AdjustmentRow(
            content.names[each.unit],
            kinds[each.rule].name.in_language(language),
            show_short(each.amount)
            if each.amount is not None
            else translate("%(n)s次", language, n=each.times),
            each.date,
            each.evidence,
        )
        for each in content.adjustments
    )


def _quality(content: ResultContent, examined: SeasonDiagnostics, language: str) -> Document:
    parts = build_documents(examined, content.scheme, language)
    values = {"content": content, "parts_of_quality": parts}
    return Document("reports/diagnostics.html", language, values)


def _annex(content: ResultContent, language: str) -> list[Document]:
    """The units' sheets, some in each document: a document brings its faces, a page its time."""
    sheets = [
        build_sheet(
            content.scheme,
            content.names[unit.unit],
            unit,
            language,
            units,
            build_trail(content.changes, content.scheme, language, unit.unit),
        )
        for _, units in list_categories(content)
        for unit in units
    ]
    return [
        build_document(content.head, sheets[start : start + BATCH], language)
        for start in range(0, len(sheets), BATCH)
    ]

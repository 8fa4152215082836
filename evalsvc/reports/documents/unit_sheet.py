"""计分明细: one unit's whole score tree as a PDF, naming no other unit and no rater."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.tree import Node, UnitResult
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.strip_chart import Strip, build_strip_chart
from evalsvc.reports.documents.figure_trail import TrailRow
from evalsvc.reports.documents.filling import Document, render_document
from evalsvc.reports.ranking import list_columns
from evalsvc.reports.words.explain import ExplainedRow, Explanation, explain
from evalsvc.results.season import ReportHead
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import category_name, node_name
from evalsvc.text import Text

# Among fewer units, everybody could tell whose each dot is.
COMPARED_FROM = 5
COMPARED_DEPTH = 2


@dataclass(frozen=True)
class SameRows:
    """Facts that are alike in everything, with their number: as ballots they have no order."""

    row: ExplainedRow
    n: int

    @property
    def applied(self) -> Fraction | None:
        """The share with which all of them entered."""
        return None if self.row.applied is None else self.row.applied * self.n


@dataclass(frozen=True)
class FigureBlock:
    """One figure of the sheet: its explanation, its number such as 1.2, and facts below it."""

    number: str
    told: Explanation
    facts: tuple[SameRows, ...]
    parts: tuple[ExplainedRow, ...]


@dataclass(frozen=True)
class UnitPages:
    """What a unit's pages show; `of` is the number of ranked units in its category."""

    name: str
    category: Text
    unit: UnitResult
    of: int
    blocks: tuple[FigureBlock, ...]
    chart: Chart | None
    changes: tuple[TrailRow, ...] = ()


def render_unit_sheet(
    head: ReportHead,
    scheme: Scheme,
    name: str,
    unit: UnitResult,
    language: str = "zh",
    peers: Sequence[UnitResult] = (),
    changes: Sequence[TrailRow] = (),
) -> bytes:
    """The sheet of one unit. `peers` are all units of its category, itself included, if known."""
    sheet = build_sheet(scheme, name, unit, peers, changes)
    return render_document(build_document(head, [sheet]), language)


def build_document(head: ReportHead, sheets: Sequence[UnitPages]) -> Document:
    """Several units' sheets as one document, each counting its pages from 1."""
    return Document("reports/unit_sheet.html", {"head": head, "sheets": tuple(sheets)})


def build_sheet(
    scheme: Scheme,
    name: str,
    unit: UnitResult,
    peers: Sequence[UnitResult],
    changes: Sequence[TrailRow] = (),
    hidden: Collection[str] = (),
) -> UnitPages:
    """What the sheet says, with the unit's figures that were changed after they counted.

    Others stand beside it in no figure that is `hidden`.
    """
    return UnitPages(
        name=name,
        category=category_name(scheme, unit.category),
        unit=unit,
        of=sum(1 for peer in peers if peer.rank is not None),
        blocks=tuple(_blocks(unit.tree, "", scheme)),
        chart=_chart(unit, peers, scheme, hidden),
        changes=tuple(changes),
    )


def gather_same(rows: Sequence[ExplainedRow]) -> tuple[SameRows, ...]:
    """Rows that say the same once, with their number."""
    return tuple(SameRows(row, n) for row, n in Counter(rows).items())


def _blocks(node: Node, number: str, scheme: Scheme) -> Iterator[FigureBlock]:
    """The node and those below it; an entered figure is a row of its parent and no block."""
    told = explain(node, scheme)
    parts, facts = (told.rows, ()) if node.parts else ((), gather_same(told.rows))
    yield FigureBlock(number, told, facts, parts)
    place = 0
    for part in node.parts:
        if part.rule in ("given", "known"):
            continue
        place += 1
        yield from _blocks(part, f"{number}.{place}".lstrip("."), scheme)


def _chart(
    unit: UnitResult, peers: Sequence[UnitResult], scheme: Scheme, hidden: Collection[str]
) -> Chart | None:
    if len(peers) < COMPARED_FROM:
        return None
    codes = [unit.tree.code, *(c.code for c in list_columns([unit.tree], COMPARED_DEPTH))]
    values = [{node.code: node.value for node in peer.tree.walk()} for peer in peers]
    own = {node.code: node.value for node in unit.tree.walk()}
    strips = [
        Strip(node_name(scheme, code), own.get(code), _there(v.get(code) for v in values))
        for code in codes
        if code not in hidden
    ]
    return build_strip_chart(strips)


def _there(values: Iterator[Fraction | None]) -> tuple[Fraction, ...]:
    return tuple(value for value in values if value is not None)

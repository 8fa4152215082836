"""The notice to a unit as a two-page PDF: where it stands, why, and what people said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from markupsafe import Markup

from analysis.score.tree import UnitResult
from evalsvc.box.statements import show_key
from evalsvc.box.tokens import format_token
from evalsvc.qr import render_qr
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.documents.filling import Document, render_document
from evalsvc.reports.documents.unit_sheet import build_sheet
from evalsvc.reports.words.forbidden_words import list_forbidden_sentences
from evalsvc.reports.words.own_view import OwnLine, list_own_lines, visible_tree
from evalsvc.results.season import ReportHead
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import say_full_marks
from evalsvc.text import NOTHING, Text

# What two pages hold; what is beyond stands on the unit's page.
SHOWN_DEPTH = 2
MOST_LINES = 12
MOST_COMMENTS = 5
MOST_EVENTS = 5
MOST_REASONS = 8
LONGEST_COMMENT = 60
LONGEST_WORDS = 80
LONGEST_REMARK = 34


@dataclass(frozen=True)
class RateWords:
    """How citizens rated the unit in one round; rates are percentages or a dash."""

    about: Text
    n_valid: int
    satisfied: str
    basically: str


@dataclass(frozen=True)
class UnitNotice:
    """Everything one unit's notice says; no other unit is named.

    `key` is the service's public signing key, 64 digits, empty where no ballots were cast;
    `grade`, `awards` and `why` are words already; `change` says what a correction changed for
    this unit, empty for a first version.
    """

    head: ReportHead
    scheme: Scheme
    name: str
    contact: str
    result: UnitResult
    peers: Sequence[UnitResult]
    grade: Text
    awards: Sequence[Text]
    why: Sequence[Text]
    adjustments: Sequence[Text]
    rates: Sequence[RateWords]
    comments: Sequence[str]
    change: Text
    first_day: date | None
    last_day: date | None
    review_until: date | None
    review_days: int
    # Whether these are working days, and which days of the period they were.
    working: bool = False
    counted: Text = NOTHING
    folded: frozenset[str] = frozenset()
    # What is not public: how the others stand in it would tell extreme answers.
    hidden: frozenset[str] = frozenset()
    key: str = ""
    # Of a person's letter: the code that opens the result without an account, and where.
    code: str = field(default="", repr=False)
    public_url: str = ""


@dataclass(frozen=True)
class NoticePage:
    """What the template draws besides the notice itself."""

    category: Text
    of: int
    full: Text
    lines: tuple[tuple[OwnLine, Text], ...]
    chart: Chart | None
    reasons: tuple[Text, ...]
    more_reasons: int
    comments: tuple[str, ...]
    more_comments: int
    key: str
    drawing: Markup
    code: str = field(default="", repr=False)
    code_drawing: Markup = field(default=Markup(), repr=False)


def render_unit_notice(notice: UnitNotice, language: str = "zh") -> bytes:
    """One unit's notice as PDF."""
    return render_document(build_document(notice), language)


def build_document(notice: UnitNotice) -> Document:
    """The notice as a document, so that many can be made side by side."""
    values: Mapping[str, object] = {"notice": notice, "page": build_page(notice)}
    return Document("reports/unit_notice.html", values)


def build_page(notice: UnitNotice) -> NoticePage:
    """Lines, chart and comments cut to two pages."""
    tree = notice.result.tree
    seen = replace(notice.result, tree=visible_tree(tree, notice.scheme, notice.folded))
    # Where not everybody is public, how the others stand is nobody's matter.
    beside = notice.peers if notice.scheme.publication.shows is None else ()
    sheet = build_sheet(notice.scheme, notice.name, seen, beside, hidden=notice.hidden)
    lines = list_own_lines(tree, notice.scheme, notice.folded)
    shown = tuple(line for line in lines if line.depth <= SHOWN_DEPTH)[:MOST_LINES]
    comments = tuple(_cut(each, LONGEST_COMMENT) for each in notice.comments[:MOST_COMMENTS])
    forbidden = list_forbidden_sentences(seen.tree, notice.scheme)
    listed = (*forbidden, *notice.why)
    reasons = (*listed[:MOST_REASONS], *notice.adjustments[:MOST_EVENTS])
    return NoticePage(
        category=sheet.category,
        # All of the category, those without a place of their own included.
        of=len(notice.peers),
        full=say_full_marks(notice.scheme, notice.result.category),
        lines=tuple(
            (line, _cut_text(NOTHING.join(line.remarks[:1]), LONGEST_REMARK)) for line in shown
        ),
        chart=sheet.chart,
        reasons=tuple(_cut_text(reason, LONGEST_WORDS) for reason in reasons),
        more_reasons=len(listed) + len(notice.adjustments) - len(reasons),
        comments=comments,
        more_comments=len(notice.comments) - len(comments),
        key=show_key(bytes.fromhex(notice.key)),
        # On a letter with a code, that code is the one to be scanned.
        drawing=render_qr(notice.key.upper()) if notice.key and not notice.code else Markup(),
        code=format_token(notice.code),
        code_drawing=render_qr(build_letter_link(notice)) if notice.code else Markup(),
    )


def build_letter_link(notice: UnitNotice) -> str:
    """What the QR code says; as with raters' cards the code behind `#` reaches no server's log."""
    return f"{notice.public_url}/letter#{notice.code}"


def _cut_text(text: Text, longest: int) -> Text:
    return text.changed(partial(_cut, longest=longest))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"

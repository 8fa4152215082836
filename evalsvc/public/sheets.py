"""Raters' pages as markup: rendered anew when something is filled in, else once for many."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import g, render_template
from markupsafe import Markup, escape

from evalsvc.ballots.limits import list_limits, list_limits_by_size
from evalsvc.ballots.paper import Paper
from evalsvc.domain.sealing.public_box import AnchorName
from evalsvc.domain.voting.casting import Receipt
from evalsvc.public.sounds import list_sounds
from evalsvc.public.visits import current_desk, current_front
from forms.ballot import BallotForm, FormFault
from forms.posted import build_csrf_token, build_tab_name

# Units up to which a list is read through faster than it is searched.
LONG_LIST = 15


@dataclass(frozen=True)
class FilledSheet:
    """What the page shows of a form, and what ties it to the visit."""

    body: Markup
    pages: int
    has_words: bool
    dealt_with: bool
    faults: tuple[FormFault, ...] = ()
    token: str = ""
    tab: str = ""


# What stands in a kept page where each visit has its own; nobody can guess them and type them in.
_TOKEN, _TAB, _ADDRESSEE, _CODE = (f"own-{secrets.token_hex(16)}" for _ in range(4))
# By everything else that the page says. Most visits begin with an empty form and end with a
# receipt; rendering them takes fifty times as long as putting in what is the visit's own. Never by
# the units themselves: to hash sixty of them takes as long as to ask the database.
_kept: dict[tuple[object, ...], str] = {}
_MOST_KEPT = 400


def render_empty_page(paper: Paper, root: bytes) -> str:
    """The questionnaire with nothing filled in."""
    named = bool(paper.addressee)

    def render() -> str:
        form = BallotForm(paper.questionnaire, paper.categories, paper.units)
        sheet = replace(_render(paper, form), token=_TOKEN, tab=_TAB)
        return render_page(replace(paper, addressee=_ADDRESSEE if named else ""), sheet)

    key = ("empty", paper.deal, paper.times_cast, named, *_list_around(paper))
    page = _keep(key, render) if paper.deal else render()
    page = page.replace(_TOKEN, build_csrf_token(root)).replace(_TAB, build_tab_name(root))
    return page.replace(_ADDRESSEE, str(escape(paper.addressee)))


def render_receipt_page(paper: Paper | None, receipt: Receipt, anchor: AnchorName | None) -> str:
    """The receipt; without a paper where the round has closed since."""

    def render() -> str:
        blank = replace(receipt, code=_CODE)
        return render_template("public/receipt.html", paper=paper, receipt=blank, anchor=anchor)

    page = _keep(("receipt", receipt.times_cast, anchor, *_list_around(paper)), render)
    return page.replace(_CODE, receipt.code)


def _list_around(paper: Paper | None) -> tuple[object, ...]:
    """What a page says of its round, its reader's choices and the desk that it stands at."""
    desk, front = current_desk(), current_front()
    where = (front.address, desk.kind, desk.visit is None, g.language, g.large)
    if paper is None:
        return where
    told = (paper.sort, paper.season_title, paper.office, paper.contact, paper.deadline)
    return (*where, *told)


def _keep(key: tuple[object, ...], render: Callable[[], str]) -> str:
    if current_desk().visit is not None:  # a preview is seen once and must not crowd out raters'
        return render()
    page = _kept.get(key)
    if page is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        page = _kept[key] = render()
    return page


def render_page(paper: Paper, sheet: FilledSheet, problem: str = "", restored: bool = False) -> str:
    """Who asks and who sees what, or what is to be mended; then the questionnaire."""
    return render_template(
        "public/answer.html", paper=paper, sheet=sheet, problem=problem, restored=restored
    )


def build_filled_sheet(paper: Paper, form: BallotForm, root: bytes) -> FilledSheet:
    """The form as somebody has filled it in, with its faults."""
    return replace(_render(paper, form), token=build_csrf_token(root), tab=build_tab_name(root))


def _render(paper: Paper, form: BallotForm) -> FilledSheet:
    body = render_template(
        "public/_sections.html",
        form=form,
        limits=list_limits(paper),
        sizes=list_limits_by_size(paper) if paper.may_leave_out else {},
        sounds=list_sounds if len(paper.units) > LONG_LIST else None,
    )
    faults = form.list_faults()
    return FilledSheet(
        # Our own template, escaped as all are.
        Markup(body),  # noqa: S704 (see above)
        form.pages,
        form.has_words,
        form.manner.dealt_with,
        faults,
    )

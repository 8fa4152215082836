"""The questionnaire as markup: rendered anew when something is filled in, else once for many."""

from dataclasses import dataclass, replace

from flask import g, render_template
from markupsafe import Markup

from evalsvc.domain.limits import list_limits, list_limits_by_size, list_number_bands
from evalsvc.domain.papers import Paper, PaperUnit
from forms.ballot import BallotForm, Fault, build_csrf_token, build_tab_name


@dataclass(frozen=True)
class Sheet:
    """What the page shows of a form, and what ties it to the visit."""

    body: Markup
    pages: int
    has_order: bool
    dealt_with: bool
    faults: tuple[Fault, ...] = ()
    token: str = ""
    tab: str = ""


# By round, group, units and language. Twelve visits in thirteen see an empty form of one of these;
# rendering it takes ten times as long as all the rest of the page.
_empty: dict[tuple[str, tuple[PaperUnit, ...], str], Sheet] = {}
_MOST_EMPTY = 200


def build_empty_sheet(paper: Paper, root: bytes) -> Sheet:
    """The form with nothing filled in."""
    key = (paper.sort, paper.units, g.language)
    if key not in _empty:
        if len(_empty) >= _MOST_EMPTY:
            _empty.clear()
        form = BallotForm(paper.questionnaire, paper.categories, paper.units, root)
        _empty[key] = _render(paper, form)
    return replace(_empty[key], token=build_csrf_token(root), tab=build_tab_name(root))


def build_filled_sheet(paper: Paper, form: BallotForm, root: bytes) -> Sheet:
    """The form as somebody has filled it in, with its faults."""
    return replace(
        _render(paper, form), token=build_csrf_token(root), tab=build_tab_name(root)
    )


def _render(paper: Paper, form: BallotForm) -> Sheet:
    body = render_template(
        "public/_sections.html",
        form=form,
        limits=list_limits(paper),
        sizes=list_limits_by_size(paper) if paper.may_leave_out else {},
        number_bands=list_number_bands,
    )
    faults = form.list_faults()
    return Sheet(
        # Our own template, escaped as all are.
        Markup(body),  # noqa: S704 (see above)
        form.pages,
        form.has_order,
        form.manner.dealt_with,
        faults,
    )

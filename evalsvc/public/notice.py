"""The public notice of a result: what was published, and what a correction changed."""

from dataclasses import replace

from flask import render_template

from evalsvc.box.statements import show_key
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.concluding import publications
from evalsvc.domain.concluding.notices import list_differences, pick_public
from evalsvc.domain.office_days import office_day
from evalsvc.domain.sealing import public_box
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.extensions import current_service
from evalsvc.public.routes import door
from evalsvc.qr import render_qr
from evalsvc.scheme.wording import say_shown
from evalsvc.workdays.words import say_counted


@door.get("/results/<int:season_id>")
def notice(season_id: int) -> str:
    """The version that counts today."""
    return _render(season_id, None)


@door.get("/results/<int:season_id>/<int:version>")
def notice_version(season_id: int, version: int) -> str:
    """One version; an earlier one stays readable beside what took its place."""
    return _render(season_id, version)


def _render(season_id: int, version: int | None) -> str:
    database, today = current_service().database, office_day(now())
    season = seasons.get_season(database, season_id)
    views = [
        view
        for view in publications.list_publications(database, season_id)
        if view.audience == "public" and view.is_shown(today)
    ]
    shown = next((view for view in views if version in (None, view.version)), None)
    if shown is None:
        raise Problem(NOT_FOUND)
    before = next((view for view in views if view.version == shown.corrects), None)
    after = next((view for view in views if view.version == shown.corrected_by), None)
    # Nothing that is not public reaches the template.
    shows = season.scheme.publication.shows
    told = pick_public(shown.notice, shows)
    changes = list_differences(pick_public(before.notice, shows), told) if before else ()
    key = public_box.find_signing_key(database, season_id)
    return render_template(
        "public/notice.html",
        season=season,
        shown=replace(shown, notice=told),
        after=after,
        changes=changes,
        say_shown=say_shown,
        versions=views,
        counted=say_counted(shown.counted["shown"]) if shown.counted else None,
        today=today,
        key=show_key(bytes.fromhex(key)) if key else "",
        drawing=render_qr(key.upper()) if key else "",
    )

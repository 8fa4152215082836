"""The way of every upload: a template out, a file in, its dry run, the import or its refusal."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import Response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from evalsvc.admin.door.access import allowed, door
from evalsvc.admin.uploads.dry_run import build_dry_run
from evalsvc.admin.uploads.kept import find_upload, forget_upload, keep_upload
from evalsvc.admin.uploads.planned import Planned
from evalsvc.domain import seasons
from evalsvc.domain.preparing.rosters import Change
from evalsvc.errors import ROSTER_CHANGED, Problem
from evalsvc.extensions import current_service
from evalsvc.text import NOTHING, Text
from evalsvc.workbooks.differences import SheetDifferences, Standing
from evalsvc.workbooks.problems import CellProblem, SheetPreview

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Of each sheet; what goes is listed first.
SHOWN_CHANGES = 300

Answer = str | AnyResponse | tuple[str, int]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Comparison:
    """What an import would change of what is there; `lost` goes with lines that go."""

    sheets: Sequence[SheetDifferences]
    lost: Text = NOTHING

    def count(self, standing: Standing) -> int:
        return sum(sheet.count(standing) for sheet in self.sheets)


@dataclass(frozen=True)
class Checked(Generic[Found]):
    """A file as read; `found` is None where a problem is an error.

    `planned` or `comparison` is what its import would change, where that can be said.
    """

    found: Found | None
    sheets: Sequence[SheetPreview]
    problems: Sequence[CellProblem]
    notes: Sequence[Text] = ()
    planned: Planned | None = None
    comparison: Comparison | None = None

    @property
    def stamp(self) -> str:
        """What its import would change, in short: another one where what is there has changed."""
        told = repr((self.notes, self.planned, self.comparison))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Upload(Generic[Found]):
    """One kind of upload: its noun in routes, and what is done with a file of its kind.

    `render` makes the page again, with the form as posted, a problem, or what was changed.
    `page` is where one gets back to; `template` is None where nothing is to be filled in;
    `accepts` are the endings of files that a browser offers; `roles` those of whom the way is for,
    and `require` refuses those among them who have nothing to do with the season.
    """

    noun: str
    page: str
    title: str
    form: type[FlaskForm]
    check: Callable[[int, bytes], Checked[Found]]
    accept: Callable[[int, Found], Change]
    render: Callable[[int, FlaskForm | None, Problem | None, Change | None], str]
    template: Callable[[int], bytes] | None = None
    accepts: str = ".xlsx"
    roles: tuple[str, ...] = ("manager",)
    require: Callable[[int], object] | None = None

    def offer(self, path: str) -> None:
        """Put the routes below a season's path on the office's door."""
        if self.template is not None:
            self._offer("GET", f"{path}.xlsx", f"{self.noun}_file", self.give)
        self._offer("POST", path, f"upload_{self.noun}", self.take)
        self._offer("GET", f"{path}/check", f"{self.noun}_dry_run", self.show)
        self._offer("POST", f"{path}/import", f"import_{self.noun}", self.enter)
        self._offer("POST", f"{path}/discard", f"discard_{self.noun}", self.discard)

    def _offer(
        self, method: str, path: str, endpoint: str, view: Callable[[int], Response | Answer]
    ) -> None:
        def guarded(season_id: int) -> Response | Answer:
            if self.require is not None:
                self.require(season_id)
            return view(season_id)

        door.route(path, methods=[method], endpoint=endpoint)(allowed(*self.roles)(guarded))

    def is_kept(self, season_id: int) -> bool:
        """Whether a file waits for this browser to look at it."""
        return find_upload(self._purpose(season_id)) is not None

    def give(self, season_id: int) -> Response:
        """The template."""
        if self.template is None:
            raise NotFound
        return Response(
            self.template(season_id),
            mimetype=XLSX,
            headers={"Content-Disposition": f'attachment; filename="{self.noun}-{season_id}.xlsx"'},
        )

    def take(self, season_id: int) -> Answer:
        """Keep an uploaded file that can be read, and show what it would do."""
        form = self.form()
        if not form.validate():
            return self.render(season_id, form, None, None), 422
        content = form.read_bytes()
        # What can't be read at all is not kept: its dry run would have nothing to show.
        try:
            self.check(season_id, content)
        except Problem as problem:
            return self.render(season_id, form, problem, None), problem.kind.status
        keep_upload(self._purpose(season_id), content)
        return redirect(url_for(f"admin.{self.noun}_dry_run", season_id=season_id))

    def show(self, season_id: int) -> Answer:
        """The dry run of the kept file."""
        content = find_upload(self._purpose(season_id))
        if content is None:
            return redirect(url_for(f"admin.{self.page}", season_id=season_id))
        return self._render_dry_run(season_id, self.check(season_id, content))

    def _render_dry_run(
        self, season_id: int, checked: Checked[Found], *, is_stale: bool = False
    ) -> str:
        return render_template(
            "admin/dry_run.html",
            season=seasons.get_season(current_service().database, season_id),
            run=build_dry_run(checked.sheets, checked.problems, ready=checked.found is not None),
            checked=checked,
            is_stale=is_stale,
            shown_changes=SHOWN_CHANGES,
            upload=self,
        )

    def enter(self, season_id: int) -> Answer:
        """Import the kept file, if nothing is wrong with it."""
        content = find_upload(self._purpose(season_id))
        # Checked again: since the dry run somebody may have changed what the file was right for.
        checked = self.check(season_id, content) if content else None
        if content is None or checked is None or checked.found is None:
            return redirect(url_for(f"admin.{self.noun}_dry_run", season_id=season_id))
        if request.form.get("seen", checked.stamp) != checked.stamp:
            return self._render_dry_run(season_id, checked, is_stale=True), ROSTER_CHANGED.status
        try:
            change = self.accept(season_id, checked.found)
        except Problem as problem:
            if problem.kind is not ROSTER_CHANGED:
                raise
            # Between that check and the import's own lock.
            again = self.check(season_id, content)
            return self._render_dry_run(season_id, again, is_stale=True), problem.kind.status
        # Pressed twice, the second finds no file, and leads back to the page.
        forget_upload(self._purpose(season_id))
        return self.render(season_id, None, None, change)

    def discard(self, season_id: int) -> AnyResponse:
        """Forget the kept file."""
        forget_upload(self._purpose(season_id))
        return redirect(url_for(f"admin.{self.page}", season_id=season_id))

    def _purpose(self, season_id: int) -> str:
        return f"{self.noun} {season_id}"

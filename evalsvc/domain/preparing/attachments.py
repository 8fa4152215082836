"""Files that entered figures rest on 佐证材料: added, taken away with a reason, given out again.

Whoever may write where a figure stands may attach there; whoever may read it may fetch the file.
A file that is taken away stays on record: its name, hash, who, when and why.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.attached.kinds import CheckedFile
from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.assessments import get_editable_sheet
from evalsvc.domain.assessing.body_sheets import build_sheet
from evalsvc.domain.assessing.task_reports import get_report_row
from evalsvc.domain.changing import require_changeable
from evalsvc.domain.people.bindings import list_own_codes
from evalsvc.domain.people.bodies import DESKS
from evalsvc.domain.people.liaisons import require_own
from evalsvc.errors import (
    ACT_REFUSED,
    ATTACHMENT_DAMAGED,
    ATTACHMENT_REFUSED,
    NOT_FOUND,
    NOT_YOURS,
    Problem,
)
from evalsvc.models.assessment import BodyMember, Task, TaskReport
from evalsvc.models.attachment import AttachedContent, Attachment
from evalsvc.models.figures import Adjustment
from evalsvc.models.publication import Liaison, Publication
from evalsvc.models.staff import Staff
from evalsvc.text import Text

MOST_FILES = 20
LONGEST_REASON = 200
REPLACED = "加减分在导入时已改动或删去"
UNIT_GONE = "单位已从名册删去"


@dataclass(frozen=True)
class Belonging:
    """What a file belongs to. For adjustments and reports `item` is their number."""

    subject: str
    round: str
    unit: str
    body: str = ""
    item: str = ""


@dataclass(frozen=True)
class AttachmentView:
    """A file without its bytes; `removed_at` is None as long as it is there."""

    id: int
    season_id: int
    place: Belonging
    name: str
    kind: str
    size: int
    sha256: str
    added_by: str
    added_by_name: str
    added_at: datetime
    removed_by_name: str
    removed_at: datetime | None
    removed_why: str


def attach(act: Act, season_id: int, place: Belonging, file: CheckedFile) -> int:
    """Keep a file at its place, together with its entry in the log."""
    with act.writing() as session:
        place = _require_writable(session, season_id, place, act.actor)
        require_changeable(session, season_id)
        _check_room(session, season_id, place, file)
        # The same bytes lie once, under their hash (decision 0010).
        if (
            session.scalar(
                select(AttachedContent.sha256).where(AttachedContent.sha256 == file.sha256)
            )
            is None
        ):
            session.add(AttachedContent(sha256=file.sha256, content=file.content))
            session.flush()
        row = Attachment(
            season_id=season_id, name=file.name, kind=file.kind, size=len(file.content),
            sha256=file.sha256, added_by=act.actor.login, added_at=act.moment, **vars(place),
        )  # a table, read by rows  # fmt: skip
        session.add(row)
        session.flush()
        act.tell(session, Verb.ATTACH, about_season(season_id), _describe(row))
        return row.id


def remove_attachment(act: Act, attachment_id: int, reason: str) -> None:
    """Take a file away; the record and the reason stay."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ATTACHMENT_REFUSED.because(
            Text(
                f"请写明为什么撤下，最多 {LONGEST_REASON} 个字",
                f"say why it is taken away, in {LONGEST_REASON} characters at most",
            )
        )
    with act.writing() as session:
        row = _get_row(session, attachment_id)
        # Whoever may not write here any more can't take
        # away either: what was handed in stays whole.
        _require_writable(session, row.season_id, _build_place(row), act.actor)
        require_changeable(session, row.season_id)
        if row.removed_at is not None:
            raise ACT_REFUSED.because(
                Text("这份材料已经撤下", "this file has been taken away already")
            )
        if not row.body and row.added_by != act.actor.login and not act.actor.has_role("manager"):
            raise ACT_REFUSED.because(
                Text("这份材料是别人添加的", "somebody else has added this file")
            )
        _remove(session, row, reason, act)


def list_attachments(database: Database, season_id: int) -> tuple[AttachmentView, ...]:
    """All files of a season in the order in which they came, also those taken away."""
    with database.reading() as session:
        rows = session.scalars(
            select(Attachment).where(Attachment.season_id == season_id).order_by(Attachment.id)
        ).all()
        logins = {row.added_by for row in rows} | {row.removed_by for row in rows}
        names = {
            staff.login: staff.name
            for staff in session.scalars(select(Staff).where(Staff.login.in_(logins)))
        }
        return tuple(_build_view(row, names) for row in rows)


def get_attachment(
    database: Database, attachment_id: int, actor: Actor
) -> tuple[AttachmentView, bytes]:
    """A file for somebody who may see what it belongs to; its bytes are those that were added."""
    with database.reading() as session:
        row = _get_row(session, attachment_id)
        if not _may_read(session, row, actor):
            raise Problem(NOT_YOURS, what=Text("这份材料所属的单位", "what this file belongs to"))
        content = session.get_one(AttachedContent, row.sha256).content
        view = _build_view(row, {})
    # Looked at each time: bytes that have changed in the database are given to nobody as the file.
    if hashlib.sha256(content).hexdigest() != view.sha256:
        raise Problem(ATTACHMENT_DAMAGED, sha256=view.sha256[:12])
    return view, content


def find_place(database: Database, attachment_id: int) -> tuple[int, Belonging]:
    """The season and the place of a file, to come back to its page."""
    with database.reading() as session:
        row = _get_row(session, attachment_id)
        return row.season_id, _build_place(row)


def follow_adjustments(
    session: Session, season_id: int, moved: Mapping[int, int | None], act: Act
) -> None:
    """Files of adjustments that an import put others in the place of: moved along, or taken away.

    `moved` gives the new number of each adjustment that is gone, None where there is none.
    """
    rows = session.scalars(
        select(Attachment).where(
            Attachment.season_id == season_id,
            Attachment.subject == "adjustment",
            Attachment.removed_at.is_(None),
            Attachment.item.in_([str(old) for old in moved]),
        )
    ).all()
    for row in rows:
        new = moved[int(row.item)]
        if new is None:
            _remove(session, row, REPLACED, act)
        else:
            row.item = str(new)


def drop_with_units(session: Session, season_id: int, units: Sequence[str], act: Act) -> None:
    """Take away the files of units that are going, with what they belong to."""
    rows = session.scalars(
        select(Attachment).where(
            Attachment.season_id == season_id,
            Attachment.removed_at.is_(None),
            Attachment.unit.in_(units),
        )
    ).all()
    for row in rows:
        _remove(session, row, UNIT_GONE, act)


def _require_writable(
    session: Session, season_id: int, place: Belonging, actor: Actor
) -> Belonging:
    """The place as it really is, if this person may write there now."""
    if place.subject in ("figure", "note"):
        return _require_sheet(session, season_id, place, actor)
    if place.subject == "adjustment":
        return _require_adjustment(session, season_id, place, actor)
    if place.subject == "report":
        return _require_report(session, season_id, place, actor)
    raise Problem(NOT_FOUND)


def _require_sheet(session: Session, season_id: int, place: Belonging, actor: Actor) -> Belonging:
    sheet = get_editable_sheet(session, season_id, place.round, place.body, actor)
    units = {unit.code: unit for unit in build_sheet(session, sheet).units}
    # The round and unit of the row itself, whatever the form said.
    unit = units.get(place.unit)
    known = unit is not None and (place.item in unit.values or place.subject == "note")
    if not known or (place.subject == "note") != (place.item == ""):
        raise ACT_REFUSED.because(
            Text("表里没有这个单位或指标", "the sheet has no such unit or component")
        )
    return place


def _require_adjustment(
    session: Session, season_id: int, place: Belonging, actor: Actor
) -> Belonging:
    row = session.get(Adjustment, _number(place.item), with_for_update=True)
    if row is None or row.season_id != season_id:
        raise Problem(NOT_FOUND)
    if not actor.has_role("manager"):
        require_own(session, season_id, row.unit, actor)
        _refuse_after_final(session, season_id)
    return Belonging("adjustment", row.round, row.unit, "", str(row.id))


def _require_report(session: Session, season_id: int, place: Belonging, actor: Actor) -> Belonging:
    report, task = get_report_row(session, _number(place.item))
    if task.season_id != season_id:
        raise Problem(NOT_FOUND)
    require_own(session, season_id, task.unit, actor)
    _refuse_after_final(session, season_id)
    if report.grade:
        raise ACT_REFUSED.because(
            Text("牵头单位已经评过这次报告", "the lead body has graded this report")
        )
    return Belonging("report", report.round, task.unit, "", str(report.id))


def _refuse_after_final(session: Session, season_id: int) -> None:
    """A unit's later file would make the final result one that can't be archived.

    The office may still attach, and sheets that it sends back: that is how a correction begins.
    """
    newest = session.scalars(
        select(Publication.state)
        .where(Publication.season_id == season_id)
        .order_by(Publication.version.desc())
    ).first()
    if newest in ("final", "archived"):
        raise ACT_REFUSED.because(
            Text("结果已经定案，材料不能再改", "the result is final; its files stay as they are")
        )


def _check_room(session: Session, season_id: int, place: Belonging, file: CheckedFile) -> None:
    there = session.scalars(
        select(Attachment.sha256).where(
            Attachment.season_id == season_id,
            Attachment.removed_at.is_(None),
            *(getattr(Attachment, name) == value for name, value in vars(place).items()),
        )
    ).all()
    if file.sha256 in there:
        raise ATTACHMENT_REFUSED.because(
            Text("这里已经有同一份文件", "the same file is here already")
        )
    if len(there) >= MOST_FILES:
        raise ATTACHMENT_REFUSED.because(
            Text(f"每一项最多 {MOST_FILES} 份材料", f"{MOST_FILES} files at most in one place")
        )


def _may_read(session: Session, row: Attachment, actor: Actor) -> bool:
    """The office and the supervisors read everything, others what is theirs and still there."""
    if actor.has_role("manager", "auditor"):
        return True
    # What was taken away was taken away for a reason; office and supervisors can still open it.
    if row.removed_at is not None:
        return False
    bodies = list_own_codes(session, BodyMember.body, row.season_id, actor)
    units = list_own_codes(session, Liaison.unit, row.season_id, actor)
    if row.subject in ("figure", "note"):
        return row.body in bodies
    if row.subject == "adjustment":
        return row.unit in units
    report = session.get(TaskReport, int(row.item))
    lead = session.get_one(Task, report.task_id).lead if report else ""
    return row.unit in units or lead in bodies or bool(bodies & DESKS.keys())


def _get_row(session: Session, attachment_id: int) -> Attachment:
    row = session.get(Attachment, attachment_id)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def _remove(session: Session, row: Attachment, reason: str, act: Act) -> None:
    row.removed_by, row.removed_at, row.removed_why = act.actor.login, act.moment, reason
    detail = _describe(row, reason=reason)
    act.tell(session, Verb.REMOVE_ATTACHMENT, about_season(row.season_id), detail)


def _describe(row: Attachment, **more: str) -> dict[str, str]:
    return {
        "file": str(row.id), "name": row.name, "sha256": row.sha256, "subject": row.subject,
        "round": row.round, "unit": row.unit, "item": row.item, **more,
    }  # a table, read by rows  # fmt: skip


def _build_place(row: Attachment) -> Belonging:
    return Belonging(row.subject, row.round, row.unit, row.body, row.item)


def _build_view(row: Attachment, names: Mapping[str, str]) -> AttachmentView:
    remover = row.removed_by or ""
    return AttachmentView(
        id=row.id,
        season_id=row.season_id,
        place=_build_place(row),
        name=row.name,
        kind=row.kind,
        size=row.size,
        sha256=row.sha256,
        added_by=row.added_by,
        added_by_name=names.get(row.added_by, row.added_by),
        added_at=row.added_at,
        removed_by_name=names.get(remover, remover),
        removed_at=row.removed_at,
        removed_why=row.removed_why,
    )


def _number(text: str) -> int:
    # Nine digits, which every column of numbers takes.
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Problem(NOT_FOUND)
    return int(text)

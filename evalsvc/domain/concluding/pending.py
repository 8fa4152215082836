"""What waits for somebody, season by season: reviews, sheets, tasks and reports, for the board."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.tasks import is_held
from evalsvc.domain.office_days import find_day, office_day
from evalsvc.models.assessment import BodyMember, BodySheet, Task, TaskDecision, TaskReport
from evalsvc.models.publication import Liaison, Publication, ReviewRequest
from evalsvc.models.roster import Unit

# In the order of the board: what others wait for comes first.
KINDS = (
    "reviews",
    "sheets",
    "late_sheets",
    "late_reports",
    "own_sheets",
    "tasks",
    "grades",
    "own_reports",
)

Found = Iterable[tuple[int, bool]]
"""A season for each thing that waits there, and whether it is late."""


@dataclass(frozen=True)
class Pending:
    """So many things of a kind wait in a season, `late` of them past their time."""

    kind: str
    season_id: int
    n: int
    late: int


@dataclass(frozen=True)
class Returned:
    """A task that came back to whoever proposed it or speaks for its unit, with what was said."""

    season_id: int
    task_id: int
    title: str
    returned_by: str
    reason: str


def list_returned(act: Act) -> tuple[Returned, ...]:
    """What this colleague has to mend, newest first."""
    own = (
        select(Liaison.unit)
        .where(
            Liaison.staff_id == act.actor.staff_id,
            Liaison.season_id == Task.season_id,
            Liaison.unit == Task.unit,
        )
        .exists()
    )
    last = (
        select(func.max(TaskDecision.id))
        .where(TaskDecision.task_id == Task.id)
        .correlate(Task)
        .scalar_subquery()
    )
    statement = (
        select(Task.season_id, Task.id, Task.title, TaskDecision.decided_by, TaskDecision.reason)
        .join(TaskDecision, TaskDecision.id == last)
        .where(Task.state == "returned", or_(own, Task.proposed_by == act.actor.login))
        .order_by(TaskDecision.id.desc())
    )
    with act.database.reading() as session:
        return tuple(Returned(*row) for row in session.execute(statement))


def list_pending(act: Act) -> tuple[Pending, ...]:
    """What waits for this colleague, newest season first."""
    with act.database.reading() as session:
        found = [each for kind, rows in _list_kinds(session, act) for each in _count(kind, rows)]
    return tuple(sorted(found, key=lambda each: (-each.season_id, KINDS.index(each.kind))))


@dataclass(frozen=True)
class OwnResult:
    """A unit's result that its liaison may read, and until when a review may be asked for."""

    season_id: int
    unit: str
    review_until: date | None


def list_own_results(act: Act) -> tuple[OwnResult, ...]:
    """Of the units that this colleague speaks for, newest season first."""
    today = office_day(act.moment)
    newest = (
        select(Publication.season_id, func.max(Publication.version).label("version"))
        .where(Publication.first_day <= today.isoformat())
        .group_by(Publication.season_id)
        .subquery()
    )
    statement = (
        select(Publication.season_id, Unit.name, Publication.state, Publication.review_until)
        .join(
            newest,
            and_(
                newest.c.season_id == Publication.season_id, newest.c.version == Publication.version
            ),
        )
        .join(Liaison, Liaison.season_id == Publication.season_id)
        .join(Unit, and_(Unit.season_id == Liaison.season_id, Unit.code == Liaison.unit))
        .where(Liaison.staff_id == act.actor.staff_id)
        .order_by(Publication.season_id.desc(), Unit.position)
    )
    with act.database.reading() as session:
        rows = session.execute(statement).all()
    return tuple(
        OwnResult(row.season_id, row.name, until if row.state == "shown" else None)
        for row in rows
        for until in (find_day(row.review_until),)
    )


def _list_kinds(session: Session, act: Act) -> Iterator[tuple[str, Found]]:
    if act.actor.has_role("manager"):
        yield "reviews", _list_reviews(session, act.moment)
        yield "sheets", _list_sheets(session, act.moment, handed_in=True)
        # What lies with a body is the office's business once it is late.
        yield "late_sheets", (row for row in _list_sheets(session, act.moment) if row[1])
        yield "late_reports", _list_overdue(session, act.moment)
    if act.actor.has_role("assessor"):
        yield "own_sheets", _list_sheets(session, act.moment, act.actor)
    if act.actor.has_role("manager", "assessor"):
        yield "grades", _list_grades(session, act.actor)
        yield "tasks", _list_tasks(session, act.actor)
    if act.actor.has_role("liaison"):
        yield "own_reports", _list_reports(session, act)


def _list_reviews(session: Session, moment: datetime) -> Found:
    today = office_day(moment).isoformat()
    rows = session.execute(
        select(ReviewRequest.season_id, ReviewRequest.answer_until).where(
            ReviewRequest.state == "waiting"
        )
    )
    # The last day belongs to the period.
    return [(row.season_id, row.answer_until < today) for row in rows]


def _list_sheets(
    session: Session, moment: datetime, actor: Actor | None = None, *, handed_in: bool = False
) -> Found:
    """Sheets to be accepted, or still to be handed in: everybody's, or one colleague's own."""
    states = ("handed_in",) if handed_in else ("open", "returned")
    statement = select(BodySheet).where(BodySheet.state.in_(states))
    if actor is not None:
        statement = statement.join(
            BodyMember,
            (BodyMember.season_id == BodySheet.season_id) & (BodyMember.body == BodySheet.body),
        ).where(BodyMember.staff_id == actor.staff_id)
    return [
        (
            row.season_id,
            # What has been handed in was in time or late by then, however long it has waited since.
            (row.handed_in_at if handed_in and row.handed_in_at else moment) > row.deadline,
        )
        for row in session.scalars(statement)
    ]


def _list_tasks(session: Session, actor: Actor) -> Found:
    """Tasks that wait for this colleague's word."""
    level = or_(
        and_(Task.level == "lead", BodyMember.body == Task.lead), BodyMember.body == Task.level
    )
    mine = (
        select(BodyMember.body)
        .where(BodyMember.staff_id == actor.staff_id, BodyMember.season_id == Task.season_id, level)
        .exists()
    )
    wanted: list[ColumnElement[bool]] = [mine] if actor.has_role("assessor") else []
    if actor.has_role("manager"):
        # The office agrees as the office, not as a member of a body.
        wanted.append(Task.level == "office")
    rows = session.scalars(
        select(Task.season_id).where(Task.state == "waiting", or_(*wanted), ~is_held())
    )
    return [(season_id, False) for season_id in rows]


def _list_grades(session: Session, actor: Actor) -> Found:
    """Reports to be graded: by the lead, and by the office where a unit leads its own task."""
    leads = (
        select(BodyMember.body)
        .where(
            BodyMember.staff_id == actor.staff_id,
            BodyMember.season_id == Task.season_id,
            BodyMember.body == Task.lead,
            Task.lead != Task.unit,
        )
        .exists()
    )
    speaks = (
        select(Liaison.unit)
        .where(
            Liaison.staff_id == actor.staff_id,
            Liaison.season_id == Task.season_id,
            Liaison.unit == Task.unit,
        )
        .exists()
    )
    wanted: list[ColumnElement[bool]] = [leads] if actor.has_role("assessor") else []
    if actor.has_role("manager"):
        wanted.append(Task.lead == Task.unit)
    rows = session.scalars(
        select(Task.season_id)
        .join(TaskReport, TaskReport.task_id == Task.id)
        .where(
            or_(*wanted),
            ~speaks,
            TaskReport.reported_at.is_not(None),
            TaskReport.grade == "",
            ~TaskReport.exempt,
        )
    )
    return [(season_id, False) for season_id in rows]


def _list_overdue(session: Session, moment: datetime) -> Found:
    """Reports of any unit that were due and have not come."""
    rows = session.scalars(
        select(Task.season_id)
        .join(TaskReport, TaskReport.task_id == Task.id)
        .where(TaskReport.reported_at.is_(None), TaskReport.due < moment, ~TaskReport.exempt)
    )
    return [(season_id, True) for season_id in rows]


def _list_reports(session: Session, act: Act) -> Found:
    """Reports that a unit has to give."""
    rows = session.execute(
        select(Task.season_id, TaskReport.due)
        .join(TaskReport, TaskReport.task_id == Task.id)
        .join(Liaison, (Liaison.season_id == Task.season_id) & (Liaison.unit == Task.unit))
        .where(
            Liaison.staff_id == act.actor.staff_id,
            TaskReport.reported_at.is_(None),
            ~TaskReport.exempt,
        )
    )
    return [(row.season_id, act.moment > row.due) for row in rows]


def _count(kind: str, rows: Found) -> list[Pending]:
    listed = list(rows)
    all_of, late = Counter(s for s, _ in listed), Counter(s for s, is_late in listed if is_late)
    return [Pending(kind, season_id, n, late[season_id]) for season_id, n in all_of.items()]

"""Acts that take two people: one proposes, another agrees from an account of their own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Subject, Verb, about_round, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.seasons import get_round_row, get_season_row, require_box
from evalsvc.errors import NOT_ALLOWED, NOT_FOUND, SAME_PERSON, SECOND_PERSON, Problem
from evalsvc.models.approval import Approval
from evalsvc.settings import Settings
from evalsvc.text import Text

# Who may propose an act, and who may agree to it.
PROPOSERS: Mapping[str, frozenset[str]] = {
    "open_round": frozenset({"manager"}),
    "audit": frozenset({"manager", "auditor"}),
    "reissue": frozenset({"manager", "distributor"}),
    "revoke": frozenset({"manager", "distributor"}),
    "exclude_ballot": frozenset({"manager"}),
    "restore_ballot": frozenset({"manager"}),
    "begin_publicity": frozenset({"manager"}),
    "make_final": frozenset({"manager"}),
    "archive_result": frozenset({"manager"}),
    "destroy_keys": frozenset({"manager", "custodian"}),
}
DECIDERS: Mapping[str, frozenset[str]] = {
    "open_round": frozenset({"manager", "auditor"}),
    "audit": frozenset({"manager", "auditor"}),
    "reissue": frozenset({"manager", "distributor", "auditor"}),
    "revoke": frozenset({"manager", "distributor", "auditor"}),
    "exclude_ballot": frozenset({"manager", "auditor"}),
    "restore_ballot": frozenset({"manager", "auditor"}),
    "begin_publicity": frozenset({"manager", "auditor"}),
    "make_final": frozenset({"manager", "auditor"}),
    "archive_result": frozenset({"manager", "auditor"}),
    "destroy_keys": frozenset({"manager", "auditor"}),
}

_OTHERS = Text("提出人以外的同事", "a colleague other than the proposer")


@dataclass(frozen=True)
class ApprovalView:
    """A proposed act as pages show it."""

    id: int
    kind: str
    season_id: int
    round_id: int | None
    reason: str
    detail: Mapping[str, str]
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    def may_be_decided_by(self, actor: Actor) -> bool:
        """Another person, in one of the roles that may agree."""
        another = actor.login != self.proposed_by
        return self.state == "pending" and another and actor.has_role(*DECIDERS[self.kind])

    def may_be_withdrawn_by(self, actor: Actor) -> bool:
        """Whoever proposed it; agreed to and not done, whoever may propose it again.

        What was agreed to and can no longer be done, a period that has begun meanwhile, would
        stand in the way of the next proposal for as long as its proposer is away.
        """
        if self.proposed_by == actor.login:
            return self.state in ("pending", "approved")
        return self.state == "approved" and actor.has_role(*PROPOSERS[self.kind])


def propose(
    act: Act,
    settings: Settings,
    kind: str,
    season_id: int,
    round_id: int | None,
    reason: str,
    detail: Mapping[str, str],
) -> int:
    """Put an act before a second person; in a small office it counts as agreed to at once."""
    if not act.actor.has_role(*PROPOSERS[kind]):
        raise Problem(NOT_ALLOWED, roles="、".join(sorted(PROPOSERS[kind])))
    with act.writing() as session:
        get_season_row(session, season_id)
        if kind == "open_round" and round_id is not None:
            require_box(get_round_row(session, round_id))
        row = Approval(
            kind=kind,
            season_id=season_id,
            round_id=round_id,
            reason=reason,
            detail=json.dumps(dict(detail), ensure_ascii=False, sort_keys=True),
            state="approved" if settings.small_office else "pending",
            proposed_by=act.actor.login,
            proposed_at=act.moment,
        )
        session.add(row)
        session.flush()
        told = {"kind": kind, "approval": str(row.id), "reason": reason}
        act.tell(session, Verb.PROPOSE, _subject(row), told)
        return row.id


def decide(act: Act, approval_id: int, agreed: bool) -> ApprovalView:
    """Agree to an act or refuse it; never one's own, and only once."""
    with act.writing() as session:
        # Two colleagues may press at once: the second finds it decided.
        row = session.get(Approval, approval_id, with_for_update=True)
        if row is None:
            raise Problem(NOT_FOUND)
        if act.actor.login == row.proposed_by:
            raise Problem(SAME_PERSON)
        if not act.actor.has_role(*DECIDERS[row.kind]):
            raise Problem(NOT_ALLOWED, roles=_OTHERS)
        if row.state != "pending":
            raise Problem(SECOND_PERSON)
        row.state = "approved" if agreed else "refused"
        row.decided_by, row.decided_at = act.actor.login, act.moment
        told = {"kind": row.kind, "approval": str(row.id), "proposed_by": row.proposed_by}
        verb = Verb.APPROVE if agreed else Verb.REFUSE
        act.tell(session, verb, _subject(row), told)
        return _build_view(row)


def withdraw(act: Act, approval_id: int) -> None:
    """Take back what was proposed and nobody has done yet."""
    with act.writing() as session:
        row = session.get(Approval, approval_id, with_for_update=True)
        if row is None:
            raise Problem(NOT_FOUND)
        if not _build_view(row).may_be_withdrawn_by(act.actor):
            own = row.proposed_by == act.actor.login
            raise Problem(SECOND_PERSON if own else NOT_FOUND)
        row.state = "refused"
        told = {"kind": row.kind, "approval": str(row.id)}
        act.tell(session, Verb.WITHDRAW, _subject(row), told)


def spend(
    session: Session,
    settings: Settings,
    approval_id: int | None,
    kind: str,
    *,
    season_id: int | None = None,
    round_id: int | None = None,
) -> dict[str, str]:
    """Use an approval up inside the act's own transaction; returns the people for its log entry."""
    if approval_id is None:
        if settings.small_office:
            return {"persons": "1"}
        raise Problem(SECOND_PERSON)
    row = session.get(Approval, approval_id, with_for_update=True)
    # What was agreed to for one round or season opens no other, whatever its kind.
    about = row is not None and (
        row.round_id == round_id if round_id is not None else row.season_id == season_id
    )
    if row is None or row.kind != kind or row.state != "approved" or not about:
        raise Problem(SECOND_PERSON)
    # In the act's own transaction: it can't be used twice, nor is it lost where the act fails.
    row.state = "done"
    # Agreed to at once in a small office: the log must not read as if two had looked at it.
    if row.decided_by is None:
        return {"persons": "1", "proposed_by": row.proposed_by}
    return {"persons": "2", "proposed_by": row.proposed_by, "approved_by": row.decided_by}


def get_approval(database: Database, approval_id: int) -> ApprovalView:
    """One proposed act."""
    with database.reading() as session:
        row = session.get(Approval, approval_id)
        if row is None:
            raise Problem(NOT_FOUND)
        return _build_view(row)


def list_waiting(
    database: Database, *, round_id: int | None = None, season_id: int | None = None
) -> tuple[ApprovalView, ...]:
    """Acts that wait for somebody to agree or to carry them out, oldest first."""
    statement = select(Approval).where(Approval.state.in_(("pending", "approved")))
    if round_id is not None:
        statement = statement.where(Approval.round_id == round_id)
    if season_id is not None:
        statement = statement.where(Approval.season_id == season_id)
    with database.reading() as session:
        return tuple(_build_view(row) for row in session.scalars(statement.order_by(Approval.id)))


def list_for(database: Database, actor: Actor) -> tuple[ApprovalView, ...]:
    """Acts that somebody may agree to now, or has proposed and may carry out."""
    return tuple(
        one
        for one in list_waiting(database)
        if one.may_be_decided_by(actor)
        or (one.state == "approved" and one.proposed_by == actor.login)
    )


def _subject(row: Approval) -> Subject:
    return about_round(row.round_id) if row.round_id else about_season(row.season_id)


def _build_view(row: Approval) -> ApprovalView:
    return ApprovalView(
        row.id,
        row.kind,
        row.season_id,
        row.round_id,
        row.reason,
        json.loads(row.detail),
        row.state,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
    )

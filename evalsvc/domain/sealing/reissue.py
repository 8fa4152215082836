"""Cards exchanged or taken back while a round is open: two people, logged, counted in public."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.box.cards import Card
from evalsvc.box.log_words import Verb, about_round
from evalsvc.box.roots import Voter, derive_root
from evalsvc.box.tokens import new_token, read_token
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.people import approvals
from evalsvc.domain.purging import ask_purge
from evalsvc.domain.sealing.rounds import read_turnout
from evalsvc.domain.sealing.states import require_state
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.domain.voting.peppers import find_pepper, make_pepper
from evalsvc.domain.voting.places import lock_place
from evalsvc.errors import HOLDER_UNKNOWN, TOKEN_MISTYPED, Problem
from evalsvc.models.approval import Approval
from evalsvc.models.box import Credential, Invite
from evalsvc.models.event import Event
from evalsvc.models.roster import Rater
from evalsvc.models.season import Round
from evalsvc.results.turnout import Turnout
from evalsvc.scheme.model import Group
from evalsvc.settings import Settings
from evalsvc.text import Text

_OPEN_ONLY = Text(
    "进行中的轮次才能换发或作废；开始之前请整批重新发码",
    "cards are exchanged while a round is open; before, issue all codes again",
)


@dataclass(frozen=True)
class RollCount:
    """A group's cards as they must add up: all = issued + void, void = reissued + revoked."""

    turnout: Turnout
    void: int
    reissued: int

    @property
    def printed(self) -> int:
        return self.turnout.issued + self.void

    @property
    def revoked(self) -> int:
        return self.void - self.reissued


def propose_by_rater(
    act: Act, settings: Settings, kind: str, round_id: int, group: str, named: str, reason: str
) -> int:
    """Propose to exchange or take back the card of a rater, by name or code on the roster."""
    with act.database.reading() as session:
        row = get_round_row(session, round_id)
        require_state(row, ("open",), _OPEN_ONLY)
        rater = _get_rater(session, row, group, named)
        place = _get_place(session, row, rater)
        season_id = row.season_id
        detail = {"group": group, "rater": rater.name, "rater_id": str(rater.id)}
        # The approval has to name the place, and forgets it when the keys are destroyed.
        detail["credential"] = place.key.hex()
    return approvals.propose(act, settings, kind, season_id, round_id, reason, detail)


def propose_by_code(
    act: Act, settings: Settings, kind: str, round_id: int, typed: str, reason: str
) -> int:
    """Propose to exchange or take back a card by its code, of which nothing but the place is kept.

    The only way for citizens: whose card it is, the service does not know.
    """
    reading = read_token(typed)
    if reading.token is None:
        raise Problem(TOKEN_MISTYPED)
    with act.database.reading() as session:
        row = get_round_row(session, round_id)
        require_state(row, ("open",), _OPEN_ONLY)
        pepper = find_pepper(settings, row.uid)
        # Without the pepper no code leads to a place. A panel's card
        # can't be exchanged then, for nobody knows whose it is.
        key = Voter(derive_root(pepper, reading.token)).credential if pepper else b""
        place = session.get(Credential, key)
        if place is None or place.round_id != round_id or place.void:
            raise Problem(HOLDER_UNKNOWN)
        season_id = row.season_id
        detail = {"group": place.group, "stratum": place.cell, "credential": place.key.hex()}
    return approvals.propose(act, settings, kind, season_id, round_id, reason, detail)


def reissue(
    act: Act,
    settings: Settings,
    approval_id: int,
    print_card: Callable[[Card], None] = lambda card: None,  # noqa: ARG005 (prints nothing)
) -> Card:
    """Void a card and make its successor; the new code stands in the returned card alone.

    The card is printed before anything is kept: where that fails, the old one stays good.
    """
    with act.writing() as session:
        row, place, detail = _get_approved(session, approval_id)
        # Two people's consent is good for one card, once.
        people = approvals.spend(session, settings, approval_id, "reissue", round_id=row.id)
        # Where the round's own was lost, no earlier code leads anywhere: a new one hurts nobody.
        pepper = find_pepper(settings, row.uid) or make_pepper(settings, row.uid)
        token = new_token()
        fresh = _replace(session, place, Voter(derive_root(pepper, token)).credential)
        # The old invitation is deleted, which is not destroyed:
        # its bytes leave the files by the next purge.
        ask_purge(session, "card", row.id, act.moment)
        told = {"group": place.group, "void": place.key.hex(), "credential": fresh.hex(), **people}
        act.tell(session, Verb.REISSUE, about_round(row.id, row.code), told)
        group = read_scheme(row.season).get_group(place.group)
        addressee = detail.get("rater") or _name_cell(group, place.cell)
        card = Card(place.group, addressee, token, place.cell)
        print_card(card)
        return card


def revoke(act: Act, settings: Settings, approval_id: int) -> None:
    """Void a card without a successor; a ballot cast with it does not count."""
    with act.writing() as session:
        row, place, _detail = _get_approved(session, approval_id)
        people = approvals.spend(session, settings, approval_id, "revoke", round_id=row.id)
        # Its ballot stays in the box, or the box's root
        # would change; it is not among those that count.
        place.void = True
        told = {"group": place.group, "void": place.key.hex(), **people}
        act.tell(session, Verb.REVOKE, about_round(row.id, row.code), told)


def count_roll(database: Database, round_id: int) -> tuple[RollCount, ...]:
    """Cards by group, in the scheme's order, as they are told in public."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        void = _count_void(session, round_id)
        reissued = _count_reissued(session, row)
        return tuple(
            RollCount(each, void.get(each.group, 0), reissued.get(each.group, 0))
            for each in read_turnout(session, database, row)
        )


def _count_void(session: Session, round_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Credential.group, func.count().label("n"))
        .where(Credential.round_id == round_id, Credential.void.is_(True))
        .group_by(Credential.group)
    )
    return {row.group: row.n for row in rows}


def _count_reissued(session: Session, row: Round) -> dict[str, int]:
    """From the log itself, so that what is told in public is what is chained."""
    counts: dict[str, int] = {}
    details = session.scalars(
        select(Event.detail).where(
            Event.verb == Verb.REISSUE, Event.subject == about_round(row.id, row.code)
        )
    )
    for detail in details:
        group = json.loads(detail)["group"]
        # What is told in public must be what an auditor finds in the chain.
        counts[group] = counts.get(group, 0) + 1
    return counts


def _get_rater(session: Session, row: Round, group: str, named: str) -> Rater:
    raters = session.scalars(
        select(Rater).where(
            Rater.season_id == row.season_id,
            Rater.group == group,
            (Rater.code == named.strip()) | (Rater.name == named.strip()),
        )
    ).all()
    # Two people of one name: by their codes then, and not by a guess.
    if len(raters) != 1:
        raise Problem(HOLDER_UNKNOWN)
    return raters[0]


def _get_place(session: Session, row: Round, rater: Rater) -> Credential:
    place = session.scalar(
        select(Credential)
        .join(Invite, Invite.credential == Credential.key)
        .where(
            Invite.rater_id == rater.id, Credential.round_id == row.id, Credential.void.is_(False)
        )
    )
    if place is None:
        raise Problem(HOLDER_UNKNOWN)
    return place


def _get_approved(
    session: Session, approval_id: int
) -> tuple[Round, Credential, Mapping[str, str]]:
    """The round, the place, locked against a cast at the same time, and what was proposed."""
    approval = session.get(Approval, approval_id)
    if approval is None or approval.round_id is None:
        raise Problem(HOLDER_UNKNOWN)
    detail: dict[str, str] = json.loads(approval.detail)
    key = bytes.fromhex(detail.get("credential", ""))
    # The place before the round, as casting locks them.
    lock_place(session.connection(), key)
    place = session.get(Credential, key)
    row = get_round_row(session, approval.round_id)
    require_state(row, ("open",), _OPEN_ONLY)
    if place is None or place.round_id != row.id or place.void:
        raise Problem(HOLDER_UNKNOWN)
    return row, place, detail


def _name_cell(group: Group, cell: str) -> str:
    """Of a joint cell only its strata are known, not which of them the card was for."""
    names = {stratum.code: stratum.name.zh for stratum in group.strata}
    return "、".join(names.get(code, group.name.zh) for code in cell.split("+"))


def _replace(session: Session, place: Credential, key: bytes) -> bytes:
    # The old place stays on the roll, or the seal's root would no longer follow from it.
    place.void = True
    session.add(
        Credential(
            key=key, round_id=place.round_id, group=place.group, cell=place.cell, form=place.form
        )
    )
    session.flush()
    held = session.get(Invite, place.key)
    if held is not None:
        session.add(Invite(credential=key, rater_id=held.rater_id))
        session.delete(held)
    return key

"""A round's life: issuing of codes, opening for answers, turnout, closing."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from evalsvc.box.cards import Card
from evalsvc.box.log_words import Verb, about_round
from evalsvc.box.roots import Voter, derive_root
from evalsvc.box.tokens import new_token
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.jobs import delete_print_runs
from evalsvc.domain.people import approvals
from evalsvc.domain.purging import ask_purge
from evalsvc.domain.sealing.anchors import anchor_round, seal_round
from evalsvc.domain.sealing.dealing import deal_panel
from evalsvc.domain.sealing.emptying import destroy_all_keys, empty_at_closing, empty_before_closing
from evalsvc.domain.sealing.mixing import mix_small_boxes
from evalsvc.domain.sealing.public_lists import write_lists
from evalsvc.domain.sealing.states import refuse, require_state
from evalsvc.domain.seasons import (
    freeze_scheme,
    get_round_row,
    get_season_row,
    read_scheme,
    require_box,
)
from evalsvc.domain.voting.assistance import count_assisted
from evalsvc.domain.voting.beside import freeze_beside
from evalsvc.domain.voting.drafts import delete_drafts
from evalsvc.domain.voting.papers import list_rated_units
from evalsvc.domain.voting.peppers import destroy_pepper, find_pepper, make_pepper
from evalsvc.domain.voting.places import lock_round
from evalsvc.domain.voting.tray import count_used
from evalsvc.domain.voting.tray_keys import make_tray_key
from evalsvc.errors import ROSTER_EMPTY, Problem
from evalsvc.models.box import Credential, DealtForm, Invite
from evalsvc.models.roster import Rater
from evalsvc.models.season import Round
from evalsvc.results.turnout import Turnout
from evalsvc.scheme.model import Group
from evalsvc.settings import Settings
from evalsvc.text import Text

_ISSUE_BEFORE_OPENING = Text("编码要在开始之前发", "codes are issued before the round opens")


@dataclass(frozen=True)
class _NewPlace:
    """A card and the place on the roll that its code leads to."""

    card: Card
    key: bytes
    cell: str = ""
    form: int = 0
    rater_id: int | None = None


def check_issuable(act: Act, round_id: int, deadline: datetime) -> None:
    """Refuse at the form what a worker would refuse after its minutes."""
    with act.database.reading() as session:
        _get_issuable(session, round_id, deadline, act.moment)


def issue(act: Act, settings: Settings, round_id: int, deadline: datetime) -> tuple[Card, ...]:
    """Seal the roll: a code for every rater and seat, stored only as the credential it leads to.

    Until the round opens it can be done anew, and then the earlier codes are dead.
    """
    with act.writing() as session:
        row = _get_issuable(session, round_id, deadline, act.moment)
        scheme = read_scheme(row.season)
        if row.state == "issued":
            # The earlier codes are dead, and so must be what leads from them to places.
            ask_purge(session, "roll", round_id, act.moment)
        _clear_roll(session, row)
        # An existing pepper stays: were this transaction to fail, its codes would still be good.
        pepper = find_pepper(settings, row.uid) or make_pepper(settings, row.uid)
        places: list[_NewPlace] = []
        for group in scheme.list_groups(row.code):
            if group.identity == "counts":
                places += _issue_to_panel(session, row, group, pepper)
            elif group.identity != "entries":
                places += _issue_to_raters(session, row, group, pepper)
        if not places:
            raise Problem(ROSTER_EMPTY, what=Text("评价人", "raters"))
        _put_on_roll(session, row, places)
        cards = tuple(place.card for place in places)
        row.state, row.deadline = "issued", deadline
        detail = {"cards": str(len(cards)), "deadline": deadline.isoformat()}
        act.tell(session, Verb.ISSUE, about_round(row.id, row.code), detail)
    return cards


def open_round(act: Act, settings: Settings, round_id: int, approval_id: int | None = None) -> None:
    """Begin to take answers; from here on the season's scheme and the round's roll are fixed.

    It takes two people: an approval that another colleague has agreed to, except where the office
    is set up as a small one. Print runs that nobody confirmed are removed: their codes are good.
    """
    with act.writing() as session:
        row = get_round_row(session, round_id)
        require_box(row)
        require_state(row, ("issued",), Text("先发码", "codes must be issued first"))
        # Ballots are sealed to this key for good. Whether
        # it opens is found out before the first one.
        if row.rehearsed_at is None:
            needed = Text(
                "先由保管人制作密钥并演练开箱", "a custodian must make and rehearse the keys"
            )
            raise refuse(row, needed)
        people = approvals.spend(session, settings, approval_id, "open_round", round_id=round_id)
        # On the disk before the first ballot can lie under it.
        make_tray_key(act.database.tray_keys, row.uid, row.batch)
        row.state, row.opened_at = "open", act.moment
        # With the first round, for the season: what raters have answered under can't be changed.
        freeze_scheme(row.season, act.moment)
        freeze_beside(session, row, read_scheme(row.season))
        # In the transaction that opens: between a seal and an opening something could still change.
        seal = seal_round(session, row)
        detail = {
            "scheme_sha256": seal.scheme_sha256,
            "roll_root": seal.roll_root,
            "seal": seal.hash.hex(),
            **people,
        }
        act.tell(session, Verb.OPEN_ROUND, about_round(row.id, row.code), detail)
        # The first one holds no ballots: a box that was filled before it opened would show.
        anchor_round(act, session, settings, row)
    # After the commit, since files can't be rolled back: codes that are good must not lie about.
    delete_print_runs(act.database, settings, round_id)


def close_round(act: Act, settings: Settings, round_id: int) -> None:
    """Stop taking answers for good, delete drafts and pepper: unused codes lead nowhere now."""
    with act.database.reading() as session:
        uid = _get_open(session, round_id).uid
    # Before the lock, while others still cast: what is left for it is short.
    empty_before_closing(act.database, round_id, uid)
    with act.writing() as session:
        # Whoever is casting is before this moment, or after it and refused.
        lock_round(session.connection(), round_id)
        row = _get_open(session, round_id)
        row.state, row.closed_at = "closed", act.moment
        delete_drafts(session, round_id)
        ask_purge(session, "drafts", round_id, act.moment)
        # Mixed with what comes in the last seconds and in the same
        # transaction: no ballot is left that has come in time.
        lost = empty_at_closing(session, act.database, row)
        cast = {one.group: str(one.cast) for one in read_turnout(session, act.database, row)}
        if lost:
            act.tell(session, Verb.LOSE_BALLOTS, about_round(row.id, row.code), {"n": str(lost)})
        act.tell(session, Verb.CLOSE_ROUND, about_round(row.id, row.code), cast)
        anchor_round(act, session, settings, row)
    # Pepper and keys after the commit: were it undone, an open round would stand there without
    # them. A kill in between is made good at the next start (`destroy_closed_secrets`).
    destroy_pepper(settings, uid)
    destroy_all_keys(act.database, uid)
    mix_small_boxes(act.database)
    delete_print_runs(act.database, settings, round_id)
    with suppress(OSError):  # no room: whoever asks for a list first has them written
        write_lists(act.database, settings, uid)


def get_turnout(database: Database, round_id: int) -> tuple[Turnout, ...]:
    """Codes issued and used in a round, by group, in the scheme's order."""
    with database.reading() as session:
        return read_turnout(session, database, get_round_row(session, round_id))


def list_turnout(database: Database, season_id: int) -> tuple[Turnout, ...]:
    """The same of every round of a season that has codes."""
    with database.reading() as session:
        return tuple(
            turnout
            for row in get_season_row(session, season_id).rounds
            if row.state != "preparing"
            for turnout in read_turnout(session, database, row)
        )


def read_turnout(session: Session, database: Database, row: Round) -> tuple[Turnout, ...]:
    """A round's turnout inside somebody's transaction."""
    issued = _count_issued(session, row.id)
    cast = count_used(session, database, row)
    assisted = count_assisted(session, row.id)
    return tuple(
        Turnout(row.code, code, issued[code], cast.get(code, 0), assisted.get(code, 0))
        for code in (group.code for group in read_scheme(row.season).groups)
        if code in issued
    )


def _get_issuable(session: Session, round_id: int, deadline: datetime, moment: datetime) -> Round:
    row = get_round_row(session, round_id)
    require_box(row)
    require_state(row, ("preparing", "issued"), _ISSUE_BEFORE_OPENING)
    # Compared before anything is made: cards with a deadline that has passed open nothing.
    if deadline <= moment:
        raise refuse(row, Text("截止时间要在现在之后", "the deadline must be in the future"))
    return row


def _get_open(session: Session, round_id: int) -> Round:
    row = get_round_row(session, round_id)
    require_state(row, ("open",), Text("只有进行中的轮次能截止", "only an open round closes"))
    return row


def _clear_roll(session: Session, row: Round) -> None:
    """Take back codes that were issued but never opened for answers."""
    keys = select(Credential.key).where(Credential.round_id == row.id)
    session.execute(delete(Invite).where(Invite.credential.in_(keys)))
    session.execute(delete(Credential).where(Credential.round_id == row.id))
    session.execute(delete(DealtForm).where(DealtForm.round_id == row.id))


def _issue_to_raters(
    session: Session, row: Round, group: Group, pepper: bytes
) -> Iterator[_NewPlace]:
    """A code for every rater who has somebody to rate."""
    raters = session.scalars(
        select(Rater)
        .where(Rater.season_id == row.season_id, Rater.group == group.code)
        .order_by(Rater.id)
    ).all()
    # Who has nobody to rate gets no code: the turnout would never be whole.
    for rater in raters:
        if list_rated_units(session, row.season_id, group, rater):
            card = Card(group.code, rater.name, new_token())
            yield _NewPlace(card, _derive_key(pepper, card), rater_id=rater.id)


def _issue_to_panel(
    session: Session, row: Round, group: Group, pepper: bytes
) -> Iterator[_NewPlace]:
    """Cards for seats: which card goes to whom is known to whoever hands them out, not to us."""
    for seat in deal_panel(session, row, group):
        addressee = f"{seat.stratum.name.zh} {seat.number:04d}"
        card = Card(group.code, addressee, new_token(), seat.stratum.code)
        yield _NewPlace(card, _derive_key(pepper, card), seat.cell, seat.form)


def _derive_key(pepper: bytes, card: Card) -> bytes:
    return Voter(derive_root(pepper, card.token)).credential


def _put_on_roll(session: Session, row: Round, places: Sequence[_NewPlace]) -> None:
    """Write all places in the order of their keys, which is no order of printing.

    PostgreSQL keeps rows, in its files, its log and every dump, as they came: in the printed order
    the card of that number would lead to its place, and whether it has voted.
    """
    written = sorted(places, key=lambda place: place.key)
    session.execute(
        insert(Credential),
        [
            {
                "key": place.key,
                "round_id": row.id,
                "group": place.card.group,
                "cell": place.cell,
                "form": place.form,
            }
            for place in written
        ],
    )
    held = [place for place in written if place.rater_id is not None]
    if held:
        invites = [{"credential": place.key, "rater_id": place.rater_id} for place in held]
        session.execute(insert(Invite), invites)


def _count_issued(session: Session, round_id: int) -> dict[str, int]:
    """Places on the roll that are not void, by group."""
    statement = (
        select(Credential.group, func.count().label("places"))
        .where(Credential.round_id == round_id, Credential.void.is_(False))
        .group_by(Credential.group)
    )
    return {row.group: row.places for row in session.execute(statement)}

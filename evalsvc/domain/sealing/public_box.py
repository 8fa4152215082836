"""What everybody may know of a box: its anchors, and after closing its list and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from evalsvc.box.anchors import SignedAnchor
from evalsvc.box.receipt_list import ListPart, list_parts
from evalsvc.box.roll import RoundSeal
from evalsvc.db import Database
from evalsvc.domain.sealing.anchors import find_newest_anchor, get_seal, list_anchors
from evalsvc.domain.sealing.box_files import list_leaves
from evalsvc.domain.seasons import read_scheme
from evalsvc.errors import NOT_FOUND, WRONG_STATE, Problem
from evalsvc.evidence.editions import write_anchors
from evalsvc.models.anchor import PublishedAnchor
from evalsvc.models.box import Ballot, Credential
from evalsvc.models.season import Round
from evalsvc.text import Text

_SHOWN = ("open", "closed", "counted")
_LISTED = ("closed", "counted")


@dataclass(frozen=True)
class PlaceCounts:
    """How the places of a closed round add up: sealed + reissued = used + unused + void."""

    sealed: int
    reissued: int
    used: int
    unused: int
    void: int


@dataclass(frozen=True)
class PublicBox:
    """A box as its public page shows it; `places` only after closing."""

    uid: str
    season: str
    office: str
    name: Text
    state: str
    deadline: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    seal: RoundSeal
    anchors: tuple[SignedAnchor, ...]
    places: PlaceCounts | None

    @property
    def is_listed(self) -> bool:
        """Whether its list is out: before closing, a list would show who came when."""
        return self.state in _LISTED

    @property
    def parts(self) -> tuple[ListPart, ...]:
        """The parts in which its list of receipts is given out."""
        return list_parts(self.newest.anchor.ballots) if self.is_listed else ()

    @property
    def newest(self) -> SignedAnchor:
        return self.anchors[-1]


@dataclass(frozen=True)
class AnchorName:
    """The newest anchor as a receipt names it, and where its box is."""

    box_uid: str
    short: str


def list_boxes(database: Database) -> tuple[PublicBox, ...]:
    """Every box that has opened, the newest first."""
    with database.reading() as session:
        rows = session.scalars(
            select(Round).where(Round.state.in_(_SHOWN)).order_by(Round.id.desc())
        ).all()
        return tuple(_build_box(session, row) for row in rows)


def get_box(database: Database, uid: str) -> PublicBox:
    """One box; raises Problem where none that has opened bears this name."""
    with database.reading() as session:
        return _build_box(session, _get_row(session, uid))


def get_listed_root(database: Database, uid: str) -> str:
    """The root over a closed box's list, as its closing anchor says it."""
    with database.reading() as session:
        # From the closing anchor on ballots and root stay, so the newest says the same.
        newest = find_newest_anchor(session, _get_listed(session, uid).id)
    if newest is None:
        raise LookupError(uid)
    return newest.anchor.box_root


def get_leaves(database: Database, uid: str) -> Sequence[bytes]:
    """The sorted list of a closed box."""
    with database.reading() as session:
        return list_leaves(session, _get_listed(session, uid).id)


def get_anchors_file(database: Database, uid: str) -> str:
    """A box's anchors as a file that verify can be given on a later day."""
    with database.reading() as session:
        row = _get_row(session, uid)
        return write_anchors({row.code: list_anchors(session, row)}).decode()


def find_signing_key(database: Database, season_id: int) -> str | None:
    """The key that signed the anchors of a season's latest box; None where none has opened."""
    latest = select(Round.id).where(Round.season_id == season_id, Round.state.in_(_SHOWN))
    with database.reading() as session:
        round_id = session.scalar(latest.order_by(Round.id.desc()).limit(1))
        signed = find_newest_anchor(session, round_id) if round_id else None
    return signed.key if signed else None


# Every receipt names the newest anchor: a prepared question, and the anchors read once each.
_NEWEST = select(func.max(PublishedAnchor.number)).where(
    PublishedAnchor.round_id == bindparam("round")
)
_names: dict[tuple[str, int, int], AnchorName | None] = {}


def find_anchor_name(
    database: Database, round_id: int, number: int | None = None
) -> AnchorName | None:
    """What a receipt says of its box; None before the round opens.

    `number` is the newest anchor's, where the caller has just heard it.
    """
    if number is None:
        with database.glancing() as connection:
            number = connection.execute(_NEWEST, {"round": round_id}).scalar_one()
    if number is None:
        return None
    # With the database's address: another one may number its rounds alike.
    key = (str(database.engine.url), round_id, number)
    if key not in _names:
        _names[key] = _read_anchor_name(database, round_id)
    return _names[key]


def _read_anchor_name(database: Database, round_id: int) -> AnchorName | None:
    with database.reading() as session:
        newest = find_newest_anchor(session, round_id)
    return AnchorName(newest.anchor.round_uid, newest.anchor.short) if newest else None


def _get_row(session: Session, uid: str) -> Round:
    row = session.scalars(
        select(Round).where(Round.uid == uid, Round.state.in_(_SHOWN))
    ).one_or_none()
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def _get_listed(session: Session, uid: str) -> Round:
    row = _get_row(session, uid)
    if row.state not in _LISTED:
        needed = Text("清单在截止以后公布", "the list is published after closing")
        # Before closing a list of leaves would show, hour by hour, who has come.
        raise Problem(WRONG_STATE, state=Text("进行中", "open"), needed=needed)
    return row


def _build_box(session: Session, row: Round) -> PublicBox:
    seal = get_seal(session, row.id)
    return PublicBox(
        uid=row.uid,
        season=row.season.title,
        office=row.season.office,
        name=read_scheme(row.season).get_round(row.code).name,
        state=row.state,
        deadline=row.deadline,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        seal=seal,
        anchors=tuple(list_anchors(session, row)),
        places=_count_places(session, row, seal) if row.state in _LISTED else None,
    )


def _count_places(session: Session, row: Round, seal: RoundSeal) -> PlaceCounts:
    """Of the round as a whole: a group may have three places, and a stratum fewer."""
    places = select(func.count()).select_from(Credential).where(Credential.round_id == row.id)
    good = places.where(Credential.void.is_(False))
    used = good.where(Credential.key.in_(select(Ballot.credential)))
    in_all, n_good, n_used = (session.scalar(one) or 0 for one in (places, good, used))
    return PlaceCounts(seal.places, in_all - seal.places, n_used, n_good - n_used, in_all - n_good)

"""Anchors: what a box holds, signed and published, so that nothing can be taken out unseen."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.box.anchors import FIRST_PREVIOUS, LEAST_NEW_BALLOTS, Anchor, SignedAnchor, sign_anchor
from evalsvc.box.log_words import Verb, about_round
from evalsvc.box.merkle import box_root
from evalsvc.box.roll import RoundSeal, hash_text, roll_root
from evalsvc.box.sealing import SEALED_FORMAT
from evalsvc.db import Database
from evalsvc.domain import events
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import TIMER
from evalsvc.domain.sealing.box_files import list_leaves, list_places, write_forms
from evalsvc.domain.sealing.emptying import destroy_closed_secrets, destroy_spent_keys, turn_tray
from evalsvc.domain.sealing.mixing import mix_closed_boxes
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.domain.voting.tray import list_waiting
from evalsvc.domain.voting.tray_keys import list_tray_keys
from evalsvc.evidence.thresholds import write_thresholds
from evalsvc.models.anchor import PublishedAnchor, SealedRound
from evalsvc.models.box import Ballot, Credential
from evalsvc.models.season import Round
from evalsvc.settings import Settings


def publish_anchor(
    database: Database, settings: Settings, round_id: int, moment: datetime
) -> SignedAnchor | None:
    """Put what waits on the tray of an open round into its box, and publish the next anchor.

    None where too few ballots are new; these wait on.
    """
    destroy_spent_keys(database, round_id)  # of an hour that was cut short
    with database.reading() as session:
        if not _is_due(session, round_id, _count_waiting(session, database, round_id)):
            return None
    # Into the box first: an anchor tells what the box holds, and not what has come.
    turn_tray(database, round_id)
    act = Act(database, TIMER, moment)
    with act.writing() as session:
        # Asked again, now of the box alone: it may have closed, or somebody else has published.
        if not _is_due(session, round_id, 0):
            return None
        row = get_round_row(session, round_id)
        signed = anchor_round(act, session, settings, row)
    # Their ballots lie in the box by now; until the
    # next hour the key would only be something to take.
    destroy_spent_keys(database, round_id)
    return signed


def publish_anchors(
    database: Database, settings: Settings, moment: datetime
) -> tuple[tuple[str, SignedAnchor], ...]:
    """Publish the next anchor of every open round that has one to publish, by the round's code."""
    # Before anything else, and whether or not an anchor
    # is due: a closing that was killed has left them.
    destroy_closed_secrets(database, settings)
    with database.reading() as session:
        rows = session.scalars(select(Round).where(Round.state == "open").order_by(Round.id)).all()
    made = [(row.code, publish_anchor(database, settings, row.id, moment)) for row in rows]
    mix_closed_boxes(database)
    return tuple((code, anchor) for code, anchor in made if anchor)


def seal_round(session: Session, row: Round) -> RoundSeal:
    """Fix rules, thresholds, roll, forms and key of a round that opens in this transaction."""
    places = list_places(session, row.id)
    seal = RoundSeal(
        round_uid=row.uid,
        scheme_sha256=row.season.scheme_sha256,
        # The round's own eight numbers. A later version of the
        # program with other numbers must judge an old round by these.
        thresholds=write_thresholds(read_scheme(row.season).get_round(row.code).thresholds),
        roll_root=roll_root(places).hex(),
        places=len(places),
        forms_sha256=hash_text(write_forms(session, row.id)),
        public_key=(row.public_key or b"").hex(),
        # No other format counts in this round from here on (decision 0011).
        ballot_format=SEALED_FORMAT,
    )
    session.add(SealedRound(round_id=row.id, content=seal.to_json()))
    return seal


def get_seal(session: Session, round_id: int) -> RoundSeal:
    """What was fixed when the round opened."""
    row = session.get_one(SealedRound, round_id)
    return RoundSeal.from_json(row.content)


def anchor_round(act: Act, session: Session, settings: Settings, row: Round) -> SignedAnchor:
    """Sign what the box holds now, in the transaction that is under way, and log it."""
    session.flush()
    newest = find_newest_anchor(session, row.id)
    leaves = list_leaves(session, row.id)
    # Before this anchor's own entry, which follows it in the log: an anchor can't bind its own.
    log_seq, log_head = events.get_head(session)
    anchor = Anchor(
        round_uid=row.uid,
        number=newest.anchor.number + 1 if newest else 1,
        ballots=len(leaves),
        box_root=box_root(leaves).hex(),
        # Of the roll as it stands now, cards exchanged meanwhile
        # among it: a list that grows is checked place by place.
        roll_root=roll_root(list_places(session, row.id)).hex(),
        seal=get_seal(session, row.id).hash.hex(),
        log_seq=log_seq,
        log_head=log_head.hex(),
        # Texts are hashed, so one moment has one spelling: ISO 8601 in UTC.
        at=act.moment.astimezone(UTC).isoformat(),
        previous=(newest.anchor.hash if newest else FIRST_PREVIOUS).hex(),
    )
    return _publish(act, session, settings, row, anchor)


def anchor_counted(act: Act, session: Session, settings: Settings, rows: Iterable[Round]) -> None:
    """Publish how far the log has come, for rounds whose boxes take nothing any more.

    All name the same place in the log: whoever has one of them has it bound.
    """
    session.flush()
    seq, head = events.get_head(session)
    for row in rows:
        newest = find_newest_anchor(session, row.id)
        if newest is not None:
            following = replace(
                # Box and roll no longer change, so it costs two hashes (decision 0013).
                newest.anchor,
                number=newest.anchor.number + 1,
                log_seq=seq,
                log_head=head.hex(),
                at=act.moment.astimezone(UTC).isoformat(),
                previous=newest.anchor.hash.hex(),
            )
            _publish(act, session, settings, row, following)


def anchor_season(act: Act, session: Session, settings: Settings, season_id: int) -> None:
    """The same for every counted round of a season: after each act that its results rest on."""
    rows = session.scalars(
        select(Round)
        # Counted rounds alone: an anchor tells how many ballots a box holds, and of an open one
        # that may be told with twenty new ones only.
        .where(Round.season_id == season_id, Round.state == "counted")
        .order_by(Round.position)
    ).all()
    anchor_counted(act, session, settings, rows)


def list_anchors(session: Session, row: Round) -> list[SignedAnchor]:
    """A round's anchors in their order."""
    rows = session.scalars(
        select(PublishedAnchor)
        .where(PublishedAnchor.round_id == row.id)
        .order_by(PublishedAnchor.number)
    )
    return [_read(one, row.uid) for one in rows]


def find_newest_anchor(session: Session, round_id: int) -> SignedAnchor | None:
    """The anchor published last; None before the round opens."""
    row = session.scalars(
        select(PublishedAnchor)
        .where(PublishedAnchor.round_id == round_id)
        .order_by(PublishedAnchor.number.desc())
        .limit(1)
    ).one_or_none()
    return _read(row, session.get_one(Round, round_id).uid) if row else None


def _publish(
    act: Act, session: Session, settings: Settings, row: Round, anchor: Anchor
) -> SignedAnchor:
    signed = sign_anchor(load_signing_key(settings), anchor)
    fields = {name: value for name, value in signed.to_record().items() if name != "round_uid"}
    session.add(PublishedAnchor(round_id=row.id, **fields))
    detail = {"number": str(anchor.number), "sha256": anchor.hash.hex()}
    act.tell(session, Verb.PUBLISH_ANCHOR, about_round(row.id, row.code), detail)
    return signed


def _is_due(session: Session, round_id: int, waiting: int) -> bool:
    """Whether a box is open and holds enough new ballots, with those that wait to go in."""
    newest = find_newest_anchor(session, round_id)
    if get_round_row(session, round_id).state != "open" or newest is None:
        return False
    held = _count_ballots(session, round_id) + waiting
    return held >= newest.anchor.ballots + LEAST_NEW_BALLOTS


def _count_waiting(session: Session, database: Database, round_id: int) -> int:
    keys = list_tray_keys(database.tray_keys, session.get_one(Round, round_id).uid)
    return len(list_waiting(session.connection(), keys, round_id))


def _count_ballots(session: Session, round_id: int) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Ballot)
            .join(Credential, Credential.key == Ballot.credential)
            .where(Credential.round_id == round_id)
        )
        or 0
    )


def _read(row: PublishedAnchor, uid: str) -> SignedAnchor:
    anchor = Anchor(
        round_uid=uid,
        number=row.number,
        ballots=row.ballots,
        box_root=row.box_root,
        roll_root=row.roll_root,
        seal=row.seal,
        log_seq=row.log_seq,
        log_head=row.log_head,
        at=row.at,
        previous=row.previous,
    )
    return SignedAnchor(anchor, row.key, row.signature)

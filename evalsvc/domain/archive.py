"""Evidence packages of a season: the audit edition whole, the public one without raters."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.tree import UnitResult
from evalsvc.box.merkle import box_root
from evalsvc.db import Database
from evalsvc.domain import events
from evalsvc.domain.actor import Actor
from evalsvc.domain.facts import list_facts
from evalsvc.domain.opening import list_counting_ballots
from evalsvc.domain.results import get_result
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.evidence.model import Rater
from evalsvc.evidence.public import build_public_package as build_public_files
from evalsvc.evidence.write import build_package, build_zip, sheet
from evalsvc.models.box import Ballot, Credential, DealtForm
from evalsvc.models.event import Event
from evalsvc.models.opened import OpenedAnswer, PanelSum
from evalsvc.models.roster import Rater as RaterRow
from evalsvc.models.season import Round, Season
from evalsvc.scheme.model import Scheme


def build_audit_package(database: Database, season_id: int) -> bytes:
    """Everything the newest result follows from, with the sealed boxes and the log, as a ZIP."""
    units = get_result(database, season_id).units
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season.scheme)
        files = build_package(
            list_facts(session, season_id),
            season.scheme,
            units,
            raters=_list_raters(session, season, scheme),
            further={
                "sums.csv": _write_sums(session, season),
                **_write_boxes(session, season),
                "box/log.jsonl": _write_log(session),
            },
        )
    return build_zip(files)


def build_public_package(database: Database, season_id: int) -> bytes:
    """What everybody may recompute: no raters, no ballots, but the scores totals follow from."""
    units: tuple[UnitResult, ...] = get_result(database, season_id).units
    with database.reading() as session:
        season = get_season_row(session, season_id)
        files = build_public_files(
            list_facts(session, season_id),
            read_scheme(season.scheme),
            season.scheme,
            units,
            further={
                f"box/{row.code}/leaves.txt": _write_leaves(session, row)
                for row in _list_opened(season)
            },
        )
    return build_zip(files)


def export_audit_package(
    database: Database, season_id: int, actor: Actor, moment: datetime
) -> bytes:
    """The audit package, with an entry in the log that says who took it."""
    package = build_audit_package(database, season_id)
    _record_export(database, "export_audit_package", season_id, package, actor, moment)
    return package


def export_public_package(
    database: Database, season_id: int, actor: Actor, moment: datetime
) -> bytes:
    """The public package, with its entry in the log."""
    package = build_public_package(database, season_id)
    _record_export(database, "export_public_package", season_id, package, actor, moment)
    return package


def hash_package(package: bytes) -> str:
    """By which a printed report names the package it belongs to."""
    return hashlib.sha256(package).hexdigest()


def _record_export(
    database: Database,
    verb: str,
    season_id: int,
    package: bytes,
    actor: Actor,
    moment: datetime,
) -> None:
    with database.writing() as session:
        detail = {"sha256": hash_package(package)}
        events.record(session, actor.login, verb, f"season {season_id}", detail, moment)


def _list_opened(season: Season) -> Iterator[Round]:
    return (row for row in season.rounds if row.state == "counted")


def _list_raters(session: Session, season: Season, scheme: Scheme) -> Iterator[Rater]:
    """Named raters as they are; of anonymous units only the pseudonyms of their ballots."""
    named = [group.code for group in scheme.groups if group.identity == "named"]
    for row in session.scalars(
        select(RaterRow).where(RaterRow.season_id == season.id, RaterRow.group.in_(named))
    ):
        yield Rater(row.group, row.code, row.name, row.unit)
    anonymous = [group.code for group in scheme.groups if group.identity == "unit"]
    opened = session.execute(
        select(OpenedAnswer.group, OpenedAnswer.rater)
        .join(Round, Round.id == OpenedAnswer.round_id)
        .where(Round.season_id == season.id, OpenedAnswer.group.in_(anonymous))
        .distinct()
    )
    for group, pseudonym in opened:
        yield Rater(group, pseudonym)


def _write_sums(session: Session, season: Season) -> bytes:
    rounds = {row.id: row.code for row in season.rounds}
    rows = session.scalars(select(PanelSum).where(PanelSum.round_id.in_(rounds)))
    return sheet(
        ("round", "group", "kind", "subject", "name", "value"),
        sorted(
            (rounds[row.round_id], row.group, row.kind, row.subject, row.name, row.value)
            for row in rows
        ),
    )


def _write_boxes(session: Session, season: Season) -> Mapping[str, bytes]:
    """For each opened round: what it was, its roll, every sealed ballot, the public leaves."""
    files: dict[str, bytes] = {}
    for row in _list_opened(season):
        folder = f"box/{row.code}"
        files[f"{folder}/round.json"] = _write_round(session, row)
        files[f"{folder}/roll.csv"] = _write_roll(session, row)
        files[f"{folder}/forms.csv"] = _write_forms(session, row)
        files[f"{folder}/ballots.csv"] = _write_ballots(session, row)
        files[f"{folder}/leaves.txt"] = _write_leaves(session, row)
    return files


def _write_round(session: Session, row: Round) -> bytes:
    about = {
        "uid": row.uid,
        "code": row.code,
        "scheme_sha256": row.season.scheme_sha256,
        "public_key": (row.public_key or b"").hex(),
        "custodians": 1,
        "opened_at": row.opened_at.isoformat() if row.opened_at else None,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "counted_at": row.counted_at.isoformat() if row.counted_at else None,
        "counting_ballots": sum(1 for _ in list_counting_ballots(session, row.id)),
        "box_root": box_root(_list_leaves(session, row)).hex(),
    }
    return (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _write_roll(session: Session, row: Round) -> bytes:
    """The roll in the order of its keys, which is no order of issuing."""
    places = session.scalars(
        select(Credential).where(Credential.round_id == row.id).order_by(Credential.key)
    )
    return sheet(
        ("credential", "group", "cell", "form", "void"),
        (
            (place.key.hex(), place.group, place.cell, str(place.form), str(int(place.void)))
            for place in places
        ),
    )


def _write_forms(session: Session, row: Round) -> bytes:
    forms = session.scalars(
        select(DealtForm)
        .where(DealtForm.round_id == row.id)
        .order_by(DealtForm.group, DealtForm.form)
    )
    return sheet(
        ("group", "form", "units"), ((one.group, str(one.form), one.units) for one in forms)
    )


def _write_ballots(session: Session, row: Round) -> bytes:
    ballots = session.scalars(
        select(Ballot)
        .join(Credential, Credential.key == Ballot.credential)
        .where(Credential.round_id == row.id)
        .order_by(Ballot.credential, Ballot.seq)
        .execution_options(yield_per=500)
    )
    return sheet(
        ("credential", "seq", "nonce", "sealed", "signature"),
        (
            (
                ballot.credential.hex(),
                str(ballot.seq),
                ballot.nonce.hex(),
                base64.b64encode(ballot.sealed).decode(),
                ballot.signature.hex(),
            )
            for ballot in ballots
        ),
    )


def _write_leaves(session: Session, row: Round) -> bytes:
    return "".join(f"{leaf.hex()}\n" for leaf in sorted(_list_leaves(session, row))).encode()


def _list_leaves(session: Session, row: Round) -> list[bytes]:
    return list(
        session.scalars(
            select(Ballot.leaf)
            .join(Credential, Credential.key == Ballot.credential)
            .where(Credential.round_id == row.id)
        )
    )


def _write_log(session: Session) -> bytes:
    lines = (
        json.dumps(
            {
                "seq": row.seq,
                "at": row.at,
                "actor": row.actor,
                "verb": row.verb,
                "subject": row.subject,
                "detail": json.loads(row.detail),
                "hash": row.hash.hex(),
            },
            ensure_ascii=False,
            sort_keys=True,
        )
        for row in session.scalars(select(Event).order_by(Event.seq))
    )
    return "".join(f"{line}\n" for line in lines).encode()

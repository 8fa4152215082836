"""Evidence packages of a season: the audit edition whole, the public one without raters."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from nacl.signing import SigningKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.chain import GENESIS
from evalsvc.box.merkle import box_root
from evalsvc.db import Database
from evalsvc.domain import events
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.figure_trail import write_trail
from evalsvc.domain.concluding.exclusions import list_plain
from evalsvc.domain.concluding.facts import list_facts
from evalsvc.domain.concluding.results import get_result
from evalsvc.domain.people import approvals
from evalsvc.domain.sealing.anchors import get_seal, list_anchors
from evalsvc.domain.sealing.box_files import (
    list_leaves,
    write_assistance,
    write_ballots,
    write_forms,
    write_leaves,
    write_rejections,
    write_roll,
)
from evalsvc.domain.sealing.opening import count_counting_ballots
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.domain.words.voices import list_comment_lines
from evalsvc.evidence.comments import write_comments
from evalsvc.evidence.editions import (
    ANCHORS,
    SALT,
    build_public_manifest,
    derive_public,
    write_anchors,
)
from evalsvc.evidence.manifest import MANIFEST, PUBLIC_SIGNATURE, Manifest, hash_files
from evalsvc.evidence.model import Rater
from evalsvc.evidence.public import find_outcome
from evalsvc.evidence.write import build_package, build_zip, sheet
from evalsvc.models.event import Event
from evalsvc.models.opened import OpenedAnswer, PanelSum
from evalsvc.models.roster import Rater as RaterRow
from evalsvc.models.season import Round, Season
from evalsvc.scheme.model import Scheme
from evalsvc.settings import Settings


@dataclass(frozen=True)
class Packages:
    """The two editions of one result, as ZIP files."""

    audit: bytes
    public: bytes


def build_audit_package(database: Database, settings: Settings, season_id: int) -> bytes:
    """Everything the newest result follows from, with the sealed boxes and the log, as a ZIP."""
    return build_packages(database, settings, season_id).audit


def build_public_package(database: Database, settings: Settings, season_id: int) -> bytes:
    """What everybody may recompute: no raters, no ballots, but the scores totals follow from."""
    return build_packages(database, settings, season_id).public


def build_packages(database: Database, settings: Settings, season_id: int) -> Packages:
    """Both editions of the newest result; the same result gives the same bytes every time.

    Until its first day, what it shows of citizens' comments follows their review.

    The log goes up to the computation: what is logged later belongs to later packages.
    """
    result = get_result(database, season_id)
    key = load_signing_key(settings)
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season.scheme)
        facts = list_facts(session, season_id)
        log = _list_log(session, season_id, result.head.version)
        files = build_package(
            facts,
            season.scheme,
            result.units,
            raters=_list_raters(session, season, scheme),
            outcome=find_outcome(scheme, facts, result.units),
            plain={
                unit: (each.published, each.rank)
                for unit, each in list_plain(session, season_id, result.head.version).items()
            },
            further={
                "sums.csv": _write_sums(session, season),
                **write_trail(session, season_id),
                **write_comments(list_comment_lines(session, season_id, result.head.version)),
                **_write_boxes(session, season),
                ANCHORS: _write_anchors(session, season),
                "box/log.jsonl": _write_log(log),
                SALT: _derive_salt(key, season_id, result.head.version),
            },
        )
    audit = Manifest(
        edition="audit",
        season=f"season {season_id}",
        version=result.head.version,
        log_seq=log[-1].seq if log else 0,
        log_head=(log[-1].hash if log else GENESIS).hex(),
        files=hash_files(files),
    )
    return _sign_editions(
        key, files, audit, derive_public(files, audit, facts, scheme, result.units)
    )


def export_audit_package(
    database: Database,
    settings: Settings,
    season_id: int,
    actor: Actor,
    moment: datetime,
    approval_id: int | None = None,
) -> bytes:
    """The audit package, with an entry in the log that says which two people let it out."""
    package = build_audit_package(database, settings, season_id)
    with database.writing() as session:
        people = approvals.spend(session, settings, approval_id, "audit", season_id=season_id)
        _record_export(session, "export_audit_package", season_id, package, people, actor, moment)
    return package


def export_public_package(
    database: Database, settings: Settings, season_id: int, actor: Actor, moment: datetime
) -> bytes:
    """The public package, with its entry in the log."""
    package = build_public_package(database, settings, season_id)
    with database.writing() as session:
        _record_export(session, "export_public_package", season_id, package, {}, actor, moment)
    return package


def hash_package(package: bytes) -> str:
    """By which a printed report names the package it belongs to."""
    return hashlib.sha256(package).hexdigest()


def _sign_editions(
    key: SigningKey,
    audit_files: Mapping[str, bytes],
    audit: Manifest,
    public_files: Mapping[str, bytes],
) -> Packages:
    """Each edition under its manifest; the audit edition also carries the other's signature."""
    public = build_public_manifest(audit, public_files).sign(key)
    signed = {
        MANIFEST: audit.sign(key).to_json(),
        PUBLIC_SIGNATURE: f"{public.signature}\n".encode(),
    }
    return Packages(
        audit=build_zip({**audit_files, **signed}),
        public=build_zip({**public_files, MANIFEST: public.to_json()}),
    )


def _record_export(
    session: Session,
    verb: str,
    season_id: int,
    package: bytes,
    people: Mapping[str, str],
    actor: Actor,
    moment: datetime,
) -> None:
    detail = {"sha256": hash_package(package), **people}
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
    """For each opened round: what it was, its seal and roll, every sealed ballot, the leaves."""
    files: dict[str, bytes] = {}
    for row in _list_opened(season):
        folder = f"box/{row.code}"
        files[f"{folder}/round.json"] = _write_round(session, row)
        files[f"{folder}/seal.json"] = get_seal(session, row.id).to_json().encode()
        files[f"{folder}/roll.csv"] = write_roll(session, row.id)
        files[f"{folder}/forms.csv"] = write_forms(session, row.id)
        files[f"{folder}/ballots.csv"] = write_ballots(session, row.id)
        files[f"{folder}/leaves.txt"] = write_leaves(session, row.id)
        files[f"{folder}/rejections.csv"] = write_rejections(session, row.id)
        files[f"{folder}/assisted.csv"] = write_assistance(session, row.id)
    return files


def _write_round(session: Session, row: Round) -> bytes:
    about = {
        "uid": row.uid,
        "code": row.code,
        "scheme_sha256": row.season.scheme_sha256,
        "public_key": (row.public_key or b"").hex(),
        "custodians": len((row.custodian or "").split("、")),
        "opened_at": row.opened_at.isoformat() if row.opened_at else None,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "counted_at": row.counted_at.isoformat() if row.counted_at else None,
        "counting_ballots": count_counting_ballots(session, row.id),
        "box_root": box_root(list_leaves(session, row.id)).hex(),
    }
    return (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _write_anchors(session: Session, season: Season) -> bytes:
    """The anchors of the opened rounds, by the round's code."""
    return write_anchors({row.code: list_anchors(session, row) for row in _list_opened(season)})


def _list_log(session: Session, season_id: int, version: int) -> list[Event]:
    """The log up to the computation of a result; whole where that can't be found."""
    log = session.scalars(select(Event).order_by(Event.seq)).all()
    for number, row in enumerate(log, 1):
        here = row.verb == "compute_result" and row.subject == f"season {season_id}"
        if here and json.loads(row.detail).get("version") == str(version):
            return list(log[:number])
    return list(log)


def _write_log(log: Iterable[Event]) -> bytes:
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
        for row in log
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _derive_salt(key: SigningKey, season_id: int, version: int) -> bytes:
    """The same for the same result, and unknown to whoever has no audit package."""
    name = f"salt of season {season_id} version {version}"
    return hmac.digest(bytes(key), name.encode(), "sha256").hex().encode() + b"\n"

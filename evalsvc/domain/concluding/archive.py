"""Evidence packages of a season: the audit edition whole, the public one without raters."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nacl.signing import SigningKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.chain import GENESIS
from evalsvc.box.log_words import Verb, about_season
from evalsvc.box.merkle import box_root
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.disclosure import check_populations
from evalsvc.domain.concluding.facts import find_facts_of, list_facts
from evalsvc.domain.concluding.result_files import write_result_files, write_salt
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
from evalsvc.domain.sealing.commitment import write_opening
from evalsvc.domain.sealing.opening import count_counting_ballots
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.domain.seasons import find_result_head, get_season_row, read_scheme
from evalsvc.evidence.computed import AUDIT_FILES, COMPUTE, PROGRAM, SHOW, is_act
from evalsvc.evidence.editions import (
    ANCHORS,
    LOG,
    SALT,
    build_public_manifest,
    derive_public,
    write_anchors,
)
from evalsvc.evidence.manifest import MANIFEST, PUBLIC_SIGNATURE, Manifest, hash_files
from evalsvc.evidence.write import build_zip
from evalsvc.models.event import Event
from evalsvc.models.season import Round, Season
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

    The log goes up to the computation, or to the first day on which it was shown: what is logged
    later belongs to later packages.
    """
    result = get_result(database, season_id)
    key = load_signing_key(settings)
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        facts = list_facts(session, season_id)
        # A result of before keeps the law by which it was computed.
        facts = find_facts_of(facts, season.scheme, result.head.facts_sha256) or facts
        log = _list_log(session, season_id, result.head.version)
        version = result.head.version
        files = {
            **write_result_files(session, season, scheme, facts, result.units, version),
            **_write_boxes(session, settings, season),
            # As far as the log of this package: later anchors bind what is not in it.
            ANCHORS: _write_anchors(session, season, log[-1].seq if log else 0),
            LOG: _write_log(log),
            SALT: write_salt(settings, season_id, version),
        }
    audit = Manifest(
        edition="audit",
        season=about_season(season_id),
        version=result.head.version,
        log_seq=log[-1].seq if log else 0,
        log_head=(log[-1].hash if log else GENESIS).hex(),
        files=hash_files(files),
        program=_find_program(log, about_season(season_id), version),
    )
    return _sign_editions(
        key, files, audit, derive_public(files, audit, facts, scheme, result.units)
    )


def export_audit_package(
    act: Act, settings: Settings, season_id: int, approval_id: int | None = None
) -> bytes:
    """The audit package, with an entry in the log that says which two people let it out."""
    package = build_audit_package(act.database, settings, season_id)
    with act.writing() as session:
        # Spent only when the package is there: a failed export must not use the consent up.
        people = approvals.spend(session, settings, approval_id, "audit", season_id=season_id)
        detail = {"sha256": hash_package(package), **people}
        act.tell(session, Verb.EXPORT_AUDIT_PACKAGE, about_season(season_id), detail)
    return package


def export_public_package(act: Act, settings: Settings, season_id: int) -> bytes:
    """The public package, with its entry in the log; no two that tell a ballot between them."""
    with act.database.reading() as session:
        head = find_result_head(session, season_id)
        scheme = read_scheme(get_season_row(session, season_id))
        if head:
            # The file that is given away is compared too, not only what a page shows.
            check_populations(session, season_id, head.version, scheme)
    package = build_public_package(act.database, settings, season_id)
    with act.writing() as session:
        told = {"version": str(head.version)} if head else {}
        detail = {"sha256": hash_package(package), **told}
        act.tell(session, Verb.EXPORT_PUBLIC_PACKAGE, about_season(season_id), detail)
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
        # In the audit edition, so that whoever has it
        # can tell that the public one is the signed one.
        PUBLIC_SIGNATURE: f"{public.signature}\n".encode(),
    }
    return Packages(
        audit=build_zip({**audit_files, **signed}),
        public=build_zip({**public_files, MANIFEST: public.to_json()}),
    )


def _find_program(log: Iterable[Event], season: str, version: int) -> str:
    """The program that computed a version, not the one that writes its package again later."""
    for row in log:
        act = {"verb": row.verb, "subject": row.subject, "detail": json.loads(row.detail)}
        if is_act(act, season, version, COMPUTE):
            return str(act["detail"].get(PROGRAM, ""))
    return ""


def _list_opened(season: Season) -> Iterator[Round]:
    # A box that is not opened has nothing in the result.
    return (row for row in season.rounds if row.state == "counted")


def _write_boxes(session: Session, settings: Settings, season: Season) -> Mapping[str, bytes]:
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
        for name, content in write_opening(session, settings, row).items():
            files[f"{folder}/{name}"] = content
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


def _write_anchors(session: Session, season: Season, log_seq: int) -> bytes:
    """The anchors of the opened rounds as far as the log goes, by the round's code."""
    return write_anchors(
        {
            row.code: [one for one in list_anchors(session, row) if one.anchor.log_seq <= log_seq]
            for row in _list_opened(season)
        }
    )


def _list_log(session: Session, season_id: int, version: int) -> list[Event]:
    """The log up to the act that binds a result last; whole where that can't be found."""
    log = session.scalars(select(Event).order_by(Event.seq)).all()
    season, last = about_season(season_id), 0
    for number, row in enumerate(log, 1):
        act = {"verb": row.verb, "subject": row.subject, "detail": json.loads(row.detail)}
        if is_act(act, season, version, COMPUTE):
            # Computations of before bound no files: there the log ends with the computation.
            last, binds = number, AUDIT_FILES in act["detail"]
        elif last and binds and is_act(act, season, version, SHOW):
            last = number
    return list(log[:last] if last else log)


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

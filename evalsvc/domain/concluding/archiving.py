"""Archiving a final version: both evidence packages are kept, their hashes stand in the log."""

import os

from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.archive import build_packages, hash_package
from evalsvc.domain.concluding.facts import are_facts_of, list_facts
from evalsvc.domain.concluding.publications import get_current
from evalsvc.domain.people import approvals
from evalsvc.domain.sealing.anchors import anchor_season
from evalsvc.domain.sealing.letter_codes import delete_codes, destroy_secret
from evalsvc.domain.seasons import find_result_head, get_season_row
from evalsvc.errors import ACT_REFUSED
from evalsvc.models.publication import Publication
from evalsvc.settings import Settings
from evalsvc.text import Text


def check_archivable(act: Act, season_id: int, version: int) -> None:
    """Refuse now what would be refused when the second person agrees."""
    with act.database.reading() as session:
        _check_archivable(session, season_id, version)


def archive_version(
    act: Act, settings: Settings, season_id: int, version: int, approval_id: int | None = None
) -> None:
    """Keep both evidence packages of a final version, and their hashes in the log."""
    with act.database.reading() as session:
        # Before the packages are made, and again in the transaction: minutes may lie between.
        _check_archivable(session, season_id, version)
    packages = build_packages(act.database, settings, season_id)
    folder = settings.instance / "archive"
    # The audit edition is in it.
    folder.mkdir(mode=0o700, exist_ok=True)
    for edition, content in (("audit", packages.audit), ("public", packages.public)):
        path = folder / f"season-{season_id}-version-{version}-{edition}.zip"
        # For the service's own account alone: with the invitation list
        # the audit edition tells who cast which ballot (decision 0013).
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    with act.writing() as session:
        row = _check_archivable(session, season_id, version)
        people = approvals.spend(
            session, settings, approval_id, "archive_result", season_id=season_id
        )
        row.state, row.archived_at = "archived", act.moment
        row.audit_sha256 = hash_package(packages.audit)
        row.public_sha256 = hash_package(packages.public)
        detail = {
            "version": str(version),
            "audit_sha256": row.audit_sha256,
            "public_sha256": row.public_sha256,
            **people,
        }
        delete_codes(session, season_id)
        act.tell(session, Verb.ARCHIVE_RESULT, about_season(season_id), detail)
        anchor_season(act, session, settings, season_id)
    destroy_secret(act.database, settings, season_id)


def _check_archivable(session: Session, season_id: int, version: int) -> Publication:
    """Packages are made of today's facts, which must be those that the version came from."""
    row = get_current(session, season_id, version, "final")
    season, head = get_season_row(session, season_id), find_result_head(session, season_id)
    facts = list_facts(session, season_id)
    if (
        head is None
        or head.version != version
        or not are_facts_of(facts, season.scheme, head.facts_sha256)
    ):
        raise ACT_REFUSED.because(
            Text(
                "定案之后数据有了变化，不能归档；请恢复原来的数据，或另出更正版本",
                "figures have changed since it became final; restore them, or correct it",
            )
        )
    return row

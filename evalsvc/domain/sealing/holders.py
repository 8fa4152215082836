"""Who still holds a round's keys and invitations elsewhere, when they are destroyed here."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from evalsvc.backups.record import list_backups
from evalsvc.box.log_words import about_round
from evalsvc.db import Database
from evalsvc.domain.seasons import get_round_row
from evalsvc.models.event import Event
from evalsvc.settings import Settings


@dataclass(frozen=True)
class KeptCopy:
    """A backup that holds them; `is_gone` where its file is no longer in its place."""

    path: str
    made_at: datetime
    is_gone: bool


@dataclass(frozen=True)
class Holders:
    """Every copy of the database made from `since` to `until` holds what is destroyed.

    `copies` are those that are known here; `box_files` when sealed box files were taken out.
    """

    since: datetime
    until: datetime
    copies: tuple[KeptCopy, ...]
    box_files: tuple[datetime, ...]


def find_holders(
    database: Database, settings: Settings, round_id: int, moment: datetime
) -> Holders | None:
    """Where a round's keys and invitations may be found besides; None before there were any."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        acts = session.execute(
            select(Event.verb, Event.at)
            .where(
                Event.subject == about_round(row.id, row.code),
                # From the first keys or codes on every copy holds what is
                # to be destroyed; a box file has places and sealed ballots.
                Event.verb.in_(("make_keys", "issue", "export_box")),
            )
            .order_by(Event.seq)
        ).all()
        until = row.destroyed_at or moment
    moments = [(verb, datetime.fromisoformat(at)) for verb, at in acts]
    made = [at for verb, at in moments if verb != "export_box"]
    if not made:
        return None
    copies = tuple(
        KeptCopy(one.path, one.moment, _is_gone(Path(one.path)))
        for one in list_backups(settings)
        if made[0] <= one.moment <= until
    )
    taken = tuple(at for verb, at in moments if verb == "export_box")
    return Holders(made[0], until, copies, taken)


def _is_gone(path: Path) -> bool:
    """Only where its folder can be looked into: a medium that is not there keeps its files."""
    try:
        return path.parent.is_dir() and not path.exists()
    except PermissionError:
        return False

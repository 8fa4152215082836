"""An opening that is killed leaves nothing behind, and the next one counts the same."""

import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing import get_context

import pytest
from sqlalchemy import select

from evalsvc.counting import count as counting
from evalsvc.db import Database, Row, connect
from evalsvc.domain import events
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import opening
from evalsvc.domain.sealing.opening import open_box
from evalsvc.models.box import Ballot
from evalsvc.models.opened import (
    CommentText,
    LevelCount,
    OpenedAnswer,
    OpenedComment,
    OpenedReply,
    PanelSum,
)
from evalsvc.models.season import Round
from evalsvc.settings import Settings
from tests.cast import CUSTODIAN, MORNING, PASSPHRASE, Installation, ignore_progress
from tests.domain.test_replies import fill_box

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("database_url")]

CITIZENS_COMMENTING = 6
BATCH = 3
# Left by an opening and the same at every one; pseudonyms and their order are drawn anew.
LEFT = (LevelCount, PanelSum, CommentText, OpenedComment, OpenedReply)


def open_and_die(url: str, settings: Settings, round_id: int, at: str) -> None:
    """In a process of its own: open the box, and be killed on the way."""

    def die(done: int = 0, total: int = 0) -> None:
        if not total or done > BATCH:
            os.kill(os.getpid(), signal.SIGKILL)

    counting.BATCH = BATCH
    if at == "before the commit":
        # The last thing that an opening does.
        events.record = lambda *_given: die()
    progress = die if at == "between batches" else ignore_progress
    open_box(Act(connect(url), CUSTODIAN, MORNING), settings, round_id, PASSPHRASE, progress)


def read_left(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        return {
            table.__tablename__: sorted(list_rows(session.scalars(select(table))), key=repr)
            for table in LEFT
        }


def list_rows(rows: Iterator[Row]) -> list[tuple[object, ...]]:
    return [tuple(getattr(row, column.key) for column in row.__table__.columns) for row in rows]


@pytest.mark.parametrize("at", ["between batches", "before the commit"])
def test_a_killed_opening_is_started_again_and_counts_the_same(
    place: Installation, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = fill_box(place, CITIZENS_COMMENTING)
    url = place.database.engine.url.render_as_string(hide_password=False)
    given = (url, place.settings, round_id, at)
    child = get_context("spawn").Process(target=open_and_die, args=given)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with place.database.reading() as session:
        assert session.get_one(Round, round_id).state == "closed"
        assert session.scalars(select(OpenedAnswer)).all() == []
    assert all(rows == [] for rows in read_left(place.database).values())

    # Whole and in one piece, without anything of it being written.
    undisturbed = count_undisturbed(place.database, place.settings, round_id, monkeypatch)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    assert read_left(place.database) == undisturbed
    assert undisturbed["level_count"] != []
    assert len(undisturbed["opened_comment"]) == CITIZENS_COMMENTING
    with place.database.reading() as session:
        assert session.get_one(Round, round_id).state == "counted"
        assert len(session.scalars(select(Ballot)).all()) == 11


def count_undisturbed(
    database: Database, settings: Settings, round_id: int, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[tuple[object, ...]]]:
    """What an opening leaves, read inside its transaction, which is then taken back."""
    left: dict[str, list[tuple[object, ...]]] = {}

    def look(write: Callable[..., None]) -> Callable[..., None]:
        def act(session, row, outcome):  # type: ignore[no-untyped-def]  # stands in for the writer
            write(session, row, outcome)
            session.flush()
            for table in LEFT:
                rows = list_rows(session.scalars(select(table)))
                left[table.__tablename__] = sorted(rows, key=repr)
            raise InterruptedError

        return act

    with monkeypatch.context() as patched:
        patched.setattr(opening, "_write", look(opening._write))
        with pytest.raises(InterruptedError):
            open_box(
                Act(database, CUSTODIAN, MORNING), settings, round_id, PASSPHRASE, ignore_progress
            )
    return left

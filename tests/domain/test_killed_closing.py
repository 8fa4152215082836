"""A closing that is killed after its commit: what it should have destroyed is destroyed later."""

import importlib
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from evalsvc.domain import seasons
from evalsvc.domain.sealing import anchors
from evalsvc.domain.voting.secret_files import DRAFT_BYTES
from evalsvc.settings import PROJECT, build_environment
from tests.cast import (
    MORNING,
    Installation,
    add_panel_city,
    get_round_id,
    issue_cards,
    open_with_cards,
)

pytestmark = pytest.mark.usefixtures("database_url")

# Closes a round and is killed where the pepper would go: the commit stands, nothing is destroyed.
CLOSE = """
import os, signal, sys
from evalsvc.db import connect
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.settings import read_settings
from tests.cast import MANAGER, MORNING
settings = read_settings()
database = connect(settings.database_url, settings.peppers)
rounds.destroy_pepper = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
rounds.close_round(Act(database, MANAGER, MORNING), settings, int(sys.argv[1]))
"""


def list_secrets(place: Installation) -> set[str]:
    return {file.name for file in place.settings.peppers.iterdir()}


def start_service(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """As gunicorn does: the module reads the environment and is loaded."""
    for name, value in build_environment(place.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "wsgi", raising=False)
    application = importlib.import_module("wsgi").application
    application.extensions["evalsvc"].database.close()


def leave_drafts(place: Installation, *names: str) -> None:
    """As a writer that was killed after it had linked its secret to the name."""
    for name in names:
        draft = place.settings.peppers / f".{name}.{'5e' * DRAFT_BYTES}"
        draft.write_bytes((place.settings.peppers / name).read_bytes())


def publish(place: Installation, _monkeypatch: pytest.MonkeyPatch) -> None:
    anchors.publish_anchors(place.database, place.settings, MORNING)


@pytest.mark.parametrize("act", [start_service, publish])
def test_the_next_start_and_the_next_anchor_destroy_what_a_killed_closing_left(
    place: Installation,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Installation, pytest.MonkeyPatch], None],
) -> None:
    round_id, other_id, third_id = (
        get_round_id(place, add_panel_city(place, seats=6)) for _ in range(3)
    )
    open_with_cards(place, round_id)
    open_with_cards(place, other_id)
    issue_cards(place, third_id)
    uid, other, third = (
        seasons.get_round(place.database, one).uid for one in (round_id, other_id, third_id)
    )
    killed = subprocess.run(
        [sys.executable, "-c", CLOSE, str(round_id)],
        cwd=PROJECT,
        env={**build_environment(place.settings), "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert seasons.get_round(place.database, round_id).state == "closed"
    still = {other, f"{other}.tray1", third}
    assert list_secrets(place) == {uid, f"{uid}.tray1", *still}
    leave_drafts(place, uid, f"{uid}.tray1")
    for _ in range(2):  # a second time nothing happens
        act(place, monkeypatch)
        assert list_secrets(place) == still

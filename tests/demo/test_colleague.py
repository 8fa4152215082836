"""A walk that lasts longer than a password given is good for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.demo import office
from evalsvc.demo.colleague import OfficeBrowser
from evalsvc.demo.page import Trouble
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from evalsvc.domain.people.sessions import FRESH_FOR, IDLE_LASTS
from evalsvc.models.staff import StaffSession
from tests.cast import Installation, add_panshan, build_installation, get_round_id, issue_cards
from tests.serving import serve

PASSWORD = "一个足够长的演示密码"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def manager(installation: Installation) -> Iterator[OfficeBrowser]:
    """The manager, signed in at a served installation."""
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()),
        "manager",
        "考评办",
        ["manager", "distributor"],
    )
    app = create_app(installation.settings)
    with serve(app) as address:
        colleague = OfficeBrowser(address, "manager", PASSWORD)
        office.begin_account(colleague, secret)
        yield colleague
    app.extensions["evalsvc"].database.close()


@pytest.fixture
def round_id(installation: Installation) -> int:
    """A round that waits for its opening, an act of weight."""
    found = get_round_id(installation, add_panshan(installation), "half_year")
    issue_cards(installation, found)
    return found


def test_the_password_is_given_again_where_the_office_asks(
    installation: Installation, manager: OfficeBrowser, round_id: int
) -> None:
    _let_pass(installation, FRESH_FOR + timedelta(seconds=1))
    office.open_round(manager, round_id)
    assert seasons.get_round(installation.database, round_id).state == "open"


def test_whoever_was_away_too_long_signs_in_again(
    installation: Installation, manager: OfficeBrowser, round_id: int
) -> None:
    _leave(installation, IDLE_LASTS + timedelta(seconds=1))
    assert manager.open(f"/office/rounds/{round_id}").path == f"/office/rounds/{round_id}"


def test_a_form_is_sent_once_more_after_signing_in(
    installation: Installation, manager: OfficeBrowser, round_id: int
) -> None:
    page = manager.open(f"/office/rounds/{round_id}")
    _leave(installation, IDLE_LASTS + timedelta(seconds=1))
    answer = manager.submit(page, page.get_form("/opening"))
    assert answer.path == f"/office/rounds/{round_id}"
    assert seasons.get_round(installation.database, round_id).state == "open"


def test_a_password_that_is_not_taken_ends_the_walk(
    installation: Installation, manager: OfficeBrowser, round_id: int
) -> None:
    _let_pass(installation, FRESH_FOR + timedelta(seconds=1))
    manager.password = "不是这个密码"
    with pytest.raises(Trouble, match="the password was not taken"):
        office.open_round(manager, round_id)
    assert seasons.get_round(installation.database, round_id).state == "issued"


def _leave(installation: Installation, time: timedelta) -> None:
    """As if nobody had asked for a page for so long."""
    with installation.database.writing() as session:
        session.execute(update(StaffSession).values(seen_at=now() - time))


def _let_pass(installation: Installation, time: timedelta) -> None:
    """As if the password had been given so long ago."""
    with installation.database.writing() as session:
        session.execute(update(StaffSession).values(proved_at=now() - time))

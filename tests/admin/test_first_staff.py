"""`first-staff`: the only way to an account that nobody inside has given."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.clock import now
from evalsvc.commands.staff import first_staff
from evalsvc.db import connect
from evalsvc.domain.people import staff


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("EVALSVC_INSTANCE", str(tmp_path))
    monkeypatch.setenv("EVALSVC_PUBLIC_URL", "https://pingyi.example")
    monkeypatch.delenv("EVALSVC_DATABASE_URL", raising=False)
    return CliRunner()


def test_prints_a_link_that_begins_the_account(runner: CliRunner, tmp_path: Path) -> None:
    done = runner.invoke(first_staff, ["wang", "王主任", "administrator", "manager"])
    assert done.exit_code == 0
    start, _, secret = done.stdout.strip().partition("#")
    assert start == "https://pingyi.example/office/link"
    database = connect(f"sqlite:///{tmp_path / 'evalsvc.sqlite'}")
    actor = staff.find_actor(
        database, staff.use_link(database, secret, "十个字以上的一句话一句话", now()), now()
    )
    database.close()
    assert actor is not None
    assert (actor.name, actor.roles) == ("王主任", frozenset({"administrator", "manager"}))


@pytest.mark.parametrize(
    ("roles", "said"),
    [(["distributor", "custodian"], "不能是同一个人"), (["boss"], "boss"), ([], "Choose from")],
)
def test_refuses_roles_that_cannot_be(runner: CliRunner, roles: list[str], said: str) -> None:
    done = runner.invoke(first_staff, ["wang", "王主任", *roles])
    assert done.exit_code != 0
    assert said in done.output

"""Keys for a season on the rounds' pages, and what two custodians meet when they open a box."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from evalsvc.app import create_app
from evalsvc.box.keys import CHEAPEST
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import custody, rounds
from evalsvc.models.staff import StaffSession
from tests.admin.conftest import Clerk
from tests.cast import DEADLINE, MANAGER, MORNING, Installation, add_panshan, get_round_id

pytestmark = pytest.mark.slow

Orders = list[tuple[str, Mapping[str, str]]]
PHRASES = {n: f"第{n}位的口令 一句自己记得住的话" for n in (1, 2, 3)}
SENT = {f"name_{n}": f"保管人{n}" for n in (1, 2, 3)} | {
    f"{part}_{n}": PHRASES[n] for part in ("passphrase", "again") for n in (1, 2, 3)
}


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """An office of several people."""
    made = create_app(replace(installation.settings, small_office=False))
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


@pytest.fixture
def both(installation: Installation) -> tuple[int, int]:
    season_id = add_panshan(installation)
    return get_round_id(installation, season_id, "half_year"), get_round_id(installation, season_id)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    make = custody.make_keys_for_three

    def make_cheaply(*args: object, **given: object) -> None:
        make(*args, cost=CHEAPEST, **given)  # type: ignore[arg-type]  # handed on as they are

    monkeypatch.setattr(custody, "make_keys_for_three", make_cheaply)


def make_and_rehearse(custodian: Clerk, round_id: int) -> None:
    path = f"/rounds/{round_id}"
    assert custodian.post(f"{path}/custodians", SENT | {"reach": "season"}).status == 302
    said = {f"passphrase_{n}": PHRASES[n] for n in (1, 2, 3)}
    assert custodian.post(f"{path}/rehearsal", said).status == 302


def close(installation: Installation, round_id: int) -> None:
    act = Act(installation.database, MANAGER, MORNING)
    rounds.issue(act, installation.settings, round_id, DEADLINE)
    rounds.open_round(act, installation.settings, round_id)
    rounds.close_round(act, installation.settings, round_id)


def pair(first: int, second: int, phrase: str = "") -> dict[str, str]:
    return {
        "first": f"保管人{first}",
        "first_passphrase": PHRASES[first],
        "second": f"保管人{second}",
        "second_passphrase": phrase or PHRASES[second],
    }


def test_made_and_rehearsed_once_for_all_rounds(
    installation: Installation, custodian: Clerk, both: tuple[int, int]
) -> None:
    page = custodian.get(f"/rounds/{both[0]}")
    assert page.has(
        "本年度还没有密钥的各轮，共用一次口令", "还有：年终", "代价：", "--round half_year"
    )
    assert custodian.post(f"/rounds/{both[0]}/custodians", SENT | {"reach": "x"}).status == 422
    make_and_rehearse(custodian, both[0])
    for round_id in both:
        assert custodian.get(f"/rounds/{round_id}").has("2 轮共用一次口令", "等发码员")
        assert seasons.get_round(installation.database, round_id).rehearsed_at


def test_this_round_alone_leaves_the_others_without(
    installation: Installation, custodian: Clerk, both: tuple[int, int]
) -> None:
    custodian.post(f"/rounds/{both[0]}/custodians", SENT | {"reach": "round"})
    assert not seasons.get_round(installation.database, both[1]).has_keys
    assert "共用一次口令" not in custodian.get(f"/rounds/{both[0]}").text


def test_two_different_people_open_and_the_wrong_one_is_named(
    installation: Installation, custodian: Clerk, both: tuple[int, int], started: Orders
) -> None:
    make_and_rehearse(custodian, both[0])
    close(installation, both[0])
    path = f"/rounds/{both[0]}"
    page = custodian.get(path)
    # The first name stands first by itself; below it another is chosen already.
    assert (
        page.html.count("<option selected")
        == page.html.count('<option selected value="保管人2">')
        == 1
    )
    same = custodian.post(f"{path}/box", pair(1, 1))
    assert (same.status, started) == (422, [])
    assert same.has("两位要是不同的人，请另选一位。")
    slip = custodian.post(f"{path}/box", pair(1, 3, find_slip(installation, both[0])))
    assert (slip.status, started) == (403, [])
    assert slip.has("保管人3的口令不对")
    assert custodian.post(f"{path}/box", pair(3, 1)).status == 302
    ((_, given),) = started
    assert json.loads(given["passphrases"]) == {"保管人3": PHRASES[3], "保管人1": PHRASES[1]}


def find_slip(installation: Installation, round_id: int) -> str:
    """A wrong pass-phrase that the byte which is kept tells: one in 256 would fit it."""
    with installation.database.reading() as session:
        row = seasons.get_round_row(session, round_id)
        checks = custody.RoundKey.from_json(row.wrapped_key or "").checks
    return next(
        typed
        for typed in (f"别的一句很长的口令 {n}" for n in range(99))
        if not checks["保管人3"].fits(typed)
    )


def test_identity_is_asked_for_before_anybody_types(
    installation: Installation,
    custodian: Clerk,
    both: tuple[int, int],
    started: Orders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_and_rehearse(custodian, both[0])
    close(installation, both[0])
    path = f"/rounds/{both[0]}"
    assert custodian.get(path).has("各输入自己的口令")  # proved, and shown
    let_grow_stale(installation)
    # What both have typed meanwhile is taken: the page was shown to somebody who had proved it.
    assert custodian.post(f"{path}/box", pair(1, 2)).location.startswith("/office/jobs/")
    stale = custodian.get(path)
    assert stale.has("开箱以前先确认是您本人", "确认身份")
    assert "first_passphrase" not in stale.html
    # Twenty minutes, not longer.
    later = now() + timedelta(minutes=21)
    monkeypatch.setattr("evalsvc.admin.door.access.now", lambda: later)
    assert custodian.post(f"{path}/box", pair(1, 2)).location.startswith("/office/proof")
    assert len(started) == 1


def let_grow_stale(installation: Installation) -> None:
    with installation.database.writing() as session:
        session.execute(update(StaffSession).values(proved_at=now() - timedelta(minutes=11)))


def test_a_page_of_another_round_lets_nobody_finish(
    installation: Installation,
    custodian: Clerk,
    both: tuple[int, int],
    seat: Callable[[str], Clerk],
) -> None:
    make_and_rehearse(custodian, both[0])
    close(installation, both[0])
    close(installation, both[1])
    custodian.get(f"/rounds/{both[0]}")
    let_grow_stale(installation)
    assert custodian.post(f"/rounds/{both[1]}/box", pair(1, 2)).location.startswith("/office/proof")
    other = seat("custodian")  # the same colleague at another browser
    assert other.post(f"/rounds/{both[0]}/box", pair(1, 2)).location.startswith("/office/proof")

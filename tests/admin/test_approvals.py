"""Two people at the pages: opening, exporting, exchanging a card; and what a small office sees."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from flask import Flask

from evalsvc.app import create_app
from evalsvc.box.cards import Card
from evalsvc.box.keys import CHEAPEST
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.people import approvals
from evalsvc.domain.sealing import custody, rounds
from tests.admin.conftest import Clerk
from tests.cast import (
    DEADLINE,
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    get_card,
    get_round_id,
    issue_cards,
    open_with_cards,
)

pytestmark = pytest.mark.slow

Orders = list[tuple[str, Mapping[str, str]]]


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_panel_city(installation)


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """An office of several people."""
    made = create_app(replace(installation.settings, small_office=False))
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


@pytest.fixture
def opened(installation: Installation, season_id: int) -> tuple[int, tuple[Card, ...]]:
    round_id = get_round_id(installation, season_id)
    return round_id, open_with_cards(installation, round_id)


def find_waiting(installation: Installation) -> int:
    (waiting,) = approvals.list_waiting(installation.database)
    return waiting.id


def test_a_round_opens_when_the_auditor_agrees(
    installation: Installation, season_id: int, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    round_id = get_round_id(installation, season_id)
    issue_cards(installation, round_id)
    path = f"/rounds/{round_id}"
    assert manager.get(path).has("要两个人", "提出开始")
    assert manager.post(f"{path}/opening").location == f"/office{path}"
    page = manager.get(path)
    assert page.has("两个人办的事", "等另一位同事用自己的账号同意", "撤回")
    assert "同意</button>" not in page.html
    decision = f"/approvals/{find_waiting(installation)}/decision"
    assert manager.post(decision, {"decision": "agree"}).status == 403
    auditor = seat("auditor")
    assert "同意</button>" in auditor.get(path).html
    assert auditor.get("/").has("两个人办的事", "封存名册、开始接收答卷")
    assert auditor.post(decision, {"decision": "maybe"}).status == 409
    assert auditor.post(decision, {"decision": "agree"}).location == f"/office{path}"
    assert seasons.get_round(installation.database, round_id).state == "open"
    assert auditor.post(decision, {"decision": "agree"}).status == 409


def test_the_audit_package_is_exported_by_whoever_proposed_it(
    installation: Installation,
    season_id: int,
    manager: Clerk,
    seat: Callable[[str], Clerk],
    started: Orders,
) -> None:
    exports = f"/seasons/{season_id}/exports"
    assert manager.post(f"{exports}/audit").location == f"/office{exports}"
    assert started == []
    approval = find_waiting(installation)
    assert manager.post(f"/approvals/{approval}/act").status == 409
    other = seat("plain")
    other.post(f"/approvals/{approval}/decision", {"decision": "agree"})
    assert other.post(f"/approvals/{approval}/act").status == 409
    page = manager.post(f"/approvals/{approval}/act")
    ((job_id, given),) = started
    assert page.location == f"/office/jobs/{job_id}"
    assert given["approval"] == str(approval)
    assert manager.post(f"{exports}/csv").location != f"/office{exports}"  # others need nobody


def test_a_card_is_exchanged_by_two(
    installation: Installation,
    opened: tuple[int, tuple[Card, ...]],
    manager: Clerk,
    seat: Callable[[str], Clerk],
    started: Orders,
) -> None:
    round_id, cards = opened
    path = f"/rounds/{round_id}"
    token = get_card(cards, "panel").token
    assert manager.get(path).has("换发或作废编码", "评议卡不记名，只能凭旧编码办理")
    sent = {"kind": "reissue", "code": token, "reason": "卡淋湿了"}
    assert manager.post(f"{path}/cards", sent).location == f"/office{path}"
    page = manager.get(path)
    assert page.has("换发编码：席位", "卡淋湿了")
    assert token not in page.html
    approval = find_waiting(installation)
    seat("dist").post(f"/approvals/{approval}/decision", {"decision": "agree"})
    manager.post(f"/approvals/{approval}/act")
    ((_, given),) = started
    assert given["approval"] == str(approval)
    assert token not in given.values()


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"kind": "reissue", "reason": "丢了"}, 404, "名册上没有这个人或这个编码"),
        ({"kind": "reissue", "code": "AAAA", "reason": "丢了"}, 422, "这个编码里有输错的地方"),
        ({"kind": "reissue", "named": "无", "group": "leader", "reason": "丢"}, 404, "没有这个人"),
        ({"kind": "other", "reason": "丢了"}, 422, "换发或作废编码"),
        ({"kind": "revoke"}, 422, "请填写原因。"),
    ],
)
def test_a_proposal_that_names_no_card_says_so(
    installation: Installation,
    opened: tuple[int, tuple[Card, ...]],
    manager: Clerk,
    sent: dict[str, str],
    status: int,
    said: str,
) -> None:
    page = manager.post(f"/rounds/{opened[0]}/cards", sent)
    assert page.status == status
    assert page.has(said)
    assert approvals.list_waiting(installation.database) == ()


def test_refused_and_withdrawn_proposals_come_to_nothing(
    installation: Installation,
    opened: tuple[int, tuple[Card, ...]],
    manager: Clerk,
    seat: Callable[[str], Clerk],
) -> None:
    round_id, cards = opened
    sent = {"kind": "revoke", "code": get_card(cards, "panel").token, "reason": "重复发放"}
    for end in ("withdrawal", "decision"):
        manager.post(f"/rounds/{round_id}/cards", sent)
        approval = find_waiting(installation)
        clerk = manager if end == "withdrawal" else seat("auditor")
        clerk.post(f"/approvals/{approval}/{end}", {"decision": "refuse"})
        assert manager.post(f"/approvals/{approval}/act").status == 409
    assert approvals.list_waiting(installation.database) == ()


def test_the_log_is_searched_and_taken_out(
    opened: tuple[int, tuple[Card, ...]], manager: Clerk
) -> None:
    assert opened
    assert manager.get("/log?words=year_end+custodian").has("生成票箱密钥", "演练开箱")
    assert "开始轮次</td>" not in manager.get("/log?verb=issue").html
    assert manager.get("/log?words=nothing-like-it").has("没有找到。")
    assert manager.get("/log?words=%25").has("没有找到。")  # no wildcard
    lines = manager.get("/log.csv?verb=issue").bytes.decode("utf-8-sig").splitlines()
    assert lines[0] == "seq,at,actor,verb,subject,detail,hash"
    assert [line.split(",")[2:4] for line in lines[1:]] == [["manager", "issue"]]
    records = manager.get("/log.jsonl").bytes.decode().splitlines()
    assert [f'"seq": {n},' in line for n, line in enumerate(records, 1)] == [True] * len(records)


def test_three_custodians_make_rehearse_and_any_two_open(
    installation: Installation,
    season_id: int,
    custodian: Clerk,
    started: Orders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = custody.make_keys_for_three

    def make_cheaply(*args: object, **given: object) -> None:
        make(*args, cost=CHEAPEST, **given)  # type: ignore[arg-type]  # handed on as they are

    monkeypatch.setattr(custody, "make_keys_for_three", make_cheaply)
    round_id = get_round_id(installation, season_id)
    path = f"/rounds/{round_id}"
    page = custodian.get(path)
    assert page.has("三人保管，在不联网的电脑上制作密钥（推荐）", "掌控服务器的人那时看得到")
    assert "改用单人保管" not in page.html
    phrases = {n: f"第{n}位的口令 一句自己记得住的话" for n in (1, 2, 3)}
    sent = {f"name_{n}": f"保管人{n}" for n in (1, 2, 3)}
    sent |= {f"{part}_{n}": phrases[n] for part in ("passphrase", "again") for n in (1, 2, 3)}
    unlike = custodian.post(f"{path}/custodians", sent | {"again_2": "x"})
    assert unlike.has("两次输入的口令不一样。")
    assert custodian.post(f"{path}/custodians", sent | {"name_2": "保管人1"}).status == 422
    assert custodian.post(f"{path}/custodians", sent).location == f"/office{path}"
    assert custodian.get(path).has("三人保管，两人开箱：保管人1、保管人2、保管人3", "保管人2的口令")
    said = {f"passphrase_{n}": phrases[n] for n in (1, 2, 3)}
    assert custodian.post(f"{path}/rehearsal", said | {"passphrase_3": "x"}).status == 403
    assert custodian.post(f"{path}/rehearsal", said).location == f"/office{path}"
    place = installation
    rounds.issue(Act(place.database, MANAGER, MORNING), place.settings, round_id, DEADLINE)
    rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    assert custodian.get(path).has("任意两位一起到这台电脑前")
    two = {
        "first": "保管人3",
        "first_passphrase": phrases[3],
        "second": "保管人1",
        "second_passphrase": phrases[1],
    }
    job = custodian.post(f"{path}/box", two)
    ((job_id, given),) = started
    assert job.location == f"/office/jobs/{job_id}"
    assert json.loads(given["passphrases"]) == {"保管人3": phrases[3], "保管人1": phrases[1]}


def test_one_custodian_is_for_small_offices(
    installation: Installation, season_id: int, custodian: Clerk
) -> None:
    round_id = get_round_id(installation, season_id)
    phrase = "一句自己记得住的话 足够长"
    page = custodian.post(f"/rounds/{round_id}/keys", {"passphrase": phrase, "again": phrase})
    assert page.status == 422
    assert page.has("保管人不对：需要三位保管人。")

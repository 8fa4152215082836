"""A round's page from keys to the count: each step allowed, refused, mistyped and done twice."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from evalsvc.backups.record import Backup, write_backups
from evalsvc.box.keys import CHEAPEST
from evalsvc.clock import now
from evalsvc.domain import jobs, purging, seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import custody, rounds
from evalsvc.domain.sealing.opening import open_box
from tests.admin.conftest import Clerk, local
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panshan,
    get_round_id,
    ignore_progress,
    issue_cards,
    open_with_cards,
    set_deadline,
)

pytestmark = pytest.mark.slow

Orders = list[tuple[str, Mapping[str, str]]]
LATER = local(now() + timedelta(days=30))


@pytest.fixture
def round_id(installation: Installation) -> int:
    return get_round_id(installation, add_panshan(installation))


@pytest.fixture
def rehearsed(installation: Installation, round_id: int) -> int:
    database = installation.database
    custody.make_keys(Act(database, CUSTODIAN, MORNING), round_id, PASSPHRASE, cost=CHEAPEST)
    custody.rehearse_opening(Act(database, CUSTODIAN, MORNING), round_id, PASSPHRASE)
    return round_id


def get_state(installation: Installation, round_id: int) -> str:
    return seasons.get_round(installation.database, round_id).state


def test_the_custodian_makes_keys_and_rehearses(
    installation: Installation, custodian: Clerk, round_id: int
) -> None:
    path = f"/rounds/{round_id}"
    assert custodian.get(path).has("单人保管。", "服务器内存里出现片刻", "生成密钥")
    both = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert custodian.post(f"{path}/keys", both).location == f"/office{path}"
    assert custodian.get(path).has("下一步：演练开箱", "单人保管：custodian")
    wrong = custodian.post(f"{path}/rehearsal", {"passphrase": "wrong"})
    assert wrong.status == 403
    assert wrong.has("口令不对", "演练开箱")
    right = custodian.post(f"{path}/rehearsal", {"passphrase": PASSPHRASE})
    assert right.location == f"/office{path}"
    found = seasons.get_round(installation.database, round_id)
    assert (found.has_keys, found.rehearsed_at is not None) == (True, True)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("short", "short", "口令至少要12个字"),
        (PASSPHRASE, "other", "两次输入的口令不一样。"),
        ("", "", "请填写口令。"),
    ],
)
def test_a_pass_phrase_must_be_long_and_typed_twice_alike(
    installation: Installation, custodian: Clerk, round_id: int, first: str, second: str, said: str
) -> None:
    page = custodian.post(f"/rounds/{round_id}/keys", {"passphrase": first, "again": second})
    assert page.status == 422
    assert page.has(said)
    assert not seasons.get_round(installation.database, round_id).has_keys


def test_new_keys_want_a_new_rehearsal(
    installation: Installation, custodian: Clerk, rehearsed: int
) -> None:
    assert custodian.get(f"/rounds/{rehearsed}?again=keys").has("旧口令作废")
    both = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    custodian.post(f"/rounds/{rehearsed}/keys", both)
    assert seasons.get_round(installation.database, rehearsed).rehearsed_at is None


def test_others_are_told_whom_the_round_waits_for(manager: Clerk, round_id: int) -> None:
    page = manager.get(f"/rounds/{round_id}")
    assert page.has("等票箱保管员登录后生成密钥。")
    assert 'type="password"' not in page.html


def test_issuing_starts_a_job_with_the_deadline_of_the_office(
    seat: Callable[[str], Clerk], rehearsed: int, started: Orders
) -> None:
    clerk = seat("dist")
    page = clerk.post(f"/rounds/{rehearsed}/invitations", {"deadline": "2098-12-15T18:00"})
    (order,) = started
    job_id, given = order
    assert page.location == f"/office/jobs/{job_id}"
    deadline = datetime.fromisoformat(given["deadline"]).astimezone(UTC)
    assert deadline == datetime(2098, 12, 15, 10, 0, tzinfo=UTC)
    assert clerk.get(f"/rounds/{rehearsed}").has(
        "在这个浏览器里开始的工作 发码和印制评价信", "等待开始"
    )
    with clerk.client.session_transaction("/office/") as cookie:
        assert [entry[:2] for entry in cookie["files"]] == [[job_id, given["file_key"]]]


@pytest.mark.parametrize("deadline", ["", "tomorrow", "2026-13-45T18:00"])
def test_issuing_wants_a_deadline(
    manager: Clerk, rehearsed: int, started: Orders, deadline: str
) -> None:
    page = manager.post(f"/rounds/{rehearsed}/invitations", {"deadline": deadline})
    assert page.status == 422
    assert page.has("请填写截止时间，例如 2026-12-15 18:00。")
    assert started == []


def test_a_deadline_in_the_past_is_refused_where_it_is_entered(
    manager: Clerk, rehearsed: int, started: Orders
) -> None:
    """It went to a worker, which failed."""
    page = manager.post(f"/rounds/{rehearsed}/invitations", {"deadline": "2018-12-15T18:00"})
    assert page.status == 409
    assert page.has("截止时间要在现在之后")
    assert started == []


def test_closing_early_says_who_has_not_answered(
    installation: Installation, manager: Clerk, round_id: int
) -> None:
    open_with_cards(installation, round_id)
    assert manager.get(f"/rounds/{round_id}").has(
        "提前截止 还没有交答卷的：县领导 2、专项行动领导小组办公室 1、"
    )


def test_opens_once_when_codes_are_out(
    installation: Installation, manager: Clerk, round_id: int
) -> None:
    early = manager.post(f"/rounds/{round_id}/opening")
    assert early.status == 409
    issue_cards(installation, round_id)
    assert manager.get(f"/rounds/{round_id}").has("考评方案从此锁定")
    assert manager.post(f"/rounds/{round_id}/opening").location == f"/office/rounds/{round_id}"
    assert get_state(installation, round_id) == "open"
    assert manager.post(f"/rounds/{round_id}/opening").status == 409


def test_turnout_shows_numbers_and_nobody(
    installation: Installation, manager: Clerk, round_id: int
) -> None:
    cards = open_with_cards(installation, round_id)
    page = manager.get(f"/rounds/{round_id}")
    assert page.has("正在接收答卷", "县领导 2 0 0.0%", "部门评镇（街道）、园区 6 0 0.0%")
    for card in cards:
        assert card.token not in page.html
        assert card.group == "office" or card.addressee not in page.text


def test_closing_wants_the_word_and_cannot_be_undone(
    installation: Installation, manager: Clerk, round_id: int
) -> None:
    open_with_cards(installation, round_id)
    wrong = manager.post(f"/rounds/{round_id}/closing", {"word": "是"})
    assert wrong.status == 422
    assert wrong.has("请输入“截止”两个字。")
    assert get_state(installation, round_id) == "open"
    done = manager.post(f"/rounds/{round_id}/closing", {"word": "截止"})
    assert done.location == f"/office/rounds/{round_id}"
    assert get_state(installation, round_id) == "closed"
    assert manager.post(f"/rounds/{round_id}/closing", {"word": "截止"}).status == 409


def test_a_late_round_asks_to_be_closed(
    installation: Installation, manager: Clerk, round_id: int
) -> None:
    open_with_cards(installation, round_id)
    set_deadline(installation, round_id, now() - timedelta(hours=1))
    assert manager.get(f"/rounds/{round_id}").has("已过截止时间。", "下一步：截止")


def test_opening_the_box_starts_a_job_that_gets_the_pass_phrase_in_secret(
    installation: Installation, custodian: Clerk, round_id: int, started: Orders
) -> None:
    open_with_cards(installation, round_id)
    rounds.close_round(
        Act(installation.database, MANAGER, MORNING), installation.settings, round_id
    )
    assert custodian.get(f"/rounds/{round_id}").has("单人保管。", "打开票箱")
    assert custodian.post(f"/rounds/{round_id}/box", {"passphrase": ""}).status == 422
    page = custodian.post(f"/rounds/{round_id}/box", {"passphrase": PASSPHRASE})
    (order,) = started
    job_id, given = order
    assert page.location == f"/office/jobs/{job_id}"
    assert json.loads(given["passphrases"]) == {"custodian": PASSPHRASE}
    job = jobs.get_job(installation.database, job_id, now())
    assert PASSPHRASE not in repr(job)


@pytest.fixture
def counted(installation: Installation, round_id: int) -> int:
    """A round whose box is open; everything is deleted as from this morning on."""
    open_with_cards(installation, round_id)
    rounds.close_round(
        Act(installation.database, MANAGER, MORNING), installation.settings, round_id
    )
    open_box(
        Act(installation.database, CUSTODIAN, MORNING),
        installation.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    return round_id


def test_destruction_says_what_is_gone_what_is_purged_and_what_people_must_delete(
    seat: Callable[[str], Clerk],
    installation: Installation,
    counted: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[object] = []
    monkeypatch.setattr(jobs, "start_purge", begun.append)
    kept = installation.settings.instance / "kept.sqlite"
    kept.write_bytes(b"")
    write_backups(
        installation.settings,
        [
            Backup(str(path), (MORNING + timedelta(days=days)).isoformat(), "", 0, "sqlite")
            for path, days in ((kept.with_name("gone.sqlite"), 2), (kept, 1), ("/before", -1))
        ],
    )
    custodian = seat("custodian")
    page = custodian.get(f"/rounds/{counted}")
    assert page.has("按下后立即从数据库删除", "kept.sqlite", "gone.sqlite", "文件已不在")
    assert "/before" not in page.text  # made before there was anything to hold

    assert custodian.post(f"/rounds/{counted}/destruction", {"word": "销毁"}).status == 302
    assert begun == [installation.settings]
    page = custodian.get(f"/rounds/{counted}")
    assert page.has("正在清除。", "最多一小时内自动清除", "kept.sqlite")

    purging.purge(installation.database, now())
    page = custodian.get(f"/rounds/{counted}")
    assert page.has("已清除，", "检查过。", "kept.sqlite")
    assert "正在清除" not in page.text


def test_what_hinders_the_purge_stands_on_the_page_in_plain_words(
    seat: Callable[[str], Clerk],
    installation: Installation,
    counted: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes = frozenset(
        {"owner", "in_use", "open_round", "log_rights", "log_kept", "log_archive", "standby"}
    )
    custody.destroy_keys(
        Act(installation.database, CUSTODIAN, MORNING), installation.settings, counted
    )
    monkeypatch.setattr(purging, "erase", lambda *_, **__: codes)
    purging.purge(installation.database, MORNING)

    page = seat("custodian").get(f"/rounds/{counted}")

    assert page.has(
        "正在清除。",
        "由每小时自动运行的清除任务完成",
        "下一小时自动再清一次",
        "docs/postgresql-purge.sql",
        "wal_keep_size",
        "另有归档",
        "备用服务器",
        "等它截止以后自动清除",
    )

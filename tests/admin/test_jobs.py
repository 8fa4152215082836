"""A job's page: progress, failure, and a file for the browser that asked for it."""

from collections.abc import Callable, Mapping

import pytest

from evalsvc.clock import now
from evalsvc.domain import jobs
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from evalsvc.domain.sealing import rounds
from evalsvc.text import Text
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, Installation, add_panshan, get_round_id, issue_cards

PASSWORD = "十个字以上的一句话一句话"
Orders = list[tuple[str, Mapping[str, str]]]


@pytest.fixture
def order(
    installation: Installation, manager: Clerk, started: Orders
) -> tuple[str, Mapping[str, str]]:
    """A print run that the manager has asked for."""
    round_id = get_round_id(installation, add_panshan(installation))
    manager.post(f"/rounds/{round_id}/invitations", {"deadline": "2098-12-15T18:00"})
    return started[0]


@pytest.fixture
def printed(installation: Installation, order: tuple[str, Mapping[str, str]]) -> str:
    """The same, once its worker has made the file."""
    job_id, given = order
    jobs.write_file(installation.settings, job_id, given["file_key"], b"the codes")
    jobs.finish_job(installation.database, job_id, "letters.zip")
    return job_id


def test_shows_how_far_the_work_is(
    installation: Installation, manager: Clerk, order: tuple[str, Mapping[str, str]]
) -> None:
    job_id, _ = order
    assert manager.get(f"/jobs/{job_id}").has("发码和印制评价信", "等待开始", "正在准备。")
    jobs.report_progress(installation.database, job_id, 30, 120, now())
    page = manager.get(f"/jobs/{job_id}")
    assert page.has("进行中", "已完成 30，共 120")
    assert 'max="120" value="30"' in page.html
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.html


def test_says_why_it_failed(
    installation: Installation, manager: Clerk, order: tuple[str, Mapping[str, str]]
) -> None:
    jobs.fail_job(installation.database, order[0], Text("打印机没有纸", "no paper"))
    assert manager.get(f"/jobs/{order[0]}").has("没有完成", "打印机没有纸")


def test_keeps_the_codes_until_they_are_said_to_be_safe(
    installation: Installation, manager: Clerk, printed: str
) -> None:
    assert manager.get(f"/jobs/{printed}").has("可以反复下载", "下载 letters.zip", "已保存，删除")
    for _ in range(2):
        page = manager.post(f"/jobs/{printed}/file")
        assert page.bytes == b"the codes"
        assert page.answer.headers["Content-Disposition"] == "attachment; filename=letters.zip"
    assert manager.post(f"/jobs/{printed}/deletion").location == f"/office/jobs/{printed}"
    assert list(installation.settings.spool.iterdir()) == []
    gone = manager.post(f"/jobs/{printed}/file")
    assert gone.status == 410
    assert gone.has("轮次开始之前可以重新发码，先前的信随之作废")
    assert manager.get(f"/jobs/{printed}").has("文件已从服务器删除", "可以在轮次页重新发码")


def test_a_lost_file_says_that_it_is_gone(
    installation: Installation, manager: Clerk, printed: str
) -> None:
    jobs.delete_file(installation.settings, printed)
    assert manager.post(f"/jobs/{printed}/file").status == 410
    assert manager.get(f"/jobs/{printed}").has("文件已从服务器删除")


def test_opening_the_round_removes_the_print_run(
    installation: Installation, manager: Clerk, printed: str
) -> None:
    place = installation
    round_id = get_round_id(place, 1)
    issue_cards(place, round_id)
    assert manager.post(f"/jobs/{printed}/file").bytes == b"the codes"
    rounds.open_round(Act(place.database, MANAGER, now()), place.settings, round_id)
    assert manager.post(f"/jobs/{printed}/file").status == 410


def test_looking_at_the_page_takes_nothing(
    installation: Installation, manager: Clerk, printed: str
) -> None:
    manager.get(f"/jobs/{printed}")
    assert manager.get(f"/jobs/{printed}/file").status in {404, 405}
    assert len(list(installation.settings.spool.iterdir())) == 1


def test_is_nobody_elses(seat: Callable[[str], Clerk], printed: str) -> None:
    other = seat("plain")
    assert other.get(f"/jobs/{printed}").status == 404
    assert other.post(f"/jobs/{printed}/file").status == 404


def test_another_browser_of_the_same_colleague_has_no_key(
    seat: Callable[[str], Clerk], printed: str
) -> None:
    assert seat("manager").get(f"/jobs/{printed}").has("只能在开始这项工作的浏览器里下载")


def test_the_file_outlives_a_session_but_not_signing_out(
    installation: Installation, manager: Clerk, printed: str
) -> None:
    secret = staff.make_link(
        Act(installation.database, build_outsider("test"), now()), "manager", "考评办", ["manager"]
    )
    sent = {"link": secret, "password": PASSWORD, "again": PASSWORD}
    assert manager.post("/link", sent).location == "/office/"
    assert manager.get(f"/jobs/{printed}").has("下载 letters.zip")
    manager.post("/sign-out")
    manager.post("/sign-in", {"login": "manager", "password": PASSWORD})
    assert manager.get(f"/jobs/{printed}").has("只能在开始这项工作的浏览器里下载")


def test_saved_letters_and_the_beginning_are_one_press(
    installation: Installation, manager: Clerk, printed: str
) -> None:
    round_id = get_round_id(installation, 1)
    path = f"/jobs/{printed}/beginning"
    assert manager.get(f"/jobs/{printed}").has("已保存，开始接收答卷")
    # No code is issued yet, so the round can't begin: the letters stay to be fetched.
    assert manager.post(path).status == 409
    assert manager.post(f"/jobs/{printed}/file").bytes == b"the codes"
    issue_cards(installation, round_id)
    assert manager.post(path).location == f"/office/rounds/{round_id}"
    assert manager.get(f"/rounds/{round_id}").has("正在接收答卷")
    assert manager.post(f"/jobs/{printed}/file").status == 410
    assert manager.post(path).status == 409
    assert manager.post("/jobs/none/beginning").status == 404

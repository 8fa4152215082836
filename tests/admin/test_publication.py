"""The pages of a published result: the office's, the liaison's, the answers to reviews."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta

import pypdf
import pytest

from evalsvc.clock import now
from evalsvc.domain import jobs
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import publications, publishing, reviews
from evalsvc.domain.office_days import office_day
from evalsvc.work.worker import do_job
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, Installation
from tests.office_cast import add_computed, add_liaison, add_published, change_figure, shut_boxes

pytestmark = pytest.mark.slow

Orders = list[tuple[str, Mapping[str, str]]]
QUESTION = "对过程考核的得分有疑问，全年任务已经完成，请复核。"


def period(days: int = 7) -> dict[str, str]:
    today = office_day(now())
    return {
        "first_day": today.isoformat(),
        "audience": "public",
        "extent": "all",
        "last_day": (today + timedelta(days=days - 1)).isoformat(),
    }


def test_an_office_publishes_a_version(installation: Installation, manager: Clerk) -> None:
    season_id = add_computed(installation)
    path = f"/seasons/{season_id}/publication"
    assert manager.get(path).has("还没有拟定", "拟定这个版本", "公示 5 到 7 天")
    assert manager.post(path).location == f"/office{path}"
    assert manager.post(path).status == 409
    assert manager.get(path).has("第 1 版 · 拟定", "开始公示")
    assert manager.post(f"{path}/1/period", period(8)).has("公示期应为 5 到 7 天")
    assert manager.post(f"{path}/1/period", {**period(), "first_day": "明天"}).has("请填写日期")
    assert manager.post(f"{path}/1/period", {**period(), "audience": "moon"}).status == 422
    assert manager.post(f"{path}/1/period", period()).location == f"/office{path}"
    assert manager.post(f"{path}/1/period", period()).status == 409
    assert manager.get(path).has("第 1 版 · 公示", "看公示页", "部门06 1 96.00")
    assert manager.post(f"{path}/1/final").has("公示和复核期到")
    assert manager.post(f"{path}/2/period", period()).status == 404


def test_nothing_is_published_before_it_is_computed(manager: Clerk) -> None:
    manager.post(
        "/seasons/new", {"title": "空", "office": "办", "contact": "1", "scheme": "panshan-2018"}
    )
    assert manager.get("/seasons/1/publication").has("先计算结果")
    assert manager.post("/seasons/1/publication").has("没有办理：还没有计算结果")


def test_terms_are_set_in_whole_days(installation: Installation, manager: Clerk) -> None:
    path = f"/seasons/{add_computed(installation)}/publication"
    terms = {"shown_least": "3", "shown_most": "4", "review_days": "5", "answer_days": "6"}
    assert manager.post(f"{path}/terms", terms).status == 302
    assert manager.get(path).has("公示 3 到 4 天；5 天内可以申请复核；收到申请 6 天内答复。")
    for wrong in ({"shown_least": "五"}, {"review_days": "0"}, {"shown_least": "9"}):
        assert manager.post(f"{path}/terms", {**terms, **wrong}).status == 422


def test_liaisons_are_bound_and_unbound(installation: Installation, manager: Clerk) -> None:
    season_id = add_computed(installation)
    path = f"/seasons/{season_id}/liaisons"
    binding = {"login": "liaison", "code": "u01"}
    assert manager.post(path, binding).status == 302
    assert manager.get(f"/seasons/{season_id}/publication").has("部门01 liaison同事（liaison）")
    for wrong in ({"login": "auditor"}, {"login": "nobody"}, {"code": "u99"}, {"code": ""}):
        assert manager.post(path, {**binding, **wrong}).status == 422
    assert manager.post(f"{path}/removal", binding).status == 302
    assert manager.get(f"/seasons/{season_id}/publication").has("还没有绑定联络员")


def test_a_liaison_sees_the_own_unit_and_no_other(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    season_id = add_published(installation, now())
    liaison = seat("liaison")
    assert liaison.get(f"/seasons/{season_id}/own").has("还没有绑定单位")
    add_liaison(installation, season_id)
    page = liaison.get(f"/seasons/{season_id}/own/u01")
    assert page.has("部门01", "总分 91.00 · 名次 6，本类共 6 个", "提交复核申请")
    assert "部门02" not in page.text
    assert liaison.get(f"/seasons/{season_id}/own/u02").status == 403
    assert liaison.get(f"/seasons/{season_id}/own/u02/notice.pdf").status == 403
    assert liaison.get(f"/seasons/{season_id}/results/u01").status == 403


def test_nobody_sees_a_result_before_its_first_day(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    season_id = add_published(installation, now() + timedelta(days=2))
    add_liaison(installation, season_id)
    liaison = seat("liaison")
    assert liaison.get(f"/seasons/{season_id}/own").has("结果还没有公示")
    assert liaison.get(f"/seasons/{season_id}/own/u01").status == 404


def test_the_notice_has_two_pages_and_no_other_units_name(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    season_id = add_published(installation, now())
    add_liaison(installation, season_id)
    page = seat("liaison").get(f"/seasons/{season_id}/own/u01/notice.pdf")
    pages = pypdf.PdfReader(io.BytesIO(page.bytes)).pages
    text = "".join(each.extract_text() for each in pages)
    assert len(pages) == 2
    assert "部门01" in text
    assert [n for n in range(2, 7) if f"部门{n:02d}" in text] == []


def test_a_review_is_asked_for_and_answered(
    installation: Installation, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    season_id = add_published(installation, now())
    add_liaison(installation, season_id)
    liaison, path = seat("liaison"), f"/seasons/{season_id}/own/u01"
    assert liaison.post(path, {"text": "太低"}).has("10 到 2000 个字")
    assert liaison.post(path, {"text": ""}).has("请写明对哪一项有疑问")
    assert liaison.post(path, {"text": QUESTION}).status == 302
    assert liaison.post(path, {"text": QUESTION}).status == 409
    assert liaison.get(path).has("等待答复", QUESTION)
    assert manager.get(f"/seasons/{season_id}/publication").has("有 1 件复核申请等待答复。")
    assert manager.get(f"/seasons/{season_id}/reviews").has("部门01 对第 1 版", QUESTION)
    assert manager.post("/reviews/1", {"answer": "核对无误。"}).has("请选一种答复。")
    assert manager.post("/reviews/1", {"verdict": "upheld"}).has("请写明理由。")
    assert manager.post("/reviews/1", {"verdict": "corrected", "answer": "有误"}).status == 409
    assert manager.post("/reviews/1", {"verdict": "upheld", "answer": "核对无误。"}).status == 302
    assert manager.post("/reviews/1", {"verdict": "upheld", "answer": "核对无误。"}).status == 409
    assert manager.post("/reviews/9", {"verdict": "upheld", "answer": "核对无误。"}).status == 404
    assert liaison.get(path).has("维持原结果", "核对无误。")


def test_a_correction_shows_what_changed_and_why(
    installation: Installation, manager: Clerk, stranger: Clerk
) -> None:
    season_id = add_published(installation, now())
    liaison = add_liaison(installation, season_id)
    asked = reviews.ask_review(
        Act(installation.database, liaison, now()), season_id, "u01", QUESTION
    )
    change_figure(installation, season_id, "u01", "95")
    answer = {"verdict": "corrected", "answer": "录入有误，91改为95。"}
    assert manager.post(f"/reviews/{asked}", answer).status == 302
    path = f"/seasons/{season_id}/publication"
    page = manager.get(path)
    assert page.has("第 2 版 更正第 1 版", "录入有误，91改为95。", "部门01 91.00 95.00 6 2")
    manager.post(f"{path}/2/period", period())
    newest = stranger.client.get(f"/results/{season_id}").get_data(as_text=True)
    old = stranger.client.get(f"/results/{season_id}/1").get_data(as_text=True)
    assert "这一版更正了第 1 版。" in newest
    assert "录入有误，91改为95。" in newest
    assert "这是第 1 版，已经更正。" in old
    assert "91.00" in old


def test_archiving_is_a_job(installation: Installation, manager: Clerk, started: Orders) -> None:
    season_id = add_published(installation, now() - timedelta(days=30))
    path = f"/seasons/{season_id}/publication/1"
    assert manager.post(f"{path}/final").status == 302
    assert manager.post(f"{path}/archive").location.startswith("/office/jobs/")
    database = installation.database
    shut_boxes(installation, season_id)
    do_job(database, installation.settings, *started[0])
    assert jobs.get_job(database, started[0][0], now()).state == "done"
    (kept,) = publications.list_publications(database, season_id)
    assert kept.state == "archived"
    assert manager.get(f"/seasons/{season_id}/publication").has("已归档", kept.public_sha256 or "")


@pytest.mark.slow
def test_every_unit_gets_its_notice(
    installation: Installation, manager: Clerk, started: Orders
) -> None:
    season_id = add_published(installation, now())
    path = f"/seasons/{season_id}/publication"
    assert manager.post(f"{path}/1/notices").location.startswith("/office/jobs/")
    assert manager.post(f"{path}/9/notices").status == 404
    do_job(installation.database, installation.settings, *started[0])
    bundle = jobs.read_file(installation.settings, started[0][0], started[0][1]["file_key"])
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        assert sorted(file.namelist()) == [f"u{n:02d}.pdf" for n in range(1, 11)]


@pytest.mark.parametrize("path", ["publication", "reviews"])
def test_pages_ask_no_more_for_more_versions(
    installation: Installation,
    manager: Clerk,
    count_queries: Callable[[Callable[[], object]], int],
    path: str,
) -> None:
    season_id = add_published(installation, now())
    add_liaison(installation, season_id)
    address = f"/seasons/{season_id}/{path}"
    one = count_queries(lambda: manager.get(address))
    for value in ("95", "96", "97"):
        change_figure(installation, season_id, "u01", value)
        publishing.propose(Act(installation.database, MANAGER, now()), season_id, "录入有误")
    assert count_queries(lambda: manager.get(address)) == one

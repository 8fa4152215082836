"""Attached files at the office's door: sent with a form, fetched, refused with a reason."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments
from evalsvc.domain.preparing import figures
from evalsvc.domain.preparing.figures import Figures
from tests.admin.conftest import Clerk, Page
from tests.cast import MANAGER, Installation
from tests.domain.test_attachments import PRAISE
from tests.office_cast import SAFETY, add_assessor, add_bodies_season, add_liaison
from tests.test_attached import PDF

pytestmark = pytest.mark.slow


@pytest.fixture
def season_id(installation: Installation) -> int:
    found = add_bodies_season(installation)
    add_assessor(installation, found)
    deadline = now() + timedelta(days=9)
    assessments.ask_for_sheets(Act(installation.database, MANAGER, now()), found, deadline)
    return found


@pytest.fixture
def assessor(seat: Callable[[str], Clerk]) -> Clerk:
    return seat("assessor")


def send(
    clerk: Clerk, season_id: int, name: str = "安全台账.pdf", content: bytes = PDF, **place: str
) -> Page:
    return clerk.post(
        f"/seasons/{season_id}/attachments", {"file": (io.BytesIO(content), name), **place}
    )


def at_sheet(item: str = SAFETY) -> dict[str, str]:
    return {
        "subject": "sheet",
        "round": "year_end",
        "body": "emergency",
        "unit": "u01",
        "item": item,
    }


def test_a_file_is_sent_shown_and_fetched(
    season_id: int, assessor: Clerk, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    path = f"/seasons/{season_id}/sheets/year_end/emergency"
    assert send(assessor, season_id, **at_sheet()).location == f"/office{path}"
    assert send(assessor, season_id, **at_sheet("")).location == f"/office{path}"
    page = manager.get(path)
    assert page.has("佐证材料", "安全台账.pdf", "部门01 安全生产工作", "部门01 说明")
    answer = manager.get("/attachments/1").answer
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E5%AE%89%E5%85%A8" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert seat("auditor").get("/attachments/1").status == 200
    assert seat("liaison").get("/attachments/1").status == 403
    assert seat("dist").get("/attachments/1").status == 403
    assert manager.get("/attachments/99").status == 404


def test_a_refused_file_is_told_on_the_page(season_id: int, assessor: Clerk) -> None:
    page = send(assessor, season_id, "台账.pdf", b"<html>", **at_sheet())
    assert (page.status, page.has("内容不是 PDF", "应急局 · 年终")) == (422, True)
    assert send(assessor, season_id, "", b"", **at_sheet()).has("请选择文件")
    assert send(assessor, season_id, **{**at_sheet(), "unit": "u99"}).status == 409
    assert send(assessor, season_id, **{**at_sheet(), "body": "secrets"}).status == 403
    assert send(assessor, season_id, subject="card").status == 404


def test_what_is_taken_away_is_told_with_its_reason(
    season_id: int, assessor: Clerk, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/sheets/year_end/emergency"
    send(assessor, season_id, **at_sheet())
    away = "/attachments/1/removal"
    assert assessor.post(away, {"reason": ""}).has("请写明为什么撤下")
    assert assessor.post(away, {"reason": "传错了"}).location == f"/office{path}"
    assert manager.get(path).has("撤下：传错了")
    assert assessor.get("/attachments/1").status == 403
    assert manager.get("/attachments/1").status == 200


def test_units_see_and_support_their_own_adjustments(
    installation: Installation, season_id: int, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    add_liaison(installation, season_id, "u02")
    figures.import_figures(
        Act(installation.database, MANAGER, now()), season_id, Figures((), (PRAISE,))
    )
    path = f"/seasons/{season_id}/adjustments"
    assert send(manager, season_id, subject="adjustment", item="1").location == f"/office{path}"
    assert manager.get(path).has("1 条加减分，1 份材料", "县政发〔2018〕3号", "安全台账.pdf")
    liaison = seat("liaison")
    assert liaison.get(path).has("0 条加减分，0 份材料")
    assert send(liaison, season_id, subject="adjustment", item="1").status == 403
    add_liaison(installation, season_id, "u01")
    assert liaison.get(path).has("安全台账.pdf")
    english = liaison.get(f"{path}?lang=en")
    assert english.has("Evidence for adjustments", "Adjustments: 1; files: 1")

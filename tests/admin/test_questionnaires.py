"""Questionnaires: out as a workbook, changed in it, checked, put in the place of the old one."""

import io
from pathlib import Path

import openpyxl
import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from tests.admin.conftest import Clerk, Page
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    get_round_id,
    issue_cards,
)
from tests.xlsform.limesurvey.saving import G, Q, save

pytestmark = pytest.mark.slow

JOINED = Path(__file__).parents[1] / "data" / "schemes" / "joined-conditions.yaml"


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_panel_city(installation)


def get_path(season_id: int) -> str:
    return f"/seasons/{season_id}/questionnaires"


def change(workbook: bytes, cells: dict[str, str]) -> bytes:
    """A workbook with cells of its survey sheet replaced."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for place, text in cells.items():
        book["survey"][place] = text
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def send(clerk: Clerk, season_id: int, content: bytes) -> Page:
    return clerk.post(get_path(season_id), {"workbook": (io.BytesIO(content), "问卷.xlsx")})


def test_a_changed_title_goes_through_the_workbook_into_the_scheme(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    before = seasons.get_season(installation.database, season_id).scheme
    code = next(iter(before.questionnaires))
    page = manager.get(get_path(season_id))
    assert page.has(before.questionnaires[code].title.zh, "下载为工作簿（XLSForm）")
    workbook = manager.get(f"{get_path(season_id)}/{code}.xlsx").bytes
    sheet = openpyxl.load_workbook(io.BytesIO(workbook))["survey"]
    headings = [cell.value for cell in sheet[1]]
    first = before.questionnaires[code].asked[0].question
    row = next(r for r in sheet.iter_rows(min_row=2) if r[1].value == first.code)[0].row
    column = openpyxl.utils.get_column_letter(headings.index("label::中文 (zh)") + 1)
    changed = change(workbook, {f"{column}{row}": "换过的题目"})
    assert send(manager, season_id, changed).location == f"/office{get_path(season_id)}/check"
    assert manager.get(f"{get_path(season_id)}/check").has("可以导入", "改动 1 题")
    assert seasons.get_season(installation.database, season_id).scheme == before
    assert manager.post(f"{get_path(season_id)}/import").has("已换上：新增 0 题，改动 1 题")
    after = seasons.get_season(installation.database, season_id).scheme.questionnaires[code]
    assert after.asked[0].question.title.zh == "换过的题目"
    assert after.asked[1:] == before.questionnaires[code].asked[1:]


def test_when_a_question_is_asked_is_said_in_words(
    installation: Installation, manager: Clerk
) -> None:
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING), "年度", "考评办", "0427", JOINED.read_text()
    )
    page = manager.get(get_path(season_id))
    assert page.has(
        "必答；只有“工作”选了“差”，或者（“打过交道吗”选了“是”，并且",
        "只有“办过什么事”选了“办证”才问",
    )


def test_a_question_that_is_scored_cannot_be_renamed_away(
    manager: Clerk, installation: Installation, season_id: int
) -> None:
    scheme = seasons.get_season(installation.database, season_id).scheme
    code = next(iter(scheme.questionnaires))
    first = scheme.questionnaires[code].asked[0].question.code
    workbook = manager.get(f"{get_path(season_id)}/{code}.xlsx").bytes
    sheet = openpyxl.load_workbook(io.BytesIO(workbook))["survey"]
    place = next(c.coordinate for r in sheet.iter_rows() for c in r if c.value == first)
    send(manager, season_id, change(workbook, {place: "renamed"}))
    page = manager.get(f"{get_path(season_id)}/check")
    assert page.has("还不能导入", "方案不能这样用这份问卷")
    assert manager.post(f"{get_path(season_id)}/import").location.endswith("/check")
    assert seasons.get_season(installation.database, season_id).scheme == scheme


def test_what_has_no_counterpart_is_named_by_its_cell(manager: Clerk, season_id: int) -> None:
    code = "panel"
    workbook = manager.get(f"{get_path(season_id)}/{code}.xlsx").bytes
    rows = openpyxl.load_workbook(io.BytesIO(workbook))["survey"].max_row
    cells = {f"A{rows + 1}": "geopoint", f"B{rows + 1}": "where"}
    send(manager, season_id, change(workbook, cells))
    page = manager.get(f"{get_path(season_id)}/check")
    assert page.has(f"A{rows + 1}", "本系统不采集位置")


def test_a_survey_of_limesurvey_is_checked_as_the_workbook_it_becomes(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    units = {f"SQ{n}": (f"部门{n:02}", "") for n in range(1, 4)}
    asked = [
        Q("F", "other", parts=units, answers={"A": ("好", "Good"), "B": ("差", "Bad")}),
        Q("1", "dual", parts=units),
        Q("S", "why"),
    ]
    assert manager.get(get_path(season_id)).has("LimeSurvey 的 lss")
    send(manager, season_id, save([G(("一", "One"), asked)], 630))
    page = manager.get(f"{get_path(season_id)}/check")
    assert page.has("各行是名册里的单位", "没有双量表的题", "limesurvey-1")
    assert b'accept=".xlsx,.lss"' in page.bytes
    assert send(manager, season_id, b"<document><LimeSurveyDocType>Survey").has("已损坏")


def test_after_issuing_nothing_is_replaced(installation: Installation, manager: Clerk) -> None:
    season_id = add_panshan(installation)
    workbook = manager.get(f"{get_path(season_id)}/ranking.xlsx").bytes
    issue_cards(installation, get_round_id(installation, season_id))
    page = manager.get(get_path(season_id))
    assert page.has("已经发码，不能再改")
    assert "换上改好的问卷" not in page.text
    renamed = change(workbook, {"C2": "新的说明"})
    send(manager, season_id, renamed)
    assert manager.post(f"{get_path(season_id)}/import").status == 409


def test_an_unknown_questionnaire_is_not_found(manager: Clerk, season_id: int) -> None:
    assert manager.get(f"{get_path(season_id)}/nowhere.xlsx").status == 404

"""The page on which comments are reviewed: choices, reasons, filters, and who may not."""

from collections.abc import Callable

import pytest

from evalsvc.domain.words import comments
from evalsvc.domain.words.comments import CommentQuery
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, Installation
from tests.comment_cast import add_commented, publish

pytestmark = pytest.mark.slow

# In the order of their numbers, 1 to 3.
FAST, RUDE, WANG = "办事快", "态度差，打13804270000", "窗口王大力很好"
WRITTEN = {"u01": [FAST, FAST, RUDE], "u02": [FAST], "": [WANG]}
NUMBER = {text: number for number, text in enumerate(sorted((FAST, RUDE, WANG)), 1)}
Seat = Callable[[str], Clerk]


@pytest.fixture
def season_id(installation: Installation) -> int:
    found, _ = add_commented(installation, WRITTEN)
    return found


def chosen(text: str, choice: str, **more: str) -> dict[str, str]:
    """What the page posts for one comment of the last round."""
    place = f"1.{NUMBER[text]}"
    return {f"choice.{place}": choice, **{f"{part}.{place}": value for part, value in more.items()}}


def states(installation: Installation, season_id: int) -> dict[str, str]:
    page = comments.list_for_review(installation.database, season_id, CommentQuery(""), MANAGER)
    return {row.text or row.wording: row.state for row in page.rows}


def test_a_manager_decides_on_a_page_at_once(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/comments"
    page = manager.get(path)
    assert page.has("已审 0 种，共 3 种说法", "单位01 2 条，单位02 （共 3 条，一并决定）")
    assert page.has("像电话号码：13804270000", "不针对单位")
    posted = {
        **chosen(FAST, "public", wording="留在别的栏里的话", reason="abuse"),
        **chosen(RUDE, "withheld", reason="personal"),
        **chosen(WANG, "reworded", wording="窗口人员很好"),
    }
    assert manager.post(path, posted).location == f"/office{path}?state=waiting&unit="
    assert states(installation, season_id) == {
        FAST: "public",
        RUDE: "withheld",
        "窗口人员很好": "public",
    }
    assert manager.get(path).has("都审过了", "已审 3 种，共 3 种说法")
    assert manager.get(f"{path}?state=withheld").has("不公开：涉及他人隐私 manager")
    reworded = manager.get(f"{path}?state=public")
    assert reworded.has("窗口人员很好", "原文只有监督审计员能看")
    assert WANG not in reworded.text


def test_what_is_missing_is_said_beside_the_comment_and_nothing_is_written(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/comments"
    for wrong, said in (
        (chosen(RUDE, "withheld"), "不公开的要选一个理由。"),
        (chosen(RUDE, "reworded", wording=" "), "请写改写后的话"),
        (chosen(RUDE, "reworded", wording="改" * 501), "请写改写后的话"),
        (chosen(RUDE, "moon"), "请选公开、改写后公开、内部或不公开。"),
        (chosen(RUDE, "withheld", reason="moon"), "不公开的要选一个理由"),
    ):
        page = manager.post(path, {**chosen(FAST, "public"), **wrong})
        assert page.status == 422
        assert page.has(said)
    assert 'value="public" checked' in page.html  # what was chosen stays chosen
    assert set(states(installation, season_id).values()) == {"waiting"}
    assert manager.post(path, {"choice.1.99": "public"}).status == 404
    assert manager.post(path, {"choice.x": "public"}).status == 302
    assert manager.post("/seasons/99/comments", chosen(FAST, "public")).status == 404


def test_a_decision_is_taken_back_until_it_is_published(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/comments"
    place = {"place": f"1.{NUMBER[FAST]}"}
    manager.post(path, chosen(FAST, "public"))
    assert manager.get(f"{path}?state=public").has("撤回，重新审")
    back = manager.post(f"{path}/return?state=public", place)
    assert back.location == f"/office{path}?state=public&unit="
    assert manager.post(f"{path}/return", place).status == 404
    assert manager.post(f"{path}/return", {"place": "x"}).status == 404
    manager.post(path, chosen(FAST, "public"))
    publish(installation, season_id, 1)
    assert manager.get(f"{path}?state=public").has("已随公布的版本公开，不再改")
    assert manager.post(f"{path}/return?state=public", place).has("不能再改")


def test_an_auditor_reads_originals_and_decides_nothing(
    season_id: int, manager: Clerk, seat: Seat
) -> None:
    path = f"/seasons/{season_id}/comments"
    auditor = seat("auditor")
    assert auditor.get(path).has("等考评管理员审阅", FAST)
    manager.post(path, chosen(WANG, "reworded", wording="窗口人员很好"))
    assert auditor.get(f"{path}?state=public").has(WANG, "窗口人员很好")
    assert auditor.post(path, chosen(FAST, "public")).status == 403


def test_what_waits_is_said_on_board_season_and_publication(
    season_id: int, manager: Clerk, seat: Seat
) -> None:
    waits = "有 3 种群众留言等着审阅"
    for path in ("/", f"/seasons/{season_id}", f"/seasons/{season_id}/publication"):
        assert manager.get(path).has(waits)
    assert waits.replace(" ", "") not in seat("dist").get("/").text.replace(" ", "")
    manager.post(
        f"/seasons/{season_id}/comments",
        {**chosen(FAST, "internal"), **chosen(RUDE, "internal"), **chosen(WANG, "internal")},
    )
    assert "群众留言等着" not in manager.get("/").text.replace(" ", "")


def test_filters_stand_in_the_address(season_id: int, manager: Clerk) -> None:
    path = f"/seasons/{season_id}/comments"
    assert RUDE not in manager.get(f"{path}?unit=u02").text
    assert manager.get(f"{path}?unit=u09").has("没有符合条件的留言")
    assert manager.get(f"{path}?state=moon&page=-3").has(FAST)
    assert manager.get(f"{path}?page=x").has(FAST)
    assert manager.get(f"{path}?page=9").status == 200


def test_the_page_speaks_english(season_id: int, manager: Clerk) -> None:
    page = manager.get(f"/seasons/{season_id}/comments?lang=en")
    assert page.has("Citizens' comments", "0 of 3 different comments reviewed")


def test_the_page_asks_no_more_for_more_comments(
    installation: Installation, manager: Clerk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    few, _ = add_commented(installation, {"u01": ["甲"]})
    many, _ = add_commented(installation, {"u01": [f"第{n:02d}条" for n in range(18)]})
    assert count_queries(lambda: manager.get(f"/seasons/{few}/comments")) == count_queries(
        lambda: manager.get(f"/seasons/{many}/comments")
    )

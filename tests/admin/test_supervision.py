"""Findings noticed, rectified, cleared or deducted; and weekly self-checks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import supervision
from evalsvc.domain.assessing.supervision import Deduction, Noticed
from evalsvc.domain.office_days import office_day
from evalsvc.domain.preparing.figures import list_numbered_adjustments
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, Kind, Problem
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, MORNING, Installation
from tests.domain.test_task_changes import show
from tests.office_cast import add_golmud, add_liaison

pytestmark = pytest.mark.slow

PAGE = "/seasons/1/supervision"
FOUND = {
    "unit": "u03", "kind": "e_monitoring", "day": "2018-11-20", "found": "审批超时三件",
    "notice": "监察通〔2018〕7号", "due": "2018-11-30",
}  # a table, read by rows  # fmt: skip


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_golmud(installation)


def note(installation: Installation) -> int:
    day = office_day(MORNING)
    noticed = Noticed("u03", "supervision", day, "问题", "督查通〔2018〕1号", day)
    return supervision.note_finding(Act(installation.database, MANAGER, MORNING), 1, noticed)


def refuses(kind: Kind, verb: Callable[[], object], said: str) -> None:
    with pytest.raises(Problem) as found:
        verb()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def test_a_finding_goes_from_its_notice_to_a_deduction_that_counts(
    installation: Installation, season_id: int, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    add_liaison(installation, season_id, "u03")
    assert manager.get("/seasons/1/tasks").has("督查和自查")
    assert manager.post(PAGE, {**FOUND, "notice": ""}).has("请写明通知的文号。")
    assert manager.post(PAGE, {**FOUND, "due": "2018-11-19"}).has("整改期限不能早于发现的日期")
    assert manager.post(PAGE, FOUND).status == 302
    liaison = seat("liaison")
    assert liaison.get(PAGE).has("审批超时三件", "监察通〔2018〕7号", "逾期没有整改")
    assert liaison.post("/findings/1/rectification", {"text": " "}).status == 422
    liaison.post("/findings/1/rectification", {"text": "已补办，建立预警"})
    assert manager.get(PAGE).has("已报整改", "整改：已补办，建立预警")
    settle = {"verdict": "deduct", "rule": "supervision", "round": "year_end", "amount": "1.5"}
    assert manager.post("/findings/1/settlement", settle).has("请写明理由。")
    wrong = {**settle, "amount": "101", "reason": "三件超时"}
    assert manager.post("/findings/1/settlement", wrong).has("扣分应填 0–100 的数字")
    assert list_numbered_adjustments(installation.database, 1) == ()
    manager.post("/findings/1/settlement", {**settle, "reason": "三件超时"})
    ((_, row),) = list_numbered_adjustments(installation.database, 1)
    assert (row.round, row.unit, row.rule, row.amount, row.date, row.evidence) == (
        "year_end", "u03", "supervision", "1.5", "2018-11-20", "监察通〔2018〕7号：审批超时三件",
    )  # as the scheme takes it  # fmt: skip
    assert liaison.get(PAGE).has("办结，扣分", "督查扣分（计入全年） 1.5", "三件超时")
    assert manager.post("/findings/1/settlement", {**settle, "reason": "再"}).has("已经办结")
    assert liaison.post("/findings/1/rectification", {"text": "补充"}).has("已经办结")


def test_a_finding_is_cleared_without_points(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    assert note(installation) == season_id
    manager.post("/findings/1/settlement", {"verdict": "clear", "reason": "整改到位"})
    assert manager.get(PAGE).has("办结，不扣分", "整改到位")
    assert list_numbered_adjustments(installation.database, 1) == ()


def test_what_is_shown_takes_no_deduction_until_it_is_opened_again(
    installation: Installation, season_id: int
) -> None:
    assert note(installation) == season_id
    show(installation, 1)
    act = Act(installation.database, MANAGER, MORNING)
    deduction = Deduction("supervision", "year_end", "1")
    refuses(ACT_REFUSED, lambda: supervision.settle(act, 1, "理由", deduction), "已经公示")
    other = Deduction("praised", "year_end", "1")
    refuses(ENTRY_REFUSED, lambda: supervision.settle(act, 1, "", other), "理由")
    supervision.settle(act, 1, "整改到位", None)


def test_other_units_findings_are_not_seen_and_not_answered(
    installation: Installation, season_id: int, seat: Callable[[str], Clerk]
) -> None:
    assert note(installation) == season_id
    add_liaison(installation, season_id, "u02")
    liaison = seat("liaison")
    assert "督查通" not in liaison.get(PAGE).text
    assert liaison.post("/findings/1/rectification", {"text": "别家的"}).status == 403
    assert liaison.post(f"{PAGE}/weeks", {"unit": "u03", "text": "别家的"}).status == 403
    assert seat("assessor").get(PAGE).status == 403
    assert liaison.post("/findings/9/rectification", {"text": "没有的"}).status == 404


def test_a_week_has_one_note_and_the_later_one_stands(
    installation: Installation, season_id: int, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    actor = add_liaison(installation, season_id, "u03")
    for days, text in ((0, "周六写的"), (1, "周日写的"), (2, "下一周")):
        act = Act(installation.database, actor, MORNING + timedelta(days=days))
        supervision.write_self_check(act, 1, "u03", text)
    found = supervision.list_self_checks(installation.database, 1, None, 9)
    # 1 December 2018 is a Saturday.
    assert [(each.week.isoformat(), each.text) for each in found] == [
        ("2018-12-03", "下一周"),
        ("2018-11-26", "周日写的"),
    ]
    seat("liaison").post(f"{PAGE}/weeks", {"unit": "u03", "text": "本周自查"})
    assert manager.get(PAGE).has("部门03", "本周自查", "2018年11月26日起的一周")


@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("login", ["manager", "liaison"])
def test_the_page_is_readable_by_everybody(
    browser: object,
    installation: Installation,
    season_id: int,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
    language: str,
    login: str,
) -> None:
    actor = add_liaison(installation, season_id, "u03")
    note(installation)
    supervision.write_self_check(Act(installation.database, actor, MORNING), 1, "u03", "一切正常")
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        page = sit_down(context, seat(login), address)
        page.goto(f"{address}{PAGE}?lang={language}")
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert [each["id"] for each in Axe().run(page).response["violations"]] == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

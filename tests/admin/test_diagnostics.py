"""The diagnostics' pages: names only where a group keeps names, ballots only where it was said."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.models.opened import LevelCount, OpenedAnswer
from evalsvc.models.roster import Rater
from evalsvc.models.season import Round
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, MORNING, Installation, add_panel_city, add_panshan, get_round_id

__all__ = ["address"]  # a fixture

TOWNS = ("u07", "u08", "u09", "u10")
# Quality falls from the first town to the last; the fifth leader reads the scale upside down.
LEADERS = {"L1": "ABBC", "L2": "ABBC", "L3": "ABBC", "L4": "BABC", "L5": "CBBA"}


@pytest.fixture
def counted(installation: Installation) -> int:
    """A Panshan season whose year-end round is counted: five leaders and six departments."""
    season_id = add_panshan(installation)
    round_id = get_round_id(installation, season_id)
    with installation.database.writing() as session:
        for code in ("L3", "L4", "L5"):
            session.add(Rater(season_id=season_id, group="leader", code=code, name=f"领导{code}"))
        _count(session, round_id)
        for rater, grades in LEADERS.items():
            _add_ballot(session, round_id, "leader", rater, grades)
        for place in range(6):
            grades = "ABBC" if place % 2 else "BABC"
            _add_ballot(session, round_id, "mutual_department", f"secret-{place}", grades)
    return season_id


def _count(session: object, round_id: int) -> None:
    row = session.get(Round, round_id)  # type: ignore[attr-defined]
    row.state, row.counted_at = "counted", MORNING


def _add_ballot(session: object, round_id: int, group: str, rater: str, grades: str) -> None:
    for unit, value in zip(TOWNS, grades, strict=True):
        session.add(
            OpenedAnswer(  # type: ignore[attr-defined]
                round_id=round_id,
                group=group,
                ballot=f"b-{rater}",
                rater=rater,
                unit=unit,
                item="overall",
                value=value,
            )
        )


def test_who_can_be_told_apart_and_who_differs_is_said_in_words(
    manager: Clerk, counted: int
) -> None:
    page = manager.get(f"/seasons/{counted}/diagnostics/year_end")
    assert page.has("诊断：年终", "仅供参考：这里的任何数字都不进入得分、名次和公布的结果")
    assert page.has("5位评价人评了4个单位，共20个评分。", "分不出高低")
    assert page.has("与其他人差别最大的是领导L5", "所评不足10个单位，不作检验。")
    assert "第1到第" in page.text


def test_raters_of_groups_without_names_are_numbers_and_their_ballots_are_not_drawn(
    manager: Clerk, counted: int
) -> None:
    page = manager.get(f"/seasons/{counted}/diagnostics/year_end")
    assert page.has("匿名1号", "匿名6号", "领导L1")
    assert "secret-" not in page.html
    assert page.has("互评里有没有互相照顾", "没有检验，也没有留下数字", "不指认任何两个单位")
    # One map of residuals: the leaders'. The departments have only figures of their own.
    assert page.html.count("每行一位评价人") == 1


def test_totals_have_their_own_page(manager: Clerk, counted: int) -> None:
    page = manager.get(f"/seasons/{counted}/diagnostics")
    assert page.has("各轮评价：", "年终")
    assert "总分和名次有多稳" not in page.text  # no indicators were entered, so there are no totals


def test_looking_changes_no_result(
    installation: Installation, manager: Clerk, counted: int
) -> None:
    head = results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, counted
    )
    before = results.get_result(installation.database, counted)
    manager.get(f"/seasons/{counted}/diagnostics")
    manager.get(f"/seasons/{counted}/diagnostics/year_end")
    after = results.get_result(installation.database, counted)
    assert after == before
    assert (after.head, after.stale) == (head, False)


def test_only_the_office_and_the_supervisors_may_look(
    manager: Clerk, custodian: Clerk, seat: object, counted: int
) -> None:
    path = f"/seasons/{counted}/diagnostics"
    assert manager.get(path).status == 200
    assert seat("auditor").get(f"{path}/year_end").status == 200  # type: ignore[operator]
    assert custodian.get(path).status == 403
    assert custodian.get(f"{path}/year_end").status == 403


def test_before_counting_there_is_nothing_to_examine(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    assert manager.get(f"/seasons/{season_id}/diagnostics").has("还没有开箱的轮次")
    assert manager.get(f"/seasons/{season_id}/diagnostics/year_end").status == 404
    assert manager.get(f"/seasons/{season_id}/diagnostics/never").status == 404


def test_citizens_have_intervals_and_no_raters(installation: Installation, manager: Clerk) -> None:
    season_id = add_panel_city(installation)
    round_id = get_round_id(installation, season_id)
    with installation.database.writing() as session:
        _count(session, round_id)
        for place, unit in enumerate(("u04", "u08", "u12")):
            for level, n in (("satisfied", 40 - place * 10), ("basically", 20), ("not", 10)):
                session.add(
                    LevelCount(
                        round_id=round_id,
                        group="panel",
                        stratum="grassroots",
                        unit=unit,
                        item="satisfaction",
                        level=level,
                        n=n,
                        n_unflagged=n,
                    )
                )
    page = manager.get(f"/seasons/{season_id}/diagnostics/year_end")
    assert page.has("得分和误差范围", "圆点为满意度得分")
    assert "匿名" not in page.text


def test_everything_is_said_in_english_too(manager: Clerk, counted: int) -> None:
    manager.get("/?lang=en")
    page = manager.get(f"/seasons/{counted}/diagnostics/year_end")
    assert page.has("Diagnostics: Year-end", "For reference only", "can't be told apart")


@pytest.mark.slow
@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
def test_the_pages_pass_axe_and_fit_their_screen(
    browser: object, manager: Clerk, address: str, counted: int, opened: Callable[..., object]
) -> None:
    faults = []
    with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
        page = sit_down(context, manager, address)
        for path in ("diagnostics", "diagnostics/year_end"):
            page.goto(f"{address}/seasons/{counted}/{path}")
            page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
            faults += [(path, each["id"]) for each in Axe().run(page).response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((path, "wider than the screen"))
    assert faults == []

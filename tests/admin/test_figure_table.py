"""The table of entered figures: looked through, corrected in place as an import is, on record."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from evalsvc.domain import changing, seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments, counted
from evalsvc.domain.events import list_events
from evalsvc.domain.preparing import figures
from evalsvc.domain.preparing.figures import Figures, IndicatorRow
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.scheme.presets import get_preset_text
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, MORNING, Installation, add_panel_city, add_panshan
from tests.office_cast import (
    SAFETY,
    add_assessor,
    add_bodies_season,
    add_figures,
    add_published,
    ask,
    fill,
)

LAW = "I.common.依法行政"
ROUND = "year_end"


@pytest.fixture
def season_id(installation: Installation) -> int:
    found = add_panshan(installation)
    add_figures(installation, found)
    return found


def at(season_id: int, asked: str = "") -> str:
    return f"/seasons/{season_id}/figures/table{asked}"


def one(season_id: int, unit: str, component: str = LAW) -> str:
    return at(season_id, f"/{ROUND}/{unit}/{component}")


def find(installation: Installation, season_id: int, unit: str, component: str = LAW) -> object:
    """The figure that counts; "" where there is none, which is not the same as not carried."""
    with installation.database.reading() as session:
        row = session.get(Indicator, (season_id, ROUND, unit, component))
        return row.value if row else ""


def cell(unit: str, seen: str, text: str, component: str = LAW) -> dict[str, str]:
    place = f"{unit}|{component}"
    return {"round": ROUND, f"w|{place}": seen, f"v|{place}": text}


def test_figures_stand_with_their_gaps_sources_and_owners(
    installation: Installation, manager: Clerk
) -> None:
    """u02 owes one of its figures, u03 does not carry it, and the rest came by the workbook."""
    season_id = add_panshan(installation)
    scheme = seasons.get_season(installation.database, season_id).scheme
    rows = tuple(
        IndicatorRow(each.round, f"u{n:02d}", each.code, None if n == 3 else str(90 + n))
        for n in range(1, 7)
        for each in scheme.components
        if each.round == ROUND and "department" in each.categories and (n, each.code) != (2, LAW)
    )
    figures.import_figures(Act(installation.database, MANAGER, MORNING), season_id, Figures(rows))
    page = manager.get(at(season_id, f"?round={ROUND}&component={LAW}"))
    assert page.has("6 个单位，1 项指标", "缺 1 个数，在 1 个单位", "部门02 缺 1", "考评办")
    assert page.has("91 导入", "不承担 导入")
    assert f'href="/office{one(season_id, "u02")}"' not in page.html  # the address is quoted
    gaps = manager.get(at(season_id, f"?round={ROUND}&component={LAW}&gaps=on"))
    assert gaps.has("部门02")
    assert "部门01" not in gaps.text
    assert "部门01" not in manager.get(at(season_id, f"?round={ROUND}&word=ｕ０２")).text


def test_a_word_is_found_in_whatever_category_it_stands(manager: Clerk, season_id: int) -> None:
    page = manager.get(at(season_id, f"?round={ROUND}&category=department&word=镇08"))
    assert page.has("镇08")
    assert manager.get(at(season_id, "?word=没有的")).has("没有这样的单位或指标")


def test_a_figure_is_corrected_on_its_own_page_with_its_history(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    page = manager.get(one(season_id, "u02"))
    assert page.has("部门02 · ", "由考评办报", "92", "这个数是在开始记录经过以前填的")
    answer = manager.post(
        one(season_id, "u02"), {"seen": "92", "value": "８８．５", "reason": "原件看错一行"}
    )
    assert answer.status == 302
    assert find(installation, season_id, "u02") == "88.5"
    told = list_events(installation.database)[0]
    assert (told.verb, told.actor) == ("correct_figures", "manager")
    assert json.loads(told.detail) == {"indicators": "+0 ~1 -0"}
    manager.post(one(season_id, "u02"), {"seen": "88.5", "value": "不承担", "reason": ""})
    assert find(installation, season_id, "u02") is None
    manager.post(one(season_id, "u02"), {"seen": "NA", "value": ""})
    assert find(installation, season_id, "u02") == ""
    history = manager.get(one(season_id, "u02"))
    assert history.has("不承担 缺", "88.5 不承担", "88.5 原件看错一行", "页面")
    steps = counted.list_steps(installation.database, season_id, (ROUND, "u02", LAW))
    assert [(each.value, each.gone, each.source, each.by) for each in steps] == [
        (None, True, "page", "考评办"),
        (None, False, "page", "考评办"),
        ("88.5", False, "page", "考评办"),
    ]


def test_many_are_corrected_at_once_or_none(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    typed = {**cell("u01", "91", "70"), **cell("u02", "92", "九十"), **cell("u03", "93", "93")}
    typed |= {"component": LAW}
    page = manager.post(at(season_id), {"edit": "on", **typed})
    assert page.status == 422
    assert page.has("没有保存，请改", "部门02 依法行政")
    assert 'value="九十"' in page.html
    assert 'value="70"' in page.html
    assert find(installation, season_id, "u01") == "91"
    done = manager.post(at(season_id), {**typed, **cell("u02", "92", "90.0")})
    assert "saved=2" in done.location
    found = [find(installation, season_id, unit) for unit in ("u01", "u02", "u03")]
    assert found == ["70", "90", "93"]
    assert manager.get(done.location.removeprefix("/office")).has("改了 2 个数")
    # Unchanged figures leave no step, also when they are written otherwise.
    manager.post(at(season_id), cell("u03", "93", "93.0"))
    assert counted.list_steps(installation.database, season_id, (ROUND, "u03", LAW)) == ()


def test_an_unusual_figure_is_looked_at_twice(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    """Where the scheme says no bounds, an import warns of 880 and takes it after a second look."""
    text = get_preset_text("panshan-2018")
    line = next(each for each in text.splitlines() if each.startswith(f"  {LAW}: {{"))
    free = line.replace(", from: 0, to: 100", "")
    act = Act(installation.database, MANAGER, MORNING)
    seasons.change_scheme(act, season_id, text.replace(line, free))
    typed = cell("u01", "91", "880") | {"component": LAW}
    page = manager.post(at(season_id), {"edit": "on", **typed})
    assert page.status == 422
    assert page.has("没有写错就再按一次保存", "不在 0 到 100 之间")
    assert find(installation, season_id, "u01") == "91"
    assert f'name="s|u01|{LAW}" value="880"' in page.html
    again = {f"s|u01|{LAW}": "880", **typed}
    assert manager.post(at(season_id), again).status == 302
    assert find(installation, season_id, "u01") == "880"


def test_what_somebody_else_changed_meanwhile_is_not_undone(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    manager.post(one(season_id, "u02"), {"seen": "92", "value": "88"})
    page = manager.post(one(season_id, "u02"), {"seen": "92", "value": "77"})
    assert page.status == 409
    assert page.has("部门02“依法行政”刚被别人改过")
    assert find(installation, season_id, "u02") == "88"
    page = manager.post(at(season_id), {"edit": "on", **cell("u03", "", "50")})
    assert page.status == 409
    assert find(installation, season_id, "u03") == "93"


def test_bounds_and_segments_hold_as_for_an_import(
    installation: Installation, manager: Clerk
) -> None:
    """A+ goes from 90 + 20/3 on: 60 beside it is refused, whichever of the two is typed last."""
    season_id = add_panel_city(installation)
    scheme = seasons.get_season(installation.database, season_id).scheme
    segment = next(each for each in scheme.components if each.choices)
    points = next(
        each
        for each in scheme.components
        if each.round == segment.round
        and each.code != segment.code
        and not each.choices
        and each.code.rsplit(".", 1)[0] == segment.code.rsplit(".", 1)[0]
    )
    unit = next(u for u in figures_units(installation, season_id) if u[1] in segment.categories)[0]
    top = next(each for each in segment.choices if "A+" in each.name.zh)
    place = at(season_id, f"/{segment.round}/{unit}/")
    assert manager.post(place + points.code, {"seen": "", "value": "101"}).status == 422
    assert manager.post(place + points.code, {"seen": "", "value": "60"}).status == 302
    page = manager.post(place + segment.code, {"seen": "", "value": str(top.value)})
    assert page.status == 422
    assert page.has("不在商定的")


def figures_units(installation: Installation, season_id: int) -> list[tuple[str, str]]:
    with installation.database.reading() as session:
        rows = session.execute(select(Unit.code, Unit.category).where(Unit.season_id == season_id))
        return [(row.code, row.category) for row in rows]


def test_a_figure_that_a_body_owes_is_not_entered_for_it(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_bodies_season(installation)
    ask(installation, season_id)
    place = one(season_id, "u03", SAFETY)
    assert manager.get(place).has("应急局还没有报这个数")
    assert manager.post(place, {"seen": "", "value": "5", "reason": "代填"}).status in (409, 422)
    assert find(installation, season_id, "u03", SAFETY) == ""
    assert manager.get(at(season_id, f"?round={ROUND}&owner=应急局")).has("应急局", "缺")
    # And no table takes it either.
    page = manager.post(at(season_id), {"edit": "on", **cell("u03", "", "5", SAFETY)})
    assert page.status == 422
    assert page.has("由应急局报")


def test_auditors_look_and_others_do_not(
    seat: Callable[[str], Clerk], stranger: Clerk, season_id: int
) -> None:
    auditor = seat("auditor")
    assert auditor.get(at(season_id)).status == 200
    assert "在表里改" not in auditor.get(at(season_id, "?edit=on")).text
    assert 'name="v|' not in auditor.get(at(season_id, "?edit=on")).html
    assert "改这个数" not in auditor.get(one(season_id, "u02")).text
    assert auditor.post(one(season_id, "u02"), {"seen": "92", "value": "1"}).status == 403
    assert seat("assessor").get(at(season_id)).status == 403
    assert stranger.get(at(season_id)).location.startswith("/office/sign-in")


def test_what_has_been_shown_stands_until_a_correction_opens_it(
    installation: Installation, manager: Clerk
) -> None:
    """The pages say so instead of asking; posted all the same, it is refused."""
    season_id = add_published(installation)
    for page in (manager.get(at(season_id, "?edit=on")), manager.get(one(season_id, "u02"))):
        assert page.has("第 1 版结果已经公示")
        assert 'name="value"' not in page.html
        assert 'name="v|' not in page.html
    refused = manager.post(one(season_id, "u02"), {"seen": "92", "value": "88"})
    assert refused.status == 409
    assert find(installation, season_id, "u02") == "92"
    act = Act(installation.database, MANAGER, MORNING)
    changing.open_correction(act, season_id, "依法行政的数录错")
    assert manager.get(at(season_id, "?edit=on")).html.count('name="v|') > 0
    manager.post(one(season_id, "u02"), {"seen": "92", "value": "88"})
    assert find(installation, season_id, "u02") == "88"


def test_what_is_not_there_is_not_found(manager: Clerk, season_id: int) -> None:
    assert manager.get(one(season_id, "u77")).status == 404
    assert manager.get(one(season_id, "u02", "nothing")).status == 404
    # A town has no figure of a department's, and a strange cell takes no figure with it.
    page = manager.post(at(season_id), {"edit": "on", **cell("u77", "", "5")})
    assert page.status in (302, 422)


def test_a_page_costs_the_same_statements_and_stays_short_whatever_a_season_holds(
    installation: Installation,
    manager: Clerk,
    season_id: int,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    few = count_queries(lambda: manager.get(at(season_id)))
    with installation.database.writing() as session:
        for number in range(11, 501):
            code = f"x{number:03d}"
            session.add(
                Unit(
                    season_id=season_id,
                    position=number,
                    code=code,
                    name=f"部门{number:03d}",
                    category="department",
                )
            )
            session.add(
                Indicator(season_id=season_id, round=ROUND, unit=code, component=LAW, value="80")
            )
    assert count_queries(lambda: manager.get(at(season_id))) == few
    page = manager.get(at(season_id, "?edit=on"))
    assert page.html.count('name="v|') <= 60 * 12
    assert page.has("第 1 页，共 9 页")


def test_hidden_figures_of_a_body_come_to_nobody_by_a_posted_table(
    installation: Installation, manager: Clerk
) -> None:
    """Handed in and accepted, 88.5 is 应急局's: the table refuses another figure."""
    season_id = add_bodies_season(installation)
    ask(installation, season_id)
    actor = add_assessor(installation, season_id)
    body = Act(installation.database, actor, MORNING)
    assessments.save_entries(body, season_id, ROUND, "emergency", fill(), ())
    assessments.hand_in(body, season_id, ROUND, "emergency")
    act = Act(installation.database, MANAGER, MORNING)
    assessments.accept_sheet(act, season_id, ROUND, "emergency")
    page = manager.post(at(season_id), {"edit": "on", **cell("u03", "88.5", "5", SAFETY)})
    assert page.status == 422
    assert find(installation, season_id, "u03", SAFETY) == "88.5"

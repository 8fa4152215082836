"""Who rates whom as a matrix: seen, changed by boxes and patterns, looked at before it counts."""

import html
import json
import re
from collections.abc import Callable, Mapping

import pytest

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.events import list_events
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import RelationRow
from evalsvc.models.roster import Rater, Relation, Unit
from evalsvc.scheme.presets import get_preset_text
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


@pytest.fixture
def season_id(installation: Installation) -> int:
    """Two leaders, each in charge of the departments u01 to u05; u06 has nobody."""
    return add_panshan(installation)


def at(season_id: int, asked: str = "", group: str = "leader") -> str:
    return f"/seasons/{season_id}/roster/matrix/{group}{asked}"


def list_pairs(installation: Installation, season_id: int) -> set[tuple[str, str]]:
    found = rosters.list_relations(installation.database, season_id)
    return {(each.rater, each.unit) for each in found}


def confirm(clerk: Clerk, season_id: int, plan: Page, group: str = "leader") -> Page:
    """Press the one button of what is planned."""
    found = re.search(r'name="changes" value="([^"]*)"', plan.html)
    assert found
    posted = {"changes": html.unescape(found.group(1)), "role": "in_charge"}
    return clerk.post(at(season_id, group=group), posted)


def plan(clerk: Clerk, season_id: int, posted: Mapping[str, object], group: str = "leader") -> Page:
    return clerk.post(at(season_id, "/plan", group), {"role": "in_charge", **posted})


def test_the_matrix_shows_who_rates_whom(manager: Clerk, season_id: int) -> None:
    page = manager.get(at(season_id))
    assert page.has("2 个评价人，6 个单位", "打勾的是“分管”", "领导L1", "部门01")
    assert "镇07" not in page.text  # every leader rates all towns
    assert page.html.count('type="checkbox"') == 12
    assert manager.get(f"/seasons/{season_id}/roster").has("谁评谁", "县领导")
    assert manager.get(at(season_id, "?raters=ｌ2&units=部门03")).html.count("checkbox") == 1


def test_boxes_change_what_they_show_and_nothing_else_and_only_once_confirmed(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    """On a page of L1 and the first two units, u01 alone is ticked."""
    before = list_pairs(installation, season_id)
    wanted = before - {("L1", "u02")}
    boxes = {"paint": "on", "row": ["L1"], "column": ["u01", "u02"], "r|L1": ["u01"]}
    page = plan(manager, season_id, boxes)
    assert page.has("1 个评价人：多评 0 个，少评 1 个", "还没有写入")
    assert list_pairs(installation, season_id) == before
    done = confirm(manager, season_id, page)
    assert "changed=1" in done.location
    assert list_pairs(installation, season_id) == wanted
    told = list_events(installation.database)[0]
    assert told.verb == "import_roster"
    assert json.loads(told.detail)["corrected"] == "relations leader +0 -1"
    # The same boxes again change nothing.
    assert plan(manager, season_id, boxes).has("没有变化")


def test_a_pattern_reaches_every_rater_and_unit_that_is_found(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    none = plan(manager, season_id, {"pattern": "none"})
    # Every leader rates the towns besides, whatever the list says.
    assert "一个单位都不评" not in none.text
    confirm(manager, season_id, none)
    assert list_pairs(installation, season_id) == set()
    one = plan(manager, season_id, {"pattern": "all", "raters": "L2"})
    confirm(manager, season_id, one)
    assert list_pairs(installation, season_id) == {("L2", f"u0{n}") for n in range(1, 7)}
    column = plan(manager, season_id, {"pattern": "all", "units": "部门03"})
    assert column.has("1 个评价人：多评 1 个，少评 0 个")
    confirm(manager, season_id, column)
    assert ("L1", "u03") in list_pairs(installation, season_id)


def make_mutual(installation: Installation, season_id: int) -> None:
    """Departments rate listed departments and towns, so that all patterns have work."""
    text = get_preset_text("panshan-2018")
    old = """    members: department
    questionnaire: ranking
    sees:
      town: {units: all}"""
    new = """    members: department
    questionnaire: ranking
    sees:
      department: {units: listed}
      town: {units: listed}"""
    assert old in text
    act = Act(installation.database, MANAGER, MORNING)
    seasons.change_scheme(act, season_id, text.replace(old, new))
    with installation.database.writing() as session:
        for unit in session.query(Unit).filter_by(season_id=season_id):
            unit.cluster = "东片" if unit.code in {"u01", "u02", "u07"} else "西片"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("same_category", {f"u0{n}" for n in range(2, 7)}),
        ("other_category", {"u07", "u08", "u09", "u10"}),
        ("same_cluster", {"u02", "u07"}),
        ("all", {f"u{n:02d}" for n in range(2, 11)}),
    ],
)
def test_patterns_go_by_the_raters_own_unit_and_never_to_it(
    installation: Installation, manager: Clerk, season_id: int, pattern: str, expected: set[str]
) -> None:
    """u01 is a department of the eastern area."""
    make_mutual(installation, season_id)
    group = "mutual_department"
    page = manager.get(at(season_id, "?raters=u01", group))
    assert page.html.count('type="checkbox"') == 9
    assert page.has("同一片区（分管口）的单位")
    planned = plan(manager, season_id, {"role": "", "pattern": pattern, "raters": "u01"}, group)
    confirm(manager, season_id, planned, group)
    own = {u for r, u in list_pairs(installation, season_id) if r == "u01"}
    assert own == expected
    cleared = {"role": "", "pattern": "none", "raters": "u01"}
    assert plan(manager, season_id, cleared, group).has("1 个评价人一个单位都不评")


def test_patterns_by_the_own_unit_leave_raters_without_one_alone(
    manager: Clerk, season_id: int
) -> None:
    assert "同一类别" not in manager.get(at(season_id)).text
    assert plan(manager, season_id, {"pattern": "same_category"}).has("没有变化")


def test_roles_are_marked_where_every_unit_is_rated(
    installation: Installation, manager: Clerk
) -> None:
    """In the three-in-one scheme a leader rates all; a tick makes it in charge."""
    season_id = add_panel_city(installation)
    group = next(
        each.code
        for each in seasons.get_season(installation.database, season_id).scheme.groups
        if any(sight.roles for sight in each.sights)
    )
    rater = next(
        each.code
        for each in rosters.list_raters(installation.database, season_id)
        if each.group == group
    )
    page = manager.get(at(season_id, "", group))
    assert page.has("打勾的是“分管”", "12 个单位")
    boxes = {"paint": "on", "row": [rater], "column": ["u01", "u02"], f"r|{rater}": ["u02"]}
    planned = plan(manager, season_id, boxes, group)
    if "没有变化" not in planned.text:
        confirm(manager, season_id, planned, group)
    found = rosters.list_relations(installation.database, season_id)
    assert RelationRow(group, rater, "u02", "in_charge") in found
    assert all((each.rater, each.unit) != (rater, "u01") for each in found)


def test_what_was_changed_meanwhile_is_not_undone(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    page = plan(manager, season_id, {"pattern": "none", "raters": "L1", "units": "部门01"})
    assert confirm(manager, season_id, page).status == 302
    before = list_pairs(installation, season_id)
    # Pressed twice: the pair is no longer there to go.
    assert confirm(manager, season_id, page).status == 409
    assert list_pairs(installation, season_id) == before


def test_posted_nonsense_changes_nothing(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    before = list_pairs(installation, season_id)
    for changes in ("", "{}", "[[1,2,3,4]]", '[["L1"]]', "[" * 5000, "null"):
        assert manager.post(at(season_id), {"changes": changes}).status == 422
    strange = [
        '["L1","u07",null,"in_charge"]',
        '["L9","u01",null,"in_charge"]',
        '["L1","u99",null,"in_charge"]',
        '["L2","u06",null,"queen"]',
    ]
    for each in strange:
        page = manager.post(at(season_id), {"changes": f"[{each}]"})
        assert page.status == 422, each
        assert page.has("没有保存，名册里另有要改的地方")
    assert list_pairs(installation, season_id) == before


def test_nothing_is_changed_while_codes_are_out(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    page = plan(manager, season_id, {"pattern": "none"})
    issue_cards(installation, get_round_id(installation, season_id))
    refused = confirm(manager, season_id, page)
    assert refused.status == 409
    assert refused.has("名册现在不能改")


def test_auditors_look_and_others_do_not(
    seat: Callable[[str], Clerk], stranger: Clerk, season_id: int
) -> None:
    auditor = seat("auditor")
    assert auditor.get(at(season_id)).has("✓")
    assert 'type="checkbox"' not in auditor.get(at(season_id)).html
    for path in (at(season_id), at(season_id, "/plan")):
        assert auditor.post(path, {"pattern": "none"}).status == 403
    assert seat("liaison").get(at(season_id)).status == 403
    assert stranger.get(at(season_id)).location.startswith("/office/sign-in")


def test_groups_without_relations_have_no_matrix(manager: Clerk, season_id: int) -> None:
    assert manager.get(at(season_id, "", "office")).status == 404
    assert manager.get(at(season_id, "", "nobody")).status == 404
    assert manager.post(at(season_id, "/plan"), {"role": "queen"}).status == 404


def test_a_page_stays_a_page_whatever_the_roster_holds(
    installation: Installation,
    manager: Clerk,
    season_id: int,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    """3,000 raters and 500 units would be 1.5 million boxes; a page has 60 × 60."""
    few = count_queries(lambda: manager.get(at(season_id)))
    with installation.database.writing() as session:
        session.add_all(
            Unit(
                season_id=season_id, position=n, code=f"x{n}", name=f"局{n}", category="department"
            )
            for n in range(11, 501)
        )
        session.add_all(
            Rater(season_id=season_id, group="leader", code=f"r{n}", name=f"领导{n}")
            for n in range(3_000)
        )
        session.add_all(
            Relation(
                season_id=season_id, group="leader", rater=f"r{n}", unit="u01", role="in_charge"
            )
            for n in range(3_000)
        )
    assert count_queries(lambda: manager.get(at(season_id))) == few
    page = manager.get(at(season_id))
    assert page.html.count('type="checkbox"') == 60 * 60
    assert page.has("3002 个评价人，496 个单位", "共 51 页", "第 481–496 个单位")
    refused = plan(manager, season_id, {"pattern": "all"})
    assert refused.status == 422
    assert refused.has("最多 20000 个")

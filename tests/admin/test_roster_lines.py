"""One line of the roster in place: found, corrected as an import would be checked, on record."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.events import list_events
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import RaterRow
from evalsvc.errors import ROSTER_CHANGED, Problem
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, MORNING, Installation, add_panshan, get_round_id, issue_cards


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_panshan(installation)


def at(season_id: int, sheet: str = "units", line: str = "") -> str:
    return f"/seasons/{season_id}/roster/lines/{sheet}{line}"


def get_names(installation: Installation, season_id: int) -> dict[str, str]:
    units = rosters.list_units(installation.database, season_id)
    return {unit.code: unit.name for unit in units}


def test_one_name_is_corrected_in_three_actions(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    """The roster, the unit, the new name; relations and mutual raters follow."""
    page = manager.get(f"/seasons/{season_id}/roster")
    assert f'href="/office{at(season_id, "units", "/line?key=u02")}"' in page.html
    assert 'value="部门02"' in manager.get(at(season_id, "units", "/line?key=u02")).html
    relations = rosters.list_relations(installation.database, season_id)
    done = manager.post(at(season_id, "units", "/line"), {"key": "u02", "cell.name": "县税务局"})
    assert done.location == f"/office{at(season_id)}"
    assert get_names(installation, season_id)["u02"] == "县税务局"
    assert list(get_names(installation, season_id)) == [f"u{n:02d}" for n in range(1, 11)]
    assert rosters.list_relations(installation.database, season_id) == relations
    assert RaterRow("mutual_department", "u02", "县税务局", "u02") in rosters.list_raters(
        installation.database, season_id
    )
    told = list_events(installation.database)[0]
    assert (told.verb, told.actor) == ("import_roster", "manager")
    assert json.loads(told.detail)["corrected"] == "units u02"


def test_a_mistake_stays_in_its_field_and_nothing_is_written(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    before = get_names(installation, season_id)
    page = manager.post(at(season_id, "units", "/line"), {"key": "u02", "cell.name": "部门03"})
    assert page.status == 422
    assert page.has("与第4行的名称重复")
    assert 'value="部门03"' in page.html
    # What a line is known by can't be posted into another.
    manager.post(at(season_id, "units", "/line"), {"key": "u02", "cell.code": "u99"})
    assert get_names(installation, season_id) == before


def test_lines_are_found_by_a_word_and_only_a_hundred_stand_on_a_page(
    manager: Clerk, season_id: int
) -> None:
    assert manager.get(at(season_id, "raters")).has("共 3 行", "领导L1", "考评办")
    found = manager.get(at(season_id, "raters", "?word=ｌ2"))
    assert found.has("含“ｌ2”的 1 行", "领导L2")
    assert "领导L1" not in found.text
    assert manager.get(at(season_id, "relations", "?page=9")).has("共 10 行")


def test_a_rater_comes_and_goes(installation: Installation, manager: Clerk, season_id: int) -> None:
    line = {"key": "", "cell.group": "县领导", "cell.code": "L3", "cell.name": "赵县长"}
    assert manager.post(at(season_id, "raters", "/line"), line).status == 302
    raters = rosters.list_raters(installation.database, season_id)
    assert RaterRow("leader", "L3", "赵县长") in raters
    assert (
        manager.post(at(season_id, "raters", "/line/removal"), {"key": "leader/L1"}).status == 302
    )
    relations = rosters.list_relations(installation.database, season_id)
    assert {each.rater for each in relations} == {"L2"}


def test_a_unit_that_somebody_belongs_to_stays(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    manager.post(at(season_id, "raters", "/line"), {"key": "leader/L1", "cell.unit": "u09"})
    refused = manager.post(at(season_id, "units", "/line/removal"), {"key": "u09"})
    assert refused.status == 422
    assert refused.has("没有保存，名册里另有要改的地方", "评价人 D2")
    assert "u09" in get_names(installation, season_id)


def test_nothing_is_corrected_while_codes_are_out(
    installation: Installation, manager: Clerk, season_id: int
) -> None:
    issue_cards(installation, get_round_id(installation, season_id))
    page = manager.post(at(season_id, "units", "/line"), {"key": "u02", "cell.name": "县税务局"})
    assert page.status == 409
    assert page.has("名册现在不能改")


def test_two_corrections_at_once_do_not_undo_each_other(
    installation: Installation, season_id: int
) -> None:
    """Both begin from the same roster; the later one would put the older name back."""
    act = Act(installation.database, MANAGER, MORNING)
    seen = rosters.get_roster(installation.database, season_id)

    def rename(code: str, name: str) -> None:
        units = tuple(replace(one, name=name) if one.code == code else one for one in seen.units)
        correction = rosters.Correction(f"units {code}", seen)
        rosters.import_roster(act, season_id, replace(seen, units=units), correction)

    rename("u02", "县税务局")
    with pytest.raises(Problem) as refused:
        rename("u03", "县统计局")
    assert refused.value.kind is ROSTER_CHANGED
    names = get_names(installation, season_id)
    assert (names["u02"], names["u03"]) == ("县税务局", "部门03")


def test_auditors_look_and_others_do_not(
    seat: Callable[[str], Clerk], stranger: Clerk, season_id: int
) -> None:
    assert seat("auditor").get(at(season_id)).status == 200
    assert "修改" not in seat("auditor").get(at(season_id)).text
    assert seat("auditor").post(at(season_id, "units", "/line"), {"key": "u02"}).status == 403
    assert seat("liaison").get(at(season_id)).status == 403
    assert stranger.get(at(season_id)).location.startswith("/office/sign-in")


def test_what_is_not_there_is_not_found(manager: Clerk, season_id: int) -> None:
    assert manager.get(at(season_id, "seats")).status == 404
    assert manager.get(at(season_id, "units", "/line?key=u77")).status == 404
    assert manager.post(at(season_id, "units", "/line/removal"), {"key": ""}).status == 404


def test_a_list_costs_the_same_statements_whatever_it_holds(
    installation: Installation,
    manager: Clerk,
    season_id: int,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    few = count_queries(lambda: manager.get(at(season_id, "raters")))
    for number in range(5):
        line = {"key": "", "cell.group": "县领导", "cell.code": f"N{number}", "cell.name": "新"}
        manager.post(at(season_id, "raters", "/line"), line)
    assert len(rosters.list_raters(installation.database, season_id)) == 18
    assert count_queries(lambda: manager.get(at(season_id, "raters"))) == few

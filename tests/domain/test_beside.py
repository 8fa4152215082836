"""A unit's own account and finished figures beside its name: written, fixed at opening, shown."""

import pytest

from evalsvc.app import create_app
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import Roster
from evalsvc.domain.sealing import rounds
from evalsvc.domain.voting import beside, casting
from evalsvc.errors import ENTRY_REFUSED, NOT_YOURS, Problem
from evalsvc.models.figures import Indicator
from evalsvc.questions.unit import Beside, PaperUnit
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import get_preset_text
from evalsvc.scheme.reader import load_scheme
from evalsvc.text import Text
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panshan,
    get_card,
    get_round_id,
    issue_cards,
)
from tests.office_cast import add_liaison

ACCOUNT = "今年新建两所学校，解决了城区大班额。"
SHOWING = get_preset_text("panshan-2018").replace(
    "    questions:\n      overall:\n        kind: forced_ratio",
    "    account: true\n    figures: [I.common.创城, I.common.信息工作]\n"
    "    questions:\n      overall:\n        kind: forced_ratio",
    1,
)


@pytest.fixture
def season_id(place: Installation) -> int:
    season_id = add_panshan(place)
    seasons.change_scheme(Act(place.database, MANAGER, MORNING), season_id, SHOWING)
    return season_id


def enter(place: Installation, season_id: int, component: str, value: str | None) -> None:
    with place.database.writing() as session:
        session.merge(
            Indicator(
                season_id=season_id, round="year_end", unit="u01", component=component, value=value
            )
        )


def open_round(place: Installation, season_id: int) -> str:
    """The round opened; a leader's code."""
    round_id = get_round_id(place, season_id)
    cards = issue_cards(place, round_id)
    rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    return get_card(cards, "office").token


def list_seen(place: Installation, token: str) -> dict[str, PaperUnit]:
    visit = casting.admit(place.database, place.settings, token, MORNING)
    return {unit.code: unit for unit in casting.get_paper(place.database, visit, MORNING).units}


@pytest.mark.usefixtures("database_url")
def test_raters_see_what_stood_there_when_the_round_opened(
    place: Installation, season_id: int
) -> None:
    liaison = add_liaison(place, season_id)
    beside.write_account(Act(place.database, liaison, MORNING), season_id, "u01", f" {ACCOUNT}\n")
    enter(place, season_id, "I.common.创城", "97.5")
    enter(place, season_id, "I.common.信息工作", None)
    token = open_round(place, season_id)
    beside.write_account(Act(place.database, liaison, MORNING), season_id, "u01", "改过的")
    enter(place, season_id, "I.common.创城", "12")
    seen = list_seen(place, token)
    assert seen["u01"].beside == Beside(
        ACCOUNT,
        (
            (Text("创城", "City-building campaign"), Text("97.5", "97.5")),
            (Text("信息工作", "Information work"), Text("不承担", "not carried")),
        ),
    )
    assert seen["u02"].beside is None


@pytest.mark.usefixtures("database_url")
def test_the_page_tells_it_below_the_name(place: Installation, season_id: int) -> None:
    liaison = add_liaison(place, season_id)
    beside.write_account(Act(place.database, liaison, MORNING), season_id, "u01", ACCOUNT)
    token = open_round(place, season_id)
    app = create_app(place.settings)
    page = app.test_client().post("/start", data={"code": token}, follow_redirects=True)
    app.extensions["evalsvc"].database.close()
    assert page.get_data(as_text=True).count(ACCOUNT) == 1


@pytest.mark.usefixtures("database_url")
def test_only_the_units_own_colleague_writes_and_no_more_than_fits(
    place: Installation, season_id: int
) -> None:
    liaison = add_liaison(place, season_id)
    with pytest.raises(Problem) as not_yours:
        beside.write_account(Act(place.database, liaison, MORNING), season_id, "u02", ACCOUNT)
    assert not_yours.value.kind is NOT_YOURS
    with pytest.raises(Problem) as too_long:
        beside.write_account(Act(place.database, liaison, MORNING), season_id, "u01", "长" * 601)
    assert too_long.value.kind is ENTRY_REFUSED
    assert "601个字，最多600个" in too_long.value.text.zh


@pytest.mark.usefixtures("database_url")
def test_a_roster_without_accounts_keeps_what_units_wrote(
    place: Installation, season_id: int
) -> None:
    liaison = add_liaison(place, season_id)
    beside.write_account(Act(place.database, liaison, MORNING), season_id, "u01", ACCOUNT)
    units = rosters.list_units(place.database, season_id)
    blank = tuple(rosters.UnitRow(u.code, u.name, u.category, u.flags, "新职能") for u in units)
    roster = Roster(blank, rosters.list_raters(place.database, season_id)[:0])
    rosters.import_roster(Act(place.database, MANAGER, MORNING), season_id, roster)
    own = beside.list_own_accounts(place.database, season_id, liaison)
    assert [(each.unit, each.account) for each in own] == [("u01", ACCOUNT)]


def test_figures_to_show_must_be_entered_somewhere() -> None:
    with pytest.raises(SchemeErrors) as wrong:
        load_scheme(SHOWING.replace("figures: [I.common.创城,", "figures: [I.nothing,"))
    assert [error.field for error in wrong.value.errors] == ["questionnaires.ranking.figures[1]"]

"""Covers earlier years: entered, taken over from a season or a package, and what follows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from analysis.outcome.history import Consequence
from analysis.score.facts import Past
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, earlier_results, history, publishing, results
from evalsvc.domain.concluding.earlier_results import EarlierSeason
from evalsvc.domain.concluding.history import PastRow, TakenResult
from evalsvc.domain.preparing import figures, rosters
from evalsvc.domain.preparing.figures import AdjustmentRow, Figures, IndicatorRow
from evalsvc.domain.preparing.rosters import Change, Roster, UnitRow
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, UPLOAD_REFUSED, Kind, Problem
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.write import build_zip, number_text
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MANAGER, MORNING, Installation
from tests.office_cast import LATER, add_published, change_figure, complete, shut_boxes
from tests.worked.cases import F, following, read_case

CASE = read_case("zaozhuang-departments")


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        act()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def add_worked(place: Installation, title: str = "枣庄 2018 年度考核", grade: str = "") -> int:
    """The worked case C1 in the database: its units, figures and adjustments, no history yet."""
    facts = CASE.package.facts
    text = get_preset_text("zaozhuang-departments")
    if grade:
        text = text.replace("\ngrading:\n", f"\ngrading:\n  grades:\n    {grade}\n")
    season_id = seasons.create_season(
        Act(place.database, MANAGER, MORNING), title, "考核办", "0632-0", text
    )
    units = tuple(UnitRow(one.code, one.name, one.category, "") for one in facts.units)
    rosters.import_roster(Act(place.database, MANAGER, MORNING), season_id, Roster(units, (), ()))
    entered = Figures(
        tuple(
            IndicatorRow(
                one.round,
                one.unit,
                one.component,
                None if one.value is None else number_text(one.value),
            )
            for one in facts.indicators
        ),
        tuple(
            AdjustmentRow(
                one.round, one.unit, one.rule, one.times, None, one.date, one.evidence, one.project
            )
            for one in facts.adjustments
        ),
    )
    figures.import_figures(Act(place.database, MANAGER, MORNING), season_id, entered)
    return season_id


def add_past(place: Installation, season_id: int, *rows: PastRow) -> Change:
    history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)
    return history.import_history(Act(place.database, MANAGER, MORNING), season_id, rows)


def list_following(place: Installation, season_id: int) -> dict[str, tuple[Consequence, ...]]:
    found = history.get_history(place.database, season_id)
    return {unit.unit: unit.consequences for unit in found.units if unit.consequences}


WORKED_PAST = (PastRow("e05", 2017, "58"), PastRow("e06", 2016, "55"), PastRow("e04", 2017, "59"))


@pytest.mark.usefixtures("database_url")
def test_the_worked_case_with_its_gap_comes_out_of_the_database(place: Installation) -> None:
    season_id = add_worked(place)
    add_past(place, season_id, *WORKED_PAST)
    complete(place, season_id)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    # e05: 58, then 53. e06: 2016 is known and 2017 is not, so people must look.
    assert (
        list_following(place, season_id)
        == following(CASE)
        == {
            "e05": (Consequence("two_years_low", (2017, 2018)),),
            "e06": (Consequence("two_years_low", (2017, 2018), unknown=(2017,)),),
        }
    )
    found = history.get_history(place.database, season_id)
    assert (found.year, found.years, found.gaps) == (2018, (2016, 2017), 11 * 2 - 3)
    shown = {unit.unit: unit.entries for unit in found.units}
    assert shown["e05"] == (None, TakenResult(PastRow("e05", 2017, "58"), "workbook"))
    assert shown["e01"] == (None, None)


def test_without_the_seasons_year_a_gap_would_be_skipped(place: Installation) -> None:
    """Only 2016 is known: the year after the latest entry would be 2017, and is not."""
    season_id = add_worked(place)
    add_past(place, season_id, PastRow("e05", 2016, "58"))
    complete(place, season_id)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    assert list_following(place, season_id) == {
        unit: (Consequence("two_years_low", (2017, 2018), unknown=(2017,)),)
        for unit in ("e05", "e06")
    }


def test_history_makes_a_result_stale_and_travels_in_the_package(place: Installation) -> None:
    season_id = add_worked(place)
    complete(place, season_id)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    add_past(place, season_id, *WORKED_PAST, PastRow("e01", 2017, None, place="last"))
    assert results.get_result(place.database, season_id).stale
    complete(place, season_id)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    shut_boxes(place, season_id)
    content = archive.build_audit_package(place.database, place.settings, season_id)
    package = read_package(read_zip(content, 10**8))
    assert package.facts.year == 2018
    assert set(package.history) == {
        Past(2017, "e05", F("58"), ""),
        Past(2016, "e06", F("55"), ""),
        Past(2017, "e04", F("59"), ""),
        Past(2017, "e01", None, "", "last"),
    }
    again = recompute(package)
    assert again.differences == ()
    assert {u.unit: u.consequences for u in again.outcome.units if u.consequences} == (
        list_following(place, season_id)
    )


@pytest.mark.usefixtures("database_url")
def test_an_import_replaces_everything_and_counts_what_it_changed(place: Installation) -> None:
    season_id = add_worked(place)
    assert add_past(place, season_id, *WORKED_PAST) == Change(3, 0, 0)
    rows = (PastRow("e05", 2017, "58.00"), PastRow("e04", 2017, "61"), PastRow("e02", 2015, "80"))
    assert history.import_history(Act(place.database, MANAGER, MORNING), season_id, rows) == Change(
        1, 1, 1
    )
    assert history.list_past_rows(place.database, season_id) == (
        PastRow("e02", 2015, "80"),
        PastRow("e04", 2017, "61"),
        PastRow("e05", 2017, "58"),
    )


def test_rows_have_to_fit_the_season(place: Installation) -> None:
    season_id = add_worked(place)

    def enter(*rows: PastRow) -> None:
        history.import_history(Act(place.database, MANAGER, MORNING), season_id, rows)

    refuses(UPLOAD_REFUSED, lambda: enter(PastRow("e05", 2017, "58")), "请先填本考评年度是哪一年")
    history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)
    refuses(UPLOAD_REFUSED, lambda: enter(PastRow("e05", 2018, "58")), "1990 到 2017 之间")
    refuses(UPLOAD_REFUSED, lambda: enter(PastRow("e99", 2017, "58")), "没有这些单位：e99")
    assert history.list_past_rows(place.database, season_id) == ()
    enter(PastRow("e05", 2017, "58"))
    refuses(
        ENTRY_REFUSED,
        lambda: history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2017),
        "应在 2018 到 2100 之间",
    )


def publish(place: Installation, season_id: int, version: int) -> None:
    """From a computed result to a final one."""
    publishing.propose(Act(place.database, MANAGER, MORNING), season_id, "")
    today = MORNING.date()
    period = publishing.Period(today, today + timedelta(days=6))
    publishing.begin_publicity(
        Act(place.database, MANAGER, MORNING), place.settings, season_id, version, period
    )
    publishing.make_final(Act(place.database, MANAGER, LATER), place.settings, season_id, version)


@pytest.mark.usefixtures("database_url")
def test_a_final_result_is_taken_over_by_the_units_names(place: Installation) -> None:
    earlier = add_worked(place, "枣庄 2017 年度考核")
    complete(place, earlier)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, earlier)
    publish(place, earlier, 1)
    season_id = add_worked(place)
    history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)
    # This year e05 has another code, and e11 has been dissolved for a new office.
    units = rosters.list_units(place.database, season_id)
    renamed = {"e05": ("x05", None), "e11": ("e11", "新设机构")}
    again = tuple(
        UnitRow(
            renamed.get(u.code, (u.code, None))[0],
            renamed.get(u.code, ("", None))[1] or u.name,
            u.category,
            "",
        )
        for u in units
    )
    figures.import_figures(Act(place.database, MANAGER, MORNING), season_id, Figures())
    rosters.import_roster(Act(place.database, MANAGER, MORNING), season_id, Roster(again, (), ()))
    assert earlier_results.list_earlier_seasons(place.database, season_id) == (
        EarlierSeason(earlier, "枣庄 2017 年度考核", 1, 2017),
    )
    taken, change = earlier_results.take_over_season(
        Act(place.database, MANAGER, MORNING), season_id, earlier, 2017
    )
    names = {unit.code: unit.name for unit in units}
    assert (taken.strangers, taken.lacking, change) == (
        (names["e11"],),
        ("新设机构",),
        Change(10, 0, 0),
    )
    rows = {row.unit: row for row in history.list_past_rows(place.database, season_id)}
    # Of ten ranked ones e03 was first and e06 last; e09 had no total.
    assert rows["e03"] == PastRow("e03", 2017, "107.00", place="first")
    assert rows["x05"] == PastRow("x05", 2017, "53.00", place="between")
    assert rows["e06"] == PastRow("e06", 2017, "52.00", place="last")
    assert rows["e09"] == PastRow("e09", 2017, None)


def test_only_what_is_final_is_taken_over(place: Installation) -> None:
    shown = add_published(place)
    season_id = add_worked(place)
    history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)

    def take() -> None:
        earlier_results.take_over_season(
            Act(place.database, MANAGER, LATER), season_id, shown, 2017
        )

    assert earlier_results.list_earlier_seasons(place.database, season_id) == ()
    refuses(NOT_FOUND, take)
    publishing.make_final(Act(place.database, MANAGER, LATER), place.settings, shown, 1)
    take()
    change_figure(place, shown, "u01", "99")
    publishing.propose(Act(place.database, MANAGER, LATER), shown, "个性指标录错")
    refuses(ACT_REFUSED, take, "正在办理更正（第 2 版）")


def test_grades_are_matched_by_code_or_name_or_refused(place: Installation) -> None:
    earlier = add_worked(place, "2017", grade="fine: {name: {zh: 良好, en: Good}}")
    complete(place, earlier)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, earlier)
    publish(place, earlier, 1)
    by_name = add_worked(place, "2018", grade="good: {name: {zh: 良好, en: Good}}")
    stranger = add_worked(place, "2018", grade="best: {name: {zh: 最佳, en: Best}}")
    for season_id in (by_name, stranger):
        history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)
    take = earlier_results.take_over_season
    act = Act(place.database, MANAGER, MORNING)
    take(act, by_name, earlier, 2017)
    rows = history.list_past_rows(place.database, by_name)
    assert {row.grade for row in rows if row.score} == {"good"}
    refuses(UPLOAD_REFUSED, lambda: take(act, stranger, earlier, 2017), "“良好”在本方案里没有对应")
    assert history.list_past_rows(place.database, stranger) == ()


def test_a_package_is_verified_before_its_result_is_taken(place: Installation) -> None:
    earlier = add_worked(place, "2017")
    history.set_year(Act(place.database, MANAGER, MORNING), earlier, 2017)
    complete(place, earlier)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, earlier)
    shut_boxes(place, earlier)
    packages = archive.build_packages(place.database, place.settings, earlier)
    season_id = add_worked(place)
    history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)

    def read(content: bytes, year: int | None = None) -> earlier_results.Taken:
        return earlier_results.read_earlier_package(place.database, season_id, year, content)

    audit, public = read(packages.audit), read(packages.public, 2017)
    assert audit.rows == public.rows
    assert (audit.year, len(audit.rows), audit.strangers, audit.lacking) == (2017, 11, (), ())
    assert PastRow("e03", 2017, "107.00", place="first") in audit.rows
    change = earlier_results.take_over_package(
        Act(place.database, MANAGER, MORNING), season_id, public
    )
    assert change == Change(11, 0, 0)
    refuses(UPLOAD_REFUSED, lambda: read(packages.public), "请填是哪一年的结果")
    refuses(UPLOAD_REFUSED, lambda: read(packages.public, 2018), "应早于本考评年度 2018 年")
    refuses(UPLOAD_REFUSED, lambda: read(b"PK no zip"), "ZIP")
    files = read_zip(packages.public, 10**8)
    better = {**files, "result.json": files["result.json"].replace(b'"53.00"', b'"63.00"')}
    refuses(UPLOAD_REFUSED, lambda: read(build_zip(better), 2017), "result.json 被改动")
    unsigned = {name: text for name, text in files.items() if "manifest" not in name}
    refuses(UPLOAD_REFUSED, lambda: read(build_zip(unsigned), 2017), "没有通过验证")


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("枣庄 2018 年度考核", 2018),
        ("2018 年度（依据 2017 年办法）", None),
        ("年度考核", None),
        ("20180 号", None),
    ],
)
def test_the_year_that_a_title_names(title: str, year: int | None) -> None:
    assert history.guess_year(title) == year

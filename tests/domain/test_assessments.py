"""Covers sheets of assessing bodies: entered, handed in, returned, accepted, changed later."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments, body_sheets, counted, figure_trail
from evalsvc.domain.assessing.assessments import Entry, Remark
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.people import bodies
from evalsvc.domain.preparing import figures
from evalsvc.domain.preparing.figures import Figures, IndicatorRow
from evalsvc.errors import (
    ACT_REFUSED,
    ENTRY_REFUSED,
    NOT_FOUND,
    NOT_YOURS,
    UPLOAD_REFUSED,
    Kind,
    Problem,
)
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.verify.verdict import verify
from evalsvc.models.figures import Indicator
from evalsvc.results.changes import ChangedFigure
from tests.cast import MANAGER, MORNING, Installation
from tests.office_cast import SAFETY, add_assessor, add_bodies_season, add_staff, ask, fill

SHEET = ("year_end", "emergency")


@pytest.fixture
def season_id(place: Installation) -> int:
    found = add_bodies_season(place)
    ask(place, found)
    return found


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        act()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def list_values(place: Installation, season_id: int) -> dict[str, str | None]:
    with place.database.reading() as session:
        rows = session.scalars(
            select(Indicator).where(Indicator.season_id == season_id, Indicator.component == SAFETY)
        )
        return {row.unit: row.value for row in rows}


def hand_in(place: Installation, season_id: int, value: str = "88.5") -> None:
    actor = add_assessor(place, season_id)
    assessments.save_entries(
        Act(place.database, actor, MORNING), season_id, *SHEET, fill(value), ()
    )
    assessments.hand_in(Act(place.database, actor, MORNING), season_id, *SHEET)


def test_figures_count_from_acceptance_on(place: Installation, season_id: int) -> None:
    hand_in(place, season_id)
    assert list_values(place, season_id) == {}
    sheet = body_sheets.get_sheet(place.database, season_id, *SHEET)
    assert (sheet.state, sheet.handed_in_by, sheet.is_late, sheet.missing) == (
        "handed_in",
        "assessor同事",
        False,
        0,
    )
    assessments.accept_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET)
    assert list_values(place, season_id) == {f"u{n:02d}": "88.5" for n in range(1, 11)}
    assert figure_trail.list_changes(place.database, season_id) == ()
    refuses(
        ACT_REFUSED,
        lambda: assessments.accept_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET),
    )


def test_a_later_change_keeps_both_figures_and_the_reason(
    place: Installation, season_id: int
) -> None:
    hand_in(place, season_id)
    assessments.accept_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET)
    assessments.return_sheet(
        Act(place.database, MANAGER, MORNING), season_id, *SHEET, "u03 的事故算重了"
    )
    actor = add_staff(place, "assessor", "assessor")
    entry = Entry("u03", SAFETY, "93")
    assessments.save_entries(Act(place.database, actor, MORNING), season_id, *SHEET, [entry], ())
    assessments.hand_in(Act(place.database, actor, MORNING), season_id, *SHEET)
    # Until it is accepted again, what was accepted goes on to count.
    assert list_values(place, season_id)["u03"] == "88.5"
    assessments.accept_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET)
    assert list_values(place, season_id)["u03"] == "93"
    assert figure_trail.list_changes(place.database, season_id) == (
        ChangedFigure(
            "u03", SAFETY, "year_end", "88.5", "93", "u03 的事故算重了", "assessor同事", MORNING
        ),
    )
    assert figure_trail.list_changes(place.database, season_id, "u01") == ()


def test_an_office_that_overwrites_a_bodys_figure_is_told_of(
    place: Installation, season_id: int
) -> None:
    hand_in(place, season_id)
    assessments.accept_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET)
    with place.database.writing() as session:
        session.get_one(Indicator, (season_id, "year_end", "u02", SAFETY)).value = "100"
    assert figure_trail.list_changes(place.database, season_id) == (
        ChangedFigure("u02", SAFETY, "year_end", "88.5", "100", "", "", None),
    )


def test_an_incomplete_sheet_is_not_handed_in(place: Installation, season_id: int) -> None:
    actor = add_assessor(place, season_id)
    database = place.database
    assessments.save_entries(Act(database, actor, MORNING), season_id, *SHEET, fill()[:9], ())
    refuses(
        ENTRY_REFUSED,
        lambda: assessments.hand_in(Act(database, actor, MORNING), season_id, *SHEET),
        "1 个数没有填：镇10",
    )
    last = [Entry("u10", SAFETY, "NA")]
    assessments.save_entries(Act(database, actor, MORNING), season_id, *SHEET, last, ())
    assessments.hand_in(Act(database, actor, MORNING + timedelta(days=11)), season_id, *SHEET)
    sheet = body_sheets.get_sheet(database, season_id, *SHEET)
    assert sheet.is_late
    assessments.accept_sheet(Act(database, MANAGER, MORNING), season_id, *SHEET)
    assert list_values(place, season_id)["u10"] is None


@pytest.mark.parametrize("value", ["101", "-1", "优", "1e2", "8 8", "٣", "1" * 30, "NaN", "."])
def test_a_figure_outside_the_schemes_bounds_is_refused(
    place: Installation, season_id: int, value: str
) -> None:
    actor = add_assessor(place, season_id)
    refuses(
        ENTRY_REFUSED,
        lambda: assessments.save_entries(
            Act(place.database, actor, MORNING),
            season_id,
            *SHEET,
            [Entry("u01", SAFETY, value)],
            (),
        ),
        "0 到 100 的数字",
    )


@pytest.mark.parametrize("entry", [Entry("u99", SAFETY, "1"), Entry("u01", "I.own", "1")])
def test_a_body_enters_its_own_cells_only(
    place: Installation, season_id: int, entry: Entry
) -> None:
    actor = add_assessor(place, season_id)
    refuses(
        ENTRY_REFUSED,
        lambda: assessments.save_entries(
            Act(place.database, actor, MORNING), season_id, *SHEET, [entry], ()
        ),
    )


def test_nobody_works_for_another_body(place: Installation, season_id: int) -> None:
    actor = add_assessor(place, season_id, "secrets")
    refuses(
        NOT_YOURS,
        lambda: assessments.save_entries(
            Act(place.database, actor, MORNING), season_id, *SHEET, fill(), ()
        ),
    )
    refuses(
        NOT_YOURS,
        lambda: assessments.hand_in(Act(place.database, actor, MORNING), season_id, *SHEET),
    )
    bodies.unbind_member(Act(place.database, MANAGER, MORNING), season_id, "assessor", "secrets")
    assert bodies.list_own_bodies(place.database, season_id, actor) == frozenset()


def test_a_sheet_handed_in_is_closed_until_it_comes_back(
    place: Installation, season_id: int
) -> None:
    hand_in(place, season_id)
    actor = add_staff(place, "assessor", "assessor")
    for verb in (
        lambda: assessments.hand_in(Act(place.database, actor, MORNING), season_id, *SHEET),
        lambda: assessments.save_entries(
            Act(place.database, actor, MORNING), season_id, *SHEET, fill("1"), ()
        ),
    ):
        refuses(ACT_REFUSED, verb, "已经报送")
    refuses(
        ENTRY_REFUSED,
        lambda: assessments.return_sheet(
            Act(place.database, MANAGER, MORNING), season_id, *SHEET, " "
        ),
    )
    assessments.return_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET, "缺依据")
    refuses(
        ACT_REFUSED,
        lambda: assessments.return_sheet(
            Act(place.database, MANAGER, MORNING), season_id, *SHEET, "缺依据"
        ),
    )
    note = [Remark("u01", "无事故", "安监台账第3页")]
    assessments.save_entries(Act(place.database, actor, MORNING), season_id, *SHEET, (), note)
    sheet = body_sheets.get_sheet(place.database, season_id, *SHEET)
    assert (sheet.units[0].note, sheet.units[0].evidence) == ("无事故", "安监台账第3页")


def test_only_what_was_asked_for_is_there(place: Installation) -> None:
    season_id = add_bodies_season(place)
    assert [(s.body, s.state) for s in body_sheets.list_sheets(place.database, season_id)] == [
        ("emergency", "unasked"),
        ("secrets", "unasked"),
    ]
    refuses(NOT_FOUND, lambda: body_sheets.get_sheet(place.database, season_id, *SHEET))
    refuses(
        ENTRY_REFUSED,
        lambda: assessments.ask_for_sheets(
            Act(place.database, MANAGER, MORNING), season_id, MORNING
        ),
    )


def test_only_colleagues_with_the_role_are_bound(place: Installation, season_id: int) -> None:
    refuses(
        ENTRY_REFUSED,
        lambda: bodies.bind_member(
            Act(place.database, MANAGER, MORNING), season_id, "auditor", "emergency"
        ),
        "没有",
    )
    add_staff(place, "assessor", "assessor")
    refuses(
        ENTRY_REFUSED,
        lambda: bodies.bind_member(
            Act(place.database, MANAGER, MORNING), season_id, "assessor", "nobody"
        ),
    )
    for _ in range(2):
        bodies.bind_member(Act(place.database, MANAGER, MORNING), season_id, "assessor", "u01")
    assert [each.code for each in bodies.list_members(place.database, season_id)] == ["u01"]


def test_the_audit_package_tells_what_was_changed(place: Installation, season_id: int) -> None:
    hand_in(place, season_id)
    assessments.accept_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    content = archive.build_audit_package(place.database, place.settings, season_id)
    assert "changes.csv" not in read_zip(content, 10**8)
    why = "=u03 的事故算重了"
    assessments.return_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET, why)
    actor = add_assessor(place, season_id)
    again = [Entry("u03", SAFETY, "93")]
    assessments.save_entries(Act(place.database, actor, MORNING), season_id, *SHEET, again, ())
    assessments.hand_in(Act(place.database, actor, MORNING), season_id, *SHEET)
    assessments.accept_sheet(Act(place.database, MANAGER, MORNING), season_id, *SHEET)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    packages = archive.build_packages(place.database, place.settings, season_id)
    files = read_zip(packages.audit, 10**8)
    assert files["changes.csv"].decode().splitlines() == [
        "round,unit,component,before,after,reason,changed_by,changed_at",
        f"year_end,u03,{SAFETY},88.5,93,'{why},assessor同事,{MORNING.isoformat()}",
    ]
    assert verify(files).failed == ()
    assert "changes.csv" not in read_zip(packages.public, 10**8)


def test_a_bodys_figure_is_its_own_from_when_it_is_asked(place: Installation) -> None:
    """The office enters 70 for a body, then asks it: 70 waits in its sheet and counts no more."""
    season_id = add_bodies_season(place)
    act = Act(place.database, MANAGER, MORNING)
    rows = tuple(IndicatorRow("year_end", f"u{n:02d}", SAFETY, "70") for n in range(1, 11))
    figures.import_figures(act, season_id, Figures(rows))
    assert list_values(place, season_id)["u01"] == "70"

    ask(place, season_id)

    assert list_values(place, season_id) == {}
    sheet = body_sheets.get_sheet(place.database, season_id, *SHEET)
    assert {unit.values[SAFETY] for unit in sheet.units} == {"70"}
    key = ("year_end", "u01", SAFETY)
    steps = counted.list_steps(place.database, season_id, key)
    assert [(each.value, each.gone, each.source) for each in steps] == [
        (None, True, "asked"),
        ("70", False, "import"),
    ]
    # Asked again for a later day, nothing is handed over twice.
    ask(place, season_id)
    assert len(counted.list_steps(place.database, season_id, key)) == 2


def test_no_import_changes_what_a_body_has_signed(place: Installation, season_id: int) -> None:
    hand_in(place, season_id)
    act = Act(place.database, MANAGER, MORNING)
    assessments.accept_sheet(act, season_id, *SHEET)
    five = Figures((IndicatorRow("year_end", "u03", SAFETY, "5"),))
    for said in (five, Figures(cleared=(("year_end", "u03", SAFETY),))):
        refuses(UPLOAD_REFUSED, partial(figures.import_figures, act, season_id, said), "应急局")
    # An import meant for another indicator leaves it alone.
    figures.import_figures(
        act, season_id, Figures((IndicatorRow("year_end", "u03", "I.common.依法行政", "5"),))
    )
    assert list_values(place, season_id)["u03"] == "88.5"
    steps = counted.list_steps(place.database, season_id, ("year_end", "u03", SAFETY))
    assert [(each.value, each.source, each.by) for each in steps] == [
        ("88.5", "sheet", "assessor同事")
    ]

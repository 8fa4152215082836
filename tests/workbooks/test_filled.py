"""A roster that comes out of the product goes in again and is the same."""

from dataclasses import replace

import pytest

from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.text import NOTHING, same
from evalsvc.workbooks.filled import build_lines, build_sheets
from evalsvc.workbooks.roster import check_roster, read_roster
from evalsvc.workbooks.templates import roster_template
from tests.workbooks.filling import PANEL_CITY, PANSHAN

CASES = [("panshan-2018", PANSHAN), ("three-in-one", PANEL_CITY)]
SCHEME = load_preset("panshan-2018")


@pytest.mark.parametrize(("preset", "roster"), CASES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_of_a_roster_is_read_as_that_roster(
    preset: str, roster: Roster, language: str
) -> None:
    scheme = load_preset(preset)
    reading = read_roster(roster_template(scheme, language, roster), scheme)
    assert [each for each in reading.problems if each.severity == "error"] == []
    assert reading.roster == roster


@pytest.mark.parametrize(("preset", "roster"), CASES)
def test_its_rows_are_read_without_a_file(preset: str, roster: Roster) -> None:
    scheme = load_preset(preset)
    assert check_roster(build_sheets(scheme, build_lines(scheme, roster)), scheme).roster == roster


def test_a_unit_called_like_anothers_code_is_written_by_its_own_code() -> None:
    """By name it would be read as the other one."""
    units = (UnitRow("u01", "u02", "department"), UnitRow("u02", "县公安局", "department"))
    roster = Roster(
        units,
        (RaterRow("leader", "L1", "王县长", "u01"),),
        (RelationRow("leader", "L1", "u02", "in_charge"),),
    )
    reading = read_roster(roster_template(SCHEME, "zh", roster), SCHEME)
    assert reading.roster == roster


def test_an_account_in_paragraphs_stays_with_its_unit() -> None:
    """A cell would make one line of it; an empty one keeps what is there."""
    scheme = load_preset("zaozhuang-staff")
    unit = UnitRow("u01", "甲", "staff", account="一、建校。\n二、招考。")
    plain = replace(unit, code="u02", name="乙", account="平安。")
    lines = build_lines(scheme, Roster((unit, plain)))["units"]
    assert [line.cells["account"] for line in lines] == [NOTHING, same("平安。")]


def test_a_line_keeps_its_key_when_a_unit_is_renamed() -> None:
    lines = build_lines(SCHEME, PANSHAN)
    assert {sheet: found[0].key for sheet, found in lines.items()} == {
        "units": "u01",
        "raters": "leader/L1",
        "relations": "leader/L1/u01",
    }

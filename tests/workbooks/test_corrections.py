"""A correction in place is judged as an import is, and changes its own line only."""

from dataclasses import replace

from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.corrections import correct_line, remove_line
from tests.workbooks.filling import DEPARTMENTS, PANEL_CITY, PANSHAN, TOWNS

SCHEME = load_preset("panshan-2018")


def correct(sheet: str, key: str, **cells: str) -> Roster | dict[str, list[str]]:
    """The roster as corrected, or what is wrong by column."""
    found = correct_line(SCHEME, PANSHAN, sheet, key, cells)
    assert found.elsewhere == ()
    wrong = {name: [each.zh for each in texts] for name, texts in found.cells.items()}
    return wrong if found.roster is None else found.roster


def test_a_renamed_unit_keeps_its_place_and_its_relations() -> None:
    units = (replace(DEPARTMENTS[0], name="县教育体育局"), DEPARTMENTS[1], *TOWNS)
    assert correct("units", "u01", name="县教育体育局") == replace(PANSHAN, units=units)


def test_a_new_unit_comes_last() -> None:
    found = correct("units", "", code="u05", name="应急局", category="部门", flags="", work="")
    assert isinstance(found, Roster)
    assert found.units == (*PANSHAN.units, UnitRow("u05", "应急局", "department"))


def test_mistakes_are_named_by_the_field_of_the_line() -> None:
    assert correct("units", "u01", name="县公安局", category="乡镇", flags="免评") == {
        "name": ["与第3行的名称重复"],
        "category": ["没有这个类别；应为：部门、镇（街道）、园区"],
        "flags": ["没有这个标记；应为：不参与评奖，或不填"],
    }
    assert correct("raters", "leader/L1", name="") == {"name": ["不能空着：印在信件上，最多60字"]}


def test_a_rater_and_a_relation_are_corrected() -> None:
    raters = (RaterRow("leader", "L1", "赵县长", "u03"), *PANSHAN.raters[1:])
    assert correct("raters", "leader/L1", name="赵县长", unit="甜水镇") == replace(
        PANSHAN, raters=raters
    )
    found = correct("relations", "", group="县领导", rater="L2", unit="u02", role="")
    assert found == {"unit": ["这是评价人自己所属的单位，不能评价，请删去这一行"]}


def test_a_unit_goes_with_its_relations_and_not_while_somebody_belongs_to_it() -> None:
    found = remove_line(SCHEME, PANSHAN, "units", "u01")
    relations = (RelationRow("leader", "L1", "u02", "in_charge"),)
    assert found.roster == replace(PANSHAN, units=PANSHAN.units[1:], relations=relations)
    refused = remove_line(SCHEME, PANSHAN, "units", "u02")
    assert refused.roster is None
    assert [(each.sheet, each.row, each.found) for each in refused.elsewhere] == [
        ("评价人", 3, "u02")
    ]


def test_a_rater_goes_with_their_relations() -> None:
    found = remove_line(SCHEME, PANSHAN, "raters", "leader/L1")
    assert found.roster == replace(
        PANSHAN, raters=PANSHAN.raters[1:], relations=PANSHAN.relations[2:]
    )


def test_seats_of_a_stratum_are_corrected() -> None:
    scheme = load_preset("three-in-one")
    found = correct_line(scheme, PANEL_CITY, "seats", "panel/deputies", {"seats": "160"})
    assert found.roster is not None
    assert found.roster.seats[0].seats == 160
    wrong = correct_line(scheme, PANEL_CITY, "seats", "panel/deputies", {"seats": "很多"})
    assert {key: [each.zh for each in texts] for key, texts in wrong.cells.items()} == {
        "seats": ["应为数字"]
    }


def test_seats_of_thousands_of_digits_are_a_mistake_in_their_cell() -> None:
    scheme = load_preset("three-in-one")
    cells = {"seats": "9" * 5000}
    found = correct_line(scheme, PANEL_CITY, "seats", "panel/deputies", cells)
    assert found.roster is None
    assert found.cells.keys() == {"seats"}

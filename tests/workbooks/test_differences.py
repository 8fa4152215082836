"""What an import would change is told line by line, and who only got another code is recognised."""

from dataclasses import replace

from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, SeatsRow, UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.differences import compare_rosters
from tests.workbooks.filling import PANEL_CITY, PANSHAN

Told = dict[str, list[tuple[str, str, dict[str, tuple[str, str]]]]]


def tell(new: Roster, old: Roster = PANSHAN, preset: str = "panshan-2018") -> Told:
    """By sheet: how each line stands, what it is called, and its cells before and after."""
    found = compare_rosters(load_preset(preset), old, new)
    return {
        sheet.name.zh: [
            (
                row.standing,
                row.name.zh,
                {each.heading.zh: (each.before.zh, each.after.zh) for each in row.cells},
            )
            for row in sheet.rows
        ]
        for sheet in found
    }


def change_unit(place: int, **columns: str) -> Roster:
    units = list(PANSHAN.units)
    units[place] = replace(units[place], **columns)
    return replace(PANSHAN, units=tuple(units))


def test_the_same_roster_changes_nothing() -> None:
    assert tell(PANSHAN) == {}


def test_a_unit_that_is_renamed_is_one_change_and_its_relations_stay() -> None:
    assert tell(change_unit(0, name="县教育体育局")) == {
        "单位": [("changed", "u01 县教育局 部门", {"名称": ("县教育局", "县教育体育局")})]
    }


def test_another_code_for_the_same_unit_is_recognised() -> None:
    """As a unit that goes and one that comes, it would lose its figures without a word."""
    roster = change_unit(2, code="t01", name="甜水街道")
    assert tell(roster)["单位"] == [
        (
            "renamed",
            "u03 甜水镇 镇（街道）、园区",
            {"代码": ("u03", "t01"), "名称": ("甜水镇", "甜水街道")},
        )
    ]


def test_who_goes_and_who_comes_is_told_with_what_stands_there() -> None:
    units = (*PANSHAN.units[:3], UnitRow("u05", "应急管理局", "department", "", "安全"))
    assert tell(replace(PANSHAN, units=units)) == {
        "单位": [
            ("gone", "u04 =吴家镇 镇（街道）、园区", {}),
            ("new", "u05 应急管理局 部门", {"职能": ("", "安全")}),
        ]
    }


def test_one_person_in_two_groups_is_two_people() -> None:
    raters = (*PANSHAN.raters[1:], RaterRow("office", "O2", "王县长"))
    relations = (RelationRow("leader", "L2", "u01", "in_charge"),)
    told = tell(replace(PANSHAN, raters=raters, relations=relations))
    assert [(standing, name) for standing, name, _ in told["评价人"]] == [
        ("gone", "县领导 L1 王县长"),
        ("new", "专项行动领导小组办公室 O2 王县长"),
    ]
    assert [(standing, name) for standing, name, _ in told["评价关系"]] == [
        ("gone", "县领导 L1 县教育局"),
        ("gone", "县领导 L1 县公安局"),
    ]


def test_roles_and_seats_are_compared_too() -> None:
    new = replace(
        PANEL_CITY,
        relations=(RelationRow("leader", "S1", "b2", "not_in_charge"),),
        seats=(SeatsRow("panel", "deputies", 160), *PANEL_CITY.seats[1:]),
    )
    told = tell(new, PANEL_CITY, "three-in-one")
    assert [cells for _, _, cells in told["评价关系"]] == [{"角色": ("分管", "非分管")}]
    assert [cells for _, _, cells in told["评议团"]] == [{"人数": ("150", "160")}]


def test_an_empty_account_changes_nothing() -> None:
    unit = UnitRow("u01", "甲", "staff", account="平安。")
    new, old = Roster((replace(unit, account=""),)), Roster((unit,))
    assert tell(new, old, "zaozhuang-staff") == {}

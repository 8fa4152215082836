"""Covers figures changed after they counted, in the unit's sheet and in the workbook."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from python_calamine import CalamineWorkbook

from evalsvc.reports.documents.figure_trail import TrailRow, build_trail
from evalsvc.reports.documents.unit_sheet import render_unit_sheet
from evalsvc.reports.documents.workbook import render_workbook
from evalsvc.results.changes import ChangedFigure
from tests.reports.reading import list_texts
from tests.reports.samples import HEAD, worked_content
from tests.saying import spoken

WORKED = worked_content()
UNIT = next(unit for unit in WORKED.units if unit.unit == "u01")
MOMENT = datetime(2018, 12, 20, 2, 30, tzinfo=UTC)
SAFETY = "I.common.安全生产工作"
CHANGES = (
    ChangedFigure("u01", SAFETY, "year_end", "88.5", None, "事故算重了", "王科长", MOMENT),
    ChangedFigure("u02", SAFETY, "year_end", "90", "91", "", "", None),
)
OWN = TrailRow("u01", "安全生产工作", "88.5", "不承担", "事故算重了", "王科长 2018年12月20日 10:30")


def test_a_row_says_both_figures_and_who_changed_them() -> None:
    assert spoken(build_trail(CHANGES, WORKED.scheme, "u01")) == (OWN,)
    assert spoken(build_trail(CHANGES, WORKED.scheme))[1] == TrailRow(
        "u02", "安全生产工作", "90", "91", "考评办导入指标时改动", ""
    )
    assert spoken(build_trail(CHANGES, WORKED.scheme, "u02"), "en") == (
        TrailRow(
            "u02",
            "Safety in production",
            "90",
            "91",
            "changed when the office imported figures",
            "",
        ),
    )


def test_the_units_sheet_shows_its_own_changes(tmp_path: Path) -> None:
    pdf = render_unit_sheet(HEAD, WORKED.scheme, "县政府办", UNIT, "zh", changes=[OWN])
    whole = "".join(list_texts(pdf, tmp_path))
    assert "采用以后改过的数" in whole
    shown = whole.partition("采用以后改过的数")[2]
    assert [text in shown for text in ("88.5", "不承担", "事故算重了", "王科长")] == [True] * 4
    plain = render_unit_sheet(HEAD, WORKED.scheme, "县政府办", UNIT, "zh")
    assert "采用以后改过的数" not in "".join(list_texts(plain, tmp_path))


def test_the_workbook_has_a_sheet_of_them() -> None:
    book = render_workbook(replace(WORKED, changes=CHANGES))
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
    assert sheets.get_sheet_by_name("采用以后改过的数").to_python() == [
        ["单位代码", "单位", "指标", "原为", "现为", "理由", "谁，何时"],
        [
            "u01",
            "县政府办",
            "安全生产工作",
            "88.5",
            "不承担",
            "事故算重了",
            "王科长 2018年12月20日 10:30",
        ],
        ["u02", WORKED.names["u02"], "安全生产工作", "90", "91", "考评办导入指标时改动", ""],
    ]
    plain = CalamineWorkbook.from_filelike(io.BytesIO(render_workbook(WORKED)))
    assert "采用以后改过的数" not in plain.sheet_names


def test_the_english_workbook_has_it_too() -> None:
    book = render_workbook(replace(WORKED, changes=CHANGES), "en")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
    assert sheets.get_sheet_by_name("Figures changed later").to_python() == [
        ["Unit code", "Unit", "Indicator", "Before", "Now", "Reason", "Who and when"],
        [
            "u01",
            "县政府办",
            "Safety in production",
            "88.5",
            "not carried",
            "事故算重了",
            "王科长 20 December 2018, 10:30",
        ],
        [
            "u02",
            WORKED.names["u02"],
            "Safety in production",
            "90",
            "91",
            "changed when the office imported figures",
            "",
        ],
    ]

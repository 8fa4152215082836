"""Grades and awards in the documents: workbook, table and report."""

import csv
import io
from dataclasses import replace

from python_calamine import CalamineWorkbook

from evalsvc.reports.documents.report import build_report
from evalsvc.reports.documents.table import render_csv
from evalsvc.reports.documents.workbook import render_workbook
from evalsvc.results.season import ResultContent
from evalsvc.scheme.presets import load_preset
from tests.reports.samples import HEAD
from tests.saying import spoken
from tests.worked.cases import read_worked

# As the worked cases have them.
LUOYANG = {
    "e1": "良好",
    "e2": "优秀",
    "e3": "一般",
    "e4": "一般",
    "e5": "良好",
    "m1": "良好",
    "m2": "一般",
}


def content(preset: str) -> ResultContent:
    case = read_worked(preset)
    names = {unit.code: unit.name for unit in case.package.facts.units}
    ends = {unit.unit: unit for unit in case.outcome.units}
    return ResultContent(HEAD, load_preset(preset), names, tuple(case.results), ends=ends)


def cells(preset: str, heading: str) -> dict[str, str]:
    rows = list(csv.reader(io.StringIO(render_csv(content(preset)).decode("utf-8-sig"))))
    unit, end = rows[0].index("单位代码"), rows[0].index(heading)
    return {row[unit]: row[end] for row in rows[1:]}


def test_the_table_has_grades():
    assert cells("luoyang-2018", "等次") == LUOYANG


def test_a_scheme_of_awards_alone_names_them():
    assert {u for u, told in cells("zaozhuang-departments", "表彰").items() if told} == {"e01"}


def test_the_workbook_has_grades_beside_the_totals():
    file = CalamineWorkbook.from_filelike(io.BytesIO(render_workbook(content("luoyang-2018"))))
    heads, *rows = file.get_sheet_by_index(0).to_python()
    assert heads[:6] == ["类别", "名次", "单位代码", "单位", "得分", "等次"]
    assert {str(row[2]): row[5] for row in rows if row[2]} == LUOYANG


def test_the_report_has_grades_in_its_tables():
    (economy, mass) = spoken(build_report(content("luoyang-2018"))).rankings
    assert (economy.end, [row.end for row in economy.tables["zh"].rows]) == (
        "等次",
        ["优秀", "良好", "良好", "一般", "一般"],
    )
    assert [row.end for row in mass.tables["zh"].rows] == ["良好", "一般"]


def test_without_grades_and_awards_there_is_no_column():
    plain = replace(content("panshan-2018"), ends={})
    header = render_csv(plain).decode("utf-8-sig").splitlines()[0]
    assert header.split(",")[4:6] == ["得分", "指标考核"]
    assert {ranking.end for ranking in spoken(build_report(plain)).rankings} == {""}

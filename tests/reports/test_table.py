"""result.csv."""

import csv
import io

from evalsvc.reports.documents.table import render_csv
from tests.evidence.panshan import EXPECTED
from tests.reports.samples import made_content, worked_content


def test_one_row_a_unit_in_the_order_of_ranks():
    assert render_csv(made_content()).decode("utf-8-sig") == (
        "类别,名次,单位代码,单位,得分,目标,领导评价,加减分\r\n"
        "机关,1,u2,信访局,93.00,96,88,0\r\n"
        '机关,2,u1,"\'=HYPERLINK(""http://evil"")",83.00,80,88,0\r\n'
    )


def test_the_mark_that_makes_excel_read_utf_8():
    assert render_csv(made_content()).startswith(b"\xef\xbb\xbf")


def test_english_headings():
    text = render_csv(made_content(), "en").decode("utf-8-sig")
    assert text.splitlines()[0] == "Category,Rank,Unit code,Unit,Score,Goals,Leaders,Adjustments"


def test_the_worked_case():
    text = render_csv(worked_content()).decode("utf-8-sig")
    rows = {row["单位代码"]: row for row in csv.DictReader(io.StringIO(text))}
    for unit, expected in EXPECTED.items():
        row = rows[unit]
        assert (row["得分"], row["名次"]) == (expected["published"], str(expected["rank"]))
        assert abs(float(row["综合评价"]) - expected["C"]) < 1e-6
        assert (row["半年县领导评价"] == "") == (expected["C.half_year.leader"] is None)

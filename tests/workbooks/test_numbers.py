"""Numbers of uploaded workbooks: as people write them, and none that a figure can't be."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from evalsvc.evidence.stated import _decimal
from evalsvc.workbooks.history import read_history
from evalsvc.workbooks.written import parse_number
from evalsvc.xlsform.expressions import NoCounterpartError, read_limits
from tests.workbooks.test_history import HEADINGS, SCHEME, UNITS


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.5", "12.5"),
        ("１２．５", "12.5"),
        ("1,234,567", "1234567"),
        ("-3", "-3"),
        ("+5", "5"),
        ("999999999999", "999999999999"),
        ("1e9999999", None),
        ("1e-30000000", None),
        ("1_000", None),
        ("nan", None),
        ("inf", None),
        ("١٢", None),
        ("1,2,3", None),
        ("9" * 13, None),
        ("0x10", None),
        ("1" * 1_000_000, None),
    ],
)
def test_a_number_written_as_text(text: str, number: str | None) -> None:
    assert parse_number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("stored", ["NaN", "INF", "1e999", "1e-300", "1e15", "-1e15"])
def test_a_cell_whose_number_is_no_figure_is_a_mistake_of_its_cell(stored: str) -> None:
    book = openpyxl.Workbook()
    book.active.title = "历年结果"
    for row in (HEADINGS, ["张三", 2017, 1234567.5, "优秀", None]):
        book.active.append(row)
    content, changed = io.BytesIO(), io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"1234567.5", stored.encode()))
    reading = read_history(changed.getvalue(), SCHEME, UNITS, 2018)
    assert [(each.column, each.row, each.text.zh) for each in reading.problems] == [
        ("C", 2, "应为数字")
    ]


@pytest.mark.parametrize("text", ["1e99999999999999999999", "1" * 41, "1e21", "-1e-41"])
def test_a_packages_number_beyond_all_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        _decimal(text)


@pytest.mark.parametrize(
    "text", ["(" * 20_000, ". <= " + "9" * 5_000, "string-length(.) <= " + "9" * 5_000]
)
def test_an_expression_without_end_has_no_counterpart(text: str) -> None:
    with pytest.raises(NoCounterpartError):
        read_limits(text, "q")

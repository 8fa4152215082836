"""Hostile and mistaken uploads: each is refused with its reason, at once, at little cost."""

import io
import resource
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.workbooks.cells import Cell, Sheet
from evalsvc.workbooks.inspection import MOST_BYTES
from evalsvc.workbooks.jail import REASONS, read_sheets
from tests.workbooks import hostile
from tests.workbooks.filling import save
from tests.workbooks.hostile import (
    GOOD_SHEET,
    LAUGHS,
    OLE,
    build_bomb,
    build_book,
    build_sheet_xml,
    zip_up,
)

pytestmark = pytest.mark.slow

SHEET = "xl/worksheets/sheet1.xml"
CSV = "代码,名称,类别\nu01,县教育局,部门\n"
FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{ref}"><v>1</v></c></row>'


def far_cell(reference: str, row: int) -> bytes:
    return build_book({SHEET: build_sheet_xml(FAR.format(row=row, ref=reference))})


def many_cells(number: int, cell: str) -> bytes:
    """Rows of five cells, numbered so that they pack no better than an office's own."""
    rows = (f'<row r="{n}">{cell.format(n * n) * 5}</row>' for n in range(1, number // 5 + 1))
    return build_book({SHEET: build_sheet_xml("".join(rows))})


def doubled_part() -> bytes:
    file = io.BytesIO(build_book())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET, GOOD_SHEET)
    return file.getvalue()


def broken_sum() -> bytes:
    data = bytearray(build_book())
    # The last place of the name is the one in the directory, 46 bytes behind its beginning.
    place = data.rfind(SHEET.encode()) - 46
    data[place + 16] ^= 0xFF
    return bytes(data)


REFUSALS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("empty", lambda: b""),
    "only zeros": ("empty", lambda: b"\0" * 4096),
    "13 MB": ("too_big", lambda: b"PK\x03\x04" + b"x" * (MOST_BYTES + 1)),
    "xls": ("old_format", lambda: OLE + b"Workbook"),
    "password": ("encrypted", lambda: OLE + "EncryptedPackage".encode("utf-16-le")),
    "csv": ("csv", lambda: CSV.encode()),
    "csv of a Chinese Excel": ("csv", lambda: CSV.encode("gb18030")),
    "csv in UTF-16": ("csv", lambda: CSV.encode("utf-16")),
    "web page called xls": ("csv", lambda: b"<html><table><tr><td>1</td></tr></table></html>"),
    "pdf": ("unknown", lambda: b"%PDF-1.7\n1 0 obj\n"),
    "picture": ("unknown", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    "noise": ("unknown", lambda: bytes(range(256)) * 8),
    "first half of a file": ("damaged", lambda: build_book()[:400]),
    "only the beginning": ("damaged", lambda: b"PK\x03\x04"),
    "wrong check sum": ("damaged_sheet", broken_sum),
    "xml that breaks off": ("damaged_sheet", lambda: build_book({SHEET: GOOD_SHEET[:-9]})),
    "xml that is none": ("damaged_sheet", lambda: build_book({SHEET: "代码,名称"})),
    "xml of an unknown encoding": (
        "damaged_sheet",
        lambda: build_book({SHEET: '<?xml version="1.0" encoding="x-none"?>' + GOOD_SHEET}),
    ),
    "no sheet behind its name": ("damaged_sheet", lambda: build_book({SHEET: None})),
    "docx": ("other_document", lambda: zip_up({"word/document.xml": "<x/>"})),
    "ods": ("other_document", lambda: zip_up({"mimetype": "ods", "content.xml": "<x/>"})),
    "xlsb": ("binary", lambda: zip_up({"xl/workbook.bin": b"\0"})),
    "xlsm": ("macros", lambda: build_book({"xl/vbaProject.bin": b"\0"})),
    "password inside": ("encrypted", lambda: hostile.mark_encrypted(build_book())),
    "2,000 parts": ("entries", lambda: hostile.build_many_entries(2_000)),
    "65,535 claimed parts": ("entries", lambda: hostile.claim_entries(build_book(), 65_535)),
    "a part twice": ("entries", doubled_part),
    "absolute name": ("names", lambda: build_book({"/etc/passwd": "x"})),
    "name with ..": ("names", lambda: build_book({"xl/../../../tmp/x.xml": "<x/>"})),
    "name with ..\\": ("names", lambda: build_book({"xl\\..\\..\\x.xml": "<x/>"})),
    "name with a drive": ("names", lambda: build_book({"C:/x.xml": "<x/>"})),
    "200 MB in a sheet": ("bomb", lambda: build_bomb(SHEET, 200)),
    "200 MB of shared strings": (
        "bomb",
        lambda: build_bomb("xl/sharedStrings.xml", 200, b"<si><t>a</t></si>"),
    ),
    "50 MB of parts that are needed": (
        "unpacked",
        lambda: hostile.build_cluster_bomb({"xl/sharedStrings.xml": 25, SHEET: 25}),
    ),
    "200 MB claimed to be 20 bytes": (
        "damaged_sheet",
        lambda: hostile.claim_less(build_bomb(SHEET, 200), SHEET, 20),
    ),
    "a value in the last cell": ("rows", lambda: far_cell("XFD1048576", 1_048_576)),
    "a value in the last row": ("rows", lambda: far_cell("A1048576", 1_048_576)),
    "a value in the last column": ("columns", lambda: far_cell("XFD2", 2)),
    "a row beyond counting": ("damaged_sheet", lambda: far_cell("A99999999999", 99_999_999_999)),
    "180,000 cells": ("cells", lambda: many_cells(180_000, "<c><v>{}</v></c>")),
    "200,000 empty cells": ("cells", lambda: many_cells(200_000, '<c s="{}"/>')),
    "a million styles": (
        "elements",
        lambda: build_book(
            {"xl/styles.xml": "<s>" + "".join(f'<x a="{n}"/>' for n in range(900_000)) + "</s>"}
        ),
    ),
    "billion laughs": (
        "entities",
        lambda: build_book({SHEET: build_sheet_xml("<row><c><v>&a9;</v></c></row>", head=LAUGHS)}),
    ),
    "entities in shared strings": (
        "entities",
        lambda: build_book({"xl/sharedStrings.xml": f"{LAUGHS}<sst><si><t>&a9;</t></si></sst>"}),
    ),
    "a file from outside": (
        "entities",
        lambda: build_book(
            {"_rels/.rels": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'}
        ),
    ),
    "an outside DTD": (
        "entities",
        lambda: build_book({"xl/styles.xml": '<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><x/>'}),
    ),
    "one long string in 120,000 cells": (
        "characters",
        lambda: hostile.build_long_shared_string(120_000),
    ),
}


def measure_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.mark.parametrize("name", REFUSALS)
def test_a_hostile_upload_is_refused_with_its_reason_at_little_cost(name: str) -> None:
    reason, build = REFUSALS[name]
    data = build()
    spent = measure_children()
    tracemalloc.start()

    with pytest.raises(Problem) as refused:
        read_sheets(data)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.kind is UPLOAD_REFUSED
    zh, en = (text.split("%(")[0] for text in (REASONS[reason].zh, REASONS[reason].en))
    assert refused.value.text.zh.startswith(f"文件没有导入：{zh}")
    assert refused.value.text.en.startswith(f"The file was not imported: {en}")
    # Processor time, since other work on the machine must not fail the test.
    assert measure_children() - spent < 2
    assert peak < len(data) + 2 * hostile.MEGABYTE


def test_the_figures_of_a_reason_are_said_in_both_languages() -> None:
    with pytest.raises(Problem) as refused:
        read_sheets(REFUSALS["a value in the last cell"][1]())

    assert refused.value.text.zh == (
        "文件没有导入：工作表“单位”的 XFD1048576 有内容，超出了最多 50000 行；"
        "请删去远处的内容，或把数据复制到新下载的模板中。"
    )
    assert refused.value.text.en == (
        "The file was not imported: cell XFD1048576 of the sheet “单位” is filled, beyond row "
        "50000, the last that is read; please clear far-off cells, or copy the data into a fresh "
        "template."
    )


def test_the_tiny_book_that_hostile_ones_are_made_from_is_read() -> None:
    assert read_sheets(build_book()) == (Sheet("单位", {1: {1: Cell("number", "1")}}),)


NOT_NEEDED: dict[str, Callable[[], bytes]] = {
    "a broken picture": lambda: build_book({"xl/drawings/drawing1.xml": "<a><b>"}),
    "properties from an outside DTD": lambda: build_book(
        {"docProps/core.xml": '<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><x/>'}
    ),
    "200 MB of pictures": lambda: hostile.build_cluster_bomb(
        {f"xl/media/part{n}.bin": 10 for n in range(20)}
    ),
    "a claim of every cell there is": lambda: build_book(
        {SHEET: GOOD_SHEET.replace('ref="A1"', 'ref="A1:XFD1048576"')}
    ),
    "no styles and no strings": lambda: build_book({"xl/sharedStrings.xml": None}),
    "a broken table of strings": lambda: build_book({"xl/sharedStrings.xml": "<sst><si>"}),
}


@pytest.mark.parametrize("name", NOT_NEEDED)
def test_what_is_not_needed_is_not_judged(name: str) -> None:
    assert read_sheets(NOT_NEEDED[name]()) == read_sheets(build_book())


def test_whole_columns_may_be_formatted() -> None:
    sheet = build_sheet_xml(
        '<cols><col min="1" max="11" style="1"/></cols><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="A1048576" s="1"/></row>',
        dimension="A1:K1048576",
    )
    assert read_sheets(build_book({SHEET: sheet})) == read_sheets(build_book())


def test_a_file_may_be_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(build_book())
    assert read_sheets(path) == read_sheets(build_book())


def test_kinds_of_cells_are_told_apart() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "指标"
    sheet.append(["文字", 87.9, 12_000_000, True])
    sheet["B3"], sheet["C3"] = "#N/A", "=1+2"
    sheet["B3"].data_type = "e"
    sheet["D3"], sheet["D3"].number_format = 43_444, "yyyy-mm-dd"

    assert read_sheets(save(book)) == (
        Sheet(
            "指标",
            {
                1: {
                    1: Cell("text", "文字"),
                    2: Cell("number", "87.9"),
                    3: Cell("number", "12000000"),
                    4: Cell("logical", "TRUE"),
                },
                # Day 43,444 of Excel's calendar.
                3: {
                    4: Cell("date", "2018-12-10"),
                    2: Cell("error", "#N/A"),
                    3: Cell("formula", "=1+2"),
                },
            },
        ),
    )

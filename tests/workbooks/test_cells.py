"""What the jail makes of single cells: what they hold, what they show, and what is no content."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from evalsvc.errors import Problem
from evalsvc.workbooks.cells import Block, Cell, Sheet
from evalsvc.workbooks.jail import read_sheets
from tests.workbooks.filling import save
from tests.workbooks.hostile import MAIN, OFFICE, PACKAGE, build_book, build_sheet_xml

SHEET = "xl/worksheets/sheet1.xml"
FORMATS = (
    "0.0%",
    '0!.0,"万"',
    'm"月"d"日"',
    "000",
    "h:mm",
    '"¥"#,##0.00',
    '@"局"',
    ";;;",
    '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    "yyyy/m/d h:mm",
)


def read_cells(cells: str, **changed: str) -> dict[int, Cell]:
    """The first row of a sheet whose XML is written by hand."""
    parts = {SHEET: build_sheet_xml(f'<row r="1">{cells}</row>'), **changed}
    rows = read_sheets(build_book(parts))[0].rows
    return dict(rows.get(1, {}))


def build_styles(formats: tuple[str, ...] = FORMATS) -> str:
    codes = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for number, code in enumerate(formats, start=164)
    )
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in range(164, 164 + len(formats)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts>'
        '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{styles}<xf numFmtId="58"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="164" formatCode="&quot;no&quot;"/></dxf></dxfs>'
        "</styleSheet>"
    )


@pytest.mark.parametrize(
    ("style", "held", "cell"),
    [
        (0, "0.975", Cell("number", "0.975")),
        (1, "0.975", Cell("number", "0.975", "97.5%")),
        (2, "12345", Cell("number", "12345", "1.2万")),
        (3, "46082", Cell("date", "2026-03-01", "3月1日")),
        (4, "7", Cell("number", "7", "007")),
        (5, "0.354166666666667", Cell("time", "8:30")),
        (6, "1234.5", Cell("number", "1234.5", "¥1,234.50")),
        (8, "5", Cell("number", "5", "")),
        (9, "0", Cell("number", "0", " -   ")),
        (10, "46082.75", Cell("date", "2026-03-01 18:00:00", "2026/3/1 18:00")),
        # The format that a Chinese Excel gives to a typed 3-1, which files name by number only.
        (11, "46082", Cell("date", "2026-03-01", "3月1日")),
        (99, "7", Cell("number", "7")),
        (3, "-1", Cell("number", "-1", "####")),
        (1, "1e300", Cell("number", "1e+300")),
        (1, "x", Cell("broken", "x")),
    ],
)
def test_a_number_is_read_with_what_it_shows(style: int, held: str, cell: Cell) -> None:
    found = read_cells(
        f'<c r="A1" s="{style}"><v>{held}</v></c>', **{"xl/styles.xml": build_styles()}
    )
    assert found == {1: cell}


def test_a_text_is_read_with_what_it_shows() -> None:
    found = read_cells(
        '<c r="A1" s="7" t="inlineStr"><is><t>教育</t></is></c>'
        '<c r="B1" s="8" t="str"><v>藏</v></c><c r="C1" s="1" t="str"><v>百</v></c>',
        **{"xl/styles.xml": build_styles()},
    )
    assert found == {
        1: Cell("text", "教育", "教育局"),
        2: Cell("text", "藏", ""),
        3: Cell("text", "百"),
    }


def test_zeros_that_a_sheet_hides_show_nothing() -> None:
    cells = '<row r="1"><c r="A1"><v>0</v></c><c r="B1"><v>5</v></c></row>'
    sheet = build_sheet_xml(cells).replace(
        "<sheetData>", '<sheetViews><sheetView showZeros="0"/></sheetViews><sheetData>'
    )
    assert read_sheets(build_book({SHEET: sheet}))[0].rows == {
        1: {1: Cell("number", "0", ""), 2: Cell("number", "5")}
    }


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        # A result that is an empty text, as Excel, WPS and LibreOffice write it.
        ('<c r="A1" t="str"><f>""</f><v></v></c>', None),
        ('<c r="A1" t="str"><f>""</f><v/></c>', None),
        ('<c r="A1" t="str"><f>""</f></c>', None),
        ('<c r="A1" t="inlineStr"><is/></c>', None),
        ('<c r="A1"/>', None),
        ('<c r="A1"><v/></c>', None),
        # A formula that nobody has computed, as openpyxl leaves it.
        ('<c r="A1"><f>1+2</f><v/></c>', Cell("formula", "=1+2")),
        ('<c r="A1"><f>1+2</f></c>', Cell("formula", "=1+2")),
        ('<c r="A1"><f>1-1</f><v>0</v></c>', Cell("number", "0")),
        ('<c r="A1" t="e"><f>SORT(B:B)</f><v>#SPILL!</v></c>', Cell("error", "#SPILL!")),
        ('<c r="A1" t="e"><v>#VALUE_OF_2031!</v></c>', Cell("error", "#VALUE_OF_2031!")),
        ('<c r="A1" t="e"><v>Err:502</v></c>', Cell("error", "Err:502")),
        ('<c r="A1" t="s"><v>7</v></c>', Cell("broken", "7")),
        ('<c r="A1" t="s"><v>-1</v></c>', Cell("broken", "-1")),
        ('<c r="A1" t="b"><v>1</v></c>', Cell("logical", "TRUE")),
        ('<c r="A1" t="d"><v>2026-03-01T00:00:00</v></c>', Cell("date", "2026-03-01")),
        ('<c r="A1" t="str"><v>_x4E00__x005F_x4E00_</v></c>', Cell("text", "一_x4E00_")),
        ('<c r="A1" t="str"><v>_xD800_</v></c>', Cell("text", "\ufffd")),
    ],
)
def test_a_cell_is_nothing_a_value_or_not_yet_computed(cell: str, found: Cell | None) -> None:
    assert read_cells(cell) == ({} if found is None else {1: found})


def test_a_zero_of_a_program_that_computes_nothing_is_not_yet_computed() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    page = book.add_worksheet()
    page.write_formula("A1", "=1+2")
    page.write_formula("B1", "=1+2", None, 3)
    page.write_number("C1", 0)
    book.close()

    assert read_sheets(file.getvalue())[0].rows[1] == {
        1: Cell("formula", "=1+2"),
        2: Cell("number", "3"),
        3: Cell("number", "0"),
    }


def test_a_text_is_whole_however_long() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "字" * 32_767
    assert read_sheets(save(book))[0].rows == {1: {1: Cell("text", "字" * 32_767)}}


def test_a_shared_text_has_its_runs_and_not_its_readings() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>县</t></r><r><t>教育局</t></r>'
        "<rPh><t>xian</t></rPh></si></sst>"
    )
    found = read_cells('<c r="A1" t="s"><v>0</v></c>', **{"xl/sharedStrings.xml": strings})
    assert found == {1: Cell("text", "县教育局")}


def test_the_main_part_is_found_by_relations() -> None:
    """As a program may call its parts that never saw Excel's."""
    data = io.BytesIO()
    sheet = build_sheet_xml('<row><c s="1"><v>0.5</v></c></row>')
    styles = build_styles(("0%",))
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
            f'Type="{OFFICE}/officeDocument" Target="/book/main.xml"/></Relationships>',
        )
        archive.writestr(
            "book/_rels/main.xml.rels",
            f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="b" Type="{OFFICE}/worksheet" Target="../pages/a.xml"/>'
            f'<Relationship Id="c" Type="{OFFICE}/styles" Target="looks.xml"/>'
            f'<Relationship Id="d" Type="{OFFICE}/chartsheet" Target="chart.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "book/main.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="图" sheetId="2" r:id="d"/>'
            '<sheet name="单位" sheetId="1" state="veryHidden" r:id="b"/></sheets></workbook>',
        )
        archive.writestr("pages/a.xml", sheet)
        archive.writestr("book/looks.xml", styles)
    assert read_sheets(data.getvalue()) == (
        Sheet("单位", {1: {1: Cell("number", "0.5", "50%")}}, hidden=True),
    )


def test_only_wanted_sheets_are_read() -> None:
    book = openpyxl.Workbook()
    book.active.title = "单位"
    book.active["A1"] = 1
    book.create_sheet("旧")["A60000"] = "#SPILL!"
    data = save(book)

    assert read_sheets(data, ["单位", "Units"]) == (
        Sheet("单位", {1: {1: Cell("number", "1")}}),
        Sheet("旧", {}),
    )
    with pytest.raises(Problem) as refused:
        read_sheets(data)
    assert "工作表“旧”的 A60000 有内容，超出了最多 50000 行" in refused.value.text.zh


def test_what_is_hidden_or_merged_is_told() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 5):
        sheet.append([row, row, row])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.merge_cells("A4:B4")
    found = read_sheets(save(book))[0]

    assert (found.hidden, found.hidden_rows, found.hidden_columns, found.merged) == (
        False,
        frozenset((3,)),
        ((2, 2),),
        (Block(4, 1, 4, 2),),
    )


def test_a_damaged_sheet_is_named_with_the_cell_that_was_reached() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="C2"><v>1</w></c></row>'
    with pytest.raises(Problem) as refused:
        read_sheets(build_book({SHEET: build_sheet_xml(rows)}))
    assert "工作表“单位”从单元格 C2 起已损坏" in refused.value.text.zh
    assert "the sheet “单位” is damaged from cell C2 on" in refused.value.text.en


def test_days_from_1904_are_four_years_later() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 44_620
    book.active["A1"].number_format = "yyyy-mm-dd"
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert read_sheets(save(book))[0].rows[1] == {1: Cell("date", "2026-03-01")}

"""Lists of raters as CSV and as pasted rows: read as the workbook's sheet, by the same checks."""

import codecs
import csv
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from evalsvc.domain.preparing.rosters import RaterRow, Roster, UnitRow
from evalsvc.errors import Problem
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.listed import is_list, read_list
from evalsvc.workbooks.rater_list import ListReading, read_rater_list
from evalsvc.workbooks.seen import AS_DATE, NO_TEXT
from tests.workbooks.filling import PANSHAN, show

SCHEME = load_preset("panshan-2018")
HEADINGS = "评价主体,代码,姓名或席位,所属单位"
LEADERS = f"{HEADINGS}\r\n县领导,L1,王县长,\r\n县领导,007,“刘”副县长,县教育局\r\n"
PRESENT = Roster(
    (UnitRow("u01", "县教育局", "department"), UnitRow("u02", "县公安局", "department")),
    (
        RaterRow("leader", "L9", "旧县长"),
        RaterRow("office", "O1", "考评办"),
        RaterRow("mutual_department", "u01", "县教育局", "u01"),
    ),
)
READ = (
    RaterRow("leader", "L1", "王县长"),
    RaterRow("leader", "007", "“刘”副县长", "u01"),
    RaterRow("office", "O1", "考评办"),
)


def read(text: str | bytes, present: Roster = PRESENT) -> ListReading:
    content = text.encode() if isinstance(text, str) else text
    assert is_list(content)
    return read_rater_list(content, SCHEME, present)


def read_errors(text: str) -> list[tuple[str, str]]:
    problems = read(text).roster.problems
    return show(tuple(each for each in problems if each.severity == "error"))


WAYS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-8 with its mark, as Excel saves “CSV UTF-8”": lambda text: codecs.BOM_UTF8 + text.encode(),
    "GB 18030, as Excel saves “CSV”": lambda text: text.encode("gb18030"),
    "UTF-16, as Excel saves “Unicode text”": lambda text: text.replace(",", "\t").encode("utf-16"),
    "pasted rows": lambda text: text.replace(",", "\t").encode(),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "full-width commas": lambda text: text.replace(",", "，").encode(),
    "unix lines and no end": lambda text: text.replace("\r\n", "\n").strip().encode(),
    "empty rows between, and columns of nothing": lambda text: text.replace(
        "\r\n", ",,\r\n,,,,,\r\n"
    ).encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_spelling_of_a_list_is_the_same_raters(way: str) -> None:
    reading = read(WAYS[way](LEADERS)).roster
    assert [each.text.zh for each in reading.problems if each.severity == "error"] == []
    assert reading.roster is not None
    assert reading.roster.raters == READ
    assert reading.roster.units == PRESENT.units


def test_characters_of_gb_18030_beyond_gbk_are_read() -> None:
    reading = read(LEADERS.replace("王县长", "王𫝀").encode("gb18030")).roster
    assert reading.roster is not None
    assert reading.roster.raters[0].name == "王𫝀"


def test_a_cell_may_hold_the_separator_quotes_and_lines() -> None:
    text = f'{HEADINGS}\n县领导,L1,"王,""县""\n长",\n'
    reading = read(text).roster
    assert reading.roster is not None
    assert reading.roster.raters[0].name == '王,"县" 长'


def test_groups_that_the_list_does_not_name_stay_and_are_counted() -> None:
    assert "其余的评价人（1 人）" in read(LEADERS).note.zh
    both = read(f"{LEADERS}专项行动领导小组办公室,O2,新考评办,\r\n")
    assert "其余的评价人（0 人）" in both.note.zh
    assert both.roster.roster is not None
    assert {each.code for each in both.roster.roster.raters} == {"L1", "007", "O2"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("县领导,3月1日,王县长,", ("评价人!B2", AS_DATE.zh)),
        ("县领导,2026/3/1,王县长,", ("评价人!B2", AS_DATE.zh)),
        ("县领导,1-Mar,王县长,", ("评价人!B2", AS_DATE.zh)),
        ("县领导,1.23E+11,王县长,", ("评价人!B2", NO_TEXT.zh)),
        ("县领导,L1,TRUE,", ("评价人!C2", NO_TEXT.zh)),
        ("县领导,L1,50%,", ("评价人!C2", NO_TEXT.zh)),
        ('县领导,L1,"¥1,234.50",', ("评价人!C2", NO_TEXT.zh)),
        ("县领导,L1,08:30,", ("评价人!C2", NO_TEXT.zh)),
    ],
)
def test_what_a_spreadsheet_made_of_a_text_is_refused_as_in_a_workbook(
    row: str, expected: tuple[str, str]
) -> None:
    assert read_errors(f"{HEADINGS}\n{row}\n") == [expected]


def test_an_error_of_a_formula_is_refused() -> None:
    assert read_errors(f"{HEADINGS}\n县领导,L1,#N/A,\n")[0][0] == "评价人!C2"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"{HEADINGS}\n没有的,L1,王县长,\n", "评价人!A2"),
        (f"{HEADINGS}\n县领导,L 1,王县长,\n", "评价人!B2"),
        (f"{HEADINGS}\n县领导,L1,,\n", "评价人!C2"),
        (f"{HEADINGS}\n县领导,L1,王县长,没有局\n", "评价人!D2"),
        (f"{HEADINGS}\n县领导,L1,王县长,\n县领导,l1,刘县长,\n", "评价人!B3"),
        (f"{HEADINGS}\n县领导,L1,王\ue000,\n", "评价人!C2"),
    ],
)
def test_mistakes_are_named_by_their_cell(text: str, place: str) -> None:
    assert [found for found, _ in read_errors(text)] == [place]


def test_a_list_without_its_headings_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        read("县领导,L1,王县长,\n")
    assert "标题行（评价主体、代码、姓名或席位、所属单位）" in refused.value.text.zh


def test_a_list_without_one_of_its_headings_is_refused_alone() -> None:
    """Raters of other groups are not added below a list that has no place for them."""
    reading = read("评价主体,代码\n县领导,L1\n").roster
    assert reading.roster is None
    raters = next(each for each in reading.sheets if each.name == "评价人")
    assert raters.rows == (("县领导", "L1"),)


def test_the_same_as_the_workbook_of_the_same_rows() -> None:
    """The roster that the templates' tests fill in, with its raters as a list."""
    lines = [HEADINGS, *(f"{r.group},{r.code},{r.name},{r.unit}" for r in PANSHAN.raters)]
    reading = read("\n".join(lines), PANSHAN).roster
    assert reading.roster == PANSHAN


REFUSED = (
    (b"\xb0\xff\xfe\x80,L1\n", "GB 18030"),
    (f'{HEADINGS}\n县领导,L1,"王县长\n'.encode(), "第 2 行起引号"),
    (b"a" * (2 * 1024 * 1024 + 1), "MB"),
    (b"a\n" * 8_001, "超过 8000 行"),
    (b"," * 300 + b"a", "301 列"),
)


@pytest.mark.parametrize(("content", "said"), REFUSED)
def test_what_is_no_list_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(Problem) as refused:
        read_list(content, "评价人")
    assert said in refused.value.text.zh


def test_workbooks_and_web_pages_are_no_lists() -> None:
    assert not is_list(b"PK\x03\x04rest")
    assert not is_list(b"<html><table><tr><td>1</td></tr></table></html>")
    assert not is_list(b"\xd0\xcf\x11\xe0rest")
    assert not is_list(b"  \r\n")


def test_a_scheme_whose_raters_follow_from_units_has_no_list() -> None:
    groups = tuple(group for group in SCHEME.groups if group.members)
    without = SCHEME.__class__(**{**vars(SCHEME), "groups": groups})
    with pytest.raises(Problem):
        read_rater_list(LEADERS.encode(), without, PRESENT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEADINGS}\n" + "县领导,L1,王县长,\n" * 8000, "超过 8000 行"),
        ("\n" * 9000 + LEADERS, "超过 8000 行"),
        (f"{HEADINGS}\n县领导,L1,{'王' * 131_073},\n", "第 2 行有一格超过 131072 字"),
        (f"{HEADINGS}\n县领导,L1,王" + "," * 300 + "x\n", "第 2 行有 303 列，最多 256 列"),
    ],
    ids=["rows", "rows before it", "a cell", "columns"],
)
def test_the_limit_that_is_broken_is_named(text: str, said: str) -> None:
    with pytest.raises(Problem) as refused:
        read_list(text.encode(), "评价人")
    assert said in refused.value.text.zh


def test_empty_lines_and_columns_behind_the_list_are_nothing() -> None:
    text = LEADERS.replace("王县长,", "王县长," + "," * 400) + "\r\n" * 20_000
    reading = read(text).roster
    assert reading.roster is not None
    assert reading.roster.raters == READ


def test_no_more_lines_are_read_than_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two million of them took seconds before they were refused."""
    seen = 0
    real = csv.reader

    def count(lines: Iterator[str], **settings: Any) -> Iterator[list[str]]:
        nonlocal seen
        for row in real(lines, **settings):
            seen += 1
            yield row

    monkeypatch.setattr("evalsvc.workbooks.listed.csv.reader", count)
    with pytest.raises(Problem):
        read_list(b"a,b\n" * 500_000, "评价人")
    assert seen == 8001

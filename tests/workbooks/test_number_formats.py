"""What cells show: values under the formats that offices use, as Excel draws them."""

from decimal import Decimal

import pytest

from evalsvc.workbooks.number_formats import (
    has_day,
    is_time,
    read_moment,
    show_moment,
    show_number,
    show_text,
)

ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '
MARKS = '[>=90]"优";[>=80]"良";"中"'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("87.9166666667", "General", "87.9166666667"),
        ("123456789012", "General", "1.23457E+11"),
        ("-3", "G/通用格式", "-3"),
        ("12", "@", "12"),
        ("87.9166666667", "0.0", "87.9"),
        ("0.5", "0", "1"),
        ("-0.5", "0.0", "-0.5"),
        ("7", "000", "007"),
        ("0", "#", ""),
        ("0.5", "#.##", ".5"),
        ("5", "#.0#", "5.0"),
        ("5.25", "?0.0??", " 5.25 "),
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("0.975", "0.0%", "97.5%"),
        ("97.5", '0.0"%"', "97.5%"),
        ("12345", '0!.0,"万"', "1.2万"),
        ("12345", '0\\.0,"万"', "1.2万"),
        ("123", '[>=10000]0!.0,"万";0', "123"),
        ("12345", "0.0,", "12.3"),
        ("1234567", '0.00,,"百万"', "1.23百万"),
        ("12345678", "#,##0,,.00", "12.35"),
        ("13812345678", "000-0000-0000", "138-1234-5678"),
        ("1234.5", '"¥"#,##0.00', "¥1,234.50"),
        ("1234.5", "[$¥-804]#,##0.00", "¥1,234.50"),
        ("-5", "0.00_);\\(0.00\\)", "(5.00)"),
        ("-5", "0.00;[Red]0.00", "5.00"),
        ("0", ACCOUNTING, " -   "),
        ("-1234.5", ACCOUNTING, " -1,234.50 "),
        ("5", ";;;", ""),
        ("0", "0;-0;;@", ""),
        ("95", MARKS, "优"),
        ("85", MARKS, "良"),
        ("5", MARKS, "中"),
        ("5", "[<0]0;[>9]0", "####"),
        ("5", "[<>5]0;[=5]0.0", "5.0"),
        ("5", "[<=4]0;[<6]0.00", "5.00"),
        ("87.5", "# ?/?", "87 1/2"),
        ("87", "# ?/?", "87"),
        ("12345", "0.00E+00", "1.23E+04"),
        ("-12345", "0E+00", "-1E+04"),
        ("87", "[DBNum1][$-804]General", "[[DBNum1][$-804]General]"),
        ("5", '*x0"分"', "5分"),
        ("-1", "yyyy-mm-dd", "####"),
    ],
)
def test_a_number_under_its_format(value: str, code: str, shown: str) -> None:
    assert show_number(Decimal(value), code) == shown


@pytest.mark.parametrize(
    ("days", "code", "shown"),
    [
        ("46082", 'm"月"d"日"', "3月1日"),
        ("46082", "[$-804]yyyy/m/d;@", "2026/3/1"),
        ("46082.75", "yyyy-mm-dd hh:mm:ss", "2026-03-01 18:00:00"),
        ("46082.75", "yy-m-d h:mm AM/PM", "26-3-1 6:00 PM"),
        ("46082.25", '上午/下午h"时"mm"分"', "上午6时00分"),
        ("46082", "aaaa", "星期日"),
        ("46082", "aaa d-mmm ddd", "日 1-Mar Sun"),
        ("1.5", "[h]:mm", "36:00"),
        ("0.0006944444444", "mm:ss.0", "01:00.0"),
        ("0.354166666666667", "h:mm", "8:30"),
        ("32", "m", "2"),
    ],
)
def test_a_moment_under_its_format(days: str, code: str, shown: str) -> None:
    value = Decimal(days)
    assert is_time(value, code)
    assert show_moment(read_moment(value), value, code) == shown


@pytest.mark.parametrize(
    ("code", "is_day"),
    [("h:mm", False), ("mm:ss", False), ("[m]:ss", False), ("[h]:mm", False), ("m", True)],
)
def test_a_day_is_told_from_a_time_of_day(code: str, is_day: bool) -> None:
    assert has_day(Decimal("1.5"), code) is is_day


def test_the_calendar_of_1900_has_a_day_too_many() -> None:
    assert [read_moment(Decimal(day)).isoformat() for day in (1, 59, 61)] == [
        "1900-01-01T00:00:00",
        "1900-02-28T00:00:00",
        "1900-03-01T00:00:00",
    ]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", "教育"),
        ('@"局"', "教育局"),
        (";;;", ""),
        ("0.00", "教育"),
        (ACCOUNTING, " 教育 "),
    ],
)
def test_a_text_under_its_format(code: str, shown: str) -> None:
    assert show_text("教育", code) == shown

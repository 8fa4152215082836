"""Periods in working days, worked by hand beside a wall calendar."""

from datetime import date

import pytest

from evalsvc.workdays.arrangement import ArrangementError, read_arrangement
from evalsvc.workdays.calendar import Calendar, Counted, Run, UnknownDayError
from evalsvc.workdays.published import list_published

CALENDAR = Calendar(list_published())


def test_five_working_days_before_a_long_holiday_end_after_it() -> None:
    # Tue 29 and Wed 30 September are worked, 1–7 October are National Day, Thu 8, Fri 9 and
    # the shifted Saturday 10 follow.
    assert CALENDAR.end_of(date(2026, 9, 29), 5) == date(2026, 10, 10)
    assert CALENDAR.count(date(2026, 9, 29), date(2026, 10, 10)) == Counted(
        days=5,
        off=(Run(date(2026, 10, 1), date(2026, 10, 7), "国庆节"),),
        worked=(date(2026, 10, 10),),
    )


def test_a_period_may_begin_on_a_day_that_does_not_count() -> None:
    # Sat 13 June: Mon 15 to Thu 18 are four, 19–21 are Dragon Boat Festival, Mon 22 is the fifth.
    assert CALENDAR.end_of(date(2026, 6, 13), 5) == date(2026, 6, 22)
    assert CALENDAR.count(date(2026, 6, 13), date(2026, 6, 22)).off == (
        Run(date(2026, 6, 13), date(2026, 6, 14), ""),
        Run(date(2026, 6, 19), date(2026, 6, 21), "端午节"),
    )


def test_days_after_a_day_leave_that_day_out() -> None:
    # Fri 8 May 2026; Saturday 9 is worked and the first, Mon 11 the second.
    assert CALENDAR.day_after(date(2026, 5, 8), 2) == date(2026, 5, 11)


def test_a_period_into_an_unknown_year_has_no_end() -> None:
    with pytest.raises(UnknownDayError) as raised:
        CALENDAR.end_of(date(2026, 12, 21), 5)
    assert raised.value.year == 2027


# As the notice for 2023 had it: its first break begins in the December before.
OFF_2023 = (
    "元旦：2022年12月31日至1月2日；春节：1月21日至27日；清明节：4月5日；劳动节：4月29日至5月3日；"
    "端午节：6月22日至24日；中秋节、国庆节：9月29日至10月6日"
)
WORKED_2023 = "1月28日、1月29日、4月23日、5月6日、6月25日、10月7日、10月8日"


def test_an_entered_year_decides_about_the_december_before() -> None:
    year = read_arrangement(2023, "国办发明电〔2022〕16号", OFF_2023, WORKED_2023)
    before = read_arrangement(2022, "…", "元旦：1月1日至3日", "")
    assert Calendar([year, before]).find_holiday(date(2022, 12, 31)) == "元旦"
    assert year.off[date(2023, 10, 6)] == "中秋节、国庆节"
    assert Calendar([before]).is_working(date(2022, 12, 23))
    with pytest.raises(UnknownDayError):
        Calendar([before]).is_working(date(2022, 12, 30))


def test_a_line_is_read_as_it_stands_in_the_notice() -> None:
    pasted = (
        "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。"
        "二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。"
    )
    read = read_arrangement(
        2026, "…", pasted, "1月4日（周日）上班。2月14日（周六）、2月28日（周六）上班。"
    )
    assert sorted(read.off)[0] == date(2026, 1, 1)
    assert (len(read.off), read.off[date(2026, 2, 23)]) == (12, "春节")
    assert sorted(read.worked) == [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)]


@pytest.mark.parametrize(
    ("off", "worked", "told"),
    [
        ("元旦放到三号", "", "“元旦放到三号”：应写成“春节：2月15日至23日”或“2月14日”"),
        ("元旦：1月1日，与周末连休", "", "“与周末连休”：应写成“春节：2月15日至23日”或“2月14日”"),
        ("元旦：1月1日（周四）", "", "“元旦：1月1日周四”：1月1日是周五"),
        ("春节：2月30日", "", "“春节：2月30日”：没有这一天"),
        ("春节：2月9日至5日", "", "“春节：2月9日至5日”：最后一天应在第一天之后"),
        ("元旦：2028年1月1日", "", "“元旦：2028年1月1日”：不在2027年"),
        ("元旦：1月1日", "1月4日", "“1月4日”：不是周六、周日，本来就上班"),
        ("元旦：1月1日至3日", "1月3日", "“1月3日”：也写在放假里了"),
        ("元旦：1月1日", "1月9日至10日", "“1月9日至10日”：上班的日子请一天一天写"),
        ("", "1月3日", "没有2027年放假的日子"),
        ("元旦：2026年12月31日", "", "没有2027年放假的日子"),
        ("国庆节、", "", "“国庆节”：应写成“春节：2月15日至23日”或“2月14日”"),
    ],
)
def test_what_is_not_understood_is_named(off: str, worked: str, told: str) -> None:
    with pytest.raises(ArrangementError) as raised:
        read_arrangement(2027, "…", off, worked)
    assert raised.value.text.zh == told
    assert raised.value.text.en

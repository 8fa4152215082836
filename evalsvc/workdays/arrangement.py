"""A year's arrangement of days off and shifted working days, read from two lines of a notice."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from evalsvc.text import Text

_WEEKDAYS = (
    Text("周一", "a Monday"),
    Text("周二", "a Tuesday"),
    Text("周三", "a Wednesday"),
    Text("周四", "a Thursday"),
    Text("周五", "a Friday"),
    Text("周六", "a Saturday"),
    Text("周日", "a Sunday"),
)
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_NAMED_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_PARTS = re.compile(r"[；;、，,。\n]+")
_DAY = r"(?:(?P<{0}year>\d{{4}})[-年])?(?:(?P<{0}month>\d{{1,2}})[-月])?(?P<{0}day>\d{{1,2}})日?"
_ITEM = re.compile(
    r"(?P<name>[^\d：: ]*)[：: ]*"
    + _DAY.format("a")
    + r"(?: *(?:至|到|—|–|~|～) *"
    + _DAY.format("b")
    + r")?"
)
# A notice's own words around its days, which say nothing that the two lines don't.
_AROUND = re.compile(r"[一二三四五六七八九十]+、(?=\D)|放假|调休|补休|上班|共\d+天")
_NAME_ALONE = re.compile(r"\D{2,4}节")
LONGEST_BREAK = 30


@dataclass(frozen=True)
class Arrangement:
    """Which days of a year are off, each with its holiday, and which weekends are worked.

    The last days of the December before may be among them: they belong to New Year's notice.
    """

    year: int
    source: str
    off: Mapping[date, str]
    worked: frozenset[date]


def show_short(day: date) -> Text:
    """A day without its year."""
    return Text(f"{day.month}月{day.day}日", f"{day.day} {day:%B}")


class ArrangementError(ValueError):
    """What in the two lines can't be understood, and what was expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.zh)
        self.text = text


def read_arrangement(year: int, source: str, off: str, worked: str) -> Arrangement:
    """The arrangement that two lines describe; raises `ArrangementError`."""
    days: dict[date, str] = {}
    for item, name, first, last in _read_items(year, off):
        if (last - first).days not in range(LONGEST_BREAK):
            raise _wrong(
                item, Text("最后一天应在第一天之后", "its last day should follow its first")
            )
        for n in range((last - first).days + 1):
            days[first + timedelta(days=n)] = name
    shifted = set()
    for item, _, first, last in _read_items(year, worked):
        if last != first:
            raise _wrong(item, Text("上班的日子请一天一天写", "name each worked day by itself"))
        if first.weekday() < 5:
            told = Text("不是周六、周日，本来就上班", "is no weekend, and worked anyway")
            raise _wrong(item, told)
        if first in days:
            raise _wrong(item, Text("也写在放假里了", "stands among the days off, too"))
        shifted.add(first)
    if not any(day.year == year for day in days):
        raise ArrangementError(Text(f"没有{year}年放假的日子", f"there is no day off in {year}"))
    return Arrangement(year, source, days, frozenset(shifted))


def _read_items(year: int, line: str) -> Iterator[tuple[str, str, date, date]]:
    """Every item with its holiday's name, first and last day."""
    named, begun = "", ""
    for piece in _PARTS.split(_AROUND.sub("", _BRACKETS.sub(_keep_weekday, line))):
        item = piece.strip()
        if not item:
            continue
        if _NAME_ALONE.fullmatch(item) and not begun:
            begun = f"{item}、"  # 国庆节、中秋节：…
            continue
        weekdays, bare = _NAMED_WEEKDAY.findall(item), _NAMED_WEEKDAY.sub("", item).strip()
        found = _ITEM.fullmatch(bare)
        if found is None or not found["amonth"]:
            raise _not_understood(item)
        # One holiday's second part follows without its name.
        named = begun + found["name"] if found["name"] else named
        if begun and not found["name"]:
            raise _not_understood(begun.rstrip("、"))
        begun = ""
        first = _build_day(year, item, found, "a")
        last = _build_day(year, item, found, "b", first) if found["bday"] else first
        _check_weekdays(item, weekdays, first, last)
        yield item, named, first, last
    if begun:
        raise _not_understood(begun.rstrip("、"))


def _keep_weekday(brackets: re.Match[str]) -> str:
    """Of a remark like （农历正月初七、周一） the weekday alone, which is held against the day."""
    found = _NAMED_WEEKDAY.search(brackets[1])
    return found[0] if found else ""


def _build_day(
    year: int, item: str, found: re.Match[str], which: str, after: date | None = None
) -> date:
    month = found[f"{which}month"] or (after.month if after else 1)
    try:
        day = date(int(found[f"{which}year"] or year), int(month), int(found[f"{which}day"]))
    except ValueError:
        raise _wrong(item, Text("没有这一天", "there is no such day")) from None
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        raise _wrong(item, Text(f"不在{year}年", f"doesn't lie in {year}"))
    return day


def _check_weekdays(item: str, weekdays: list[str], first: date, last: date) -> None:
    """A weekday that a notice gives is a second opinion on a day that was copied."""
    for said, day in zip(weekdays, (first, last), strict=False):
        weekday = _WEEKDAYS[day.weekday()]
        if weekday.zh != "周" + said.replace("天", "日"):
            told = Text("%(day)s是%(weekday)s", "%(day)s is %(weekday)s")
            raise _wrong(item, told.filled(day=show_short(day), weekday=weekday))


def _not_understood(item: str) -> ArrangementError:
    return _wrong(
        item,
        Text(
            "应写成“春节：2月15日至23日”或“2月14日”",
            "expected days like “2027-02-15~2027-02-23” or “2027-02-14”",
        ),
    )


def _wrong(item: str, what: Text) -> ArrangementError:
    shown = item[:40]
    return ArrangementError(Text(f"“{shown}”：{what.zh}", f"“{shown}”: {what.en}"))

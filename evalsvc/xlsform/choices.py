"""The sheet of choices: lists that become options, levels of satisfaction or bands of a ratio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.text import Text
from evalsvc.workbooks.cells import clean
from evalsvc.workbooks.table import Table, TableRow
from evalsvc.workbooks.written import parse_number
from evalsvc.xlsform.layouts import EN, ZH

# The list of the units themselves: they come from the roster.
UNITS = "units"
MOST_LABEL = 200

Standing = tuple[bool, bool]
_STANDINGS: Mapping[str, Standing] = {
    "": (False, False),
    "nothing": (False, False),
    "satisfied": (True, False),
    "basically_satisfied": (False, True),
}


@dataclass(frozen=True)
class Choice:
    """One row of a list; `points` and `share` are None where the list has none.

    `points` is "none" for “don't know”.
    """

    code: str
    name: Text
    points: str | None
    share: int | None
    standing: Standing


@dataclass(frozen=True)
class ChoiceList:
    """A list under its name; what its rows say beside their names makes its kind."""

    name: str
    choices: tuple[Choice, ...]

    @property
    def is_ratio(self) -> bool:
        return any(choice.share is not None for choice in self.choices)

    @property
    def is_scale(self) -> bool:
        return not self.is_ratio and any(choice.points is not None for choice in self.choices)


def read_choices(table: Table | None) -> Mapping[str, ChoiceList]:
    """All lists of the sheet, without the one of the units."""
    lists: dict[str, list[Choice]] = {}
    for row in table.list_rows() if table else ():
        name = row.code("list_name")
        if name is None or name == UNITS:
            continue
        choices = lists.setdefault(name, [])
        choice = _read_choice(row)
        if choice and any(each.code == choice.code for each in choices):
            row.report(
                "name",
                Text(
                    f"列表“{name}”中这个代码已经用过",
                    f"this name is used already in the list “{name}”",
                ),
            )
        elif choice:
            choices.append(choice)
    return {name: ChoiceList(name, tuple(choices)) for name, choices in lists.items()}


def read_label(row: TableRow, kind: str, most: int, *, needed: bool = True) -> Text | None:
    """A text in both languages; one that stands in a single language is taken for both."""
    plain = clean(row.get_cell(kind).text)
    zh = clean(row.get_cell(f"{kind}::{ZH}").text) or plain
    en = clean(row.get_cell(f"{kind}::{EN}").text) or plain
    if not zh and not en:
        if needed:
            row.report(
                _place(row, kind), Text("不能空着：要有中文的标题", "must not be empty: a label")
            )
        return None
    for text in (zh, en):
        if len(text) > most:
            row.report(
                _place(row, kind),
                Text(
                    f"有{len(text)}个字，最多{most}个",
                    f"has {len(text)} characters, {most} at most",
                ),
                found=text,
            )
            return None
    if not (zh and en) or (zh == en == plain and needed):
        row.report(
            _place(row, kind),
            Text(
                "只有一种语言，中英文页面都将显示它",
                "stands in one language only; both pages will show it",
            ),
            found=zh or en,
            severity="warning",
        )
    return Text(zh or en, en or zh)


def _read_choice(row: TableRow) -> Choice | None:
    code = row.code("name", 80)
    name = read_label(row, "label", MOST_LABEL)
    standing = clean(row.get_cell("counts_as").text)
    if standing not in _STANDINGS:
        row.report(
            "counts_as",
            Text(
                "应为 satisfied（满意）、basically_satisfied（基本满意）或空着",
                "expected satisfied, basically_satisfied or nothing",
            ),
        )
        return None
    points, share = _read_points(row), _read_share(row)
    if code is None or name is None:
        return None
    return Choice(code, name, points, share, _STANDINGS[standing])


def _read_points(row: TableRow) -> str | None:
    text = clean(row.get_cell("points").text)
    if text in ("", "none"):
        return text or None
    number = parse_number(text)
    if number is None:
        row.report(
            "points",
            Text("应为数字，“不了解”一类的填 none", "expected a number, or none for “don't know”"),
        )
    return None if number is None else f"{number:f}"


def _read_share(row: TableRow) -> int | None:
    text = clean(row.get_cell("share").text)
    if not text:
        return None
    number = parse_number(text.removesuffix("%"))
    if number is None or number != int(number) or not 0 <= number <= 100:
        row.report(
            "share",
            Text(
                "应为 0 到 100 的整数（百分比）", "expected a whole number from 0 to 100 (per cent)"
            ),
        )
        return None
    return int(number)


def _place(row: TableRow, kind: str) -> str:
    """The column that a message about a text points to."""
    return next(
        (key for key in (f"{kind}::{ZH}", kind, f"{kind}::{EN}") if row.table.has(key)), kind
    )


def name_lists(lists: Sequence[str]) -> str:
    return "、".join(lists) or "—"

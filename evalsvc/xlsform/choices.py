"""The sheet of choices: lists that become options, levels of satisfaction or bands of a ratio."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evalsvc.text import Text
from evalsvc.workbooks.written import parse_number
from evalsvc.xlsform.rows import FormRow, FormSheet
from evalsvc.xlsform.wording import read_label

# The list of the units themselves: they come from the roster.
UNITS = "units"
MOST_LABEL = 200
LONGEST_CODE = 80

UNUSED = Text(
    "没有问题用这个列表，整个列表不读取", "no question uses this list; nothing of it is read"
)
NOT_UNITS = Text(
    "列表 units 里有的行没有写本方案的单位类别（category），所以不当作被评单位的名单，而当作普通"
    "选项；如果是被评单位，请每行写上类别，或删去整个列表（单位以名册为准）",
    "some rows of the list “units” have no category of this scheme, so it is taken for ordinary "
    "choices and not for the units to be rated; if it is those, please give each its category, or "
    "delete the list (the roster has the units)",
)

Standing = tuple[bool, bool]
_STANDINGS: Mapping[str, Standing] = {
    "": (False, False),
    "nothing": (False, False),
    "satisfied": (True, False),
    "basically_satisfied": (False, True),
}


@dataclass(frozen=True)
class Choice:
    """One row of a list; `points` and `share` are None where the row has none.

    `points` is "none" for “don't know”.
    """

    row: FormRow = field(compare=False)
    code: str
    name: Text
    points: str | None
    share: int | None

    def read_standing(self) -> Standing:
        """Whether the level counts as satisfied, or as basically satisfied."""
        said = self.row.take("counts_as")
        if said not in _STANDINGS:
            self.row.report(
                "counts_as",
                Text(
                    "应为 satisfied（满意）、basically_satisfied（基本满意）或空着",
                    "expected satisfied, basically_satisfied or nothing",
                ),
            )
        return _STANDINGS.get(said, (False, False))


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

    def require(self, key: str, *, number: bool = False) -> None:
        """Refuse a column that some rows of the list leave empty: nothing is not zero."""
        for choice in self.choices:
            choice.row.use(key)
            if choice.row.is_blank(key) and not choice.row.is_reported(key):
                choice.row.report(
                    key,
                    Text(
                        f"这个列表要用 {key} 一列，每一行都要填，空着不等于 0"
                        + ("" if number else "（不计分的填 none）"),
                        f"this list needs {key} in each of its rows, and empty is not 0"
                        + ("" if number else " (none where nothing is scored)"),
                    ),
                )
            elif number and choice.points == "none" and key == "points":
                choice.row.report(key, Text("这里应为数字", "expected a number here"))


class ChoiceLists(Mapping[str, ChoiceList]):
    """All lists of the sheet by name; one is read, and judged, when a question uses it."""

    def __init__(self, sheet: FormSheet | None, categories: Sequence[str]) -> None:
        self._rows: dict[str, list[FormRow]] = {}
        self._read: dict[str, ChoiceList] = {}
        for row in sheet.list_rows() if sheet else ():
            row.become("choice")
            name = row.take_code("list_name", LONGEST_CODE)
            if name is None:
                row.use_all()
            else:
                self._rows.setdefault(name, []).append(row)
        own = self._rows.get(UNITS, [])
        self.has_units = all(row.peek("category") in categories for row in own)
        if self.has_units:
            for row in self._rows.pop(UNITS, []):
                row.use_all()

    def __getitem__(self, name: str) -> ChoiceList:
        if name not in self._read:
            rows = self._rows[name]
            if name == UNITS:
                rows[0].remark("list_name", NOT_UNITS)
            self._read[name] = ChoiceList(name, tuple(_read_choices(rows)))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def list_unused(self) -> None:
        """Say of each list that no question chose from that it is left out."""
        for name, rows in self._rows.items():
            if name not in self._read:
                rows[0].remark("list_name", UNUSED)
                for row in rows:
                    row.use_all()


def _read_choices(rows: Sequence[FormRow]) -> Iterator[Choice]:
    codes = set()
    for row in rows:
        code = row.take_code("name", LONGEST_CODE)
        name = read_label(row, "label", MOST_LABEL)
        choice = Choice(row, code or "", name or Text("", ""), _read_points(row), _read_share(row))
        if code in codes:
            row.report(
                "name",
                Text(
                    f"列表“{row.peek('list_name')}”中这个代码已经用过",
                    f"this name is used already in the list “{row.peek('list_name')}”",
                ),
            )
        elif code and name:
            codes.add(code)
            yield choice
        if not (code and name):
            row.use_all()


def _read_points(row: FormRow) -> str | None:
    text = row.peek("points")
    if text in ("", "none"):
        return text or None
    number = parse_number(text)
    if number is None:
        row.report(
            "points",
            Text("应为数字，“不了解”一类的填 none", "expected a number, or none for “don't know”"),
        )
    return None if number is None else f"{number:f}"


def _read_share(row: FormRow) -> int | None:
    text = row.peek("share")
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


def name_lists(lists: Sequence[str]) -> Text:
    """The lists that there are, for a message."""
    if not lists:
        return Text("那张表里没有列表", "that sheet has no lists")
    known = "、".join(lists)
    return Text(f"已有：{known}", f"there are: {known}")

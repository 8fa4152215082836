"""What is read of a cell that shows something else than it holds: one rule for every upload.

People check what they see. So what is seen is read, with a remark that shows both, where it can
only mean one thing; where it could mean two, the cell is refused.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, clean

MOST_FIGURE = Decimal(10) ** 12
MOST_DECIMALS = 20

PERCENT = Text(
    "显示的是百分数，按百分号前面的数读取（方括号里是单元格里存的数）；不是这个意思的，"
    "请把格式改为“常规”，写出要计的数",
    "a percentage is shown; the number before the sign is read (in brackets what the cell "
    "holds); if that is not meant, please set the format to General and write the figure",
)
ROUNDED = Text(
    "显示的位数比存的少，按显示的数读取（方括号里是单元格里存的数）；要更多位数的，"
    "请增加小数位数，保存后重新上传",
    "fewer digits are shown than the cell holds (in brackets); what is shown is read; for more "
    "digits, please show more decimals, save and upload again",
)
DASH = Text(
    "显示为横线，存的是 0：按 0 读取", "a dash is shown and the cell holds 0; it is read as 0"
)
UNCLEAR = Text(
    "显示的和单元格里存的（方括号里）不是同一个数，不能确定哪个是要计的；"
    "请把格式改为“常规”，核对以后重新上传",
    "what is shown and what the cell holds (in brackets) are not one number, so it is not clear "
    "which of them is meant; please set the format to General, check, and upload again",
)
MOMENT = Text(
    "这是日期或时间，不是数；请把格式改为“常规”，重新输入",
    "this is a date or a time, not a number; please set the format to General and type it again",
)
AS_DATE = Text(
    "这是日期，不是文本：输入 3-1 一类的代码，会被自动改成日期；"
    "请先把这一列设为“文本”格式，再重新输入",
    "this is a date, not text: a code such as 3-1 becomes a date as it is typed; please set the "
    "column's format to Text first and type it again",
)
NO_TEXT = Text(
    "这不是文本；请先把这一列设为“文本”格式，再重新输入",
    "this is not text; please set the column's format to Text first and type it again",
)
AS_SHOWN = Text(
    "这不是文本，按显示的读取；原来前面有 0 等而没有显示出来的，"
    "请先把这一列设为“文本”格式，再重新输入",
    "this is not text; it is read as it is shown; if it began with zeros that are gone, please "
    "set the column's format to Text and type it again",
)
NO_YEAR = Text(
    "显示的日期没有年份，按单元格里存的年份读取（方括号里），请核对",
    "the date is shown without its year; the year that the cell holds is read (in brackets), "
    "please check",
)

_NUMBER = re.compile(
    r"(?P<head>[^0-9.]*)(?P<digits>[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(?P<tail>\D*)"
)
# A number of these is another number.
_SCALES = frozenset("十百千万亿兆拾佰仟萬億kKmMbB‰‱")
_DASHES = frozenset("-–—－")
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")


UNREAD = frozenset(("error", "formula", "broken"))


@dataclass(frozen=True)
class SeenFigure:
    """The number that is read of a cell; none where a remark says why not."""

    value: Decimal | None
    remark: Text | None = None


@dataclass(frozen=True)
class Words:
    """The text that is read of a cell; `doubtful` where it can't be meant as a code or a name."""

    text: str
    remark: Text | None = None
    doubtful: bool = False


@dataclass(frozen=True)
class _Seen:
    number: Decimal
    places: int
    percent: bool


def read_figure(cell: Cell) -> SeenFigure:
    """The number of a cell, under the rule; without value and remark where it holds none."""
    if cell.kind in ("date", "time"):
        return SeenFigure(None, MOMENT)
    held = _read_held(cell.text) if cell.kind == "number" else None
    if held is None or cell.shown is None:
        return SeenFigure(held)
    if held == 0 and cell.shown.strip() in _DASHES:
        return SeenFigure(held, DASH)
    seen = _parse_seen(cell.shown.strip())
    if seen is None:
        return SeenFigure(None, UNCLEAR)
    if seen.percent and _rounds(held * 100, seen):
        return SeenFigure(seen.number, PERCENT)
    if not _rounds(held, seen):
        return SeenFigure(None, UNCLEAR)
    return SeenFigure(held) if seen.number == held else SeenFigure(seen.number, ROUNDED)


def read_words(cell: Cell) -> Words:
    """The text of a cell, under the rule."""
    seen = clean(cell.seen)
    if cell.kind == "text":
        return Words(seen, None if cell.shown is None or seen == clean(cell.text) else AS_SHOWN)
    if cell.kind == "number" and _PLAIN.fullmatch(seen):
        return Words(seen, AS_SHOWN)
    return Words(seen, AS_DATE if cell.kind == "date" else NO_TEXT, doubtful=True)


def show_both(cell: Cell) -> str:
    """What a cell shows, and in brackets what it holds where that is something else."""
    if cell.kind == "broken":
        return "?"  # all that there is, is the number of a text that is nowhere
    if cell.shown is None:
        return cell.text
    figure = read_figure(cell)
    if figure.value is not None and figure.remark is None:
        return clean(cell.shown)
    return show_exactly(cell)


def show_exactly(cell: Cell) -> str:
    """The same, also where both are one number: of a code, every sign counts."""
    return cell.text if cell.shown is None else f"{clean(cell.shown)} [{cell.text}]".lstrip()


def tell_unread(cell: Cell) -> Text:
    """Why a cell without a value has none, and what to do."""
    if cell.kind == "error":
        return Text(
            f"公式出错（{cell.text}）；请改正公式，或直接填数值",
            f"the formula shows {cell.text}; please mend it or write the value",
        )
    if cell.kind == "broken":
        return Text(
            "这个单元格的内容在文件里找不到或读不出；请在这里重新输入",
            "the content of this cell is not in the file or can't be read; please type it again",
        )
    return Text(
        "公式还没有算出结果；请在 Excel 或 WPS 中打开并保存，或直接填数值",
        "the formula has no result yet; please open and save it in Excel or WPS, or write the "
        "value",
    )


def _read_held(text: str) -> Decimal | None:
    """The number that a cell holds; None for those that no figure is, such as nan or 1e-300."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # NaN and what is too long for a figure are told in the cell, and never reach a sum.
    exponent = number.as_tuple().exponent
    plain = isinstance(exponent, int) and -MOST_DECIMALS <= exponent <= MOST_DECIMALS
    return number if plain and abs(number) < MOST_FIGURE else None


def _parse_seen(shown: str) -> _Seen | None:
    """The one number in what is shown, with whatever stands around it; None where it is no such.

    Parentheses are a minus, as accountants write it.
    """
    found = _NUMBER.fullmatch(shown)
    if found is None or _SCALES.intersection(found["head"] + found["tail"]):
        return None
    number = Decimal(found["digits"].replace(",", ""))
    # Zeros at the end are how it is drawn, not what it says.
    number = Decimal(f"{number.normalize():f}")
    negative = bool(_DASHES.intersection(found["head"])) or (
        "(" in found["head"] and ")" in found["tail"]
    )
    places = len(found["digits"].partition(".")[2])
    return _Seen(-number if negative else number, places, "%" in found["tail"])


def _rounds(held: Decimal, seen: _Seen) -> bool:
    """Whether the number is what the held one is with so many places."""
    return abs(held - seen.number) * 2 <= Decimal(1).scaleb(-seen.places)

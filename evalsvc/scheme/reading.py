"""Typed reading of fields: every accessor returns a usable value and gathers what was wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeVar

from evalsvc.scheme.errors import SchemeError
from evalsvc.scheme.model import Parameter, Text
from evalsvc.scheme.source import Field

NO_TEXT = Text("", "")
CODE = re.compile(r"[\w.\-]+")
# What columns and fields of files hold; PostgreSQL would refuse more, after the votes are cast.
LONGEST_CODE = 80
LONGEST_SHORT_CODE = 40
SHARE = re.compile(r"(?P<number>[0-9]{1,6}(\.[0-9]{1,6})?)((?P<sign>%)|/(?P<bottom>[0-9]{1,6}))?")
ROUND_HOLDER = "{round}"

Value = TypeVar("Value")


class Reading:
    """One pass over a scheme's file: its parameters, the round in hand, and all errors so far.

    After an error the accessors answer with something harmless, so that one pass finds all
    errors; what is read is thrown away when there are any.
    """

    def __init__(self) -> None:
        self.errors: list[SchemeError] = []
        self.parameters: dict[str, Parameter] = {}
        self.used: set[str] = set()

    def report(self, field: Field, zh: str, en: str, found: str | None = None) -> None:
        shown = field.shown() if found is None else found
        error = SchemeError(field.line, field.column, field.path, shown, Text(zh, en))
        if error not in self.errors:
            self.errors.append(error)

    def record(
        self, field: Field, required: Sequence[str], optional: Sequence[str] = ()
    ) -> dict[str, Field]:
        """A mapping with known names; names that are missing answer with an empty field."""
        entries = self.entries(field)
        for name in entries.keys() - set(required) - set(optional):
            known = "、".join((*required, *optional))
            self.report(entries[name], f"没有这个名称，可用：{known}",
                        f"there is no such name; known are {known}", found=name)
        if field.content is not None:
            for name in required:
                if name not in entries:  # of the whole file, say which section
                    place = field if field.path else absent(field, name)
                    self.report(place, f"缺少 {name}", f"expected “{name}” here", field.shown())
        return {name: entries.get(name) or absent(field, name) for name in (*required, *optional)}

    def entries(self, field: Field) -> Mapping[str, Field]:
        if isinstance(field.content, Mapping):
            return field.content
        if field.content is not None:
            self.report(field, "应为“名称: 内容”的列表", "expected names with their contents")
        return {}

    def declared(
        self, field: Field, holder: str = "", longest: int = LONGEST_CODE
    ) -> dict[str, Field]:
        """Contents under the scheme's own codes, which appear in files and addresses.

        `holder` may stand in a code for what is put in later.
        """
        entries = self.entries(field)
        for code, found in entries.items():
            self.check_code(found, code.replace(holder, "_") if holder else code, longest)
        return dict(entries)

    def check_code(self, field: Field, code: str, longest: int) -> None:
        if not CODE.fullmatch(code) or len(code) > longest:
            self.report(
                field, f"代码只能用文字、数字、点、下划线和短横，最多 {longest} 字",
                "a code has letters, digits, dots, underscores and hyphens, "
                f"{longest} at most", found=code,
            )  # fmt: skip

    def sequence(self, field: Field) -> tuple[Field, ...]:
        if isinstance(field.content, tuple):
            return field.content
        if field.content is not None:
            self.report(field, "应为列表", "expected a list")
        return ()

    def text(self, field: Field) -> str:
        """A single value, with `$name` replaced by the parameter of that name."""
        if field.content is None:
            return ""
        if not isinstance(field.content, str):
            self.report(field, "应为单个值", "expected a single value")
            return ""
        if not field.content.startswith("$"):
            return field.content
        return self._parameter(field, field.content[1:])

    def words(self, field: Field) -> Text:
        """A text in Chinese and English."""
        if isinstance(field.content, str):
            self.report(field, "应写成 {zh: 中文, en: English}",
                        "expected {zh: Chinese, en: English}")
            return NO_TEXT
        parts = self.record(field, ("zh", "en"))
        texts = {name: self.text(part).strip() for name, part in parts.items()}
        for name, part in parts.items():
            if part.content is not None and not texts[name]:
                self.report(part, "文字不能为空", "expected a text that is not empty")
        return Text(texts["zh"], texts["en"])

    def number(self, field: Field, otherwise: Decimal = Decimal(0)) -> Decimal:
        text = self.text(field)
        if field.content is None:
            return otherwise
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite() and abs(number) < Decimal(10) ** 15:
            return number
        self.report(field, "应为数字", "expected a number", found=text)
        return otherwise

    def integer(self, field: Field, least: int, otherwise: int = 0) -> int:
        number = self.number(field, Decimal(otherwise))
        if field.content is None:
            return otherwise
        if number != int(number) or number < least:
            self.report(field, f"应为不小于 {least} 的整数",
                        f"expected a whole number from {least} on")
            return max(otherwise, least)
        return int(number)

    def percentage(self, field: Field) -> Fraction:
        """A share written as a percentage, `30` or `30%`, or as a fraction, `1/3`."""
        text = self.text(field)
        if field.content is None:
            return Fraction(0)
        found = SHARE.fullmatch(text)
        top, bottom = (found["number"], found["bottom"]) if found else ("", None)
        if not found or (bottom is not None and (found["sign"] or not int(bottom))):
            self.report(field, "应为百分比或分数，如 30 或 1/3",
                        "expected a percentage or a fraction, such as 30 or 1/3", found=text)
            return Fraction(0)
        share = Fraction(top) / (100 if bottom is None else int(bottom))
        if share > 1:
            self.report(field, "不应超过全部（100 或 1/1）",
                        "expected no more than the whole (100 or 1/1)", found=text)
        return share

    def truth(self, field: Field, otherwise: bool = False) -> bool:
        if field.content is None:
            return otherwise
        text = self.text(field)
        if text not in ("true", "false"):
            self.report(field, "应为 true 或 false", "expected true or false", found=text)
        return text == "true"

    def choice(self, field: Field, options: Sequence[str], otherwise: str = "") -> str:
        """One of several words."""
        if field.content is None:
            return otherwise or options[0]
        text = self.text(field)
        if text in options:
            return text
        known = "、".join(options)
        self.report(field, f"应为以下之一：{known}", f"expected one of: {known}", found=text)
        return otherwise or options[0]

    def known(self, field: Field, codes: Sequence[str], kind: Text) -> str:
        """A code that is declared elsewhere in the file."""
        text = self.text(field)
        if field.content is not None and text not in codes:
            known = "、".join(codes)
            self.report(field, f"没有这个{kind.zh}，已有：{known}",
                        f"there is no such {kind.en}; there are: {known}", found=text)
        return text

    def sums_to_100(self, field: Field, numbers: Sequence[Decimal], kind: Text) -> None:
        total = sum(numbers, Decimal(0))
        if numbers and total != 100:
            self.report(field, f"{kind.zh}之和应为 100，现为 {total}",
                        f"the {kind.en} should add up to 100; they add up to {total}",
                        found=" + ".join(str(number) for number in numbers))

    def _parameter(self, field: Field, code: str) -> str:
        self.used.add(code)
        if code in self.parameters:
            return self.parameters[code].value
        self.report(field, "没有这个参数，请在 parameters 里写明",
                    "there is no such parameter; declare it under parameters")
        return "0"


def absent(field: Field, name: str) -> Field:
    """The place of a field that is not there."""
    path = f"{field.path}.{name}" if field.path else name
    return Field(path, field.line, field.column, None)


def read_by_category(
    reading: Reading,
    field: Field,
    categories: Sequence[str],
    read: Callable[[Reading, Field], Value],
) -> dict[str, Value]:
    """One value for all categories, or one named for each."""
    if not isinstance(field.content, Mapping):
        value = read(reading, field)
        return dict.fromkeys(categories, value)
    for category, found in field.content.items():
        if category not in categories:
            known = "、".join(categories)
            reading.report(found, f"没有这个类别，已有：{known}",
                           f"there is no such category; there are: {known}", found=category)
    for category in categories:
        if category not in field.content:
            reading.report(field, f"缺少类别 {category}", f"expected category {category}")
    return {
        category: read(reading, field.content.get(category) or absent(field, category))
        for category in categories
    }

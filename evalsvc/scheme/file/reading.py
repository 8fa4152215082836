"""Typed reading of fields: every accessor returns a usable value and gathers what was wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.file.limits import (
    DECIMALS,
    LONGEST_CODE,
    LONGEST_LINE,
    LONGEST_NAME,
    MOST_ENTRIES,
    MOST_NAMED,
    WHOLE_DIGITS,
)
from evalsvc.scheme.file.mistakes import Mistakes
from evalsvc.scheme.file.slips import UNQUOTED, find_near, find_wide_sign, say_narrow
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text, quoted

NO_TEXT = Text("", "")
# Codes stand in addresses and names of files; one never begins with a dot or a sign.
CODE = re.compile(r"\w[\w.\-]*")
NUMBER = re.compile(rf"[+-]?(0|[1-9][0-9]{{0,{WHOLE_DIGITS - 1}}})(\.[0-9]{{1,{DECIMALS}}})?")
CHOICE = re.compile(r"0|[1-9][0-9]{0,4}")
SHARE = re.compile(
    r"(?P<number>(0|[1-9][0-9]{0,5})(\.[0-9]{1,6})?)((?P<sign>%)|/(?P<bottom>[1-9][0-9]{0,5}))?"
)
ROUND_HOLDER = "{round}"
WORDS = ("zh", "en")

Value = TypeVar("Value")


class Reading(Mistakes):
    """One pass over a scheme's file: its parameters, the round in hand, and all errors so far.

    After an error the accessors answer with something harmless, so that one pass finds all
    errors, or the first fifty; what is read is thrown away when there are any.
    """

    def __init__(self, complains: bool = True) -> None:
        super().__init__()
        self.complains = complains
        """Whether what was taken earlier and is refused today is a mistake of this file."""
        self.parameters: dict[str, str] = {}
        self.used: set[str] = set()

    def record(
        self, field: Field, required: Sequence[str], optional: Sequence[str] = ()
    ) -> dict[str, Field]:
        """A mapping with known names; names that are missing answer with an empty field."""
        entries = self.entries(field)
        known = "、".join((*required, *optional))
        free = [name for name in (*required, *optional) if name not in entries]
        strange = [name for name in entries if name not in (*required, *optional)]
        renamed: dict[str, Field] = {}
        # What follows a comma inside braces is a name with nothing behind it.
        cut = [name for name in strange if entries[name].content == ""]
        if cut and (required == WORDS or " " in cut[0]):
            empty = entries[cut[0]]  # which stands behind its name
            begin = max(1, empty.column - len(cut[0]))
            self.report(replace(empty, column=begin), UNQUOTED, found=cut[0])
            strange = [name for name in strange if name not in cut]
        for name in strange:
            text = Text(f"没有这个名称，可用：{known}", f"there is no such name; known are {known}")
            self.report(entries[name], text + self.suggest(name, free), name)
            # Read under the name that was meant, or everything in it would be missed as well.
            renamed |= dict.fromkeys(find_near(name, free), entries[name])
        if field.content is not None:
            for name in required:
                if name not in (*entries, *renamed):  # of the whole file, say which section
                    place = field if field.path else absent(field, name)
                    self.report(
                        place, Text(f"缺少 {name}", f"expected “{name}” here"), field.shown()
                    )
        return {
            name: entries.get(name) or renamed.get(name) or absent(field, name)
            for name in (*required, *optional)
        }

    def entries(self, field: Field) -> Mapping[str, Field]:
        if isinstance(field.content, Mapping):
            return field.content
        if field.content is not None:
            self.report(field, Text("应为“名称: 内容”的列表", "expected names with their contents"))
        return {}

    def declared(
        self, field: Field, most: int, longest: int = LONGEST_CODE, holder: str = ""
    ) -> dict[str, Field]:
        """Contents under the scheme's own codes, which appear in files and addresses.

        `holder` may stand in a code for what is put in later.
        """
        entries = dict(self.entries(field))
        self.check_count(field, len(entries), most)
        for code, found in entries.items():
            self.check_code(found, code.replace(holder, "_") if holder else code, longest)
        return entries

    def check_code(self, field: Field, code: str, longest: int = LONGEST_CODE) -> None:
        if not CODE.fullmatch(code) or len(code) > longest:
            wide = find_wide_sign(code)
            self.report(
                field,
                wide[1]
                if wide
                else Text(
                    f"代码以文字或数字开头，只有文字、数字、点、下划线和短横，最多 {longest} 字",
                    "a code begins with a letter or digit and has letters, digits, dots, "
                    "underscores "
                    f"and hyphens, {longest} at most",
                ),
                found=code,
            )

    def check_count(self, field: Field, count: int, most: int) -> None:
        """Raises `SchemeErrors` at once, since what is too much is not read on."""
        if count > most:
            self.report(
                field, Text(f"最多 {most} 个", f"expected {most} at most"), found=str(count)
            )
            raise SchemeErrors(tuple(self.errors), more=True)

    def sequence(self, field: Field, most: int = MOST_ENTRIES) -> tuple[Field, ...]:
        if isinstance(field.content, tuple):
            self.check_count(field, len(field.content), most)
            return field.content
        if field.content is not None:
            self.report(field, Text("应为列表", "expected a list"))
        return ()

    def text(self, field: Field) -> str:
        """A single value, with `$name` replaced by the parameter of that name."""
        if field.content is None:
            return ""
        if not isinstance(field.content, str):
            self.report(field, Text("应为单个值", "expected a single value"))
            return ""
        if not field.content.startswith("$"):
            return field.content
        return self._parameter(field, field.content[1:])

    def line(self, field: Field, longest: int = LONGEST_LINE) -> str:
        """A single value of bounded length."""
        return self._bounded(field, self.text(field), longest)

    def code(self, field: Field, longest: int = LONGEST_CODE) -> str:
        """A single value that is a code."""
        text = self.text(field)
        if field.content is not None:
            self.check_code(field, text, longest)
        return text

    def words(self, field: Field, longest: int = LONGEST_NAME) -> Text:
        """A text in Chinese and English."""
        if isinstance(field.content, str):
            self.report(
                field, Text("应写成 {zh: 中文, en: English}", "expected {zh: Chinese, en: English}")
            )
            return NO_TEXT
        parts = self.record(field, WORDS)
        texts = {
            name: self._bounded(part, self.text(part).strip(), longest)
            for name, part in parts.items()
        }
        for name, part in parts.items():
            if part.content is not None and not texts[name]:
                self.report(part, Text("文字不能为空", "expected a text that is not empty"))
        return quoted(texts["zh"], texts["en"])

    def number(self, field: Field, otherwise: Decimal = Decimal(0)) -> Decimal:
        """A plain decimal number: what `NUMBER` takes, and nothing else that Python would."""
        text = self.text(field)
        if field.content is None:
            return otherwise
        if NUMBER.fullmatch(text):
            return Decimal(text)
        self.unread.append(field.path)
        expected = Text(
            f"应为数字，如 30 或 0.5，小数点前最多 {WHOLE_DIGITS} 位、后最多 {DECIMALS} 位",
            f"expected a number such as 30 or 0.5, with {WHOLE_DIGITS} digits at most before the "
            f"point and {DECIMALS} after it",
        )
        self.report(field, say_narrow(text, NUMBER) or expected, found=text)
        return otherwise

    def weight(self, field: Field) -> Decimal:
        """What a part weighs, or a stratum, or a question."""
        weight = self.number(field)
        if field.content is None:
            self.unread.append(field.path)
        if weight < 0:
            # A deduction is an adjustment or a tally; a negative
            # weight would turn the order of a part around.
            self.report(field, Text("权重不能为负", "expected a weight that is not negative"))
        return weight

    def integer(self, field: Field, least: int, most: int, otherwise: int = 0) -> int:
        number = self.number(field, Decimal(otherwise))
        if field.content is None:
            return otherwise
        if number != int(number) or not least <= number <= most:
            self.report(
                field,
                Text(
                    f"应为 {least} 到 {most} 的整数",
                    f"expected a whole number from {least} to {most}",
                ),
            )
            return max(otherwise, least)
        return int(number)

    def threshold(self, field: Field, least: int, most: int) -> int:
        """A number that may ask for more than a threshold does; as much, if left out.

        A file that was taken under a lower threshold stays readable, and asks for today's.
        """
        lowest = least if self.complains else min(least, 1)
        return max(self.integer(field, lowest, most, least), least)

    def choice_value(self, field: Field, text: str) -> Decimal | None:
        """The number of a choice; None where it is none."""
        if CHOICE.fullmatch(text):
            return Decimal(text)
        self.report(field, Text("选项用整数编号", "choices are whole numbers"), found=text)
        return None

    def percentage(self, field: Field) -> Fraction:
        """A share written as a percentage, `30` or `30%`, or as a fraction, `1/3`."""
        text = self.text(field)
        if field.content is None:
            return Fraction(0)
        found = SHARE.fullmatch(text)
        top, bottom = (found["number"], found["bottom"]) if found else ("", None)
        if not found:
            self.unread.append(field.path)
            expected = Text(
                "应为百分比或分数，如 30 或 1/3",
                "expected a percentage or a fraction, such as 30 or 1/3",
            )
            self.report(field, say_narrow(text, SHARE) or expected, found=text)
            return Fraction(0)
        share = Fraction(top) / (100 if bottom is None else int(bottom))
        if share > 1:
            self.report(
                field,
                Text("不应超过全部（100 或 1/1）", "expected no more than the whole (100 or 1/1)"),
                found=text,
            )
        return share

    def truth(self, field: Field, otherwise: bool = False) -> bool:
        if field.content is None:
            return otherwise
        text = self.text(field)
        if text not in ("true", "false"):
            self.report(field, Text("应为 true 或 false", "expected true or false"), found=text)
        return text == "true"

    def choice(self, field: Field, options: Sequence[str], otherwise: str = "") -> str:
        """One of several words."""
        if field.content is None:
            return otherwise or options[0]
        text = self.text(field)
        if text in options:
            return text
        known = say_known(options)
        expected = Text(f"应为以下之一：{known}", f"expected one of: {known}")
        self.report(field, expected + self.suggest(text, options), found=text)
        return otherwise or options[0]

    def known(self, field: Field, codes: Sequence[str], kind: Text) -> str:
        """A code that is declared elsewhere in the file."""
        text = self.text(field)
        if field.content is not None and text not in codes:
            known, wide = say_known(codes), find_wide_sign(text)
            expected = Text(
                f"没有这个{kind.zh}，已有：{known}",
                f"there is no such {kind.en}; there are: {known}",
            )
            # Several names with a full-width comma between them are one text to YAML.
            told = wide[1] if wide else expected + self.suggest(text, codes)
            self.report(field, told, found=text)
        return text

    def check_rising(self, field: Field, lowest: Decimal, highest: Decimal) -> None:
        """Of a range written as `from` and `to`."""
        if lowest >= highest and not self.is_unread_beside(field):
            self.report(
                field,
                Text("from 应小于 to", "expected from to be below to"),
                found=f"{lowest}–{highest}",
            )

    def sums_to_100(self, field: Field, numbers: Sequence[Decimal | Fraction], kind: Text) -> None:
        total = sum((Fraction(each) for each in numbers), Fraction(0))
        below = (f"{field.path}.", f"{field.path}[")
        # Where one of them could not be read, that has been told, and there is no sum yet.
        if numbers and total != 100 and not any(p.startswith(below) for p in self.unread):
            self.report(
                field,
                Text(
                    f"{kind.zh}之和应为 100，现为 {float(total):.9g}",
                    f"the {kind.en} should add up to 100; they add up to {float(total):.9g}",
                ),
                found=" + ".join(str(number) for number in numbers),
            )

    def _bounded(self, field: Field, text: str, longest: int) -> str:
        if len(text) > longest:
            self.report(field, Text(f"最多 {longest} 字", f"expected {longest} characters at most"))
        return text[:longest]

    def _parameter(self, field: Field, code: str) -> str:
        self.used.add(code)
        if code in self.parameters:
            return self.parameters[code]
        self.unread.append(field.path)
        expected = Text(
            "没有这个参数，请在 parameters 里写明",
            "there is no such parameter; declare it under parameters",
        )
        self.report(field, expected + self.suggest(code, tuple(self.parameters)))
        return "0"


def say_known(codes: Sequence[str]) -> str:
    """Names that there are, as a message lists them: the first of many."""
    more = len(codes) - MOST_NAMED
    return "、".join(codes[:MOST_NAMED]) + (f"、… (+{more})" if more > 0 else "")


def fill_round(reading: Reading, field: Field, name: Text, at: Text) -> Text:
    """A name with the round's name in its place."""
    texts = (name.zh.replace(ROUND_HOLDER, at.zh), name.en.replace(ROUND_HOLDER, at.en))
    if max(map(len, texts)) > LONGEST_NAME:
        reading.report(
            field,
            Text(
                f"填入轮次名称后最多 {LONGEST_NAME} 字",
                f"expected {LONGEST_NAME} characters at most with the round's name",
            ),
        )
        return NO_TEXT
    return Text(*texts)


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
            known = say_known(categories)
            reading.report(
                found,
                Text(
                    f"没有这个类别，已有：{known}", f"there is no such category; there are: {known}"
                ),
                found=category,
            )
    for category in categories:
        if category not in field.content:
            reading.report(field, Text(f"缺少类别 {category}", f"expected category {category}"))
    return {
        category: read(reading, field.content.get(category) or absent(field, category))
        for category in categories
    }

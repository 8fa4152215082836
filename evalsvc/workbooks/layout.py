"""A sheet to fill in: its columns and what cells may say; templates write it, readers expect it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalsvc.text import Text

# A unit's flag and what a cell may say for it.
FLAGS: Mapping[str, Text] = {"no_award": Text("不参与评奖", "no award")}
# Roles that schemes give; another role is shown by its code.
ROLES: Mapping[str, Text] = {
    "in_charge": Text("分管", "in charge"),
    "not_in_charge": Text("非分管", "not in charge"),
}
NOT_CARRIED = Text("不承担", "not carried")
# What takes a figure away: an empty cell leaves everything as it is.
CLEARED = Text("清除", "clear")
# In a cell whose component is not for units of this category.
NOT_APPLICABLE = "—"
INSTRUCTIONS = Text("说明", "Instructions")
CHOICES = Text("选项", "Choices")


@dataclass(frozen=True)
class Column:
    """A column: how it is headed, what belongs in it, and other headings that are understood."""

    key: str
    heading: Text
    about: Text
    example: Text
    width: int = 16
    required: bool = True
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetLayout:
    """A sheet to fill in: its columns from left to right under one row of headings."""

    key: str
    name: Text
    about: Text
    columns: tuple[Column, ...]

    def get_column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


def list_titles(layouts: Iterable[SheetLayout]) -> tuple[str, ...]:
    """What the sheets of these layouts may be called."""
    return tuple(title for layout in layouts for title in layout.name.spellings)


def unit_column() -> Column:
    """Of which unit a row is, wherever rows are about units."""
    return Column(
        "unit",
        Text("单位", "Unit"),
        Text("单位的名称或代码", "The unit's name or code"),
        Text("县教育局", "Education bureau"),
        28,
    )


def name_role(code: str) -> Text:
    return ROLES.get(code, Text(code, code))


def first_of(texts: tuple[Text, ...]) -> Text:
    return texts[0] if texts else Text("", "")

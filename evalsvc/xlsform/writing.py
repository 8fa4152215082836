"""Writes a questionnaire as an XLSForm workbook that survey programs and this one read alike."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import xlsxwriter

from evalsvc.questions.questionnaire import PLAIN, Asked, Questionnaire
from evalsvc.scheme.model import Category
from evalsvc.text import Text
from evalsvc.workbooks.layout import SheetLayout
from evalsvc.xlsform.choices import UNITS
from evalsvc.xlsform.kinds.adapter import Row, write_label
from evalsvc.xlsform.kinds.adapters import write_question
from evalsvc.xlsform.layouts import CHOICES, SETTINGS, SURVEY, TITLE_EN, ZH
from evalsvc.xlsform.survey import EVERY_UNIT, INTRODUCTION

# The same workbook has the same bytes, whenever it is made.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_UNIT = Text("单位", "Unit")
_CATEGORY_OF = "instance('units')/root/item[name=${{{unit}}}]/category"


@dataclass(frozen=True)
class ListedUnit:
    """A unit as other programs' forms list it."""

    code: str
    name: str
    category: str


def render_form(
    questionnaire: Questionnaire, categories: Sequence[Category], units: Sequence[ListedUnit]
) -> bytes:
    """The workbook; without units it lists one for each category as an example."""
    listed = units or [
        ListedUnit(category.code, category.name.zh, category.code) for category in categories
    ]
    sheets = (
        (SURVEY, list(_list_survey(questionnaire))),
        (CHOICES, [*_list_choices(questionnaire), *map(_unit_row, listed)]),
        (SETTINGS, [_settings(questionnaire)]),
    )
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"title": questionnaire.title.zh, "created": _MADE})
        for layout, rows in sheets:
            _write(book, layout, rows)
    return output.getvalue()


def _write(book: xlsxwriter.Workbook, layout: SheetLayout, rows: Sequence[Row]) -> None:
    """One sheet with the columns that any of its rows fills."""
    heading = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(layout.key)
    used = [each.key for each in layout.columns if any(row.get(each.key) for row in rows)]
    for column, key in enumerate(used):
        sheet.write_string(0, column, key, heading)
        sheet.set_column(column, column, 40 if "label" in key or "title" in key else 18, wrapped)
        for number, row in enumerate(rows, start=1):
            if row.get(key):
                sheet.write_string(number, column, row[key])
    sheet.freeze_panes(1, 0)


def _list_survey(questionnaire: Questionnaire) -> Iterator[Row]:
    yield _row("note", INTRODUCTION, questionnaire.introduction)
    parts = groupby(questionnaire.asked, key=_is_in_repeat)
    for number, (in_repeat, asked) in enumerate(parts):
        ending = f"_{number}" if number > 1 else ""
        yield from _list_repeat(asked, ending) if in_repeat else _list_pages(asked, "")


def _is_in_repeat(asked: Asked) -> bool:
    # A ranking stands outside: it compares the units instead of going through them.
    return write_question(asked.question).in_repeat


def _list_repeat(asked: Iterable[Asked], ending: str) -> Iterator[Row]:
    unit = f"unit{ending}"
    yield _row("begin_repeat", f"units{ending}", EVERY_UNIT)
    yield _row(f"select_one {UNITS}", unit, _UNIT, required="yes")
    yield {
        "type": "calculate",
        "name": f"category{ending}",
        "calculation": _CATEGORY_OF.format(unit=unit),
    }
    yield from _list_pages(asked, ending)
    yield {"type": "end_repeat"}


def _list_pages(asked: Iterable[Asked], ending: str) -> Iterator[Row]:
    """The questions, those of a later page inside a group that fills a screen."""
    in_group = False
    for each in asked:
        code = each.question.code
        if each.new_page:
            if in_group:
                yield {"type": "end_group"}
            yield {"type": "begin_group", "name": f"{code}.page", "appearance": "field-list"}
            in_group = True
        if each.note is not None:
            yield _row("note", f"{code}.note", each.note, relevant=_relevant(each, ending))
        yield _question(each, ending)
    if in_group:
        yield {"type": "end_group"}


def _question(asked: Asked, ending: str) -> Row:
    question, written = asked.question, write_question(asked.question)
    return _row(
        written.type,
        question.code,
        question.title,
        required="yes" if asked.required else "",
        relevant=_relevant(asked, ending),
        **written.particulars,
    )


def _relevant(asked: Asked, ending: str) -> str:
    parts = []
    if asked.categories:
        parts.append(_any_of(f"category{ending}", asked.categories))
    if asked.condition is not None:
        parts.append(_selected(asked.condition.question, asked.condition.values))
    return " and ".join(f"({part})" for part in parts) if len(parts) > 1 else "".join(parts)


def _any_of(name: str, values: Iterable[str]) -> str:
    return " or ".join(f"${{{name}}} = '{value}'" for value in sorted(values))


def _selected(name: str, values: Iterable[str]) -> str:
    return " or ".join(f"selected(${{{name}}}, '{value}')" for value in sorted(values))


def _list_choices(questionnaire: Questionnaire) -> Iterator[Row]:
    """A list for each question that has choices, under the question's own name."""
    for asked in questionnaire.asked:
        yield from write_question(asked.question).choices


def _unit_row(unit: ListedUnit) -> Row:
    return {"list_name": UNITS, "name": unit.code, "category": unit.category} | write_label(
        Text(unit.name, unit.name)
    )


def _settings(questionnaire: Questionnaire) -> Row:
    manner = questionnaire.manner
    said = {
        "form_title": questionnaire.title.zh,
        TITLE_EN: questionnaire.title.en,
        "form_id": questionnaire.code,
        "default_language": ZH,
        "style": "pages",
    }
    if manner == PLAIN:
        return said
    return said | {
        "recusal": "yes" if manner.recusal else "no",
        "order": "shuffled" if manner.shuffled else "official",
        "dealt_with": "yes" if manner.dealt_with else "no",
        "account": "yes" if manner.account else "no",
        "figures": " ".join(manner.figures),
        "words_together": str(manner.words_together or ""),
    }


def _row(kind: str, name: str, label: Text, **more: str) -> Row:
    return {"type": kind, "name": name} | write_label(label) | more

"""Writes a questionnaire as an XLSForm workbook that survey programs and this one read alike."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import xlsxwriter

from analysis.score.rules import NumberLimit
from evalsvc.scheme.asking import (
    AnyQuestion,
    Asked,
    ChoiceQuestion,
    RankingQuestion,
    SumQuestion,
    TextQuestion,
    is_about_units,
    list_asked,
)
from evalsvc.scheme.model import (
    Category,
    ForcedRatioQuestion,
    Level,
    LevelsQuestion,
    NumberQuestion,
    Questionnaire,
)
from evalsvc.text import Text
from evalsvc.workbooks.layout import SheetLayout
from evalsvc.xlsform.choices import UNITS
from evalsvc.xlsform.layouts import CHOICES, EN, SETTINGS, SURVEY, TITLE_EN, ZH
from evalsvc.xlsform.survey import EVERY_UNIT, INTRODUCTION

# A row: what stands under each heading.
Row = dict[str, str]

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
    parts = groupby(list_asked(questionnaire), key=_is_in_repeat)
    for number, (in_repeat, asked) in enumerate(parts):
        ending = f"_{number}" if number > 1 else ""
        yield from _list_repeat(asked, ending) if in_repeat else _list_pages(asked, "")


def _is_in_repeat(asked: Asked) -> bool:
    # A ranking stands outside: it compares the units instead of going through them.
    return is_about_units(asked.question) and not isinstance(asked.question, RankingQuestion)


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
    question = asked.question
    return _row(
        _type(question),
        question.code,
        question.title,
        required="yes" if asked.required else "",
        relevant=_relevant(asked, ending),
        **_particulars(question),
    )


def _type(question: AnyQuestion) -> str:
    match question:
        case NumberQuestion():
            return "range" if question.places else "integer"
        case SumQuestion():
            return "integer"
        case RankingQuestion():
            return f"rank {UNITS}"
        case TextQuestion():
            return "text"
        case ChoiceQuestion():
            kind = "select_one" if question.most == 1 else "select_multiple"
            return f"{kind} {question.code}" + (" or_other" if question.other else "")
        case ForcedRatioQuestion() | LevelsQuestion():
            return f"select_one {question.code}"


def _particulars(question: AnyQuestion) -> Row:
    """What a question says in columns of its own."""
    code = question.code
    match question:
        case NumberQuestion():
            return _number(question)
        case SumQuestion():
            return {"constraint": f"sum(${{{code}}}) = {question.total}"}
        case TextQuestion():
            return {
                "constraint": f"string-length(.) <= {question.longest}",
                "appearance": "multiline",
            }
        case ChoiceQuestion() if question.most > 1:
            return {"constraint": f"count-selected(.) <= {question.most}"}
        case ForcedRatioQuestion():
            return {
                "enforce_from": str(question.enforce_from),
                "proportions": "exact" if question.exact else "at_most",
                "appearance": "ordered" if question.ordered else "",
            }
        case _:
            return {}


def _number(question: NumberQuestion) -> Row:
    counts = [_count(question.code, limit) for limit in question.counts]
    if not question.places:
        bounds = [f". >= {question.minimum:f}", f". <= {question.maximum:f}"]
        return {"constraint": " and ".join(bounds + counts)}
    step = f"0.{'0' * (question.places - 1)}1"
    return {
        "parameters": f"start={question.minimum:f} end={question.maximum:f} step={step}",
        "constraint": " and ".join(counts),
    }


def _count(code: str, limit: NumberLimit) -> str:
    edges = []
    if limit.lowest is not None:
        edges.append(f". >= {float(limit.lowest):g}")
    if limit.below is not None:
        edges.append(f". < {float(limit.below):g}")
    counted = f"count(${{{code}}}[{' and '.join(edges)}])"
    said = []
    if limit.least is not None:
        said.append(f"{counted} >= {limit.least}")
    if limit.most is not None:
        said.append(f"{counted} <= {limit.most}")
    if limit.most_share is not None:
        said.append(f"{counted} <= {float(limit.most_share):g} * count(${{{code}}})")
    return " and ".join(said)


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
    for asked in list_asked(questionnaire):
        question = asked.question
        match question:
            case ForcedRatioQuestion():
                for band in question.bands:
                    yield _choice(
                        question,
                        band.code,
                        band.name,
                        points=f"{band.points:f}",
                        share=str(band.share),
                    )
            case LevelsQuestion():
                for level in question.levels:
                    points = "none" if level.points is None else f"{level.points:f}"
                    yield _choice(
                        question, level.code, level.name, points=points, counts_as=_standing(level)
                    )
            case ChoiceQuestion():
                for option in question.options:
                    yield _choice(question, option.code, option.name)


def _choice(question: AnyQuestion, code: str, name: Text, **more: str) -> Row:
    return {"list_name": question.code, "name": code} | _label(name) | more


def _standing(level: Level) -> str:
    if level.satisfied:
        return "satisfied"
    return "basically_satisfied" if level.basically else ""


def _unit_row(unit: ListedUnit) -> Row:
    return {"list_name": UNITS, "name": unit.code, "category": unit.category} | _label(
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
    if manner is None:
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
    return {"type": kind, "name": name} | _label(label) | more


def _label(text: Text) -> Row:
    return {f"label::{ZH}": text.zh, f"label::{EN}": text.en}

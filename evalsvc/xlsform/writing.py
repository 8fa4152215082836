"""Writes a questionnaire as an XLSForm workbook that survey programs and this one read alike."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import xlsxwriter

from evalsvc.questions.conditions import Condition, When
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import PLAIN, Asked, Questionnaire
from evalsvc.scheme.model import Category
from evalsvc.text import Text
from evalsvc.workbooks.layout import SheetLayout
from evalsvc.xlsform import rules
from evalsvc.xlsform.choices import UNITS
from evalsvc.xlsform.kinds.adapter import Row, write_label
from evalsvc.xlsform.kinds.adapters import write_question
from evalsvc.xlsform.layouts import CHOICES, SETTINGS, SURVEY, TITLE_EN, ZH
from evalsvc.xlsform.survey import EVERY_UNIT, INTRODUCTION, UNIT

# The same workbook has the same bytes, whenever it is made.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_BROKEN = Text("“%(title)s”：%(rule)s请返回改正。", "“%(title)s”: %(rule)s Please go back.")
# Behind a question's name: its page, and the notes that check what holds over several units.
_PAGE = ".page"
CHECK = ".check"
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
        (SURVEY, list(_list_survey(questionnaire, [each.code for each in categories]))),
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


def _list_survey(questionnaire: Questionnaire, categories: Sequence[str]) -> Iterator[Row]:
    yield _row("note", INTRODUCTION, questionnaire.introduction)
    places = _list_places(questionnaire, categories)
    for in_repeat, group in groupby(questionnaire.asked, key=_is_in_repeat):
        asked = list(group)
        yield from _list_repeat(asked, places) if in_repeat else _list_pages(asked, places)


def _list_places(
    questionnaire: Questionnaire, categories: Sequence[str]
) -> Mapping[str, rules.Row]:
    """Where each question stands that is asked unit by unit."""
    places: dict[str, rules.Row] = {}
    for number, (in_repeat, asked) in enumerate(groupby(questionnaire.asked, key=_is_in_repeat)):
        page = ""
        for each in asked if in_repeat else ():
            code = each.question.code
            page = f"{code}{_PAGE}" if each.new_page else page
            # Told apart only where there is more than one; then also where few are asked about.
            own = [one for one in categories if each.concerns(one)] if len(categories) > 1 else ()
            places[code] = rules.Row(code, f"_{number}" if number > 1 else "", page, own)
    return places


def _is_in_repeat(asked: Asked) -> bool:
    # A ranking stands outside: it compares the units instead of going through them.
    return write_question(asked.question).in_repeat


def _list_repeat(asked: Sequence[Asked], places: Mapping[str, rules.Row]) -> Iterator[Row]:
    ending = places[asked[0].question.code].ending
    unit = f"{rules.UNIT}{ending}"
    yield _row("begin_repeat", f"{rules.UNITS}{ending}", EVERY_UNIT)
    once = rules.write_each_unit_once(ending)
    yield _row(f"select_one {UNITS}", unit, UNIT, required="yes", constraint=once)
    yield {
        "type": "calculate",
        "name": f"{rules.CATEGORY}{ending}",
        "calculation": _CATEGORY_OF.format(unit=unit),
    }
    yield from _list_pages(asked, places)
    yield {"type": "end_repeat"}
    for each in asked:
        yield from _list_checks(each.question, places[each.question.code])


def _list_pages(asked: Iterable[Asked], places: Mapping[str, rules.Row]) -> Iterator[Row]:
    """The questions, those of a later page inside a group that fills a screen."""
    in_group = False
    for each in asked:
        code = each.question.code
        if each.new_page:
            if in_group:
                yield {"type": "end_group"}
            yield {"type": "begin_group", "name": f"{code}{_PAGE}", "appearance": "field-list"}
            in_group = True
        relevant = _relevant(each, places)
        if each.note is not None:
            yield _row("note", f"{code}.note", each.note, relevant=relevant)
        yield _question(each, places.get(code)) | {"relevant": relevant}
    if in_group:
        yield {"type": "end_group"}


def _question(asked: Asked, place: rules.Row | None) -> Row:
    question, written = asked.question, write_question(asked.question)
    row = _row(
        written.type,
        question.code,
        question.title,
        required="yes" if asked.required else "",
        **written.particulars,
    )
    if place is None:
        return row
    refused = [part for rule in written.rules for part in rule.refuse_at_once(place)]
    return row | {"constraint": " and ".join(filter(None, [row.get("constraint"), *refused]))}


def _list_checks(question: Question, place: rules.Row) -> Iterator[Row]:
    """A required note for each rule: shown, and not to be passed, while the rule is broken."""
    for number, rule in enumerate(write_question(question).rules, start=1):
        said = _BROKEN.filled(title=question.title, rule=rule.said)
        breach = rules.write_breach(rule, place)
        yield _row("note", f"{question.code}{CHECK}{number}", said, required="yes", relevant=breach)


def _relevant(asked: Asked, places: Mapping[str, rules.Row]) -> str:
    parts, place = [], places.get(asked.question.code)
    if asked.categories and place:
        parts.append(_any_of(f"{rules.CATEGORY}{place.ending}", asked.categories))
    if asked.condition is not None:
        parts.append(_write_condition(asked.condition, place, places))
    return " and ".join(f"({part})" for part in parts) if len(parts) > 1 else "".join(parts)


def _write_condition(
    condition: When, place: rules.Row | None, places: Mapping[str, rules.Row]
) -> str:
    if isinstance(condition, Condition):
        return _selected(_refer(condition.question, place, places), condition)
    written = [_write_condition(part, place, places) for part in condition.parts]
    if condition.word == "any":
        return " or ".join(
            part if isinstance(each, Condition) else f"({part})"
            for each, part in zip(condition.parts, written, strict=True)
        )
    # “and” binds closer than the “or” between the values of one question.
    return " and ".join(f"({part})" for part in written)


def _refer(question: str, place: rules.Row | None, places: Mapping[str, rules.Row]) -> str:
    """An earlier answer; one of another repeat is that about the same unit."""
    there = places.get(question)
    if there is None or place is None or there.ending == place.ending:
        return f"${{{question}}}"
    return rules.write_same_unit(there, place)


def _any_of(name: str, values: Iterable[str]) -> str:
    return " or ".join(f"${{{name}}} = '{value}'" for value in sorted(values))


def _selected(answer: str, condition: Condition) -> str:
    return " or ".join(f"selected({answer}, '{value}')" for value in sorted(condition.values))


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

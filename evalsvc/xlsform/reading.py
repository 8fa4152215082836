"""Reads an XLSForm workbook as a questionnaire, with every problem's sheet, row and column."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalsvc.questions.questionnaire import PLAIN, Manner, Questionnaire
from evalsvc.scheme.file.errors import SchemeError, SchemeErrors
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field, read_source
from evalsvc.scheme.questionnaires import read_questionnaires
from evalsvc.scheme.writing import write_questionnaires
from evalsvc.text import Text
from evalsvc.workbooks.cells import Sheet, build_key
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import SheetLayout, list_titles
from evalsvc.workbooks.problems import (
    CellProblem,
    Findings,
    SheetPreview,
    build_preview,
    has_errors,
)
from evalsvc.workbooks.table import open_table
from evalsvc.xlsform.choices import ChoiceLists
from evalsvc.xlsform.layouts import (
    CHOICES,
    EN,
    SETTINGS,
    SURVEY,
    TITLE_EN,
    ZH,
    list_foreign_sheets,
    spell_headings,
)
from evalsvc.xlsform.limesurvey.document import is_limesurvey
from evalsvc.xlsform.limesurvey.form import Remark, convert
from evalsvc.xlsform.rows import FormRow, FormSheet
from evalsvc.xlsform.survey import Survey
from evalsvc.xlsform.unread import list_unread

LONGEST_TITLE = 200
LONGEST_COUNT = 6
_AS_IS = {"default_language": (ZH, EN), "style": ("pages",)}
_MANNER = ("recusal", "order", "dealt_with", "account", "figures", "words_together")
# The column in which the sheet says what the scheme's file says in a field of its own.
_COLUMNS = {
    "show_if": "relevant",
    "categories": "relevant",
    "options": "type",
    "bands": "type",
    "levels": "type",
    "enforce_from": "enforce_from",
    "title": "label",
}


@dataclass(frozen=True)
class FormReading:
    """A questionnaire as read; it is None where a problem is an error."""

    questionnaire: Questionnaire | None
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def read_form(
    source: bytes | Path,
    questionnaires: Mapping[str, Questionnaire],
    categories: Sequence[str],
    units: Collection[str] = (),
) -> FormReading:
    """Read a workbook that is to take the place of one of these questionnaires.

    Which one is said by `form_id` in its settings; where there is one only, it is that one. Its
    code stays, and so do its title and introduction where the workbook has none. A survey of
    LimeSurvey is read as such a workbook; the one with its title is replaced, and what goes through
    the `units`, by name or code, is asked about every unit. Raises Problem(UPLOAD_REFUSED) where
    the file can't be read at all.
    """
    if isinstance(source, bytes) and is_limesurvey(source):
        converted = convert(source, _list_titles(questionnaires), units)
        return check_form(converted.sheets, questionnaires, categories, converted.remarks)
    sheets = read_sheets(source, list_titles((SURVEY, CHOICES, SETTINGS)))
    return check_form(sheets, questionnaires, categories)


def _list_titles(questionnaires: Mapping[str, Questionnaire]) -> dict[str, str]:
    titles = {each.title.en: code for code, each in questionnaires.items()}
    return titles | {each.title.zh: code for code, each in questionnaires.items()}


def check_form(
    sheets: Sequence[Sheet],
    questionnaires: Mapping[str, Questionnaire],
    categories: Sequence[str],
    remarks: Sequence[Remark] = (),
) -> FormReading:
    """What the sheets say, and everything that is wrong with them, beside what is known already."""
    findings = Findings()
    for remark in remarks:
        _tell(remark, sheets, findings)
    list_foreign_sheets(sheets, findings)
    form, choices, settings = (
        _open(sheets, layout, findings) for layout in (SURVEY, CHOICES, SETTINGS)
    )
    row = next(settings.list_rows(), None) if settings else None
    before = _find_replaced(row, questionnaires, findings)
    survey = Survey(ChoiceLists(choices, categories), categories)
    if form is not None:
        survey.read(form)
    built = _build(survey, row, before) if before else None
    if built is not None and not has_errors(findings.problems):
        _check_as_scheme(built, survey, categories, findings)
    survey.lists.list_unused()
    for sheet in (form, choices, settings):
        if sheet is not None:
            list_unread(sheet, findings)
            _show(sheet, sheets, findings)
    if has_errors(findings.problems):
        built = None
    return FormReading(built, tuple(findings.previews), tuple(findings.problems))


def _show(sheet: FormSheet, sheets: Sequence[Sheet], findings: Findings) -> None:
    """The sheet as it stands in the file, not as it was read: with what each cell shows and holds,
    and the columns of other programs, so that every mark has its cell."""
    table = sheet.table
    own = next(each for each in sheets if build_key(each.name) == table.layout.key)
    shown = replace(own, name=table.sheet.name)
    findings.previews.append(build_preview(shown, table.header_row, findings.problems))


def _tell(remark: Remark, sheets: Sequence[Sheet], findings: Findings) -> None:
    """What was found on the way to the sheets, at its cell there."""
    headings = next((sheet.rows[1] for sheet in sheets if sheet.name == remark.sheet), {})
    column = next((place for place, cell in headings.items() if cell.text == remark.key), 1)
    findings.report(
        remark.sheet,
        remark.text,
        place=(remark.row, column) if remark.row else None,
        heading=remark.key,
        found=remark.found,
        severity=remark.severity,
    )


def _find_replaced(
    row: FormRow | None, questionnaires: Mapping[str, Questionnaire], findings: Findings
) -> Questionnaire | None:
    """The questionnaire that the workbook says it is."""
    code = row.take("form_id") if row else ""
    if code in questionnaires:
        return questionnaires[code]
    if len(questionnaires) == 1:
        return next(iter(questionnaires.values()))
    known = "、".join(questionnaires)
    said = Text(
        f"settings 表的 form_id 要写明换哪一份问卷，已有：{known}",
        "“form_id” in the sheet “settings” says which questionnaire is replaced; "
        f"there are: {known}",
    )
    if row is not None:
        row.use_all()
    if row is not None and row.table.has("form_id"):
        row.report("form_id", said)
    else:
        findings.report(SETTINGS.key, said, found=code)
    return None


def _open(sheets: Sequence[Sheet], layout: SheetLayout, findings: Findings) -> FormSheet | None:
    """A sheet under its headings; only the one of the questions has to be there."""
    own = [sheet for sheet in sheets if build_key(sheet.name) == layout.key]
    if not own and layout is not SURVEY:
        return None
    spelt = [spell_headings(sheet, layout, findings) for sheet in own]
    table = open_table(spelt or sheets, layout, findings)
    return None if table is None else FormSheet(table)


def _build(survey: Survey, row: FormRow | None, before: Questionnaire) -> Questionnaire:
    title = _read_title(row) if row else None
    return Questionnaire(
        before.code,
        title or before.title,
        survey.introduction or before.introduction,
        tuple(survey.asked),
        _read_manner(row) if row else PLAIN,
    )


def _read_title(row: FormRow) -> Text | None:
    row.use("form_title", TITLE_EN)
    zh, en = (row.text(key, LONGEST_TITLE) for key in ("form_title", TITLE_EN))
    return Text(zh or en or "", en or zh or "") if zh or en else None


def _read_manner(row: FormRow) -> Manner:
    """What the questionnaire allows around its questions."""
    said = {key: row.take(key) for key in _MANNER}
    # Both languages are always shown, on pages: where a form says so, that is how it is.
    row.use(*(key for key, words in _AS_IS.items() if row.peek(key) in words))
    for key in ("recusal", "dealt_with", "account"):
        if said[key] not in ("", "yes", "no"):
            row.report(key, Text("应为 yes 或 no", "expected yes or no"))
    if said["order"] not in ("", "official", "shuffled"):
        row.report(
            "order",
            Text(
                "应为 official（官方顺序）或 shuffled（每人不同）", "expected official or shuffled"
            ),
        )
    words = said["words_together"]
    if words and not (words.isascii() and words.isdecimal() and len(words) <= LONGEST_COUNT):
        row.report(
            "words_together", Text("应为整数（字数）", "expected a whole number of characters")
        )
        words = ""
    return Manner(
        said["recusal"] == "yes",
        said["order"] == "shuffled",
        said["dealt_with"] == "yes",
        said["account"] == "yes",
        tuple(said["figures"].split()),
        int(words or 0),
    )


def _check_as_scheme(
    questionnaire: Questionnaire, survey: Survey, categories: Sequence[str], findings: Findings
) -> None:
    """What the scheme's own reader still finds, at the row of the question it is about."""
    for error in _read_as_scheme(write_questionnaires((questionnaire,)), categories):
        _report(error, questionnaire.code, survey, findings)


def _read_as_scheme(text: str, categories: Sequence[str]) -> Sequence[SchemeError]:
    reading = Reading()
    try:
        content = read_source(text).content
        entries = content if isinstance(content, dict) else {}
        found = entries.get("questionnaires", Field("", 1, 1, None))
        read_questionnaires(reading, found, categories)
    except SchemeErrors as wrong:
        return wrong.errors
    return reading.errors


def _report(error: SchemeError, code: str, survey: Survey, findings: Findings) -> None:
    place = error.field.removeprefix(f"questionnaires.{code}.questions.")
    name = max(
        (name for name in survey.rows if place == name or place.startswith(f"{name}.")),
        key=len,
        default=None,
    )
    if name is None:
        findings.report(SURVEY.key, error.expected, found=error.found)
        return
    aspect = re.match(r"\.?(\w*)", place.removeprefix(name))
    key = _COLUMNS.get(aspect[1] if aspect else "", "constraint")
    survey.rows[name].report(key, error.expected, found=error.found)

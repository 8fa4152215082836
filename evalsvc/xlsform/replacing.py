"""A workbook in the place of a scheme's questionnaire: what the whole scheme says to it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.reader import load_scheme
from evalsvc.scheme.writing import replace_questionnaire
from evalsvc.text import Text
from evalsvc.workbooks.problems import CellProblem, SheetPreview
from evalsvc.xlsform.layouts import SURVEY
from evalsvc.xlsform.reading import read_form


@dataclass(frozen=True)
class Replacement:
    """A scheme's file with one questionnaire replaced, and how many questions differ."""

    scheme_text: str
    replaced: Text
    added: int
    changed: int
    removed: int

    def describe(self) -> Text:
        return Text(
            f"换下问卷“{self.replaced.zh}”：新增 {self.added} 题，改动 {self.changed} 题，"
            f"删去 {self.removed} 题。",
            f"Replaces the questionnaire “{self.replaced.en}”: {self.added} questions added, "
            f"{self.changed} changed, {self.removed} removed.",
        )


@dataclass(frozen=True)
class ReplacementReading:
    """A replacement as read; it is None where a problem is an error."""

    replacement: Replacement | None
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def read_replacement(
    source: bytes | Path, scheme: Scheme, scheme_text: str, units: Collection[str] = ()
) -> ReplacementReading:
    """Read a workbook, and the scheme's file as it would be with it.

    Raises Problem(UPLOAD_REFUSED) where the workbook can't be read at all.
    """
    codes = [category.code for category in scheme.categories]
    reading = read_form(source, scheme.questionnaires, codes, units)
    found = reading.questionnaire
    if found is None:
        return ReplacementReading(None, reading.sheets, reading.problems)
    text = replace_questionnaire(scheme_text, scheme, found)
    try:
        load_scheme(text)
    except SchemeErrors as wrong:
        return ReplacementReading(
            None, reading.sheets, (*reading.problems, *_list_complaints(wrong))
        )
    replacement = _compare(scheme.questionnaires[found.code], found, text)
    return ReplacementReading(replacement, reading.sheets, reading.problems)


def _list_complaints(wrong: SchemeErrors) -> list[CellProblem]:
    """The scheme needs what the workbook has left out, such as a question that is scored."""
    return [
        CellProblem(
            SURVEY.key,
            None,
            None,
            error.field,
            error.found,
            replace(
                error.expected,
                zh=f"方案不能这样用这份问卷：{error.expected.zh}",
                en=f"the scheme can't use the questionnaire like this: {error.expected.en}",
            ),
        )
        for error in wrong.errors
    ]


def _compare(before: Questionnaire, after: Questionnaire, text: str) -> Replacement:
    old = {asked.question.code: asked for asked in before.asked}
    new = {asked.question.code: asked for asked in after.asked}
    return Replacement(
        text,
        before.title,
        added=len(new.keys() - old.keys()),
        changed=sum(old[code] != new[code] for code in new.keys() & old.keys()),
        removed=len(old.keys() - new.keys()),
    )

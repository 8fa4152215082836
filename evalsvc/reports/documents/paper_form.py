"""Questionnaires on paper: the same questions with boxes to tick, a form for each distinct list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from evalsvc.questions.question import OTHER, Question
from evalsvc.questions.questionnaire import Asked, Manner, Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.reports.documents.filling import Document, render_documents
from evalsvc.reports.documents.pdf import join_pdfs
from evalsvc.reports.documents.printing import Progress
from evalsvc.scheme.model import Category, Group
from evalsvc.text import Text

# By item and category, the number of units that each band takes.
Limits = Mapping[tuple[str, str], Mapping[str, int]]
# The same for every number of units from none on; -1 where a band takes any number.
Sizes = Mapping[tuple[str, str], Mapping[str, tuple[int, ...]]]
# How many units fewer than all the table of numbers goes, where raters may only leave some out.
FEWER_SHOWN = 5


@dataclass(frozen=True)
class PaperSheet:
    """One list of units with the numbers that its bands take, and whose form it is.

    `names` has more than one rater where several have this very list, and none where everybody
    has. `left_out` is the rater's own unit where others rate it.
    """

    names: tuple[str, ...]
    left_out: str
    units: tuple[PaperUnit, ...]
    limits: Limits
    sizes: Sizes
    # The characters that all words of the form may have together, where that is a limit.
    words: int | None = None


@dataclass(frozen=True)
class PaperForm:
    """A rater group's questionnaire on paper."""

    season_title: str
    office: str
    contact: str
    round_name: Text
    deadline: datetime | None
    group: Group
    questionnaire: Questionnaire
    categories: tuple[Category, ...]
    sheets: tuple[PaperSheet, ...]

    @property
    def manner(self) -> Manner:
        return self.questionnaire.manner


@dataclass(frozen=True)
class NumberLine:
    """How many units each band takes if so many are rated; None for any number."""

    n: int
    bands: tuple[int | None, ...]


@dataclass(frozen=True)
class TickColumn:
    """Something to tick; `n` is the number of units that must have it, where that is fixed."""

    name: Text
    apart: bool = False
    n: int | None = None


@dataclass(frozen=True)
class QuestionBlock:
    """Questions that share a table (several items on one scale), about a category or the ballot.

    `quota` is how many units each band takes, `condition` says in words when they are asked.
    """

    asked: tuple[Asked, ...]
    category: Category | None
    units: tuple[PaperUnit, ...]
    quota: Mapping[str, int]
    columns: tuple[TickColumn, ...]
    numbers: tuple[NumberLine, ...]
    condition: Text | None
    note: Text | None
    is_first_about_units: bool

    @property
    def question(self) -> Question:
        return self.asked[0].question


def render_paper_form(
    form: PaperForm,
    language: str,
    progress: Progress = lambda done, total: None,  # noqa: ARG005  # hears nothing
) -> bytes:
    """All forms of a group as one PDF, in the order of the roster."""
    documents = [_build_document(form, sheet) for sheet in form.sheets]
    parts = []
    for part in render_documents(documents, language):
        parts.append(part)
        progress(len(parts), len(documents))
    return join_pdfs(parts)


def build_blocks(form: PaperForm, sheet: PaperSheet) -> tuple[QuestionBlock, ...]:
    """The questions of one form in the order of the page, by category where about units."""
    blocks: list[QuestionBlock] = []
    for run in _list_runs(form.questionnaire):
        for category in form.categories if run[0].question.is_about_units else (None,):
            units = tuple(u for u in sheet.units if category and u.category == category.code)
            if category is None or (units and run[0].concerns(category.code)):
                seen = any(each.category == category for each in blocks)
                blocks.append(_build_block(form, sheet, run, category, units, not seen))
    return tuple(blocks)


def _build_document(form: PaperForm, sheet: PaperSheet) -> Document:
    values = {"form": form, "sheet": sheet, "blocks": build_blocks(form, sheet)}
    return Document("reports/paper_form.html", values)


def _list_runs(questionnaire: Questionnaire) -> Iterator[tuple[Asked, ...]]:
    """Questions of levels that share their scale stand in one table, every other one alone."""
    numbered = enumerate(questionnaire.asked)

    def kin(place: tuple[int, Asked]) -> object:
        number, asked = place
        question = asked.question
        if not question.scale or asked.condition:
            return number
        return question.scale, asked.categories, asked.required

    for _, run in groupby(numbered, kin):
        yield tuple(asked for _, asked in run)


def _build_block(
    form: PaperForm,
    sheet: PaperSheet,
    run: tuple[Asked, ...],
    category: Category | None,
    units: tuple[PaperUnit, ...],
    is_first: bool,
) -> QuestionBlock:
    question = run[0].question
    place = (question.code, category.code if category else "")
    limit = sheet.limits.get(place, {})
    return QuestionBlock(
        asked=run,
        category=category,
        units=units,
        quota=limit,
        columns=tuple(_list_columns(question, limit)),
        numbers=tuple(_list_numbers(form.manner, sheet.sizes.get(place, {}))),
        condition=form.questionnaire.say_condition(run[0]),
        note=run[0].note,
        is_first_about_units=is_first and category is not None,
    )


def _list_columns(question: Question, limit: Mapping[str, int]) -> Iterator[TickColumn]:
    """Something to tick for each option; words of one's own have a column to write in."""
    for option in question.list_options() if question.ticked else ():
        if not (question.has_other and option.code == OTHER):
            n = limit.get(option.code) if option.code in question.bound else None
            yield TickColumn(option.name, option.apart, n)


def _list_numbers(manner: Manner, sizes: Mapping[str, Sequence[int]]) -> Iterator[NumberLine]:
    """The numbers for fewer units, where raters may leave some out."""
    columns = list(sizes.values())
    for n in reversed(_list_shown_sizes(manner, columns[0]) if columns else ()):
        yield NumberLine(n, tuple(None if column[n] < 0 else column[n] for column in columns))


def _list_shown_sizes(manner: Manner, numbers: Sequence[int]) -> range:
    """From where the numbers bind; not many fewer than all, where raters leave some out only."""
    most = len(numbers) - 1
    fewest = next((n for n, due in enumerate(numbers) if due >= 0), most + 1)
    return range(fewest if manner.dealt_with else max(fewest, most - FEWER_SHOWN), most + 1)

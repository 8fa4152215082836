"""A rater's whole ballot as a form: posted text in, answers out, every fault beside its field."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from werkzeug.datastructures import MultiDict
from wtforms.csrf.core import CSRF
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import ValidationError

from analysis.facts import Answer
from evalsvc.scheme.model import (
    Category,
    ForcedRatioQuestion,
    LevelsQuestion,
    NumberQuestion,
    Question,
    Questionnaire,
    Text,
)
from forms.answer import AnswerField, RatedUnit
from forms.forced_ratio import ForcedRatioField
from forms.levels import LevelsField
from forms.number import NumberField

PREFIX = "a."
_NONCE = re.compile("[0-9a-f]{32}")
_TURN = re.compile("[0-9]{1,3}")
FOREIGN = Text(
    "有{n}处内容不属于这张票，没有采用：{names}",
    "{n} entries do not belong to this ballot and were left out: {names}",
)

FIELDS: dict[type[Question], type[AnswerField]] = {
    ForcedRatioQuestion: ForcedRatioField,
    LevelsQuestion: LevelsField,
    NumberQuestion: NumberField,
}


class Breach(Protocol):
    """A broken rule of the ballot and where it is; empty `unit` means a whole category."""

    @property
    def item(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def text(self) -> Text: ...


@dataclass(frozen=True)
class UnitCard:
    """A unit with the fields about it."""

    unit: RatedUnit
    fields: tuple[AnswerField, ...]


@dataclass(frozen=True)
class Section:
    """One category's units under the questions that are answered together, unit by unit."""

    code: str
    category: Category
    questions: tuple[Question, ...]
    cards: tuple[UnitCard, ...]
    faults: list[Text] = field(default_factory=list)

    def list_chosen(self, question: Question, option: str) -> tuple[str, ...]:
        """The names of the units that were given an option of a question."""
        return tuple(
            card.unit.name
            for card in self.cards
            for found in card.fields
            if found.question is question and found.data == option
        )


@dataclass(frozen=True)
class Fault:
    """One thing to mend, and the element of the page where it is."""

    place: str
    name: str
    text: Text


class VisitCsrf(CSRF):  # type: ignore[misc]  # WTForms ships no types
    """Ties a form to the visit it was made for; valid as long as the visit, without a session."""

    def generate_csrf_token(self, csrf_token_field: AnswerField) -> str:
        root: bytes = csrf_token_field.meta.csrf_context
        return hmac.new(root, b"ballot form", hashlib.sha256).hexdigest()

    def validate_csrf_token(self, form: BaseForm, field: AnswerField) -> None:  # noqa: ARG002 (WTForms hands over the form)
        given = (field.data or "").encode()
        if not hmac.compare_digest(given, field.current_token.encode()):
            raise ValidationError("another visit's form")


class VisitMeta(DefaultMeta):  # type: ignore[misc]  # WTForms ships no types
    """Settings of a form that belongs to one visit."""

    csrf = True
    csrf_class = VisitCsrf

    def __init__(self, root: bytes) -> None:
        self.csrf_context = root


class BallotForm(BaseForm):  # type: ignore[misc]  # WTForms ships no types
    """The questionnaire of one visit; `root` is the visit's secret."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        categories: Sequence[Category],
        units: Sequence[RatedUnit],
        root: bytes,
        posted: MultiDict[str, str] | None = None,
    ) -> None:
        super().__init__(_build_fields(questionnaire, units), meta=VisitMeta(root))
        self.process(posted)
        self.sections = tuple(self._build_sections(questionnaire, categories, units))
        # Names this visit's answers in the browser's own store; it opens nothing.
        self.tab = hmac.new(root, b"browser tab", hashlib.sha256).hexdigest()[:16]
        self.foreign = tuple(name for name, _ in list_kept(posted or {}) if name not in self)

    def is_of_this_visit(self) -> bool:
        """Whether the form was made for this visit, not by another site or for another card."""
        return bool(self["csrf_token"].validate(self))

    def check(self, breaches: Iterable[Breach]) -> bool:
        """Whether the ballot may be cast; if not, every reason stands beside its field."""
        self.validate()
        self._note(breaches)
        return not self.list_faults()

    def list_fields(self) -> tuple[AnswerField, ...]:
        return tuple(found for found in self if isinstance(found, AnswerField))

    def list_answers(self) -> tuple[Answer, ...]:
        """What was answered, in the order of the paper, right or wrong."""
        return tuple(
            Answer(found.unit.code, found.question.code, found.data)
            for found in self.list_fields()
            if found.data
        )

    def list_faults(self) -> tuple[Fault, ...]:
        """Everything to mend, in the order of the page."""
        return tuple(self._faults())

    def _build_sections(
        self,
        questionnaire: Questionnaire,
        categories: Sequence[Category],
        units: Sequence[RatedUnit],
    ) -> Iterator[Section]:
        numbers = count(1)
        for questions in _together(questionnaire.questions):
            for category in categories:
                own = [unit for unit in units if unit.category == category.code]
                cards = tuple(self._build_card(unit, questions) for unit in own)
                if cards:
                    yield Section(f"s{next(numbers)}", category, questions, cards)

    def _build_card(self, unit: RatedUnit, questions: Sequence[Question]) -> UnitCard:
        return UnitCard(unit, tuple(self[_field_name(one.code, unit.code)] for one in questions))

    def _note(self, breaches: Iterable[Breach]) -> None:
        """Put each breach beside its field or section; a field says one thing at a time."""
        for breach in breaches:
            found = _field_name(breach.item, breach.unit)
            if not breach.unit:
                self._section_of(breach).faults.append(breach.text)
            elif found in self and not self[found].errors:
                self[found].errors = [breach.text]

    def _section_of(self, breach: Breach) -> Section:
        return next(
            section
            for section in self.sections
            if section.category.code == breach.category
            and breach.item in {question.code for question in section.questions}
        )

    def _faults(self) -> Iterator[Fault]:
        if self.foreign:
            names = "、".join(name[:40] for name in self.foreign[:3])
            n = len(self.foreign)
            text = Text(FOREIGN.zh.format(n=n, names=names), FOREIGN.en.format(n=n, names=names))
            yield Fault("questions", "", text)
        for section in self.sections:
            for text in section.faults:
                yield Fault(section.code, "", text)
            for card in section.cards:
                for found in card.fields:
                    for text in found.errors:
                        yield Fault(found.id, card.unit.name, text)


def list_kept(posted: MultiDict[str, str] | dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The answers in a posted form, whatever paper they belong to, so that none is lost."""
    pairs = posted.items(multi=True) if isinstance(posted, MultiDict) else posted.items()
    return tuple((name, value) for name, value in pairs if name.startswith(PREFIX))


def read_nonce(text: str) -> bytes | None:
    """The number that marks one act of submitting; None where it is missing or damaged."""
    return bytes.fromhex(text) if _NONCE.fullmatch(text) else None


def read_turn(text: str) -> int:
    """How often the card had been used when the form was made; -1 where the form is damaged."""
    return int(text) if _TURN.fullmatch(text) else -1


def _build_fields(
    questionnaire: Questionnaire, units: Sequence[RatedUnit]
) -> dict[str, UnboundField]:
    numbers = count(1)
    return {
        _field_name(question.code, unit.code): FIELDS[type(question)](
            question, unit, id=f"u{next(numbers)}"
        )
        for question in questionnaire.questions
        for unit in units
    }


def _field_name(item: str, unit: str) -> str:
    return f"{PREFIX}{item}.{unit}"


def _together(questions: Sequence[Question]) -> Iterator[tuple[Question, ...]]:
    """A forced ratio fills a page section alone; other questions are asked unit by unit."""
    run: list[Question] = []
    for question in questions:
        if isinstance(question, ForcedRatioQuestion):
            if run:
                yield tuple(run)
            run = []
            yield (question,)
        else:
            run.append(question)
    if run:
        yield tuple(run)

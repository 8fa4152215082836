"""A posted ballot as answers, read without building a form: what casting and drafts need."""

import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from analysis.score.facts import Answer
from evalsvc.questions.questionnaire import Asked, Questionnaire
from evalsvc.questions.recusal import RECUSED
from evalsvc.questions.unit import PaperUnit
from forms.answer import PREFIX, AnswerField, build_name
from forms.fields import list_fields_of
from forms.recusal import RecusalField

_NONCE = re.compile("[0-9a-f]{32}")
_TURN = re.compile("[0-9]{1,3}")


class Slot(NamedTuple):
    """Where one answer is posted, and the kind of field that understands it."""

    name: str
    kind: type[AnswerField]
    asked: Asked
    unit: PaperUnit | None


@dataclass(frozen=True)
class PostedBallot:
    """What was answered, in the order of the paper, right or wrong.

    `foreign` are the names that are not on this paper. Answers to a question whose condition does
    not hold are left out: somebody changed their mind about the question that it depends on.
    """

    answers: tuple[Answer, ...]
    foreign: tuple[str, ...]
    doubled: bool


def read_ballot(
    questionnaire: Questionnaire, units: Sequence[PaperUnit], posted: MultiDict[str, str]
) -> PostedBallot:
    """The answers in a posted form."""
    return read_slots(list_slots(questionnaire, units), posted)


def read_slots(slots: Iterable[Slot], posted: MultiDict[str, str]) -> PostedBallot:
    """The same, for whoever has the slots of the paper already."""
    given: dict[tuple[str, str], str] = {}
    known: set[str] = set()
    doubled = False
    for slot in slots:
        known.add(slot.name)
        texts = posted.getlist(slot.name)
        if not texts:
            continue
        question, code = slot.asked.question, slot.unit.code if slot.unit else ""
        value = slot.kind.understand(question, texts)
        doubled = doubled or (len(texts) > 1 and slot.kind.is_doubled(question, texts))
        if value and slot.asked.is_asked(code, given):
            given[question.code + slot.kind.companion, code] = value
    foreign = tuple(name for name, _ in list_kept(posted) if name not in known)
    answers = tuple(Answer(unit, item, value) for (item, unit), value in given.items())
    return PostedBallot(answers, foreign, doubled)


def list_slots(questionnaire: Questionnaire, units: Sequence[PaperUnit]) -> Iterator[Slot]:
    """In the order of the page, so that a condition's question comes before what it decides."""
    for asked in questionnaire.asked:
        kinds = list_fields_of(asked.question)
        for unit in units if asked.question.is_about_units else (None,):
            if unit is None or asked.concerns(unit.category):
                for kind in kinds:
                    item = asked.question.code + kind.companion
                    yield Slot(build_name(item, unit.code if unit else ""), kind, asked, unit)
    if questionnaire.manner.recusal:
        for unit in units:
            yield Slot(build_name(RECUSED.question.code, unit.code), RecusalField, RECUSED, unit)


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


def build_csrf_token(root: bytes) -> str:
    """Ties a form to the visit it was made for; valid as long as the visit, without a session."""
    return hmac.digest(root, b"ballot form", "sha256").hex()


def is_of_visit(posted: MultiDict[str, str], root: bytes) -> bool:
    """Whether a form was made for this visit, not by another site or for another card."""
    given = posted.get("csrf_token", "").encode()
    return hmac.compare_digest(given, build_csrf_token(root).encode())


def build_tab_name(root: bytes) -> str:
    """Names this visit's answers in the browser's own store; it opens nothing."""
    return hmac.digest(root, b"browser tab", "sha256").hex()[:16]

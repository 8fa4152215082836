"""Questionnaires as a scheme writes them: their questions, how each is put, and what is allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evalsvc.questions.kinds import READERS, SEVERAL
from evalsvc.questions.number import DEFAULT_RANGE, NumberQuestion
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Asked, Manner, Questionnaire
from evalsvc.scheme.conditions import read_condition
from evalsvc.scheme.file.limits import (
    LONGEST_SHORT_CODE,
    LONGEST_TEXT,
    MOST_QUESTIONNAIRES,
    MOST_QUESTIONS,
    MOST_WORDS_TOGETHER,
)
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text

# What any question may say beside its kind's own settings.
SETTINGS = ("note", "required", "show_if", "new_page", "categories")
# What a questionnaire may say about how it is asked as a whole.
MANNER = ("recusal", "order", "dealt_with", "account", "figures", "words_together")
CATEGORY = Text("类别", "category")
COMPONENT = Text("计分项", "component")


def read_questionnaires(
    reading: Reading, field: Field, categories: Sequence[str]
) -> Mapping[str, Questionnaire]:
    found = reading.declared(field, MOST_QUESTIONNAIRES)
    return {code: _questionnaire(reading, code, each, categories) for code, each in found.items()}


def check_figures(reading: Reading, field: Field, components: Sequence[str]) -> None:
    """Refuse figures to show beside a unit's name that no component enters."""
    for found in reading.entries(field).values():
        shown = reading.entries(found).get("figures")
        for each in reading.sequence(shown) if shown else ():
            reading.known(each, components, COMPONENT)


def _questionnaire(
    reading: Reading, code: str, field: Field, categories: Sequence[str]
) -> Questionnaire:
    parts = reading.record(field, ("title", "introduction", "questions"), MANNER)
    asked: list[Asked] = []
    for item, found in reading.declared(parts["questions"], MOST_QUESTIONS).items():
        own, settings = _take_settings(found)
        for question in _questions(reading, item, own):
            _check_length(reading, found, question)
            asked.append(_read_asked(reading, settings, question, asked, categories))
            settings = _keep_condition(settings)
        reading.check_count(found, len(asked), MOST_QUESTIONS)
    if not asked and parts["questions"].content is not None:
        reading.report(
            parts["questions"], Text("至少要有一个问题", "expected at least one question")
        )
    return Questionnaire(
        code,
        reading.words(parts["title"]),
        reading.words(parts["introduction"], LONGEST_TEXT),
        tuple(asked),
        _read_manner(reading, parts, asked),
    )


def _take_settings(field: Field) -> tuple[Field, Field]:
    """A question's own settings, and those that any question may have."""
    if not isinstance(field.content, Mapping):
        return field, replace(field, content={})
    own = {name: found for name, found in field.content.items() if name not in SETTINGS}
    common = {name: found for name, found in field.content.items() if name in SETTINGS}
    return replace(field, content=own), replace(field, content=common)


def _questions(reading: Reading, code: str, field: Field) -> Sequence[Question]:
    """One question, or the several that a matrix asks."""
    entries = reading.entries(field)
    kind = entries.get("kind")
    if kind is None:
        reading.record(field, ("kind",), tuple(entries))
        return (NumberQuestion(code, Text("", ""), *DEFAULT_RANGE),)
    word = reading.choice(kind, (*READERS, *SEVERAL), "none")
    if word == "none":
        # Read as another kind it would be one mistake after the other.
        reading.skipped = True
        return (NumberQuestion(code, Text("", ""), *DEFAULT_RANGE),)
    if word in SEVERAL:
        return SEVERAL[word](reading, code, field)
    return (READERS[word](reading, code, field),)


def _check_length(reading: Reading, field: Field, question: Question) -> None:
    """Answers that may enter scores are kept under their item; others have room for more."""
    if question.scoring != "never":
        for part in question.parts:
            reading.check_code(field, part, LONGEST_SHORT_CODE)


def _read_asked(
    reading: Reading,
    settings: Field,
    question: Question,
    before: Sequence[Asked],
    categories: Sequence[str],
) -> Asked:
    """One question with its text above, whether it must be answered, and when it is asked."""
    parts = reading.record(settings, (), SETTINGS)
    concerned = frozenset(
        reading.known(found, categories, CATEGORY)
        for found in reading.sequence(parts["categories"])
    )
    return Asked(
        question,
        reading.words(parts["note"], LONGEST_TEXT) if parts["note"].content is not None else None,
        reading.truth(parts["required"], otherwise=question.required_by_itself),
        read_condition(reading, parts["show_if"], question, before, concerned),
        reading.truth(parts["new_page"]),
        concerned,
    )


def _keep_condition(settings: Field) -> Field:
    """The settings of a matrix's later items: its text and its new page stand above the first."""
    kept = ("required", "show_if", "categories")
    content = settings.content if isinstance(settings.content, Mapping) else {}
    return replace(
        settings, content={name: found for name, found in content.items() if name in kept}
    )


def _read_manner(reading: Reading, parts: Mapping[str, Field], asked: Sequence[Asked]) -> Manner:
    """What a questionnaire allows around its questions."""
    return Manner(
        reading.truth(parts["recusal"]),
        reading.choice(parts["order"], ("official", "shuffled")) == "shuffled",
        reading.truth(parts["dealt_with"]),
        reading.truth(parts["account"]),
        tuple(reading.text(each) for each in reading.sequence(parts["figures"])),
        _words_together(reading, parts["words_together"], asked),
    )


def _words_together(reading: Reading, field: Field, asked: Sequence[Asked]) -> int:
    """No less than the longest single text, which its own question promises."""
    if field.content is None:
        return 0
    texts = [one.question.word_limits.get(one.question.code, 0) for one in asked]
    return reading.integer(field, max(1, *texts), MOST_WORDS_TOGETHER)

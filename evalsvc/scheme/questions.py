"""Questionnaires as a scheme writes them; a new kind of question is one reader here."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from evalsvc.scheme.model import (
    Band,
    ForcedRatioQuestion,
    Level,
    LevelsQuestion,
    NumberQuestion,
    Question,
    Questionnaire,
    Text,
)
from evalsvc.scheme.reading import Reading
from evalsvc.scheme.source import Field

SHARES = Text("各档比例", "shares of the bands")


def read_questionnaires(reading: Reading, field: Field) -> Mapping[str, Questionnaire]:
    found = reading.declared(field)
    return {code: _questionnaire(reading, code, each) for code, each in found.items()}


def _questionnaire(reading: Reading, code: str, field: Field) -> Questionnaire:
    parts = reading.record(field, ("title", "introduction", "questions"))
    questions = tuple(
        _question(reading, item, found)
        for item, found in reading.declared(parts["questions"]).items()
    )
    if not questions and parts["questions"].content is not None:
        reading.report(parts["questions"], "至少要有一个问题", "expected at least one question")
    return Questionnaire(
        code, reading.words(parts["title"]), reading.words(parts["introduction"]), questions
    )


def _question(reading: Reading, code: str, field: Field) -> Question:
    entries = reading.entries(field)
    kind = entries.get("kind")
    if kind is None:
        reading.record(field, ("kind",), tuple(entries))
        return NumberQuestion(code, Text("", ""), *DEFAULT_RANGE)
    reader = QUESTIONS[reading.choice(kind, tuple(QUESTIONS))]
    return reader(reading, code, field)


def _forced_ratio(reading: Reading, code: str, field: Field) -> ForcedRatioQuestion:
    parts = reading.record(field, ("kind", "title", "bands", "enforce_from"), ("proportions",))
    bands = tuple(
        _band(reading, band, found) for band, found in reading.declared(parts["bands"]).items()
    )
    if len(bands) == 1:
        reading.report(parts["bands"], "至少要有两档", "expected at least two bands")
    reading.sums_to_100(parts["bands"], [Decimal(band.share) for band in bands], SHARES)
    return ForcedRatioQuestion(
        code,
        reading.words(parts["title"]),
        bands,
        reading.integer(parts["enforce_from"], 1),
        exact=reading.choice(parts["proportions"], ("exact", "at_most")) == "exact",
    )


def _band(reading: Reading, code: str, field: Field) -> Band:
    parts = reading.record(field, ("name", "points", "share"))
    return Band(
        code,
        reading.words(parts["name"]),
        reading.number(parts["points"]),
        reading.integer(parts["share"], 0),
    )


def _number(reading: Reading, code: str, field: Field) -> NumberQuestion:
    parts = reading.record(field, ("kind", "title"), ("from", "to", "places"))
    lowest, highest, places = DEFAULT_RANGE
    lowest, highest = reading.number(parts["from"], lowest), reading.number(parts["to"], highest)
    if lowest >= highest:
        reading.report(field, "from 应小于 to", "expected from to be below to",
                       found=f"{lowest}–{highest}")
    title = reading.words(parts["title"])
    return NumberQuestion(code, title, lowest, highest, reading.integer(parts["places"], 0, places))


def _levels(reading: Reading, code: str, field: Field) -> LevelsQuestion:
    parts = reading.record(field, ("kind", "title", "levels"))
    levels = tuple(
        _level(reading, level, found) for level, found in reading.declared(parts["levels"]).items()
    )
    if levels and all(level.points is None for level in levels):
        reading.report(parts["levels"], "至少一级要有分值", "expected a level that has points")
    return LevelsQuestion(code, reading.words(parts["title"]), levels)


def _level(reading: Reading, code: str, field: Field) -> Level:
    parts = reading.record(field, ("name", "points"), ("counts_as",))
    counted = reading.text(parts["points"]) != "none"
    standing = reading.choice(parts["counts_as"], ("nothing", "satisfied", "basically_satisfied"))
    return Level(
        code,
        reading.words(parts["name"]),
        reading.number(parts["points"]) if counted else None,
        satisfied=standing == "satisfied",
        basically=standing == "basically_satisfied",
    )


DEFAULT_RANGE = (Decimal(0), Decimal(100), 0)

QUESTIONS: Mapping[str, Callable[[Reading, str, Field], Question]] = {
    "forced_ratio": _forced_ratio,
    "number": _number,
    "levels": _levels,
}

"""Questionnaires as a scheme writes them; a new kind of question is one reader here."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from analysis.score.rules import NumberLimit
from evalsvc.scheme.asked_questions import (
    FURTHER,
    MANNER,
    keep_condition,
    read_asked,
    read_manner,
    take_settings,
)
from evalsvc.scheme.asking import (
    SCORED,
    AnyQuestion,
    Asked,
    RankingQuestion,
    SumQuestion,
    list_parts,
)
from evalsvc.scheme.limits import (
    LONGEST_SHORT_CODE,
    LONGEST_TEXT,
    MOST_OPTIONS,
    MOST_PLACES,
    MOST_QUESTIONNAIRES,
    MOST_QUESTIONS,
    MOST_TOTAL,
    MOST_UNITS,
)
from evalsvc.scheme.model import (
    Band,
    ForcedRatioQuestion,
    Level,
    LevelsQuestion,
    NumberQuestion,
    Question,
    Questionnaire,
)
from evalsvc.scheme.reading import Reading
from evalsvc.scheme.source import Field
from evalsvc.text import Text

MATRIX = "matrix"
SHARES = Text("各档比例", "shares of the bands")


def read_questionnaires(
    reading: Reading, field: Field, categories: Sequence[str]
) -> Mapping[str, Questionnaire]:
    found = reading.declared(field, MOST_QUESTIONNAIRES)
    return {code: _questionnaire(reading, code, each, categories) for code, each in found.items()}


def _questionnaire(
    reading: Reading, code: str, field: Field, categories: Sequence[str]
) -> Questionnaire:
    parts = reading.record(field, ("title", "introduction", "questions"), MANNER)
    asked: list[Asked] = []
    for item, found in reading.declared(parts["questions"], MOST_QUESTIONS).items():
        own, settings = take_settings(found)
        for question in _questions(reading, item, own):
            _check_length(reading, found, question)
            asked.append(read_asked(reading, settings, question, asked, categories))
            settings = keep_condition(settings)
        reading.check_count(found, len(asked), MOST_QUESTIONS)
    if not asked and parts["questions"].content is not None:
        reading.report(parts["questions"], "至少要有一个问题", "expected at least one question")
    scored = tuple(one.question for one in asked if isinstance(one.question, SCORED))
    plain = all(one == Asked(one.question) for one in asked) and len(scored) == len(asked)
    return Questionnaire(
        code,
        reading.words(parts["title"]),
        reading.words(parts["introduction"], LONGEST_TEXT),
        scored,
        () if plain else tuple(asked),
        read_manner(reading, parts, asked),
    )


def _check_length(reading: Reading, field: Field, question: AnyQuestion) -> None:
    """Answers that may enter scores are kept under their item; others have room for more."""
    if isinstance(question, (*SCORED, RankingQuestion, SumQuestion)):
        for part in list_parts(question):
            reading.check_code(field, part, LONGEST_SHORT_CODE)


def _questions(reading: Reading, code: str, field: Field) -> tuple[AnyQuestion, ...]:
    """One question, or the several that a matrix asks."""
    entries = reading.entries(field)
    kind = entries.get("kind")
    if kind is None:
        reading.record(field, ("kind",), tuple(entries))
        return (NumberQuestion(code, Text("", ""), *DEFAULT_RANGE),)
    name = reading.choice(kind, (*QUESTIONS, *FURTHER, MATRIX))
    if name == MATRIX:
        return _matrix(reading, code, field)
    return ((QUESTIONS.get(name) or FURTHER[name])(reading, code, field),)


def _matrix(reading: Reading, code: str, field: Field) -> tuple[LevelsQuestion, ...]:
    """Several items of a unit on one scale; the score names them `question.item`."""
    parts = reading.record(field, ("kind", "items", "levels"))
    levels = _read_levels(reading, parts["levels"])
    return tuple(
        LevelsQuestion(f"{code}.{item}", reading.words(found), levels)
        for item, found in reading.declared(parts["items"], MOST_QUESTIONS).items()
    )


def _forced_ratio(reading: Reading, code: str, field: Field) -> ForcedRatioQuestion:
    parts = reading.record(
        field, ("kind", "title", "bands", "enforce_from"), ("proportions", "ordered")
    )
    bands = tuple(
        _band(reading, band, found)
        for band, found in reading.declared(parts["bands"], MOST_OPTIONS).items()
    )
    if len(bands) == 1:
        reading.report(parts["bands"], "至少要有两档", "expected at least two bands")
    reading.sums_to_100(parts["bands"], [Decimal(band.share) for band in bands], SHARES)
    return ForcedRatioQuestion(
        code,
        reading.words(parts["title"]),
        bands,
        reading.integer(parts["enforce_from"], 1, MOST_UNITS),
        exact=reading.choice(parts["proportions"], ("exact", "at_most")) == "exact",
        ordered=reading.truth(parts["ordered"]),
    )


def _band(reading: Reading, code: str, field: Field) -> Band:
    parts = reading.record(field, ("name", "points", "share"))
    return Band(
        code,
        reading.words(parts["name"]),
        reading.number(parts["points"]),
        reading.integer(parts["share"], 0, 100),
    )


def _number(reading: Reading, code: str, field: Field) -> NumberQuestion:
    parts = reading.record(field, ("kind", "title"), ("from", "to", "places", "counts"))
    lowest, highest, places = DEFAULT_RANGE
    lowest, highest = (_mark(reading, parts["from"], lowest), _mark(reading, parts["to"], highest))
    if lowest >= highest:
        reading.report(
            field, "from 应小于 to", "expected from to be below to", found=f"{lowest}–{highest}"
        )
    return NumberQuestion(
        code,
        reading.words(parts["title"]),
        lowest,
        highest,
        reading.integer(parts["places"], 0, MOST_PLACES, places),
        counts=tuple(
            _count(reading, each, lowest, highest)
            for each in reading.sequence(parts["counts"], MOST_OPTIONS)
        ),
    )


def _mark(reading: Reading, field: Field, otherwise: Decimal) -> Decimal:
    """A bound of what raters write, who have six digits for it."""
    number = reading.number(field, otherwise)
    if abs(number) > MOST_TOTAL:
        reading.report(
            field,
            f"应在 -{MOST_TOTAL} 到 {MOST_TOTAL} 之间",
            f"expected from -{MOST_TOTAL} to {MOST_TOTAL}",
        )
        return otherwise
    return number


def _count(reading: Reading, field: Field, lowest: Decimal, highest: Decimal) -> NumberLimit:
    """How many numbers of a range: `most: 3` units, or `most: 30%` of the category's."""
    parts = reading.record(field, (), ("from", "below", "least", "most"))
    share = reading.text(parts["most"]).endswith("%")
    limit = NumberLimit(
        _edge(reading, parts["from"], lowest, highest),
        _edge(reading, parts["below"], lowest, highest),
        _whole(reading, parts["least"]),
        None if share else _whole(reading, parts["most"]),
        reading.percentage(parts["most"]) if share else None,
    )
    if isinstance(field.content, Mapping):
        if limit.lowest is None and limit.below is None:
            reading.report(
                field,
                "要写 from（不低于）或 below（低于）",
                "expected “from” (at least) or “below”",
            )
        if parts["least"].content is None and parts["most"].content is None:
            reading.report(field, "要写 most（最多）或 least（至少）", "expected “most” or “least”")
    if limit.lowest is not None and limit.below is not None and limit.lowest >= limit.below:
        reading.report(field, "from 应小于 below", "expected from to be below “below”")
    if limit.least is not None and limit.most is not None and limit.least > limit.most:
        reading.report(field, "least 不应大于 most", "expected least not to exceed most")
    return limit


def _edge(reading: Reading, field: Field, lowest: Decimal, highest: Decimal) -> Fraction | None:
    if field.content is None:
        return None
    number = reading.number(field)
    if not lowest <= number <= highest:
        reading.report(
            field, f"应在 {lowest} 到 {highest} 之间", f"expected from {lowest} to {highest}"
        )
    return Fraction(number)


def _whole(reading: Reading, field: Field) -> int | None:
    return None if field.content is None else reading.integer(field, 0, MOST_UNITS)


def _levels(reading: Reading, code: str, field: Field) -> LevelsQuestion:
    parts = reading.record(field, ("kind", "title", "levels"))
    levels = _read_levels(reading, parts["levels"])
    return LevelsQuestion(code, reading.words(parts["title"]), levels)


def _read_levels(reading: Reading, field: Field) -> tuple[Level, ...]:
    levels = tuple(
        _level(reading, level, found)
        for level, found in reading.declared(field, MOST_OPTIONS, LONGEST_SHORT_CODE).items()
    )
    if levels and all(level.points is None for level in levels):
        reading.report(field, "至少一级要有分值", "expected a level that has points")
    return levels


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

"""What makes a ballot valid; checked before sealing and again when the box is opened."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from analysis.facts import Answer
from analysis.quotas import band_quota
from analysis.rules import NumberLimit
from analysis.validity import limit_count, limit_places
from evalsvc.domain.papers import PaperUnit
from evalsvc.scheme.model import (
    Category,
    ForcedRatioQuestion,
    LevelsQuestion,
    NumberQuestion,
    Question,
    Questionnaire,
    Text,
)

Fault = Literal["missing", "foreign_unit", "doubled", "unknown_item", "not_a_choice", "proportions"]


@dataclass(frozen=True)
class Breach:
    """One reason why a ballot can't count, and where on the paper it is."""

    kind: Fault
    item: str
    unit: str
    category: str
    text: Text


def list_breaches(
    questionnaire: Questionnaire,
    categories: Sequence[Category],
    units: Sequence[PaperUnit],
    answers: Sequence[Answer],
) -> tuple[Breach, ...]:
    """Everything wrong with a ballot, in the order of the paper; empty for a valid one."""
    return (
        *_foreign(questionnaire, units, answers),
        *_doubled(answers),
        *_by_question(questionnaire, categories, units, answers),
    )


def _foreign(
    questionnaire: Questionnaire, units: Sequence[PaperUnit], answers: Sequence[Answer]
) -> Iterator[Breach]:
    """Answers about units or items that are not on this paper, the own unit among them."""
    known = {unit.code for unit in units}
    items = {question.code for question in questionnaire.questions}
    for answer in answers:
        if answer.unit not in known:
            text = Text(
                f"“{answer.unit}”不在这张票上（本单位和评价关系以外的单位不能评）",
                f"“{answer.unit}” is not on this ballot (one's own unit and units outside the "
                "relation can't be rated)",
            )
            yield Breach("foreign_unit", answer.item, answer.unit, "", text)
        elif answer.item not in items:
            text = Text(f"没有“{answer.item}”这个项目", f"there is no item “{answer.item}”")
            yield Breach("unknown_item", answer.item, answer.unit, "", text)


def _doubled(answers: Sequence[Answer]) -> Iterator[Breach]:
    counts = Counter((answer.item, answer.unit) for answer in answers)
    for (item, unit), n in counts.items():
        if n > 1:
            text = Text(f"“{unit}”评了{n}次", f"“{unit}” is rated {n} times")
            yield Breach("doubled", item, unit, "", text)


def _by_question(
    questionnaire: Questionnaire,
    categories: Sequence[Category],
    units: Sequence[PaperUnit],
    answers: Sequence[Answer],
) -> Iterator[Breach]:
    given = {(answer.item, answer.unit): answer.value for answer in answers}
    for question in questionnaire.questions:
        for unit in units:
            yield from _one_answer(question, unit, given.get((question.code, unit.code)))
        for category in categories:
            values = [
                given.get((question.code, unit.code), "")
                for unit in units
                if unit.category == category.code
            ]
            if isinstance(question, ForcedRatioQuestion):
                yield from _proportions(question, category, values)
            elif isinstance(question, NumberQuestion):
                yield from _counts(question, category, values)


def _one_answer(question: Question, unit: PaperUnit, value: str | None) -> Iterator[Breach]:
    if not value:
        text = Text(f"“{unit.name}”还没有评", f"“{unit.name}” is not rated yet")
        yield Breach("missing", question.code, unit.code, unit.category, text)
    elif not _is_choice(question, value):
        text = Text(
            f"“{unit.name}”的答案“{value[:20]}”不在可选范围内（{_choices(question).zh}）",
            f"the answer “{value[:20]}” for “{unit.name}” is not one of the choices "
            f"({_choices(question).en})",
        )
        yield Breach("not_a_choice", question.code, unit.code, unit.category, text)


def _is_choice(question: Question, value: str) -> bool:
    match question:
        case ForcedRatioQuestion():
            return any(band.code == value for band in question.bands)
        case LevelsQuestion():
            return any(level.code == value for level in question.levels)
        case NumberQuestion():
            return _is_number(question, value)


def _is_number(question: NumberQuestion, value: str) -> bool:
    # Plain ASCII decimals only, so that a number has one spelling when it is counted.
    if not value.isascii() or len(value) > 12 or set(value) - set("0123456789.-"):
        return False
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    exponent = number.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else question.places + 1
    return question.minimum <= number <= question.maximum and decimals <= question.places


def _choices(question: Question) -> Text:
    match question:
        case ForcedRatioQuestion():
            names = [band.name for band in question.bands]
        case LevelsQuestion():
            names = [level.name for level in question.levels]
        case NumberQuestion():
            span = f"{question.minimum}–{question.maximum}"
            if question.places == 0:
                return Text(f"{span}的整数", f"whole numbers {span}")
            return Text(
                f"{span}，最多{question.places}位小数",
                f"{span}, at most {question.places} decimals",
            )
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def _proportions(
    question: ForcedRatioQuestion, category: Category, values: Sequence[str]
) -> Iterator[Breach]:
    """The proportions inside a category, once it has enough units for them to bind."""
    if len(values) < question.enforce_from or "" in values:
        return
    quota = band_quota(len(values), [band.share for band in question.bands])
    counts = Counter(values)
    checked = list(zip(question.bands, quota, strict=True))
    wrong = [
        (band, counts[band.code], due)
        for band, due in (checked if question.exact else checked[:-1])
        if counts[band.code] > due or (question.exact and counts[band.code] != due)
    ]
    if wrong:
        bound = Text("应为", "must be") if question.exact else Text("最多", "at most")
        zh = "、".join(f"{band.name.zh}{bound.zh}{due}个，现为{n}个" for band, n, due in wrong)
        en = ", ".join(f"{band.name.en} {bound.en} {due}, is {n}" for band, n, due in wrong)
        text = Text(f"{category.name.zh}：{zh}", f"{category.name.en}: {en}")
        yield Breach("proportions", question.code, "", category.code, text)


def _counts(
    question: NumberQuestion, category: Category, values: Sequence[str]
) -> Iterator[Breach]:
    """How many numbers of a range a category may have, once all are numbers of the question."""
    if not all(_is_number(question, value) for value in values):
        return
    numbers = [Fraction(value) for value in values]
    for limit in question.counts:
        least, most = limit_places(limit, len(numbers))
        n = limit_count(limit, numbers)
        if numbers and not least <= n <= most:
            named = _range_text(limit)
            text = Text(
                f"{category.name.zh}：{named.zh}的应为{least}到{most}个，现为{n}个",
                f"{category.name.en}: {named.en} must be {least} to {most} units, is {n}",
            )
            yield Breach("proportions", question.code, "", category.code, text)


def _range_text(limit: NumberLimit) -> Text:
    low = "" if limit.lowest is None else f"{float(limit.lowest):g}"
    high = "" if limit.below is None else f"{float(limit.below):g}"
    zh = "、".join(filter(None, (low and f"{low}分以上（含）", high and f"{high}分以下（不含）")))
    en = ", ".join(filter(None, (low and f"{low} or more", high and f"below {high}")))
    return Text(zh, en)

"""What makes a ballot valid; checked before sealing and again when the box is opened."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.score.facts import Answer
from evalsvc.domain.voting.answer_values import (
    is_answer,
    is_text,
    is_whole,
    list_chosen,
    say_choices,
)
from evalsvc.domain.voting.lengths import list_word_limits
from evalsvc.domain.voting.papers import Paper, PaperUnit
from evalsvc.domain.voting.spreads import list_band_orders, list_spread_faults
from evalsvc.scheme.asking import (
    LONGEST_REASON,
    OTHER,
    OTHER_TEXT,
    PLACE,
    PLAIN,
    RECUSAL,
    AnyQuestion,
    Asked,
    ChoiceQuestion,
    is_about_units,
    is_asked,
    is_ordered,
    list_asked,
    list_parts,
)
from evalsvc.scheme.model import Category, ForcedRatioQuestion, Questionnaire
from evalsvc.text import Text

Fault = Literal[
    "missing",
    "foreign_unit",
    "doubled",
    "unknown_item",
    "not_a_choice",
    "proportions",
    "not_asked",
    "too_long",
]
# By item and unit; the unit is empty where a question is about the whole ballot.
Given = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Breach:
    """One reason why a ballot can't count, and where on the paper it is."""

    kind: Fault
    item: str
    unit: str
    category: str
    text: Text


def list_paper_breaches(paper: Paper, answers: Sequence[Answer]) -> tuple[Breach, ...]:
    """Everything for which a ballot is not taken into the box.

    Beside the rules that hold whenever it is counted, its words must fit the length that all
    ballots of the paper have.
    """
    found = list_breaches(paper.questionnaire, paper.categories, paper.units, answers)
    return (*found, *_too_many_words(paper, answers))


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
        *_empty(answers),
        *_by_question(questionnaire, categories, units, answers),
    )


def is_left_out(questionnaire: Questionnaire, unit: str, given: Given) -> bool:
    """Whether the rater does not judge this unit, which then is in no proportion's base.

    Either the rater says why, or the scheme lets raters answer for units that they know.
    """
    manner = questionnaire.manner or PLAIN
    if manner.recusal and given.get((RECUSAL, unit)):
        return True
    return manner.dealt_with and not any(of == unit for _, of in given)


def _foreign(
    questionnaire: Questionnaire, units: Sequence[PaperUnit], answers: Sequence[Answer]
) -> Iterator[Breach]:
    """Answers about units or items that are not on this paper, the own unit among them."""
    known = {unit.code for unit in units}
    about = {
        part: is_about_units(asked.question)
        for asked in list_asked(questionnaire)
        for part in list_parts(asked.question)
    }
    if (questionnaire.manner or PLAIN).recusal:
        about[RECUSAL] = True
    for answer in answers:
        if answer.item not in about:
            text = Text(f"没有“{answer.item}”这个项目", f"there is no item “{answer.item}”")
            yield Breach("unknown_item", answer.item, answer.unit, "", text)
        elif answer.unit not in (known if about[answer.item] else {""}):
            text = Text(
                f"“{answer.unit}”不在这张票上（本单位和评价关系以外的单位不能评）",
                f"“{answer.unit}” is not on this ballot (one's own unit and units outside the "
                "relation can't be rated)",
            )
            yield Breach("foreign_unit", answer.item, answer.unit, "", text)


def _doubled(answers: Sequence[Answer]) -> Iterator[Breach]:
    counts = Counter((answer.item, answer.unit) for answer in answers)
    for (item, unit), n in counts.items():
        if n > 1:
            text = Text(f"“{unit}”评了{n}次", f"“{unit}” is rated {n} times")
            yield Breach("doubled", item, unit, "", text)


def _empty(answers: Sequence[Answer]) -> Iterator[Breach]:
    """What says nothing is no answer: it would only make the ballot longer."""
    for answer in answers:
        if not answer.value:
            text = Text(f"“{answer.item}”的答案是空的", f"the answer to “{answer.item}” is empty")
            yield Breach("missing", answer.item, answer.unit, "", text)


def _too_many_words(paper: Paper, answers: Sequence[Answer]) -> Iterator[Breach]:
    """More is written on the whole paper than fits, said where most of it stands."""
    most = paper.lengths.words
    if most is None:
        return
    asked = list_asked(paper.questionnaire)
    items = {RECUSAL}.union(*(list_word_limits(one.question) for one in asked))
    written = [answer for answer in answers if answer.item in items]
    n = sum(len(answer.value) for answer in written)
    if n > most:
        longest = max(written, key=lambda answer: len(answer.value))
        text = Text(
            f"整张问卷的文字一共最多{most}字，现为{n}字，请缩短{n - most}字",
            f"the words on the whole form have {most} characters at most, now {n}; "
            f"please shorten them by {n - most}",
        )
        yield Breach("too_long", longest.item, longest.unit, "", text)


def _by_question(
    questionnaire: Questionnaire,
    categories: Sequence[Category],
    units: Sequence[PaperUnit],
    answers: Sequence[Answer],
) -> Iterator[Breach]:
    given = {(answer.item, answer.unit): answer.value for answer in answers}
    judged = [unit for unit in units if not is_left_out(questionnaire, unit.code, given)]
    for unit in units:
        if (RECUSAL, unit.code) in given and unit not in judged:
            yield from _recusal(questionnaire, unit, given)
    sizes = Counter(unit.category for unit in judged)
    for asked in list_asked(questionnaire):
        if not is_about_units(asked.question):
            yield from _one_answer(asked, None, 0, given)
            continue
        for unit in _list_doubtful(asked, judged, sizes, given):
            yield from _one_answer(asked, unit, sizes[unit.category], given)
        for category in categories:
            own = [unit for unit in judged if unit.category == category.code]
            if asked.concerns(category.code):
                yield from _together(asked, category, own, given)


def _list_doubtful(
    asked: Asked, units: Sequence[PaperUnit], sizes: Mapping[str, int], given: Given
) -> Sequence[PaperUnit]:
    """The units of which there may be something to say; of nearly every ballot, none."""
    question, simple = asked.question, len(list_parts(asked.question)) == 1
    if asked.condition is not None or isinstance(question, ChoiceQuestion):
        return units
    values = [(unit, given.get((question.code, unit.code))) for unit in units]
    concerned = {category for category in sizes if asked.concerns(category)}
    sound = {
        (value, size)
        for value, size in {(value, sizes[unit.category]) for unit, value in values}
        if value is not None and is_answer(question, value, size)
    }
    return [
        unit
        for unit, value in values
        if not (
            (value, sizes[unit.category]) in sound
            if unit.category in concerned
            else simple and value is None
        )
    ]


def _recusal(questionnaire: Questionnaire, unit: PaperUnit, given: Given) -> Iterator[Breach]:
    """A unit left out needs a reason of some length, and has no answers beside it."""
    if not is_text(given[RECUSAL, unit.code], LONGEST_REASON):
        text = Text(
            f"“{unit.name}”的回避理由最多{LONGEST_REASON}字",
            f"the reason for leaving out “{unit.name}” has {LONGEST_REASON} characters at most",
        )
        yield Breach("not_a_choice", RECUSAL, unit.code, unit.category, text)
    for asked in list_asked(questionnaire):
        for item in list_parts(asked.question):
            if (item, unit.code) in given:
                text = Text(
                    f"“{unit.name}”已经回避，不能同时评价",
                    f"“{unit.name}” is left out, so it can't be rated as well",
                )
                yield Breach("not_asked", item, unit.code, unit.category, text)


def _one_answer(asked: Asked, unit: PaperUnit | None, most: int, given: Given) -> Iterator[Breach]:
    question = asked.question
    code, category = (unit.code, unit.category) if unit else ("", "")
    name = Text(unit.name, unit.name) if unit else question.title
    value = given.get((question.code, code), "")
    if not (is_asked(asked, code, given) and asked.concerns(category)):
        if any((item, code) in given for item in list_parts(question)):
            text = Text(f"“{name.zh}”这里不需要回答", f"“{name.en}” is not asked here")
            yield Breach("not_asked", question.code, code, category, text)
    elif not value:
        if asked.required:
            yield Breach("missing", question.code, code, category, _say_missing(unit, name))
        yield from _beside_nothing(question, code, category, name, given)
    elif not is_answer(question, value, most):
        choices = say_choices(question, most)
        text = Text(
            f"“{name.zh}”的答案“{value[:20]}”不在可选范围内（{choices.zh}）",
            f"the answer “{value[:20]}” for “{name.en}” is not one of the choices ({choices.en})",
        )
        yield Breach("not_a_choice", question.code, code, category, text)
    elif isinstance(question, ChoiceQuestion):
        yield from _other(question, code, category, name, given)


def _beside_nothing(
    question: AnyQuestion, unit: str, category: str, name: Text, given: Given
) -> Iterator[Breach]:
    """A place in a band or words for "other", where the question itself has no answer."""
    for item in list_parts(question)[1:]:
        if (item, unit) in given:
            text = Text(
                f"“{name.zh}”还没有选，不能只填旁边的内容",
                f"“{name.en}” is not answered, so nothing can stand beside it",
            )
            yield Breach("not_asked", item, unit, category, text)


def _say_missing(unit: PaperUnit | None, name: Text) -> Text:
    if unit is None:
        return Text(f"“{name.zh}”还没有回答", f"“{name.en}” is not answered yet")
    return Text(f"“{name.zh}”还没有评", f"“{name.en}” is not rated yet")


def _other(
    question: ChoiceQuestion, unit: str, category: str, name: Text, given: Given
) -> Iterator[Breach]:
    """Words of one's own belong to the choice "other", and to no other choice."""
    item = question.code + OTHER_TEXT
    words = given.get((item, unit), "")
    chosen = OTHER in list_chosen(given[question.code, unit])
    if chosen and not words:
        text = Text(f"“{name.zh}”选了“其他”，请写明", f"“{name.en}”: please say what “other” is")
        yield Breach("missing", item, unit, category, text)
    elif words and not chosen:
        text = Text(
            f"“{name.zh}”写了其他内容，但没有选“其他”",
            f"“{name.en}” has words for “other”, which is not chosen",
        )
        yield Breach("not_asked", item, unit, category, text)
    elif not is_text(words, LONGEST_REASON):
        text = Text(
            f"“{name.zh}”的其他内容最多{LONGEST_REASON}字",
            f"“{name.en}”: {LONGEST_REASON} characters at most for “other”",
        )
        yield Breach("not_a_choice", item, unit, category, text)


def _together(
    asked: Asked, category: Category, units: Sequence[PaperUnit], given: Given
) -> Iterator[Breach]:
    """What holds over the units of a category; nothing is said before each answer is sound."""
    question = asked.question
    values = [given.get((question.code, unit.code), "") for unit in units]
    if any(value and not is_answer(question, value, len(units)) for value in values):
        return
    for text in list_spread_faults(question, category, values):
        yield Breach("proportions", question.code, "", category.code, text)
    if not (isinstance(question, ForcedRatioQuestion) and is_ordered(question)):
        return
    if "" in values:
        yield from _unread_places(question, category, units, given)
    else:
        yield from _band_orders(question, category, units, given)


def _unread_places(
    question: ForcedRatioQuestion, category: Category, units: Sequence[PaperUnit], given: Given
) -> Iterator[Breach]:
    """While units are missing, an order can't be whole, but a place is a place."""
    for unit in units:
        item = question.code + PLACE
        if not is_whole(given.get((item, unit.code), "1"), 1, len(units)):
            text = Text(
                f"“{unit.name}”的先后不是1–{len(units)}的整数",
                f"the place of “{unit.name}” is no whole number 1–{len(units)}",
            )
            yield Breach("not_a_choice", item, unit.code, category.code, text)


def _band_orders(
    question: ForcedRatioQuestion, category: Category, units: Sequence[PaperUnit], given: Given
) -> Iterator[Breach]:
    bands = {unit.code: given[question.code, unit.code] for unit in units}
    places = {unit.code: given.get((question.code + PLACE, unit.code), "") for unit in units}
    for _, text in list_band_orders(question, bands, places):
        said = Text(f"{category.name.zh}：{text.zh}", f"{category.name.en}: {text.en}")
        yield Breach("proportions", question.code, "", category.code, said)

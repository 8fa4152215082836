"""When a scheme asks a question: `show_if`, a single condition or all or any of several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.questions.conditions import DEEPEST, MOST_CONDITIONS, Condition, Joined, When, Word
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.reaching import Reach, TooIntricateError
from evalsvc.scheme.file.reading import Reading, say_known
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text

QUESTION = Text("前面的问题", "earlier question")
WORDS: tuple[Word, ...] = ("all", "any")
TOO_FEW = Text(
    "至少要有两个条件；只有一个时直接写 question 和 is",
    "expected two conditions at least; a single one is written with question and is",
)
NO_VALUES = Text(
    "至少要写一个选项，空着就谁也不问",
    "expected one option at least; with none, nobody would be asked",
)
NEVER = Text(
    "这些条件不能同时成立，这一题永远不会问",
    "these conditions exclude each other, so this would never be asked",
)
INTRICATE = Text(
    "条件太复杂，判断不了能不能成立，请写简单些",
    "this is too intricate to tell whether it can ever hold; please make it simpler",
)
DEEP = Text(
    f"all 和 any 最多套 {DEEPEST} 层", f"expected all and any inside each other {DEEPEST} deep"
)
MANY = Text(
    f"一题最多 {MOST_CONDITIONS} 个条件",
    f"expected {MOST_CONDITIONS} conditions of a question at most",
)


@dataclass(frozen=True)
class _Place:
    """A condition is read for this question, with what has been asked before it."""

    question: Question
    before: Mapping[str, Asked]


def read_condition(
    reading: Reading,
    field: Field,
    question: Question,
    before: Sequence[Asked],
    categories: frozenset[str],
) -> When | None:
    """Under which a question is asked, about units of these categories or of all."""
    place = _Place(question, {asked.question.code: asked for asked in before})
    condition = _when(reading, field, place, 0) if field.content is not None else None
    if isinstance(condition, Joined):
        _check_together(reading, field, condition, place, categories)
    return condition


def _when(reading: Reading, field: Field, place: _Place, depth: int) -> When | None:
    entries = reading.entries(field)
    word = next((each for each in WORDS if each in entries), None)
    if word is None:
        return _single(reading, field, place)
    if depth >= DEEPEST:
        reading.report(field, DEEP)
        return None
    parts = reading.record(field, (word,))[word]
    found = reading.sequence(parts, MOST_CONDITIONS)
    if len(found) < 2 and parts.content is not None:
        reading.report(parts, TOO_FEW)
    read = tuple(_when(reading, part, place, depth + 1) for part in found)
    return Joined(word, tuple(part for part in read if part is not None))


def _single(reading: Reading, field: Field, place: _Place) -> Condition | None:
    parts = reading.record(field, ("question", "is"))
    code = reading.known(parts["question"], tuple(place.before), QUESTION)
    values = tuple(reading.text(value) for value in reading.sequence(parts["is"]))
    if parts["is"].content == () and reading.complains:
        reading.report(parts["is"], NO_VALUES)
    if code not in place.before:
        return None
    earlier = place.before[code].question
    if earlier.is_about_units and not place.question.is_about_units:
        reading.report(
            parts["question"],
            Text(
                "问整张票的问题不能取决于对某个单位的回答",
                "a question about the whole ballot can't depend on an answer about a unit",
            ),
        )
    options = [option.code for option in earlier.list_options()]
    for found, value in zip(reading.sequence(parts["is"]), values, strict=True):
        if value not in options:
            known = say_known(options)
            reading.report(
                found,
                Text(
                    f"那个问题没有这个选项，已有：{known}",
                    f"that question has no such option; there are: {known}",
                ),
                found=value,
            )
    return Condition(code, frozenset(values))


def _check_together(
    reading: Reading, field: Field, condition: Joined, place: _Place, categories: frozenset[str]
) -> None:
    """What several conditions come to; a single one was always taken as it stood."""
    if sum(1 for _ in condition.walk()) > MOST_CONDITIONS:
        reading.report_following(field, MANY)
        return
    try:
        if not Reach(place.before).is_sound(condition, categories):
            reading.report_following(field, NEVER)
    except TooIntricateError:
        reading.report_following(field, INTRICATE)

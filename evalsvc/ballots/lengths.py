"""The one length that all ballots of a paper have, and all its drafts, whatever is answered.

It follows from the questions and the units alone: every answer at its longest, and all the words
that a rater may write together. What is shorter is filled up before it is sealed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalsvc.box.sealing import canonical_json
from evalsvc.questions.question import (
    FULL_WIDTH,
    LONGEST_REASON,
    LONGEST_WHOLE,
    PLACE,
    RECUSAL,
    WORDS_TOGETHER,
    Question,
)
from evalsvc.questions.questionnaire import Asked, Questionnaire

# Lengths are multiples of this, so that most papers of a round have the same.
STEP = 512
# Round, credential, mark, and what else sealing writes around the answers.
AROUND = 384
# What a draft may hold beside its answers: blanks, line ends, a number in many digits.
SPARE = 1024
# The most bytes that a character takes in canonical JSON: a rare one in UTF-8. The signs that are
# escaped take two.
CHARACTER = 4

# A unit's code and its category.
Places = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Lengths:
    """Bytes of every ballot and every draft of a paper.

    `waiting`: bytes of every ballot of the round while it waits on the tray, for there its group
    must not show. `words`: how many characters may be written on it together; None where its
    fields, each to its own limit, take no more.
    """

    ballot: int
    draft: int
    words: int | None
    waiting: int = 0


def join_lengths(own: Lengths, others: Iterable[Lengths]) -> Lengths:
    """A paper's lengths in a round: what lies open until the anchor's hour is as long for all."""
    # On the tray and among the drafts all rows of a round have
    # one length, or the group would show (decision 0019).
    found = [own, *others]
    draft, waiting = max(one.draft for one in found), max(one.ballot for one in found)
    return replace(own, draft=draft, waiting=waiting)


def measure_paper(questionnaire: Questionnaire, units: Places) -> Lengths:
    """The lengths of a paper about these units."""
    fields = _list_word_fields(questionnaire, units)
    together = questionnaire.manner.words_together
    # A single text may be longer than what is allowed together
    # where the scheme says nothing: then it alone sets the bound.
    most = together or max(WORDS_TOGETHER, *fields, 0)
    # Words are what makes a ballot long: bounded field by field, a
    # text about each of 59 units would need 240 kB (decision 0012).
    words = CHARACTER * min(most, sum(fields))
    return Lengths(
        _round_up(AROUND + _measure_answers(questionnaire, units) + words),
        _round_up(SPARE + _measure_posted(questionnaire, units) + words),
        most if most < sum(fields) else None,
    )


def _measure_answers(questionnaire: Questionnaire, units: Places) -> int:
    """All answers at their longest; about a unit, either these or why it is left out."""
    about = Counter[str]()
    for asked, unit in _list_places(questionnaire, units):
        about[unit] += _measure_answer(asked.question, unit)
    # Either answers or the reason for leaving it out, never both: the longer of the two is enough.
    if questionnaire.manner.recusal:
        for unit, _ in units:
            about[unit] = max(about[unit], _measure_entry(unit, RECUSAL))
    return about.total()


def _measure_answer(question: Question, unit: str) -> int:
    """One question's answer with what stands beside it."""
    items = question.parts
    place = LONGEST_WHOLE if question.is_ordered else 0
    entries = sum(_measure_entry(unit, item) for item in items)
    return entries + question.longest_value + place


def _measure_entry(unit: str, item: str) -> int:
    return len(canonical_json([unit, item, ""])) + 1  # with a comma


def _measure_posted(questionnaire: Questionnaire, units: Places) -> int:
    """Everything filled in, as the form posts it: every choice is an entry of its own."""
    posted = [
        canonical_json([f"a.{item}.{unit}", value])
        for asked, unit in _list_places(questionnaire, units)
        for item in asked.question.parts
        for value in _list_typed(asked.question, item)
    ]
    if questionnaire.manner.recusal:
        posted += [canonical_json([f"a.{RECUSAL}.{unit}", ""]) for unit, _ in units]
    return sum(len(entry) + 1 for entry in posted)


def _list_typed(question: Question, item: str) -> Sequence[str]:
    """What a field posts at the most, words aside."""
    if item == question.code:
        return question.posted
    return ["0" * LONGEST_WHOLE * FULL_WIDTH if item == question.code + PLACE else ""]


def _list_word_fields(questionnaire: Questionnaire, units: Places) -> list[int]:
    """The limit of every field for words on the paper."""
    fields = [
        limit
        for asked, _ in _list_places(questionnaire, units)
        for limit in asked.question.word_limits.values()
    ]
    recusal = questionnaire.manner.recusal
    return fields + [LONGEST_REASON] * len(units) * recusal


def _list_places(questionnaire: Questionnaire, units: Places) -> Iterator[tuple[Asked, str]]:
    """Every question with every unit that it is asked about, or with none."""
    for asked in questionnaire.asked:
        if not asked.question.is_about_units:
            yield asked, ""
            continue
        for unit, category in units:
            if asked.concerns(category):
                yield asked, unit


def _round_up(length: int) -> int:
    return -(-(length + 1) // STEP) * STEP  # one byte more, for the padding's own mark

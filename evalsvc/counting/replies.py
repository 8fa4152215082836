"""Replies beside the scores, parted from the answers that enter them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.score.facts import Answer
from evalsvc.questions.question import RECUSAL
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.model import Group


@dataclass(frozen=True, order=True)
class Reply:
    """One reply; `rater` only where the group is evaluated under a name, `unit` where about one.

    `is_comment` marks a citizen's own words, which are kept in a table of their own.
    """

    group: str
    item: str
    unit: str
    value: str
    rater: str
    is_comment: bool = False


def split_answers(
    group: Group, questionnaire: Questionnaire, rater: str, answers: Sequence[Answer]
) -> tuple[list[Answer], list[Reply]]:
    """The answers that may enter scores, and all others as replies."""
    scored = questionnaire.scored_items
    # Only where nobody has a name are words a comment that waits
    # for review; under a name they stand among the replies.
    words = set(_list_written(questionnaire)) if group.identity == "counts" else set()
    return (
        [answer for answer in answers if answer.item in scored],
        [
            Reply(group.code, one.item, one.unit, one.value, rater, one.item in words)
            for one in answers
            if one.item not in scored
        ],
    )


def _list_written(questionnaire: Questionnaire) -> Iterator[str]:
    """The items in which somebody writes words of their own."""
    yield RECUSAL
    for asked in questionnaire.asked:
        yield from asked.question.word_limits

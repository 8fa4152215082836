"""What raters replied beside the scores: choices, words, places. Read by people, never counted in.

Replies of groups that are not evaluated under a name are cut off from their ballot and sorted by
what they say, so that neither two replies of one ballot nor the order of opening can be told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select

from analysis.score.facts import Answer
from evalsvc.db import Database
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.models.opened import OpenedReply
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


@dataclass(frozen=True)
class Replies:
    """The replies of a group to one item about one unit; None where too few may be told apart."""

    group: str
    item: str
    unit: str
    n: int
    told: tuple[OpenedReply, ...] | None


def split_answers(
    group: Group, questionnaire: Questionnaire, rater: str, answers: Sequence[Answer]
) -> tuple[list[Answer], list[Reply]]:
    """The answers that may enter scores, and all others as replies."""
    scored = questionnaire.scored_items
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


def build_reply_rows(
    round_id: int, replies: Iterable[Reply]
) -> tuple[list[dict[str, int | str]], list[dict[str, int | str]]]:
    """Rows of replies and of comments in the order of what they say, numbered by item and unit."""
    told: list[dict[str, int | str]] = []
    comments: list[dict[str, int | str]] = []
    for place, found in groupby(sorted(replies), key=lambda one: (one.group, one.item, one.unit)):
        head = {"round_id": round_id, **dict(zip(("group", "item", "unit"), place, strict=True))}
        for position, reply in enumerate(found, 1):
            row = {**head, "position": position}
            if reply.is_comment:
                comments.append({**row, "text": reply.value})
            else:
                told.append({**row, "value": reply.value, "rater": reply.rater})
    return told, comments


def list_replies(database: Database, round_id: int) -> tuple[Replies, ...]:
    """A counted round's replies by group, item and unit, without citizens' comments.

    Small cells stay untold: anonymous groups need as many replies as a distribution of levels
    does, and theirs never come with a stratum.
    """
    with database.reading() as session:
        row = get_round_row(session, round_id)
        scheme = read_scheme(row.season)
        thresholds = scheme.get_round(row.code).thresholds
        named = {group.code for group in scheme.groups if group.identity == "named"}
        place = (OpenedReply.group, OpenedReply.item, OpenedReply.unit)
        of_round = OpenedReply.round_id == round_id
        heads = session.execute(
            select(*place, func.count()).where(of_round).group_by(*place).order_by(*place)
        ).all()
        rows = session.scalars(select(OpenedReply).where(of_round).order_by(OpenedReply.position))
        told: dict[tuple[str, str, str], list[OpenedReply]] = {}
        for one in rows:
            told.setdefault((one.group, one.item, one.unit), []).append(one)
    return tuple(
        Replies(
            group,
            item,
            unit,
            n,
            tuple(told[group, item, unit])
            if group in named or thresholds.may_show_distribution(n)
            else None,
        )
        for group, item, unit, n in heads
    )


def count_replies(database: Database) -> dict[int, int]:
    """How many replies there are, by round."""
    counted = select(OpenedReply.round_id, func.count()).group_by(OpenedReply.round_id)
    with database.reading() as session:
        return {row.round_id: int(row[1]) for row in session.execute(counted)}

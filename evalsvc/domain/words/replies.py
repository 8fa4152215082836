"""What raters replied beside the scores: choices, words, places. Read by people, never counted in.

Replies of groups that are not evaluated under a name are cut off from their ballot and sorted by
what they say, so that neither two replies of one ballot nor the order of opening can be told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select

from evalsvc.counting.replies import Reply
from evalsvc.db import Database
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.models.opened import OpenedReply


@dataclass(frozen=True)
class Replies:
    """The replies of a group to one item about one unit; None where too few may be told apart."""

    group: str
    item: str
    unit: str
    n: int
    told: tuple[OpenedReply, ...] | None


def build_reply_rows(
    round_id: int, replies: Iterable[Reply]
) -> tuple[list[dict[str, int | str]], list[dict[str, int | str]]]:
    """Rows of replies and of comments in the order of what they say, numbered by item and unit."""
    told: list[dict[str, int | str]] = []
    comments: list[dict[str, int | str]] = []
    # Rows keep the order in which they are written. That of opening would lay the replies of one
    # ballot beside each other, so they are written in the order of what they say.
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
            # Who evaluates under a name is known; of others, few replies would tell whose they are.
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

"""What citizens wrote, as far as it may leave the office: reviewed as public, and of enough people.

A version shows what was public on the day on which it was first shown, from a copy of its own.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.evidence.comments import CommentLine
from evalsvc.models.comment import CommentDecision, ReleasedComment
from evalsvc.models.opened import CommentText, LevelCount, OpenedComment, PanelSum
from evalsvc.models.publication import Publication
from evalsvc.models.season import Round
from evalsvc.scheme.model import Scheme

Cells = dict[str, int | str]


@dataclass(frozen=True)
class _Written:
    """One comment with its decision, if any; `place` is its key among the opened ones."""

    place: tuple[int, str, str, str, int]
    text: str
    state: str
    reason: str
    wording: str

    @property
    def shown(self) -> str:
        return self.wording or self.text


def build_comment_rows(comments: Iterable[Cells]) -> tuple[list[Cells], list[Cells]]:
    """A round's texts, each once and numbered in their order, and where they were written."""
    given = list(comments)
    # By the text: numbers in the order of opening would tell which ballots lay side by side.
    numbers = {text: n for n, text in enumerate(sorted({str(one["text"]) for one in given}), 1)}
    texts: list[Cells] = [
        {"round_id": given[0]["round_id"], "number": n, "text": text} for text, n in numbers.items()
    ]
    places: list[Cells] = [
        {
            "number": numbers[str(one["text"])],
            **{name: value for name, value in one.items() if name != "text"},
        }
        for one in given
    ]
    return texts, places


def list_comments(database: Database, season_id: int, version: int, unit: str) -> tuple[str, ...]:
    """What a version says of a unit in citizens' words, sorted by text: nothing tells who or when.

    Before its first day, what it would say today.
    """
    with database.reading() as session:
        if _is_released(session, season_id, version):
            rows = session.scalars(
                select(ReleasedComment.text).where(
                    ReleasedComment.season_id == season_id,
                    ReleasedComment.version == version,
                    ReleasedComment.unit == unit,
                )
            )
            return tuple(sorted(rows))
        scheme = read_scheme(get_season_row(session, season_id))
        return tuple(sorted(one.shown for one in _list_public(session, season_id, scheme, unit)))


def release_comments(session: Session, season_id: int, version: int) -> Mapping[str, str]:
    """Copy what is public today into a version; how much it is and its hash, for the log."""
    scheme = read_scheme(get_season_row(session, season_id))
    public = sorted(_list_public(session, season_id, scheme), key=lambda one: one.place)
    rows = [
        {
            "season_id": season_id,
            "version": version,
            **dict(zip(("round_id", "group", "item", "unit", "position"), one.place, strict=True)),
            "text": one.shown,
        }
        for one in public
    ]
    if rows:
        session.execute(insert(ReleasedComment), rows)
    # The log is read by many: it says how many there are and which, by their hash, in no words.
    told = json.dumps([[*one.place, one.shown] for one in public], ensure_ascii=False)
    return {
        "comments": str(len(rows)),
        "comments_sha256": hashlib.sha256(told.encode()).hexdigest(),
    }


def list_comment_lines(session: Session, season_id: int, version: int) -> list[CommentLine]:
    """Every comment of a season with its decision, and what a version shows of it."""
    rounds = _list_rounds(session, season_id)
    written = list(_list_written(session, season_id))
    if _is_released(session, season_id, version):
        shown = {
            (row.round_id, row.group, row.item, row.unit, row.position): row.text
            for row in session.scalars(
                select(ReleasedComment).where(
                    ReleasedComment.season_id == season_id, ReleasedComment.version == version
                )
            )
        }
    else:
        scheme = read_scheme(get_season_row(session, season_id))
        shown = {one.place: one.shown for one in _list_public(session, season_id, scheme)}
    return [
        CommentLine(
            rounds[one.place[0]],
            *one.place[1:4],
            one.state,
            one.reason,
            one.text,
            one.wording,
            shown.get(one.place, ""),
        )
        for one in written
    ]


def _is_released(session: Session, season_id: int, version: int) -> bool:
    row = session.get(Publication, (season_id, version))
    return row is not None and row.state != "proposed"


def _list_public(
    session: Session, season_id: int, scheme: Scheme, unit: str | None = None
) -> Iterator[_Written]:
    answers = _count_answers(session, season_id, scheme)
    codes = _list_rounds(session, season_id)
    for one in _list_written(session, season_id, unit):
        round_id, group, _, about, _ = one.place
        thresholds = scheme.get_round(codes[round_id]).thresholds
        # However a comment was reviewed, among few it tells who wrote it (decision 0008).
        enough = thresholds.may_show_distribution(answers.get((round_id, group, about), 0))
        if one.state == "public" and enough:
            yield one


def _list_written(session: Session, season_id: int, unit: str | None = None) -> Iterator[_Written]:
    statement = (
        select(OpenedComment, CommentText.text, CommentDecision)
        .join(CommentText, _same(OpenedComment, CommentText))
        .outerjoin(CommentDecision, _same(OpenedComment, CommentDecision))
        .join(Round, Round.id == OpenedComment.round_id)
        .where(Round.season_id == season_id)
    )
    if unit is not None:
        statement = statement.where(OpenedComment.unit == unit)
    for row, text, decision in session.execute(statement):
        place = (row.round_id, row.group, row.item, row.unit, row.position)
        if decision is None:
            yield _Written(place, text, "waiting", "", "")
        else:
            yield _Written(place, text, decision.state, decision.reason, decision.wording)


def _same(one: Any, other: Any) -> Any:
    """Two tables' rows about the same text."""
    return (one.round_id == other.round_id) & (one.number == other.number)


def _list_rounds(session: Session, season_id: int) -> dict[int, str]:
    rows = session.execute(select(Round.id, Round.code).where(Round.season_id == season_id))
    return {row.id: row.code for row in rows}


def _count_answers(
    session: Session, season_id: int, scheme: Scheme
) -> dict[tuple[int, str, str], int]:
    """By round, group and unit: how many gave a valid answer; under no unit, how many answered."""
    found: dict[tuple[int, str, str], int] = {}
    counts = session.execute(
        select(LevelCount.round_id, LevelCount.group, LevelCount.unit, LevelCount.item,
               LevelCount.level, func.sum(LevelCount.n))
        .join(Round, Round.id == LevelCount.round_id)
        .where(Round.season_id == season_id)
        .group_by(LevelCount.round_id, LevelCount.group, LevelCount.unit, LevelCount.item,
                  LevelCount.level)
    )  # a table, read by rows  # fmt: skip
    for round_id, group, unit, item, level, n in counts:
        if level in _scored(scheme, group, item):
            found[round_id, group, unit] = found.get((round_id, group, unit), 0) + int(n)
    # Of a panel no ballots are kept, so who answered at all stands among its sums.
    valid = session.execute(
        select(PanelSum.round_id, PanelSum.group, PanelSum.value)
        .join(Round, Round.id == PanelSum.round_id)
        .where(Round.season_id == season_id, PanelSum.kind == "cell", PanelSum.name == "valid")
    )
    for round_id, group, value in valid:
        found[round_id, group, ""] = found.get((round_id, group, ""), 0) + int(value)
    return found


def _scored(scheme: Scheme, group: str, item: str) -> frozenset[str]:
    """The levels that are valid answers to the group's first question."""
    question = scheme.get_questionnaire(group).questions[0]
    if not question.scale or question.code != item:
        return frozenset()
    # "Don't know" makes no crowd: whoever chose it has said nothing about the unit.
    return frozenset(level.code for level in question.scale if level.points is not None)

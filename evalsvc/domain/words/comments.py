"""Review of citizens' comments: each is public, internal or withheld before anything shows it.

Equal texts of a round are one: a decision covers all who wrote them. A decision can be taken back
until a version that shows the comment is published; then its copy stands, and so does the decision.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_round
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.seasons import get_round_row, get_season_row
from evalsvc.domain.words.comment_hints import Hint, list_hints
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, Problem
from evalsvc.models.comment import (
    COMMENT_STATES,
    WITHHOLDING_REASONS,
    CommentDecision,
    ReleasedComment,
)
from evalsvc.models.opened import CommentText, OpenedComment
from evalsvc.models.roster import Rater, Unit
from evalsvc.models.season import Round
from evalsvc.text import Text

WAITING = "waiting"
ON_A_PAGE = 20
LONGEST_WORDING = 500

Key: TypeAlias = tuple[int, int]
"""A text: the id of its round, and its number there."""
# A joined row has no class of its own.
_Found: TypeAlias = Any


@dataclass(frozen=True)
class CommentQuery:
    """Which comments are wanted; empty for all."""

    state: str = WAITING
    unit: str = ""
    page: int = 1


@dataclass(frozen=True)
class CommentPlace:
    """How many wrote the same about a unit; `unit` is empty where about none."""

    group: str
    unit: str
    n: int


@dataclass(frozen=True)
class CommentView:
    """One text with all its places. `text` is None where only auditors see the original."""

    round_id: int
    round: str
    number: int
    text: str | None
    places: tuple[CommentPlace, ...]
    hints: tuple[Hint, ...]
    state: str
    reason: str
    wording: str
    decided_by: str
    released: bool

    @property
    def key(self) -> Key:
        return self.round_id, self.number

    @property
    def writers(self) -> int:
        return sum(place.n for place in self.places)


@dataclass(frozen=True)
class CommentPage:
    """A page of comments, and how far the review of the whole season has come."""

    rows: tuple[CommentView, ...]
    found: int
    by_state: Mapping[str, int]
    units: Mapping[str, str]

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // ON_A_PAGE))

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def reviewed(self) -> int:
        return self.total - self.by_state.get(WAITING, 0)


@dataclass(frozen=True)
class CommentVerdict:
    """What a reviewer decides on one text; `wording` stands in the place of the original."""

    round_id: int
    number: int
    state: str
    reason: str = ""
    wording: str = ""

    @property
    def key(self) -> Key:
        return self.round_id, self.number


def list_for_review(
    database: Database, season_id: int, query: CommentQuery, actor: Actor
) -> CommentPage:
    """One page of comments in the order of rounds and texts, which is no order of writing."""
    with database.reading() as session:
        get_season_row(session, season_id)
        wanted = _select_wanted(season_id, query)
        found = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        rows = session.execute(
            wanted.order_by(Round.position, CommentText.number)
            .offset((query.page - 1) * ON_A_PAGE)
            .limit(ON_A_PAGE)
        ).all()
        units = _list_units(session, season_id)
        around = _Around(session, season_id, units, rows)
        # What was reworded named somebody: only auditors, who watch the reviewers, see it again.
        original = actor.has_role("auditor")
        return CommentPage(
            rows=tuple(around.build_view(row, original=original) for row in rows),
            found=found,
            by_state=_count_states(session, season_id),
            units=units,
        )


def decide_comments(act: Act, season_id: int, verdicts: Sequence[CommentVerdict]) -> int:
    """Write a batch of decisions; how many there were that changed something.

    The log has the numbers of the texts, never their words.
    """
    for verdict in verdicts:
        _check_verdict(verdict)
    with act.writing() as session:
        rounds = _list_rounds(session, season_id)
        changed = [one for one in verdicts if _keep(session, rounds, one, act)]
        for round_id in sorted({one.round_id for one in changed}):
            own = [one for one in changed if one.round_id == round_id]
            act.tell(
                session, Verb.REVIEW_COMMENTS, about_round(round_id, rounds[round_id]), _tell(own)
            )
    return len(changed)


def take_back_decision(act: Act, round_id: int, number: int) -> None:
    """Let a comment wait again, as long as no published version shows it."""
    with act.writing() as session:
        row = get_round_row(session, round_id)
        decision = session.get(CommentDecision, (round_id, number))
        if decision is None:
            raise Problem(NOT_FOUND)
        _check_unreleased(session, (round_id, number))
        session.delete(decision)
        detail = {"number": str(number), "state": decision.state}
        act.tell(session, Verb.TAKE_BACK_COMMENT, about_round(row.id, row.code), detail)


def count_waiting(database: Database) -> Mapping[int, int]:
    """By season: how many different comments nobody has decided on; none where all are."""
    with database.reading() as session:
        rows = session.execute(
            select(Round.season_id, func.count())
            .select_from(CommentText)
            .join(Round, Round.id == CommentText.round_id)
            .outerjoin(CommentDecision, _decision_of_text())
            .where(CommentDecision.state.is_(None))
            .group_by(Round.season_id)
        )
        return {season_id: int(n) for season_id, n in rows}


def _check_verdict(verdict: CommentVerdict) -> None:
    if verdict.state not in COMMENT_STATES:
        raise ENTRY_REFUSED.because(
            Text("请选公开、内部或不公开", "choose public, internal or withheld")
        )
    if (verdict.state == "withheld") != (verdict.reason in WITHHOLDING_REASONS):
        raise ENTRY_REFUSED.because(
            Text("不公开的要选一个理由", "choose why a comment is withheld")
        )
    if verdict.wording and verdict.state == "withheld":
        raise ENTRY_REFUSED.because(
            Text("不公开的留言不用改写", "a withheld comment is not reworded")
        )
    if len(verdict.wording) > LONGEST_WORDING:
        raise ENTRY_REFUSED.because(
            Text(
                f"改写最多 {LONGEST_WORDING} 个字",
                f"another wording has {LONGEST_WORDING} characters at most",
            )
        )


def _keep(session: Session, rounds: Mapping[int, str], verdict: CommentVerdict, act: Act) -> bool:
    """Write one decision, unless it stands like this already."""
    if verdict.round_id not in rounds or session.get(CommentText, verdict.key) is None:
        raise Problem(NOT_FOUND)
    row = session.get(CommentDecision, verdict.key)
    said = (verdict.state, verdict.reason, verdict.wording)
    if row is not None and (row.state, row.reason, row.wording) == said:
        return False
    # What has waited until now stands in no version.
    if row is not None:
        _check_unreleased(session, verdict.key)
    row = row or CommentDecision(round_id=verdict.round_id, number=verdict.number)
    row.state, row.reason, row.wording = said
    row.decided_by, row.decided_at = act.actor.login, act.moment
    session.add(row)
    return True


def _check_unreleased(session: Session, key: Key) -> None:
    if key in _list_released(session, [key]):
        raise ACT_REFUSED.because(
            Text(
                "这条留言已随公布的版本公开，不能再改",
                "a published version shows this comment, and it stands as it is",
            )
        )


def _tell(verdicts: Sequence[CommentVerdict]) -> Mapping[str, str]:
    """Numbers by what was decided: enough to see who decided what, without a word of it."""
    told: dict[str, list[int]] = {}
    for one in verdicts:
        told.setdefault(one.state, []).append(one.number)
        if one.wording:
            told.setdefault("reworded", []).append(one.number)
    return {name: " ".join(map(str, sorted(numbers))) for name, numbers in told.items()}


class _Around:
    """What stands around the comments of a page: where they were written, names, releases."""

    def __init__(
        self, session: Session, season_id: int, units: Mapping[str, str], rows: Sequence[_Found]
    ) -> None:
        keys = [(row.round_id, row.number) for row in rows]
        self._units = units
        # A unit that rates stands among the raters, too: one word would give two hints.
        self._raters = frozenset(
            session.scalars(select(Rater.name).where(Rater.season_id == season_id).distinct())
        ) - frozenset(units.values())
        self._released = _list_released(session, keys)
        self._places = _list_places(session, keys)

    def build_view(self, row: _Found, *, original: bool) -> CommentView:
        key = (row.round_id, row.number)
        places = self._places.get(key, ())
        sealed = bool(row.wording) and not original
        about = {place.unit for place in places}
        return CommentView(
            round_id=row.round_id,
            round=row.code,
            number=row.number,
            text=None if sealed else row.text,
            places=places,
            hints=() if sealed else list_hints(row.text, self._raters, self._units, about),
            state=row.state or WAITING,
            reason=row.reason or "",
            wording=row.wording or "",
            decided_by=row.decided_by or "",
            released=key in self._released,
        )


def _select_wanted(
    season_id: int, query: CommentQuery
) -> Select[int, int, str, str, str, str, str, str]:
    statement = (
        select(
            CommentText.round_id,
            CommentText.number,
            CommentText.text,
            Round.code,
            CommentDecision.state,
            CommentDecision.reason,
            CommentDecision.wording,
            CommentDecision.decided_by,
        )
        .join(Round, Round.id == CommentText.round_id)
        .outerjoin(CommentDecision, _decision_of_text())
        .where(Round.season_id == season_id)
    )
    if query.state == WAITING:
        statement = statement.where(CommentDecision.state.is_(None))
    elif query.state:
        statement = statement.where(CommentDecision.state == query.state)
    if query.unit:
        statement = statement.where(
            exists().where(
                OpenedComment.round_id == CommentText.round_id,
                OpenedComment.number == CommentText.number,
                OpenedComment.unit == query.unit,
            )
        )
    return statement


def _count_states(session: Session, season_id: int) -> dict[str, int]:
    state = func.coalesce(CommentDecision.state, WAITING)
    rows = session.execute(
        select(state, func.count())
        .select_from(CommentText)
        .join(Round, Round.id == CommentText.round_id)
        .outerjoin(CommentDecision, _decision_of_text())
        .where(Round.season_id == season_id)
        .group_by(state)
    )
    return {code: int(n) for code, n in rows}


def _decision_of_text() -> ColumnElement[bool]:
    return and_(
        CommentDecision.round_id == CommentText.round_id,
        CommentDecision.number == CommentText.number,
    )


def _list_places(session: Session, keys: Collection[Key]) -> dict[Key, tuple[CommentPlace, ...]]:
    row = OpenedComment
    counted = (
        select(row.round_id, row.number, row.group, row.unit, func.count())
        .where(_among(keys))
        .group_by(row.round_id, row.number, row.group, row.unit)
        .order_by(row.group, row.unit)
    )
    found: dict[Key, tuple[CommentPlace, ...]] = {}
    for round_id, number, group, unit, n in session.execute(counted):
        key = (round_id, number)
        found[key] = (*found.get(key, ()), CommentPlace(group, unit, int(n)))
    return found


def _list_released(session: Session, keys: Collection[Key]) -> frozenset[Key]:
    """Which of these texts stand in a published version."""
    one, there = OpenedComment, ReleasedComment
    same_place = and_(
        there.round_id == one.round_id,
        there.group == one.group,
        there.item == one.item,
        there.unit == one.unit,
        there.position == one.position,
    )
    rows = session.execute(
        select(one.round_id, one.number).join(there, same_place).where(_among(keys)).distinct()
    )
    return frozenset((row.round_id, row.number) for row in rows)


def _among(keys: Collection[Key]) -> ColumnElement[bool]:
    return tuple_(OpenedComment.round_id, OpenedComment.number).in_(list(keys))


def _list_units(session: Session, season_id: int) -> dict[str, str]:
    rows = session.execute(
        select(Unit.code, Unit.name).where(Unit.season_id == season_id).order_by(Unit.position)
    )
    return {row.code: row.name for row in rows}


def _list_rounds(session: Session, season_id: int) -> dict[int, str]:
    get_season_row(session, season_id)
    rows = session.execute(select(Round.id, Round.code).where(Round.season_id == season_id))
    return {row.id: row.code for row in rows}

"""What a season's result follows from, read from the database as the analysis wants it."""

import hashlib
import json
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.score.facts import (
    LEAST,
    LEFT_OUT,
    Adjustment,
    Answer,
    Attachment,
    Ballot,
    Count,
    Exclusion,
    Facts,
    Indicator,
    Past,
    Unit,
)
from analysis.score.forbidden import forbids_something
from analysis.score.scoring import score
from evalsvc.box.roll import hash_text
from evalsvc.box.statements import hash_statement
from evalsvc.db import Database
from evalsvc.evidence.manifest import hash_files
from evalsvc.evidence.write import build_facts_files
from evalsvc.models import figures, history, opened, roster
from evalsvc.models.assessment import Task, TaskReport
from evalsvc.models.attachment import Attachment as AttachmentRow
from evalsvc.models.exclusion import BallotExclusion
from evalsvc.models.season import Round
from evalsvc.scheme.model import Scheme


def list_facts(session: Session, season_id: int) -> Facts:
    """Units, opened ballots, entered figures with their files, relations, earlier years."""
    rounds = {
        row.id: row.code
        for row in session.scalars(
            # Counted rounds alone: before that there is nothing to read.
            select(Round).where(Round.season_id == season_id, Round.state == "counted")
        )
    }
    return Facts(
        units=_list_units(session, season_id),
        ballots=_list_ballots(session, rounds),
        counts=_list_counts(session, rounds),
        indicators=_list_indicators(session, season_id),
        adjustments=_list_adjustments(session, season_id),
        # The copy of the round's opening, not the roster, which goes on to the next round.
        roles={
            (rounds[row.round_id], row.group, row.rater, row.unit): row.role
            for row in session.scalars(
                select(opened.CountedRelation).where(opened.CountedRelation.round_id.in_(rounds))
            )
        },
        own_units={
            (row.group, row.code): row.unit
            for row in session.scalars(
                select(roster.Rater).where(
                    roster.Rater.season_id == season_id, roster.Rater.unit != ""
                )
            )
        },
        history=_list_history(session, season_id),
        year=find_year(session, season_id),
        attachments=_list_attachments(session, season_id),
        exclusions=_list_exclusions(session, rounds),
    )


def list_entered_facts(session: Session, season_id: int) -> Facts:
    """What grades, awards and consequences ask for beside a result: no answers, and no figures."""
    return Facts(
        units=_list_units(session, season_id),
        adjustments=_list_adjustments(session, season_id),
        history=_list_history(session, season_id),
        year=find_year(session, season_id),
    )


def list_adjustments(database: Database, season_id: int) -> tuple[Adjustment, ...]:
    """Bonuses and deductions in the order in which they were entered."""
    with database.reading() as session:
        return _list_adjustments(session, season_id)


def find_year(session: Session, season_id: int) -> int | None:
    """The season's year as the office has said it."""
    row = session.get(history.SeasonYear, season_id)
    return row.year if row else None


def hash_facts(facts: Facts, scheme_text: str) -> str:
    """One hash over the files of scheme and facts: two results with the same hash are the same."""
    # Bound to its purpose: a hash of the same bytes made for something else is another.
    files = build_facts_files(facts, scheme_text)
    return hash_statement("facts", hash_files(files)).hex()


def are_facts_of(facts: Facts, scheme_text: str, facts_sha256: str) -> bool:
    """Whether a computation that kept this hash saw these facts, by whatever law."""
    return find_facts_of(facts, scheme_text, facts_sha256) is not None


def find_facts_of(facts: Facts, scheme_text: str, facts_sha256: str) -> Facts | None:
    """The facts with the law by which a computation that kept this hash scored them."""
    for law in (LEAST, LEFT_OUT):
        seen = replace(facts, law=law)
        if hash_facts(seen, scheme_text) == facts_sha256:
            return seen
    # Results from before 2026-11 keep the hash that they had.
    is_older = _hash_as_before(facts, scheme_text) == facts_sha256
    return replace(facts, law=LEFT_OUT) if is_older else None


def is_current(facts: Facts, scheme: Scheme, scheme_text: str, facts_sha256: str) -> bool:
    """Whether computing now would give the same: a forbidden figure paid by the law of before."""
    seen = find_facts_of(facts, scheme_text, facts_sha256)
    if seen is None or seen.law == facts.law:
        return seen is not None
    now = score(scheme.score, facts, scheme.publication.places)
    return not any(forbids_something(unit.tree) for unit in now)


def _hash_as_before(facts: Facts, scheme_text: str) -> str:
    """What computations kept until 2026-11: nobody outside could make it."""
    lines = [
        hash_text(scheme_text.encode()),
        # Flags are a set: its order, and so its text, differs between processes.
        *(repr((one.code, one.name, one.category, sorted(one.flags))) for one in facts.units),
        *sorted(repr(ballot) for ballot in facts.ballots),
        *sorted(repr(count) for count in facts.counts),
        # Sorted, since the order of rows is no fact.
        *sorted(repr(indicator) for indicator in facts.indicators),
        *sorted(repr(adjustment) for adjustment in facts.adjustments),
        *sorted(repr(role) for role in facts.roles.items()),
        *sorted(repr(past) for past in facts.history),
        *sorted(repr(exclusion) for exclusion in facts.exclusions),
        *([] if facts.year is None else [f"year {facts.year}"]),
        *sorted(repr(attachment) for attachment in facts.attachments),
    ]
    return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode()).hexdigest()


def _list_units(session: Session, season_id: int) -> tuple[Unit, ...]:
    rows = session.scalars(
        select(roster.Unit)
        .where(roster.Unit.season_id == season_id)
        .order_by(roster.Unit.position, roster.Unit.code)
    )
    return tuple(
        Unit(row.code, row.name, row.category, frozenset(row.flags.split())) for row in rows
    )


def _list_ballots(session: Session, rounds: dict[int, str]) -> tuple[Ballot, ...]:
    opened_answer = opened.OpenedAnswer
    # Columns, not rows: of a million answers, objects that can be changed take most of the time.
    rows = session.execute(
        select(
            opened_answer.round_id,
            opened_answer.group,
            opened_answer.ballot,
            opened_answer.rater,
            opened_answer.unit,
            opened_answer.item,
            opened_answer.value,
        )
        .where(opened_answer.round_id.in_(rounds))
        # In one order on both databases, so that one set of facts has one text.
        .order_by(
            opened_answer.round_id, opened_answer.ballot, opened_answer.item, opened_answer.unit
        )
    )
    answers: dict[tuple[int, str, str, str], list[Answer]] = defaultdict(list)
    kept: dict[tuple[str, str, str], Answer] = {}
    for round_id, group, ballot, rater, unit, item, value in rows:
        # The same few answers are given again and again, so each is one object.
        key = (unit, item, value)
        answer = kept.get(key) or kept.setdefault(key, Answer(*key))
        answers[round_id, group, ballot, rater].append(answer)
    return tuple(
        Ballot(rounds[round_id], group, ballot, rater, tuple(given))
        for (round_id, group, ballot, rater), given in answers.items()
    )


def _list_counts(session: Session, rounds: dict[int, str]) -> tuple[Count, ...]:
    rows = session.scalars(select(opened.LevelCount).where(opened.LevelCount.round_id.in_(rounds)))
    return tuple(
        Count(
            rounds[row.round_id],
            row.group,
            row.stratum,
            row.unit,
            row.item,
            row.level,
            row.n,
            row.n_unflagged,
        )
        for row in rows
    )


def _list_indicators(session: Session, season_id: int) -> tuple[Indicator, ...]:
    rows = session.scalars(
        select(figures.Indicator).where(figures.Indicator.season_id == season_id)
    )
    return tuple(Indicator(row.round, row.unit, row.component, _figure(row.value)) for row in rows)


def _list_adjustments(session: Session, season_id: int) -> tuple[Adjustment, ...]:
    rows = session.scalars(
        select(figures.Adjustment)
        .where(figures.Adjustment.season_id == season_id)
        .order_by(figures.Adjustment.id)
    )
    return tuple(
        Adjustment(
            row.round,
            row.unit,
            row.rule,
            row.times,
            _figure(row.amount),
            row.date,
            row.evidence,
            row.project,
        )
        for row in rows
    )


def _list_history(session: Session, season_id: int) -> tuple[Past, ...]:
    rows = session.scalars(
        select(history.PastResult)
        .where(history.PastResult.season_id == season_id)
        .order_by(history.PastResult.unit, history.PastResult.year)
    )
    return tuple(Past(row.year, row.unit, _figure(row.score), row.grade, row.place) for row in rows)


def _list_attachments(session: Session, season_id: int) -> tuple[Attachment, ...]:
    """The files that are there now; one that was taken away is told by the log alone."""
    rows = session.scalars(
        select(AttachmentRow)
        .join(
            roster.Unit,
            (roster.Unit.season_id == season_id) & (roster.Unit.code == AttachmentRow.unit),
        )
        .where(AttachmentRow.season_id == season_id, AttachmentRow.removed_at.is_(None))
        .order_by(AttachmentRow.id)
    ).all()
    return tuple(
        Attachment(
            row.round,
            row.subject,
            row.unit,
            _name_item(session, row),
            row.name,
            row.size,
            row.sha256,
        )
        for row in rows
    )


def _name_item(session: Session, row: AttachmentRow) -> str:
    """What a file belongs to, in words that a package's reader can look up."""
    # Numbers of rows mean nothing to whoever has the package only.
    if row.subject == "adjustment":
        event = session.get(figures.Adjustment, int(row.item))
        return f"{event.rule} {event.date}" if event else row.item
    if row.subject == "report":
        report = session.get(TaskReport, int(row.item))
        return session.get_one(Task, report.task_id).title if report else row.item
    return row.item


def _list_exclusions(session: Session, rounds: dict[int, str]) -> tuple[Exclusion, ...]:
    """The decisions that stand; those taken back are left to the log."""
    rows = session.scalars(
        select(BallotExclusion)
        .where(BallotExclusion.round_id.in_(rounds), BallotExclusion.restored_at.is_(None))
        .order_by(BallotExclusion.id)
    )
    return tuple(
        Exclusion(rounds[row.round_id], row.group, row.ballot, row.flag, row.reason) for row in rows
    )


def _figure(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)

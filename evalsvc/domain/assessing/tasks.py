"""Indicators that join during the year: proposed, then agreed by four levels 四级联审."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from evalsvc.box.log_words import Verb, about_season
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.people.bodies import DESKS, read_bodies, require_member
from evalsvc.domain.people.liaisons import list_unit_names, require_own
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_ALLOWED, NOT_FOUND, Problem
from evalsvc.models.assessment import APPROVAL_LEVELS, Task, TaskDecision
from evalsvc.text import Text

# Kept as text; an exponent would ask for as many digits as it says when it is reckoned with.
LONGEST_REASON = 1_000

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class Proposal:
    """A task as proposed; `figure` and `last_year` are decimal text or empty.

    `lowered` is why the first is below the second, which then has to be said. `rounds` are those
    in which it is reported on; none: in every one.
    """

    unit: str
    lead: str
    title: str
    target: str
    figure: str
    last_year: str
    weight: str
    lowered: str = ""
    rounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What a level says to one task."""

    task: int
    reason: str
    agreed: bool


def propose_task(act: Act, season_id: int, proposal: Proposal) -> int:
    """A unit's liaison proposes for it, the office for any; then the four levels follow."""
    with act.writing() as session:
        check_proposal(session, act.actor, season_id, proposal)
        row = build_task(act, season_id, proposal)
        session.add(row)
        session.flush()
        detail = {"task": str(row.id), "unit": row.unit, "lead": row.lead, "title": row.title}
        act.tell(session, Verb.PROPOSE_TASK, about_season(season_id), detail)
        return row.id


def decide_task(act: Act, task_id: int, reason: str, *, agreed: bool) -> None:
    """The level that a task waits for agrees, or sends it back with a reason."""
    decide_tasks(act, None, (Decision(task_id, reason, agreed),))


def decide_tasks(act: Act, season_id: int | None, decisions: Sequence[Decision]) -> None:
    """Several tasks of a season at once, each with its remark: all, or with one refused none."""
    if not decisions:
        raise ENTRY_REFUSED.because(Text("没有选意见", "nothing was chosen"))
    with act.writing() as session:
        found = [(get_task_row(session, each.task), each) for each in decisions]
        if any(season_id not in (None, task.season_id) for task, _ in found):
            raise Problem(NOT_FOUND)
        # Before anything is said: what is sent back here holds nothing of the same list up.
        held = _list_held(session, [task.id for task, _ in found])
        for task, decision in found:
            _decide(session, act, task, decision, held=task.id in held)


def resubmit_task(act: Act, task_id: int, proposal: Proposal) -> None:
    """Put a task that was sent back forward again, as mended; all four levels see it anew."""
    with act.writing() as session:
        enter_mended(session, act, get_task_row(session, task_id), proposal)


def enter_mended(session: Session, act: Act, task: Task, proposal: Proposal) -> None:
    """What was sent back, put forward again in other words, and told of."""
    if not act.actor.has_role("manager"):
        require_own(session, task.season_id, task.unit, act.actor)
    if task.state != "returned":
        raise ACT_REFUSED.because(
            Text("只有被退回的任务可以修改后再报", "only a task sent back can be mended")
        )
    check_proposal(session, act.actor, task.season_id, replace(proposal, unit=task.unit))
    write_words(task, proposal)
    # Mended, it is another task: what earlier levels agreed to is not this one.
    task.state, task.level = "waiting", APPROVAL_LEVELS[0]
    act.tell(session, Verb.RESUBMIT_TASK, about_season(task.season_id), {"task": str(task.id)})


def build_task(act: Act, season_id: int, proposal: Proposal, plan: int | None = None) -> Task:
    """A task as proposed, waiting for the first level."""
    row = Task(
        season_id=season_id,
        unit=proposal.unit,
        plan_id=plan,
        proposed_by=act.actor.login,
        proposed_at=act.moment,
    )
    write_words(row, proposal)
    return row


def write_words(task: Task, proposal: Proposal) -> None:
    """What a task says, all but whose it is."""
    task.lead, task.title = proposal.lead, proposal.title.strip()
    task.target, task.weight = proposal.target.strip(), proposal.weight
    task.figure, task.last_year = proposal.figure or None, proposal.last_year or None
    task.lowered, task.rounds = _say_lowered(proposal), " ".join(proposal.rounds)


def check_proposal(session: Session, actor: Actor, season_id: int, proposal: Proposal) -> None:
    """Refuse a proposal that says too little, or for a unit that somebody else speaks for."""
    if not actor.has_role("manager"):
        require_own(session, season_id, proposal.unit, actor)
    _check(proposal)
    _check_codes(session, season_id, proposal)


def get_task_row(session: Session, task_id: int) -> Task:
    # Locked: of two who decide at once, the second finds the task at the next level.
    row = session.get(Task, task_id, with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def is_held() -> ColumnElement[bool]:
    """Tasks of a plan of which another has not come as far, or has been sent back.

    The office and the levels above see a plan as one list; each lead sees its own part of it.
    """
    other = aliased(Task)
    earlier = and_(other.state == "waiting", _rank(other) < _rank(Task))
    return and_(
        Task.state == "waiting",
        Task.level != APPROVAL_LEVELS[0],
        exists().where(other.plan_id == Task.plan_id, or_(other.state == "returned", earlier)),
    )


def _rank(task: type[Task]) -> ColumnElement[int]:
    return case(
        {level: place for place, level in enumerate(APPROVAL_LEVELS)}, value=task.level, else_=0
    )


def _list_held(session: Session, ids: Sequence[int]) -> frozenset[int]:
    # A database takes only so many values in one question.
    parts = (ids[start : start + 500] for start in range(0, len(ids), 500))
    return frozenset(
        found
        for part in parts
        for found in session.scalars(select(Task.id).where(Task.id.in_(part), is_held()))
    )


def _decide(session: Session, act: Act, task: Task, decision: Decision, *, held: bool) -> None:
    reason = decision.reason.strip()
    if not decision.agreed and not reason:
        raise ENTRY_REFUSED.because(
            Text(
                f"退回要写明理由（“{task.title}”没有写）",
                f"give the reason for sending back “{task.title}”",
            )
        )
    if task.state != "waiting":
        raise ACT_REFUSED.because(Text("这项任务不在等审", "this task waits for nobody"))
    _require_level(session, task, act.actor)
    if held:
        raise ACT_REFUSED.because(
            Text(
                f"“{task.title}”所在的清单还没有全部走到这一级，等齐了一起审",
                f"not all of the list of “{task.title}” has come to this level; it is decided on "
                "together once it has",
            )
        )
    if decision.agreed and task.level == "office" and lowers(task.figure, task.last_year):
        _require_agreement(task, reason)
    # Four levels are four people: one who sits on two of them has one word.
    if _has_decided(session, task, act.actor):
        raise ACT_REFUSED.because(
            Text(
                "四级要由不同的人审；您已经审过这项任务",
                "every level is another person's; you have decided on this task already",
            )
        )
    level = task.level
    session.add(
        TaskDecision(
            task_id=task.id,
            level=level,
            agreed=decision.agreed,
            reason=reason[:2000],
            decided_by=act.actor.login,
            decided_at=act.moment,
        )
    )
    _move_on(task, agreed=decision.agreed)
    detail = {"task": str(task.id), "level": level, "agreed": str(decision.agreed).lower()}
    act.tell(session, Verb.DECIDE_TASK, about_season(task.season_id), detail)


def _require_agreement(task: Task, reason: str) -> None:
    """A target below last year's is the office's decision, said in words and not by a list's."""
    if not reason:
        raise ENTRY_REFUSED.because(
            Text(
                f"“{task.title}”的目标数 {task.figure} 低于上年的 {task.last_year}，"
                "考评办同意要写明理由",
                f"“{task.title}” lowers its target from {task.last_year} to {task.figure}: "
                "agreeing for the office needs a reason",
            )
        )


def _check(proposal: Proposal) -> None:
    if not proposal.title.strip() or len(proposal.title) > 120:
        raise ENTRY_REFUSED.because(
            Text("请写明任务名称，最多 120 个字", "give the task's name, 120 characters")
        )
    if not proposal.target.strip() or len(proposal.target) > 500:
        raise ENTRY_REFUSED.because(
            Text("请写明目标，最多 500 个字", "give the target, 500 characters")
        )
    for text in (proposal.figure, proposal.last_year):
        if text and find_number(text) is None:
            raise ENTRY_REFUSED.because(
                Text(
                    f"目标数应为数字，现为 {text[:20]}",
                    f"a target figure is a number; this is {text[:20]}",
                )
            )
    if lowers(proposal.figure, proposal.last_year) and not proposal.lowered.strip():
        raise ENTRY_REFUSED.because(
            Text(
                f"目标数 {proposal.figure} 低于上年的 {proposal.last_year}，要写明理由，"
                "由考评办同意",
                f"the target {proposal.figure} is below last year's {proposal.last_year}: "
                "give the reason, to which the office has to agree",
            )
        )
    weight = find_number(proposal.weight)
    if weight is None or not 0 < weight <= 1000:
        raise ENTRY_REFUSED.because(Text("权重应为大于 0 的数字", "the weight is a number above 0"))


def lowers(figure: str | None, last_year: str | None) -> bool:
    """就高不就低: the new target is below last year's."""
    return bool(figure and last_year) and Decimal(figure or 0) < Decimal(last_year or 0)


def _say_lowered(proposal: Proposal) -> str:
    """The reason, kept only where there is something to give one for."""
    said = proposal.lowered.strip()[:LONGEST_REASON]
    return said if lowers(proposal.figure, proposal.last_year) else ""


def _check_codes(session: Session, season_id: int, proposal: Proposal) -> None:
    if proposal.unit not in list_unit_names(session, season_id):
        raise ENTRY_REFUSED.because(Text("名册里没有这个单位", "the roster has no such unit"))
    known = {each.code for each in read_scheme(get_season_row(session, season_id)).rounds}
    if not known.issuperset(proposal.rounds):
        raise ENTRY_REFUSED.because(Text("方案没有这个轮次", "the scheme has no such round"))
    # A desk stands for a person who decides, and leads nothing.
    if proposal.lead not in read_bodies(session, season_id).keys() - DESKS.keys():
        raise ENTRY_REFUSED.because(Text("没有这个牵头单位", "there is no such lead body"))


def find_number(text: str) -> Decimal | None:
    """A figure of a task; None where the text is none, or longer than any figure is."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _require_level(session: Session, task: Task, actor: Actor) -> None:
    if task.level == "office":
        if not actor.has_role("manager"):
            raise Problem(NOT_ALLOWED, roles=Text("考评管理员", "manager"))
    else:
        body = task.lead if task.level == "lead" else task.level
        require_member(session, task.season_id, body, actor)


def _has_decided(session: Session, task: Task, actor: Actor) -> bool:
    """Whether this person has agreed since the task was last sent back."""
    rows = session.scalars(
        select(TaskDecision).where(TaskDecision.task_id == task.id).order_by(TaskDecision.id)
    ).all()
    # Decisions from before the task was last sent back were about another wording.
    since = max((place for place, row in enumerate(rows, 1) if not row.agreed), default=0)
    return any(row.decided_by == actor.login for row in rows[since:])


def _move_on(task: Task, *, agreed: bool) -> None:
    if not agreed:
        # To whoever proposed it, from whatever level: the next round begins with the first.
        task.state, task.level = "returned", ""
        return
    further = APPROVAL_LEVELS[APPROVAL_LEVELS.index(task.level) + 1 :]
    task.state, task.level = ("waiting", further[0]) if further else ("standing", "")

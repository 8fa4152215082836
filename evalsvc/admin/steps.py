"""What a season or a round waits for next, read off its state: the checklist of the office."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from evalsvc.domain.seasons import RoundView, SeasonCard, SeasonView

Standing = Literal["done", "next", "later"]

MANAGERS = frozenset({"manager"})
ISSUERS = frozenset({"manager", "distributor"})
CUSTODIANS = frozenset({"custodian"})


@dataclass(frozen=True)
class Step:
    """One line of a checklist: what, whose, and the page where it is done."""

    code: str
    standing: Standing
    roles: frozenset[str]
    round: RoundView | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """A round on the board with the step that it waits for."""

    season: SeasonCard
    round: RoundView
    step: Step


@dataclass(frozen=True)
class Board:
    """The board in the order in which it is read; every round stands in exactly one place."""

    open: tuple[Waiting, ...]
    late: tuple[Waiting, ...]
    mine: tuple[Waiting, ...]
    rest: tuple[Waiting, ...]


def build_board(seasons: Iterable[SeasonCard], roles: frozenset[str], moment: datetime) -> Board:
    """Late before mine, mine before open: what needs somebody comes out of the crowd."""
    rows = [
        Waiting(season, each, find_next_step(each))
        for season in seasons
        for each in season.rounds
    ]
    late = tuple(row for row in rows if is_late(row.round, moment))
    running = tuple(row for row in rows if row.round.state == "open" and row not in late)
    mine = tuple(
        row for row in rows if row not in late + running and not row.step.roles.isdisjoint(roles)
    )
    rest = tuple(row for row in rows if row not in late + running + mine)
    return Board(running, late, mine, rest)


def is_late(found: RoundView, moment: datetime) -> bool:
    """Past its deadline and nobody has closed it; or issued, and it should have ended already."""
    waits = found.state in {"issued", "open"}
    return waits and found.deadline is not None and found.deadline <= moment


def find_next_step(found: RoundView) -> Step:
    """The step that a round waits for; for a counted one, the result."""
    for step in list_round_steps(found):
        if step.standing != "done":
            return step
    return Step("result", "next", MANAGERS, found)


def list_round_steps(found: RoundView) -> tuple[Step, ...]:
    """A round's way from its keys to the count."""
    issued = found.state != "preparing"
    return _mark(
        found,
        (
            ("keys", CUSTODIANS, found.has_keys, None),
            ("rehearsal", CUSTODIANS, found.rehearsed_at is not None, found.rehearsed_at),
            ("invitations", ISSUERS, issued, None),
            ("opening", MANAGERS, found.opened_at is not None, found.opened_at),
            ("closing", MANAGERS, found.closed_at is not None, found.closed_at),
            ("box", CUSTODIANS, found.counted_at is not None, found.counted_at),
        ),
    )


def list_season_steps(season: SeasonView) -> tuple[Step, ...]:
    """A season's way from its scheme to the result, with its rounds' steps in between."""
    steps = [
        Step("scheme", "done", MANAGERS),
        Step("roster", "done" if season.unit_count else "next", MANAGERS),
    ]
    for each in season.rounds:
        steps.extend(list_round_steps(each))
    figures = season.indicator_count + season.adjustment_count
    steps.append(Step("figures", "done" if figures or not _wants_figures(season) else "next",
                      MANAGERS))
    result = season.newest_result
    steps.append(Step("result", "done" if result else "next", MANAGERS,
                      at=result.computed_at if result else None))
    return tuple(_only_one_next(steps))


def _mark(
    found: RoundView, facts: Iterable[tuple[str, frozenset[str], bool, datetime | None]]
) -> tuple[Step, ...]:
    steps = [
        Step(code, "done" if done else "next", roles, found, at)
        for code, roles, done, at in facts
    ]
    return tuple(_only_one_next(steps))


def _only_one_next(steps: Iterable[Step]) -> Iterator[Step]:
    """The first step that is not done is the next one; what comes after it is for later."""
    waiting = False
    for step in steps:
        if step.standing == "done":
            yield step
            continue
        yield Step(step.code, "later" if waiting else "next", step.roles, step.round, step.at)
        waiting = True


def _wants_figures(season: SeasonView) -> bool:
    return bool(season.scheme.components or season.scheme.adjustments)

"""What a season or a round waits for next, read off its state: the checklist of the office."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from evalsvc.domain.seasons import RoundView, SeasonCard, SeasonView

# "running": under way, and nobody need do anything before its deadline.
Standing = Literal["done", "next", "running", "later"]

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
    """The board in the order in which it is read; every round with a box stands in one place."""

    open: tuple[Waiting, ...]
    late: tuple[Waiting, ...]
    mine: tuple[Waiting, ...]
    rest: tuple[Waiting, ...]


def build_board(seasons: Iterable[SeasonCard], roles: frozenset[str], moment: datetime) -> Board:
    """Late before mine, mine before open: what needs somebody comes out of the crowd."""
    rows = [
        Waiting(season, each, find_next_step(each, moment))
        for season in seasons
        for each in season.rounds
        if each.has_box
    ]
    late = tuple(row for row in rows if is_late(row.round, moment))
    running = tuple(row for row in rows if row.round.state == "open" and row not in late)
    mine = tuple(
        row
        for row in rows
        if row not in late + running
        and row.step.code != "result"
        and not row.step.roles.isdisjoint(roles)
    )
    rest = tuple(row for row in rows if row not in late + running + mine)
    return Board(running, late, mine, rest)


def is_late(found: RoundView, moment: datetime) -> bool:
    """Past its deadline and nobody has closed it; or issued, and it should have ended already."""
    waits = found.state in {"issued", "open"}
    return waits and found.deadline is not None and found.deadline <= moment


def find_next_step(found: RoundView, moment: datetime) -> Step:
    """The step that a round waits for; for a counted one, the result."""
    for step in list_round_steps(found, moment):
        if step.standing != "done":
            return step
    return Step("result", "next", MANAGERS, found)


def list_round_steps(found: RoundView, moment: datetime) -> tuple[Step, ...]:
    """A round's way from its keys to the count."""
    running = found.state == "open" and not is_late(found, moment)
    return _only_one_next(
        (
            _build("keys", CUSTODIANS, found, found.has_keys),
            _build("rehearsal", CUSTODIANS, found, found.rehearsed_at),
            _build("invitations", ISSUERS, found, found.state != "preparing"),
            _build("opening", MANAGERS, found, found.opened_at),
            Step("closing", "running", MANAGERS, found)
            if running
            else _build("closing", MANAGERS, found, found.closed_at),
            _build("box", CUSTODIANS, found, found.counted_at),
        )
    )


def list_season_steps(season: SeasonView, moment: datetime) -> tuple[Step, ...]:
    """A season's way from its scheme to the result, with its rounds' steps in between."""
    result = season.newest_result
    figures = season.indicator_count + season.adjustment_count > 0
    return _only_one_next(
        (
            _build("scheme", MANAGERS, None, True),
            _build("roster", MANAGERS, None, season.unit_count > 0),
            *(step for each in season.rounds for step in _list_steps_of(season, each, moment)),
            _build("figures", MANAGERS, None, figures or not _wants_figures(season)),
            _build("result", MANAGERS, None, result.computed_at if result else None),
        )
    )


def _list_steps_of(season: SeasonView, found: RoundView, moment: datetime) -> tuple[Step, ...]:
    """From the keys to the count; without questionnaires only what is entered, if anything is."""
    if found.has_box:
        return list_round_steps(found, moment)
    if not any(each.round == found.code for each in season.scheme.components):
        return ()
    return (_build("entries", MANAGERS, found, found.code in season.entered_rounds),)


def _build(
    code: str, roles: frozenset[str], found: RoundView | None, done: datetime | bool | None
) -> Step:
    at = done if isinstance(done, datetime) else None
    return Step(code, "done" if done else "next", roles, found, at)


def _only_one_next(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The first step that is not done is the next one; what comes after it is for later."""
    marked: list[Step] = []
    for step in steps:
        waits = any(each.standing != "done" for each in marked)
        later = waits and step.standing != "done"
        marked.append(replace(step, standing="later") if later else step)
    return tuple(marked)


def _wants_figures(season: SeasonView) -> bool:
    return bool(season.scheme.components or season.scheme.adjustments)

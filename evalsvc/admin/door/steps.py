"""What a season or a round waits for next, read off its state: the checklist of the office."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from evalsvc.domain.concluding.standing import SeasonStanding
from evalsvc.domain.office_days import office_day
from evalsvc.domain.seasons import RoundView, SeasonCard, SeasonView

# "running": under way, and nobody need do anything before its deadline.
Standing = Literal["done", "next", "running", "later"]

MANAGERS = frozenset({"manager"})
ISSUERS = frozenset({"manager", "distributor"})
CUSTODIANS = frozenset({"custodian"})
# Who may agree to what another has proposed.
SECOND = frozenset({"auditor"})
STATES = ("proposed", "shown", "final", "archived")


@dataclass(frozen=True)
class ChecklistLine:
    """One line of a checklist: what, whose, and the page where it is done."""

    code: str
    standing: Standing
    roles: frozenset[str]
    round: RoundView | None = None
    at: datetime | None = None
    # By when it is to be done, or the last day of a period.
    due: date | None = None


@dataclass(frozen=True)
class Waiting:
    """A round on the board, or a season beyond its rounds, with the step that it waits for."""

    season: SeasonCard
    round: RoundView | None
    step: ChecklistLine


@dataclass(frozen=True)
class Board:
    """The board in the order in which it is read; every round with a box stands in one place."""

    open: tuple[Waiting, ...]
    late: tuple[Waiting, ...]
    mine: tuple[Waiting, ...]
    rest: tuple[Waiting, ...]


def build_board(
    seasons: Iterable[SeasonCard],
    standings: Mapping[int, SeasonStanding],
    roles: frozenset[str],
    moment: datetime,
) -> Board:
    """Late before mine, mine before open: what needs somebody comes out of the crowd."""
    listed = tuple(seasons)
    rows = [
        Waiting(
            season,
            each,
            _ask_round(standings.get(season.id, SeasonStanding()), find_next_step(each, moment)),
        )
        for season in listed
        for each in season.rounds
        if each.has_box
    ]
    late = tuple(row for row in rows if row.round and is_late(row.round, moment))
    running = tuple(
        row for row in rows if row.round and row.round.state == "open" and row not in late
    )
    waiting = [row for row in rows if row not in late + running and row.step.code != "result"]
    waiting += _list_beyond(listed, standings, moment)
    # What waits for a second person stands above, with the buttons to agree or to refuse.
    mine = tuple(
        row for row in waiting if row.step.roles != SECOND and not row.step.roles.isdisjoint(roles)
    )
    rest = tuple(row for row in rows if row not in late + running + mine)
    return Board(running, late, mine, rest)


def _list_beyond(
    seasons: Iterable[SeasonCard], standings: Mapping[int, SeasonStanding], moment: datetime
) -> Iterator[Waiting]:
    """What seasons wait for beside their rounds: several things may be due at once."""
    for season in seasons:
        standing = standings.get(season.id, SeasonStanding())
        steps = list_first_steps(season, standing) + list_last_steps(season, standing, moment)
        for step in steps:
            if step.standing == "next":
                yield Waiting(season, None, step)


def is_late(found: RoundView, moment: datetime) -> bool:
    """Past its deadline and nobody has closed it; or issued, and it should have ended already."""
    waits = found.state in {"issued", "open"}
    return waits and found.deadline is not None and found.deadline <= moment


def find_next_step(found: RoundView, moment: datetime) -> ChecklistLine:
    """The step that a round waits for; for a counted one, the result."""
    for step in list_round_steps(found, moment):
        if step.standing != "done":
            return step
    return ChecklistLine("result", "next", MANAGERS, found)


def list_round_steps(found: RoundView, moment: datetime) -> tuple[ChecklistLine, ...]:
    """A round's way from its keys to the count."""
    running = found.state == "open" and not is_late(found, moment)
    return _only_one_next(
        (
            _build("keys", CUSTODIANS, found, found.has_keys),
            _build("rehearsal", CUSTODIANS, found, found.rehearsed_at),
            _build("invitations", ISSUERS, found, found.state != "preparing"),
            _build("opening", MANAGERS, found, found.opened_at),
            ChecklistLine("closing", "running", MANAGERS, found)
            if running
            else _build("closing", MANAGERS, found, found.closed_at),
            _build("box", CUSTODIANS, found, found.counted_at),
        )
    )


def list_season_steps(
    season: SeasonView, standing: SeasonStanding, moment: datetime
) -> tuple[ChecklistLine, ...]:
    """A season's whole way from its scheme to the destroyed keys, its rounds in between."""
    card = SeasonCard(
        season.id,
        season.title,
        season.office,
        season.contact,
        season.scheme.title,
        season.rounds,
        season.scheme,
    )
    in_rounds = _only_one_next(
        (
            _build("scheme", MANAGERS, None, True),
            list_first_steps(card, standing)[0],
            *(
                _ask_round(standing, step)
                for each in season.rounds
                for step in _list_steps_of(season, each, moment)
            ),
        )
    )
    figures = list_first_steps(card, standing)[1:]
    return (*in_rounds, *figures, *list_last_steps(card, standing, moment))


def list_first_steps(season: SeasonCard, standing: SeasonStanding) -> tuple[ChecklistLine, ...]:
    """The roster; and the figures, which need not wait for any box."""
    roster = _build("roster", MANAGERS, None, standing.has_units)
    scheme = season.scheme
    wanted = scheme is not None and bool(scheme.components or scheme.adjustments)
    figures = _build("figures", MANAGERS, None, standing.has_figures or not wanted)
    if not standing.has_units and figures.standing == "next":
        figures = replace(figures, standing="later")
    return (roster, figures)


def list_last_steps(
    season: SeasonCard, standing: SeasonStanding, moment: datetime
) -> tuple[ChecklistLine, ...]:
    """From the result to the destroyed keys. Nothing is forgotten once the boxes are open."""
    boxes = [each for each in season.rounds if each.has_box]
    counted = [each.counted_at for each in boxes if each.counted_at]
    begun = (
        len(counted) == len(boxes) and standing.has_units and (bool(boxes) or standing.has_figures)
    )
    shown, computed = standing.shown, standing.computed_at
    # A computation from before the last box was opened lacks that box's answers.
    is_whole = computed is not None and all(at <= computed for at in counted)
    state = STATES.index(shown.state) if shown else -1
    steps = _only_one_next(
        (
            ChecklistLine(
                "result", "done" if is_whole and begun else "next", MANAGERS, at=computed
            ),
            _build("proposal", MANAGERS, None, state >= 0),
            _ask(standing, "begin_publicity", _build("publicity", MANAGERS, None, state >= 1)),
            _build_reviews(standing, office_day(moment)),
            _ask(standing, "make_final", _build("final", MANAGERS, None, state >= 2)),
            _ask(standing, "archive_result", _build("archive", MANAGERS, None, state >= 3)),
            *((_ask(standing, "destroy_keys", _build_destruction(boxes)),) if boxes else ()),
        )
    )
    return steps if begun else tuple(_put_off(step) for step in steps)


def _put_off(step: ChecklistLine) -> ChecklistLine:
    return replace(step, standing="later") if step.standing in ("next", "running") else step


def _ask(standing: SeasonStanding, kind: str, step: ChecklistLine) -> ChecklistLine:
    """Proposed by one, it waits for another: on whose board, the act itself says."""
    return replace(step, roles=SECOND) if standing.is_asked(kind) else step


def _ask_round(standing: SeasonStanding, step: ChecklistLine) -> ChecklistLine:
    """Whoever has proposed to begin a round has done their part."""
    asked = step.round is not None and ("open_round", step.round.id) in standing.asked
    return replace(step, roles=SECOND) if asked and step.code == "opening" else step


def _build_reviews(standing: SeasonStanding, today: date) -> ChecklistLine:
    """Running until both periods are over; due while a unit waits for its answer."""
    shown = standing.shown
    if shown is None or shown.state == "proposed":
        return ChecklistLine("reviews", "next", MANAGERS)
    if standing.reviews:
        return ChecklistLine("reviews", "next", MANAGERS, due=standing.answer_until)
    if shown.state == "shown" and today <= shown.waits_until():
        return ChecklistLine("reviews", "running", MANAGERS, due=shown.waits_until())
    return ChecklistLine("reviews", "done", MANAGERS)


def _build_destruction(boxes: Iterable[RoundView]) -> ChecklistLine:
    gone = [each.destroyed_at for each in boxes]
    return _build("destruction", CUSTODIANS | MANAGERS, None, all(gone))


def _list_steps_of(
    season: SeasonView, found: RoundView, moment: datetime
) -> tuple[ChecklistLine, ...]:
    """From the keys to the count; without questionnaires only what is entered, if anything is."""
    if found.has_box:
        return list_round_steps(found, moment)
    if not any(each.round == found.code for each in season.scheme.components):
        return ()
    return (_build("entries", MANAGERS, found, found.code in season.entered_rounds),)


def _build(
    code: str, roles: frozenset[str], found: RoundView | None, done: datetime | bool | None
) -> ChecklistLine:
    at = done if isinstance(done, datetime) else None
    return ChecklistLine(code, "done" if done else "next", roles, found, at)


def _only_one_next(steps: Iterable[ChecklistLine]) -> tuple[ChecklistLine, ...]:
    """The first step that is not done is the next one; what comes after it is for later."""
    marked: list[ChecklistLine] = []
    for step in steps:
        waits = any(each.standing != "done" for each in marked)
        later = waits and step.standing != "done"
        marked.append(replace(step, standing="later") if later else step)
    return tuple(marked)

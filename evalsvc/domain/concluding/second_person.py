"""Publishing, finality, archive and destruction: proposed by one, done when another agrees."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import cast

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archiving, publishing
from evalsvc.domain.concluding.periods import Audience, Extent, Period
from evalsvc.domain.people import approvals
from evalsvc.domain.people.approvals import ApprovalView
from evalsvc.domain.sealing import custody
from evalsvc.domain.seasons import get_round
from evalsvc.errors import ACT_REFUSED
from evalsvc.settings import Settings
from evalsvc.text import Text

_PROPOSED = Text("已经有人提出，等第二人决定", "it has been proposed; a second person decides")
_AGREED = Text(
    "两人已经同意过，还没有办成；请先撤回那一项，再提出",
    "two people have agreed, and it is not done yet; please withdraw that first",
)
# What is done about a season's result; the fourth is done about a round.
KINDS = frozenset({"begin_publicity", "make_final", "archive_result"})


def begin_publicity(
    act: Act, settings: Settings, season_id: int, version: int, period: Period
) -> None:
    """What is wrong with a period is said to whoever enters it, not to the second person."""
    publishing.check_publicity(act, season_id, version, period)
    if settings.small_office:
        publishing.begin_publicity(act, settings, season_id, version, period)
        return
    said = {name: str(value) for name, value in asdict(period).items()}
    _propose(act, settings, "begin_publicity", season_id, None, {"version": str(version), **said})


def make_final(act: Act, settings: Settings, season_id: int, version: int) -> None:
    publishing.check_final(act, season_id, version)
    if settings.small_office:
        publishing.make_final(act, settings, season_id, version)
        return
    _propose(act, settings, "make_final", season_id, None, {"version": str(version)})


def propose_archive(act: Act, settings: Settings, season_id: int, version: int) -> None:
    """Archiving takes a worker's minutes: in a small office it is begun, not proposed."""
    archiving.check_archivable(act, season_id, version)
    _propose(act, settings, "archive_result", season_id, None, {"version": str(version)})


def destroy_keys(act: Act, settings: Settings, round_id: int) -> bool:
    """Whether they are destroyed now; else a second person has been asked."""
    found = get_round(act.database, round_id)
    if settings.small_office or found.destroyed_at is not None:
        custody.destroy_keys(act, settings, round_id)
        return True
    _propose(act, settings, "destroy_keys", found.season_id, round_id, {})
    return False


def do_agreed(act: Act, settings: Settings, found: ApprovalView) -> None:
    """Do what was proposed, as it was proposed. An archive is begun by whoever starts workers."""
    match found.kind:
        case "begin_publicity":
            version, period = read_version(found), _read_period(found.detail)
            publishing.begin_publicity(act, settings, found.season_id, version, period, found.id)
        case "make_final":
            version = read_version(found)
            publishing.make_final(act, settings, found.season_id, version, found.id)
        case "destroy_keys" if found.round_id is not None:
            custody.destroy_keys(act, settings, found.round_id, found.id)
        case _:
            raise LookupError(found.kind)


def read_version(found: ApprovalView) -> int:
    """The version that somebody agreed to."""
    return int(found.detail["version"])


def _propose(
    act: Act,
    settings: Settings,
    kind: str,
    season_id: int,
    round_id: int | None,
    detail: Mapping[str, str],
) -> None:
    waiting = approvals.list_waiting(act.database, season_id=season_id)
    for each in waiting:
        if each.kind == kind and each.round_id == round_id:
            raise ACT_REFUSED.because(_AGREED if each.state == "approved" else _PROPOSED)
    approvals.propose(act, settings, kind, season_id, round_id, "", detail)


def _read_period(detail: Mapping[str, str]) -> Period:
    return Period(
        date.fromisoformat(detail["first_day"]),
        date.fromisoformat(detail["last_day"]),
        cast(Audience, detail["audience"]),
        cast(Extent, detail["extent"]),
    )

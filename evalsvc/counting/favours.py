"""Favours tested while a round is opened: the one moment at which it is known who rated whom."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.examining.diagnostics import list_residuals
from analysis.examining.favours import Favour, list_favours
from analysis.score.facts import Answer, Ballot, Facts, Unit
from evalsvc.scheme.model import Group, Scheme

_SEED_LABEL = b"favours "


@dataclass(frozen=True)
class PlacedUnit:
    """A unit of the roster as its category and its cluster, if it has one, place it."""

    code: str
    category: str
    cluster: str = ""


@dataclass(frozen=True)
class HomeBallot:
    """A valid ballot beside the unit that it comes from; it never leaves memory."""

    group: str
    home: str
    answers: tuple[Answer, ...]


def build_favours(
    scheme: Scheme,
    round_code: str,
    round_uid: str,
    units: Sequence[PlacedUnit],
    ballots: Sequence[HomeBallot],
) -> tuple[Favour, ...]:
    """The tests of every relation that is large enough; the same whenever a box is opened again.

    Groups whose raters rate listed units, or in roles, are not tested: not everybody rates
    everybody there.
    """
    tested = {group.code for group in scheme.groups if not _is_partial(group)}
    # In an order of their own: permutations begin here, and a box that is opened again must give
    # the same numbers, whatever order its ballots come in.
    known = sorted(
        (one for one in ballots if one.home and one.group in tested),
        key=lambda one: (one.group, one.home, one.answers),
    )
    if not known:
        return ()
    # Of a unit with several raters each has a ballot: a number tells them apart.
    raters = [(one.group, f"{one.home} {place}") for place, one in enumerate(known)]
    facts = Facts(
        # Codes in place of names: nothing that is worked out here needs to know more.
        units=tuple(Unit(unit.code, unit.code, unit.category) for unit in units),
        ballots=tuple(
            Ballot(round_code, group, rater, rater, one.answers)
            for (group, rater), one in zip(raters, known, strict=True)
        ),
        own_units={key: one.home for key, one in zip(raters, known, strict=True)},
    )
    clusters = {unit.code: unit.cluster for unit in units}
    tables = list_residuals(scheme.score, facts, round_code)
    return list_favours(tables, facts, clusters, _seed(round_uid))


def _is_partial(group: Group) -> bool:
    return any(sight.relation == "listed" or sight.roles for sight in group.sights)


def _seed(round_uid: str) -> int:
    # From the round's name, so that nobody draws until a
    # number suits, and a second opening draws the same.
    return int.from_bytes(hashlib.sha256(_SEED_LABEL + round_uid.encode()).digest()[:8])

"""The paper in front of a rater: which questionnaire, about which units."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from evalsvc.domain.seasons import read_scheme
from evalsvc.models.box import Ballot, Credential, DealtForm, Invite
from evalsvc.models.roster import Rater, Relation, Unit
from evalsvc.models.season import Round, Season
from evalsvc.scheme.model import Category, Group, Questionnaire, Scheme, Sight, Text


@dataclass(frozen=True)
class PaperUnit:
    """A unit as a rater sees it."""

    code: str
    name: str
    category: str
    work: str


@dataclass(frozen=True)
class Paper:
    """One rater's questionnaire with everything the page says around it."""

    season_title: str
    office: str
    contact: str
    round_name: Text
    deadline: datetime | None
    group: Group
    questionnaire: Questionnaire
    categories: tuple[Category, ...]
    units: tuple[PaperUnit, ...]
    addressee: str
    times_cast: int
    # Papers of one sort differ in their units alone.
    sort: str = ""

    @property
    def may_leave_out(self) -> bool:
        """Whether raters may leave units out, so that proportions have another base."""
        manner = self.questionnaire.manner
        return manner is not None and (manner.recusal or manner.dealt_with)


@dataclass(frozen=True)
class Deal:
    """What a paper asks about whom: it can't change while its round takes answers."""

    group: Group
    round_name: Text
    questionnaire: Questionnaire
    categories: tuple[Category, ...]
    units: tuple[PaperUnit, ...]


# A joined row has no class of its own.
_Head: TypeAlias = Any

# Built once: putting a statement together costs more than running it.
_HEAD = (
    select(
        Credential.key,
        Credential.group,
        Credential.form,
        Credential.void,
        Round.uid,
        Round.state,
        Round.deadline,
        Season.title,
        Season.office,
        Season.contact,
        Rater.code.label("rater"),
        Rater.name.label("addressee"),
        select(func.count())
        .where(Ballot.credential == Credential.key)
        .scalar_subquery()
        .label("times_cast"),
    )
    .join(Round, Round.id == Credential.round_id)
    .join(Season, Season.id == Round.season_id)
    .outerjoin(Invite, Invite.credential == Credential.key)
    .outerjoin(Rater, Rater.id == Invite.rater_id)
    .where(Credential.key == bindparam("key"), Round.id == bindparam("round"))
)
# By round, group, dealt form and rater; emptied when it is full. A roster can't change while a
# round is issued or open, nor a scheme once it has opened, so nothing here grows stale.
_deals: dict[tuple[str, str, int, str], Deal] = {}
_MOST_DEALS = 2000


def find_head(connection: Connection, key: bytes, round_id: int) -> _Head | None:
    """A place on the roll with its round, season and holder, in one question to the database."""
    return connection.execute(_HEAD, {"key": key, "round": round_id}).one_or_none()


def build_paper(connection: Connection, round_id: int, head: _Head) -> Paper:
    """The paper that belongs to a place on the roll of an open round."""
    deal = _find_deal(connection, round_id, head)
    return Paper(
        season_title=head.title,
        office=head.office,
        contact=head.contact,
        round_name=deal.round_name,
        deadline=head.deadline,
        group=deal.group,
        questionnaire=deal.questionnaire,
        categories=deal.categories,
        units=deal.units,
        addressee=head.addressee or "",
        times_cast=head.times_cast,
        sort=f"{head.uid} {head.group}",
    )


def _find_deal(connection: Connection, round_id: int, head: _Head) -> Deal:
    key = (head.uid, head.group, head.form, head.rater or "")
    if key not in _deals:
        if len(_deals) >= _MOST_DEALS:
            _deals.clear()
        with Session(connection) as session:
            _deals[key] = _deal(session, round_id, head.key)
    return _deals[key]


def _deal(session: Session, round_id: int, key: bytes) -> Deal:
    round_row = session.get_one(Round, round_id)
    credential = session.get_one(Credential, key)
    scheme = read_scheme(round_row.season.scheme)
    group = scheme.get_group(credential.group)
    rater = find_rater(session, credential)
    units = list_paper_units(session, round_row, scheme, group, credential, rater)
    shown = {unit.category for unit in units}
    return Deal(
        group,
        scheme.get_round(round_row.code).name,
        scheme.get_questionnaire(group.code),
        tuple(one for one in scheme.categories if one.code in shown),
        units,
    )


def shuffle_units(units: Sequence[PaperUnit], root: bytes) -> tuple[PaperUnit, ...]:
    """An order of the rater's own inside each category, the same whenever the paper is shown.

    Who stands first is looked at longest; spread over raters, that favours nobody.
    """
    categories = list(dict.fromkeys(unit.category for unit in units))
    return tuple(
        sorted(
            units,
            key=lambda unit: (
                categories.index(unit.category),
                hmac.digest(root, b"order " + unit.code.encode(), "sha256"),
            ),
        )
    )


def find_rater(session: Session, credential: Credential) -> Rater | None:
    """Who holds a place; None for citizens, of whom nothing is known."""
    return session.scalar(
        select(Rater)
        .join(Invite, Invite.rater_id == Rater.id)
        .where(Invite.credential == credential.key)
    )


def list_paper_units(
    session: Session,
    round_row: Round,
    scheme: Scheme,
    group: Group,
    credential: Credential,
    rater: Rater | None,
) -> tuple[PaperUnit, ...]:
    """The units on a paper, in the official order, category by category."""
    if group.identity == "counts":
        form = session.get(DealtForm, (round_row.id, group.code, credential.form))
        wanted = form.units.split() if form else []
    else:
        wanted = list_rated_units(session, round_row.season_id, group, rater)
    rows = session.scalars(
        select(Unit).where(Unit.season_id == round_row.season_id, Unit.code.in_(wanted))
    ).all()
    order = [category.code for category in scheme.categories]
    rows = sorted(rows, key=lambda unit: (order.index(unit.category), unit.position))
    return tuple(PaperUnit(row.code, row.name, row.category, row.work) for row in rows)


def list_rated_units(
    session: Session, season_id: int, group: Group, rater: Rater | None
) -> list[str]:
    """The codes of the units that a rater of a named or unit group evaluates.

    The own unit is among them only where the scheme asks for a self-rating.
    """
    listed = set(
        session.scalars(
            select(Relation.unit).where(
                Relation.season_id == season_id,
                Relation.group == group.code,
                Relation.rater == (rater.code if rater else ""),
            )
        )
    )
    own = rater.unit if rater else ""
    found: list[str] = []
    for sight in group.sights:
        codes = session.scalars(
            select(Unit.code).where(Unit.season_id == season_id, Unit.category == sight.category)
        )
        found += [code for code in codes if _sees(sight, code, own, listed)]
    return found


def _sees(sight: Sight, unit: str, own: str, listed: set[str]) -> bool:
    if sight.relation == "own":
        return unit == own
    return unit != own and (sight.relation != "listed" or unit in listed)

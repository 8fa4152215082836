"""The paper in front of a rater: which questionnaire, about which units."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.domain.seasons import read_scheme
from evalsvc.models.box import Credential, DealtForm, Invite
from evalsvc.models.roster import Rater, Relation, Unit
from evalsvc.models.season import Round
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

    @property
    def may_leave_out(self) -> bool:
        """Whether raters may leave units out, so that proportions have another base."""
        manner = self.questionnaire.manner
        return manner is not None and (manner.recusal or manner.dealt_with)


def build_paper(
    session: Session, round_row: Round, credential: Credential, times_cast: int
) -> Paper:
    """The paper that belongs to a place on the roll."""
    season = round_row.season
    scheme = read_scheme(season.scheme)
    group = scheme.get_group(credential.group)
    rater = find_rater(session, credential)
    units = list_paper_units(session, round_row, scheme, group, credential, rater)
    shown = {unit.category for unit in units}
    return Paper(
        season_title=season.title,
        office=season.office,
        contact=season.contact,
        round_name=scheme.get_round(round_row.code).name,
        deadline=round_row.deadline,
        group=group,
        questionnaire=scheme.get_questionnaire(group.code),
        categories=tuple(one for one in scheme.categories if one.code in shown),
        units=units,
        addressee=rater.name if rater else "",
        times_cast=times_cast,
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

"""A new season begun from an earlier one: scheme, roster, bodies, liaisons and periods come along.

What the new scheme has no place for stays behind, and is listed line by line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.roster_copy import copy_bound, copy_roster
from evalsvc.domain.people.bodies import list_bodies, list_members, read_bodies
from evalsvc.domain.people.liaisons import list_liaisons, list_unit_names
from evalsvc.domain.preparing.rosters import get_roster
from evalsvc.domain.seasons import get_season_row, read_scheme, write_season
from evalsvc.models.assessment import BodyMember
from evalsvc.models.publication import Liaison, PublicationTerms
from evalsvc.models.season import Season
from evalsvc.scheme.model import Scheme
from evalsvc.text import COMMA, Text, same


@dataclass(frozen=True)
class Inherited:
    """What a new season has of an earlier one, by kind, and what stayed behind, by name."""

    came: tuple[tuple[Text, int], ...]
    left: tuple[tuple[Text, tuple[Text, ...]], ...]


_UNITS = Text("单位", "units")
_RATERS = Text("评价人", "raters")
_RELATIONS = Text("评价关系", "relations")
_SEATS = Text("评议卡的层别", "strata of cards")
_MEMBERS = Text("考核主体经办人", "assessors")
_LIAISONS = Text("单位联络员", "liaisons")


def inherit_season(
    act: Act, title: str, office: str, contact: str, earlier_id: int, scheme_text: str | None
) -> int:
    """Create a season as the earlier one was; without a scheme of its own it gets the other's."""
    with act.writing() as session:
        earlier = get_season_row(session, earlier_id)
        season = write_season(session, act, title, office, contact, scheme_text or earlier.scheme)
        units = copy_roster(session, read_scheme(season), season.id, earlier_id)
        bodies, names = read_bodies(session, season.id), list_unit_names(session, season.id)
        members = copy_bound(session, BodyMember.body, season.id, earlier_id, bodies)
        liaisons = copy_bound(session, Liaison.unit, season.id, earlier_id, names)
        _copy_terms(session, season.id, earlier_id)
        detail = {
            "from": str(earlier_id),
            "units": str(units),
            "members": str(members),
            "liaisons": str(liaisons),
        }
        act.tell(session, Verb.INHERIT_SEASON, about_season(season.id), detail)
        return season.id


def list_seasons_to_inherit(database: Database) -> tuple[tuple[int, str], ...]:
    """Every season that there is, newest first."""
    with database.reading() as session:
        rows = session.execute(select(Season.id, Season.title).order_by(Season.id.desc()))
        return tuple((row.id, row.title) for row in rows)


def compare_inherited(database: Database, season_id: int, earlier_id: int) -> Inherited:
    """What of the earlier season the new one has, and what it lacks, as both stand today."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, earlier_id))
        get_season_row(session, season_id)
    old = _list_lines(database, earlier_id, scheme)
    new = _list_lines(database, season_id, scheme)
    came = tuple((kind, len(old[kind].keys() & new[kind].keys())) for kind in old)
    left = (
        (kind, tuple(name for key, name in lines.items() if key not in new[kind]))
        for kind, lines in old.items()
    )
    return Inherited(came, tuple((kind, names) for kind, names in left if names))


def _copy_terms(session: Session, season_id: int, earlier_id: int) -> None:
    row = session.get(PublicationTerms, earlier_id)
    if row is not None:
        session.add(
            PublicationTerms(
                season_id=season_id,
                shown_least=row.shown_least,
                shown_most=row.shown_most,
                review_days=row.review_days,
                answer_days=row.answer_days,
            )
        )


def _list_lines(
    database: Database, season_id: int, scheme: Scheme
) -> Mapping[Text, Mapping[object, Text]]:
    """Each line of a season by kind, under what makes it the same in another."""
    roster = get_roster(database, season_id)
    groups = {group.code: group.name for group in scheme.groups}
    bodies = list_bodies(database, season_id)
    units = {unit.code: same(unit.name) for unit in roster.units}

    def name_group(code: str) -> Text:
        return groups.get(code, same(code))

    return {
        _UNITS: {code: name for code, name in units.items()},  # noqa: C416  (keys of any kind)
        _RATERS: {
            (each.group, each.code): name_group(each.group) + COMMA + same(each.name)
            for each in roster.raters
        },
        _RELATIONS: {
            (each.group, each.rater, each.unit): COMMA.join(
                (name_group(each.group), each.rater, units.get(each.unit, same(each.unit)))
            )
            for each in roster.relations
        },
        _SEATS: {
            (each.group, each.stratum): name_group(each.group) + same(f" {each.stratum}".rstrip())
            for each in roster.seats
        },
        _MEMBERS: {
            (each.login, each.code): COMMA.join((each.name, bodies.get(each.code, each.code)))
            for each in list_members(database, season_id)
        },
        _LIAISONS: {
            (each.login, each.code): COMMA.join((each.name, units.get(each.code, each.code)))
            for each in list_liaisons(database, season_id)
        },
    }

"""Assessing bodies and who works for them: the scheme's bodies, units that lead, two desks."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.people.bindings import (
    Binding,
    add_binding,
    drop_binding,
    get_staff_with,
    list_bindings,
    list_own_codes,
    require_binding,
)
from evalsvc.domain.people.liaisons import list_unit_names
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ENTRY_REFUSED
from evalsvc.models.assessment import BodyMember
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

# Two levels of 四级联审 are people, not bodies: whoever enters their word has a desk.
DESKS: Mapping[str, Text] = {
    "leader": Text("分管领导", "leader in charge"),
    "leading_group": Text("领导小组", "leading group"),
}


def list_bodies(database: Database, season_id: int) -> Mapping[str, Text]:
    """All that somebody may work for, with their names."""
    with database.reading() as session:
        return read_bodies(session, season_id)


def read_bodies(session: Session, season_id: int) -> dict[str, Text]:
    scheme = read_scheme(get_season_row(session, season_id))
    units = list_unit_names(session, season_id)
    return {
        **{code: Text(name, name) for code, name in units.items()},
        **{body.code: body.name for body in scheme.bodies},
        **DESKS,
    }


def bind_member(act: Act, season_id: int, login: str, body: str) -> None:
    """Let a colleague with the role work for a body; twice is no different."""
    with act.writing() as session:
        staff = get_staff_with(session, login, "assessor", Text("考核主体经办人", "assessor"))
        if body not in read_bodies(session, season_id):
            raise ENTRY_REFUSED.because(Text("没有这个考核主体", "there is no such body"))
        if add_binding(session, BodyMember.body, season_id, staff.id, body):
            detail = {"login": login, "body": body}
            act.tell(session, Verb.BIND_MEMBER, about_season(season_id), detail)


def unbind_member(act: Act, season_id: int, login: str, body: str) -> None:
    """Let a colleague no longer work for a body; what they handed in stays."""
    with act.writing() as session:
        if drop_binding(session, BodyMember.body, season_id, login, body):
            detail = {"login": login, "body": body}
            act.tell(session, Verb.UNBIND_MEMBER, about_season(season_id), detail)


def list_members(database: Database, season_id: int) -> tuple[Binding, ...]:
    """All bindings of a season, by body."""
    return list_bindings(database, BodyMember.body, season_id)


def list_own_bodies(database: Database, season_id: int, actor: Actor) -> frozenset[str]:
    """The bodies that a colleague works for."""
    with database.reading() as session:
        return list_own_codes(session, BodyMember.body, season_id, actor)


def require_member(session: Session, season_id: int, body: str, actor: Actor) -> None:
    """Refuse somebody who does not work for this body."""
    what = Text("这个考核主体", "this assessing body")
    require_binding(session, BodyMember.body, season_id, body, actor, what)


def list_asked(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """Round and body of every sheet that the scheme asks for, in its order."""
    return tuple(dict.fromkeys((each.round, each.body) for each in scheme.components if each.body))

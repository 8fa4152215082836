"""The paper in front of a rater: which questionnaire, about which units."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from evalsvc.ballots.lengths import Lengths, join_lengths, measure_paper
from evalsvc.ballots.paper import Paper
from evalsvc.ballots.rated import pick_rated_units
from evalsvc.box.tray import TrayKey
from evalsvc.domain.seasons import read_scheme
from evalsvc.domain.voting.beside import Shown, list_frozen, pick_beside
from evalsvc.domain.voting.drafts import FIRST_TURNS, HAS_FIRST_DRAFT, name_first_drafts
from evalsvc.domain.voting.tray import (
    FIRST_PLACES,
    HAS_SECOND,
    IN_BOX,
    count_first,
    list_all_earlier,
    name_first_tags,
)
from evalsvc.domain.voting.tray_keys import list_tray_keys
from evalsvc.domain.voting.visit import Visit
from evalsvc.models.anchor import PublishedAnchor
from evalsvc.models.box import Credential, DealtForm, Invite
from evalsvc.models.roster import Rater, Relation, Unit
from evalsvc.models.season import Round, Season
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Category, Evaluated, Group, Scheme
from evalsvc.scheme.shown import find_shown_from
from evalsvc.text import Text


@dataclass(frozen=True)
class Deal:
    """What a paper asks about whom: it can't change while its round takes answers."""

    group: Group
    round_name: Text
    questionnaire: Questionnaire
    categories: tuple[Category, ...]
    units: tuple[PaperUnit, ...]
    lengths: Lengths
    public_from: tuple[Text, ...] = ()
    evaluates: Evaluated = "units"


@dataclass(frozen=True)
class _Roll:
    """What all papers of an open round have in common."""

    season_id: int
    scheme: Scheme
    round_code: str
    round_name: Text
    units: tuple[PaperUnit, ...]
    shown: Shown
    lengths: tuple[Lengths, ...]
    # The groups of which it depends on the roster's relations whom a rater sees.
    listed: frozenset[str]


# A joined row has no class of its own.
_Head: TypeAlias = Any


@dataclass(frozen=True)
class FoundPlace:
    """A place on the roll as a request finds it: its row, its ballots so far, the tray's keys."""

    head: _Head
    times_cast: int
    tray_keys: tuple[TrayKey, ...] = field(repr=False)
    asked: Mapping[str, Any] = field(repr=False)


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
        Round.public_key,
        Season.title,
        Season.office,
        Season.contact,
        Rater.code.label("rater"),
        Rater.name.label("addressee"),
        Rater.unit.label("own"),
        IN_BOX,
        *FIRST_PLACES,
        HAS_SECOND,
        HAS_FIRST_DRAFT,
        select(func.max(PublishedAnchor.number))
        .where(PublishedAnchor.round_id == Round.id)
        .scalar_subquery()
        .label("newest_anchor"),
    )
    .join(Round, Round.id == Credential.round_id)
    .join(Season, Season.id == Round.season_id)
    # A panel's place has no invitation, and so no holder: nobody is named on its paper.
    .outerjoin(Invite, Invite.credential == Credential.key)
    .outerjoin(Rater, Rater.id == Invite.rater_id)
    .where(Credential.key == bindparam("key"), Round.id == bindparam("round"))
)
_FORM = select(DealtForm.units).where(
    DealtForm.round_id == bindparam("round"),
    DealtForm.group == bindparam("group"),
    DealtForm.form == bindparam("form"),
)
_LISTED = select(Relation.unit).where(
    Relation.season_id == bindparam("season"),
    Relation.group == bindparam("group"),
    Relation.rater == bindparam("rater"),
)
# By round, group, dealt form, own unit, and the rater where relations are listed one by one;
# emptied when it is full. A roster can't change while a round is issued or open, nor a scheme
# once it has opened, so nothing here grows stale.
_DealName: TypeAlias = tuple[str, str, int, str, str]
_deals: dict[_DealName, Deal] = {}
_MOST_DEALS = 2000
# Rounds' names by their numbers. Another database may number its rounds alike, so none is believed.
_uids: dict[int, str] = {}
_MOST_UIDS = 1000


def find_head(
    connection: Connection, folder: Path, visit: Visit, uid: str = ""
) -> FoundPlace | None:
    """A place on the roll with its round, season and holder, and how often it has cast.

    In one question to the database, once it is known whose keys in the folder the round's are.
    """
    uid = uid or _guess_uid(visit.round_id)
    keys = list_tray_keys(folder, uid)  # before the question: what leaves the tray lies in the box
    credential = visit.voter.credential
    tags = name_first_tags(keys, credential)
    asked = {"key": credential, "round": visit.round_id, **name_first_drafts(visit), **tags}
    head = connection.execute(_HEAD, asked).one_or_none()
    if head is None:
        return None
    # Guessed for another round, from another database, the keys
    # and tags were wrong: asked once more under the true name.
    if head.uid != uid:
        _note_uid(visit.round_id, head.uid)
        return find_head(connection, folder, visit, head.uid)
    times_cast = count_first(keys, tags, head)
    # Somebody casts a third time, or twice within a batch: only they pay for the longer question.
    if times_cast is None:
        times_cast = len(list_all_earlier(connection, keys, credential))
    return FoundPlace(head, times_cast, tuple(keys), asked)


def _guess_uid(round_id: int) -> str:
    """A round's name as far as this process knows it; whoever asks for it looks whether it is."""
    return _uids.get(round_id, "")


def build_paper(connection: Connection, visit: Visit, found: FoundPlace) -> Paper:
    """The paper that belongs to a place on the roll of an open round."""
    head, times_cast = found.head, found.times_cast
    name, deal = _find_deal(connection, visit.round_id, head)
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
        lengths=deal.lengths,
        addressee=head.addressee or "",
        times_cast=times_cast,
        sort=f"{head.uid} {head.group}",
        deal=name,
        may_have_draft=head.has_draft or times_cast >= FIRST_TURNS,
        newest_anchor=head.newest_anchor,
        round_uid=head.uid,
        public_key=head.public_key,
        tray_keys=found.tray_keys,
        asked=found.asked,
        public_from=deal.public_from,
        evaluates=deal.evaluates,
    )


def _note_uid(round_id: int, uid: str) -> None:
    if len(_uids) >= _MOST_UIDS:
        _uids.clear()
    _uids[round_id] = uid


def _find_deal(connection: Connection, round_id: int, head: _Head) -> tuple[_DealName, Deal]:
    roll = _find_roll(connection, round_id, head.uid)
    # Only where relations decide is the rater part of the
    # name: elsewhere raters of one unit share a paper.
    rater = head.rater or "" if head.group in roll.listed else ""
    key = (head.uid, head.group, head.form, head.own or "", rater)
    if key not in _deals:
        # Emptied whole: which entries are old would have to be
        # kept beside them, and to fill it anew costs little.
        if len(_deals) >= _MOST_DEALS:
            _deals.clear()
        _deals[key] = _deal(connection, round_id, head, roll)
    return key, _deals[key]


def _deal(connection: Connection, round_id: int, head: _Head, roll: _Roll) -> Deal:
    group = roll.scheme.get_group(head.group)
    if group.identity == "counts":
        found = connection.execute(
            _FORM, {"round": round_id, "group": group.code, "form": head.form}
        ).scalar_one_or_none()
        wanted = frozenset((found or "").split())
    else:
        asked = {"season": roll.season_id, "group": group.code, "rater": head.rater or ""}
        relations = (
            connection.execute(_LISTED, asked).scalars() if group.code in roll.listed else ()
        )
        places = [(unit.code, unit.category) for unit in roll.units]
        wanted = frozenset(pick_rated_units(group, places, head.own or "", set(relations)))
    questionnaire = roll.scheme.get_questionnaire(group.code)
    units = put_beside(
        [unit for unit in roll.units if unit.code in wanted], roll.shown, questionnaire, roll.scheme
    )
    # A category without a unit on this paper has no section.
    shown = {unit.category for unit in units}
    # Its own length, and that of the longest paper of the round:
    # drafts and rows of the tray are as long for all (decision 0019).
    own = measure_paper(questionnaire, [(unit.code, unit.category) for unit in units])
    return Deal(
        group,
        roll.round_name,
        questionnaire,
        tuple(one for one in roll.scheme.categories if one.code in shown),
        units,
        join_lengths(own, roll.lengths),
        list_public_from(roll.scheme, group, roll.round_code, sorted(shown)),
        roll.scheme.evaluates,
    )


def list_public_from(
    scheme: Scheme, group: Group, round_code: str, categories: Sequence[str]
) -> tuple[Text, ...]:
    """What the figures are called from which on a group's answers are public."""
    found = (
        scheme.node_names[node]
        for category in categories
        for node in find_shown_from(scheme, category, group.code, round_code)
    )
    return tuple(dict.fromkeys(found))


_rolls: dict[str, _Roll] = {}


def _find_roll(connection: Connection, round_id: int, uid: str) -> _Roll:
    if uid not in _rolls:
        with Session(connection) as session:
            row = session.get_one(Round, round_id)
            scheme = read_scheme(row.season)
            units = _list_units(session, row.season_id, scheme)
            name = scheme.get_round(row.code).name
            shown = list_frozen(connection, round_id)
            lengths = tuple(_list_lengths(scheme, row.code, units))
            listed = frozenset(
                group.code
                for group in scheme.groups
                if any(sight.relation == "listed" for sight in group.sights)
            )
            _rolls[uid] = _Roll(
                row.season_id, scheme, row.code, name, units, shown, lengths, listed
            )
    return _rolls[uid]


def _list_lengths(scheme: Scheme, code: str, units: Sequence[PaperUnit]) -> Iterator[Lengths]:
    """Of the longest paper of each group: one about all units that its raters can see."""
    for group in scheme.list_groups(code):
        seen = {sight.category for sight in group.sights}
        # Bodies enter figures and cast no ballots.
        if group.identity != "entries":
            places = [(unit.code, unit.category) for unit in units if unit.category in seen]
            yield measure_paper(scheme.get_questionnaire(group.code), places)


def _list_units(session: Session, season_id: int, scheme: Scheme) -> tuple[PaperUnit, ...]:
    """All units in the official order, category by category."""
    order = [category.code for category in scheme.categories]
    rows = session.scalars(select(Unit).where(Unit.season_id == season_id)).all()
    rows = sorted(rows, key=lambda unit: (order.index(unit.category), unit.position))
    return tuple(PaperUnit(row.code, row.name, row.category, row.work) for row in rows)


def put_beside(
    units: Sequence[PaperUnit], shown: Shown, questionnaire: Questionnaire, scheme: Scheme
) -> tuple[PaperUnit, ...]:
    """The units with what this questionnaire shows beside their names."""
    components = scheme.components
    return tuple(
        replace(unit, beside=pick_beside(shown, unit.code, questionnaire, components))
        for unit in units
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
                # From the visit's root: the same whenever the paper is shown, kept nowhere, and
                # nobody without the card can work it out.
                hmac.digest(root, b"order " + unit.code.encode(), "sha256"),
            ),
        )
    )


def list_rated_units(
    session: Session, season_id: int, group: Group, rater: Rater | None
) -> list[str]:
    """The codes of the units that a rater of a named or unit group evaluates."""
    code, own = (rater.code, rater.unit) if rater else ("", "")
    asked = {"season": season_id, "group": group.code, "rater": code}
    listed = set(session.execute(_LISTED, asked).scalars())
    places = session.execute(
        select(Unit.code, Unit.category).where(Unit.season_id == season_id)
    ).all()
    return pick_rated_units(group, [(one.code, one.category) for one in places], own, listed)

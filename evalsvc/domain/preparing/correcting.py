"""Figures corrected in place: the office's own, and, with a reason, what somebody else handed in.

What others own no import changes. Changing it is an act of its own, one figure at a time: under the
office's name, kept beside what was handed in, told to the owner and with the result.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.body_sheets import NOT_CARRIED, list_season_units
from evalsvc.domain.assessing.counted import Key, Written, read_counted, write_counted
from evalsvc.domain.assessing.figure_trail import note_changes
from evalsvc.domain.assessing.forbidden import list_forbidden
from evalsvc.domain.assessing.owners import LEADS, read_owners
from evalsvc.domain.preparing.figures import Figures
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.models.assessment import BodySheet
from evalsvc.models.roster import Unit
from evalsvc.text import Text

LONGEST_REASON = 1_000
_CHANGED = Text(
    "%(unit)s“%(name)s”刚被别人改过，请看过现在的数再改",
    "%(unit)s, %(name)s: somebody has just changed this figure; please look at it as it is now",
)
_OWNED = Text(
    "%(unit)s“%(name)s”由%(owner)s报，请到这个数自己的页面，写明理由再改",
    "%(unit)s, %(name)s is entered by %(owner)s; please change it on its own page, with a reason",
)
_FORBIDDEN = Text("%(unit)s“%(name)s”：%(why)s", "%(unit)s, %(name)s: %(why)s")
_NOT_HANDED_IN = Text(
    "%(owner)s还没有报这个数，不能代它填；请催报",
    "%(owner)s has not handed this figure in, and nobody enters it instead; please ask for it",
)
_WAITING = Text(
    "%(owner)s报来的表还没有采用，请先采用或者退回",
    "the sheet that %(owner)s handed in has not been accepted; please accept it or send it back",
)
_WITH_THE_BODY = Text(
    "这张表已经退回给%(owner)s，由它改好再报",
    "this sheet is back with %(owner)s, which will change it and hand it in again",
)
_NO_REASON = Text(
    "请写明改动的理由，最多 1000 个字", "give the reason for the change, 1000 characters at most"
)

_NO_FIGURE = Text(
    "别人报的数只能改成另一个数，或者“不承担”",
    "a figure that somebody else handed in can be another one, or “not carried”, and not go",
)
_NO_PLACE = Text(
    "没有这个单位，或者它没有这一项，请刷新页面",
    "there is no such unit, or it does not have this component; please reload",
)


def correct_figures(
    act: Act, season_id: int, figures: Figures, seen: Mapping[Key, str | None], reason: str = ""
) -> Written:
    """Put figures of the office right; refused where one is no longer what whoever typed it saw.

    `seen` has the figures that stood there, and no key where none did.
    """
    with act.writing() as session:
        said, gone = _read(figures)
        place = _Place(session, season_id)
        for key in (*said, *gone):
            place.require_unchanged(key, seen)
            if (key[0], key[2]) in place.owners:
                raise ACT_REFUSED.because(place.name(_OWNED, key))
        place.require_allowed(said, gone)
        reason = reason.strip()[:LONGEST_REASON]
        written = write_counted(session, act, season_id, said, "page", gone=gone, reason=reason)
        detail = {"indicators": f"+{written.added} ~{written.changed} -{written.removed}"}
        act.tell(session, Verb.CORRECT_FIGURES, about_season(season_id), detail)
        return written


def overrule_figure(
    act: Act, season_id: int, figures: Figures, seen: Mapping[Key, str | None], why: str
) -> None:
    """Let another figure count than the one that its owner handed in, which stays on its sheet."""
    why = why.strip()
    if not why or len(why) > LONGEST_REASON:
        raise ENTRY_REFUSED.because(_NO_REASON)
    said, gone = _read(figures)
    if gone or len(said) != 1:
        raise ENTRY_REFUSED.because(_NO_FIGURE)
    ((key, value),) = said.items()
    with act.writing() as session:
        place = _Place(session, season_id)
        place.require_unchanged(key, seen)
        place.require_handed_in(key)
        before = place.counted[key]
        if before == value:
            raise ENTRY_REFUSED.because(Text("数没有变", "the figure is the same"))
        place.require_allowed(said, ())
        note_changes(session, season_id, said, why, act.actor.name, act.moment)
        write_counted(session, act, season_id, said, "page", reason=why)
        round_code, unit, component = key
        detail = {
            "round": round_code,
            "unit": unit,
            "component": component,
            "before": NOT_CARRIED if before is None else before,
            "after": NOT_CARRIED if value is None else value,
            "owner": place.owners[round_code, component].zh,
            "reason": why,
        }
        act.tell(session, Verb.OVERRULE_FIGURE, about_season(season_id), detail)


def _read(figures: Figures) -> tuple[dict[Key, str | None], tuple[Key, ...]]:
    said = {(row.round, row.unit, row.component): row.value for row in figures.indicators}
    return said, figures.cleared


class _Place:
    """A season's figures as they stand under the lock, and what may be done to one of them."""

    def __init__(self, session: Session, season_id: int) -> None:
        self.session, self.season_id = session, season_id
        self.scheme = read_scheme(get_season_row(session, season_id))
        self.counted = read_counted(session, season_id)
        self.owners = read_owners(session, season_id)
        self.units = list_season_units(session, season_id)

    def require_unchanged(self, key: Key, seen: Mapping[Key, str | None]) -> None:
        self._require_place(key)
        # Also one that has come or gone meanwhile.
        if (key in self.counted, self.counted.get(key)) != (key in seen, seen.get(key)):
            raise ACT_REFUSED.because(self.name(_CHANGED, key))

    def require_handed_in(self, key: Key) -> None:
        """A figure that its owner still owes, or is changing, is nobody else's to enter."""
        round_code, _, code = key
        owner = self.owners.get((round_code, code))
        if owner is None:
            raise ACT_REFUSED.because(
                Text("这个数是考评办自己的", "this figure is the office's own")
            )
        body = self.scheme.get_component(round_code, code).body
        sheet = self.session.get(BodySheet, (self.season_id, round_code, body))
        if owner is not LEADS and sheet is not None and sheet.state == "handed_in":
            raise ACT_REFUSED.because(_WAITING.filled(owner=owner))
        if key not in self.counted:
            raise ACT_REFUSED.because(_NOT_HANDED_IN.filled(owner=owner))
        if owner is not LEADS and sheet is not None and sheet.state != "accepted":
            raise ACT_REFUSED.because(_WITH_THE_BODY.filled(owner=owner))

    def require_allowed(self, said: Mapping[Key, str | None], gone: tuple[Key, ...]) -> None:
        """What the rules of the score would leave out is refused, also between check and act."""
        stands = {key: value for key, value in self.counted.items() if key not in gone}
        for each in list_forbidden(self.scheme, self.units, {**stands, **said}):
            if each.key in said:
                raise ENTRY_REFUSED.because(self.name(_FORBIDDEN, each.key, why=each.why))

    def name(self, text: Text, key: Key, **more: Text) -> Text:
        round_code, unit, code = key
        return text.filled(
            unit=self._get_unit(unit).name,
            name=self.scheme.get_component(round_code, code).name,
            owner=self.owners.get((round_code, code), Text("", "")),
            **more,
        )

    def _require_place(self, key: Key) -> None:
        round_code, unit, code = key
        category = self._get_unit(unit).category
        if not any(
            (each.round, each.code) == (round_code, code) and category in each.categories
            for each in self.scheme.components
        ):
            raise ENTRY_REFUSED.because(_NO_PLACE)

    def _get_unit(self, code: str) -> Unit:
        for unit in self.units:
            if unit.code == code:
                return unit
        raise ENTRY_REFUSED.because(_NO_PLACE)

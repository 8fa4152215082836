"""Sheets of assessing bodies: entered, handed in under a name, returned or accepted.

Figures count from acceptance on. What is changed after that leaves a trail beside the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.body_sheets import (
    NOT_CARRIED,
    SheetView,
    build_sheet,
    get_sheet_row,
    list_season_units,
)
from evalsvc.domain.assessing.counted import read_counted, write_counted
from evalsvc.domain.assessing.figure_trail import note_changes
from evalsvc.domain.assessing.forbidden import list_forbidden
from evalsvc.domain.people.bodies import list_asked, require_member
from evalsvc.domain.seasons import freeze_scheme, get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.models.assessment import BodyFigure, BodyNote, BodySheet
from evalsvc.scheme.model import Component, Scheme
from evalsvc.text import Text

LONGEST_NOTE = 1_000
_NAMED = 5


@dataclass(frozen=True)
class Entry:
    """A figure as typed: exact decimal text, `NA` for not carried, empty for not yet entered."""

    unit: str
    component: str
    value: str


@dataclass(frozen=True)
class Remark:
    """What a body writes beside a unit's figures, and its evidence."""

    unit: str
    note: str
    evidence: str


def ask_for_sheets(act: Act, season_id: int, deadline: datetime) -> int:
    """Ask every body that the scheme names for its sheets; an asked one gets the new deadline."""
    if deadline <= act.moment:
        raise ENTRY_REFUSED.because(Text("截止时间要晚于现在", "the deadline must lie ahead"))
    with act.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        asked = list_asked(scheme)
        if not asked:
            raise ACT_REFUSED.because(
                Text(
                    "方案里没有由考核主体录入的指标",
                    "the scheme has no components that bodies enter",
                )
            )
        for round_code, body in asked:
            key = (season_id, round_code, body)
            row = session.get(BodySheet, key)
            if row is None:
                row = BodySheet(season_id=season_id, round=round_code, body=body, state="open")
                _hand_over(session, act, season_id, scheme, round_code, body)
            # What has been handed in was in time or late by the deadline that it had.
            if row.state in ("open", "returned"):
                row.deadline = deadline
            session.add(row)
        detail = {"deadline": deadline.isoformat(), "sheets": str(len(asked))}
        act.tell(session, Verb.ASK_FOR_SHEETS, about_season(season_id), detail)
        return len(asked)


def _hand_over(
    session: Session, act: Act, season_id: int, scheme: Scheme, round_code: str, body: str
) -> None:
    """What the office has entered for a body waits in its sheet: it counts once it is signed."""
    own = {each.code for each in scheme.components if (each.round, each.body) == (round_code, body)}
    counted = read_counted(session, season_id)
    taken = {key: value for key, value in counted.items() if key[0] == round_code and key[2] in own}
    for (_, unit, component), value in taken.items():
        if session.get(BodyFigure, (season_id, round_code, unit, component)) is None:
            session.add(
                BodyFigure(
                    season_id=season_id,
                    round=round_code,
                    unit=unit,
                    component=component,
                    value=value,
                    entered_by=act.actor.login,
                    entered_at=act.moment,
                )
            )
    write_counted(session, act, season_id, {}, "asked", gone=taken)


def save_entries(
    act: Act,
    season_id: int,
    round_code: str,
    body: str,
    entries: Sequence[Entry],
    remarks: Sequence[Remark],
) -> None:
    """Keep what was entered so far; nothing counts before the sheet is accepted."""
    # Past the act and without an entry in the log: typing
    # figures is no act, handing them in is one (decision 0025).
    with act.database.writing() as session:
        sheet = get_editable_sheet(session, season_id, round_code, body, act.actor)
        view = build_sheet(session, sheet)
        _check_entries(view, entries, remarks)
        _refuse_forbidden(session, view, entries)
        for entry in entries:
            _write_entry(session, view, entry, act)
        for remark in remarks:
            session.merge(
                BodyNote(
                    season_id=season_id,
                    round=round_code,
                    body=body,
                    unit=remark.unit,
                    note=remark.note.strip(),
                    evidence=remark.evidence.strip(),
                )
            )


def hand_in(act: Act, season_id: int, round_code: str, body: str) -> None:
    """Hand in a complete sheet under the colleague's name; after the deadline it is marked late."""
    with act.writing() as session:
        sheet = get_editable_sheet(session, season_id, round_code, body, act.actor)
        view = build_sheet(session, sheet)
        # `NA` is an entry; an empty cell is a figure that somebody still owes.
        lacking = [unit.name for unit in view.units if "" in unit.values.values()]
        if lacking:
            named = "、".join(lacking[:_NAMED])
            raise ENTRY_REFUSED.because(
                Text(
                    f"还有 {view.missing} 个数没有填：{named}等 {len(lacking)} 个单位；"
                    "不承担的填“不承担”",
                    f"{view.missing} figures are missing for {len(lacking)} units: {named}",
                )
            )
        _refuse_forbidden(session, view)
        sheet.state, sheet.handed_in_by, sheet.handed_in_at = (
            "handed_in",
            act.actor.name,
            act.moment,
        )
        act.tell(session, Verb.HAND_IN, about_season(season_id), _describe(sheet))


def return_sheet(act: Act, season_id: int, round_code: str, body: str, reason: str) -> None:
    """Send a sheet back with a reason, also one that was accepted: changes then leave a trail."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_NOTE:
        raise ENTRY_REFUSED.because(
            Text(
                "请写明退回的理由，最多 1000 个字",
                "give the reason for sending it back, 1000 characters at most",
            )
        )
    with act.writing() as session:
        sheet = get_sheet_row(session, season_id, round_code, body)
        if sheet.state not in ("handed_in", "accepted"):
            raise ACT_REFUSED.because(Text("这张表还没有报送", "this sheet has not been handed in"))
        sheet.state, sheet.reason = "returned", reason
        sheet.decided_by, sheet.decided_at = act.actor.login, act.moment
        act.tell(
            session, Verb.RETURN_SHEET, about_season(season_id), _describe(sheet, reason=reason)
        )


def accept_sheet(act: Act, season_id: int, round_code: str, body: str) -> None:
    """Let a sheet's figures count; where they differ from what counted before, keep both."""
    with act.writing() as session:
        sheet = get_sheet_row(session, season_id, round_code, body)
        if sheet.state != "handed_in":
            raise ACT_REFUSED.because(Text("这张表还没有报送", "this sheet has not been handed in"))
        season = get_season_row(session, season_id)
        # Where a box opens in this round, its opening fixes the rules.
        if round_code not in read_scheme(season).boxed:
            freeze_scheme(season, act.moment)
        view = build_sheet(session, sheet)
        figures = {
            (round_code, unit.code, component): None if text == NOT_CARRIED else text
            for unit in view.units
            for component, text in unit.values.items()
        }
        by = sheet.handed_in_by or ""
        # Compared figure by figure with what counted
        # before: only what is another one leaves a trail.
        changed = note_changes(session, season_id, figures, sheet.reason, by, act.moment)
        write_counted(session, act, season_id, figures, "sheet", reason=sheet.reason, by=by)
        sheet.state, sheet.decided_by, sheet.decided_at = "accepted", act.actor.login, act.moment
        act.tell(
            session,
            Verb.ACCEPT_SHEET,
            about_season(season_id),
            _describe(sheet, changed=str(changed)),
        )


def get_editable_sheet(
    session: Session, season_id: int, round_code: str, body: str, actor: Actor
) -> BodySheet:
    """A sheet that a member of its body may write in now."""
    sheet = get_sheet_row(session, season_id, round_code, body)
    require_member(session, season_id, body, actor)
    if sheet.state not in ("open", "returned"):
        raise ACT_REFUSED.because(
            Text(
                "这张表已经报送，要改请考评办退回",
                "this sheet is handed in; the office has to send it back for changes",
            )
        )
    return sheet


def _refuse_forbidden(session: Session, view: SheetView, entries: Sequence[Entry] = ()) -> None:
    """Refuse what the score would leave out, for whatever is left out hands its weight on."""
    scheme = read_scheme(get_season_row(session, view.season_id))
    texts = {(unit.code, code): text for unit in view.units for code, text in unit.values.items()}
    texts |= {(entry.unit, entry.component): entry.value for entry in entries}
    own = {
        (view.round, unit, code): None if text == NOT_CARRIED else text
        for (unit, code), text in texts.items()
        if text
    }
    figures = {**read_counted(session, view.season_id), **own}
    units = list_season_units(session, view.season_id)
    names = {unit.code: unit.name for unit in units}
    found = [each for each in list_forbidden(scheme, units, figures) if each.key in own]
    if found:
        _, unit, code = found[0].key
        told = Text("%(unit)s“%(name)s”：%(why)s", "%(unit)s, %(name)s: %(why)s")
        component = scheme.get_component(view.round, code)
        raise ENTRY_REFUSED.because(
            told.filled(unit=names[unit], name=component.name, why=found[0].why)
        )


def _check_entries(view: SheetView, entries: Sequence[Entry], remarks: Sequence[Remark]) -> None:
    units = {unit.code: unit for unit in view.units}
    components = {component.code: component for component in view.components}
    for entry in entries:
        unit, component = units.get(entry.unit), components.get(entry.component)
        # A component of another category has no cell in this unit's row, whatever a form posts.
        if unit is None or component is None or entry.component not in unit.values:
            raise ENTRY_REFUSED.because(
                Text(
                    "表里没有这个单位或指标，请刷新页面",
                    "the sheet has no such unit or component; please reload",
                )
            )
        if entry.value not in ("", NOT_CARRIED) and not _is_allowed(component, entry.value):
            raise ENTRY_REFUSED.because(
                Text(
                    f"{unit.name}“{component.name.zh}”填的是 {entry.value[:20]}，应为"
                    f"{_say_range(component).zh}",
                    f"{unit.name}, {component.name.en}: {entry.value[:20]} should be "
                    f"{_say_range(component).en}",
                )
            )
    for remark in remarks:
        if remark.unit not in units or max(len(remark.note), len(remark.evidence)) > LONGEST_NOTE:
            raise ENTRY_REFUSED.because(
                Text(
                    "说明和依据最多各 1000 个字", "notes and evidence have 1000 characters at most"
                )
            )


def _is_allowed(component: Component, text: str) -> bool:
    # Before `Fraction` sees it, which takes exponents and 1/3 as well.
    plain = text.removeprefix("-").replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit()) or len(text) > 20:
        return False
    value = Fraction(text)
    bounded = component.choices or component.minimum is not None or component.maximum is not None
    # Also without a bound in the scheme a figure has one.
    return component.allows(value) and (bool(bounded) or 0 <= value <= 1_000_000)


def _say_range(component: Component) -> Text:
    if component.choices:
        codes = "、".join(str(choice.value) for choice in component.choices)
        return Text(codes, codes)
    low = component.minimum if component.minimum is not None else 0
    if component.maximum is None:
        return Text(f"不小于 {low} 的数字", f"a number from {low} on")
    high = component.maximum
    return Text(f"{low} 到 {high} 的数字", f"a number from {low} to {high}")


def _write_entry(session: Session, view: SheetView, entry: Entry, act: Act) -> None:
    key = (view.season_id, view.round, entry.unit, entry.component)
    row = session.get(BodyFigure, key)
    # Empty is no figure and not `NA`: without its row the cell is still asked for when handing in.
    if entry.value == "":
        if row is not None:
            session.delete(row)
        return
    value = None if entry.value == NOT_CARRIED else entry.value
    # A page saves all its cells: unchanged, a figure stays whose it was.
    if row is not None and row.value == value:
        return
    session.merge(
        BodyFigure(
            season_id=view.season_id,
            round=view.round,
            unit=entry.unit,
            component=entry.component,
            value=value,
            entered_by=act.actor.login,
            entered_at=act.moment,
        )
    )


def _describe(sheet: BodySheet, **more: str) -> dict[str, str]:
    return {"round": sheet.round, "body": sheet.body, **more}

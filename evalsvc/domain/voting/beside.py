"""What stands beside a unit's name for raters to judge by: its own account, finished figures.

All raters of a round see the same: it is written down when the round opens, and what changes
later is for the next round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from evalsvc.box.log_words import Verb, about_season
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.people.liaisons import list_own_units, require_own
from evalsvc.domain.seasons import get_season_row
from evalsvc.errors import ENTRY_REFUSED
from evalsvc.models.beside import ShownBeside
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.models.season import Round
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.questions.unit import Beside
from evalsvc.scheme.model import Component, Scheme
from evalsvc.text import Text

LONGEST_ACCOUNT = 600
NOT_CARRIED = Text("不承担", "not carried")
# By unit and component; the account stands under no component.
Shown = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class OwnAccount:
    """What a unit says about its year, for the colleague who writes it."""

    unit: str
    name: str
    account: str


def write_account(act: Act, season_id: int, unit: str, text: str) -> None:
    """Put a unit's own account of its year; an empty one takes it away."""
    text = text.strip()
    if len(text) > LONGEST_ACCOUNT:
        raise ENTRY_REFUSED.because(
            Text(
                f"述职有{len(text)}个字，最多{LONGEST_ACCOUNT}个，请删短",
                f"the account has {len(text)} characters, {LONGEST_ACCOUNT} at most",
            )
        )
    with act.writing() as session:
        get_season_row(session, season_id)
        require_own(session, season_id, unit, act.actor)
        row = session.scalars(
            select(Unit).where(Unit.season_id == season_id, Unit.code == unit)
        ).one()
        row.account = text
        # How long and not what: an entry of the log can't be taken back.
        detail = {"unit": unit, "characters": str(len(text))}
        act.tell(session, Verb.WRITE_ACCOUNT, about_season(season_id), detail)


def list_own_accounts(database: Database, season_id: int, actor: Actor) -> tuple[OwnAccount, ...]:
    """The accounts of the units that a colleague speaks for."""
    own = list_own_units(database, season_id, actor)
    with database.reading() as session:
        texts = _list_accounts(session, season_id)
    return tuple(OwnAccount(code, name, texts.get((code, ""), "")) for code, name in own.items())


def freeze_beside(session: Session, row: Round, scheme: Scheme) -> None:
    """Write down what the raters of a round that opens will be shown."""
    # From here on a unit may write on: another text for the
    # second half of the raters would be another question.
    shown = list_current(session, row.season_id, scheme)
    if shown:
        session.execute(
            insert(ShownBeside),
            [
                {"round_id": row.id, "unit": unit, "component": component, "text": text}
                for (unit, component), text in shown.items()
            ],
        )


def list_frozen(connection: Connection, round_id: int) -> Shown:
    """What was written down when the round opened."""
    rows = connection.execute(
        select(ShownBeside.unit, ShownBeside.component, ShownBeside.text).where(
            ShownBeside.round_id == round_id
        )
    )
    return {(row.unit, row.component): row.text for row in rows}


def list_current(session: Session, season_id: int, scheme: Scheme) -> Shown:
    """What would be shown if a round opened now."""
    wanted = {code for sheet in scheme.questionnaires.values() for code in sheet.manner.figures}
    shown = dict(_list_accounts(session, season_id)) if scheme.asks_accounts else {}
    rows = (
        session.scalars(
            select(Indicator).where(
                Indicator.season_id == season_id, Indicator.component.in_(wanted)
            )
        )
        if wanted
        else ()
    )
    return shown | {(row.unit, row.component): _say_figure(row.value) for row in rows}


def pick_beside(
    shown: Shown, unit: str, questionnaire: Questionnaire, components: Sequence[Component]
) -> Beside | None:
    """What a questionnaire shows of it beside one unit; None where there is nothing."""
    manner = questionnaire.manner
    account = shown.get((unit, ""), "") if manner.account else ""
    named = {component.code: component for component in components}
    figures = tuple(
        (named[code].name, _name_figure(named[code], shown[unit, code]))
        for code in manner.figures
        if (unit, code) in shown and code in named
    )
    return Beside(account, figures) if account or figures else None


def _list_accounts(session: Session, season_id: int) -> Shown:
    rows = session.execute(
        select(Unit.code, Unit.account).where(Unit.season_id == season_id, Unit.account != "")
    )
    return {(row.code, ""): row.account for row in rows}


def _say_figure(value: str | None) -> str:
    return "" if value is None else value


def _name_figure(component: Component, text: str) -> Text:
    """A figure, or the name of the choice that it stands for."""
    if not text:
        return NOT_CARRIED
    return next(
        (choice.name for choice in component.choices if f"{choice.value:f}" == text),
        Text(text, text),
    )

"""A round's page: issuing codes, opening, turnout and closing."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from evalsvc.admin.access import allowed, current_actor, door
from evalsvc.admin.files import begin_job, list_own_jobs
from evalsvc.admin.steps import find_next_step, is_late, list_round_steps
from evalsvc.clock import now
from evalsvc.domain import rounds, seasons
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.language import LOCAL_TIME
from forms.round import CloseForm, IssueForm, KeysForm, PassphraseForm


@dataclass(frozen=True)
class TurnoutLine:
    """A group's codes and how many of them, in per cent, have been used."""

    group: str
    issued: int
    cast: int
    percent: Fraction | None


Answer = str | Response | tuple[str, int]

FORMS: dict[str, type[FlaskForm]] = {
    "keys": KeysForm,
    "rehearsal": PassphraseForm,
    "invitations": IssueForm,
    "opening": FlaskForm,
    "closing": CloseForm,
    "box": PassphraseForm,
    "result": FlaskForm,
}


@door.get("/rounds/<int:round_id>")
@allowed("manager", "distributor", "custodian", "auditor")
def round_page(round_id: int) -> str:
    step = "keys" if request.args.get("again") == "keys" else ""
    return render_round(round_id, step)


# Whoever holds the box's pass-phrase must never see who got which code.
@door.post("/rounds/<int:round_id>/invitations")
@allowed("manager", "distributor", never=("custodian",))
def issue(round_id: int) -> Answer:
    form = IssueForm()

    def start() -> Response:
        found = seasons.get_round(current_service().database, round_id)
        deadline = form.deadline.data.replace(tzinfo=LOCAL_TIME)
        return begin_job("issue", found.season_id, round_id, {"deadline": deadline.isoformat()})

    return act(round_id, "invitations", form, start)


@door.post("/rounds/<int:round_id>/opening")
@allowed("manager")
def open_round(round_id: int) -> Answer:
    service = current_service()
    return act(
        round_id,
        "opening",
        FlaskForm(),
        lambda: rounds.open_round(
            service.database, service.settings, round_id, current_actor(), now()
        ),
    )


@door.post("/rounds/<int:round_id>/closing")
@allowed("manager")
def close_round(round_id: int) -> Answer:
    service = current_service()
    return act(
        round_id,
        "closing",
        CloseForm(),
        lambda: rounds.close_round(
            service.database, service.settings, round_id, current_actor(), now()
        ),
    )


def act(
    round_id: int, step: str, form: FlaskForm, verb: Callable[[], Response | None]
) -> Answer:
    """Do one verb of a round, or show its page again with what is wrong beside the form."""
    if not form.validate():
        return render_round(round_id, step, form), 422
    try:
        answer = verb()
    except Problem as problem:
        return render_round(round_id, step, form, problem), problem.kind.status
    return answer or redirect(url_for("admin.round_page", round_id=round_id))


def render_round(
    round_id: int, step: str = "", form: FlaskForm | None = None, problem: Problem | None = None
) -> str:
    database = current_service().database
    found = seasons.get_round(database, round_id)
    moment = now()
    step = step or find_next_step(found, moment).code
    return render_template(
        "admin/round.html",
        round=found,
        season=seasons.get_season(database, found.season_id),
        steps=list_round_steps(found, moment),
        step=step,
        form=form or FORMS[step](),
        problem=problem,
        turnout=_list_turnout(round_id) if found.state != "preparing" else (),
        late=is_late(found, moment),
        own_jobs=list_own_jobs(round_id),
        moment=moment,
    )


def _list_turnout(round_id: int) -> list[TurnoutLine]:
    return [
        TurnoutLine(
            each.group,
            each.issued,
            each.cast,
            Fraction(100 * each.cast, each.issued) if each.issued else None,
        )
        for each in rounds.get_turnout(current_service().database, round_id)
    ]

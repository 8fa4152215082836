"""A round's page: issuing codes, opening, turnout and closing."""

from collections.abc import Callable
from datetime import timedelta

from flask import g, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, door, is_proved, note_proved_page
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.admin.door.files import begin_job, list_own_jobs, mark_taken
from evalsvc.admin.door.jobs import get_own_job
from evalsvc.admin.door.steps import find_next_step, is_late, list_round_steps
from evalsvc.clock import now
from evalsvc.domain import jobs, seasons
from evalsvc.domain.assessing.entered import count_entered
from evalsvc.domain.people import approvals
from evalsvc.domain.people.bodies import list_asked
from evalsvc.domain.purging import find_destruction
from evalsvc.domain.sealing import custody, reissue, rounds
from evalsvc.domain.sealing.dealing import list_panels
from evalsvc.domain.sealing.holders import Holders, find_holders
from evalsvc.domain.sealing.losses import list_lost
from evalsvc.domain.seasons import RoundView, SeasonView
from evalsvc.domain.voting.preview import list_asked_groups
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.extensions import current_service
from evalsvc.language import LOCAL_TIME
from forms.round import (
    CardForm,
    CloseForm,
    CustodiansFileForm,
    CustodiansForm,
    DestroyForm,
    EachPassphraseForm,
    IssueForm,
    KeysForm,
    PairForm,
    PassphraseForm,
    WordForm,
)

FORMS: dict[str, type[FlaskForm]] = {
    "keys": KeysForm,
    "custodians": CustodiansForm,
    "public-key": CustodiansFileForm,
    "invitations": IssueForm,
    "opening": FlaskForm,
    "closing": CloseForm,
    "cards": CardForm,
    "destruction": DestroyForm,
    "result": FlaskForm,
}
# What is typed or handed in, by who keeps the key.
REHEARSALS: dict[str | None, type[FlaskForm]] = {"pairs": EachPassphraseForm, "offline": WordForm}
OPENINGS: dict[str | None, type[FlaskForm]] = {"pairs": PairForm, "offline": CustodiansFileForm}
# The page can be asked for these steps again before the round opens.
AGAIN = ("keys", "invitations")
# Forms that stand beside a step, not in the place of one.
BESIDE = ("cards", "destruction")


@door.get("/rounds/<int:round_id>")
@allowed("manager", "distributor", "custodian", "auditor")
def round_page(round_id: int) -> str:
    again = request.args.get("again", "")
    return render_round(round_id, again if again in AGAIN else "")


# Whoever holds the box's pass-phrase must never see who got which code.
@door.post("/rounds/<int:round_id>/invitations")
@allowed("manager", "distributor", never=("custodian",))
def issue(round_id: int) -> Answer:
    form = IssueForm()

    def start() -> Response:
        found = seasons.get_round(current_service().database, round_id)
        deadline = form.deadline.data.replace(tzinfo=LOCAL_TIME)
        rounds.check_issuable(current_act(), round_id, deadline)
        return begin_job("issue", found.season_id, round_id, {"deadline": deadline.isoformat()})

    return do_step(round_id, "invitations", form, start)


@door.post("/rounds/<int:round_id>/opening")
@allowed("manager", fresh=True)
def open_round(round_id: int) -> Answer:
    """Propose to open; in a small office one person opens at once."""
    return do_step(round_id, "opening", FlaskForm(), lambda: _open_or_propose(round_id))


@door.post("/jobs/<job_id>/beginning")
@allowed("manager", fresh=True)
def begin_with_letters(job_id: str) -> Answer:
    """Letters are safe, and the round may begin: one press for what were three on two pages."""
    job = get_own_job(job_id)
    if job.kind != "issue" or job.state != "done" or job.round_id is None:
        raise Problem(NOT_FOUND)
    round_id = job.round_id

    def begin() -> None:
        _open_or_propose(round_id)
        # After that: where the round can't begin, whoever has not saved the letters still can.
        jobs.delete_file(current_service().settings, job_id)
        mark_taken(job_id)

    return do_step(round_id, "opening", FlaskForm(), begin)


@door.post("/rounds/<int:round_id>/closing")
@allowed("manager")
def close_round(round_id: int) -> Answer:
    service = current_service()
    return do_step(
        round_id,
        "closing",
        CloseForm(),
        lambda: rounds.close_round(current_act(), service.settings, round_id),
    )


def build_form(step: str, found: RoundView) -> FlaskForm:
    """The form of a step, which for rehearsing and opening depends on who keeps the key."""
    match step:
        case "rehearsal":
            form = REHEARSALS.get(found.custody, PassphraseForm)()
        case "box":
            form = OPENINGS.get(found.custody, PassphraseForm)()
        case _:
            form = FORMS[step]()
    if isinstance(form, PairForm):
        form.offer(found.holders)
    return form


def do_step(
    round_id: int, step: str, form: FlaskForm, verb: Callable[[], Response | None]
) -> Answer:
    """Do one verb of a round, or show its page again with what is wrong beside the form."""
    page = url_for("admin.round_page", round_id=round_id)
    return do_or_show(form, verb, lambda problem: render_round(round_id, step, form, problem), page)


def render_round(
    round_id: int, step: str = "", form: FlaskForm | None = None, problem: Problem | None = None
) -> str:
    service = current_service()
    database = service.database
    found = seasons.get_round(database, round_id)
    season = seasons.get_season(database, found.season_id)
    if not found.has_box:
        return _render_entries(found, season, problem)
    moment = now()
    destruction = find_destruction(database, round_id)
    beside = step if step in BESIDE else ""
    step = find_next_step(found, moment).code if beside or not step else step
    built = build_form(step, found)
    proved = is_proved()
    if step == "box" and proved:
        note_proved_page()
    return render_template(
        "admin/round.html",
        round=found,
        season=season,
        steps=list_round_steps(found, moment),
        step="keys" if step in ("custodians", "public-key") else step,
        form=built if beside or form is None else form,
        asked=step,
        card_form=_build_card_form(season, form if beside == "cards" else None),
        destroy_form=form if beside == "destruction" and form else DestroyForm(),
        custodians_form=form if step == "custodians" and form else CustodiansForm(),
        key_file_form=form if step == "public-key" and form else CustodiansFileForm(),
        problem=problem,
        keyless=[
            each
            for each in season.rounds
            if each.has_box
            and each.id != found.id
            and each.state == "preparing"
            and not each.has_keys
        ],
        posted=form is not None,
        # Asked before anything is typed, not after: then it would be lost.
        prove_first=step == "box" and not proved and form is None,
        under_season=custody.count_under(database, round_id),
        roll=reissue.count_roll(database, round_id) if found.state != "preparing" else (),
        waiting=approvals.list_waiting(database, round_id=round_id),
        small_office=service.settings.small_office,
        late=is_late(found, moment),
        panels=list_panels(database, round_id),
        lost=[each for each in list_lost(database, season.id) if each.round == found.code],
        thresholds=season.scheme.get_round(found.code).thresholds,
        asked_groups=list_asked_groups(database, round_id),
        own_jobs=jobs.list_jobs(database, list_own_jobs(round_id), moment),
        destruction=destruction,
        # The timer runs every hour: after two, somebody has to look.
        is_slow=destruction is not None and moment - destruction.asked_at > timedelta(hours=2),
        holders=_find_holders(found),
        moment=moment,
    )


def _render_entries(found: RoundView, season: SeasonView, problem: Problem | None) -> str:
    """A round in which nobody answers a questionnaire: what is entered takes the box's place."""
    return render_template(
        "admin/round_entries.html",
        round=found,
        season=season,
        entered=count_entered(current_service().database, found.id),
        has_sheets=any(one == found.code for one, _ in list_asked(season.scheme)),
        components=[each for each in season.scheme.components if each.round == found.code],
        problem=problem,
    )


def _list_keyless(season: SeasonView, found: RoundView) -> list[RoundView]:
    """The other rounds for which keys can be made together with this one's."""
    others = (each for each in season.rounds if each.has_box and each.id != found.id)
    return [each for each in others if each.state == "preparing" and not each.has_keys]


def _find_holders(found: RoundView) -> Holders | None:
    """Asked for only where keys may be destroyed, or are."""
    if found.state != "counted":
        return None
    service = current_service()
    return find_holders(service.database, service.settings, found.id, now())


def _build_card_form(season: SeasonView, form: FlaskForm | None) -> CardForm:
    card_form: CardForm = form or CardForm()
    card_form.offer_groups(
        (group.code, group.name.in_language(g.language))
        for group in season.scheme.groups
        if group.keeps_ballots
    )
    return card_form


def _open_or_propose(round_id: int) -> None:
    service = current_service()
    if service.settings.small_office:
        rounds.open_round(current_act(), service.settings, round_id)
        return
    found = seasons.get_round(service.database, round_id)
    approvals.propose(
        current_act(), service.settings, "open_round", found.season_id, round_id, "", {}
    )

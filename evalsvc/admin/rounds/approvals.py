"""Acts of two people on the pages: proposing, agreeing, carrying out."""

from collections.abc import Callable

from flask import g, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.door.doing import Answer
from evalsvc.admin.door.files import begin_job
from evalsvc.admin.rounds.rounds import do_step
from evalsvc.domain import jobs, seasons
from evalsvc.domain.concluding import exclusions, second_person
from evalsvc.domain.people import approvals
from evalsvc.domain.people.approvals import ApprovalView
from evalsvc.domain.sealing import reissue, rounds
from evalsvc.errors import HOLDER_UNKNOWN, SECOND_PERSON, Problem
from evalsvc.extensions import current_service
from forms.round import CardForm, DecisionForm


@door.post("/rounds/<int:round_id>/cards")
@allowed("manager", "distributor", never=("custodian",), fresh=True)
def propose_card(round_id: int) -> Answer:
    """Propose to exchange or take back one card."""
    form, service = CardForm(), current_service()

    def propose() -> None:
        about = (current_act(), service.settings, form.kind.data, round_id)
        if form.code.data:
            reissue.propose_by_code(*about, form.code.data, form.reason.data)
        elif form.named.data:
            group, named = form.group.data, form.named.data
            reissue.propose_by_rater(*about, group, named, form.reason.data)
        else:
            raise Problem(HOLDER_UNKNOWN)

    return do_step(round_id, "cards", form, propose)


@door.post("/approvals/<int:approval_id>/decision")
@allowed("manager", "distributor", "auditor", never=("custodian",), fresh=True)
def decide(approval_id: int) -> Response:
    """A second person agrees or refuses; some acts are done as soon as they agree."""
    form = DecisionForm()
    if not form.validate():
        raise Problem(SECOND_PERSON)
    agreed = form.decision.data == "agree"
    found = approvals.decide(current_act(), approval_id, agreed)
    done = _ACTS[found.kind](found) if agreed and found.kind in _DONE_AT_ONCE else None
    return done or _go_back(found)


@door.post("/approvals/<int:approval_id>/withdrawal")
@allowed("manager", "distributor", "auditor", never=("custodian",))
def withdraw(approval_id: int) -> Response:
    database = current_service().database
    approvals.withdraw(current_act(), approval_id)
    return _go_back(approvals.get_approval(database, approval_id))


@door.post("/approvals/<int:approval_id>/act")
@allowed("manager", "distributor", "auditor", never=("custodian",), fresh=True)
def carry_out(approval_id: int) -> Response:
    """Whoever proposed an act does it, once another has agreed."""
    found = approvals.get_approval(current_service().database, approval_id)
    if found.state != "approved" or found.proposed_by != current_actor().login:
        raise Problem(SECOND_PERSON)
    done = _ACTS[found.kind](found)
    return done or _go_back(found)


def _open_round(found: ApprovalView) -> None:
    service = current_service()
    rounds.open_round(current_act(), service.settings, _round_id(found), found.id)


def _revoke(found: ApprovalView) -> None:
    service = current_service()
    reissue.revoke(current_act(), service.settings, found.id)


def _reissue(found: ApprovalView) -> Response:
    given = {"approval": str(found.id), "language": g.language}
    return begin_job("reissue", found.season_id, found.round_id, given)


def _export(found: ApprovalView) -> Response:
    given = {"approval": str(found.id), "language": g.language}
    return begin_job("audit", found.season_id, None, given)


def _decide_on_ballot(found: ApprovalView) -> None:
    service = current_service()
    exclusions.carry_out(current_act(), service.settings, found)


def _do_agreed(found: ApprovalView) -> None:
    second_person.do_agreed(current_act(), current_service().settings, found)


def _destroy(found: ApprovalView) -> None:
    _do_agreed(found)
    jobs.start_purge(current_service().settings)


def _archive(found: ApprovalView) -> Response:
    version = second_person.read_version(found)
    given = {"approval": str(found.id), "version": str(version)}
    return begin_job("archive", found.season_id, None, given)


_ACTS: dict[str, Callable[[ApprovalView], Response | None]] = {
    "open_round": _open_round,
    "revoke": _revoke,
    "reissue": _reissue,
    "audit": _export,
    exclusions.EXCLUDE: _decide_on_ballot,
    exclusions.RESTORE: _decide_on_ballot,
    "begin_publicity": _do_agreed,
    "make_final": _do_agreed,
    "archive_result": _archive,
    "destroy_keys": _destroy,
}
# What nobody need come back for once two have agreed.
_DONE_AT_ONCE = frozenset(
    {"open_round", exclusions.EXCLUDE, exclusions.RESTORE, "destroy_keys", *second_person.KINDS}
)


def _round_id(found: ApprovalView) -> int:
    if found.round_id is None:
        raise NotFound
    return found.round_id


def _go_back(found: ApprovalView) -> Response:
    if found.round_id is not None and found.kind in (exclusions.EXCLUDE, exclusions.RESTORE):
        code = seasons.get_round(current_service().database, found.round_id).code
        page = "admin.round_diagnostics_page"
        return redirect(url_for(page, season_id=found.season_id, round_code=code))
    if found.round_id is not None:
        return redirect(url_for("admin.round_page", round_id=found.round_id))
    seasons.get_season(current_service().database, found.season_id)
    if found.kind in second_person.KINDS:
        return redirect(url_for("admin.publication_page", season_id=found.season_id))
    return redirect(url_for("admin.exports_page", season_id=found.season_id))

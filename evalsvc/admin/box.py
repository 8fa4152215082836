"""The custodian's acts: making keys, rehearsing, opening the box."""

from werkzeug.wrappers import Response

from evalsvc.admin.access import allowed, current_actor, door
from evalsvc.admin.files import begin_job
from evalsvc.admin.rounds import Answer, act
from evalsvc.clock import now
from evalsvc.domain import custody, seasons
from evalsvc.extensions import current_service
from forms.round import KeysForm, PassphraseForm


@door.post("/rounds/<int:round_id>/keys")
@allowed("custodian")
def make_keys(round_id: int) -> Answer:
    form = KeysForm()
    return act(
        round_id,
        "keys",
        form,
        lambda: custody.make_keys(
            current_service().database, round_id, form.passphrase.data, current_actor(), now()
        ),
    )


@door.post("/rounds/<int:round_id>/rehearsal")
@allowed("custodian")
def rehearse(round_id: int) -> Answer:
    form = PassphraseForm()
    return act(
        round_id,
        "rehearsal",
        form,
        lambda: custody.rehearse_opening(
            current_service().database, round_id, form.passphrase.data, current_actor(), now()
        ),
    )


@door.post("/rounds/<int:round_id>/box")
@allowed("custodian")
def open_box(round_id: int) -> Answer:
    form = PassphraseForm()

    def start() -> Response:
        found = seasons.get_round(current_service().database, round_id)
        secrets = {"passphrase": form.passphrase.data}
        return begin_job("open_box", found.season_id, round_id, secrets)

    return act(round_id, "box", form, start)

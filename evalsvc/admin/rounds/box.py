"""The custodians' acts: making keys, rehearsing, opening the box, destroying the keys."""

import json

from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer
from evalsvc.admin.door.files import begin_job
from evalsvc.admin.rounds.rounds import build_form, do_step
from evalsvc.domain import jobs, seasons
from evalsvc.domain.concluding import second_person
from evalsvc.domain.sealing import custody, offline
from evalsvc.domain.seasons import RoundView
from evalsvc.extensions import current_service
from forms.round import (
    CustodiansFileForm,
    CustodiansForm,
    DestroyForm,
    EachPassphraseForm,
    KeysForm,
    PairForm,
    PassphraseForm,
    WordForm,
)


@door.post("/rounds/<int:round_id>/keys")
@allowed("custodian")
def make_keys(round_id: int) -> Answer:
    """One custodian: what a small office may do, and is told it costs."""
    form, service = KeysForm(), current_service()

    def make() -> None:
        custody.require_small_office(service.settings)
        custody.make_keys(
            current_act(), round_id, form.passphrase.data, season=form.reach.data == "season"
        )

    return do_step(round_id, "keys", form, make)


@door.post("/rounds/<int:round_id>/custodians")
@allowed("custodian")
def make_keys_for_three(round_id: int) -> Answer:
    form = CustodiansForm()
    return do_step(
        round_id,
        "custodians",
        form,
        lambda: custody.make_keys_for_three(
            current_act(), round_id, form.read_passphrases(), season=form.reach.data == "season"
        ),
    )


@door.post("/rounds/<int:round_id>/public-key")
@allowed("custodian")
def take_public_key(round_id: int) -> Answer:
    form = CustodiansFileForm()

    def take() -> None:
        keys = custody.read_public_key(form.file.data.read(100_000))
        custody.take_public_key(current_act(), round_id, keys)

    return do_step(round_id, "public-key", form, take)


@door.get("/rounds/<int:round_id>/test-text")
@allowed("custodian")
def test_text(round_id: int) -> Response:
    """What the custodians' machine opens as a rehearsal."""
    service = current_service()
    content = custody.build_test_text(service.database, service.settings, round_id)
    return _send(content, f"rehearsal-{round_id}.sealed")


@door.post("/rounds/<int:round_id>/rehearsal")
@allowed("custodian")
def rehearse(round_id: int) -> Answer:
    service = current_service()
    found = seasons.get_round(service.database, round_id)
    form = build_form("rehearsal", found)

    def do() -> None:
        if isinstance(form, WordForm):
            custody.confirm_rehearsal(current_act(), service.settings, round_id, form.word.data)
        else:
            given = _read_passphrases(form, found)
            custody.rehearse_opening(current_act(), round_id, given)

    return do_step(round_id, "rehearsal", form, do)


@door.post("/rounds/<int:round_id>/box")
@allowed("custodian", fresh=True, lasting=True)
def open_box(round_id: int) -> Answer:
    service = current_service()
    found = seasons.get_round(service.database, round_id)
    form = build_form("box", found)

    def start() -> Response | None:
        if isinstance(form, CustodiansFileForm):
            content = form.file.data.read()
            offline.take_opened(current_act(), service.settings, round_id, content)
            return None
        given = _read_passphrases(form, found)
        # Told here, to those who have just typed: a job that fails is read later, by whoever looks.
        custody.check_opening(service.database, round_id, given)
        secrets = {"passphrases": json.dumps(given, ensure_ascii=False)}
        return begin_job("open_box", found.season_id, round_id, secrets)

    return do_step(round_id, "box", form, start)


@door.post("/rounds/<int:round_id>/box-file")
@allowed("custodian", fresh=True)
def box_file(round_id: int) -> Response:
    """The sealed ballots with their roll, for opening on the custodians' machine."""
    content = offline.export_box(current_act(), round_id)
    return _send(content, f"box-{round_id}.jsonl.gz")


@door.post("/rounds/<int:round_id>/destruction")
@allowed("custodian", "manager", fresh=True)
def destroy_keys(round_id: int) -> Answer:
    service = current_service()

    def destroy() -> None:
        if second_person.destroy_keys(current_act(), service.settings, round_id):
            jobs.start_purge(service.settings)

    return do_step(round_id, "destruction", DestroyForm(), destroy)


def _read_passphrases(form: object, found: RoundView) -> dict[str, str]:
    match form:
        case PairForm():
            given: dict[str, str] = form.read_passphrases()
        case EachPassphraseForm():
            given = form.read_passphrases(found.holders)
        case PassphraseForm():
            given = {found.holders[0] if found.holders else "": form.passphrase.data}
        case _:
            raise TypeError(f"no pass-phrases in {type(form).__name__}")
    return given


def _send(content: bytes, filename: str) -> FlaskResponse:
    return FlaskResponse(
        content,
        mimetype="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )

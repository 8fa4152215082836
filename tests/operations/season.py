"""What people do on a machine where docs/operations is followed: rounds, cards, ballots, ends.

`bare_debian.py` runs it there as the service's user. Ballots go in by HTTP through nginx, as a
telephone's do; what an office does in its pages is done by the domain's verbs.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from sqlalchemy import select

from evalsvc.box.keys import CHEAPEST
from evalsvc.clock import now
from evalsvc.db import connect
from evalsvc.demo.browser import Browser
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.sealing import custody, rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.models.event import Event
from evalsvc.settings import read_settings
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    PASSPHRASE,
    Installation,
    add_panel_city,
    get_round_id,
    ignore_progress,
)

SEATS = 10  # of each of four strata


def main() -> None:
    """`begin`, `cast CODE…`, `knock CODE` or `finish ROUND`; what matters is printed last."""
    verb, *given = sys.argv[1:]
    print(*{"begin": begin, "cast": cast, "knock": knock, "finish": finish}[verb](*given))


def begin() -> list[str]:
    """An open round: its number, then the codes of its panel's cards."""
    place = _open_installation()
    round_id = get_round_id(place, add_panel_city(place, SEATS))
    custody.make_keys(_act(place, CUSTODIAN), round_id, PASSPHRASE, cost=CHEAPEST)
    custody.rehearse_opening(_act(place, CUSTODIAN), round_id, PASSPHRASE)
    deadline = now() + timedelta(days=7)
    cards = rounds.issue(_act(place, MANAGER), place.settings, round_id, deadline)
    rounds.open_round(_act(place, MANAGER), place.settings, round_id)
    return [str(round_id), *(card.token for card in cards if card.group == "panel")]


def cast(*codes: str) -> list[str]:
    """How many receipts these codes have led to."""
    receipts = {_cast_one(code) for code in codes}
    return [str(len(receipts))]


def knock(code: str) -> list[str]:
    """What the door answers to a code: its status and where it leads."""
    browser = Browser(read_settings().public_url)
    page = browser.open("/r")
    page = browser.submit(page, page.get_form("/start"), {"code": code})
    return [str(page.status), page.path]


def finish(number: str) -> list[str]:
    """Close a round, open its box, destroy its keys: what was counted, what was lost."""
    place, round_id = _open_installation(), int(number)
    rounds.close_round(_act(place, MANAGER), place.settings, round_id)
    open_box(_act(place, CUSTODIAN), place.settings, round_id, PASSPHRASE, ignore_progress)
    custody.destroy_keys(_act(place, CUSTODIAN), place.settings, round_id)
    with place.database.reading() as session:
        told = session.scalars(select(Event).order_by(Event.seq)).all()
        lost = [one.detail for one in told if one.verb == "lose_ballots"]
        counted = [one.detail for one in told if one.verb == "open_box"][-1]
    return [str(counted), str(lost)]


def _open_installation() -> Installation:
    settings = replace(read_settings(), small_office=True)
    return Installation(settings, connect(settings.database_url, settings.peppers))


def _act(place: Installation, actor: Actor) -> Act:
    return Act(place.database, actor, now())


def _cast_one(code: str) -> str:
    browser = Browser(read_settings().public_url)
    page = browser.open("/r").expect("/r")
    page = browser.submit(page, page.get_form("/start"), {"code": code}).expect("/answer")
    form = page.get_form("/check")
    asked = [name for name in form.list_names() if name.startswith("a.")]
    answers = dict(zip(asked, cycle(form.list_choices(asked[0])), strict=False))
    page = browser.submit(page, form, answers).expect("/check")
    return browser.submit(page, page.get_form("/submit")).expect("/receipt").marked["receipt"]


if __name__ == "__main__":
    main()

"""A rater in front of an open round."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from evalsvc.app import create_app
from evalsvc.box.cards import Card
from tests.cast import (
    Installation,
    add_panel_city,
    add_panshan,
    build_installation,
    get_card,
    get_round_id,
    open_with_cards,
)
from tests.public.every_question import open_place
from tests.public.pages import Page
from tests.serving import serve


@dataclass
class Rater:
    """Somebody with a card, a browser and the pages seen in it."""

    client: FlaskClient
    card: Card
    seen: list[Page] = field(default_factory=list)

    def get(self, address: str) -> Page:
        return self._note(Page(self.client.get(address, follow_redirects=True)))

    def post(self, address: str, data: object = None) -> Page:
        return self._note(Page(self.client.post(address, data=data, follow_redirects=True)))

    def start(self) -> Page:
        return self.post("/start", {"code": self.card.token})

    def _note(self, page: Page) -> Page:
        self.seen.append(page)
        return page


@dataclass(frozen=True)
class Place:
    """An installation with two open rounds and their cards."""

    installation: Installation
    app: Flask
    panshan_round: int
    panshan_cards: tuple[Card, ...]
    city_cards: tuple[Card, ...]

    def seat(self, group: str, place: int = 0) -> Rater:
        cards = self.city_cards if group in ("panel", "city_leader") else self.panshan_cards
        code = "leader" if group == "city_leader" else group
        return Rater(self.app.test_client(), get_card(cards, code, place))


@dataclass(frozen=True)
class Site:
    """The form of every kind of question, served to a browser, with two cards for it."""

    address: str
    leader: str
    citizen: str
    installation: Installation


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """By the test scheme, or by the one that a test names."""
    scheme: str = getattr(request, "param", "")
    with open_place(tmp_path, scheme) as (installation, app, cards), serve(app) as address:
        leader, citizen = (get_card(cards, group).token for group in ("leader", "panel"))
        yield Site(address, leader, citizen, installation)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    installation = build_installation(tmp_path)
    panshan = get_round_id(installation, add_panshan(installation))
    city = get_round_id(installation, add_panel_city(installation, seats=2))
    panshan_cards = open_with_cards(installation, panshan)
    city_cards = open_with_cards(installation, city)
    app = create_app(installation.settings)
    yield Place(installation, app, panshan, panshan_cards, city_cards)
    app.extensions["evalsvc"].database.close()
    installation.database.close()


@pytest.fixture
def address(place: Place) -> Iterator[str]:
    """The same place, served to a browser."""
    with serve(place.app) as address:
        yield address

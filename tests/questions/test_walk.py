"""The way of one answer from the posted form to the sealed ballot: which rooms hand it over.

And the way of the request: the files of the house in which any code of a function runs while a
worker that has done the same before answers `POST /submit`. What runs once, while modules are
loaded or a round's first paper is made, is not of it.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import pytest

from evalsvc.app import create_app
from evalsvc.settings import PROJECT
from tests.cast import add_panel_city, build_installation, get_card, get_round_id, open_with_cards
from tests.public.conftest import Rater
from tests.public.every_question import fill_leader, open_place
from tests.public.filling import fill_levels

pytestmark = pytest.mark.slow

HOUSE = ("analysis", "evalsvc", "forms")
# Nobody else says this.
WORDS = "只此一句，𠮷"
MOST_HAND_OVERS = 8
# Each with the reason that decision 0029 gives; a file more is a room more to know.
MOST_FILES = 30
# No other room knows an answer before it is sealed.
ROOMS = {
    ("evalsvc.public", "forms"),
    ("evalsvc.public", "evalsvc.domain.voting"),
    ("evalsvc.domain.voting", "evalsvc.ballots"),
    ("evalsvc.ballots", "evalsvc.questions"),
    ("evalsvc.domain.voting", "evalsvc.box"),
}


@dataclass
class Walk:
    """What the product calls while it is watched, from one room into another, with the words."""

    hand_overs: set[tuple[str, str, str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def note(self, frame: FrameType, event: str, _: object) -> None:
        path = _find_path(frame)
        if event != "call" or path is None:
            return
        self.files.add(str(path))
        if WORDS in repr(list(frame.f_locals.values())):
            self._note_caller(frame, _room(path))

    def _note_caller(self, frame: FrameType, room: str) -> None:
        caller = frame.f_back
        while caller is not None and _find_path(caller) is None:
            caller = caller.f_back
        path = _find_path(caller) if caller else None
        if caller and path and _room(path) != room:
            names = (caller.f_code.co_qualname, frame.f_code.co_qualname)  # type: ignore[attr-defined]  # since Python 3.11
            self.hand_overs.add((_room(path), names[0], room, names[1]))


@pytest.fixture
def submit(tmp_path: Path) -> Iterator[Callable[[], int]]:
    """The last button of a leader's ballot, pressed once before so that nothing is new."""
    with open_place(tmp_path) as (_, app, cards):
        rater = Rater(app.test_client(), get_card(cards, "leader"))

        def fill() -> Callable[[], int]:
            page = rater.start()
            filled = {**page.fields.to_dict(), **fill_leader(), "a.wishes.": WORDS}
            fields = rater.post("/check", filled).fields
            return lambda: rater.client.post("/submit", data=fields).status_code

        fill()()
        yield fill()


def test_an_answer_takes_few_steps_between_rooms(submit: Callable[[], int]) -> None:
    walk = Walk()

    sys.setprofile(walk.note)
    try:
        status = submit()
    finally:
        sys.setprofile(None)

    assert status == 303
    assert {(one, other) for one, _, other, _ in walk.hand_overs} == ROOMS
    assert len(walk.hand_overs) <= MOST_HAND_OVERS, sorted(walk.hand_overs)


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[tuple[Rater, ...]]:
    """A panel's seats in front of one worker."""
    installation = build_installation(tmp_path)
    round_id = get_round_id(installation, add_panel_city(installation, seats=2))
    cards = open_with_cards(installation, round_id)
    app = create_app(installation.settings)
    yield tuple(Rater(app.test_client(), card) for card in cards if card.group == "panel")
    app.extensions["evalsvc"].database.close()
    installation.database.close()


def test_a_panels_ballot_runs_few_files(panel: tuple[Rater, ...]) -> None:
    first, second = (_prepare(rater) for rater in panel[:2])
    first()  # what a worker does once is done
    walk = Walk()

    sys.setprofile(walk.note)
    try:
        status = second()
    finally:
        sys.setprofile(None)

    assert status == 303
    assert len(walk.files) <= MOST_FILES, sorted(walk.files)


def _prepare(rater: Rater) -> Callable[[], int]:
    filled = fill_levels(rater.start(), "satisfied")
    fields = rater.post("/check", filled).fields
    return lambda: rater.client.post("/submit", data=fields).status_code


def _find_path(frame: FrameType) -> Path | None:
    """Where in the house a function stands, if it does."""
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(PROJECT):
        return None
    inside = path.relative_to(PROJECT)
    return inside if inside.parts[0] in HOUSE else None


def _room(path: Path) -> str:
    inside = 3 if path.parts[1] == "domain" else 2
    return ".".join(path.parts[: inside if path.parts[0] == "evalsvc" else 1])

"""The way of one answer from the posted form to the sealed ballot: which rooms hand it over."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import pytest

from evalsvc.settings import PROJECT
from tests.cast import get_card
from tests.public.conftest import Rater
from tests.public.every_question import fill_leader, open_place

pytestmark = pytest.mark.slow

HOUSE = ("analysis", "evalsvc", "forms")
# Nobody else says this.
WORDS = "只此一句，𠮷"
MOST_HAND_OVERS = 8
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

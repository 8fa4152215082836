"""Nothing that was answered, and no code, is ever found in the files of the installation."""

from pathlib import Path

import pytest

from analysis.score.facts import Answer
from evalsvc.box.tokens import format_token
from evalsvc.domain.voting import casting
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MORNING, add_panel_city, build_installation, get_round_id, open_with_cards

PLANTED = [f"{73 + n}.{918264 - 7919 * n}" for n in range(12)]


@pytest.fixture
def many_decimals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The city's scheme with six decimals, so that an answer is a text found nowhere else."""
    text = get_preset_text("three-in-one").replace("places: 0", "places: 6")
    monkeypatch.setattr("tests.cast.get_preset_text", lambda code: text)  # noqa: ARG005 (one is enough)


@pytest.mark.usefixtures("many_decimals")
def test_neither_answers_nor_codes_are_found_on_the_disk(tmp_path: Path) -> None:
    place = build_installation(tmp_path)
    cards = open_with_cards(place, get_round_id(place, add_panel_city(place)))
    leader = next(card for card in cards if card.group == "leader")
    visit = casting.admit(place.database, place.settings, leader.token, MORNING)
    paper = casting.get_paper(place.database, visit, MORNING)
    answers = [
        Answer(unit.code, "overall", value)
        for unit, value in zip(paper.units, PLANTED, strict=True)
    ]
    receipt = casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    assert receipt.times_cast == 1
    found = read_everything(tmp_path)  # before the database is closed: its log is still there
    assert any(path.name.endswith("-wal") for path in tmp_path.rglob("*"))
    assert b"u01" in found  # the search itself works: unit codes are no secret
    for value in PLANTED:
        assert value.encode() not in found
    for card in cards:
        assert card.token.encode() not in found
        assert format_token(card.token).encode() not in found
    assert receipt.code.encode() not in found
    place.database.close()


def read_everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())

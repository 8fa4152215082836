"""Keys made, rehearsed and used by the offline command: the count is what the page's would be."""

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from analysis.score.facts import Answer
from evalsvc.box.cards import Card
from evalsvc.box.keys import CHEAPEST
from evalsvc.commands import custodian as command
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import custody, offline, rounds
from evalsvc.domain.voting import casting
from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.evidence.opening import Opening
from evalsvc.models.event import Event
from evalsvc.models.opened import BoxOpening, OpenedAnswer, PanelSum
from evalsvc.models.season import Round
from tests.cast import (
    CUSTODIAN,
    DEADLINE,
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    get_round_id,
)

pytestmark = pytest.mark.slow

NAMES = ("甲", "乙", "丙")
NOBODYS = custody.PublicKeys(bytes(32), NAMES)
PHRASES = ["甲的口令 一句自己记得住的话", "乙的口令 也是一句话记得住", "丙的口令 又一句话很容易记"]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "COST", CHEAPEST)


def run(arguments: list[str], typed: list[str]) -> Result:
    return CliRunner().invoke(command.custodian, arguments, input="\n".join(typed) + "\n")


def make(folder: Path) -> Result:
    twice = [phrase for phrase in PHRASES for _ in range(2)]
    names = [part for name in NAMES for part in ("--name", name)]
    return run(["make", str(folder), *names], twice)


def cast_some(place: Installation, cards: tuple[Card, ...]) -> int:
    """Two leaders and fifteen citizens of each stratum answer."""
    per_cell: dict[str, int] = {}
    number = 0
    for card in cards:
        per_cell[card.stratum] = per_cell.get(card.stratum, 0) + 1
        if per_cell[card.stratum] > 15:
            continue
        visit = casting.admit(place.database, place.settings, card.token, MORNING)
        paper = casting.get_paper(place.database, visit, MORNING)
        answers = [
            Answer(unit.code, question.code, answer_of(question))
            for question in paper.questionnaire.questions
            for unit in paper.units
        ]
        casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
        number += 1
    return number


def answer_of(question: object) -> str:
    levels = getattr(question, "levels", None)
    return levels[0].code if levels else str(question.maximum)  # type: ignore[attr-defined]


def test_the_whole_way_off_the_network(place: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "laptop"
    made = make(folder)
    assert made.exit_code == 0, made.output
    round_id = get_round_id(place, add_panel_city(place))
    made_keys = custody.read_public_key((folder / command.PUBLIC).read_bytes())
    assert (made_keys.holders, made_keys.rounds) == (NAMES, {})
    custody.take_public_key(Act(place.database, CUSTODIAN, MORNING), round_id, made_keys)
    (folder / "test.sealed").write_bytes(
        custody.build_test_text(place.database, place.settings, round_id)
    )
    keys = str(folder / command.WRAPPED)
    rehearsed = run(["rehearse", keys, str(folder / "test.sealed")], PHRASES)
    word = rehearsed.stdout.strip().rpartition(" ")[2]
    custody.confirm_rehearsal(
        Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, word
    )
    cards = rounds.issue(Act(place.database, MANAGER, MORNING), place.settings, round_id, DEADLINE)
    rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    cast = cast_some(place, cards)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    (folder / "box.jsonl.gz").write_bytes(
        offline.export_box(Act(place.database, CUSTODIAN, MORNING), round_id)
    )
    present = ["--name", "丙", "--name", "甲"]
    opened = run(["open", keys, str(folder / "box.jsonl.gz"), *present], [PHRASES[2], PHRASES[0]])
    assert opened.exit_code == 0, opened.output
    content = (folder / "opened-box.json.gz").read_bytes()
    offline.take_opened(Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, content)
    assert seasons.get_round(place.database, round_id).state == "counted"
    with place.database.reading() as session:
        assert session.query(OpenedAnswer).count() == 2 * 12
        sums = session.query(PanelSum).filter_by(kind="cell", name="valid")
        assert sum(int(row.value) for row in sums) == cast - 2
    opened_again(place, round_id, keys, folder)


def opened_again(place: Installation, round_id: int, keys: str, folder: Path) -> None:
    """A second opening gives what the log committed to, or names what is not the same."""
    box, opening = folder / "again.jsonl.gz", folder / "opening.json"
    box.write_bytes(offline.export_box(Act(place.database, CUSTODIAN, MORNING), round_id))
    with place.database.reading() as session:
        opening.write_text(session.get_one(BoxOpening, round_id).content)
        told = session.scalars(select(Event.detail).where(Event.verb == "open_box")).one()
    present = ["--name", "丙", "--name", "甲"]
    said = run(["again", keys, str(box), str(opening), *present], [PHRASES[2], PHRASES[0]])
    assert said.exit_code == 0, said.output
    assert json.loads(told)["opening"] in said.output
    # Estimates may end otherwise by another program: that is told, and is no fault.
    change(opening, "estimates")
    said = run(["again", keys, str(box), str(opening), *present], [PHRASES[2], PHRASES[0]])
    assert said.exit_code == 0, said.output
    assert Opening.from_json(opening.read_text()).hash.hex() in said.output
    assert "estimates that end otherwise: estimates;" in said.output
    change(opening, "counts.csv")
    said = run(["again", keys, str(box), str(opening), *present], [PHRASES[2], PHRASES[0]])
    assert said.exit_code == 1
    assert "not as opened first: counts.csv" in said.output


def change(opening: Path, name: str) -> None:
    """Another hash of one file, as an opening that differs there would have."""
    first = Opening.from_json(opening.read_text())
    opening.write_text(replace(first, files={**first.files, name: "0" * 64}).to_json())


def test_refuses_what_is_not_this_boxs_count(place: Installation) -> None:
    round_id = get_round_id(place, add_panel_city(place))
    custody.take_public_key(
        Act(place.database, CUSTODIAN, MORNING), round_id, custody.PublicKeys(bytes(32), NAMES)
    )
    custody_row_rehearsed(place, round_id)
    cards = rounds.issue(Act(place.database, MANAGER, MORNING), place.settings, round_id, DEADLINE)
    assert cards
    rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    uid = seasons.get_round(place.database, round_id).uid
    empty = {
        "format": offline.OPENED_FORMAT,
        "round": uid,
        "counted": 0,
        "rejected": [],
        "ballots": [],
        "rejected_ballots": [],
        "levels": {},
        "sums": {},
    }
    wrong = (
        {"format": "something"},
        {**empty, "round": "other"},
        {**empty, "counted": 3},
        {**empty, "levels": {"leader": []}},
        {**empty, "ballots": None},
    )
    contents = [b"", b"PK\3\4", gzip.compress(b"[]"), gzip.compress(b'{"a"'), *map(pack, wrong)]
    for content in contents:
        with pytest.raises(Problem) as raised:
            offline.take_opened(
                Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, content
            )
        assert raised.value.kind is UPLOAD_REFUSED
    offline.take_opened(
        Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, pack(empty)
    )


def test_the_sheets_hold_each_custodians_two_keys(tmp_path: Path) -> None:
    make(tmp_path)
    pages = pypdf.PdfReader(io.BytesIO((tmp_path / command.SHEETS).read_bytes())).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) == 3
    wrapped = json.loads((tmp_path / command.WRAPPED).read_text(encoding="utf-8"))
    for name, text in zip(NAMES, texts, strict=True):
        squeezed = "".join(text.split())
        for key in wrapped:
            assert (key["sealed"] in squeezed) is (name in key["holders"])
        assert not any("".join(phrase.split()) in squeezed for phrase in PHRASES)


def test_overwrites_nothing_and_says_what_is_wrong(tmp_path: Path) -> None:
    make(tmp_path)
    before = (tmp_path / command.WRAPPED).read_bytes()
    again = make(tmp_path)
    assert (again.exit_code, "已存在" in again.output) == (1, True)
    assert (tmp_path / command.WRAPPED).read_bytes() == before
    keys = str(tmp_path / command.WRAPPED)
    (tmp_path / "bad").write_bytes(b"not a box")
    assert "不是从轮次页下载的票箱文件" in run(["open", keys, str(tmp_path / "bad")], []).output
    assert run(["rehearse", keys, str(tmp_path / "bad")], PHRASES).exit_code == 1
    assert run(["make", str(tmp_path / "x"), "--name", "甲"], []).exit_code == 1
    short = run(
        ["make", str(tmp_path / "y"), *[part for name in NAMES for part in ("--name", name)]],
        ["short", *[phrase for phrase in PHRASES for _ in range(2)]],
    )
    assert short.exit_code == 0
    assert "至少12个字" in short.output


def pack(record: dict[str, object]) -> bytes:
    return gzip.compress(json.dumps(record).encode())


def custody_row_rehearsed(place: Installation, round_id: int) -> None:
    """A key of zeros can't be rehearsed: put down that it was."""
    with place.database.writing() as session:
        session.get_one(Round, round_id).rehearsed_at = MORNING

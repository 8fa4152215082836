"""Whoever copies the database looks for writers by the length of what is sealed: naive, and here.

Twenty citizens answer about 59 units; five of them write, from one character to a thousand. The
naive variant is this very program with ballots and drafts filled up to steps of 4,096 bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from nacl.bindings import sodium_pad
from sqlalchemy import select

from analysis.score.facts import Answer
from evalsvc.ballots.paper import Paper
from evalsvc.box import sealing
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.voting import casting, drafts
from evalsvc.domain.voting.visit import Visit
from evalsvc.errors import DRAFT_TOO_LONG, Problem
from evalsvc.models.box import Ballot
from evalsvc.models.draft import Draft
from evalsvc.models.roster import PanelSeats, Rater, Unit
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    build_installation,
    empty_trays,
    get_round_id,
    open_with_cards,
)

STEPS = 4096
UNITS = 59
SCHEME = (
    (Path(__file__).parents[1] / "data" / "schemes" / "every-question.yaml")
    .read_text()
    .replace("longest: 200", "longest: 1000")
)
# What five of the twenty write: a word, signs that are escaped, rare characters, about each unit.
WRITERS: dict[int, Sequence[tuple[str, str]]] = {
    3: [("u01", "好")],
    7: [("u02", '"\\\n' * 300)],
    11: [("u03", "𠮷" * 1000)],
    13: [(f"u{n:02d}", "字" * 16) for n in range(1, UNITS + 1)],
    17: [("u04", "字" * 1000)],
}
ASSISTED = 13


@pytest.fixture
def visits(tmp_path: Path, database_url: str) -> Iterator[tuple[Installation, list[Visit]]]:
    """An open round of 59 units, and twenty citizens in front of it."""
    installation = build_installation(tmp_path, database_url)
    database = installation.database
    season_id = seasons.create_season(
        Act(database, MANAGER, MORNING), "测试年度", "考评办公室", "0427-0000000", SCHEME
    )
    with database.writing() as session:
        for n in range(1, UNITS + 1):
            name, category = f"单位{n:02d}", "dep" if n <= 44 else "town"
            session.add(
                Unit(
                    season_id=season_id, position=n, code=f"u{n:02d}", name=name, category=category
                )
            )
        session.add(Rater(season_id=season_id, group="leader", code="L1", name="领导甲"))
        session.add(PanelSeats(season_id=season_id, group="panel", stratum="all", seats=20))
    cards = open_with_cards(installation, get_round_id(installation, season_id))
    yield (
        installation,
        [
            casting.admit(database, installation.settings, card.token, MORNING)
            for card in cards
            if card.group == "panel"
        ],
    )
    database.close()


def fill(paper: Paper, number: int) -> list[Answer]:
    """Everybody knows another number of units; writers write about those that they know."""
    words = dict(WRITERS.get(number, ()))
    known = [*(unit.code for unit in paper.units[: 5 + number * 2]), *words]
    levels = [
        Answer(unit, "satisfaction", ("good", "poor", "unknown")[(number + place) % 3])
        for place, unit in enumerate(dict.fromkeys(known))
    ]
    comments = [Answer(unit, "comment", text) for unit, text in words.items()]
    return [*levels, *comments, Answer("", "age", "young")]


def fill_in(installation: Installation, visits: Sequence[Visit]) -> None:
    """Everybody keeps a draft of the same answers; nobody casts yet."""
    for number, visit in enumerate(visits):
        paper = casting.get_paper(installation.database, visit, MORNING)
        entries = [(f"a.{one.item}.{one.unit}", one.value) for one in fill(paper, number)]
        drafts.save_draft(installation.database, visit, entries, 0, MORNING, paper.lengths)


def cast_all(installation: Installation, visits: Sequence[Visit]) -> None:
    for number, visit in enumerate(visits):
        paper = casting.get_paper(installation.database, visit, MORNING)
        casting.cast(
            installation.database,
            visit,
            fill(paper, number),
            casting.new_nonce(),
            MORNING,
            paper,
            assisted=number == ASSISTED,
        )


def name_writers(lengths: dict[bytes, int], visits: dict[bytes, int]) -> set[int]:
    """The attacker: whatever is longer than the shortest has been written by a writer."""
    shortest = min(lengths.values())
    return {visits[key] for key, length in lengths.items() if length > shortest}


def read_ballots(installation: Installation) -> dict[bytes, int]:
    empty_trays(installation)
    with installation.database.reading() as session:
        rows = session.execute(select(Ballot.credential, Ballot.sealed))
        return {key: len(sealed) for key, sealed in rows}


def read_drafts(installation: Installation) -> dict[bytes, int]:
    with installation.database.reading() as session:
        return {key: len(sealed) for key, sealed in session.execute(select(Draft.id, Draft.sealed))}


def attack(installation: Installation, visits: Sequence[Visit]) -> tuple[set[int], set[int]]:
    """Whom a copy of the database names while drafts lie there, and once all have cast."""
    fill_in(installation, visits)
    by_draft = {visit.get_draft_id(0): number for number, visit in enumerate(visits)}
    drafted = name_writers(read_drafts(installation), by_draft)
    cast_all(installation, visits)
    by_place = {visit.voter.credential: number for number, visit in enumerate(visits)}
    return drafted, name_writers(read_ballots(installation), by_place)


def test_steps_of_four_kilobytes_name_who_wrote_much(
    visits: tuple[Installation, list[Visit]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The naive variant; who wrote one word is safe there, too, and all others are named."""
    monkeypatch.setattr(
        casting, "seal", lambda public, content, _pad: sealing.seal(public, content, STEPS)
    )
    monkeypatch.setattr(drafts, "sodium_pad", lambda content, _pad: sodium_pad(content, STEPS))

    drafted, cast = attack(*visits)

    assert {11, 17} <= drafted & cast
    assert cast <= WRITERS.keys()


def test_one_length_names_nobody(visits: tuple[Installation, list[Visit]]) -> None:
    installation, voters = visits
    lengths = casting.get_paper(installation.database, voters[0], MORNING).lengths

    assert attack(installation, voters) == (set(), set())

    # A draft has a nonce of 24 bytes and a tag of 16.
    assert set(read_ballots(installation).values()) == {lengths.ballot + sealing.OVERHEAD}
    fill_again(installation, voters)
    assert set(read_drafts(installation).values()) == {lengths.draft + 40}


def fill_again(installation: Installation, visits: Sequence[Visit]) -> None:
    """After casting, with nothing but one answer: as long as a draft full of words."""
    lengths = casting.get_paper(installation.database, visits[0], MORNING).lengths
    for visit in visits[:2]:
        drafts.save_draft(installation.database, visit, [("a.age.", "young")], 1, MORNING, lengths)


def test_longer_than_the_paper_takes_is_refused_by_name_and_nothing_is_lost(
    visits: tuple[Installation, list[Visit]],
) -> None:
    installation, voters = visits
    paper = casting.get_paper(installation.database, voters[0], MORNING)
    sound = fill(paper, 0)
    kept = [(f"a.{one.item}.{one.unit}", one.value) for one in sound]
    drafts.save_draft(installation.database, voters[0], kept, 0, MORNING, paper.lengths)
    wordy = [replace(one, item="comment", value="字" * 900) for one in sound[:2]]

    with pytest.raises(Problem) as ballot:
        casting.cast(
            installation.database, voters[0], [*sound, *wordy], casting.new_nonce(), MORNING
        )
    with pytest.raises(Problem) as draft:
        drafts.save_draft(
            installation.database,
            voters[0],
            [*kept, ("a.comment.u01", "𠮷" * 9000)],
            0,
            MORNING,
            paper.lengths,
        )

    assert "整张问卷的文字一共最多1000字，现为1800字" in ballot.value.text.zh
    assert draft.value.kind is DRAFT_TOO_LONG
    assert drafts.find_draft(installation.database, voters[0]) == tuple(kept)
    assert read_ballots(installation) == {}

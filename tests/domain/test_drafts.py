"""Drafts: found again by the same code, noise for everybody else, gone once there is a ballot."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from evalsvc.ballots.lengths import Lengths
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.voting.casting import admit, cast, new_nonce
from evalsvc.domain.voting.drafts import find_draft, save_draft
from evalsvc.domain.voting.visit import Visit
from evalsvc.errors import DRAFT_OVERTAKEN, DRAFT_TOO_LONG, ROUND_CLOSED, TOKEN_VOID, Problem
from evalsvc.models.box import Credential
from evalsvc.models.draft import Draft
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    build_installation,
    get_card,
    get_round_id,
    open_with_cards,
)
from tests.domain.test_casting import visit_and_fill

LENGTHS = Lengths(ballot=1024, draft=3072, words=None)
ENTRIES = (("a.overall.u01", "A"), ("a.why.", "字：生僻字𠮷、😀、\u200fעברית"))


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    built = build_installation(tmp_path, database_url)
    yield built
    built.database.close()


def enter(installation: Installation, place: int = 0) -> tuple[int, Visit, Visit]:
    """An open round, and the visits of a mutual rater and of the next one."""
    round_id = get_round_id(installation, add_panshan(installation))
    cards = open_with_cards(installation, round_id)
    visits = [
        admit(
            installation.database,
            installation.settings,
            get_card(cards, "mutual_town", number).token,
            MORNING,
        )
        for number in (place, place + 1)
    ]
    return round_id, visits[0], visits[1]


def count_drafts(installation: Installation) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_draft_is_found_by_its_own_code_only(installation: Installation) -> None:
    _, mine, other = enter(installation)

    save_draft(installation.database, mine, ENTRIES, 0, MORNING, LENGTHS)

    assert find_draft(installation.database, mine) == ENTRIES
    assert find_draft(installation.database, other) == ()


def test_newer_draft_takes_the_place_of_the_older(installation: Installation) -> None:
    _, visit, _ = enter(installation)

    save_draft(installation.database, visit, ENTRIES, 0, MORNING, LENGTHS)
    save_draft(installation.database, visit, ENTRIES[:1], 0, MORNING, LENGTHS)

    assert find_draft(installation.database, visit) == ENTRIES[:1]
    assert count_drafts(installation) == 1
    save_draft(installation.database, visit, (), 0, MORNING, LENGTHS)
    assert count_drafts(installation) == 0


def test_table_holds_noise_of_one_length(installation: Installation) -> None:
    _, mine, other = enter(installation)
    save_draft(installation.database, mine, ENTRIES, 0, MORNING, LENGTHS)
    save_draft(installation.database, other, ENTRIES * 20, 0, MORNING, LENGTHS)

    with installation.database.reading() as session:
        rows = session.scalars(select(Draft)).all()

    assert len({len(row.sealed) for row in rows}) == 1
    for row in rows:
        assert b"overall" not in row.sealed
        assert mine.root not in (row.id, row.sealed)


def test_casting_deletes_the_draft_and_a_late_one_is_refused(installation: Installation) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    card = get_card(open_with_cards(installation, round_id), "office")
    visit, answers = visit_and_fill(installation, card.token)
    save_draft(installation.database, visit, ENTRIES, 0, MORNING, LENGTHS)

    cast(installation.database, visit, answers, new_nonce(), MORNING)

    assert count_drafts(installation) == 0
    with pytest.raises(Problem) as late:
        save_draft(installation.database, visit, ENTRIES, 0, MORNING, LENGTHS)
    assert late.value.kind is DRAFT_OVERTAKEN
    save_draft(installation.database, visit, ENTRIES, 1, MORNING, LENGTHS)
    assert find_draft(installation.database, visit) == ENTRIES


def test_closing_deletes_the_rounds_drafts_and_no_others(installation: Installation) -> None:
    round_id, visit, _ = enter(installation)
    save_draft(installation.database, visit, ENTRIES, 0, MORNING, LENGTHS)
    city = get_round_id(installation, add_panel_city(installation, seats=2))
    card = get_card(open_with_cards(installation, city), "leader")
    elsewhere = admit(installation.database, installation.settings, card.token, MORNING)
    save_draft(installation.database, elsewhere, ENTRIES, 0, MORNING, LENGTHS)

    rounds.close_round(
        Act(installation.database, MANAGER, MORNING), installation.settings, round_id
    )

    assert find_draft(installation.database, visit) == ()
    assert find_draft(installation.database, elsewhere) == ENTRIES
    with pytest.raises(Problem) as closed:
        save_draft(installation.database, visit, ENTRIES, 0, MORNING, LENGTHS)
    assert closed.value.kind is ROUND_CLOSED


def test_void_card_and_endless_text_keep_no_draft(installation: Installation) -> None:
    _, visit, _ = enter(installation)

    with pytest.raises(Problem) as long:
        save_draft(
            installation.database, visit, (("a.why.", "x" * LENGTHS.draft),), 0, MORNING, LENGTHS
        )
    with installation.database.writing() as session:
        session.execute(update(Credential).values(void=True))
    with pytest.raises(Problem) as void:
        save_draft(installation.database, visit, ENTRIES, 0, MORNING, LENGTHS)

    assert (long.value.kind, void.value.kind) == (DRAFT_TOO_LONG, TOKEN_VOID)
    assert count_drafts(installation) == 0


def test_tampered_draft_is_no_draft(installation: Installation) -> None:
    _, visit, _ = enter(installation)
    save_draft(installation.database, visit, ENTRIES, 0, MORNING, LENGTHS)
    with installation.database.writing() as session:
        session.execute(update(Draft).values(sealed=b"\0" * 60))

    assert find_draft(installation.database, visit) == ()

"""Ballots on their way into the box: found again, moved once, mended where a key is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from evalsvc.domain import events
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import anchors, emptying, reissue, rounds
from evalsvc.domain.sealing.mixing import MIXED, mix_closed_boxes
from evalsvc.domain.voting import casting, tray
from evalsvc.domain.voting.drafts import find_draft, save_draft
from evalsvc.domain.voting.tray_keys import find_tray_key, list_tray_keys
from evalsvc.models.box import Ballot, PendingBallot
from evalsvc.models.draft import Draft
from evalsvc.models.season import Round
from tests.cast import MANAGER, MORNING, Installation, add_panel_city, get_round_id, open_with_cards
from tests.domain.test_casting import visit_and_fill

pytestmark = pytest.mark.usefixtures("database_url")

NOON = MORNING + timedelta(hours=4)


@pytest.fixture
def city(place: Installation) -> tuple[int, list[str]]:
    """An open round of 26 cards."""
    round_id = get_round_id(place, add_panel_city(place, seats=6))
    return round_id, [card.token for card in open_with_cards(place, round_id)]


def cast(place: Installation, token: str, nonce: bytes | None = None) -> casting.Receipt:
    visit, answers = visit_and_fill(place, token)
    return casting.cast(place.database, visit, answers, nonce or casting.new_nonce(), MORNING)


def count(place: Installation) -> tuple[int, int]:
    """Ballots on the tray and in the box."""
    with place.database.reading() as session:
        found = (
            session.scalar(select(func.count()).select_from(one)) or 0
            for one in (PendingBallot, Ballot)
        )
        waiting, held = found
        return waiting, held


def get_round(place: Installation, round_id: int) -> Round:
    with place.database.reading() as session:
        return session.get_one(Round, round_id)


def list_batches(place: Installation) -> list[int]:
    return sorted(key.batch for key in list_tray_keys(place.settings.peppers))


def count_used(place: Installation, round_id: int) -> int:
    return sum(one.cast for one in rounds.get_turnout(place.database, round_id))


def test_an_hours_ballots_move_and_their_key_is_gone(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    round_id, tokens = city
    for token in tokens[:19]:
        cast(place, token)
    assert anchors.publish_anchors(place.database, place.settings, NOON) == ()
    assert (count(place), list_batches(place)) == ((19, 0), [1])  # too few: they wait
    cast(place, tokens[19])
    assert count_used(place, round_id) == 20
    ((_, made),) = anchors.publish_anchors(place.database, place.settings, NOON)
    assert made.anchor.ballots == 20
    assert (count(place), list_batches(place)) == ((0, 20), [2])
    assert (count_used(place, round_id), get_round(place, round_id).batch) == (20, 2)


def test_a_place_casts_again_over_two_batches(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    round_id, tokens = city
    nonces = [casting.new_nonce() for _ in range(4)]
    given = [cast(place, tokens[0], nonce) for nonce in nonces[:2]]
    emptying.turn_tray(place.database, round_id)
    given += [cast(place, tokens[0], nonce) for nonce in nonces[2:]]
    assert [one.times_cast for one in given] == [1, 2, 3, 4]
    again = [cast(place, tokens[0], nonce) for nonce in nonces]
    assert [one.code for one in again] == [one.code for one in given]
    assert (count(place), count_used(place, round_id)) == ((2, 2), 1)
    assert reissue.count_roll(place.database, round_id)[0].turnout.cast == 1
    rounds.close_round(Act(place.database, MANAGER, NOON), place.settings, round_id)
    with place.database.reading() as session:
        kept = session.scalars(select(Ballot.seq).order_by(Ballot.seq)).all()
    assert (list(kept), count(place), list_batches(place)) == ([1, 2, 3, 4], (0, 4), [])


def test_a_paper_knows_how_often_its_place_has_cast(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    """Whatever lies in the box, on the tray, or under two keys there; and where a draft may lie."""
    round_id, tokens = city
    seen = []
    for turn in range(6):
        visit, _ = visit_and_fill(place, tokens[0])
        before = casting.get_paper(place.database, visit, MORNING)
        save_draft(place.database, visit, [("a", str(turn))], turn, MORNING, before.lengths)
        paper = casting.get_paper(place.database, visit, MORNING)
        seen.append((before.times_cast, paper.may_have_draft))
        cast(place, tokens[0])
        if turn == 1:
            tray.begin_batch(place.database, round_id)
        if turn == 3:
            emptying.turn_tray(place.database, round_id)
    assert seen == [(turn, True) for turn in range(6)]
    fresh, _ = visit_and_fill(place, tokens[1])
    paper = casting.get_paper(place.database, fresh, MORNING)
    assert (paper.times_cast, paper.may_have_draft) == (0, False)


def test_a_draft_of_a_second_answer_lies_elsewhere(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    """Whoever keeps copies would see by a draft's number who answered twice, and when."""
    _, tokens = city
    seen = []
    for turn in range(2):
        visit, _ = visit_and_fill(place, tokens[0])
        paper = casting.get_paper(place.database, visit, MORNING)
        entries = [("a", str(turn))]
        save_draft(place.database, visit, entries, turn, MORNING, paper.lengths)
        assert find_draft(place.database, visit) == (("a", str(turn)),)
        with place.database.reading() as session:
            seen.append(session.scalar(select(Draft.id)))
        cast(place, tokens[0])
        assert find_draft(place.database, visit) == ()
    assert len(set(seen)) == 2


@contextmanager
def noting(place: Installation) -> Iterator[list[str]]:
    """The first words of every statement meanwhile."""
    said: list[str] = []

    def note(_one: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(" ".join(statement.split()[:3]))

    event.listen(place.database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(place.database.engine, "before_cursor_execute", note)


def test_a_first_cast_asks_once_and_writes_once(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    """Only who has cast before, or kept a draft, has the database do more."""
    _, tokens = city
    visit, answers = visit_and_fill(place, tokens[0])
    held = {
        "sqlite": ["BEGIN IMMEDIATE"],
        "postgresql": ["SELECT pg_advisory_xact_lock(%(place)s::BIGINT) AS"],
    }
    begun = held[place.database.engine.dialect.name]
    asked = 'SELECT credential."group", credential.void,'
    listed = "SELECT ballot.seq, ballot.nonce,"
    put, forget = "INSERT INTO pending_ballot", "DELETE FROM draft"
    found = []
    for turn in range(2):
        paper = casting.get_paper(place.database, visit, MORNING)
        if turn == 1:
            save_draft(place.database, visit, [("a", "1")], 1, MORNING, paper.lengths)
        with noting(place) as said:
            nonce = casting.new_nonce()
            casting.cast(place.database, visit, answers, nonce, MORNING, paper)
        found.append(said)
    assert found == [[*begun, asked, put], [*begun, asked, listed, put, forget]]


def test_a_batch_that_turns_between_page_and_cast_hides_no_ballot(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    """The paper's keys are then those of a batch before, and their ballots lie elsewhere."""
    round_id, tokens = city
    visit, answers = visit_and_fill(place, tokens[0])
    paper = casting.get_paper(place.database, visit, MORNING)
    nonces = [casting.new_nonce() for _ in range(3)]
    given = []
    for nonce in nonces:
        given.append(casting.cast(place.database, visit, answers, nonce, MORNING, paper))
        emptying.turn_tray(place.database, round_id)
        emptying.destroy_spent_keys(place.database, round_id)
    assert [one.times_cast for one in given] == [1, 2, 3]
    again = [
        casting.cast(place.database, visit, answers, nonce, MORNING, paper) for nonce in nonces
    ]
    assert [one.code for one in again] == [one.code for one in given]
    assert (count(place), list_batches(place)) == ((0, 3), [4])


def test_a_stop_at_any_point_loses_and_doubles_nothing(
    place: Installation, city: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after the key is made, after the turn, inside a chunk, after it, after the anchor."""
    round_id, tokens = city
    for token in tokens:
        cast(place, token)
    monkeypatch.setattr(emptying, "CHUNK", 10)
    stops = [
        (tray, "_begin_next", 0),
        (emptying, "take", 0),
        (emptying, "take", 1),
        (anchors, "anchor_round", 0),
        (anchors, "destroy_spent_keys", 1),
    ]
    for module, name, after in stops:
        with monkeypatch.context() as patched:
            calls = iter(range(100))
            real = getattr(module, name)

            def stop(*given: object, real=real, calls=calls, after=after) -> object:  # type: ignore[no-untyped-def]
                if next(calls) == after:
                    raise KeyboardInterrupt
                return real(*given)

            patched.setattr(module, name, stop)
            with pytest.raises(KeyboardInterrupt):
                anchors.publish_anchor(place.database, place.settings, round_id, NOON)
        waiting, held = count(place)
        assert (waiting + held, count_used(place, round_id)) == (26, 26)
        assert cast_twice_is_known(place, tokens[0])
    assert anchors.publish_anchor(place.database, place.settings, round_id, NOON) is None
    assert count(place) == (0, 26)
    assert list_batches(place) == [get_round(place, round_id).batch]


def cast_twice_is_known(place: Installation, token: str) -> bool:
    visit, _ = visit_and_fill(place, token)
    return casting.get_paper(place.database, visit, MORNING).times_cast == 1


def test_where_a_key_is_gone_raters_may_vote_again(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    """A database restored from a backup, which never holds the keys."""
    round_id, tokens = city
    for token in tokens[:3]:
        cast(place, token)
    for file in place.settings.peppers.glob("*.tray*"):
        file.unlink()
    with place.database.reading() as session:
        row = session.get_one(Round, round_id)
        assert tray.count_lost(session, place.database, row) == 3
    assert count_used(place, round_id) == 0
    assert cast(place, tokens[0]).times_cast == 1
    assert (list_batches(place), count_used(place, round_id)) == ([2], 1)
    rounds.close_round(Act(place.database, MANAGER, NOON), place.settings, round_id)
    (lost,) = [one for one in events.list_events(place.database) if one.verb == "lose_ballots"]
    assert '"n": "3"' in lost.detail or '"n":"3"' in lost.detail
    assert count(place) == (0, 1)


def test_a_row_that_somebody_copied_or_damaged_stops_nothing(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    round_id, tokens = city
    for token in tokens[:3]:
        cast(place, token)
    with place.database.writing() as session:
        first, second, third = session.scalars(select(PendingBallot)).all()
        copied = {"round_id": round_id, "batch": 1, "place": first.place, "content": first.content}
        session.add(PendingBallot(tag=bytes(32), **copied))
        session.execute(
            update(PendingBallot)
            .where(PendingBallot.tag == second.tag)
            .values(content=third.content)
        )
    emptying.turn_tray(place.database, round_id)
    assert count(place) == (2, 2)  # the copy, and the one whose content is another's


def test_keys_outlive_their_rows_and_never_the_other_way(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    round_id, tokens = city
    uid = get_round(place, round_id).uid
    cast(place, tokens[0])
    tray.begin_batch(place.database, round_id)
    emptying.destroy_spent_keys(place.database, round_id)
    assert find_tray_key(place.settings.peppers, uid, 1) is not None  # a ballot waits under it
    assert list_batches(place) == [1, 2]
    cast(place, tokens[1])
    emptying.turn_tray(place.database, round_id)
    emptying.destroy_spent_keys(place.database, round_id)
    assert (list_batches(place), count(place)) == ([3], (0, 2))


def test_boxes_are_mixed_once_no_round_is_open(
    place: Installation, city: tuple[int, list[str]]
) -> None:
    round_id, tokens = city
    for token in tokens[:5]:
        cast(place, token)
    assert mix_closed_boxes(place.database) is False
    rounds.close_round(Act(place.database, MANAGER, NOON), place.settings, round_id)
    assert (get_round(place, round_id).batch, count(place)) == (MIXED, (0, 5))
    assert mix_closed_boxes(place.database) is False  # done

"""A copy of a visit's cookie opens nothing once its visit was left, and what is kept links to none.

The thief here has copied the cookie while the visit was on.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.db import Row
from evalsvc.domain.voting import ended_visits
from evalsvc.domain.voting.ended_visits import CELLS, end_visits, has_ended
from evalsvc.public import visits
from evalsvc.settings import Settings, prepare_instance, read_settings
from tests.cast import Installation
from tests.public.conftest import Place, Rater
from tests.public.filling import fill_bands
from tests.public.test_way import count_ballots, find_receipt

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)  # begins a field: 12 is a multiple of two hours


def copy_cookie(place: Place, rater: Rater) -> Rater:
    """Another browser with the same cookie."""
    thief = Rater(place.app.test_client(), rater.card)
    cookie = rater.client.get_cookie("visit")
    assert cookie is not None
    thief.client.set_cookie("visit", cookie.value)
    return thief


def dump(installation: Installation) -> dict[str, list[object]]:
    with installation.database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Row.metadata.sorted_tables
        }


def build_settings(folder: Path) -> Settings:
    settings = replace(read_settings(), instance=folder)
    prepare_instance(settings)
    return settings


@pytest.mark.parametrize("guarded", [False, True])
def test_a_copy_of_a_left_visits_cookie(
    place: Place, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Where nothing is kept of visits that ended, the copy works; here it is asked for the code."""
    if not guarded:
        monkeypatch.setattr(visits, "has_ended", lambda *_: False)
    rater = place.seat("office")
    rater.start()
    thief = copy_cookie(place, rater)
    assert thief.get("/answer").status == 200

    rater.post("/leave")

    assert thief.get("/answer").status == (401 if guarded else 200)


def test_a_copy_of_before_submitting_neither_reads_nor_answers(place: Place) -> None:
    rater = place.seat("office")
    check = rater.post("/check", fill_bands(rater.start()))
    thief = copy_cookie(place, rater)

    done = rater.post("/submit", check.fields)

    assert thief.get("/answer").status == 401
    assert thief.post("/answer", check.fields).status == 401
    assert thief.post("/submit", {**check.fields.to_dict(), "nonce": "ab" * 16}).status == 401
    assert count_ballots(place) == 1
    assert find_receipt(rater.get("/receipt")) == find_receipt(done)
    assert rater.get("/answer").status == 200  # may still answer again


def test_whoever_lost_the_answer_submits_the_same_ballot_again(place: Place) -> None:
    """A weak network takes the answer away, and the new cookie with it."""
    rater = place.seat("office")
    check = rater.post("/check", fill_bands(rater.start()))
    without_answer = copy_cookie(place, rater)
    done = rater.post("/submit", check.fields)

    again = without_answer.post("/submit", check.fields)

    assert find_receipt(again) == find_receipt(done)
    assert count_ballots(place) == 1


def test_the_next_person_in_the_same_browser_ends_the_visit_before(place: Place) -> None:
    rater = place.seat("office")
    rater.start()
    thief = copy_cookie(place, rater)
    rater.client.post("/start", data={"code": place.seat("leader").card.token})
    assert thief.get("/answer").status == 401


def test_leaving_twice_or_without_a_visit_is_no_different(place: Place) -> None:
    rater = place.seat("office")
    assert rater.post("/leave").status == 200
    rater.start()
    assert [rater.post("/leave").status for _ in range(2)] == [200, 200]
    assert rater.start().status == 200


def test_leaving_leaves_nothing_in_the_database(place: Place) -> None:
    rater = place.seat("office")
    rater.post("/submit", rater.post("/check", fill_bands(rater.start())).fields)
    before = dump(place.installation)

    rater.post("/leave")

    assert dump(place.installation) == before


def test_marks_of_one_card_have_nothing_in_common(tmp_path: Path) -> None:
    """Each visit of a card has a number of its own, which only its cookie knows."""
    settings = build_settings(tmp_path)
    fields = []
    for n in range(2):
        end_visits(settings, [bytes([n]) * 16], NOON + n * timedelta(hours=2))
        (path,) = [
            p
            for p in settings.ended_visits.iterdir()
            if p.stat().st_mtime == (NOON + n * timedelta(hours=2)).timestamp()
        ]
        content = path.read_bytes()
        fields.append({place for place, mark in enumerate(content) if mark})
        assert len(content) == CELLS
    assert [len(field) for field in fields] == [8, 8]
    assert fields[0].isdisjoint(fields[1])


def test_a_field_tells_neither_order_nor_time(tmp_path: Path) -> None:
    """Ended in either order, at any minute of the two hours: the same bytes, the same times."""
    settings, found = build_settings(tmp_path), []
    numbers = [bytes([n]) * 16 for n in range(20)]
    for order, minute in ((numbers, 1), (numbers[::-1], 119)):
        for path in settings.ended_visits.iterdir():
            path.unlink()
        for number in order:
            end_visits(settings, [number], NOON + timedelta(minutes=minute))
        (path,) = settings.ended_visits.iterdir()
        found.append((path.name, path.read_bytes(), path.stat().st_mtime))
    assert found[0] == found[1]


def test_a_mark_lasts_as_long_as_a_cookie_and_then_goes(tmp_path: Path) -> None:
    settings, number = build_settings(tmp_path), b"n" * 16
    end_visits(settings, [number], NOON + timedelta(minutes=119))
    for minutes in (0, 1, 60, 120):
        assert has_ended(settings, number, NOON + timedelta(minutes=119 + minutes))
    assert not has_ended(settings, b"m" * 16, NOON + timedelta(minutes=119))
    end_visits(settings, [b"m" * 16], NOON + timedelta(hours=5))
    assert len(list(settings.ended_visits.iterdir())) == 1


def test_a_visit_that_began_before_the_field_is_looked_for_in_both(tmp_path: Path) -> None:
    settings, number = build_settings(tmp_path), b"n" * 16
    begun = NOON + timedelta(minutes=100)  # a field is two hours, from noon on
    end_visits(settings, [number], NOON + timedelta(minutes=119))
    for minutes in (119, 120, 219):
        assert has_ended(settings, number, NOON + timedelta(minutes=minutes), begun)
    later = NOON + timedelta(minutes=121)
    assert not has_ended(settings, number, later, later)  # another visit, begun after the mark
    end_visits(settings, [number], later)
    assert has_ended(settings, number, later, later)
    # A clock that was put back finds what was marked in the field that it stands in.
    end_visits(settings, [number], NOON)
    assert has_ended(settings, number, NOON, later)


def test_ten_thousand_ended_visits_end_no_other(tmp_path: Path) -> None:
    settings = build_settings(tmp_path)
    content = bytearray(CELLS)
    for n in range(10_000):
        for place in ended_visits._list_places(n.to_bytes(16)):
            content[place] = 1
    field = int(NOON.timestamp() // 7200)
    (settings.ended_visits / str(field)).write_bytes(content)
    assert has_ended(settings, (77).to_bytes(16), NOON)
    others = [n.to_bytes(16) for n in range(20_000, 24_000)]
    assert [n for n in others if has_ended(settings, n, NOON)] == []

"""Letters to persons: a code each, good for the own result alone until the end."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.domain import events
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archiving, letters, publishing, reviews
from evalsvc.domain.concluding.letters import IssuedLetters
from evalsvc.domain.concluding.publishing import Period
from evalsvc.domain.office_days import office_day
from evalsvc.errors import ACT_REFUSED, LETTER_UNKNOWN, TOKEN_MISTYPED, Kind, Problem
from evalsvc.models.publication import LetterCode
from tests.admin.test_outcome_pages import add_worked
from tests.cast import MANAGER, MORNING, Installation, build_installation
from tests.office_cast import add_published

pytestmark = pytest.mark.slow

QUESTION = "业务目标第三项应为满分，请核对台账。"


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    built = build_installation(tmp_path, database_url)
    yield built
    built.database.close()


@pytest.fixture
def season_id(place: Installation) -> int:
    """The worked staff appraisal, shown for seven days from today on."""
    season_id = add_worked(place, "zaozhuang-staff")
    act, today = office(place), office_day(MORNING)
    publishing.propose(act, season_id, "")
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(act, place.settings, season_id, 1, period)
    return season_id


def office(place: Installation, days: int = 0) -> Act:
    return Act(place.database, MANAGER, MORNING + timedelta(days=days))


def reader(place: Installation, days: int = 0) -> Act:
    return Act(place.database, letters.READER, MORNING + timedelta(days=days))


def refused(kind: Kind, act: Act, place: Installation, code: str) -> None:
    with pytest.raises(Problem) as found:
        letters.open_letter(act, place.settings, code)
    assert found.value.kind is kind


def test_each_code_opens_one_persons_result(place: Installation, season_id: int) -> None:
    codes = letters.issue_letters(office(place), place.settings, season_id, 1)
    assert len(codes) == len(set(codes.values())) == 11
    opened = letters.open_letter(reader(place), place.settings, codes["o4"])
    # .3 x 80 + .7 x 44: the fourth grade, which no public page shows.
    assert (opened.line.unit, opened.line.published, opened.line.grade) == (
        "o4",
        "54.80",
        "incompetent",
    )
    assert opened.takes_reviews
    assert letters.count_letters(place.database, season_id) == IssuedLetters(11, 1)
    refused(LETTER_UNKNOWN, reader(place), place, "AAAA-AAAA-AAAA-AAAA")
    refused(TOKEN_MISTYPED, reader(place), place, codes["o4"][:-1])


def test_no_code_is_kept(place: Installation, season_id: int) -> None:
    """Neither database nor log has a code, and without the season's secret none leads in."""
    codes = letters.issue_letters(office(place), place.settings, season_id, 1)
    letters.open_letter(reader(place), place.settings, codes["o4"])
    with place.database.reading() as session:
        rows = session.scalars(select(LetterCode)).all()
        kept = " ".join(f"{row.key.hex()} {row.key!r} {row.unit}" for row in rows)
    told = " ".join(event.detail for event in events.list_events(place.database))
    assert not any(code in kept + told for code in codes.values())
    (place.settings.peppers / f"letters-{season_id}").unlink()
    refused(LETTER_UNKNOWN, reader(place), place, codes["o4"])


def test_reading_and_asking_are_logged_without_what_was_read(
    place: Installation, season_id: int
) -> None:
    codes = letters.issue_letters(office(place), place.settings, season_id, 1)
    for _ in range(2):
        letters.open_letter(reader(place), place.settings, codes["o4"])
    letters.ask_by_letter(reader(place), place.settings, codes["o4"], QUESTION)
    told = [
        (event.actor, event.verb, event.detail)
        for event in reversed(events.list_events(place.database))
        if event.verb in ("issue_letters", "read_letter", "ask_review")
    ]
    assert told == [
        ("manager", "issue_letters", '{"letters": "11", "version": "1"}'),
        # Once, however often it is read.
        ("letter", "read_letter", '{"unit": "o4", "version": "1"}'),
        ("letter", "ask_review", '{"request": "1", "unit": "o4", "version": "1"}'),
    ]
    (asked,) = reviews.list_reviews(place.database, season_id)
    assert (asked.unit, asked.asked_by, asked.text) == ("o4", "本人", QUESTION)


def test_a_question_is_taken_for_ten_days(place: Installation, season_id: int) -> None:
    codes = letters.issue_letters(office(place), place.settings, season_id, 1)
    letters.ask_by_letter(reader(place, 10), place.settings, codes["o1"], QUESTION)
    with pytest.raises(Problem) as late:
        letters.ask_by_letter(reader(place, 11), place.settings, codes["o2"], QUESTION)
    assert late.value.kind is ACT_REFUSED
    # It can still be read, and so can the answer.
    reviews.answer_review(office(place, 12), 1, "upheld", "台账核对无误。")
    opened = letters.open_letter(reader(place, 12), place.settings, codes["o1"])
    assert (opened.takes_reviews, opened.requests[0].answer) == (False, "台账核对无误。")


def test_a_new_letter_makes_the_old_code_void(place: Installation, season_id: int) -> None:
    first = letters.issue_letters(office(place), place.settings, season_id, 1)
    again = letters.issue_letters(office(place), place.settings, season_id, 1, ["o4"])
    assert list(again) == ["o4"]
    refused(LETTER_UNKNOWN, reader(place), place, first["o4"])
    for code, unit in ((again["o4"], "o4"), (first["o1"], "o1")):
        assert letters.open_letter(reader(place), place.settings, code).line.unit == unit


def test_codes_end_with_the_archive(place: Installation, season_id: int) -> None:
    codes = letters.issue_letters(office(place), place.settings, season_id, 1)
    publishing.make_final(office(place, 11), place.settings, season_id, 1)
    letters.open_letter(reader(place, 11), place.settings, codes["o1"])
    archiving.archive_version(office(place, 11), place.settings, season_id, 1)
    refused(LETTER_UNKNOWN, reader(place, 11), place, codes["o1"])
    assert not (place.settings.peppers / f"letters-{season_id}").exists()
    assert letters.count_letters(place.database, season_id) == IssuedLetters()


def test_letters_wait_for_the_first_day_and_are_for_persons(
    place: Installation, season_id: int
) -> None:
    for day in (-1, 0):
        version = 1 if day else 2
        with pytest.raises(Problem) as early:
            letters.issue_letters(office(place, day), place.settings, season_id, version)
        assert early.value.kind is ACT_REFUSED
    with pytest.raises(Problem) as units:
        letters.issue_letters(office(place), place.settings, add_published(place), 1)
    assert "联络员" in units.value.text.zh

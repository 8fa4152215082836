"""Publicity and reviews in working days: ends worked by hand, unknown years refused."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from evalsvc.domain import events
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import periods, publications, publishing, reviews
from evalsvc.domain.concluding.periods import Period, Terms
from evalsvc.domain.preparing import arrangements
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, Problem
from evalsvc.workdays.words import say_counted
from tests.cast import MANAGER, Installation, build_installation
from tests.office_cast import add_computed, add_liaison, add_working_season

pytestmark = pytest.mark.slow

FIVE = "{count: working_days, shown_least: 5, shown_most: 5, review: 5, answer: 3}"
# Tuesday, two days before National Day; nine o'clock at the office.
BEFORE_HOLIDAY = datetime(2026, 9, 29, 1, tzinfo=UTC)
QUESTION = "对本单位的个性指标得分有疑问，请复核。"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


def begin(place: Installation, season_id: int, moment: datetime, last: date | None) -> None:
    act = Act(place.database, MANAGER, moment)
    if not publications.list_publications(place.database, season_id):
        publishing.propose(act, season_id, "")
    first = moment.date()
    period = periods.build_period(place.database, season_id, first, last, "public", "all")
    publishing.begin_publicity(act, place.settings, season_id, 1, period)


def refuses(act: Callable[[], object], said: str) -> None:
    with pytest.raises(Problem) as raised:
        act()
    assert said in raised.value.text.zh
    assert raised.value.kind in (ENTRY_REFUSED, ACT_REFUSED)


def test_five_working_days_pass_over_national_day(place: Installation) -> None:
    season_id = add_working_season(place, FIVE)
    begin(place, season_id, BEFORE_HOLIDAY, None)
    (shown,) = publications.list_publications(place.database, season_id)
    # 29, 30 September, 8, 9 October and the worked Saturday 10.
    assert shown.last_day == date(2026, 10, 10)
    # 30 September, 8, 9, 10 October, and Monday 12 after the Sunday.
    assert shown.review_until == date(2026, 10, 12)
    assert say_counted(shown.counted["shown"]).zh == (
        "5 个工作日；10月1日至7日（国庆节）不算；10月10日调休上班，算"
    )
    assert say_counted(shown.counted["review"]).en == (
        "5 working days; not counted: 1–7 October (National Day), 11 October (weekend); "
        "worked weekends, counted: 10 October"
    )


def test_a_period_of_other_length_is_told_its_last_day(place: Installation) -> None:
    season_id = add_working_season(place, FIVE.replace("most: 5", "most: 6"))
    refuses(
        lambda: begin(place, season_id, BEFORE_HOLIDAY, date(2026, 10, 8)),
        "公示期应为 5 到 6 个工作日（含首尾两天），现为 3 个；"
        "从 2026-09-29 起，最后一天应为 2026-10-10 到 2026-10-12",
    )
    begin(place, season_id, BEFORE_HOLIDAY, date(2026, 10, 11))  # the Sunday adds no day


def test_a_request_is_answered_within_working_days(place: Installation) -> None:
    season_id = add_working_season(place, FIVE)
    begin(place, season_id, BEFORE_HOLIDAY, None)
    liaison = add_liaison(place, season_id)
    reviews.ask_review(Act(place.database, liaison, BEFORE_HOLIDAY), season_id, "u01", QUESTION)
    (request,) = reviews.list_reviews(place.database, season_id)
    assert request.answer_until == date(2026, 10, 9)  # 30 September, 8 and 9 October


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2026, 12, 8)])
def test_no_day_of_an_unknown_year_is_guessed(place: Installation, day: date) -> None:
    """From the 8th on five days are known; those for asking and answering after them are not."""
    season_id = add_working_season(place, FIVE.replace("answer: 3", "answer: 10"))
    moment = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    last = None if day.day == 8 else date(2027, 1, 4)
    refuses(lambda: begin(place, season_id, moment, last), "2027年放假和调休的安排还没有录入")
    (proposed,) = publications.list_publications(place.database, season_id)
    assert (proposed.state, proposed.first_day) == ("proposed", None)
    assert periods.suggest(place.database, season_id, date(2026, 12, 28)).unknown_year == 2027


def test_an_entered_year_counts_and_is_logged(place: Installation) -> None:
    season_id = add_working_season(place, FIVE)
    moment = datetime(2026, 12, 28, 1, tzinfo=UTC)
    act = Act(place.database, MANAGER, moment)
    arrangements.enter_arrangement(
        act, 2027, "国办发明电〔2026〕0号（试）", "元旦：1月1日至3日；春节：2月5日至11日", "2月14日"
    )
    # 28–31 December are four days, 1–3 January are off, Monday 4 is the fifth.
    begin(place, season_id, moment, None)
    (shown,) = publications.list_publications(place.database, season_id)
    assert shown.last_day == date(2027, 1, 4)
    told = [each for each in events.list_events(place.database) if each.verb == "enter_arrangement"]
    details = [json.loads(each.detail) for each in told]
    assert [(each["year"], each["worked"]) for each in details] == [("2027", "2027-02-14")]
    newest = arrangements.list_arrangements(place.database)[0]
    assert (newest.arrangement.year, newest.entered_by) == (2027, "manager")


def test_what_is_shown_keeps_how_it_was_counted(place: Installation) -> None:
    season_id = add_working_season(place, FIVE)
    begin(place, season_id, BEFORE_HOLIDAY, None)
    (before,) = publications.list_publications(place.database, season_id)
    act = Act(place.database, MANAGER, BEFORE_HOLIDAY)
    arrangements.enter_arrangement(act, 2026, "某某办发〔2026〕1号", "国庆节：10月1日至8日", "")
    (after,) = publications.list_publications(place.database, season_id)
    assert (after.last_day, after.counted) == (before.last_day, before.counted)
    assert arrangements.list_arrangements(place.database)[0].arrangement.worked == frozenset()


@pytest.mark.parametrize(
    ("year", "source", "off", "said"),
    [
        (1999, "国办发明电", "1月1日", "年份应在 2020 到 2099 之间"),
        (2027, "无", "1月1日", "请写明依据"),
        (2027, "国办发明电", "一月一号", "“一月一号”：应写成"),
        (2027, "国办发明电", "1月1日" * 400, "每行最多 1000 字"),
    ],
)
def test_bad_arrangements_are_refused(
    place: Installation, year: int, source: str, off: str, said: str
) -> None:
    act = Act(place.database, MANAGER, BEFORE_HOLIDAY)
    refuses(lambda: arrangements.enter_arrangement(act, year, source, off, ""), said)
    assert [each.arrangement.year for each in arrangements.list_arrangements(place.database)] == [
        2026,
        2025,
        2024,
    ]


def test_a_scheme_without_the_word_counts_calendar_days(place: Installation) -> None:
    season_id = add_computed(place)
    assert periods.get_terms(place.database, season_id) == Terms(5, 7, 10, 10, working=False)
    begin(place, season_id, BEFORE_HOLIDAY, None)
    (shown,) = publications.list_publications(place.database, season_id)
    assert (shown.last_day, shown.counted) == (date(2026, 10, 5), {})
    assert Period(date(2026, 9, 29), date(2026, 10, 5)).audience == "public"

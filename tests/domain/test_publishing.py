"""Covers a result's life: proposed, shown, asked about, corrected, final, archived."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, archiving, periods, publications, publishing, reviews
from evalsvc.domain.concluding.notices import list_differences, read_notice, write_notice
from evalsvc.domain.concluding.periods import Period, Terms
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, NOT_YOURS, Kind, Problem
from tests.cast import MANAGER, MORNING, Installation
from tests.office_cast import (
    LATER,
    add_computed,
    add_liaison,
    add_published,
    add_staff,
    change_figure,
    shut_boxes,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("database_url")]

TODAY = date(2018, 12, 1)
QUESTION = "对本单位的个性指标得分有疑问，请复核。"


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        act()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def propose(place: Installation, season_id: int, reason: str = "") -> int:
    """The newest computation, though its boxes are not opened."""
    act = Act(place.database, MANAGER, MORNING)
    return publishing.propose(act, season_id, reason)


def test_a_version_goes_its_way_and_its_notice_never_changes(place: Installation) -> None:
    season_id = add_published(place)
    database = place.database
    (shown,) = publications.list_publications(database, season_id)
    assert (shown.state, shown.first_day, shown.last_day, shown.review_until) == (
        "shown",
        TODAY,
        date(2018, 12, 7),
        date(2018, 12, 11),
    )
    # Every indicator of u06 is 96, of u01 91; without ballots the total is the indicators' figure.
    assert [(u.unit, u.published, u.rank) for u in shown.notice.list_category("department")] == [
        ("u06", "96.00", 1),
        ("u05", "95.00", 2),
        ("u04", "94.00", 3),
        ("u03", "93.00", 4),
        ("u02", "92.00", 5),
        ("u01", "91.00", 6),
    ]
    change_figure(place, season_id, "u01", "99")
    (still,) = publications.list_publications(database, season_id)
    assert still == shown


def test_the_archive_keeps_packages_whose_hashes_are_recorded(place: Installation) -> None:
    season_id = add_published(place)
    publishing.make_final(Act(place.database, MANAGER, LATER), place.settings, season_id, 1)
    shut_boxes(place, season_id)
    archiving.archive_version(Act(place.database, MANAGER, LATER), place.settings, season_id, 1)
    (kept,) = publications.list_publications(place.database, season_id)
    folder = place.settings.instance / "archive"
    public = (folder / f"season-{season_id}-version-1-public.zip").read_bytes()
    audit = (folder / f"season-{season_id}-version-1-audit.zip").read_bytes()
    assert kept.state == "archived"
    assert kept.public_sha256 == archive.hash_package(public)
    assert kept.audit_sha256 == archive.hash_package(audit)
    refuses(
        ACT_REFUSED,
        lambda: archiving.archive_version(
            Act(place.database, MANAGER, LATER), place.settings, season_id, 1
        ),
        "已归档",
    )


def test_nothing_is_archived_over_figures_that_have_changed(place: Installation) -> None:
    season_id = add_published(place)
    publishing.make_final(Act(place.database, MANAGER, LATER), place.settings, season_id, 1)
    change_figure(place, season_id, "u01", "99")
    refuses(
        ACT_REFUSED,
        lambda: archiving.archive_version(
            Act(place.database, MANAGER, LATER), place.settings, season_id, 1
        ),
        "数据有了变化",
    )


def test_a_computation_is_proposed_once_and_only_while_it_is_true(place: Installation) -> None:
    season_id = add_computed(place)
    propose(place, season_id, "")
    refuses(
        ACT_REFUSED,
        lambda: publishing.propose(Act(place.database, MANAGER, MORNING), season_id, ""),
        "已经拟定过",
    )
    refuses(NOT_FOUND, lambda: propose(place, 99, ""))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(0, 3, "现为 4 天"), (0, 7, "现为 8 天"), (0, -1, "现为 0 天"), (-1, 5, "不能早于今天")],
)
def test_the_publicity_period_has_five_to_seven_days(
    place: Installation, first: int, last: int, said: str
) -> None:
    season_id = add_computed(place)
    propose(place, season_id, "")
    period = Period(TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    refuses(
        ENTRY_REFUSED,
        lambda: publishing.begin_publicity(
            Act(place.database, MANAGER, MORNING), place.settings, season_id, 1, period
        ),
        said,
    )


def test_an_office_may_set_other_periods(place: Installation) -> None:
    season_id = add_computed(place)
    assert periods.get_terms(place.database, season_id) == Terms(5, 7, 10, 10)
    periods.set_terms(Act(place.database, MANAGER, MORNING), season_id, Terms(1, 3, 2, 4))
    propose(place, season_id, "")
    publishing.begin_publicity(
        Act(place.database, MANAGER, MORNING), place.settings, season_id, 1, Period(TODAY, TODAY)
    )
    (shown,) = publications.list_publications(place.database, season_id)
    assert shown.review_until == date(2018, 12, 3)
    for terms in (Terms(0, 3, 2, 4), Terms(4, 3, 2, 4), Terms(1, 61, 2, 4)):
        refuses(
            ENTRY_REFUSED,
            lambda terms=terms: periods.set_terms(  # type: ignore[misc]  # bound
                Act(place.database, MANAGER, MORNING), season_id, terms
            ),
        )


def test_it_is_final_only_when_periods_are_over_and_questions_answered(place: Installation) -> None:
    season_id = add_published(place)
    actor = add_liaison(place, season_id)
    last = MORNING + timedelta(days=10)  # 11 December, the last day for reviews
    refuses(
        ACT_REFUSED,
        lambda: publishing.make_final(
            Act(place.database, MANAGER, last), place.settings, season_id, 1
        ),
        "2018-12-11",
    )
    request = reviews.ask_review(Act(place.database, actor, last), season_id, "u01", QUESTION)
    after = last + timedelta(days=1)
    refuses(
        ACT_REFUSED,
        lambda: publishing.make_final(
            Act(place.database, MANAGER, after), place.settings, season_id, 1
        ),
        "1 件复核申请",
    )
    reviews.answer_review(Act(place.database, MANAGER, after), request, "upheld", "核对无误。")
    publishing.make_final(Act(place.database, MANAGER, after), place.settings, season_id, 1)
    refuses(
        ACT_REFUSED,
        lambda: publishing.make_final(
            Act(place.database, MANAGER, after), place.settings, season_id, 1
        ),
        "定案",
    )


def test_a_correction_is_another_version_and_the_old_one_stays(place: Installation) -> None:
    season_id = add_published(place)
    actor = add_liaison(place, season_id)
    asked = reviews.ask_review(Act(place.database, actor, MORNING), season_id, "u01", QUESTION)
    refuses(
        ACT_REFUSED,
        lambda: reviews.answer_review(
            Act(place.database, MANAGER, MORNING), asked, "corrected", "录入有误。"
        ),
        "重新计算",
    )
    (before,) = publications.list_publications(place.database, season_id)
    change_figure(place, season_id, "u01", "95")
    reviews.answer_review(
        Act(place.database, MANAGER, MORNING), asked, "corrected", "录入有误，改为95。"
    )
    new, old = publications.list_publications(place.database, season_id)
    assert old == replace(before, corrected_by=2)
    assert (new.version, new.corrects, new.reason, new.state) == (
        2,
        1,
        "录入有误，改为95。",
        "proposed",
    )
    changes = {
        d.after.unit: (d.before.published, d.after.published, d.before.rank, d.after.rank)
        for d in list_differences(old.notice, new.notice)
        if d.before and d.after
    }
    # u01 rises from 91 to 95 and shares place 2 with u05; u02, u03, u04 each fall by one.
    assert changes == {
        "u01": ("91.00", "95.00", 6, 2),
        "u02": ("92.00", "92.00", 5, 6),
        "u03": ("93.00", "93.00", 4, 5),
        "u04": ("94.00", "94.00", 3, 4),
    }
    (review,) = reviews.list_reviews(place.database, season_id)
    assert (review.state, review.corrected_in) == ("corrected", 2)
    refuses(
        ACT_REFUSED,
        lambda: publishing.make_final(
            Act(place.database, MANAGER, LATER), place.settings, season_id, 1
        ),
        "更新的版本",
    )
    assert publications.find_shown((new, old), TODAY) == old
    assert (
        publications.get_unit_sheet(place.database, season_id, 1, "u01", "department").published
        == "91.00"
    )


def test_a_correction_needs_its_reason(place: Installation) -> None:
    season_id = add_published(place)
    change_figure(place, season_id, "u01", "95")
    refuses(
        ENTRY_REFUSED,
        lambda: publishing.propose(Act(place.database, MANAGER, MORNING), season_id, "  "),
        "理由",
    )
    assert propose(place, season_id, "录入有误") == 2


def test_only_the_units_liaison_asks_and_only_in_time(place: Installation) -> None:
    season_id = add_published(place)
    actor = add_liaison(place, season_id, "u01")
    stranger = add_staff(place, "stranger", "liaison")
    database = place.database
    for unit, who in (("u02", actor), ("u01", stranger)):
        refuses(
            NOT_YOURS,
            lambda unit=unit, who=who: reviews.ask_review(  # type: ignore[misc]  # bound
                Act(database, who, MORNING), season_id, unit, QUESTION
            ),
        )
    refuses(
        ENTRY_REFUSED,
        lambda: reviews.ask_review(Act(database, actor, MORNING), season_id, "u01", "太低"),
        "10 到 2000",
    )
    late = MORNING + timedelta(days=11)
    refuses(
        ACT_REFUSED,
        lambda: reviews.ask_review(Act(database, actor, late), season_id, "u01", QUESTION),
        "2018-12-11",
    )
    asked = reviews.ask_review(Act(database, actor, MORNING), season_id, "u01", QUESTION)
    refuses(
        ACT_REFUSED,
        lambda: reviews.ask_review(Act(database, actor, MORNING), season_id, "u01", QUESTION),
        "等答复",
    )
    (request,) = reviews.list_reviews(database, season_id, "u01")
    assert request.answer_until == date(2018, 12, 11)
    assert [request.is_late(day) for day in (date(2018, 12, 11), date(2018, 12, 12))] == [
        False,
        True,
    ]
    reviews.answer_review(Act(database, MANAGER, MORNING), asked, "upheld", "核对无误。")
    refuses(
        ACT_REFUSED,
        lambda: reviews.answer_review(
            Act(database, MANAGER, MORNING), asked, "upheld", "核对无误。"
        ),
        "已经答复过",
    )
    refuses(
        NOT_FOUND,
        lambda: reviews.answer_review(Act(database, MANAGER, MORNING), 99, "upheld", "核对无误。"),
    )


def test_a_notice_is_read_as_it_was_written(place: Installation) -> None:
    season_id = add_published(place)
    (shown,) = publications.list_publications(place.database, season_id)
    assert read_notice(write_notice(shown.notice)) == shown.notice

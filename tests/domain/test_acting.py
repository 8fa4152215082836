"""An act leaves its entry in the log, in words of the closed table, or it has changed nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select

from evalsvc.box.log_words import SERVICE, Verb, about_round, about_season, about_staff
from evalsvc.db import Database, Row, connect
from evalsvc.domain.acting import Act, UntoldActError
from evalsvc.domain.events import list_events
from evalsvc.models.season import Season
from evalsvc.models.staff import Staff
from tests.cast import MANAGER, MORNING

ROOT = Path(__file__).parents[2]
RELEASES = sorted((ROOT / "tests/data/releases").glob("v*/package-*-audit.zip"))
# The words of the log as they have been hashed and published: none is changed or taken out.
PUBLISHED = """
    accept_sheet amend_season answer_review approve archive_result ask_for_reports ask_for_sheets
    ask_review assist attach begin_publicity bind_liaison bind_member carry_tasks change_password
    change_scheme change_task close_round compute_result correct_figures count_grades create_season
    decide_task destroy_keys enrol_second_factor enter_arrangement exclude_ballot
    export_audit_package export_box export_public_package grade_report hand_in import_figures
    import_history import_roster inherit_season issue issue_letters lose_ballots make_final
    make_keys make_link note_finding open_box open_correction open_round overrule_figure propose
    propose_plan propose_result propose_task publish_anchor purge read_letter rectify refuse
    rehearse_opening reissue remove_attachment reopen_tasks report_task restore_ballot resubmit_task
    return_sheet review_comments revoke self_check set_terms set_year settle_finding sign_in suspend
    take_back_comment take_over_package take_over_season unbind_liaison unbind_member use_link
    use_recovery_code withdraw write_account
""".split()  # noqa: SIM905  (sixty-odd words, read as a text)


@pytest.fixture
def act(database_url: str) -> Iterator[Act]:
    database = connect(database_url)
    Row.metadata.create_all(database.engine)
    yield Act(database, MANAGER, MORNING)
    database.close()


def add_season(title: str) -> Season:
    return Season(title=title, office="", contact="", scheme="", scheme_sha256="")


def list_titles(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Season.title)))


def fail_after_telling(act: Act) -> None:
    with act.writing() as session:
        session.add(add_season("2026"))
        act.tell(session, Verb.CREATE_SEASON, about_season(1), {})
        raise ZeroDivisionError


def test_an_act_is_kept_with_who_when_and_what(act: Act) -> None:
    with act.writing() as session:
        session.add(add_season("2026"))
        act.tell(session, Verb.CREATE_SEASON, about_season(1), {"title": "2026"})
    (told,) = list_events(act.database)
    assert (told.seq, told.at, told.actor, told.verb, told.subject, told.detail) == (
        1,
        MORNING.isoformat(),
        MANAGER.login,
        "create_season",
        "season 1",
        '{"title": "2026"}',
    )


def test_a_change_that_tells_nothing_is_not_kept(act: Act) -> None:
    with pytest.raises(UntoldActError), act.writing() as session:
        session.add(add_season("2026"))
    assert (list_titles(act.database), list(list_events(act.database))) == ([], [])


def test_a_statement_that_tells_nothing_is_not_kept(act: Act) -> None:
    with act.database.writing() as session:
        session.add(add_season("2026"))
    with pytest.raises(UntoldActError), act.writing() as session:
        session.execute(delete(Season))
    assert list_titles(act.database) == ["2026"]


def test_what_changes_nothing_needs_no_entry(act: Act) -> None:
    with act.writing() as session:
        assert session.scalars(select(Staff)).all() == []
    assert list(list_events(act.database)) == []


def test_an_entry_is_lost_with_what_it_tells_of(act: Act) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_telling(act)
    assert (list_titles(act.database), list(list_events(act.database))) == ([], [])


def test_every_word_that_was_published_stands_in_the_table() -> None:
    assert sorted(Verb) == sorted(PUBLISHED)
    assert [verb.name.lower() for verb in Verb] == [verb.value for verb in Verb]


def test_subjects_are_written_as_they_always_were() -> None:
    subjects = [about_season(3), about_round(7, "year_end"), about_round(7), about_staff("li")]
    assert [*subjects, SERVICE] == [
        "season 3",
        "round 7 year_end",
        "round 7",
        "staff:li",
        "service",
    ]


@pytest.mark.parametrize("package", RELEASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_logs_of_released_versions_speak_in_these_words(package: Path) -> None:
    with ZipFile(package) as archive:
        log = [json.loads(line) for line in archive.read("box/log.jsonl").splitlines()]
    subject = re.compile(r"season \d+|round \d+( \w+)?|staff:.+|service")
    assert {act["verb"] for act in log} <= set(Verb)
    assert [act["subject"] for act in log if not subject.fullmatch(act["subject"])] == []


def test_only_an_act_writes_into_the_log() -> None:
    callers = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "evalsvc").rglob("*.py"))
        if "events.record(" in path.read_text(encoding="utf-8")
    ]
    assert callers == ["evalsvc/domain/acting.py"]


def test_subjects_come_from_the_table_alone() -> None:
    written = re.compile(r'f"(season \{[^{}]+\}|round \{[^{}]+\}( \{[^{}]+\})?|staff:\{[^{}]+\})"')
    by_hand = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "evalsvc/domain").rglob("*.py"))
        if written.search(path.read_text(encoding="utf-8"))
    ]
    assert by_hand == []

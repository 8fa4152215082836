"""Covers attached files: who may add, read and take away, what stays, what a package says."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from analysis.score.facts import Attachment as Attached
from evalsvc.attached.kinds import CheckedFile
from evalsvc.domain import changing, events
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import assessments, task_list, task_reports, tasks
from evalsvc.domain.concluding import archive, history, publishing, results
from evalsvc.domain.concluding.facts import list_facts
from evalsvc.domain.people import bodies, liaisons
from evalsvc.domain.preparing import attachments, figures, rosters
from evalsvc.domain.preparing.attachments import Belonging
from evalsvc.domain.preparing.figures import AdjustmentRow, Figures
from evalsvc.domain.preparing.rosters import Roster
from evalsvc.errors import (
    ACT_REFUSED,
    ATTACHMENT_DAMAGED,
    ATTACHMENT_REFUSED,
    NOT_FOUND,
    NOT_YOURS,
    Kind,
    Problem,
)
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.package import read_package
from evalsvc.evidence.verify.verdict import verify
from evalsvc.models.attachment import AttachedContent
from tests.cast import AUDITOR, MANAGER, MORNING, Installation
from tests.office_cast import (
    LATER,
    SAFETY,
    add_assessor,
    add_bodies_season,
    add_computed,
    add_liaison,
    add_published,
    add_staff,
    ask,
    fill,
    shut_boxes,
)

SHEET = ("year_end", "emergency")
CELL = Belonging("figure", "year_end", "u01", "emergency", SAFETY)
NOTE = Belonging("note", "year_end", "u01", "emergency")
EVENT = "commended.central"
PRAISE = AdjustmentRow("year_end", "u01", EVENT, 1, None, "2018-11-02", "县政发〔2018〕3号")


def file(text: str = "台账", name: str = "台账.pdf") -> CheckedFile:
    return CheckedFile(name, "pdf", text.encode())


@pytest.fixture
def season_id(place: Installation) -> int:
    found = add_bodies_season(place)
    ask(place, found)
    return found


@pytest.fixture
def assessor(place: Installation, season_id: int) -> Actor:
    return add_assessor(place, season_id)


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        act()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def attach(
    place: Installation, season_id: int, where: Belonging, actor: Actor, text: str = "台账"
) -> int:
    return attachments.attach(Act(place.database, actor, MORNING), season_id, where, file(text))


def list_names(place: Installation, season_id: int) -> list[tuple[str, bool]]:
    return [
        (each.place.item, each.removed_at is None)
        for each in attachments.list_attachments(place.database, season_id)
    ]


@pytest.mark.usefixtures("database_url")
def test_a_body_attaches_and_the_office_fetches(
    place: Installation, season_id: int, assessor: Actor
) -> None:
    number = attach(place, season_id, CELL, assessor)
    attach(place, season_id, NOTE, assessor)
    (cell, note) = attachments.list_attachments(place.database, season_id)
    assert (cell.place, cell.name, cell.size, cell.added_by_name) == (
        CELL,
        "台账.pdf",
        6,
        "assessor同事",
    )
    assert cell.sha256 == note.sha256 == hashlib.sha256("台账".encode()).hexdigest()
    other = add_staff(place, "other", "assessor")
    bodies.bind_member(Act(place.database, MANAGER, MORNING), season_id, "other", "secrets")
    for reader in (assessor, MANAGER, AUDITOR):
        assert attachments.get_attachment(place.database, number, reader)[1] == "台账".encode()
    liaison = add_liaison(place, season_id)
    for stranger in (other, liaison):
        refuses(
            NOT_YOURS, lambda who=stranger: attachments.get_attachment(place.database, number, who)
        )
    refuses(NOT_YOURS, lambda: attach(place, season_id, CELL, other))
    refuses(NOT_YOURS, lambda: attach(place, season_id, CELL, MANAGER))


def test_a_file_has_to_have_a_place_and_room(
    place: Installation, season_id: int, assessor: Actor
) -> None:
    for wrong in (
        Belonging("figure", "year_end", "u99", "emergency", SAFETY),
        Belonging("figure", "year_end", "u01", "emergency", "I.common.保密工作"),
        Belonging("figure", "year_end", "u01", "emergency"),
        Belonging("note", "year_end", "u01", "emergency", SAFETY),
    ):
        refuses(
            ACT_REFUSED, lambda at=wrong: attach(place, season_id, at, assessor), "没有这个单位"
        )
    refuses(NOT_FOUND, lambda: attach(place, season_id, Belonging("card", "", ""), assessor))
    for n in range(20):
        attach(place, season_id, CELL, assessor, f"第{n}份")
    refuses(ATTACHMENT_REFUSED, lambda: attach(place, season_id, CELL, assessor, "第0份"), "同一份")
    refuses(ATTACHMENT_REFUSED, lambda: attach(place, season_id, CELL, assessor), "最多 20 份")
    attach(place, season_id, NOTE, assessor)


def test_what_is_taken_away_stays_on_record(
    place: Installation, season_id: int, assessor: Actor
) -> None:
    number = attach(place, season_id, CELL, assessor)

    def take_away(reason: str = "传错了") -> None:
        attachments.remove_attachment(Act(place.database, assessor, LATER), number, reason)

    refuses(ATTACHMENT_REFUSED, lambda: take_away(" "), "请写明为什么撤下")
    take_away()
    refuses(ACT_REFUSED, take_away, "已经撤下")
    (gone,) = attachments.list_attachments(place.database, season_id)
    assert (gone.removed_by_name, gone.removed_at, gone.removed_why) == (
        "assessor同事",
        LATER,
        "传错了",
    )
    refuses(NOT_YOURS, lambda: attachments.get_attachment(place.database, number, assessor))
    assert attachments.get_attachment(place.database, number, AUDITOR)[1] == "台账".encode()
    told = [(row.verb, row.actor) for row in events.list_events(place.database)[:2]]
    assert told == [("remove_attachment", "assessor"), ("attach", "assessor")]
    attach(place, season_id, CELL, assessor)


def test_a_sheet_that_was_handed_in_keeps_its_files(
    place: Installation, season_id: int, assessor: Actor
) -> None:
    number = attach(place, season_id, CELL, assessor)
    assessments.save_entries(Act(place.database, assessor, MORNING), season_id, *SHEET, fill(), ())
    assessments.hand_in(Act(place.database, assessor, MORNING), season_id, *SHEET)
    refuses(ACT_REFUSED, lambda: attach(place, season_id, NOTE, assessor), "已经报送")
    refuses(
        ACT_REFUSED,
        lambda: attachments.remove_attachment(
            Act(place.database, assessor, MORNING), number, "改主意"
        ),
        "已经报送",
    )


def import_events(place: Installation, season_id: int, *rows: AdjustmentRow) -> None:
    figures.import_figures(Act(place.database, MANAGER, MORNING), season_id, Figures((), rows))


@pytest.mark.usefixtures("database_url")
def test_files_of_adjustments_follow_them_through_an_import(
    place: Installation, season_id: int
) -> None:
    import_events(place, season_id, PRAISE)
    ((number, _),) = figures.list_numbered_adjustments(place.database, season_id)
    at = Belonging("adjustment", "", "", "", str(number))
    liaison, other = add_liaison(place, season_id), add_staff(place, "other", "liaison")
    liaisons.bind_liaison(Act(place.database, MANAGER, MORNING), season_id, "other", "u02")
    attach(place, season_id, at, MANAGER)
    own = attach(place, season_id, at, liaison, "奖状")
    refuses(NOT_YOURS, lambda: attach(place, season_id, at, other, "别人的"))
    refuses(NOT_YOURS, lambda: attachments.get_attachment(place.database, own, other))
    assert attachments.get_attachment(place.database, own, liaison)[0].place.unit == "u01"
    refuses(
        ACT_REFUSED,
        lambda: attachments.remove_attachment(
            Act(place.database, liaison, MORNING), own - 1, "不要"
        ),
        "别人添加的",
    )
    # Worded anew, the event is the same; gone, its files are taken away with it.
    worded = AdjustmentRow("year_end", "u01", EVENT, 1, None, "2018-11-02", "县政发3号")
    import_events(place, season_id, worded)
    ((new, _),) = figures.list_numbered_adjustments(place.database, season_id)
    assert new != number
    assert list_names(place, season_id) == [(str(new), True), (str(new), True)]
    import_events(place, season_id)
    assert list_names(place, season_id) == [(str(new), False), (str(new), False)]


def add_report(place: Installation, season_id: int) -> int:
    """A task of u01 led by u02 that stands and is to be reported on; the report's number."""
    proposal = tasks.Proposal("u01", "u02", "农村公路", "改造120公里", "", "", "1")
    number = tasks.propose_task(Act(place.database, MANAGER, MORNING), season_id, proposal)
    desks = (("lead", "u02"), ("", ""), ("leader", "leader"), ("group", "leading_group"))
    for login, body in desks:
        actor = MANAGER
        if login:
            actor = add_staff(place, login, "assessor")
            bodies.bind_member(Act(place.database, MANAGER, MORNING), season_id, login, body)
        tasks.decide_task(Act(place.database, actor, MORNING), number, "", agreed=True)
    due = MORNING + timedelta(days=5)
    task_reports.ask_for_reports(Act(place.database, MANAGER, MORNING), season_id, "year_end", due)
    return task_list.list_tasks(place.database, season_id)[0].reports[0].id


def test_a_unit_attaches_to_its_report_until_it_is_graded(
    place: Installation, season_id: int, assessor: Actor
) -> None:
    report = add_report(place, season_id)
    at, liaison = Belonging("report", "", "", "", str(report)), add_liaison(place, season_id)
    number = attach(place, season_id, at, liaison)
    lead = add_staff(place, "lead", "assessor")
    for reader in (liaison, lead, MANAGER):
        assert attachments.get_attachment(place.database, number, reader)[0].place.unit == "u01"
    refuses(NOT_YOURS, lambda: attachments.get_attachment(place.database, number, assessor))
    refuses(NOT_YOURS, lambda: attach(place, season_id, at, lead))
    task_reports.report_task(Act(place.database, liaison, MORNING), report, "已完工")
    task_reports.grade_report(Act(place.database, lead, MORNING), report, "good", "")
    refuses(ACT_REFUSED, lambda: attach(place, season_id, at, liaison, "补"), "已经评过")
    refuses(
        NOT_FOUND, lambda: attach(place, season_id, Belonging("report", "", "", "", "99"), liaison)
    )


def test_the_package_lists_every_file_by_its_hash(place: Installation) -> None:
    season_id = add_computed(place)
    entered = Figures(figures.list_indicators(place.database, season_id), (PRAISE,))
    figures.import_figures(Act(place.database, MANAGER, MORNING), season_id, entered)
    ((number, _),) = figures.list_numbered_adjustments(place.database, season_id)
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    attach(place, season_id, Belonging("adjustment", "", "", "", str(number)), MANAGER)
    # A result says what it rests on: with another file it has to be computed again.
    assert results.get_result(place.database, season_id).stale
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    shut_boxes(place, season_id)
    packages = archive.build_packages(place.database, place.settings, season_id)
    files = read_zip(packages.audit, 10**8)
    digest = hashlib.sha256("台账".encode()).hexdigest()
    assert read_package(files).facts.attachments == (
        Attached("year_end", "adjustment", "u01", f"{EVENT} 2018-11-02", "台账.pdf", 6, digest),
    )
    assert verify(files).failed == ()
    public = read_zip(packages.public, 10**8)
    assert verify(public).failed == ()
    assert "attachments.csv" not in public


def test_after_the_result_is_final_units_files_stay_as_they_are(place: Installation) -> None:
    season_id = add_published(place)
    changing.open_correction(Act(place.database, MANAGER, MORNING), season_id, "漏了一项加分")
    entered = Figures(figures.list_indicators(place.database, season_id), (PRAISE,))
    figures.import_figures(Act(place.database, MANAGER, MORNING), season_id, entered)
    ((number, _),) = figures.list_numbered_adjustments(place.database, season_id)
    at, liaison = Belonging("adjustment", "", "", "", str(number)), add_liaison(place, season_id)
    own = attach(place, season_id, at, liaison)
    publishing.make_final(Act(place.database, MANAGER, LATER), place.settings, season_id, 1)
    refuses(ACT_REFUSED, lambda: attach(place, season_id, at, liaison, "补"), "已经定案")
    refuses(
        ACT_REFUSED,
        lambda: attachments.remove_attachment(Act(place.database, liaison, LATER), own, "不要"),
        "已经定案",
    )
    # The office may, in a correction, which begins with what was missing.
    refuses(ACT_REFUSED, lambda: attach(place, season_id, at, MANAGER, "更正依据"), "更正")
    changing.open_correction(Act(place.database, MANAGER, LATER), season_id, "补上依据")
    attach(place, season_id, at, MANAGER, "更正依据")


def test_bytes_that_were_changed_in_the_database_are_not_given_out(
    place: Installation, season_id: int, assessor: Actor
) -> None:
    number = attach(place, season_id, CELL, assessor)
    with place.database.writing() as session:
        session.execute(update(AttachedContent).values(content=b"other"))
    refuses(
        ATTACHMENT_DAMAGED,
        lambda: attachments.get_attachment(place.database, number, MANAGER),
        "不符",
    )


def test_files_and_earlier_years_go_with_their_unit(place: Installation, season_id: int) -> None:
    import_events(place, season_id, PRAISE)
    ((number, _),) = figures.list_numbered_adjustments(place.database, season_id)
    attach(place, season_id, Belonging("adjustment", "", "", "", str(number)), MANAGER)
    history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)
    past = tuple(history.PastRow(unit, 2017, "90") for unit in ("u01", "u02"))
    history.import_history(Act(place.database, MANAGER, MORNING), season_id, past)
    units = rosters.list_units(place.database, season_id)
    fewer = Roster(tuple(unit for unit in units if unit.code != "u01"), (), ())
    rosters.import_roster(Act(place.database, MANAGER, LATER), season_id, fewer)
    (gone,) = attachments.list_attachments(place.database, season_id)
    assert (gone.removed_at, gone.removed_why) == (LATER, "单位已从名册删去")
    assert history.list_past_rows(place.database, season_id) == past[1:]
    # A new adjustment may get the old one's number, and must not get its files.
    other = AdjustmentRow("year_end", "u02", EVENT, 1, None, "2018-11-02", "县政发5号")
    import_events(place, season_id, other)
    with place.database.reading() as session:
        assert list_facts(session, season_id).attachments == ()

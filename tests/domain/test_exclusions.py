"""A flagged ballot is excluded by people's decision alone, and both scores stay."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, diagnostics, exclusions, publishing, results
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import approvals
from evalsvc.errors import (
    ACT_REFUSED,
    ENTRY_REFUSED,
    NOT_ALLOWED,
    NOT_FOUND,
    SECOND_PERSON,
    Kind,
    Problem,
)
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.verify.verdict import verify
from evalsvc.models.event import Event
from evalsvc.models.exclusion import BallotExclusion
from evalsvc.results.exclusions import ExcludedBallots, Exclusions
from evalsvc.results.season import SeasonResult
from tests.cast import AUDITOR, MANAGER, MORNING, Installation, build_installation
from tests.flagged_cast import (
    add_flagged,
    copy_installation,
    find_flagged_ballot,
    list_ballots,
    opened,
)
from tests.office_cast import complete

pytestmark = pytest.mark.slow

__all__ = ["opened"]  # a fixture

LEADER_NODE = "C.year_end.leader"
REASON = "本人确认把次序看反了，附情况说明"
SOON = MORNING + timedelta(hours=1)
LATER = MORNING + timedelta(hours=2)


def test_both_databases_keep_decisions(tmp_path: Path, database_url: str) -> None:
    place = build_installation(tmp_path, database_url)
    try:
        season_id = add_flagged(place)
        exclude(place, season_id)
        assert leaders_of(compute(place, season_id)) == 100
    finally:
        place.database.close()


@pytest.fixture
def place(opened: tuple[Installation, int], tmp_path: Path) -> Iterator[Installation]:
    copied = copy_installation(opened[0], tmp_path)
    yield copied
    copied.database.close()


@pytest.fixture
def season_id(opened: tuple[Installation, int]) -> int:
    return opened[1]


def exclude(place: Installation, season_id: int, group: str = "leader") -> str:
    ballot = find_flagged_ballot(place, season_id, group)
    exclusions.propose_exclusion(
        Act(place.database, MANAGER, SOON), place.settings, season_id, "year_end", ballot, REASON
    )
    return ballot


def compute(place: Installation, season_id: int) -> SeasonResult:
    results.compute_result(Act(place.database, MANAGER, SOON), place.settings, season_id)
    return results.get_result(place.database, season_id)


def leaders_of(result: SeasonResult, unit: str = "t01") -> object:
    tree = next(each.tree for each in result.units if each.unit == unit)
    return next(node.value for node in tree.walk() if node.code == LEADER_NODE)


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as found:
        act()
    assert found.value.kind is kind
    assert said in found.value.text.zh


def test_a_flag_changes_nothing_and_a_decision_counts_at_the_next_computation(
    place: Installation, season_id: int
) -> None:
    before = results.get_result(place.database, season_id)
    assert leaders_of(before) == 97.5
    assert before.exclusions == Exclusions()
    ballot = exclude(place, season_id)
    still = results.get_result(place.database, season_id)
    assert (still.units, still.stale) == (before.units, True)
    after = compute(place, season_id)
    assert leaders_of(after) == 100
    assert after.exclusions.counts == (ExcludedBallots("year_end", "leader", "reversed", 1),)
    assert after.exclusions.plain is not None
    assert {unit: (each.published, each.rank) for unit, each in after.exclusions.plain.items()} == {
        each.unit: (each.published, each.rank) for each in before.units
    }
    tree = next(each.tree for each in after.units if each.unit == "t01")
    node = next(node for node in tree.walk() if node.code == LEADER_NODE)
    assert {remark.code: remark.figures for remark in node.remarks}["void_ballots"] == (
        "1",
        f"{ballot}:excluded",
    )
    assert [one.note for one in node.inputs if one.points is None] == ["void:excluded"]


def test_what_was_decided_is_told_in_the_log_and_in_its_table(
    place: Installation, season_id: int
) -> None:
    ballot = exclude(place, season_id)
    (decision,) = exclusions.list_decisions(place.database, season_id, "year_end")
    assert (decision.ballot, decision.rater, decision.flag, decision.reason) == (
        ballot,
        "领导7",
        "reversed",
        REASON,
    )
    assert (decision.decided_by, decision.decided_at, decision.stands) == ("manager", SOON, True)
    with place.database.reading() as session:
        event = session.scalars(select(Event).where(Event.verb == "exclude_ballot")).one()
    assert event.actor == "manager"
    assert ballot in event.detail
    assert REASON in event.detail


def test_a_decision_is_taken_back_with_a_reason_and_may_be_taken_again(
    place: Installation, season_id: int
) -> None:
    exclude(place, season_id)
    compute(place, season_id)
    (decision,) = exclusions.list_decisions(place.database, season_id, "year_end")
    act = Act(place.database, MANAGER, LATER)
    refuses(
        ENTRY_REFUSED, lambda: exclusions.propose_restoration(act, place.settings, decision.id, " ")
    )
    exclusions.propose_restoration(act, place.settings, decision.id, "核对有误")
    refuses(
        NOT_FOUND, lambda: exclusions.propose_restoration(act, place.settings, decision.id, "再来")
    )
    (taken_back,) = exclusions.list_decisions(place.database, season_id, "year_end")
    assert (taken_back.stands, taken_back.restored_reason) == (False, "核对有误")
    # The older computation still says what it left out.
    assert results.get_result(place.database, season_id).exclusions.counts[0].n == 1
    results.compute_result(Act(place.database, MANAGER, LATER), place.settings, season_id)
    whole = results.get_result(place.database, season_id)
    assert leaders_of(whole) == 97.5
    assert whole.exclusions == Exclusions()
    exclude(place, season_id)
    assert [
        each.stands for each in exclusions.list_decisions(place.database, season_id, "year_end")
    ] == [False, True]


def test_only_flagged_ballots_of_counted_rounds_and_with_a_reason(
    place: Installation, season_id: int
) -> None:
    turned = find_flagged_ballot(place, season_id, "leader")
    ordinary = next(each for each in list_ballots(place, "leader") if each != turned)

    def propose(ballot: str, reason: str = REASON, code: str = "year_end") -> int:
        return exclusions.propose_exclusion(
            Act(place.database, MANAGER, SOON), place.settings, season_id, code, ballot, reason
        )

    refuses(ACT_REFUSED, lambda: propose(ordinary), "带标记")
    refuses(ACT_REFUSED, lambda: propose("b-nothing"), "带标记")
    refuses(ACT_REFUSED, lambda: propose(turned, code="half_year"), "带标记")
    refuses(ENTRY_REFUSED, lambda: propose(turned, "  "), "理由")
    refuses(ENTRY_REFUSED, lambda: propose(turned, "长" * 201), "200")
    propose(turned)
    refuses(ACT_REFUSED, lambda: propose(turned))


def test_an_exclusion_flags_nobody_else(place: Installation, season_id: int) -> None:
    """Without the last leader the others agree so well that two small swaps would stand out."""
    exclude(place, season_id)
    left = diagnostics.list_flagged(place.database, season_id, "year_end")
    assert {each.group for each in left} == {"mutual_department"}


def test_it_takes_two_people_where_the_office_has_them(place: Installation, season_id: int) -> None:
    office = replace(place, settings=replace(place.settings, small_office=False))
    ballot = exclude(office, season_id)
    assert exclusions.list_decisions(office.database, season_id, "year_end") == ()
    refuses(ACT_REFUSED, lambda: exclude(office, season_id), "第二人")
    (waiting,) = approvals.list_waiting(office.database)
    manager, auditor = (Act(office.database, who, LATER) for who in (MANAGER, AUDITOR))
    refuses(SECOND_PERSON, lambda: exclusions.carry_out(manager, office.settings, waiting))
    agreed = approvals.decide(Act(office.database, AUDITOR, LATER), waiting.id, True)
    exclusions.carry_out(auditor, office.settings, agreed)
    refuses(SECOND_PERSON, lambda: exclusions.carry_out(auditor, office.settings, agreed))
    (decision,) = exclusions.list_decisions(office.database, season_id, "year_end")
    assert (decision.ballot, decision.decided_by, decision.agreed_by) == (
        ballot,
        "manager",
        "auditor",
    )


def test_nobody_but_a_manager_proposes(place: Installation, season_id: int) -> None:
    ballot = find_flagged_ballot(place, season_id, "leader")
    refuses(
        NOT_ALLOWED,
        lambda: exclusions.propose_exclusion(
            Act(place.database, AUDITOR, SOON),
            place.settings,
            season_id,
            "year_end",
            ballot,
            REASON,
        ),
    )


def test_a_proposal_for_a_ballot_that_is_out_or_in_already_does_nothing(
    place: Installation, season_id: int
) -> None:
    exclude(place, season_id)
    (row,) = exclusions.list_decisions(place.database, season_id, "year_end")
    with place.database.reading() as session:
        round_id = session.get(BallotExclusion, row.id).round_id  # type: ignore[union-attr]
    detail = {"group": row.group, "ballot": row.ballot, "flag": row.flag}

    def again(kind: str) -> None:
        number = approvals.propose(
            Act(place.database, MANAGER, LATER),
            place.settings,
            kind,
            season_id,
            round_id,
            REASON,
            detail,
        )
        found = approvals.get_approval(place.database, number)
        exclusions.carry_out(Act(place.database, MANAGER, LATER), place.settings, found)

    refuses(ACT_REFUSED, lambda: again("exclude_ballot"), "已经排除")
    again("restore_ballot")
    refuses(ACT_REFUSED, lambda: again("restore_ballot"), "没有被排除")


def test_once_a_result_is_shown_only_a_correction_changes_it(
    place: Installation, season_id: int
) -> None:
    database = place.database
    exclude(place, season_id)
    complete(place, season_id)
    compute(place, season_id)
    (decision,) = exclusions.list_decisions(database, season_id, "year_end")
    other = find_flagged_ballot(place, season_id, "mutual_department")
    assert exclusions.may_decide(database, season_id)
    publishing.propose(Act(database, MANAGER, SOON), season_id, "")
    assert exclusions.may_decide(database, season_id)
    today = office_day(SOON)
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(Act(database, MANAGER, SOON), place.settings, season_id, 2, period)
    assert not exclusions.may_decide(database, season_id)
    act = Act(database, MANAGER, LATER)
    refuses(
        ACT_REFUSED,
        lambda: exclusions.propose_exclusion(
            act, place.settings, season_id, "year_end", other, REASON
        ),
        "已经公示",
    )
    refuses(
        ACT_REFUSED,
        lambda: exclusions.propose_restoration(act, place.settings, decision.id, REASON),
        "已经公示",
    )


def test_few_ballots_of_a_group_without_names_are_not_told_by_two_scores(
    place: Installation, season_id: int
) -> None:
    ballot = exclude(place, season_id, "mutual_department")
    shown = compute(place, season_id).exclusions
    assert shown == Exclusions(
        (ExcludedBallots("year_end", "mutual_department", "reversed", 1),),
        None,
        withheld=True,
        least=5,
    )
    (decision,) = exclusions.list_decisions(place.database, season_id, "year_end")
    assert (decision.ballot, decision.rater) == (ballot, "")
    audit = archive.build_audit_package(place.database, place.settings, season_id)
    assert b'"plain"' in audit  # the supervisors have both


@pytest.mark.parametrize(("n", "tells"), [(1, True), (4, True), (5, False)])
def test_five_ballots_of_a_group_without_names_may_be_told_apart_from_none(
    place: Installation, season_id: int, n: int, tells: bool
) -> None:
    scheme = seasons.get_season(place.database, season_id).scheme
    counts = (ExcludedBallots("year_end", "mutual_town", "reversed", n),)
    assert exclusions.list_telling(counts, scheme) == ([5] if tells else [])
    split = tuple(
        ExcludedBallots("year_end", "mutual_town", flag, each)
        for flag, each in (("reversed", n - 1), ("misfitting", 1))
    )
    assert exclusions.list_telling(split, scheme) == ([5] if tells else [])
    named = (ExcludedBallots("year_end", "leader", "x", n),)
    assert exclusions.list_telling(named, scheme) == []


def test_packages_say_what_was_left_out_and_recompute_with_it(
    place: Installation, season_id: int, tmp_path: Path
) -> None:
    ballot = exclude(place, season_id)
    compute(place, season_id)
    packages = archive.build_packages(place.database, place.settings, season_id)
    audit, public = (unpack(tmp_path, each) for each in (packages.audit, packages.public))
    assert audit["exclusions.csv"].decode() == (
        f"round,group,ballot,flag,reason\nyear_end,leader,{ballot},reversed,{REASON}\n"
    )
    assert public["excluded.csv"].decode() == "round,group,flag,n\nyear_end,leader,reversed,1\n"
    assert not any(ballot.encode() in content for content in public.values())
    assert not any(REASON.encode() in content for content in public.values())
    for files in (audit, public):
        outcome = recompute(read_package(files))
        assert outcome.differences == ()
        told = {figure.node for figure in outcome.figures}
        assert ("plain" in told) == (files is audit)
        assert verify(files).failed == ()


def test_a_decision_that_is_changed_in_the_package_is_found(
    place: Installation, season_id: int, tmp_path: Path
) -> None:
    exclude(place, season_id)
    compute(place, season_id)
    audit = unpack(tmp_path, archive.build_audit_package(place.database, place.settings, season_id))
    without = {name: content for name, content in audit.items() if name != "exclusions.csv"}
    reworded = {**audit, "exclusions.csv": audit["exclusions.csv"].replace(b"reversed", b"x")}
    excluded = find_row(audit)
    another = next(b for b in list_ballots(place, "leader") if b.encode() != excluded).encode()
    moved = {**audit, "exclusions.csv": audit["exclusions.csv"].replace(excluded, another)}
    for files in (without, reworded, moved):
        assert {"manifest", "exclusions"} <= set(verify(files).failed)
    foreign = {**audit, "exclusions.csv": audit["exclusions.csv"].replace(excluded, b"b-x")}
    with pytest.raises(PackageErrors, match=r"exclusions\.csv 第 2 行 ballot 列"):
        read_package(foreign)


def find_row(audit: dict[str, bytes]) -> bytes:
    """The excluded ballot's name."""
    return audit["exclusions.csv"].splitlines()[1].split(b",")[2]


def unpack(folder: Path, package: bytes) -> dict[str, bytes]:
    path = folder / "package.zip"
    path.write_bytes(package)
    return open_package(path)


def test_two_public_editions_never_differ_by_a_single_ballot(
    place: Installation, season_id: int
) -> None:
    """Their totals alone would tell what the ballot says."""
    archive.export_public_package(Act(place.database, MANAGER, SOON), place.settings, season_id)
    exclude(place, season_id)
    compute(place, season_id)
    refuses(
        ACT_REFUSED,
        lambda: archive.export_public_package(
            Act(place.database, MANAGER, LATER), place.settings, season_id
        ),
        "只差 1 张票",
    )

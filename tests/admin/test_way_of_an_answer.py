"""Covers how far a panel's answer travels from where an opened box leaves it to the workbook.

A file is on the way where its code holds the table of the panel's answers, or is what keeps or
carries it: the row, the whole result, the job.
"""

import sys
from pathlib import Path
from types import FrameType

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.reports.documents.workbook import render_workbook
from evalsvc.results.satisfaction import SatisfactionTable, UnitSatisfaction
from tests.admin.test_results import counted  # noqa: F401  # a fixture
from tests.cast import MANAGER, MORNING, Installation

PROJECT = Path(__file__).parents[2]
CARRY = {
    "evalsvc/models/opened.py",
    "evalsvc/results/season.py",
    "evalsvc/domain/concluding/contents.py",
    "evalsvc/work/worker.py",
}
MOST = 8


def holds_answers(value: object) -> bool:
    several = value if isinstance(value, tuple | list) else (value,)
    return any(isinstance(each, SatisfactionTable | UnitSatisfaction) for each in several)


def test_from_the_row_to_the_workbook_are_seven_files(
    installation: Installation,
    counted: int,  # noqa: F811  # a fixture
) -> None:
    handling: set[str] = set()

    def watch(frame: FrameType, event: str, given: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event != "return" or not path.is_relative_to(PROJECT / "evalsvc"):
            return
        if any(map(holds_answers, (given, *frame.f_locals.values()))):
            handling.add(str(path.relative_to(PROJECT)))

    act = Act(installation.database, MANAGER, MORNING)
    results.compute_result(act, installation.settings, counted)
    sys.setprofile(watch)
    try:
        content = get_content(installation.database, counted)
        render_workbook(content)
    finally:
        sys.setprofile(None)
    assert content.satisfaction[0].rows
    assert handling == {
        "evalsvc/domain/concluding/satisfaction.py",
        "evalsvc/results/satisfaction.py",
        "evalsvc/reports/documents/workbook.py",
    }
    assert all((PROJECT / path).exists() for path in CARRY)
    assert len(handling | CARRY) == 7 <= MOST

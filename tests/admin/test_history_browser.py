"""Earlier years, attached files and what waits, in a real browser: readable, and on any screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from evalsvc.attached.kinds import check_file
from evalsvc.clock import now
from evalsvc.demo.story import tell_story
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments
from evalsvc.domain.concluding import history, results, reviews
from evalsvc.domain.preparing import attachments, figures
from evalsvc.domain.preparing.attachments import Belonging
from evalsvc.domain.preparing.figures import Figures
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, Installation
from tests.domain.test_attachments import PRAISE, add_report
from tests.domain.test_history import add_past, add_worked
from tests.office_cast import SAFETY, add_assessor, add_bodies_season, add_liaison, add_published
from tests.test_attached import PDF

PATHS = (
    ("manager", "/"),
    ("manager", "/seasons/1/history"),
    ("manager", "/seasons/2/adjustments"),
    ("manager", "/seasons/2/sheets/year_end/emergency"),
    ("manager", "/seasons/2/tasks"),
    ("assessor", "/"),
    ("assessor", "/seasons/2/sheets/year_end/emergency"),
    ("liaison", "/"),
    ("liaison", "/seasons/2/adjustments"),
    ("liaison", "/seasons/2/tasks"),
)


@pytest.fixture
def busy(installation: Installation) -> None:
    """Three earlier years with gaps and consequences; files at every kind of place."""
    database = installation.database
    season_id = add_worked(installation)
    rows = [row for row in tell_story("zaozhuang-departments").history if row.year > 2015]
    units = [unit.unit for unit in list_units(installation, season_id)]
    past = [
        history.PastRow(unit, row.year, row.score, row.grade)
        for unit, row in zip(units * 3, rows, strict=False)
        if unit != "e05"
    ]
    kept = {(row.unit, row.year): row for row in past}
    add_past(installation, season_id, *kept.values(), history.PastRow("e05", 2017, "58"))
    results.compute_result(Act(database, MANAGER, now()), installation.settings, season_id)
    other = add_bodies_season(installation)
    assessor, liaison = add_assessor(installation, other), add_liaison(installation, other)
    deadline = now() + timedelta(days=9)
    assessments.ask_for_sheets(Act(database, MANAGER, now()), other, deadline)
    figures.import_figures(Act(database, MANAGER, now()), other, Figures((), (PRAISE,)))
    report = add_report(installation, other)
    file = check_file("关于安全生产工作情况的报告及台账（盖章扫描件）.pdf", PDF)
    cell = Belonging("figure", "year_end", "u01", "emergency", SAFETY)
    gone = attachments.attach(Act(database, assessor, now()), other, cell, file)
    attachments.remove_attachment(Act(database, assessor, now()), gone, "传错了")
    attachments.attach(Act(database, assessor, now()), other, cell, file)
    ((praise, _),) = figures.list_numbered_adjustments(database, other)
    for subject, item, who in (("adjustment", praise, MANAGER), ("report", report, liaison)):
        place = Belonging(subject, "", "", "", str(item))
        attachments.attach(Act(database, who, now()), other, place, file)
    shown = add_published(installation, now())
    add_liaison(installation, shown)
    text = "对过程考核的得分有疑问，请复核。"
    reviews.ask_review(Act(database, liaison, now()), shown, "u01", text)


def list_units(installation: Installation, season_id: int) -> tuple[history.UnitHistory, ...]:
    return history.get_history(installation.database, season_id).units


@pytest.mark.slow
@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("opened", [open_desktop, open_phone], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_passes_axe_and_fits_its_screen(
    browser: object,
    seat: Callable[[str], Clerk],
    address: str,  # noqa: F811  (the fixture)
    opened: Callable[..., object],
    language: str,
) -> None:
    faults = []
    for login in ("manager", "assessor", "liaison"):
        with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
            page = sit_down(context, seat(login), address)
            for path in (path for who, path in PATHS if who == login):
                answer = page.goto(f"{address}{path}?lang={language}")
                if answer.status != 200:
                    faults.append((path, answer.status))
                violations = Axe().run(page).response["violations"]
                faults += [(path, violation["id"]) for violation in violations]
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    faults.append((path, "wider than the screen"))
    assert faults == []

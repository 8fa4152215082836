"""Pages of results, bodies, tasks and schemes in a real browser: for everybody, on any screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments, tasks
from evalsvc.domain.assessing.tasks import Proposal
from evalsvc.domain.concluding import publishing, reviews
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from tests.admin.conftest import Clerk
from tests.admin.test_browser import address, sit_down  # noqa: F401  (a fixture)
from tests.browser import open_desktop, open_phone
from tests.cast import MANAGER, Installation
from tests.office_cast import (
    add_assessor,
    add_bodies_season,
    add_liaison,
    add_published,
    change_figure,
)

PATHS = (
    ("manager", "/seasons/1/publication"),
    ("manager", "/seasons/1/reviews"),
    ("liaison", "/seasons/1/own"),
    ("liaison", "/seasons/1/own/u01"),
    ("manager", "/seasons/2/bodies"),
    ("assessor", "/seasons/2/sheets"),
    ("assessor", "/seasons/2/sheets/year_end/emergency"),
    ("manager", "/seasons/2/sheets/year_end/emergency"),
    ("manager", "/days-off"),
    ("manager", "/seasons/1/tasks"),
    ("liaison", "/seasons/1/tasks"),
    ("manager", "/seasons/1/scheme"),
    ("manager", "/seasons/1/scheme/tree"),
    ("manager", "/seasons/1/scheme/trial"),
    ("manager", "/seasons/1/scheme/edition"),
    ("manager", "/seasons/1/scheme/comparison?other=preset:three-in-one"),
    ("manager", "/../results/1"),
    ("manager", "/../results/1/1"),
)


@pytest.fixture
def busy(installation: Installation) -> None:
    """A corrected result, a question about it, a sheet half filled in, a task that waits."""
    database = installation.database
    season_id = add_published(installation, now())
    liaison = add_liaison(installation, season_id)
    text = "对过程考核的得分有疑问，请复核。"
    asked = reviews.ask_review(Act(database, liaison, now()), season_id, "u01", text)
    change_figure(installation, season_id, "u01", "95")
    reviews.answer_review(Act(database, MANAGER, now()), asked, "corrected", "录入有误")
    today = office_day(now())
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(
        Act(database, MANAGER, now()), installation.settings, season_id, 2, period
    )
    reviews.ask_review(Act(database, liaison, now()), season_id, "u01", text)
    task = Proposal(
        "u01", "u02", "农村公路改造", "改造120公里", "90", "100", "2", "上年含一次性工程"
    )
    tasks.propose_task(Act(database, MANAGER, now()), season_id, task)
    other = add_bodies_season(installation)
    add_assessor(installation, other)
    deadline = now() + timedelta(days=9)
    assessments.ask_for_sheets(Act(database, MANAGER, now()), other, deadline)


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
    for login in ("manager", "liaison", "assessor"):
        with opened(browser) as context:  # type: ignore[attr-defined]  # both are context managers
            page = sit_down(context, seat(login), address)
            for path in (path for who, path in PATHS if who == login):
                answer = page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
                if answer.status != 200:
                    faults.append((path, answer.status))
                violations = Axe().run(page).response["violations"]
                faults += [(path, violation["id"]) for violation in violations]
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    faults.append((path, "wider than the screen"))
    assert faults == []

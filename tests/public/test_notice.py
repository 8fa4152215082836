"""The public notice: what everybody may read of a result, and when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import publications, publishing, results
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.models.figures import Adjustment
from tests.cast import MANAGER, Installation, build_installation
from tests.office_cast import add_computed, add_published
from tests.public.reading import TOO_WIDE, list_violations
from tests.serving import serve


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def reader(place: Installation) -> Iterator[FlaskClient]:
    app = create_app(place.settings)
    yield app.test_client()
    app.extensions["evalsvc"].database.close()


def test_everybody_reads_what_is_shown(place: Installation, reader: FlaskClient) -> None:
    season_id = add_published(place, now())
    page = reader.get(f"/results/{season_id}").get_data(as_text=True)
    assert "公示中。" in page
    assert "96.00" in page
    (shown,) = publications.list_publications(place.database, season_id)
    assert shown.notice_sha256 in page


@pytest.mark.parametrize(("days", "audience"), [(1, "public"), (0, "units")])
def test_nothing_is_there_before_its_day_or_for_others(
    place: Installation, reader: FlaskClient, days: int, audience: str
) -> None:
    season_id = add_published(place, now() + timedelta(days=days), audience)
    for path in (f"/results/{season_id}", f"/results/{season_id}/1"):
        assert reader.get(path).status_code == 404


def test_a_proposal_is_not_public(place: Installation, reader: FlaskClient) -> None:
    season_id = add_computed(place)
    publishing.propose(Act(place.database, MANAGER, now()), season_id, "")
    assert reader.get(f"/results/{season_id}").status_code == 404
    assert reader.get("/results/99").status_code == 404


def test_what_stands_behind_a_grade_is_the_units_own(
    place: Installation, reader: FlaskClient
) -> None:
    """A deduction's evidence is in the kept notice, and not on the public page."""
    season_id = add_computed(place)
    with place.database.writing() as session:
        session.add(
            Adjustment(
                season_id=season_id,
                round="year_end",
                unit="u01",
                rule="criticised.county",
                times=1,
                date="2018-11-01",
                evidence="县政府通报第7期",
                entered_by="manager",
            )
        )
    results.compute_result(Act(place.database, MANAGER, now()), place.settings, season_id)
    publishing.propose(Act(place.database, MANAGER, now()), season_id, "")
    today = office_day(now())
    period = Period(today, today + timedelta(days=5))
    publishing.begin_publicity(
        Act(place.database, MANAGER, now()), place.settings, season_id, 2, period
    )
    (shown,) = publications.list_publications(place.database, season_id)
    line = shown.notice.find_unit("u01")
    assert line is not None
    assert line.events[0].evidence == "县政府通报第7期"
    assert "通报" not in reader.get(f"/results/{season_id}").get_data(as_text=True)


def test_the_notice_is_said_in_english(place: Installation, reader: FlaskClient) -> None:
    season_id = add_published(place, now())
    page = reader.get(f"/results/{season_id}?lang=en").get_data(as_text=True)
    assert "Evaluation results" in page
    assert "Published for review." in page


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_everybody_can_read_the_notice(
    place: Installation, request: pytest.FixtureRequest, device: str, language: str
) -> None:
    season_id = add_published(place, now())
    app = create_app(place.settings)
    page: Page = request.getfixturevalue(device)
    with serve(app) as address:
        page.goto(f"{address}/results/{season_id}?lang={language}")

        assert list_violations(page) == []
        assert not page.evaluate(TOO_WIDE)
    app.extensions["evalsvc"].database.close()

"""Drafts at the raters' door: kept without script too, resumed with the same code, counted once."""

import pytest
from sqlalchemy import func, select

from evalsvc.models.box import PendingBallot
from evalsvc.models.draft import Draft
from tests.public.conftest import Place, Rater
from tests.public.filling import fill_bands
from tests.public.pages import Page


def answers_of(page: Page) -> dict[str, str]:
    return {name: value for name, value in page.fields.items() if name.startswith("a.")}


def count_drafts(place: Place) -> int:
    with place.installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_button_without_script_keeps_a_draft_for_another_phone(place: Place) -> None:
    rater = place.seat("office")
    half = dict(list(fill_bands(rater.start()).items())[:6])

    kept = rater.post("/draft", half)
    elsewhere = Rater(place.app.test_client(), rater.card).start()

    assert kept.has("上次填到一半的内容已经取回")
    assert (
        answers_of(kept)
        == answers_of(elsewhere)
        == {name: value for name, value in half.items() if name.startswith("a.")}
    )


def test_script_gets_an_empty_answer(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())

    answer = rater.client.post("/draft", data=filled | {"by": "script"})

    assert (answer.status_code, answer.data) == (204, b"")
    assert count_drafts(place) == 1


@pytest.mark.parametrize("turn", ["", "1", "-1", "x", "0" * 400])
def test_draft_of_a_damaged_form_is_refused(place: Place, turn: str) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())

    page = rater.post("/draft", filled | {"turn": turn})

    assert page.status == 409
    assert count_drafts(place) == 0


def test_draft_after_the_visit_keeps_the_answers_on_the_page(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())
    rater.client.delete_cookie("visit")

    page = rater.post("/draft", filled)

    assert page.status == 401
    assert answers_of(page).items() <= filled.items()
    assert count_drafts(place) == 0


def test_draft_with_another_visits_form_is_not_taken(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())

    assert rater.post("/draft", filled | {"csrf_token": "0" * 64}).status == 401
    assert count_drafts(place) == 0


def test_submitting_ends_the_draft(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())
    rater.post("/draft", filled)

    rater.post("/submit", rater.post("/check", filled).fields)

    assert count_drafts(place) == 0
    assert answers_of(rater.get("/answer")) == {}
    with place.installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PendingBallot)) == 1

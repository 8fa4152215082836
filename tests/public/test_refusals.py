"""What is refused at the raters' door: each problem named, and nothing that was filled in lost."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from evalsvc.box.tokens import new_token
from evalsvc.clock import now
from evalsvc.models.box import Credential, PendingBallot
from evalsvc.models.season import Round
from tests.cast import set_deadline
from tests.public.conftest import Place, Rater
from tests.public.filling import fill_bands, fill_levels, fill_numbers
from tests.public.pages import Page

pytestmark = pytest.mark.slow

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def count_ballots(place: Place) -> int:
    with place.installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PendingBallot)) or 0


def answers_of(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name.startswith("a.")}


def kept(page: Page) -> dict[str, str]:
    return answers_of(page.fields.to_dict())


def test_mistyped_code_stays_in_its_field(place: Place) -> None:
    page = place.seat("office").post("/start", {"code": "abcd-1"})

    assert (page.status, page.fields["code"]) == (422, "abcd-1")
    assert page.has("这个编码里有输错的地方", 'aria-invalid="true"')


@pytest.mark.parametrize("code", ["", " ", "😀" * 16, "字" * 100_000, "<script>alert(1)</script>"])
def test_nonsense_is_a_mistyped_code(place: Place, code: str) -> None:
    page = place.seat("office").post("/start", {"code": code})

    assert (page.status, page.fields["code"].strip()) == (422, code.strip())


def test_unknown_code_says_what_to_do(place: Place) -> None:
    page = place.seat("office").post("/start", {"code": new_token()})

    assert page.status == 404
    assert page.has("没有正在进行的评价使用这个编码", "请拨打信上的电话")


def test_void_code_says_what_to_do(place: Place) -> None:
    with place.installation.database.writing() as session:
        session.execute(update(Credential).values(void=True))

    page = place.seat("office").start()

    assert page.status == 410
    assert page.has("已经作废", "token_void")


def test_closed_round_says_that_nothing_is_to_be_done(place: Place) -> None:
    set_deadline(place.installation, place.panshan_round, LONG_AGO)

    page = place.seat("office").start()

    assert page.status == 410
    assert page.has("本轮评价已经截止")


def test_round_that_is_not_open_yet_says_when_to_come(place: Place) -> None:
    with place.installation.database.writing() as session:
        session.execute(update(Round).values(state="issued"))

    page = place.seat("office").start()

    assert page.status == 409
    assert page.has("还没有开始")


def test_missing_answers_are_named_and_the_others_kept(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())
    del filled["a.overall.u03"]

    page = rater.post("/check", filled)

    assert page.status == 422
    assert page.has("“部门03”还没有评", 'href="#u3"', 'id="u3-error"')
    assert page.fields.to_dict() == filled


def test_broken_proportions_are_named_and_everything_kept(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start()) | {"a.overall.u06": "A"}

    page = rater.post("/check", filled)

    assert page.status == 422
    assert page.has("部门：好应为1个，现为2个、一般应为2个，现为1个")
    assert page.fields.to_dict() == filled


@pytest.mark.parametrize("typed", ["101", "八十", "😀", "9" * 1_000_000])
def test_refused_number_is_named_and_everything_kept(place: Place, typed: str) -> None:
    rater = place.seat("city_leader")
    filled = fill_numbers(rater.start()) | {"a.overall.u04": typed}

    page = rater.post("/check", filled)

    assert page.status == 422
    assert page.has("“单位04”的答案")
    assert page.fields.to_dict() == filled


def test_foreign_unit_and_own_unit_are_refused(place: Place) -> None:
    rater = place.seat("mutual_town")
    filled = fill_bands(rater.start())

    page = rater.post("/check", filled | {"a.overall.u07": "A"})

    assert page.status == 422
    assert page.has("有1处内容不属于这张票", "a.overall.u07")
    assert page.fields.to_dict() == filled


def test_doubled_answer_is_refused(place: Place) -> None:
    rater = place.seat("panel")
    filled = fill_levels(rater.start(), "satisfied")
    name = next(iter(answers_of(filled)))

    page = rater.post("/check", {**filled, name: ["satisfied", "not"]})

    assert page.status == 422
    assert page.has("选了不止一个答案")
    assert page.fields.to_dict() == filled


def test_submitting_a_broken_ballot_past_the_check_is_refused(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start()) | {"a.overall.u06": "A", "nonce": "0" * 32}

    page = rater.post("/submit", filled)

    assert page.status == 422
    assert kept(page) == answers_of(filled)
    assert count_ballots(place) == 0


def test_submitting_without_a_nonce_leads_to_the_check(place: Place) -> None:
    rater = place.seat("office")

    page = rater.post("/submit", fill_bands(rater.start()))

    assert page.has("请核对，还没有提交")
    assert count_ballots(place) == 0


@pytest.mark.parametrize("address", ["/check", "/submit", "/answer"])
def test_ended_visit_keeps_the_answers_and_goes_on_after_the_code(
    place: Place, address: str
) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())
    rater.client.delete_cookie("visit")

    asked = rater.post(address, filled)
    wrong = rater.post("/start", asked.fields.to_dict() | {"code": "ABCD"})
    again = rater.post("/start", wrong.fields.to_dict() | {"code": rater.card.token})

    assert (asked.status, wrong.status, again.status) == (401, 422, 200)
    assert kept(asked) == kept(wrong) == kept(again) == answers_of(filled)
    done = rater.post("/submit", rater.post("/check", again.fields).fields)
    assert done.has("答卷已提交，谢谢")
    assert count_ballots(place) == 1


def test_visit_ends_after_two_hours(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    rater = place.seat("office")
    rater.start()

    for passed, status in ((timedelta(minutes=119), 200), (timedelta(hours=2), 401)):
        later = now() + passed
        monkeypatch.setattr("evalsvc.public.routes.now", lambda later=later: later)
        assert rater.get("/answer").status == status


@pytest.mark.parametrize("address", ["/check", "/submit"])
def test_form_of_another_visit_is_not_taken(place: Place, address: str) -> None:
    first = place.seat("office")
    filled = fill_bands(first.start())
    second = Rater(first.client, place.seat("leader").card)
    second.start()

    page = second.post(address, filled | {"nonce": "0" * 32})

    assert page.status == 401
    assert kept(page) == answers_of(filled)
    assert count_ballots(place) == 0


@pytest.mark.parametrize("value", ["", "x", "AAAA", "票", "A" * 400])
def test_damaged_cookie_is_no_visit(place: Place, value: str) -> None:
    rater = place.seat("office")
    rater.client.set_cookie("visit", value)

    assert rater.get("/answer").status == 401


def test_round_that_closes_meanwhile_takes_no_more_ballots(place: Place) -> None:
    rater = place.seat("office")
    check = rater.post("/check", fill_bands(rater.start()))
    set_deadline(place.installation, place.panshan_round, LONG_AGO)

    page = rater.post("/submit", check.fields)

    assert page.status == 410
    assert count_ballots(place) == 0


def test_unknown_address_is_a_page_of_ours(place: Place) -> None:
    page = place.seat("office").get("/nowhere")

    assert page.status == 404
    assert page.has("没有这个页面或记录", "输入编码")

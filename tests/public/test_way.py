"""The way from a card to a receipt, without script."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from evalsvc.app import create_app
from evalsvc.box.cards import Card
from evalsvc.models.box import PendingBallot
from tests.cast import set_deadline
from tests.public.conftest import Place, Rater
from tests.public.filling import fill_bands, fill_levels, fill_numbers
from tests.public.pages import Page

RECEIPT = re.compile(r'<p class="receipt">([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})</p>')


def count_ballots(place: Place) -> int:
    with place.installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PendingBallot)) or 0


def find_receipt(page: Page) -> str:
    found = RECEIPT.search(page.html)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("group", ["leader", "office", "mutual_department", "mutual_town"])
def test_forced_ratio_from_card_to_receipt(place: Place, group: str) -> None:
    rater = place.seat(group)

    check = rater.post("/check", fill_bands(rater.start()))
    done = rater.post("/submit", check.fields)

    assert [page.status for page in rater.seen] == [200, 200, 200]
    assert check.has("请核对，还没有提交")
    assert done.has("答卷已提交，谢谢", "2099年12月15日 18:00")
    assert find_receipt(done) == find_receipt(rater.get("/receipt"))
    assert count_ballots(place) == 1


def test_numbers_from_card_to_receipt(place: Place) -> None:
    rater = place.seat("city_leader")

    check = rater.post("/check", fill_numbers(rater.start(), "８８"))
    done = rater.post("/submit", check.fields)

    assert check.html.count('<dd class="figure">88</dd>') == 12
    assert find_receipt(done)


def test_levels_from_card_to_receipt(place: Place) -> None:
    rater = place.seat("panel")

    check = rater.post("/check", fill_levels(rater.start(), "unknown"))
    done = rater.post("/submit", check.fields)

    assert check.has("不了解")
    assert find_receipt(done)


def test_submitting_twice_gives_one_ballot_and_one_receipt(place: Place) -> None:
    rater = place.seat("office")
    check = rater.post("/check", fill_bands(rater.start()))

    first = rater.post("/submit", check.fields)
    again = rater.post("/submit", check.fields)

    assert find_receipt(first) == find_receipt(again)
    assert count_ballots(place) == 1


def test_going_back_to_change_shows_everything_filled(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())
    check = rater.post("/check", filled)

    back = rater.post("/answer", check.fields)

    assert back.fields.to_dict() == filled


def test_other_language_keeps_everything_filled(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())

    english = rater.post("/answer?lang=en", filled)

    assert english.fields.to_dict() == filled
    assert english.has('lang="en"', "Who can see your answers")
    assert rater.get("/answer").has("Who can see your answers")


def test_answering_again_is_offered_and_earlier_answers_stay_hidden(place: Place) -> None:
    rater = place.seat("office")
    check = rater.post("/check", fill_bands(rater.start()))
    first = rater.post("/submit", check.fields)

    again = rater.start()

    assert again.has("已经提交过1次")
    assert set(again.fields) == {"csrf_token", "turn"}
    second = rater.post("/submit", rater.post("/check", fill_bands(again)).fields)
    assert second.has("这是第2次提交")
    assert find_receipt(second) != find_receipt(first)
    assert count_ballots(place) == 2


@pytest.mark.parametrize(
    ("group", "sentence"),
    [
        ("leader", "考评办和监督单位可以看到您的答卷"),
        ("mutual_town", "任何页面都不显示您单位的答卷"),
        ("panel", "没有人能看到您的答卷"),
    ],
)
def test_who_sees_what_is_told_before_the_questions(
    place: Place, group: str, sentence: str
) -> None:
    page = place.seat(group).start()

    assert page.html.index(sentence) < page.html.index('id="questions"')
    assert page.has("控制着运行中服务器的人，能在内存里看到答卷")


def test_own_unit_is_not_on_the_paper(place: Place) -> None:
    rater = place.seat("mutual_town")

    assert rater.card.addressee not in re.findall(r'data-unit="([^"]+)"', rater.start().html)


def test_receipt_can_be_read_after_the_round_has_closed(place: Place) -> None:
    rater = place.seat("office")
    done = rater.post("/submit", rater.post("/check", fill_bands(rater.start())).fields)
    set_deadline(place.installation, place.panshan_round, datetime(2020, 1, 1, tzinfo=UTC))

    later = rater.get("/receipt")

    assert find_receipt(later) == find_receipt(done)
    assert later.has("本轮已经截止")


def test_leaving_takes_the_visit_off_the_phone(place: Place) -> None:
    rater = place.seat("office")
    rater.start()

    rater.post("/leave")

    assert rater.client.get_cookie("visit") is None
    assert rater.get("/answer").status == 401


def test_cookie_is_closed_to_scripts_and_other_sites_and_lasts_two_hours(place: Place) -> None:
    rater = place.seat("office")
    rater.start()

    cookie = rater.client.get_cookie("visit")

    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Strict", "/")
    assert cookie.max_age == timedelta(hours=2).total_seconds()


def test_over_https_the_cookie_is_bound_to_the_host(place: Place) -> None:
    settings = replace(place.installation.settings, secure_cookies=True)
    app = create_app(settings)
    rater = Rater(app.test_client(), place.seat("office").card)

    answer = rater.client.post("/start", data={"code": rater.card.token})
    app.extensions["evalsvc"].database.close()

    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-visit=")
    assert cookie.endswith("; Secure; HttpOnly; Path=/; SameSite=Strict")


def test_no_page_or_cookie_shows_the_code(place: Place) -> None:
    rater = place.seat("office")
    check = rater.post("/check", fill_bands(rater.start()))
    rater.post("/submit", check.fields)
    cookie = rater.client.get_cookie("visit")

    assert cookie is not None
    for text in (*(page.html for page in rater.seen), cookie.value):
        assert all(spelling not in text for spelling in _spellings(rater.card))


@pytest.mark.parametrize("address", ["/", "/r", "/start", "/answer", "/check", "/submit", "/leave"])
def test_looking_changes_nothing(place: Place, address: str) -> None:
    rater = place.seat("office")
    rater.start()

    assert rater.get(address).status == 200
    assert count_ballots(place) == 0
    assert rater.client.get_cookie("visit") is not None


def _spellings(card: Card) -> tuple[str, str]:
    token = card.token
    return token, "-".join(token[start : start + 4] for start in range(0, 16, 4))

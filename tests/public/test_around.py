"""Around the questions: the notice, large text, the receipt's picture, a card that others used."""

import xml.etree.ElementTree as ET
from datetime import timedelta

from evalsvc.clock import now
from evalsvc.domain.voting.card_reports import list_card_reports
from tests.public.conftest import Place, Rater
from tests.public.filling import fill_bands


def cast_once(rater: Rater) -> str:
    check = rater.post("/check", fill_bands(rater.start()))
    return rater.post("/submit", check.fields).html


def test_notice_says_purpose_who_how_long_and_whom_to_call(place: Place) -> None:
    page = place.seat("office").start()

    assert page.has(
        "只用于“测试年度”的考评计分", "负责单位", "考评办公室", "保存多久", "0427-0000000"
    )
    assert page.html.index("负责单位") < page.html.index('id="questions"')


def test_notice_of_citizens_says_that_only_sums_stay(place: Place) -> None:
    assert place.seat("panel").start().has("开箱后只保存合计数和不带姓名的意见")


def test_large_text_is_remembered_and_keeps_what_is_filled(place: Place) -> None:
    rater = place.seat("office")
    filled = fill_bands(rater.start())

    large = rater.post("/answer?text=large", filled)

    assert large.fields.to_dict() == filled
    assert large.has('class="large"', "标准字")
    assert rater.get("/answer").has('class="large"')
    assert not rater.get("/answer?text=normal").has('class="large"')
    assert not rater.get("/answer").has('class="large"')


def test_picture_shows_the_receipt_and_runs_nothing(place: Place) -> None:
    rater = place.seat("office")
    html = cast_once(rater)

    answer = rater.client.get("/receipt.svg")
    texts = [one.text or "" for one in ET.fromstring(answer.data).iter() if one.text]  # noqa: S314 (our own picture)

    assert answer.mimetype == "image/svg+xml"
    assert any(text in html for text in texts if len(text) == 19)
    assert b"script" not in answer.data
    assert answer.headers["Cache-Control"] == "no-store"


def test_there_is_no_picture_without_a_receipt(place: Place) -> None:
    rater = place.seat("office")
    rater.start()

    assert rater.client.get("/receipt.svg").status_code == 303


def test_report_of_a_used_card_counts_group_and_day_and_nothing_else(place: Place) -> None:
    rater = place.seat("office")
    cast_once(rater)
    before = now()
    again = rater.start()
    token = {"csrf_token": again.fields["csrf_token"]}

    said = [rater.post("/report", token) for _ in range(2)]
    rows = list_card_reports(place.installation.database, place.panshan_round)

    assert again.has("不是我提交的")
    assert [page.status for page in said] == [200, 200]
    assert said[0].has("没有记下是哪张卡")
    assert [(row.group, row.n) for row in rows] == [("office", 2)]
    days = {(before + timedelta(days=days)).date().isoformat() for days in (0, 1)}
    assert rows[0].day in days


def test_report_from_another_visit_is_not_counted(place: Place) -> None:
    rater = place.seat("office")
    rater.start()

    assert rater.post("/report", {"csrf_token": "0" * 64}).status == 401
    assert list_card_reports(place.installation.database, place.panshan_round) == []

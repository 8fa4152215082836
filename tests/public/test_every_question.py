"""Every kind of question at the raters' door: kept, or refused with the field named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from evalsvc.box.cards import Card
from evalsvc.domain.voting.papers import shuffle_units
from evalsvc.questions.unit import PaperUnit
from tests.cast import Installation, get_card
from tests.public.conftest import Rater
from tests.public.every_question import fill_leader, open_place
from tests.public.pages import Page

pytestmark = pytest.mark.slow

Everything = tuple[Installation, Flask, tuple[Card, ...]]


@pytest.fixture
def everything(tmp_path: Path) -> Iterator[Everything]:
    with open_place(tmp_path) as place:
        yield place


def seat(everything: Everything, group: str) -> Rater:
    _, app, cards = everything
    return Rater(app.test_client(), get_card(cards, group))


def send(rater: Rater, changed: dict[str, str | list[str]]) -> Page:
    """A sound ballot with something changed; an empty text leaves the field out."""
    page = rater.start()
    filled = {**page.fields.to_dict(), **fill_leader(), **changed}
    return rater.post("/check", {name: value for name, value in filled.items() if value != ""})


def answers_of(page: Page) -> dict[str, list[str]]:
    return {
        name: values
        for name, values in page.fields.to_dict(flat=False).items()
        if name.startswith("a.") and any(values)
    }


def test_form_of_every_kind_from_card_to_receipt(everything: Everything) -> None:
    rater = seat(everything, "leader")

    check = send(rater, {})
    done = rater.post("/submit", check.fields)

    assert check.has("请核对，还没有提交", "来回跑", "三次以上", "多下乡")
    assert done.has("答卷已提交，谢谢")


def test_panels_form_takes_units_that_the_rater_knows(everything: Everything) -> None:
    rater = seat(everything, "panel")
    filled = rater.start().fields.to_dict() | {
        "a.satisfaction.u02": "good",
        "a.comment.u02": "很好😀𠮷\u200fعربي",
        "a.age.": "young",
    }

    check = rater.post("/check", filled)
    done = rater.post("/submit", check.fields)

    assert check.has("很好😀𠮷")
    assert done.has("答卷已提交，谢谢")


def test_units_stand_in_the_same_order_whenever_the_page_is_loaded(everything: Everything) -> None:
    rater = seat(everything, "panel")

    assert list(rater.start().choices) == list(rater.get("/answer").choices)


def test_each_rater_has_an_order_of_their_own_inside_the_categories() -> None:
    units = [PaperUnit(f"u{n}", "", "dep" if n < 6 else "town", "") for n in range(9)]

    orders = [[unit.code for unit in shuffle_units(units, bytes([n]) * 32)] for n in range(40)]

    assert all(sorted(order[:6]) == [f"u{n}" for n in range(6)] for order in orders)
    assert len({tuple(order) for order in orders}) == 40
    assert {order[0] for order in orders} == {f"u{n}" for n in range(6)}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"a.overall.u03": ""}, "“部门03”还没有评"),
        ({"a.overall.u03": "A"}, "部门：好应为1个，现为2个"),
        ({"a.overall.u03": "Z"}, "“部门03”的答案“Z”不在可选范围内（好、较好、一般）"),
        ({"a.overall.place.u03": "1"}, "部门：“较好”里的2个单位没有排好先后"),
        ({"a.overall.place.u03": ""}, "部门：“较好”里的2个单位没有排好先后"),
        ({"a.mark.u05": "90"}, "部门：90分及以上的单位最多3个，现为4个"),
        ({"a.mark.u05": "100.1"}, "“部门05”的答案“100.1”不在可选范围内"),
        ({"a.service.manner.u01": ""}, "“部门01”还没有评"),
        ({"a.service.manner.u01": "😀"}, "（满意、不满意、不了解）"),
        ({"a.why.u07": ""}, "“镇07”还没有评"),
        ({"a.why.u07": "queue papers other"}, "“镇07”的答案"),
        ({"a.why.u07": "nonsense"}, "（最多2项：排队、材料、其他）"),
        ({"a.why.other.u07": ""}, "“镇07”选了“其他”，请写明"),
        ({"a.why.other.u07": "长" * 201}, "“镇07”的其他内容最多200字"),
        ({"a.order.u01": "2"}, "部门：名次2用了不止一次"),
        ({"a.order.u01": "6"}, "“部门01”的答案“6”不在可选范围内（1–5的整数）"),
        ({"a.order.u01": "0"}, "“部门01”的答案“0”不在可选范围内（1–5的整数）"),
        ({"a.share.u01": "21"}, "部门：合计应为100，现为101"),
        ({"a.share.u01": "2.5"}, "“部门01”的答案“2.5”不在可选范围内（0–100的整数）"),
        ({"a.share.u01": "-1"}, "“部门01”的答案“-1”不在可选范围内"),
        (
            {"a.points.u06": "10"},  # in another category than the first excellent unit
            "优秀（9–10分）最多1个单位（所评7个单位的20%，不足一个的舍去），现为2个",
        ),
        ({"a.points.u01": "11"}, "“部门01”的答案“11”不在可选范围内（1–10的整数）"),
        ({"a.points.u01": "09"}, "“部门01”的答案“09”不在可选范围内（1–10的整数）"),
        ({"a.points.u03": ""}, "“部门03”还没有评"),
        ({"a.met.": ""}, "“今年到过基层吗”还没有回答"),
        ({"a.met.": "perhaps"}, "“今年到过基层吗”的答案“perhaps”不在可选范围内（是、否）"),
        ({"a.visits.": ""}, "“去过几次”还没有回答"),
        ({"a.wishes.": "字" * 301}, "“意见建议”的答案"),
        ({"a.wishes.": "坏\x00字"}, "不含控制符"),
        ({"a.recusal.u01": "亲属"}, "“部门01”已经回避，不能同时评价"),
        ({"a.overall.u99": "A"}, "有1处内容不属于这张票"),
        ({"a.nothing.u01": "A"}, "有1处内容不属于这张票"),
        ({"a.wishes.u01": "多写的"}, "有1处内容不属于这张票"),
        ({"a.overall.u01": ["A", "B"]}, "选了不止一个答案"),
        ({"a.order.u01": ["3", "1"]}, "选了不止一个答案"),
        ({"a.met.": ["yes", "no"]}, "今年到过基层吗"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(
    everything: Everything, changed: dict[str, str | list[str]], message: str
) -> None:
    rater = seat(everything, "leader")

    page = send(rater, changed)

    sent = {
        name: value if isinstance(value, list) else [value]
        for name, value in {**fill_leader(), **changed}.items()
        if value != ""
    }
    assert page.status == 422
    assert page.has(message)
    shown = answers_of(page)
    for name, values in sent.items():
        if name in shown and not _is_choice(page, name):
            assert shown[name][0] == values[0]


def _is_choice(page: Page, name: str) -> bool:
    """A value that is no option can't be shown as a pressed button; the message quotes it."""
    return name in page.choices


@pytest.mark.parametrize(
    ("item", "typed", "kept"),
    [
        ("mark.u01", "９５．５", "95.5"),
        ("order.u01", "３", "3"),
        ("share.u01", "２０", "20"),
        ("overall.place.u02", "１", "1"),
        ("wishes.", "第一行\r\n第二行  ", "第一行\n第二行"),
        ("wishes.", "𠮷野家😀👨‍👩‍👧", "𠮷野家😀👨‍👩‍👧"),
        ("wishes.", "\u202eمرحبا\u2069", "\u202eمرحبا\u2069"),
        ("wishes.", "<b>&amp;", "&lt;b&gt;&amp;amp;"),
    ],
)
def test_what_people_type_is_kept(everything: Everything, item: str, typed: str, kept: str) -> None:
    check = send(seat(everything, "leader"), {f"a.{item}": typed})

    assert check.has("请核对，还没有提交", kept)


@pytest.mark.parametrize("name", ["a.wishes.", "a.why.other.u07", "a.order.u01", "a.mark.u01"])
def test_a_megabyte_of_text_is_refused_and_comes_back(everything: Everything, name: str) -> None:
    long = "字" * 350_000  # a megabyte of UTF-8

    page = send(seat(everything, "leader"), {name: long})

    assert page.status == 422
    assert page.fields[name] == long


def test_answer_whose_condition_no_longer_holds_is_left_out(everything: Everything) -> None:
    check = send(seat(everything, "leader"), {"a.met.": "no"})

    assert check.has("请核对，还没有提交")
    done = check.fields["a.visits."]
    assert done == "many"  # kept in the form, should the mind change back


def test_unit_left_out_with_a_reason_takes_no_place_in_a_band(everything: Everything) -> None:
    items = ("overall", "overall.place", "mark", "service.speed", "service.manner",
             "service.honesty", "order", "share", "points")  # a table, read by rows  # fmt: skip
    gone: dict[str, str | list[str]] = {f"a.{item}.u05": "" for item in items}
    # Four departments are left: 30% are 1, 40% are 1, the rest 2.
    rest = {
        "a.recusal.u05": "我曾在该单位任职",
        "a.overall.u03": "C",
        "a.overall.place.u03": "1",
        "a.overall.place.u02": "1",
        "a.overall.place.u04": "2",
        "a.order.u01": "3",
        "a.order.u02": "1",
        "a.order.u03": "2",
        "a.order.u04": "4",
        "a.share.u01": "40",
    }

    check = send(seat(everything, "leader"), {**gone, **rest})

    assert check.has("请核对，还没有提交", "回避：", "我曾在该单位任职")

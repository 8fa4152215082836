"""Every kind of question times every kind of answer: kept, or refused by name; nothing is lost."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from evalsvc.box.cards import Card
from tests.cast import get_card
from tests.public.conftest import Rater
from tests.public.every_question import fill_leader, open_place
from tests.public.pages import Page

pytestmark = pytest.mark.slow

# By kind: where it is asked, and what its refusal calls it.
FIELDS = {
    "forced_ratio": ("a.overall.u01", "部门01"),
    "place": ("a.overall.place.u02", "较好"),
    "number": ("a.mark.u01", "部门01"),
    "levels": ("a.service.manner.u01", "部门01"),
    "choice": ("a.visits.", "去过几次"),
    "several": ("a.why.u07", "镇07"),
    "other": ("a.why.other.u07", "镇07"),
    "ranking": ("a.order.u01", "部门01"),
    "sum": ("a.share.u01", "部门01"),
    "allotment": ("a.points.u01", "部门01"),
    "yes_no": ("a.met.", "今年到过基层吗"),
    "text": ("a.wishes.", "意见建议"),
    "recusal": ("a.recusal.u05", "部门05"),
}
NUMBERS = ("place", "number", "ranking", "sum")
WORDS = ("other", "text", "recusal")
OUT_OF_RANGE = {
    "place": "3",
    "number": "100.1",
    "ranking": "6",
    "sum": "101",
    "other": "字" * 201,
    "text": "字" * 301,
    "recusal": "字" * 201,
}
FULL_WIDTH = {"place": "１", "number": "９５．０", "ranking": "３", "sum": "２０"}
TYPED = {
    "megabyte": "字" * 350_000,  # of UTF-8
    "digits": "9" * 10_000,  # more than Python turns into a number
    "emoji": "好😀👨\u200d👩\u200d👧",
    "rare": "𠮷野𬺈龘",
    "right to left": "\u200f\u202eمرحبا\u2069",
    "control": "坏\x00字",
}
KEPT_WORDS = ("emoji", "rare", "right to left")
# Of 5 departments one is left out: 30% of 4 are 1, 40% are 1, the rest 2; 100 points among four.
LEFT_OUT = {
    "a.overall.u03": "C", "a.overall.place.u03": "1", "a.overall.place.u02": "1",
    "a.overall.place.u04": "2", "a.order.u01": "3", "a.order.u02": "1", "a.order.u03": "2",
    "a.order.u04": "4", "a.share.u01": "40", "a.recusal.u05": "亲属",
}  # a table, read by rows  # fmt: skip


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Card]]:
    """Checking writes nothing, so that one round serves all."""
    with open_place(tmp_path_factory.mktemp("every")) as (_, app, cards):
        yield app, get_card(cards, "leader")


@pytest.fixture
def rater(everything: tuple[Flask, Card]) -> Rater:
    app, card = everything
    return Rater(app.test_client(), card)


def fill(kind: str) -> dict[str, str | list[str]]:
    """A sound ballot; for a reason to leave a unit out, one that leaves it out."""
    filled: dict[str, str | list[str]] = {**fill_leader()}
    if kind == "recusal":
        filled |= LEFT_OUT
        filled = {n: v for n, v in filled.items() if not n.endswith(".u05") or "recusal" in n}
    return filled


def post(rater: Rater, filled: dict[str, str | list[str]]) -> Page:
    return rater.post("/check", {**rater.start().fields.to_dict(), **filled})


def expect_kept(page: Page) -> None:
    assert page.status == 200
    assert page.has("请核对，还没有提交")


def expect_refused(page: Page, named: str, filled: dict[str, str | list[str]], name: str) -> None:
    """Named in the list on top, and everything else as it was filled in, the fault as typed."""
    assert page.status == 422
    listed = re.search(r'<section class="faults".*?</section>', page.html, re.S)
    assert listed is not None
    assert named in listed.group()
    shown = page.fields.to_dict(flat=False)
    assert {one: " ".join(shown[one]) for one in filled if one != name} == {
        one: value for one, value in filled.items() if one != name
    }
    if name in shown and name not in page.choices:
        value = filled.get(name, "")
        assert shown[name][0] == (value[0] if isinstance(value, list) else value)


@pytest.mark.parametrize("kind", FIELDS)
def test_what_is_right_is_kept(rater: Rater, kind: str) -> None:
    expect_kept(post(rater, fill(kind)))


@pytest.mark.parametrize("kind", FIELDS)
def test_what_is_missing_is_named(rater: Rater, kind: str) -> None:
    name, named = FIELDS[kind]
    filled = fill(kind)
    del filled[name]

    page = post(rater, filled)

    if kind == "text":  # remarks are free
        expect_kept(page)
    else:
        expect_refused(page, named, filled, name)


@pytest.mark.parametrize("kind", FIELDS)
def test_what_is_out_of_range_is_named(rater: Rater, kind: str) -> None:
    name, named = FIELDS[kind]
    filled = fill(kind) | {name: OUT_OF_RANGE.get(kind, "Z")}

    expect_refused(post(rater, filled), named, filled, name)


@pytest.mark.parametrize("kind", FIELDS)
def test_what_is_about_another_unit_is_named(rater: Rater, kind: str) -> None:
    name, _ = FIELDS[kind]
    foreign = f"{name.rpartition('.')[0]}.u99"
    filled = fill(kind)

    expect_refused(post(rater, {**filled, foreign: filled[name]}), foreign, filled, "")


@pytest.mark.parametrize("kind", FIELDS)
def test_what_is_answered_twice_is_named(rater: Rater, kind: str) -> None:
    name, named = FIELDS[kind]
    filled = fill(kind)
    first = str(filled[name])
    second = {"forced_ratio": "B", "levels": "poor", "choice": "few", "yes_no": "no"}.get(kind, "2")
    filled[name] = [first, first if kind == "several" else second]

    page = post(rater, filled)

    if kind == "several":  # an option that is chosen twice is chosen
        expect_kept(page)
    else:
        expect_refused(page, "部门02" if kind == "place" else named, filled, name)
        assert page.has("选了不止一个答案")


@pytest.mark.parametrize("kind", FIELDS)
def test_digits_of_a_chinese_keyboard_are_digits(rater: Rater, kind: str) -> None:
    name, named = FIELDS[kind]
    filled = fill(kind) | {name: FULL_WIDTH.get(kind, "１２")}

    page = post(rater, filled)

    if kind in NUMBERS or kind in WORDS:
        expect_kept(page)
    else:
        expect_refused(page, named, filled, name)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("kind", FIELDS)
def test_whatever_is_typed_is_kept_or_refused(rater: Rater, kind: str, typed: str) -> None:
    name, named = FIELDS[kind]
    filled = fill(kind) | {name: TYPED[typed]}

    page = post(rater, filled)

    if kind in WORDS and typed in KEPT_WORDS:
        expect_kept(page)
        assert page.has(TYPED[typed])
    else:
        expect_refused(page, named, filled, name)

"""Letters: one page a card, its own code on it, and the promise that fits the group."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalsvc.box.tokens import format_token, new_token
from evalsvc.reports.documents.letters import render_letters
from evalsvc.reports.documents.printing import render_batches
from tests.reports.reading import list_codes, list_texts
from tests.reports.samples import LETTER, MadeCard

pytestmark = pytest.mark.slow

CARDS = (
    MadeCard("leader", "张喆䶮", new_token()),
    MadeCard("peer", "县信访局", new_token()),
    MadeCard("panel", "评议团 0001", new_token()),
)
LINKS = [f"https://kaoping.example.gov.cn/r#{card.token}" for card in CARDS]


@pytest.fixture(scope="module")
def letters() -> bytes:
    return render_letters(CARDS, LETTER)


def test_each_card_has_its_page_and_its_code(letters: bytes, tmp_path: Path):
    assert list_codes(letters, tmp_path) == [[link] for link in LINKS]


def test_a_letter_says_what_its_reader_needs(letters: bytes, tmp_path: Path):
    pages = list_texts(letters, tmp_path)
    for page, card in zip(pages, CARDS, strict=True):
        assert card.addressee.replace(" ", "") in page
        assert format_token(card.token) in page
        assert "2026年12月15日18:00" in page
        assert page.count("考评办0427-1234567") == 2
        assert "https://kaoping.example.gov.cn/" in page
        assert card.token not in page, "only grouped, as it is typed"


def test_each_group_is_told_who_sees_its_answers(letters: bytes, tmp_path: Path):
    named, of_unit, counted = list_texts(letters, tmp_path)
    assert "记在您的名下" in named
    assert "不显示贵单位怎么评的" in of_unit
    assert "系统没有记录哪个码发给了谁" in counted
    assert "记在您的名下" not in of_unit + counted


def test_english(tmp_path: Path):
    pages = list_texts(render_letters(CARDS, replace(LETTER, language="en")), tmp_path)
    assert "Deadline:15December2026,18:00" in pages[0]
    assert "Thesystemdoesnotrecordwhogotwhichcode" in pages[2]


def test_the_longest_texts_still_fit_one_page(tmp_path: Path):
    card = MadeCard("peer", "盘锦市高升街道办事处（精细化工园区管理委员会）" * 2, new_token())
    long = replace(LETTER, season_title="2026年度党政机关和镇街园区工作绩效综合考评" * 2)
    pages = list_texts(render_letters([card], long), tmp_path)
    assert len(pages) == 1
    assert pages[0].endswith("县考评办")


def test_markup_in_a_name_is_only_text(tmp_path: Path):
    card = MadeCard("leader", "<img src='file:///etc/passwd'>", new_token())
    (page,) = list_texts(render_letters([card], LETTER), tmp_path)
    assert "<imgsrc='file:///etc/passwd'>" in page


def test_no_cards_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="at least one card"):
        render_letters([], LETTER)


@pytest.mark.usefixtures("in_processes")
def test_batches_keep_the_order_and_tell_of_progress(tmp_path: Path):
    heard: list[tuple[int, int]] = []
    pdf = render_batches(
        "reports/letters.html", 2, CARDS, LETTER, lambda done, all_: heard.append((done, all_))
    )
    assert heard == [(2, 3), (3, 3)]
    assert list_codes(pdf, tmp_path) == [[link] for link in LINKS]

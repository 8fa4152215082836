"""Label sheets: 24 codes on a sheet, every one of them readable."""

from pathlib import Path

from evalsvc.box.tokens import new_token
from evalsvc.reports.documents.labels import render_labels
from tests.reports.reading import list_codes, list_texts
from tests.reports.samples import LETTER, MadeCard

CARDS = [MadeCard("panel", f"评议团 {number:04}", new_token()) for number in range(1, 26)]
LINKS = [f"https://kaoping.example.gov.cn/r#{card.token}" for card in CARDS]


def test_all_codes_of_a_full_sheet_can_be_read(tmp_path: Path):
    first, second = list_codes(render_labels(CARDS, LETTER), tmp_path, dpi=130)
    assert first == LINKS[:24]
    assert second == LINKS[24:]


def test_a_label_names_the_seat_and_shows_the_code_in_two_lines(tmp_path: Path):
    (page,) = list_texts(render_labels(CARDS[:1], LETTER), tmp_path)
    token = CARDS[0].token
    assert "评议团0001" in page
    assert f"{token[:4]}-{token[4:8]}{token[8:12]}-{token[12:]}" in page
    assert "kaoping.example.gov.cn" in page
    assert "2026年12月15日18:00" in page

"""Tokens: what the check symbol catches, and how people's typing and pasting is read."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsvc.box.tokens import (
    ALPHABET,
    TokenReading,
    check_code,
    clean_token,
    first_token,
    format_token,
    has_right_check,
    new_token,
    read_token,
)

# A=0 B=1 C=2 …: the sum is 1·0 + 2·1 + … + 15·14 = Σ n(n-1) = 1240 - 120 = 1120 = 36·31 + 4 → E
WORKED = "ABCDEFGHJKMNPQRE"

tokens = st.text(ALPHABET, min_size=15, max_size=15).map(lambda text: text + check_code(text))


def seeded_tokens(count: int) -> list[str]:
    draw = random.Random(20).choice
    return [new_token(draw) for _ in range(count)]


def test_alphabet_is_31_symbols_without_the_misread_ones() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set("ILO01") & set(ALPHABET)


def test_check_symbol_worked_by_hand() -> None:
    assert check_code("ABCDEFGHJKMNPQR") == "E"
    assert check_code("B" + "A" * 14) == "B"  # 1·1
    assert check_code("A" * 14 + "9") == "T"  # 15·30 = 450 = 14·31 + 16, and R is 14, S 15, T 16


@pytest.mark.parametrize("text", ["", "ABC", "A" * 16, "A" * 14 + "0", "a" * 15])
def test_check_symbol_needs_15_symbols_of_the_alphabet(text: str) -> None:
    with pytest.raises(ValueError, match="expected 15 symbols"):
        check_code(text)


def test_new_tokens_are_complete_and_differ() -> None:
    drawn = {new_token() for _ in range(200)}
    assert len(drawn) == 200
    assert all(clean_token(token) == token for token in drawn)


def test_new_token_takes_every_free_symbol_from_the_source() -> None:
    symbols = iter("ABCDEFGHJKMNPQR")
    assert new_token(lambda _: next(symbols)) == WORKED


@pytest.mark.parametrize("token", [WORKED, "A" * 16, *seeded_tokens(20)])
def test_every_single_wrong_symbol_is_caught(token: str) -> None:
    wrong = [
        token[:place] + symbol + token[place + 1 :]
        for place in range(16)
        for symbol in ALPHABET
        if symbol != token[place]
    ]
    assert len(wrong) == 16 * 30
    assert [text for text in wrong if read_token(text).problem != "check"] == []


@pytest.mark.parametrize("token", [WORKED, *seeded_tokens(20)])
def test_every_exchange_of_two_symbols_is_caught(token: str) -> None:
    """Neighbours and distant ones, the check symbol included."""
    for left in range(16):
        for right in range(left + 1, 16):
            swapped = list(token)
            swapped[left], swapped[right] = swapped[right], swapped[left]
            assert has_right_check("".join(swapped)) == (token[left] == token[right])


def test_all_neighbour_pairs_exchanged_are_caught() -> None:
    """Exhaustive over places and pairs of symbols: all 31 x 30 pairs at the 14 free places."""
    for place in range(14):
        for first in ALPHABET:
            for second in ALPHABET:
                fifteen = ["C"] * 15
                fifteen[place : place + 2] = [first, second]
                check = check_code("".join(fifteen))
                fifteen[place : place + 2] = [second, first]
                assert has_right_check("".join(fifteen) + check) == (first == second)


def test_format() -> None:
    assert format_token(WORKED) == "ABCD-EFGH-JKMN-PQRE"


@pytest.mark.parametrize(
    "typed",
    [
        "ABCD-EFGH-JKMN-PQRE",
        "abcdefghjkmnpqre",
        "ＡＢＣＤ－ＥＦＧＨ－ＪＫＭＮ－ＰＱＲＥ",
        "ａｂｃｄ　ｅｆｇｈ　ｊｋｍｎ　ｐｑｒｅ",
        " ABCD EFGH\tJKMN\r\nPQRE ",
        "ABCD‐EFGH‑JKMN‒PQRE",  # hyphen, non-breaking hyphen, figure dash
        "ABCD–EFGH—JKMN―PQRE",  # en dash, em dash, bar
        "ABCD−EFGHーJKMN─PQRE",  # minus, kana length mark, box line
        "ABCD〜EFGH﹣JKMN⸺PQRE",
        "\ufeffABCD\u200bEFGH\u200c\u200dJKMN\u2060PQRE\u00ad\ufe0f",
        "\u202aABCD\u00a0EFGH\u2009JKMN\u3000PQRE\u202c",
    ],
)
def test_typing_habits_are_understood(typed: str) -> None:
    assert read_token(typed) == TokenReading(WORKED)


def test_full_width_digits_are_understood() -> None:
    token = "23456789" * 2
    token = token[:15] + check_code(token[:15])
    full_width = "".join(chr(ord(symbol) + 0xFEE0) for symbol in token)
    assert clean_token(full_width) == token


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("", TokenReading(None, "empty")),
        (" －\u200b ", TokenReading(None, "empty")),
        ("ABCD-EFGH-JKMN-PQR", TokenReading(None, "length")),
        ("ABCD-EFGH-JKMN-PQRE-A", TokenReading(None, "length")),
        ("A" * 201, TokenReading(None, "length")),
        ("ABCD-EFGH-JKMN-PQRF", TokenReading(None, "check")),
        ("ABCD-EFGH-JKMN-PQ01", TokenReading(None, "symbols", "01")),
        ("lBCD-lFGH-oKMN-PQRE", TokenReading(None, "symbols", "LO")),
        ("卡号ABCD", TokenReading(None, "symbols", "卡号")),
        ("АBCD-EFGH-JKMN-PQRE", TokenReading(None, "symbols", "А")),  # Cyrillic А
        ("ABCD-EFGH-JKMN-PQRß", TokenReading(None, "symbols", "ß")),
        ("ABCD-EFGH-JKMN-PQR\x00", TokenReading(None, "symbols", "\x00")),
    ],
)
def test_what_is_wrong_is_said(typed: str, reading: TokenReading) -> None:
    assert read_token(typed) == reading
    assert clean_token(typed) is None


def test_a_reading_does_not_print_its_token() -> None:
    assert WORKED not in repr(read_token(WORKED))


@settings(deadline=None)  # the suite shares its processors
@given(tokens, st.lists(st.sampled_from(" -－—\u200b\u3000ー"), min_size=15, max_size=15))
def test_any_separators_anywhere(token: str, separators: list[str]) -> None:
    pieces = zip(token, [*separators, ""], strict=True)
    assert clean_token("".join(symbol + gap for symbol, gap in pieces).lower()) == token


@settings(deadline=None)  # the suite shares its processors
@given(st.text())
def test_any_text_gets_a_token_or_exactly_one_problem(text: str) -> None:
    reading = read_token(text)
    assert (reading.token is None) == (reading.problem is not None)
    assert bool(reading.bad_symbols) == (reading.problem == "symbols")
    first_token(text)


@pytest.mark.parametrize(
    "pasted",
    [
        "https://host/r#ABCDEFGHJKMNPQRE",
        "https://host/r#ABCD-EFGH-JKMN-PQRE",
        "https://host/r#abcdefghjkmnpqre&from=singlemessage&isappinstalled=0",
        "https://host/r#ABCDEFGHJKMNPQRE?nsukey=ABCDEFGH",
        "https://host/r#ABCDEFGHJKMNPQREABCDEFGH",
        "https://host/r#ABCDEFGHJKMNPQRE 复制这条信息，打开后参与评议",
        "https://host/r#ABCDEFGHJKMNPQRE，请在周五前完成#民主评议#",
        "#民主评议# https://host/r#ABCDEFGHJKMNPQRE",
        "https://host/r%23ABCDEFGHJKMNPQRE",
        "https://host/r#ABCD%20EFGH%E2%80%94JKMN%20PQRE",
        "ｈｔｔｐｓ：／／ｈｏｓｔ／ｒ＃ＡＢＣＤＥＦＧＨＪＫＭＮＰＱＲＥ",
        "#ABCDEFGHJKMNPQRE",
    ],
)
def test_pasted_links_with_chat_tails(pasted: str) -> None:
    assert first_token(pasted) == WORKED


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "https://host/r",
        "https://host/r#",
        "ABCDEFGHJKMNPQRE",  # no '#': the field for typed codes reads this
        "https://host/r#ABCDEFGHJKMNPQRF",
        "https://host/r#ABCDEFGH?JKMNPQRE",
        "https://host/r#ABCDEFGHJKMNPQR",
    ],
)
def test_links_without_a_whole_token(pasted: str) -> None:
    assert first_token(pasted) is None

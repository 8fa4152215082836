"""Half up on exact numbers, and places per band, against the worked table O20."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from analysis import band_quota, half_up

TABLE = json.loads(
    (Path(__file__).parents[1] / "data/statistics/O20_quota_and_rounding.json").read_text()
)


def test_half_up_as_the_table_has_it():
    shown = [half_up(Decimal(text), 2) for text in TABLE["data"]["half_up_inputs"]]
    assert shown == TABLE["expected"]["half_up_2"]["value"]


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Fraction(89255, 1000), 2, "89.26"),
        (Fraction(1, 3), 4, "0.3333"),
        (Fraction(2, 3), 0, "1"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(-1, 1000), 2, "0.00"),  # nothing has no sign
        (Fraction(0), 2, "0.00"),
        (Fraction(99999, 1000), 2, "100.00"),
        (Fraction(1, 100), 3, "0.010"),
    ],
)
def test_half_up_by_hand(value: Fraction, places: int, shown: str):
    assert half_up(value, places) == shown


@pytest.mark.parametrize("n", TABLE["data"]["n"])
def test_places_as_the_table_has_them(n: int):
    row = TABLE["expected"]["quota"]["value"][str(n)]
    expected = (row["max_excellent"], row["max_good"], row["min_ordinary"])
    assert band_quota(n, (30, 50, 20)) == expected


def test_places_do_not_pass_through_floats():
    assert band_quota(100, (29, 57, 14)) == (29, 57, 14)  # int(0.29 * 100) is 28

"""Which rows of a season's files the opening of one round commits to, and in which format."""

import json
from dataclasses import replace

import pytest

from evalsvc.box.roll import hash_text
from evalsvc.evidence.opening import (
    COLUMNS,
    ESTIMATES,
    Opening,
    build_opening,
    rows_of_round,
    sums_of_round,
)

HEADER = b"round,group,rater,unit,role\n"
OF_YEAR_END = b"year_end,leader,L1,u1,in_charge\n"
SUMS = b"round,group,kind,subject,name,value\n"
EXACT = b"year_end,panel,items,,n,40\n"
ESTIMATED = b"year_end,panel,fit,mean,values,[1.5]\n"


def test_a_relation_without_a_round_is_in_no_opening() -> None:
    rows = HEADER + b",leader,L1,u2,contact\nhalf_year,leader,L1,u1,contact\n" + OF_YEAR_END
    assert rows_of_round(rows, "relations.csv", "year_end") == HEADER + OF_YEAR_END


def test_estimates_are_told_apart_from_sums() -> None:
    """Whoever opens again must find the sums; a program may end an estimate's digit elsewhere."""
    rows = SUMS + ESTIMATED + EXACT + b"half_year,panel,fit,mean,values,[2]\n"
    assert sums_of_round(rows, "year_end", 2) == {
        "sums.csv": SUMS + EXACT,
        ESTIMATES: SUMS + ESTIMATED,
    }


def test_in_the_first_format_all_rows_are_sums() -> None:
    rows = SUMS + ESTIMATED + EXACT
    assert sums_of_round(rows, "year_end", 1) == {"sums.csv": SUMS + ESTIMATED + EXACT}


@pytest.fixture
def opening() -> Opening:
    return build_opening("ab" * 16, bytes(32), {name: name.encode() for name in COLUMNS})


def test_an_opening_made_now_names_its_format(opening: Opening) -> None:
    assert json.loads(opening.to_json())["format"] == 2
    assert opening.files[ESTIMATES] == hash_text(ESTIMATES.encode())
    assert Opening.from_json(opening.to_json()) == opening


def build_first(opening: Opening) -> Opening:
    """As rounds opened before 30 November 2026 have it in their log."""
    files = {name: digest for name, digest in opening.files.items() if name != ESTIMATES}
    return replace(opening, files=files, format=1)


def test_an_opening_of_before_is_read_and_hashed_as_it_was(opening: Opening) -> None:
    first = build_first(opening)
    assert set(json.loads(first.to_json())) == {"round_uid", "salt", "files"}
    assert Opening.from_json(first.to_json()) == first
    # SHA-256 of b"evalsvc opening 1\0" and the three fields as canonical JSON.
    assert first.hash.hex() == "4ea3feb17a265a9cc56b15832d7a548d0a671c6cd5f6b4bf45480021b9253804"


@pytest.mark.parametrize("number", [0, 1, 3, "2", None, True, 2.0])
def test_an_opening_of_an_unknown_format_is_refused(opening: Opening, number: object) -> None:
    record = {**json.loads(opening.to_json()), "format": number}
    with pytest.raises(ValueError, match=r"format|hashes"):
        Opening.from_json(json.dumps(record, indent=1, sort_keys=True) + "\n")


def test_a_file_too_many_or_too_few_is_refused(opening: Opening) -> None:
    first = build_first(opening)
    for wrong in (replace(opening, files=first.files), replace(first, files=opening.files)):
        with pytest.raises(ValueError, match="hashes"):
            Opening.from_json(wrong.to_json())

"""Each thing that can be wrong in a package, told by file, line and column."""

import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsvc.evidence.model import PackageError, PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.sheets import guarded, unguarded
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from evalsvc.text import Text
from tests.evidence.panshan import files

pytestmark = pytest.mark.slow

TWELVE = "、".join(f"u{n:02}" for n in range(1, 13))
UNITS = f"there is no such unit; there are: {TWELVE}……"
ANSWER = "half_year,leader,b0001,L1,u05,overall,A"


def errors(changed: dict[str, bytes | None], preset: str | None = "panshan-2018") -> list[tuple]:
    given = {**files(), **changed}
    present = {name: content for name, content in given.items() if content is not None}
    with pytest.raises(PackageErrors) as caught:
        read_package(present, load_preset(preset) if preset else None)
    return [(e.file, e.row, e.column, e.found, e.expected.en) for e in caught.value.errors]


def edited(file: str, old: str, new: str) -> dict[str, bytes | None]:
    content = files()[file].decode()
    assert content.count(old) >= 1, old
    return {file: content.replace(old, new, 1).encode()}


CASES = [
    ("units.csv", "u02,县信访局", "u01,县信访局", (3, "unit", "u01", "line 2 says this already")),
    (
        "units.csv",
        "u16,胡家镇,town",
        "u16,胡家镇,village",
        (17, "category", "village", "there is no such category; there are: department、town"),
    ),
    (
        "raters.csv",
        "office,O1",
        "offices,O1",
        (
            9,
            "group",
            "offices",
            "there is no such rater group; "
            "there are: leader、office、mutual_town、mutual_department",
        ),
    ),
    (
        "raters.csv",
        "leader,L2,",
        "leader,L1,",
        (3, "group、rater", "leader，L1", "line 2 says this already"),
    ),
    ("raters.csv", "沙岭镇,u10", "沙岭镇,u99", (10, "unit", "u99", UNITS)),
    (
        "relations.csv",
        "leader,L1,u01,in_charge",
        "leader,L1,u01,boss",
        (2, "role", "boss", "there is no such role; there are: in_charge"),
    ),
    (
        "relations.csv",
        "leader,L1,u02",
        "leader,L9,u02",
        (3, "rater", "L9", "raters.csv has no such rater"),
    ),
    (
        "ballots.csv",
        ANSWER,
        ANSWER.replace("half_year", "autumn"),
        (2, "round", "autumn", "there is no such round; there are: half_year、year_end"),
    ),
    ("ballots.csv", ANSWER, ANSWER.replace("u05", "u77"), (2, "unit", "u77", UNITS)),
    (
        "ballots.csv",
        ANSWER,
        ANSWER.replace("overall", "all"),
        (2, "item", "all", "there is no such question; there are: overall"),
    ),
    (
        "ballots.csv",
        ANSWER,
        ANSWER[:-1] + "D",
        (2, "value", "D", "there is no such band; there are: A、B、C"),
    ),
    ("ballots.csv", ANSWER, ANSWER + ",A", (2, "", "8", "expected 7 columns in this line")),
    (
        "ballots.csv",
        "b0001,L1,u02",
        "b0001,L2,u02",
        (3, "rater", "L2", "the same ballot had rater L1 before"),
    ),
    (
        "indicators.csv",
        "province,87.9",
        "province,87.9分",
        (2, "value", "87.9分", "expected a number"),
    ),
    ("indicators.csv", "province,87.9", "province,1e5", (2, "value", "1e5", "expected a number")),
    ("indicators.csv", "province,87.9", "province,", (2, "value", "", "expected a number")),
    (
        "indicators.csv",
        "u01,I.own.process.city",
        "u01,I.own.process.province",
        (
            3,
            "round、unit、component",
            "year_end，u01，I.own.process.province",
            "line 2 says this already",
        ),
    ),
    (
        "indicators.csv",
        "year_end,u01,I.own.process.city",
        "half_year,u01,I.own.process.city",
        (3, "round", "half_year", "there is no such round; there are: year_end"),
    ),
    (
        "indicators.csv",
        "u01,I.own.process.city",
        "u10,I.own.process.city",
        (3, "component", "I.own.process.city", "this component is not for category town"),
    ),
    (
        "adjustments.csv",
        "u01,single.city,3",
        "u01,single.city,-3",
        (3, "times", "-3", "expected a whole number from 0 on"),
    ),
    (
        "adjustments.csv",
        "u06,funds,,12000000",
        "u06,funds,1,",
        (16, "amount", "", "this one needs an amount"),
    ),
    (
        "adjustments.csv",
        "u01,single.city,3,",
        "u01,single.city,3,2",
        (3, "amount", "2", "this one goes by times and has no amount"),
    ),
    (
        "adjustments.csv",
        "u06,funds,,12000000",
        "u06,active,,0.3",
        (16, "amount", "0.3", "expected from 0.1 to 0.2"),
    ),
    (
        "adjustments.csv",
        "2018-12-10",
        "10.12.2018",
        (2, "date", "10.12.2018", "expected a date like 2018-12-10"),
    ),
    (
        "adjustments.csv",
        "times,amount",
        "number,amount",
        (
            1,
            "",
            "number",
            "there is no such column; expected: round、unit、rule、times、amount、date、"
            "evidence、project",
        ),
    ),
    (
        "units.csv",
        "u02,县信访局",
        'u02,"县信访局',
        (17, "", "unexpected end of data", "expected correct CSV (check quotes)"),
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), CASES)
def test_what_is_wrong(file: str, old: str, new: str, expected: tuple):
    assert (file, *expected) in errors(edited(file, old, new))


def test_errors_of_all_files_come_at_once():
    found = errors(
        {
            **edited("units.csv", "u16,胡家镇,town", "u16,胡家镇,village"),
            **edited("raters.csv", "office,O1", "offices,O1"),
        }
    )
    assert {error[0] for error in found} >= {"units.csv", "raters.csv"}


def test_a_missing_column():
    found = errors(edited("ballots.csv", "round,group", "group"))
    assert ("ballots.csv", 1, "", "", "expected the column round") in found


def test_a_column_twice():
    found = errors(edited("units.csv", "name,category", "name,name,category"))
    assert ("units.csv", 1, "", "", "expected each column once") in found


def test_another_encoding():
    content = files()["units.csv"].decode().encode("gb18030")
    assert errors({"units.csv": content})[-1] == (
        "units.csv",
        2,
        "",
        "",
        "expected UTF-8 (save as “CSV UTF-8” in the spreadsheet)",
    )


def test_a_byte_order_mark_and_windows_line_ends_are_fine():
    given = {
        name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")
        for name, content in files().items()
        if name.endswith(".csv")
    }
    scheme = load_preset("panshan-2018")
    assert read_package({**files(), **given}, scheme) == read_package(files(), scheme)


def test_no_units_and_no_scheme():
    presets = "、".join(list_presets())
    assert errors({"units.csv": None}, preset=None) == [
        (
            "scheme.yaml",
            0,
            "",
            "",
            f"the package has no scheme; name a preset ({presets}) or a file with --scheme",
        ),
        ("units.csv", 0, "", "", "this file is missing"),
    ]


def test_a_scheme_inside_the_package_that_is_wrong():
    text = get_preset_text("panshan-2018").replace("places: 2", "places: two")
    ((file, row, column, found, expected),) = errors({"scheme.yaml": text.encode()}, preset=None)
    assert (file, column, found) == ("scheme.yaml", "publication.places", "two")
    assert expected.startswith("expected a number such as 30")
    assert row == text.count("\n")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{", (1, "Expecting property name enclosed in double quotes", "expected correct JSON")),
        (b"[]", (0, "", "expected units with their figures")),
        (b'{"u99": {}}', (0, "u99", "units.csv has no such unit")),
        (b'{"u01": 3}', (0, "u01", "expected figures by node")),
        (
            b'{"u01": {"I": "high"}}',
            (0, "high", "u01 I: expected a number or null (published and grade texts, rank whole)"),
        ),
        (
            b'{"u01": {"rank": 1.5}}',
            (
                0,
                "1.5",
                "u01 rank: expected a number or null (published and grade texts, rank whole)",
            ),
        ),
        (b'{"u01": {"I": 1e999999}}', (0, "", "expected correct JSON")),
        (b"[" * 100_000, (0, "", "expected correct JSON")),
    ],
)
def test_a_result_that_is_none(content: bytes, expected: tuple):
    found = errors({"result.json": content})
    assert [(row, what, said) for _, row, _, what, said in found][:1] == [expected]


def test_one_error_in_both_languages():
    error = PackageError("units.csv", 3, "unit", "u01", Text("与第 2 行重复", "line 2 says this"))
    assert error.message.zh == "units.csv 第 3 行 unit 列：现为“u01”，与第 2 行重复"
    assert error.message.en == "units.csv, line 3, column unit: found “u01”; line 2 says this"


PANEL = """round,group,stratum,unit,item,level,n,n_unflagged
year_end,panel,grassroots,u1,satisfaction,satisfied,30,29
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "satisfied,30",
            "delighted,30",
            "there is no such level; there are: satisfied、basically、not、unknown",
        ),
        (
            "grassroots",
            "moon",
            "there is no such stratum; there are: grassroots、enterprises、deputies、organs",
        ),
        ("30,29", "30,31", "expected no more than n"),
        ("30,29", "-1,", "expected a whole number from 0 on"),
        (",panel,", ",leader,", "this group is scored ballot by ballot, in ballots.csv"),
    ],
)
def test_counts(old: str, new: str, expected: str):
    given = {
        "units.csv": "unit,name,category\nu1,发改委,economic\n".encode(),
        "counts.csv": PANEL.replace(old, new).encode(),
    }
    with pytest.raises(PackageErrors) as caught:
        read_package(given, load_preset("three-in-one"))
    assert [error.expected.en for error in caught.value.errors] == [expected]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "＝A1", "'=1", "'", "县政府办", ""])
def test_no_text_is_a_formula_and_none_is_changed(text: str):
    assert guarded(text)[:1] not in tuple("=+-@＝")
    assert unguarded(guarded(text)) == text


@given(
    st.sampled_from(sorted(name for name in files() if name.endswith(("csv", "json")))),
    st.integers(0, 2**32),
)
@settings(max_examples=40, deadline=None)
def test_damaged_bytes_are_told_or_computed_and_never_a_crash(name: str, seed: int):
    draw = random.Random(seed)
    content = bytearray(files()[name])
    for _ in range(draw.choice((1, 1, 5))):
        content[draw.randrange(len(content))] = draw.choice(b',\n"0189AC.-{}[]:\xff\x00')
    with suppress(PackageErrors):
        package = read_package({**files(), name: bytes(content)}, load_preset("panshan-2018"))
        assert len(recompute(package).results) == 16

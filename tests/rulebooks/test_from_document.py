"""Seven more public rule books, each written from the document of schemes alone.

Sources, as stored public pages. What a page leaves open is an open parameter; what can't be said,
or stands beyond the page's extract, is named here and left out.

* graduates-jobs: http://xsc.cjlu.edu.cn/info/1051/4209.htm, a university's notice of 2025. The
  school's own target is not in it.
* school-teachers: http://thefilledlantern.com/gongwen/fangan/357021.html, a school's plan. 工作量
  每增加一个加一个百分点 is read as one point; a coefficient that is worked out (12 units as 100%,
  13 as 101%) can't be said: `scaled` multiplies by entered figures alone.
* enterprise-tiers: http://shturck.com/page132?article_id=153&pagenum=2, a province's state
  enterprises, articles 7 to 9. Weights and the slope of 按比例计算 are not in it.
* investment-towns: https://m.taowenge.com/p-72755866.html, a county's towns and departments
* model-villages: https://www.meizhang.com/yijian/zfgzyj/595316.html, a county's 366 villages, with
  the first vetoes. How many are chosen is not in the extract.
* officials-votes: http://biz.doczj.com/doc/0519532276.html. A ballot with one of the three
  questions unanswered is not in it, nor here.
* water-years: http://office.h2o-china.com/news/252154_2.html, nine ministries' plan; its grades
  from 国办发〔2013〕2号

All facts are made up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import Recomputation, recompute
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import load_scheme
from tests.rulebooks import more_by_hand as hand

FOLDER = Path(__file__).parent
Row = Mapping[str, str]


@dataclass(frozen=True)
class Book:
    """A rule book's units with their facts and votes, and what its text makes of them.

    What is no component is an adjustment. A vote is a mark, or a letter for each of `items`;
    those of the group `peers` are of all other units, those of `listed` of who is in charge.
    """

    category: Mapping[str, str]
    facts: Mapping[str, Row]
    by_hand: Callable[[hand.Facts, hand.Votes], Fraction]
    published: Mapping[str, str]
    ends: Mapping[str, str] = field(default_factory=dict)
    round: str = "year_end"
    items: Sequence[str] = ()
    votes: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    peers: str = ""
    listed: str = ""


def row(names: str, values: str) -> Row:
    """Facts by name; a dash is what the unit does not carry."""
    return {n: v for n, v in zip(names.split(), values.split(), strict=True) if v != "-"}


def all_of(category: str, names: str, table: Mapping[str, str]) -> tuple[Row, dict[str, Row]]:
    return dict.fromkeys(table, category), {u: row(names, values) for u, values in table.items()}


STAGES = " ".join(
    (
        "rate.last_year initial.given rate.d0423",
        *(f"rate.{d} target.{d} higher.{d}" for d in hand.DATES[1:]),
        "false_figures",
    )
)
JOBS = all_of(
    "college",
    STAGES,
    {
        # 20; 9, 6, progress of exactly 4, 3.9 too little, 6; 92 reached exactly: 20 + 25 + 60.
        "g1": "30 - 30 45 40 45 50 50 60 54 58 66 57.9 70 80 92 92 95 -",
        # 29.9 < 30: 8 as the office sets; all five higher targets; 97 ≥ 92.
        "g2": "30 8 29.9 50 40 45 60 50 60 70 58 66 85 70 80 97 92 95 -",
        # Never a target, always 4 more: 0 + 5 × 4; 91.99 is not 92.
        "g3": "50 0 20 40 60 70 60 80 90 80 90 95 87.99 91 95 91.99 92 95 -",
        # A fall, and false figures: 20 + 0 + 6 + 0 + 0 + 0 - 50.
        "g4": "10 - 12 11 20 30 25 20 30 27 30 40 28 50 60 30 92 95 50",
        "g5": "10 20 9 39 40 50 42.9 50 60 46 50 60 49 50 60 52 92 95 30",
        # The target passed is worth 6 even where the step was 20.
        "g6": "15 5 16 40 40 60 44 50 60 60 55 60 62 61 80 92.5 92 93 -",
    },
)
TEACHER = "own.first own.second taken.first taken.second area.first area.second workload"
TEACHERS = all_of(
    "teacher",
    TEACHER,
    {
        # (80 + 6 + 80 - 2) ÷ 2 = 82, 2 units above 12: 84. 30% × 90 + 30% × 85 + 33.6.
        "t1": "76 68 - - 70 72 14",
        # A class taken over: (80 + 3 + 80 - 1) ÷ 2 = 81, nothing: 81.
        "t2": "- - 76 68 70 72 12",
        # First term own, then taken over: (77.5 + 82.5) ÷ 2 = 80, 2 below: 78.
        "t3": "65 - - 77 70 72 10",
        "t4": "95.5 100 - - 70 72 13",
        "t5": "40.3 50.1 - - 70 72 11.5",
        "t6": "70 72 - - 70 72 12",
    },
)
ENTERPRISE = (
    "profit profit.target roe roe.best roe.good roe.mean first first.target second "
    "second.target praise.state praise.province"
)
ENTERPRISES = all_of(
    "enterprise",
    ENTERPRISE,
    {
        # 90 + 5 + 5 = 100; 130 and 100 of 130: 40 + 35 + 19.23; 5 + 3.
        "e1": "33000 30000 12 12 9 6 1300 1000 500 500 5 3",
        # 85 + 4 - 0.02 (0.04% below); 70 at least, 130 at most: 35.592 + 18.846 + 25, and 2.
        "e2": "29988 30000 11.99 12 9 6 100 1000 700 500 - 2",
        # 60 + 3 - 15; 90 and 110: 19.2 + 24.23 + 21.15.
        "e3": "-5000 1000 6 12 9 6 900 1000 550 500 - -",
        # 50 + 0 - 15.
        "e4": "-5001 1000 5.99 12 9 6 1000 1000 500 500 1 -",
        # 85 + 5 + 15 is cut at 100.
        "e5": "12000 5000 20 12 9 6 1290 1000 651 500 - -",
        # 70 + 4 - 15 at a profit of 0; 70 and 70, the least: 23.6 + 18.85 + 13.46, and 2 + 1.
        "e6": "0 1 9 12 9 6 700 1000 349 500 2 1",
    },
)
TOWN = "project done task paid no_plan no_summary months"
TOWNS = all_of(
    "town",
    TOWN,
    {
        "w1": "1 5000 5000 1000 0 0 0",
        # No new project, though all is done: 75, less 3 months.
        "w2": "0 6000 5000 1500 0 0 3",
        # 79.98% is not 80: 50, less 5.
        "w3": "1 3999 5000 1000 1 0 0",
        # All is done, but 19.98% is not 20: 0, less 22.
        "w4": "1 5000 5000 999 1 1 12",
        "w5": "1 4000 5000 1000 0 1 1",
        "w6": "1 2500 5000 2000 0 0 0",
        "w7": "1 2499 5000 2000 0 0 0",
        # 4,999 of 5,000 with a project is not the whole: 75.
        "w8": "1 4999 5000 1000 0 0 0",
    },
)
VILLAGE = (
    "projects tax enterprises traders secretary speciality income income.county place works "
    "policies debt petition"
)
VILLAGES = all_of(
    "village",
    VILLAGE,
    {
        # 40 + 30 + 27 + 20 + 20 + 15 + 25 + 70 + 28.
        "v1": "3 22 4 32 4 52 10500 10000 2 7 28 - -",
        # Nothing new; 5 of taxes; 20 - 15 - 10 is no less than 0; 15; 10; none of 15; -25; 50; 25.
        "v2": "0 17 0 20 2 50 9500 10000 3 5 25 - -",
        # The sixth place has no 15, but 5% more: 20 + 20 + 20 + 15 + 10 + 0 + 25 + 70 + 30.
        "v3": "1 20 3 30 2 50 10500 10000 6 7 30 - -",
        # As much as the county is not above it; vetoed for all its points.
        "v4": "9 30 8 60 10 60 10000 10000 1 7 30 1 -",
        "v5": "2 19.5 2 36 1 49 10001 10000 5 6 30 - -",
        "v6": "5 25 5 40 3 55 11000 10000 1 7 30 - 2",
        "v7": "1 10 3 0 0 40 8000 10000 9 0 0 - -",
    },
)
OFFICIALS = all_of(
    "official", "extra", {"o1": "2.5", "o2": "-", "o3": "10", "o4": "-", "o5": "0.25", "o6": "-"}
)
WATER = " ".join(
    f"{part}.y{year}"
    for year in range(2016, 2021)
    for part in ("targets", "rules", "measures", "extra")
)
REGIONS = all_of(
    "region",
    f"{WATER} veto",
    {
        # 90, 89, 88, 89: 89; and 90: 89.5, which is 90.
        "r1": "30 28 32 0 30 28 31 0 29 28 31 0 30 28 31 0 30 28 32 0 -",
        # 89, and 89.96 of the last year: 89.48, which is 89.
        "r2": "30 28 32 0 30 28 31 0 29 28 31 0 30 28 31 0 30 28 31.96 0 -",
        # Full in all, with all extras: 105, and vetoed.
        "r3": "35 30 35 5 35 30 35 5 35 30 35 5 35 30 35 5 35 30 35 5 1",
        "r4": "20 20 20 0 20 20 20 0 20 20 20 0 20 20 20 0 20 20 19 0 -",
        "r5": "20 20 20 0 20 20 20 0 20 20 20 0 20 20 19 0 20 20 18 0 -",
        "r6": "25 25 25 2.5 26 25 25 0 25 27.5 25 1 28 25 27 0 30 25 27 1.5 -",
    },
)

BOOKS = {
    "graduates-jobs": Book(
        *JOBS,
        hand.graduates_jobs,
        {
            "g1": "105.00",
            "g2": "113.00",
            "g3": "20.00",
            "g4": "-24.00",
            "g5": "-6.00",
            "g6": "111.00",
        },
        round="d0815",
    ),
    "school-teachers": Book(
        *TEACHERS,
        hand.school_teachers,
        {"t1": "86.10", "t2": "80.70", "t3": "73.50", "t4": "92.00", "t5": "60.94", "t6": "89.66"},
        round="second",
        peers="staff",
        items=("overall",),
        votes={
            # The board's three marks; then those of the five others, each in the order t1 to t6.
            "t1": {"board": ("90", "88", "92"), "staff": ("80", "90", "85", "85", "85")},
            "t2": {"board": ("80", "81", "82"), "staff": ("70", "75", "80", "85", "90")},
            "t3": {"board": ("95", "60", "85"), "staff": ("100", "0", "50", "77", "78")},
            "t4": {"board": ("77", "77", "77"), "staff": ("88", "87", "86", "85", "84")},
            "t5": {"board": ("50", "51", "53"), "staff": ("61", "62", "63", "64", "65")},
            "t6": {"board": ("100", "99", "98"), "staff": ("91", "92", "93", "94", "96")},
        },
    ),
    "enterprise-tiers": Book(
        *ENTERPRISES,
        hand.enterprise_tiers,
        {"e1": "102.23", "e2": "81.44", "e3": "64.58", "e4": "61.15", "e5": "99.73", "e6": "58.91"},
    ),
    "investment-towns": Book(
        *TOWNS,
        hand.investment_towns,
        {
            "w1": "100.00",
            "w2": "72.00",
            "w3": "45.00",
            "w4": "-22.00",
            "w5": "69.00",
            "w6": "50.00",
            "w7": "0.00",
            "w8": "75.00",
        },
    ),
    "model-villages": Book(
        *VILLAGES,
        hand.model_villages,
        {
            "v1": "275.00",
            "v2": "80.00",
            "v3": "210.00",
            "v4": "440.00",
            "v5": "191.05",
            "v6": "362.50",
            "v7": "-140.00",
        },
        {
            "v1": "model",
            "v2": "other",
            "v3": "model",
            "v4": "other",
            "v5": "other",
            "v6": "other",
            "v7": "other",
        },
    ),
    "officials-votes": Book(
        *OFFICIALS,
        hand.officials_votes,
        {"o1": "89.03", "o2": "41.60", "o3": "110.00", "o4": "78.40", "o5": "78.92", "o6": "67.20"},
        listed="leader",
        items=("amount", "speed", "done"),
        votes={
            "o1": {
                "leader": ("aab",),
                "staff": ("abc", "bbb", "aaa", "cbd"),
                "team": ("abb", "bba", "aaa"),
            },
            "o2": {
                "leader": ("ddd",),
                "staff": ("ddd", "ddd", "ddd", "ddc"),
                "team": ("dcd", "ddd", "ddd"),
            },
            "o3": {
                "leader": ("aaa",),
                "staff": ("aaa", "aaa", "aaa", "aaa"),
                "team": ("aaa", "aaa", "aaa"),
            },
            "o4": {
                "leader": ("cab",),
                "staff": ("bca", "cab", "dab", "aad"),
                "team": ("bbc", "cba", "acb"),
            },
            "o5": {
                "leader": ("bbb",),
                "staff": ("bbb", "abb", "bcb", "bbd"),
                "team": ("bba", "bbb", "cbb"),
            },
            "o6": {
                "leader": ("acd",),
                "staff": ("acd", "bdb", "ddc", "cca"),
                "team": ("bda", "dca", "abd"),
            },
        },
    ),
    "water-years": Book(
        *REGIONS,
        hand.water_years,
        {"r1": "90", "r2": "89", "r3": "105", "r4": "60", "r5": "59", "r6": "81"},
        {
            "r1": "excellent",
            "r2": "good",
            "r3": "failed",
            "r4": "passed",
            "r5": "failed",
            "r6": "good",
        },
        round="y2020",
    ),
}


@cache
def compute(code: str) -> Recomputation:
    """The book's units under its scheme, as a package that is written by hand."""
    book = BOOKS[code]
    scheme = load_scheme((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))
    sheets = {
        "units.csv": ["unit,name,category"],
        "indicators.csv": ["round,unit,component,value"],
        "adjustments.csv": ["round,unit,rule,times,amount"],
        "raters.csv": ["group,rater,unit"],
        "relations.csv": ["group,rater,unit"],
        "ballots.csv": ["round,group,ballot,rater,unit,item,value"],
    }
    for unit, facts in book.facts.items():
        sheets["units.csv"].append(f"{unit},{unit},{book.category[unit]}")
        sheets["indicators.csv"] += [
            f"{each.round},{unit},{each.code},{facts.get(each.code, 'NA')}"
            for each in scheme.components
        ]
        sheets["adjustments.csv"] += list_adjustments(book, scheme, unit)
    list_votes(book, sheets)
    files = {name: "\n".join((*lines, "")).encode() for name, lines in sheets.items()}
    return recompute(read_package(files, scheme))


def list_adjustments(book: Book, scheme: Scheme, unit: str) -> list[str]:
    facts = book.facts[unit]
    return [
        f"{book.round},{unit},{each.code},"
        + (f"{facts[each.code]}," if each.by == "times" else f"1,{facts[each.code]}")
        for each in scheme.adjustments
        if each.code in facts
    ]


def list_votes(book: Book, sheets: Mapping[str, list[str]]) -> None:
    """A rater is the place of the vote among those that a unit was given."""
    raters: dict[str, None] = {}
    for unit, votes in book.votes.items():
        for group, given in votes.items():
            others = [each for each in book.facts if each != unit]
            names = others if group == book.peers else [str(n) for n in range(len(given))]
            for name, vote in zip(names, given, strict=True):
                rater = f"{group}-{name}"
                raters[f"{group},{rater},{name if group == book.peers else ''}"] = None
                if group == book.listed:
                    sheets["relations.csv"].append(f"{group},{rater},{unit}")
                values = [vote] if len(book.items) == 1 else list(vote)
                sheets["ballots.csv"] += [
                    f"{book.round},{group},{rater},{rater},{unit},{item},{value}"
                    for item, value in zip(book.items, values, strict=True)
                ]
    sheets["raters.csv"] += raters


def exact(facts: Row) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in facts.items()}


@pytest.mark.parametrize("code", BOOKS)
def test_figures_are_those_of_the_documents_arithmetic(code: str) -> None:
    book = BOOKS[code]
    found = {each.unit: each.tree.value for each in compute(code).results}
    assert found == {
        unit: book.by_hand(exact(facts), book.votes.get(unit, {}))
        for unit, facts in book.facts.items()
    }


@pytest.mark.parametrize("code", BOOKS)
def test_figures_are_those_worked_by_hand(code: str) -> None:
    published = {each.unit: each.published for each in compute(code).results}
    assert published == dict(BOOKS[code].published)


@pytest.mark.parametrize("code", BOOKS)
def test_grades(code: str) -> None:
    ends = {unit.unit: unit.grade for unit in compute(code).outcome.units if unit.grade}
    assert ends == dict(BOOKS[code].ends)


def test_a_table_that_ends_below_full_marks_is_told_how_to_count_as_it_is() -> None:
    """Counted in proportion, as was the only advice, 85 of a table up to 90 would be 94.44."""
    text = (FOLDER / "enterprise-tiers.yaml").read_text(encoding="utf-8")
    scaled = "        - full: 100\n          out_of: 100\n"
    assert text.count(scaled) == 1
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(text.replace(scaled, "        - full: 100\n"))
    (error,) = raised.value.errors
    assert error.expected.en == (
        "full marks of 100, but this part goes to 90: write out_of: 100 to count its points as "
        "they are, write out_of: 90 to count it in proportion, or change “full” or its bound"
    )

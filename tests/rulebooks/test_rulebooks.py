"""Seven public rule books, each against its own document's arithmetic and figures worked by hand.

Sources, as stored public pages; what a page leaves open is an open parameter of the scheme:

* tax-grid: the dialog 打分规则 of a city tax office's grid dashboard, a public front end in Vue
* river-chiefs: http://m.beiweimall.com/fangan/1519753.html, with the example 88 ÷ 90 = 97.78
* quality-work: http://jsqa.org/news_view.asp?id=5996 (国办发〔2013〕47号)
* village-cadres: https://m.wenke99.com/p-9056812.html
* school-classes: http://www.baoming.work/gaokao/zhishidian/4844.html
* hospital-goals: https://bdocx.com/doc/8554066.html (the first items of 1,000 points)
* universities: http://yishupeixun.net/zixun/redian/c183514.html (a province's report of its plan)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import Recomputation, recompute
from evalsvc.scheme.presets import load_scheme
from tests.rulebooks import by_hand

FOLDER = Path(__file__).parent
Row = Mapping[str, str]


@dataclass(frozen=True)
class Book:
    """A rule book's units with their facts, and what its document makes of them.

    What is no component is an adjustment; `first mark` and `second mark` are two raters' ballots.
    """

    round: str
    facts: Mapping[str, tuple[str, Row]]
    by_hand: Callable[[by_hand.Facts], Fraction]
    published: Mapping[str, str]
    ends: Mapping[str, str]


def row(names: str, values: str) -> Row:
    """Facts by name; a dash is what the unit does not carry."""
    return {n: v for n, v in zip(names.split(), values.split(), strict=True) if v != "-"}


TAX = "filing insured arrears nothing offences zero12 zero6 satisfied risk"
VILLAGE = (
    "mass county.single county.group county.mass above.single above.group handed_over other "
    "bonus capital first_mark second_mark"
)
CLASS = "noise queue late marks teacher late_exercises hair dyed phones"
HOSPITAL = "usage over equipment surplus nurses nurses.last chinese rest"
UNIVERSITY = "party duties innovation appraisal plus minus grave"

BOOKS = {
    "tax-grid": Book(
        "month",
        {
            "t1": ("town", row(TAX, "100 100 6 8 0 40 50 100 -")),
            # 2 whole points below: -10; 2: -4; 1 of 1.8: -4; 2 of 2.9: -4; 1 of 1.5: -2.5;
            # 2 of 8 ÷ 3: -2; 10 of 30 ÷ 3: -10; 4 of 9 ÷ 2: -4; one risky taxpayer: -10.
            "t2": ("town", row(TAX, "97.5 98 3.2 12.9 1.5 58 80 91 1")),
            "t3": ("town", row(TAX, "95.99 95 0 15 4 85 53 79.9 -")),
            "t4": ("town", row(TAX, "96 100 5 10 0 50 50 80 -")),
        },
        by_hand.tax_grid,
        {"t1": "100.0", "t2": "49.5", "t3": "9.0", "t4": "70.0"},
        {},
    ),
    "river-chiefs": Book(
        "year_end",
        {
            "c1": ("county", row("common lakes", "88 -")),
            "c2": ("county", row("common lakes", "80 9")),
            "c3": ("county", row("common lakes", "50 9")),
            "c4": ("county", row("common lakes", "85 5")),
        },
        by_hand.river_chiefs,
        {"c1": "97.78", "c2": "89.00", "c3": "59.00", "c4": "90.00"},
        {"c1": "excellent", "c2": "passed", "c3": "failed", "c4": "excellent"},
    ),
    "quality-work": Book(
        "year",
        {
            "p1": ("province", row("aims measures incident", "54 36 -")),
            "p2": ("province", row("aims measures incident", "53.4 36 -")),
            "p3": ("province", row("aims measures incident", "53.5 36 -")),
            "p4": ("province", row("aims measures incident", "59 40 1")),
            "p5": ("province", row("aims measures incident", "30 29.4 -")),
            "p6": ("province", row("aims measures incident", "30 30 -")),
        },
        by_hand.quality_work,
        {"p1": "90", "p2": "89", "p3": "90", "p4": "99", "p5": "59", "p6": "60"},
        {"p1": "A", "p2": "B", "p3": "A", "p4": "D", "p5": "D", "p6": "C"},
    ),
    "village-cadres": Book(
        "year_end",
        {
            # 70% × (5 + 4 + 2.5 + 70) + 30% × 85 + 2.
            "v1": ("village", row(VILLAGE, "0 1 1 0 0 0 1 70 2 - 90 80")),
            # Nothing left of 5, 10 and 5: 70% × 80 + 30% × 80.
            "v2": ("village", row(VILLAGE, "1 3 0 1 0 0 3 80 - - 70 90")),
            "v3": ("village", row(VILLAGE, "0 0 0 0 0 0 0 60 - - 60 70")),
            "v4": ("village", row(VILLAGE, "0 0 0 0 0 0 0 80 - 1 95 96")),
        },
        by_hand.village_cadres,
        {"v1": "84.55", "v2": "80.00", "v3": "75.50", "v4": "98.65"},
        # 30% of four is one place; v4 is vetoed, and the next one takes it.
        {"v1": "best"},
    ),
    "school-classes": Book(
        "week",
        {
            "k1": ("class", row(CLASS, "1 2 0 82 0 1 1 0 1")),
            "k2": ("class", row(CLASS, "0 0 0 75 0 0 0 0 0")),
            "k3": ("class", row(CLASS, "13 0 0 59 1 20 0 0 5")),
            "k4": ("class", row(CLASS, "0 0 0 60 0 0 0 0 0")),
            "k5": ("class", row(CLASS, "0 0 5 80 0 0 0 0 0")),
            "k6": ("class", row(CLASS, "2 0 1 76 0 0 0 0 0")),
        },
        by_hand.school_classes,
        {"k1": "51", "k2": "58", "k3": "0", "k4": "56", "k5": "54", "k6": "54"},
        # Two tie at the third place, and both have it (ties: all).
        {"k2": "civil", "k4": "civil", "k5": "civil", "k6": "civil"},
    ),
    "hospital-goals": Book(
        "year_end",
        {
            # Two whole tens of 25% above, one office, 2 of 5 points above last year:
            # 3 + 3 + 2 + 9 + 900.
            "h1": ("hospital", row(HOSPITAL, "85 25 0 1 150 145 9 900")),
            # Beds are used by 95%, so 40% more cost nothing; the equipment does: 0 + 5 + 5.
            "h2": ("hospital", row(HOSPITAL, "95 40 1 0 150 139.9 10 950")),
            # Open for less than a year: (0 + 0 + 6 + 870) of 995.
            "h3": ("hospital", row(HOSPITAL, "- - - 3 130 140 6 870")),
            # Nothing is full: 9.9% above, and 1.9 more. 5 + 1 + 0 + 8 + 940.
            "h4": ("hospital", row(HOSPITAL, "89.9 9.9 0 2 141.9 140 8 940")),
            "h5": ("hospital", row(HOSPITAL, "90 90 0 0 142 140 10 975")),
            "h6": ("hospital", row(HOSPITAL, "60 90 0 0 142 140 10 975")),
        },
        by_hand.hospital_goals,
        {"h1": "91.70", "h2": "97.00", "h3": "88.04", "h4": "95.40", "h5": "99.60", "h6": "99.10"},
        {},
    ),
    "universities": Book(
        "year_end",
        {
            "u1": ("doctoral", row(UNIVERSITY, "30 40 10 90 - - 1")),
            "u2": ("doctoral", row(UNIVERSITY, "28 38 8 85 1 - -")),
            "u3": ("doctoral", row(UNIVERSITY, "25 30 6 80 - 2 -")),
            "u4": ("doctoral", row(UNIVERSITY, "27 33 7 70 - - -")),
            "u5": ("master", row(UNIVERSITY, "20 30 5 60 - - -")),
            "u6": ("master", row(UNIVERSITY, "18 30 2 50 - - -")),
        },
        by_hand.universities,
        {"u1": "98.00", "u2": "92.00", "u3": "75.00", "u4": "81.00", "u5": "67.00", "u6": "60.00"},
        # Of four, one is excellent and one among the last fifth (0.8); of two, one and none (0.4).
        {
            "u1": "poor",
            "u2": "excellent",
            "u3": "ordinary",
            "u4": "good",
            "u5": "excellent",
            "u6": "good",
        },
    ),
}


def compute(code: str, text: str | None = None) -> Recomputation:
    """The book's units under its scheme, as a package that is written by hand."""
    book = BOOKS[code]
    scheme = load_scheme(text or read(code))
    components = {each.code for each in scheme.components}
    adjustments = {each.code: each.by for each in scheme.adjustments}
    sheets = {
        "units.csv": ["unit,name,category"],
        "indicators.csv": ["round,unit,component,value"],
        "adjustments.csv": ["round,unit,rule,times,amount"],
        "raters.csv": ["group,rater"],
        "ballots.csv": ["round,group,ballot,rater,unit,item,value"],
    }
    for unit, (category, facts) in book.facts.items():
        sheets["units.csv"].append(f"{unit},{unit},{category}")
        for name in sorted(components):
            value = facts.get(name, "NA")
            sheets["indicators.csv"].append(f"{book.round},{unit},{name},{value}")
        for name in adjustments.keys() & facts.keys():
            entry = f"{facts[name]}," if adjustments[name] == "times" else f"1,{facts[name]}"
            sheets["adjustments.csv"].append(f"{book.round},{unit},{name},{entry}")
        for rater in ("first", "second") if "first_mark" in facts else ():
            mark = facts[f"{rater}_mark"]
            sheets["ballots.csv"].append(
                f"{book.round},deputies,{rater},{rater},{unit},overall,{mark}"
            )
    if len(sheets["ballots.csv"]) > 1:
        sheets["raters.csv"] += ["deputies,first", "deputies,second"]
    files = {name: "\n".join((*lines, "")).encode() for name, lines in sheets.items()}
    return recompute(read_package(files, scheme))


def read(code: str) -> str:
    return (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")


def exact(facts: Row) -> dict[str, Fraction]:
    return {name.replace("_mark", " mark"): Fraction(value) for name, value in facts.items()}


@pytest.mark.parametrize("code", BOOKS)
def test_figures_are_those_worked_by_hand(code: str):
    published = {each.unit: each.published for each in compute(code).results}
    assert published == dict(BOOKS[code].published)


@pytest.mark.parametrize("code", BOOKS)
def test_figures_are_those_of_the_documents_arithmetic(code: str):
    book = BOOKS[code]
    for each in compute(code).results:
        expected = book.by_hand(exact(book.facts[each.unit][1]))
        assert each.tree.value == expected


@pytest.mark.parametrize("code", BOOKS)
def test_grades_and_awards(code: str):
    units = compute(code).outcome.units
    ends = {unit.unit: unit.grade or "、".join(unit.awards) for unit in units}
    assert {unit: end for unit, end in ends.items() if end} == dict(BOOKS[code].ends)


def test_what_a_document_leaves_open_is_one_parameter():
    """Whether a part of a step costs anything moves t2 alone, as the document's arithmetic says."""
    text = read("tax-grid")
    assert text.count("value: whole") == 1
    found = {
        r.unit: r.tree.value for r in compute("tax-grid", text.replace("whole", "any", 1)).results
    }
    facts = {unit: exact(given) for unit, (_, given) in BOOKS["tax-grid"].facts.items()}
    assert found == {unit: by_hand.tax_grid(given, whole=False) for unit, given in facts.items()}
    # 7.5 + 6 + 12.8 + 4.2 + 6.25 + 7 1/3 + 0 + 5.5 - 10.
    assert found["t2"] == Fraction("39.25") + Fraction(1, 3)

"""By which law a package was computed: old ones recompute to what they said, new ones name it."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from analysis.score.facts import LEAST, LEFT_OUT, Facts, Indicator, Unit
from analysis.score.scoring import score
from evalsvc.commands.recompute import BEFORE, _report, render_json
from evalsvc.domain.concluding.facts import find_facts_of, hash_facts, is_current
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import Recomputation, recompute
from evalsvc.evidence.write import build_package
from evalsvc.scheme.presets import get_preset_text, load_preset

SCHEME = load_preset("luoyang-2018")
TEXT = get_preset_text("luoyang-2018")
UNITS = tuple(Unit(f"m{n}", f"单位{n}", "mass") for n in range(1, 9))
# Eight units of a class: 30% are 2.4, so two may be 优; three are. Evaluation as known: 80 for all.
CHOICES = (1, 1, 1, 2, 2, 2, 2, 3)
DONE = (95, 90, 88, 70, 70, 70, 70, 70)


def facts(law: int = LEAST, choices: tuple[int, ...] = CHOICES) -> Facts:
    rows = [
        Indicator(round_, unit.code, f"{kind}.{round_}.{code}", Fraction(value))
        for round_ in ("half_year", "year_end")
        for unit, done, grade in zip(UNITS, DONE, choices, strict=True)
        for kind, code, value in (
            ("quantitative", "declared", done),
            ("qualitative", "grade", grade),
        )
    ]
    rows += [
        Indicator(round_, unit.code, f"quantitative.{round_}.{code}", None)
        for round_ in ("half_year", "year_end")
        for unit in UNITS
        for code in ("split", "reviewed")
    ]
    known = {(unit.code, "evaluation"): Fraction(80) for unit in UNITS}
    return Facts(UNITS, indicators=tuple(rows), known=known, law=law)


def totals(some: Facts) -> list[str | None]:
    return [unit.published for unit in score(SCHEME.score, some, 2)]


def packed(law: int) -> dict[str, bytes]:
    some = facts(law)
    scores = "".join(f"{unit.code},evaluation,80\n" for unit in UNITS)
    files = build_package(some, TEXT, score(SCHEME.score, some, 2))
    return {**files, "scores.csv": f"unit,node,value\n{scores}".encode()}


def again(files: dict[str, bytes]) -> Recomputation:
    return recompute(read_package(files))


def test_three_where_two_may_be_are_worth_less_than_two() -> None:
    # m1 with 优: .6x95 + .4x100 = 97, .7x97 + .3x80 = 91.9; with 良 .6x95 + 34 = 91: 87.7.
    assert totals(facts(choices=(1, 1, 2, 2, 2, 2, 2, 3)))[:3] == ["91.90", "89.80", "84.76"]
    assert totals(facts(choices=(2, 1, 1, 2, 2, 2, 2, 3)))[:3] == ["87.70", "89.80", "88.96"]
    # Three: .6x95 = 57, .7x57 + 24 = 63.9; .7x54 + 24 = 61.8; .7x52.8 + 24 = 60.96.
    # m4 with 良: .6x70 + 34 = 76, .7x76 + 24 = 77.2, now before all three.
    assert totals(facts())[:4] == ["63.90", "61.80", "60.96", "77.20"]
    # By the law of before the quantitative figure stood alone: .7x95 + 24, .7x90 + 24, .7x88 + 24.
    assert totals(facts(LEFT_OUT))[:4] == ["90.50", "87.00", "85.60", "77.20"]


@pytest.mark.parametrize("law", [LEFT_OUT, LEAST])
def test_a_package_recomputes_to_what_it_said(law: int) -> None:
    files = packed(law)
    assert ("law.txt" in files) == (law == LEAST)
    found = again(files)
    assert found.package.facts.law == law
    assert found.differences == ()
    told = "\n".join(_report(found))
    assert (f"{BEFORE}: m1, m2, m3" in told) == (law == LEFT_OUT)
    assert (told.count("方案不允许这样填，按0分计") == 6) == (law == LEAST)
    forbidden = json.loads(render_json(found)).get("forbidden")
    both = ["qualitative.half_year", "qualitative.year_end"]
    of_three = {unit.code: both if unit.code in ("m1", "m2", "m3") else [] for unit in UNITS}
    assert forbidden == (of_three if law == LEAST else None)


def test_the_other_law_is_found_out() -> None:
    files = packed(LEAST)
    del files["law.txt"]
    assert {each.unit for each in again(files).differences} >= {"m1", "m2", "m3"}


def test_a_law_of_a_later_version_is_refused() -> None:
    with pytest.raises(PackageErrors, match=r"law\.txt"):
        read_package(packed(LEAST) | {"law.txt": b"3\n"})


def test_without_a_stated_result_the_newest_law_holds() -> None:
    files = packed(LEFT_OUT)
    del files["result.json"]
    assert [unit.published for unit in again(files).results] == totals(facts())


def test_facts_of_before_are_known_by_their_own_hash() -> None:
    some, before = facts(), facts(LEFT_OUT)
    assert find_facts_of(some, TEXT, hash_facts(before, TEXT)) == before
    assert find_facts_of(some, TEXT, hash_facts(some, TEXT)) == some
    assert find_facts_of(some, TEXT, "0" * 64) is None
    # A forbidden figure paid there, so it has to be computed again; without one nothing changes.
    assert not is_current(some, SCHEME, TEXT, hash_facts(before, TEXT))
    fine = facts(choices=(1, 1, 2, 2, 2, 2, 2, 3))
    assert is_current(fine, SCHEME, TEXT, hash_facts(replace(fine, law=LEFT_OUT), TEXT))

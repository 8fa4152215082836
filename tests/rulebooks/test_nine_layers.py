"""Nine layers of voters and three classes of units, 38 in all: each layer's mean times its weight.

The layers, classes, levels and 弃权 are those of a city's plan as a public page has it,
https://www.jianbiaow.cn/zhuantifanwen/gongwenfanwen/3015.html; weights, points and answers are made
up. The other way, one weight for every citizen, gives other figures wherever some abstain.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from analysis.score.facts import Count, Facts, Unit
from analysis.score.rounding import half_up
from analysis.score.scoring import score
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import load_scheme

TEXT = (Path(__file__).parent / "nine-layers.yaml").read_text(encoding="utf-8")
CLASSES = {"more": range(16), "less": range(16, 28), "party": range(28, 38)}
# In the order of the scheme: how many vote, and what the layer weighs in each class.
LAYERS = {
    "congress": (80, (10, 12, 16)),
    "deputies": (80, (10, 12, 12)),
    "committee": (70, (10, 12, 12)),
    "province": (60, (10, 14, 14)),
    "leaders": (60, (10, 14, 16)),
    "heads": (90, (10, 14, 15)),
    "neighbourhoods": (60, (12, 8, 5)),
    "enterprises": (100, (13, 7, 5)),
    "citizens": (200, (15, 7, 5)),
}
POINTS = {"satisfied": 100, "fairly": 80, "basically": 60, "hardly": 30, "not": 0}

Histogram = Mapping[str, int]


def answers(unit: int, layer: int, voters: int) -> Histogram:
    """Every fifth unit is known to all; of others up to half of a layer abstain."""
    abstain = voters * ((7 * unit + 5 * layer) % 11) // 20 if unit % 5 else 0
    valid = voters - abstain
    levels = {
        "satisfied": valid * (40 + (3 * unit + 2 * layer) % 30) // 100,
        "fairly": valid * 25 // 100,
        "basically": valid * 3 // 20,
    }
    rest = valid - sum(levels.values())
    return levels | {"hardly": rest // 2, "not": rest - rest // 2, "abstains": abstain}


@cache
def votes() -> dict[int, dict[str, Histogram]]:
    return {
        unit: {
            name: answers(unit, number, voters)
            for number, (name, (voters, _)) in enumerate(LAYERS.items())
        }
        for unit in range(38)
    }


def mean(given: Histogram) -> Fraction:
    valid = sum(n for level, n in given.items() if level in POINTS)
    return Fraction(sum(n * POINTS.get(level, 0) for level, n in given.items()), valid)


def by_calculator(unit: int) -> Fraction:
    """∑ 层面平均分 × 权重。"""
    place = next(n for n, units in enumerate(CLASSES.values()) if unit in units)
    weighed = (mean(given) * LAYERS[name][1][place] for name, given in votes()[unit].items())
    return sum(weighed, Fraction(0)) / 100


def facts() -> Facts:
    classes = {unit: name for name, units in CLASSES.items() for unit in units}
    return Facts(
        tuple(Unit(f"u{unit}", f"单位{unit}", classes[unit]) for unit in range(38)),
        counts=tuple(
            Count("year_end", "voters", layer, f"u{unit}", "overall", level, n, n)
            for unit, layers in votes().items()
            for layer, levels in layers.items()
            for level, n in levels.items()
        ),
    )


def published(scheme: Scheme) -> dict[str, str | None]:
    return {one.unit: one.published for one in score(scheme.score, facts(), 2)}


def test_all_thirty_eight_are_what_the_calculator_says() -> None:
    found = published(load_scheme(TEXT))
    assert found == {f"u{unit}": half_up(by_calculator(unit), 2) for unit in range(38)}


def test_by_citizens_thirty_of_them_would_be_others() -> None:
    by_layer = published(load_scheme(TEXT))
    by_citizen = published(load_scheme(TEXT.replace("      weighing: strata\n", "")))
    same = {unit for unit, figure in by_layer.items() if by_citizen[unit] == figure}
    assert same == {f"u{unit}" for unit in range(0, 38, 5)}


def test_leaders_60_and_citizens_40_as_the_office_reckons() -> None:
    """All leaders satisfied, 20 of 100 citizens not, 80 abstain: 100 × 60% + 0 × 40%."""
    two = load_scheme(TEXT).score
    rule = two.base.parts[0].node.rules["more"]  # type: ignore[union-attr]  # this book's tree
    rule = replace(rule, strata={"leaders": Fraction(60, 100), "citizens": Fraction(40, 100)})
    counts = tuple(
        Count("year_end", "voters", stratum, unit, "overall", level, n, n)
        for stratum, unit, level, n in (
            ("leaders", "u", "satisfied", 20),
            ("citizens", "u", "not", 20),
            ("citizens", "u", "abstains", 80),
            ("leaders", "v", "satisfied", 20),
            ("citizens", "v", "not", 100),
        )
    )
    given = Facts((Unit("u", "甲", "more"), Unit("v", "乙", "more")), counts=counts)
    assert [each.published for each in score(rule, given, 2)] == ["60.00", "60.00"]
    hajek = replace(rule, weighing="citizens")
    assert next(each.published for each in score(hajek, given, 2)) == "88.24"

"""A panel's covariance as its box keeps it, against the raw answers that nobody keeps."""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from analysis.examining.citizen_tables import PanelCovariance, list_citizen_tables
from analysis.examining.total_tables import list_totals
from analysis.panel.small_cells import DEFAULTS
from analysis.score.facts import Answer, Count, Facts, Unit
from analysis.score.rules import Part, Rule, Satisfaction, Weighted
from analysis.score.scoring import score
from evalsvc.counting.panel import PanelTally
from evalsvc.counting.panel_covariance import JointMoments, list_covariance_rows, read_covariance
from evalsvc.questions.questionnaire import Questionnaire, ask
from evalsvc.scheme.model import Group, Stratum
from evalsvc.scheme.presets import load_preset
from evalsvc.text import Text

UNITS = tuple(f"u{number}" for number in range(6))
ITEMS = ("service", "speed")
LEVELS = {"good": 100, "fair": 60, "bad": 0}
STRATA = {"town": Decimal(70), "village": Decimal(30)}


def draw(citizens: int = 120) -> list[tuple[str, dict[tuple[str, str], str]]]:
    """Each citizen's stratum and levels: four of six units, both questions, some don't know."""
    rng = np.random.default_rng(12)
    drawn = []
    for number in range(citizens):
        mood = rng.normal(0, 20)
        given: dict[tuple[str, str], str] = {}
        for unit in rng.permutation(UNITS)[:4]:
            for item in ITEMS:
                worth = 70 - 8 * UNITS.index(unit) + mood + rng.normal(0, 15)
                level = "good" if worth > 65 else "fair" if worth > 35 else "bad"
                given[item, str(unit)] = "unknown" if rng.random() < 0.1 else level
        drawn.append(("town" if number % 3 else "village", given))
    return drawn


DRAWN = draw()


def build_tally(part: slice = slice(None), strata: bool = True) -> PanelTally:
    group, questionnaire = _ask(strata)
    tally = PanelTally(group, questionnaire, {}, DEFAULTS)
    for stratum, given in DRAWN[part]:
        cell = stratum if strata else ""
        tally.note_cast(cell)
        tally.add(cell, [Answer(unit, item, level) for (item, unit), level in given.items()])
    return tally


def _ask(strata: bool) -> tuple[Group, Questionnaire]:
    """The three-in-one's panel with these strata, and its question asked twice."""
    scheme = load_preset("three-in-one")
    asked = scheme.get_questionnaire("panel")
    (question,) = asked.questions
    level = question.levels[0]  # type: ignore[union-attr]  # the panel answers by levels
    levels = tuple(
        replace(level, code=code, points=points)
        for code, points in (
            *((code, Decimal(points)) for code, points in LEVELS.items()),
            ("unknown", None),
        )
    )
    questions = tuple(replace(question, code=item, levels=levels) for item in ITEMS)
    group = replace(
        scheme.get_group("panel"),
        strata=tuple(Stratum(code, Text(code, code), weight) for code, weight in STRATA.items())
        if strata
        else (),
    )
    return group, replace(asked, asked=ask(*questions))


def kept(tally: PanelTally) -> dict[tuple[str, str, str], str]:
    return {(row.kind, row.subject, row.name): row.value for row in tally.list_sums()}


def read_panel(tally: PanelTally) -> PanelCovariance:
    rows = {name: value for (kind, _, name), value in kept(tally).items() if kind == "index"}
    return PanelCovariance("year", "panel", "", *read_covariance(rows))


def points_of(item: str) -> tuple[np.ndarray, np.ndarray]:
    """The raw points (citizens, units) with NaN, and each citizen's one weight for all units."""
    y = np.full((len(DRAWN), len(UNITS)), np.nan)
    answers: Counter[str] = Counter()
    for row, (stratum, given) in enumerate(DRAWN):
        for (asked, unit), level in given.items():
            if asked == item:
                answers[stratum] += 1
                y[row, UNITS.index(unit)] = LEVELS.get(level, np.nan)
    return y, np.array([float(STRATA[h]) / answers[h] for h, _ in DRAWN])


def raw_covariance() -> np.ndarray:
    """Over all twelve figures, question by question, from the answers themselves."""
    influence = []
    for item in ITEMS:
        y, w = points_of(item)
        for column in y.T:
            own = ~np.isnan(column)
            mean = np.average(column[own], weights=w[own])
            m = w[own].sum() ** 2 / (w[own] ** 2).sum()
            share = np.where(own, w * (np.nan_to_num(column) - mean), 0.0) / w[own].sum()
            influence.append(share * np.sqrt(m / (m - 1)))
    z = np.array(influence)
    return z @ z.T


def build_facts() -> Facts:
    """What counting leaves of the same answers."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for stratum, given in DRAWN:
        for (item, unit), level in given.items():
            counts[stratum, unit, item, level] += 1
    return Facts(
        units=tuple(Unit(code, code, "office") for code in UNITS),
        counts=tuple(Count("year", "panel", *key, n, n) for key, n in sorted(counts.items())),
    )


def build_rule() -> Rule:
    """Seven tenths for the first question, three for the second."""
    points = {code: Fraction(each) for code, each in LEVELS.items()}
    plan = {code: Fraction(weight) for code, weight in STRATA.items()}
    leaves = (
        Satisfaction(item, "year", "panel", item, {**points, "unknown": None}, plan, 30,
                     frozenset({"good"}), frozenset({"fair"}))
        for item in ITEMS
    )  # a table, read by rows  # fmt: skip
    weights = (Fraction(7, 10), Fraction(3, 10))
    return Weighted("total", tuple(map(Part, weights, leaves)), "centred")


def test_the_kept_covariance_is_that_of_the_raw_answers():
    panel = read_panel(build_tally())
    assert panel.figures == tuple((item, unit) for item in ITEMS for unit in UNITS)
    assert panel.covariance == pytest.approx(raw_covariance(), rel=1e-8, abs=1e-9)
    # Both questions about a unit share the citizen's mood: far from independent.
    first = panel.covariance[0, 6] / np.sqrt(panel.covariance[0, 0] * panel.covariance[6, 6])
    assert first > 0.3


def test_means_are_the_official_indices():
    results = {r.unit: r.tree for r in score(build_rule(), build_facts(), 2)}
    panel = read_panel(build_tally())
    for (item, unit), mean in zip(panel.figures, panel.means, strict=True):
        node = next(each for each in results[unit].walk() if each.code == item)
        assert mean == pytest.approx(float(node.value or 0), abs=1e-7)


def test_a_totals_error_is_that_of_every_citizens_own_weighted_total():
    """0.7 and 0.3 of the two questions, combined citizen by citizen, as if nothing were summed."""
    rule, facts = build_rule(), build_facts()
    tables = list_citizen_tables(rule, facts, "year", [read_panel(build_tally())])
    (total,) = list_totals(rule, facts, 2, [], tables)
    mix = np.hstack([0.7 * np.eye(6), 0.3 * np.eye(6)])
    variance = np.diagonal(mix @ raw_covariance() @ mix.T)
    margins = [unit.high - unit.official for unit in total.units]
    assert margins == pytest.approx(list(1.959964 * np.sqrt(variance)), rel=1e-5)
    assert total.apart == ()


def test_without_what_the_panel_keeps_questions_count_as_independent_and_it_is_said():
    rule, facts = build_rule(), build_facts()
    (total,) = list_totals(rule, facts, 2, [], list_citizen_tables(rule, facts, "year"))
    raw = raw_covariance()
    variance = 0.49 * np.diagonal(raw)[:6] + 0.09 * np.diagonal(raw)[6:]
    margins = [unit.high - unit.official for unit in total.units]
    assert margins == pytest.approx(list(1.959964 * np.sqrt(variance)), rel=1e-5)
    assert total.apart == ITEMS


def test_a_covariance_of_other_figures_is_not_taken():
    rule, facts = build_rule(), build_facts()
    panel = read_panel(build_tally())
    for wrong in (
        replace(panel, means=panel.means + 1),
        replace(panel, round="another"),
        replace(panel, category="another"),
        replace(panel, figures=panel.figures[:6] * 2),
    ):
        tables = list_citizen_tables(rule, facts, "year", [wrong])
        assert tables[1].panel is None


def test_shards_and_their_order_make_no_difference():
    whole = kept(build_tally())
    first, second = build_tally(slice(0, 50)), build_tally(slice(50, None))
    first.merge(second)
    again, earlier = build_tally(slice(50, None)), build_tally(slice(0, 50))
    again.merge(earlier)
    for rows in (kept(first), kept(again)):
        assert {key: value for key, value in rows.items() if key[0] == "index"} == {
            key: value for key, value in whole.items() if key[0] == "index"
        }


def test_a_panel_of_few_keeps_no_covariance():
    assert not any(kind == "index" for kind, _, _ in kept(build_tally(slice(0, 29))))
    assert any(kind == "index" for kind, _, _ in kept(build_tally(slice(0, 30))))


def test_without_strata_everybody_weighs_the_same():
    panel = read_panel(build_tally(strata=False))
    y, _ = points_of("service")
    n = (~np.isnan(y)).sum(axis=0)
    assert np.diagonal(panel.covariance)[:6] == pytest.approx(np.nanvar(y, axis=0, ddof=1) / n)


def test_units_whose_weights_differ_by_category_stand_apart():
    """Two plans over the same pairs would let a stratum's own sums be worked out."""
    group, questionnaire = _ask(strata=True)
    apart = replace(
        group,
        strata=tuple(
            replace(each, weights={"east": each.weight, "west": Decimal(50)})
            for each in group.strata
        ),
    )
    categories = {unit: "east" if unit < "u3" else "west" for unit in UNITS}
    tally = PanelTally(apart, questionnaire, {}, DEFAULTS, categories)
    for stratum, given in DRAWN:
        tally.add(stratum, [Answer(unit, item, level) for (item, unit), level in given.items()])
    rows = kept(tally)
    figures = {
        plan: {unit for _, unit in json.loads(rows["index", plan, "figures"])}
        for plan in ("east", "west")
    }
    assert figures == {"east": {"u0", "u1", "u2"}, "west": {"u3", "u4", "u5"}}
    east = np.array([row[-1] for row in json.loads(rows["index", "east", "covariance"])])
    place = [0, 1, 2, 6, 7, 8]
    assert east == pytest.approx(np.diagonal(raw_covariance())[place], rel=1e-8)


def test_room_grows_with_the_figures():
    moments = JointMoments()
    for number in range(40):
        moments.add({("q", f"u{number:02d}"): 1.0, ("q", "u00"): 2.0})
    sums = moments.take([("q", "u39"), ("q", "u00"), ("q", "nobody")])
    assert sums[0].tolist() == [[1, 1, 0], [1, 40, 0], [0, 0, 0]]
    assert list(list_covariance_rows("", [], [moments], [{}], 5)) == []

"""Diagnostics of a made season: what was put in is found, and nothing reaches a score."""

import ast
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from analysis import score
from analysis.examining import total_tables
from analysis.examining.citizen_tables import list_citizen_tables
from analysis.examining.diagnostics import list_tables
from analysis.examining.total_tables import list_totals
from analysis.score.facts import Ballot, Facts
from analysis.score.rules import ByCategory, Rule
from analysis.statistics.findings import Flag
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.package import read_package
from evalsvc.scheme.presets import load_preset
from tests.analysis.examined import LEADERS, REVERSED, RULE, STAFF, UNITS, made_facts

FACTS = made_facts()
TABLES = {table.node: table for table in list_tables(RULE, FACTS, "year")}
TOTALS = list_totals(RULE, FACTS, 2, list(TABLES.values()))


def test_a_table_for_every_rated_figure_of_the_round():
    assert {node: (t.group, t.kind) for node, t in TABLES.items()} == {
        "leaders": ("leader", "numbers"),
        "staff": ("staff", "numbers"),
        "peers": ("peer", "bands"),
    }
    assert list_tables(RULE, FACTS, "another") == ()


def test_a_rule_by_category_gives_each_category_its_own_tables():
    units = tuple(
        replace(unit, category="office" if place < 6 else "town")
        for place, unit in enumerate(FACTS.units)
    )
    rule = ByCategory(
        "marks",
        {
            "office": replace(LEADERS, groups={"office": "leader", "town": "leader"}),
            "town": replace(LEADERS, code="towns", groups={"office": "leader", "town": "leader"}),
        },
    )
    found = list_tables(rule, replace(FACTS, units=units), "year")
    assert [(table.category, table.node) for table in found] == [
        ("office", "leaders"),
        ("town", "towns"),
    ]
    other = replace(FACTS, units=(replace(units[0], category="elsewhere"),))
    assert list_tables(rule, other, "year") == ()


def test_counts_of_other_questions_stay_out():
    (before,) = list_citizen_tables(RULE, FACTS, "year")
    other = replace(FACTS.counts[0], item="another", n=1000)
    (after,) = list_citizen_tables(RULE, replace(FACTS, counts=(*FACTS.counts, other)), "year")
    assert after == before


def test_official_figures_are_those_of_the_score():
    results = {result.unit: result for result in score(RULE, FACTS, 2)}
    for node, table in TABLES.items():
        for unit in table.units:
            found = next(n for n in results[unit.unit].tree.walk() if n.code == node)
            assert unit.official == float(found.value or 0)


def test_the_rater_who_reads_upside_down_is_the_one_flagged():
    flagged = [rater for rater in TABLES["leaders"].raters if rater.is_flagged]
    assert [(rater.rater, rater.reversed) for rater in flagged] == [(REVERSED, True)]
    assert flagged[0].agreement is not None
    assert flagged[0].agreement < -0.8
    distances = [rater.distance or 0 for rater in TABLES["leaders"].raters]
    assert max(distances) == flagged[0].distance


def test_reference_figures_stand_on_the_officials_scale():
    for node in ("leaders", "peers"):
        official = np.array([unit.official for unit in TABLES[node].units])
        reference = np.array([unit.reference for unit in TABLES[node].units])
        assert reference.mean() == pytest.approx(official.mean())
        assert reference.std() == pytest.approx(official.std())


def test_intervals_hold_their_figure_and_places_their_range():
    for unit in TABLES["peers"].units:
        assert unit.low < unit.reference < unit.high
        assert 1 <= unit.place_low <= unit.place_high <= len(UNITS)


def test_the_best_and_the_worst_are_told_apart_and_neighbours_are_not():
    runs = TABLES["peers"].alike
    assert runs
    assert not any({UNITS[0], UNITS[-1]} <= set(run) for run in runs)


def test_a_single_rater_has_no_error_and_no_range():
    table = TABLES["staff"]
    assert (table.covariance, table.alike, table.doubtful) == (None, (), ())
    assert {unit.low for unit in table.units} == {None}
    assert table.raters[0].agreement is None
    assert table.reliability.flags == (Flag.NO_ERROR,)


def test_a_doubtful_rating_shows_both_scores_with_its_effect_worked_by_hand():
    """Everybody gives the first unit 90 but one 10: the mean of five is 74, of the others 90."""
    rule = replace(LEADERS, trim=None)
    ballots = []
    for place in range(5):
        ballot = FACTS.ballots[place]
        marks = [90 - 3 * k + (place % 2) * (k % 2) for k in range(len(UNITS))]
        marks[0] = 10 if place == 4 else 90
        answers = tuple(
            replace(answer, value=str(mark))
            for answer, mark in zip(ballot.answers, marks, strict=True)
        )
        ballots.append(replace(ballot, answers=answers))
    (table,) = list_tables(rule, replace(FACTS, ballots=tuple(ballots)), "year")
    found = next(each for each in table.doubtful if each.unit == UNITS[0])
    assert (found.rater, found.official, found.official_without) == ("L4", 74.0, 90.0)
    assert (found.place, found.place_without) == (6, 1)


def test_without_enough_raters_left_there_is_no_second_score():
    rule = replace(LEADERS, trim=None, least_raters=5)
    ballots = list(FACTS.ballots[:5])
    answers = list(ballots[4].answers)
    answers[0] = replace(answers[0], value="1")
    ballots[4] = replace(ballots[4], answers=tuple(answers))
    (table,) = list_tables(rule, replace(FACTS, ballots=tuple(ballots)), "year")
    found = next(each for each in table.doubtful if each.unit == UNITS[0])
    assert found.official is not None
    assert (found.official_without, found.place_without) == (None, None)


def test_roles_and_void_ballots_are_kept_apart():
    roles = {("year", "leader", "L0", unit): "in_charge" for unit in UNITS[:6]}
    rule = replace(LEADERS, role="in_charge", default_role="other")
    broken = Ballot("year", "leader", "b-L0-2", "L1", FACTS.ballots[1].answers)
    facts = replace(FACTS, roles=roles, ballots=(*FACTS.ballots, broken))
    (table,) = list_tables(rule, facts, "year")
    assert [(rater.rater, rater.rated) for rater in table.raters] == [("L0", 6)]


def test_reference_figures_beyond_full_marks_are_cut_only_where_marks_end_at_a_hundred():
    rule = replace(LEADERS, trim=None)

    def highest(top: int) -> float:
        ballots = []
        for ballot in FACTS.ballots[:4]:
            marks = [top - 4 * k for k in range(len(UNITS))]
            marks[1] -= int(ballot.rater[1])
            answers = tuple(
                replace(answer, value=str(mark))
                for answer, mark in zip(ballot.answers, marks, strict=True)
            )
            ballots.append(replace(ballot, answers=answers))
        (table,) = list_tables(rule, replace(FACTS, ballots=tuple(ballots)), "year")
        return max(unit.high or 0.0 for unit in table.units)

    assert highest(100) == 100.0
    assert highest(120) > 120.0


def test_nobody_voted():
    facts = Facts(units=FACTS.units)
    assert [table.is_empty for table in list_tables(RULE, facts, "year")] == [True] * 3
    assert list_citizen_tables(RULE, facts, "year")[0].units == ()
    totals = list_totals(RULE, facts, 2, list_tables(RULE, facts, "year"))
    assert [table.units for table in totals] == [()]


def test_everybody_gives_the_same():
    ballots = tuple(
        replace(b, answers=tuple(replace(a, value="80") for a in b.answers))
        for b in FACTS.ballots[:10]
    )
    (table, *_) = list_tables(LEADERS, replace(FACTS, ballots=ballots), "year")
    assert {unit.reference for unit in table.units} == {80.0}
    assert {unit.place for unit in table.units} == {1}
    assert all(rater.uniform and rater.distance is None for rater in table.raters)


def test_citizens_figures_are_the_official_ones_with_a_margin():
    results = {result.unit: result for result in score(RULE, FACTS, 2)}
    (table,) = list_citizen_tables(RULE, FACTS, "year")
    for unit in table.units:
        official = next(n for n in results[unit.unit].tree.walk() if n.code == "panel")
        assert unit.index == float(official.value or 0)
        assert unit.low < unit.index < unit.high
        assert (unit.answers, unit.dont_know) == (90, 12)
    assert not any({UNITS[0], UNITS[-1]} <= set(run) for run in table.alike)
    assert list_citizen_tables(RULE, FACTS, "another") == ()


def test_a_margin_without_strata_is_that_of_the_histogram():
    """20 times 100 and 20 times 0: 50 ± 1.96·√(2500·40/39/40)."""
    panel = next(p.node for p in RULE.parts if p.node.code == "panel")  # type: ignore[union-attr]
    rule = replace(panel, strata={}, min_valid=1)
    counts = tuple(
        replace(FACTS.counts[0], level=level, n=20, n_unflagged=20) for level in ("yes", "no")
    )
    (table,) = list_citizen_tables(rule, replace(FACTS, counts=counts), "year")
    (unit,) = table.units
    assert (unit.index, unit.satisfied_rate) == (50.0, 0.5)
    assert unit.high - unit.index == pytest.approx(1.96 * (2500 / 39) ** 0.5)


def test_too_few_answers_give_no_index():
    counts = tuple(replace(c, n=1, n_unflagged=1) for c in FACTS.counts)
    (table,) = list_citizen_tables(RULE, replace(FACTS, counts=counts), "year")
    assert {(unit.index, unit.low) for unit in table.units} == {(None, None)}
    assert table.alike == ()


def test_totals_have_a_range_and_name_what_it_leaves_out():
    (table,) = TOTALS
    results = {result.unit: result for result in score(RULE, FACTS, 2)}
    assert {u.unit: (u.official, u.place) for u in table.units} == {
        unit: (float(r.published or 0), r.rank) for unit, r in results.items()
    }
    assert table.given == ("staff",)
    assert table.partial == ()
    assert all(u.place_low <= u.place <= u.place_high for u in table.units)


def test_the_error_of_a_total_is_that_of_its_figures_by_their_weights():
    """Weights .2 and .1 of leaders and peers, whose errors are independent."""
    (table,) = TOTALS
    variance = np.zeros(len(UNITS))
    for node, weight in (("leaders", 0.2), ("peers", 0.1)):
        covariance = TABLES[node].covariance
        centre = np.eye(len(UNITS)) - 1 / len(UNITS)
        variance += weight**2 * np.diag(centre @ covariance @ centre)
    margins = [unit.high - unit.official for unit in table.units]
    assert margins == pytest.approx(list(1.959964 * np.sqrt(variance)), rel=1e-5)


def worked(name: str) -> tuple[Rule, Facts]:
    """A worked case of the scoring."""
    folder = Path(__file__).parents[1] / "data" / name
    preset = "panshan-2018" if name == "panshan-small" else name
    package = read_package(open_package(folder), load_preset(preset))
    return package.scheme.score, package.facts


@pytest.mark.parametrize("name", ["panshan-small", "golmud", "luoyang-2018", "made"])
def test_totals_are_what_scoring_everything_again_gives(name: str, monkeypatch: pytest.MonkeyPatch):
    rule, facts = (RULE, FACTS) if name == "made" else worked(name)
    rounds = {each.round for each in (*facts.ballots, *facts.counts)}
    tables = [table for code in sorted(rounds) for table in list_tables(rule, facts, code)]
    asked = [t for code in sorted(rounds) for t in list_citizen_tables(rule, facts, code)]
    quick = list_totals(rule, facts, 2, tables, asked)
    monkeypatch.setattr(total_tables, "_settled", lambda facts, results, moving: facts)  # noqa: ARG005
    slow = list_totals(rule, facts, 2, tables, asked)
    assert any(unit.low is not None for table in quick for unit in table.units)
    assert [(t.units, t.alike, t.given, t.partial) for t in quick] == [
        (t.units, t.alike, t.given, t.partial) for t in slow
    ]


def test_a_unit_that_some_group_did_not_reach_is_named():
    ballots = tuple(
        replace(b, answers=b.answers[1:]) if b.group == "leader" else b for b in FACTS.ballots
    )
    facts = replace(FACTS, ballots=ballots)
    (table,) = list_totals(RULE, facts, 2, list_tables(RULE, facts, "year"))
    assert table.partial == (UNITS[0],)


def test_totals_without_any_known_error_have_no_range():
    (table,) = list_totals(STAFF, FACTS, 2, list_tables(STAFF, FACTS, "year"))
    assert {unit.place_low for unit in table.units} == {None}
    assert table.alike == ()


def test_effective_weights_sum_to_one_beside_the_nominal_ones():
    (table,) = TOTALS
    (weighing,) = table.weighings
    assert weighing.parts == ("goals", "leaders", "staff", "peers", "panel")
    assert weighing.weights.nominal == pytest.approx((0.4, 0.2, 0.1, 0.1, 0.2))
    assert sum(weighing.weights.effective) == pytest.approx(1)


def test_weights_of_a_part_that_all_units_lack_are_not_told():
    facts = replace(FACTS, indicators=())
    (table,) = list_totals(RULE, facts, 2, list_tables(RULE, facts, "year"))
    assert table.weighings == ()


def test_examining_a_season_changes_no_score():
    before = score(RULE, FACTS, 2)
    list_totals(RULE, FACTS, 2, list_tables(RULE, FACTS, "year"))
    list_citizen_tables(RULE, FACTS, "year")
    assert score(RULE, FACTS, 2) == before
    with pytest.raises(ValueError, match="read-only"):
        TABLES["leaders"].residuals[0, 0] = 1.0


def test_the_scoring_cannot_reach_a_reference_figure():
    """No module below the scoring imports anything of the statistical half, or NumPy."""
    project = Path(__file__).parents[2]
    seen: set[str] = set()
    ahead = ["analysis.score.scoring", "analysis.outcome.season_outcome"]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        place = project / name.replace(".", "/")
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            modules = []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            assert not any(m.split(".")[0] in {"numpy", "scipy"} for m in modules), name
            ahead += [m for m in modules if m.startswith("analysis.")]
    assert "analysis.score.aggregation" in seen
    assert {name.split(".")[1] for name in seen} == {"score", "outcome"}


def test_a_score_is_a_fraction_and_a_reference_figure_a_float():
    """The two cannot be mixed up: totals are exact fractions throughout."""
    assert all(isinstance(r.tree.value, Fraction) for r in score(RULE, FACTS, 2))
    assert all(isinstance(unit.reference, float) for unit in TABLES["leaders"].units)

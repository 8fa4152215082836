"""The public edition: what it may not hold, and what still follows from it."""

from dataclasses import replace
from fractions import Fraction

from analysis import score
from analysis.score.facts import Adjustment, Answer, Ballot, Count, Facts, Indicator, Unit
from evalsvc.evidence.package import read_package
from evalsvc.evidence.public import build_public_package
from evalsvc.evidence.recompute import recompute
from evalsvc.scheme.presets import get_preset_text, load_preset
from tests.evidence.panshan import package

PANSHAN = load_preset("panshan-2018")


def public(facts: Facts, code: str = "panshan-2018") -> dict[str, bytes]:
    scheme = load_preset(code)
    results = score(scheme.score, facts, scheme.publication.places)
    return build_public_package(facts, scheme, get_preset_text(code), results)


def panel_facts(**unit_counts: int) -> Facts:
    """A panel's answers per unit, all satisfied, with everything else entered alike."""
    units = tuple(Unit(unit, unit, "economic") for unit in unit_counts)
    return Facts(
        units,
        ballots=(
            Ballot(
                "year_end",
                "leader",
                "b1",
                "CANARY",
                tuple(Answer(unit, "overall", "90") for unit in unit_counts),
            ),
        ),
        counts=tuple(
            Count("year_end", "panel", "organs", unit, "satisfaction", "satisfied", n, n)
            for unit, n in unit_counts.items()
        ),
        indicators=tuple(
            Indicator("year_end", unit, component, Fraction(value))
            for unit in unit_counts
            for component, value in (
                ("function.daily.agreed", 6),
                ("function.daily.score", 80),
                ("function.year_end.agreed", 6),
                ("function.year_end.score", 80),
                ("common", 80),
            )
        ),
    )


def test_all_totals_are_reproduced_from_scores():
    outcome = recompute(read_package(public(package().facts)))
    assert outcome.package.edition == "public"
    assert outcome.differences == ()
    totals = [f for f in outcome.figures if f.node in ("published", "rank", "total")]
    assert len(totals) == 3 * 16
    assert {figure.level for figure in totals} == {"scores"}
    own = {f.level for f in outcome.figures if f.node in ("I", "adjustments")}
    assert own == {"ballots"}


def test_published_figures_and_ranks_are_the_official_ones():
    before = {r.unit: (r.published, r.rank) for r in score(PANSHAN.score, package().facts, 2)}
    stated = read_package(public(package().facts)).stated
    assert {unit: (said.published, said.rank) for unit, said in stated.items()} == before


def test_scores_have_four_decimals():
    known = read_package(public(package().facts)).facts.known
    assert known["u10", "C.half_year.mutual"] == Fraction(828571, 10_000)  # 82.857142857…
    assert known["u09", "C.half_year.leader"] is None
    assert all(value is None or (value * 10_000).denominator == 1 for value in known.values())


def test_nothing_that_a_rater_said_or_that_names_one():
    facts = replace(
        panel_facts(u1=40), adjustments=(), roles={("", "leader", "CANARY", "u1"): "in_charge"}
    )
    files = public(facts, "three-in-one")
    assert files.keys() == {
        "scheme.yaml",
        "units.csv",
        "indicators.csv",
        "law.txt",
        "adjustments.csv",
        "scores.csv",
        "distribution.csv",
        "result.json",
    }
    assert not any(b"CANARY" in content for content in files.values())


def test_evidence_stays_with_the_supervisors():
    event = Adjustment("year_end", "u01", "slack", 1, None, "2018-12-10", "CANARY")
    files = public(replace(package().facts, adjustments=(event,)))
    assert b"u01,slack" in files["adjustments.csv"]
    assert not any(b"CANARY" in content for content in files.values())


def test_small_cells():
    files = public(panel_facts(u1=30, u2=29, u3=10, u4=9), "three-in-one")
    scores = files["scores.csv"].decode()
    assert "u1,appraisal.social,100\n" in scores
    for unit in ("u2", "u3", "u4"):
        assert f"{unit},appraisal.social,NA\n" in scores
    shown = {line.split(",")[2] for line in files["distribution.csv"].decode().splitlines()[1:]}
    assert shown == {"u1", "u2", "u3"}


def test_a_distribution_is_of_all_who_answered():
    """Those who don't know are answers there, as their level is; a flag leaves nobody out."""
    facts = panel_facts(u1=0)
    cells = (("organs", "satisfied", 4, 0), ("grassroots", "satisfied", 3, 3))
    cells += (("organs", "unknown", 3, 3),)
    about = ("u1", "satisfaction")
    counts = [Count("year_end", "panel", h, *about, level, n, k) for h, level, n, k in cells]
    files = public(replace(facts, counts=tuple(counts)), "three-in-one")
    assert files["distribution.csv"].decode().splitlines()[1:] == [
        "year_end,panel,u1,satisfaction,satisfied,7",
        "year_end,panel,u1,satisfaction,unknown,3",
    ]


def test_no_stratum_is_shown():
    files = public(panel_facts(u1=30), "three-in-one")
    del files["scheme.yaml"]  # the plan itself is public
    assert not any(b"organs" in content for content in files.values())


def test_a_changed_score_is_found():
    files = public(package().facts)
    old = b"u10,C.half_year.mutual,82.8571"
    assert files["scores.csv"].count(old) == 1
    files["scores.csv"] = files["scores.csv"].replace(old, b"u10,C.half_year.mutual,92.8571")
    assert {"published", "total"} <= {
        figure.node for figure in recompute(read_package(files)).differences
    }

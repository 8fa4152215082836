"""Points given in bands that a ballot may fill so far: other possibilities keep to them, too."""

from collections import Counter

from analysis.score.facts import Answer, Ballot, Facts, Unit
from analysis.score.scoring import score
from evalsvc.evidence.disclosure.ballots import Kept, list_kept, list_rated_of
from evalsvc.evidence.disclosure.levels import Season, build_facts, probe
from evalsvc.evidence.disclosure.sums import Cell, Version
from evalsvc.scheme.presets import load_scheme

QUESTION = """
        kind: allotment
        title: {zh: 打分, en: Points}
        bands:
          good: {name: {zh: 好, en: Good}, from: 9, most: 20%}
          fair: {name: {zh: 较好, en: Fair}, from: 6}
          poor: {name: {zh: 差, en: Poor}, from: 1, most: 10%}"""
SCHEME = load_scheme(f"""
code: allotted
version: "1"
title: {{zh: 分档打分, en: Points in bands}}
source: 示例
parameters: {{}}
categories:
  unit: {{zh: 单位, en: Units}}
rounds:
  year_end: {{zh: 年终, en: Year-end}}
questionnaires:
  points:
    title: {{zh: 打分表, en: Points}}
    introduction: {{zh: 请打分。, en: Please give points.}}
    questions:
      points: {QUESTION}
groups:
  leader:
    name: {{zh: 领导, en: Leaders}}
    identity: named
    questionnaire: points
    sees: {{unit: {{units: all}}}}
components: {{}}
score:
  code: total
  name: {{zh: 总分, en: Total}}
  rule: total
  missing: not_ranked
  parts:
    - weight: 100
      code: rated
      name: {{zh: 领导评价, en: Leaders}}
      rule: rated
      round: year_end
      group: leader
      question: points
publication: {{places: 2}}
""")
# Ten units: two of 9 or 10 at most, one below 6.
POINTS = {
    "r1": (10, 9, 8, 7, 7, 8, 6, 6, 7, 5),
    "r2": (9, 10, 7, 8, 8, 7, 6, 7, 4, 6),
    "r3": (8, 9, 10, 8, 7, 6, 7, 6, 7, 3),
    "r4": (10, 8, 9, 6, 7, 8, 8, 5, 6, 7),
}


def facts() -> Facts:
    return Facts(
        tuple(Unit(f"u{n}", f"单位{n}", "unit") for n in range(10)),
        tuple(
            Ballot(
                "year_end",
                "leader",
                rater,
                rater,
                tuple(Answer(f"u{n}", "points", str(given)) for n, given in enumerate(row)),
            )
            for rater, row in POINTS.items()
        ),
    )


def test_every_other_world_keeps_to_the_bands() -> None:
    (question,) = SCHEME.questionnaires["points"].questions
    results = score(SCHEME.score, facts(), 2)
    season = Season(SCHEME, facts(), (Version(results, {"unit": ("total",)}),))
    found = probe(season, "unit", whole=True)
    # All forty could be others, and in none of those worlds would a ballot be refused.
    assert (len(found.worlds), found.certain) == (40, frozenset())
    for world in found.worlds.values():
        for ballot in build_facts(facts(), world).ballots:
            used = Counter(question.limit_of(each.value) for each in ballot.answers)
            assert used["good"] <= 2
            assert used["poor"] <= 1


def test_what_a_ballot_keeps_is_how_much_of_each_limited_band() -> None:
    values = {
        Cell("year_end", "leader", "r1", f"u{n}", "points"): str(given)
        for n, given in enumerate(POINTS["r1"])
    }
    rules = [*list_rated_of(SCHEME.score, "unit")]
    (kept,) = list_kept(rules, SCHEME, facts(), values)
    limits = {"10": "good", "9": "good"} | dict.fromkeys("54321", "poor")
    assert kept == Kept(tuple(values), "count", dict.fromkeys("876", "") | limits)

"""The public edition: no raters, no ballots, but scores from which every total follows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from analysis.facts import Adjustment, Count, Facts
from analysis.outcome import SeasonOutcome, season_outcome
from analysis.rounding import half_up
from analysis.scoring import score
from analysis.small_cells import may_show_distribution
from analysis.tree import Node, UnitResult
from evalsvc.evidence.write import (
    adjustments_sheet,
    indicators_sheet,
    result_file,
    sheet,
    units_sheet,
    value_text,
)
from evalsvc.scheme.model import Scheme

SCORE_PLACES = 4
ANSWERED = ("rated", "rated_items", "satisfaction", "known")
"""Nodes that come from answers; from here on everything can be computed in public."""


def build_public_package(
    facts: Facts,
    scheme: Scheme,
    scheme_text: str,
    results: Sequence[UnitResult],
    *,
    further: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """The public package's files by name, from the facts and results of the audit package.

    Every rater group is replaced by its scores to 4 decimals. The nodes above are recomputed
    from these; published figures and ranks stay the official ones. `further` are the files of
    the box that everybody may see.
    """
    shown = public_facts(facts, results)
    left_out = {"excluded.csv": _excluded(facts)} if facts.exclusions else {}
    recomputed = score(scheme.score, shown, scheme.publication.places)
    official = tuple(
        replace(new, published=old.published, rank=old.rank)
        for new, old in zip(recomputed, results, strict=True)
    )
    return {
        **(further or {}),
        **left_out,
        "scheme.yaml": scheme_text.encode(),
        "units.csv": units_sheet(shown.units),
        "indicators.csv": indicators_sheet(shown),
        "adjustments.csv": adjustments_sheet(shown),
        "scores.csv": _scores(shown),
        "distribution.csv": _distribution(facts.counts),
        "result.json": result_file(official, find_outcome(scheme, facts, results)),
    }


def find_outcome(
    scheme: Scheme, facts: Facts, results: Sequence[UnitResult]
) -> SeasonOutcome | None:
    """The official outcome, where the scheme gives grades."""
    if not scheme.outcome.grading.grades:
        return None
    return season_outcome(scheme.outcome, facts, results, scheme.publication.places)


def public_facts(facts: Facts, results: Sequence[UnitResult]) -> Facts:
    """The facts without anything that a rater said or that names one.

    Excluded ballots are out of the groups' scores already; why each was, is the supervisors'
    matter, for a reason may tell who cast it.
    """
    known = {
        (result.unit, node.code): _rounded(node)
        for result in results
        for node in result.tree.walk()
        if node.rule in ANSWERED
    }
    return Facts(
        units=facts.units,
        indicators=facts.indicators,
        adjustments=tuple(_without_evidence(each) for each in facts.adjustments),
        known=known,
    )


def _rounded(node: Node) -> Fraction | None:
    return None if node.value is None else Fraction(half_up(node.value, SCORE_PLACES))


def _without_evidence(adjustment: Adjustment) -> Adjustment:
    """Evidence names people and files that were handed in to the office, not to the public."""
    return replace(adjustment, evidence="")


def _scores(facts: Facts) -> bytes:
    rows = sorted((unit, node, value_text(value)) for (unit, node), value in facts.known.items())
    return sheet(("unit", "node", "value"), rows)


def _excluded(facts: Facts) -> bytes:
    """How many ballots people have excluded, by the flag that led to it."""
    counts = Counter((e.round, e.group, e.flag) for e in facts.exclusions)
    rows = sorted((*key, str(n)) for key, n in counts.items())
    return sheet(("round", "group", "flag", "n"), rows)


def _distribution(counts: Sequence[Count]) -> bytes:
    """How a panel answered about a unit, all strata together, where enough people did."""
    totals: dict[tuple[str, str, str, str], dict[str, int]] = {}
    for count in counts:
        levels = totals.setdefault((count.round, count.group, count.unit, count.item), {})
        levels[count.level] = levels.get(count.level, 0) + count.n
    rows = sorted(
        (*key, level, str(n))
        for key, levels in totals.items()
        if may_show_distribution(sum(levels.values()))
        for level, n in levels.items()
    )
    return sheet(("round", "group", "unit", "item", "level", "n"), rows)

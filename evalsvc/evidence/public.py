"""The public edition: no raters, no ballots, and no figure that tells an answer.

It starts at the figures that `shown_from.csv` names: their values stand in `scores.csv`, and
nothing below them is in it, neither other scores nor entered figures. What lies beside or above
can be recomputed.

Of a scheme that names some grades' holders alone it holds no unit and no figure: a package outlives
the days of publicity, and what it held of those could be set against what is known of the others.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from analysis.outcome.season_outcome import SeasonOutcome, season_outcome
from analysis.score.facts import Adjustment, Count, Facts
from analysis.score.rounding import half_up
from analysis.score.scoring import score
from analysis.score.tree import Node, UnitResult
from evalsvc.evidence.shown_from import (
    SHOWN_FROM,
    Start,
    group_starts,
    list_hidden_nodes,
    write_starts,
)
from evalsvc.evidence.write import (
    adjustments_sheet,
    indicators_sheet,
    law_file,
    result_file,
    sheet,
    units_sheet,
    value_text,
)
from evalsvc.scheme.model import Scheme

SCORE_PLACES = 4
ANSWERED = ("rated", "rated_items", "distance", "satisfaction", "known")
"""Nodes that come from answers; from here on everything can be computed in public."""


def build_public_package(
    facts: Facts,
    scheme: Scheme,
    scheme_text: str,
    results: Sequence[UnitResult],
    *,
    further: Mapping[str, bytes] | None = None,
    starts: Sequence[Start] | None = None,
) -> dict[str, bytes]:
    """The public package's files by name, from the facts and results of the audit package.

    Figures that come from raters stand as values to 4 decimals, from the `starts` on (None: from
    every group's own score, as packages had it that did not say where they start). The nodes
    above are recomputed from these; published figures and ranks stay the official ones. `further`
    are the files of the box that everybody may see.
    """
    if scheme.publication.shows is not None:
        facts, results = Facts(units=(), exclusions=facts.exclusions), ()
    shown = public_facts(facts, results, scheme, starts or ())
    left_out = {"excluded.csv": _excluded(facts)} if facts.exclusions else {}
    # From the public facts alone, as whoever has the package will do it.
    recomputed = score(scheme.score, shown, scheme.publication.places)
    official = tuple(
        # Figures that are rounded on the way may move a
        # total; what was published stays the official one.
        replace(new, published=old.published, rank=old.rank)
        for new, old in zip(recomputed, results, strict=True)
    )
    told = {} if starts is None else {SHOWN_FROM: write_starts(starts)}
    return {
        **(further or {}),
        **left_out,
        **told,
        **law_file(facts),
        "scheme.yaml": scheme_text.encode(),
        "units.csv": units_sheet(shown.units),
        "indicators.csv": indicators_sheet(shown),
        "adjustments.csv": adjustments_sheet(shown),
        "scores.csv": _scores(shown),
        "distribution.csv": _distribution(facts.counts, scheme),
        "result.json": result_file(official, find_outcome(scheme, facts, results)),
    }


def find_outcome(
    scheme: Scheme, facts: Facts, results: Sequence[UnitResult]
) -> SeasonOutcome | None:
    """The official outcome, where the scheme gives grades."""
    if not scheme.outcome.grading.grades:
        return None
    return season_outcome(scheme.outcome, facts, results, scheme.publication.places)


def public_facts(
    facts: Facts, results: Sequence[UnitResult], scheme: Scheme, starts: Sequence[Start]
) -> Facts:
    """The facts without anything that a rater said or that names one.

    Excluded ballots are out of the groups' scores already; why each was, is the supervisors'
    matter, for a reason may tell who cast it.
    """
    first, hidden = group_starts(starts), list_hidden_nodes(scheme, starts)
    known = {
        (result.unit, node.code): _rounded(result, node)
        for result in results
        for node in result.tree.walk()
        # What starts the edition, and scores beside it that lie below none of its starts.
        if node.code in first.get(result.category, ())
        or (node.rule in ANSWERED and node.code not in hidden[result.category])
    }
    categories = {unit.code: unit.category for unit in facts.units}
    return Facts(
        units=facts.units,
        # With indicators below a start the start's value would give back what raters said.
        indicators=tuple(
            each for each in facts.indicators if each.component not in hidden[categories[each.unit]]
        ),
        adjustments=tuple(_without_evidence(each) for each in facts.adjustments),
        known=known,
        law=facts.law,
    )


def _rounded(result: UnitResult, node: Node) -> Fraction | None:
    """To 4 decimals; the total only as it is published, for more would tell what is below it."""
    if node.code == result.tree.code:
        return None if result.published is None else Fraction(result.published)
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


def _distribution(counts: Sequence[Count], scheme: Scheme) -> bytes:
    """How a panel answered about a unit, all strata together, where enough people did."""
    totals: dict[tuple[str, str, str, str], dict[str, int]] = {}
    for count in counts:
        levels = totals.setdefault((count.round, count.group, count.unit, count.item), {})
        levels[count.level] = levels.get(count.level, 0) + count.n
    rows = sorted(
        (*key, level, str(n))
        for key, levels in totals.items()
        # All strata together, and only where as many answered as the round's own threshold asks.
        if scheme.get_round(key[0]).thresholds.may_show_distribution(sum(levels.values()))
        for level, n in levels.items()
    )
    return sheet(("round", "group", "unit", "item", "level", "n"), rows)

"""What citizens' figures of a round are worth: intervals, and which units can't be told apart.

For reference only, like all diagnostics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from analysis.examining.diagnostics import list_categories, list_leaves
from analysis.panel.sample_sizes import rate_interval
from analysis.panel.sums import LevelSums, item_indices
from analysis.score.facts import Facts
from analysis.score.rules import Rule, Satisfaction
from analysis.score.satisfaction import Appraisal, appraisal, merged_plan
from analysis.score.strata import Weights, answer_weights
from analysis.statistics.ratings import FloatArray
from analysis.statistics.uncertainty import indistinguishable_units

# Closer than any rounding of what a panel keeps, and far closer than any two real figures.
SAME = 1e-6


@dataclass(frozen=True)
class CitizenStanding:
    """A unit's index among citizens with its interval, and how many answers it rests on.

    `effective`: how many of equal weight would be as sure. `carried_by_few`: the strata in which
    few people decide the figure. `rate_low` to `rate_high` is the 95% interval of the rate.
    """

    unit: str
    answers: int
    dont_know: int
    index: float | None
    low: float | None
    high: float | None
    satisfied_rate: float | None
    error: float | None = None
    effective: float | None = None
    carried_by_few: tuple[str, ...] = ()
    rate_low: float | None = None
    rate_high: float | None = None


@dataclass(frozen=True, eq=False)
class PanelCovariance:
    """What a counted panel keeps of how its figures vary together, by question and unit.

    `category` names the only category that it holds for, and is empty where it holds for all.
    """

    round: str
    group: str
    category: str
    figures: tuple[tuple[str, str], ...]
    means: FloatArray
    covariance: FloatArray


@dataclass(frozen=True)
class CitizenTable:
    """One citizen figure of one category, best first in `alike`.

    `panel` is what its errors rest on; without one (the panel kept none, or for other figures)
    units and questions count as independent.
    """

    node: str
    group: str
    category: str
    item: str
    units: tuple[CitizenStanding, ...]
    alike: tuple[tuple[str, ...], ...]
    panel: PanelCovariance | None = field(default=None, compare=False)


def list_citizen_tables(
    rule: Rule, facts: Facts, round_code: str, panels: Sequence[PanelCovariance] = ()
) -> tuple[CitizenTable, ...]:
    """Every citizen figure of a round with its intervals, by category.

    `panels`: how the figures of each counted panel vary together. A unit's own interval needs
    none of it; which units can't be told apart, and the totals, do.
    """
    return tuple(
        _asked(found, facts, category, panels)
        for category in list_categories(facts)
        for found in list_leaves(rule, category)
        if isinstance(found, Satisfaction) and found.round == round_code
    )


def citizen_covariance(a: CitizenTable, b: CitizenTable, codes: Sequence[str]) -> FloatArray:
    """Of two citizens' figures, (units, units); 0 for a unit without error.

    Other questions of the same panel vary with this one. Without what the panel keeps, and
    between panels, everything but a figure with itself is taken as independent.
    """
    errors = {row.unit: row.error for row in a.units if row.error is not None}
    # The very same panel: another one of equal numbers is another sample.
    if a.panel is not None and a.panel is b.panel:
        place = {figure: k for k, figure in enumerate(a.panel.figures)}
        rows = [place.get((a.item, code)) for code in codes]
        columns = [place.get((b.item, code)) for code in codes]
        found = np.zeros((len(codes), len(codes)))
        i, j = (np.flatnonzero([k is not None for k in side]) for side in (rows, columns))
        found[np.ix_(i, j)] = a.panel.covariance[
            np.ix_([rows[k] or 0 for k in i], [columns[k] or 0 for k in j])
        ]
        return found
    own = np.array([errors.get(code, 0.0) if a is b else 0.0 for code in codes])
    return np.asarray(np.diag(own**2), dtype=np.float64)


def _asked(
    rule: Satisfaction, facts: Facts, category: str, panels: Sequence[PanelCovariance]
) -> CitizenTable:
    histograms = _histograms(rule, facts)
    seen = {h for strata in histograms.values() for h in strata}
    plan = merged_plan(rule.strata, seen)
    merged = replace(rule, strata=plan)
    worth = answer_weights(merged, histograms)
    units = [u.code for u in facts.units if u.category == category and u.code in histograms]
    indices = item_indices(
        _sums(merged, {u: histograms[u] for u in units}, sorted(seen), worth),
        [_float(points) for points in rule.points.values()],
    )
    rows = []
    for unit, (index,) in zip(units, indices, strict=True):
        official = appraisal(merged, histograms[unit], worth[unit])
        value = _float(official.score)
        known = value is not None and index.error is not None
        rows.append(
            CitizenStanding(
                unit,
                official.valid,
                official.unknown,
                value,
                *_index_bounds(merged, official, index.error),
                _float(official.satisfied_rate),
                index.error if known else None,
                _float(official.effective),
                official.carried_by_few,
                *_rate_bounds(official),
            )
        )
    panel = _find_panel(rule, category, rows, panels)
    table = CitizenTable(rule.code, rule.group, category, rule.item, tuple(rows), (), panel)
    return replace(table, alike=_citizens_alike(table))


def _index_bounds(
    rule: Satisfaction, official: Appraisal, error: float | None
) -> tuple[float | None, float | None]:
    """±1.96 errors. Where all answers are the same they show no spread, which is not none: those
    who did not answer may be as many as Wilson's interval of a share of all leaves, and the worst
    or the best."""
    value, n = _float(official.score), _float(official.effective)
    if value is None or error is None or n is None:
        return None, None
    points = [float(each) for each in rule.points.values() if each is not None]
    below = above = 1.96 * error
    bounds = rate_interval(n, n)
    if error < SAME and bounds is not None:
        others = 1 - bounds[0]
        below, above = others * (value - min(points)), others * (max(points) - value)
    return max(value - below, 0.0), min(value + above, 100.0)


def _rate_bounds(official: Appraisal) -> tuple[float | None, float | None]:
    """Wilson's interval of the satisfied rate, on as many answers as are of equal weight."""
    if official.satisfied_rate is None or official.effective is None:
        return None, None
    n = float(official.effective)
    bounds = rate_interval(min(float(official.satisfied_rate) * n, n), n)
    return bounds or (None, None)


def _find_panel(
    rule: Satisfaction,
    category: str,
    rows: Sequence[CitizenStanding],
    panels: Sequence[PanelCovariance],
) -> PanelCovariance | None:
    """The panel's covariance, if it is there for every unit and belongs to these very figures."""
    for panel in panels:
        same = (panel.round, panel.group) == (rule.round, rule.group)
        if same and panel.category in ("", category):
            at = {unit: k for k, (item, unit) in enumerate(panel.figures) if item == rule.item}
            told = [row for row in rows if row.index is not None]
            if told and all(
                row.unit in at and abs(panel.means[at[row.unit]] - (row.index or 0.0)) < SAME
                for row in told
            ):
                return panel
    return None


def _histograms(rule: Satisfaction, facts: Facts) -> dict[str, dict[str, dict[str, int]]]:
    """unit → stratum → level → number."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for count in facts.counts:
        if (count.round, count.group, count.item) == (rule.round, rule.group, rule.item):
            levels = found.setdefault(count.unit, {}).setdefault(count.stratum, {})
            levels[count.level] = levels.get(count.level, 0) + count.n
    return found


def _sums(
    rule: Satisfaction,
    units: Mapping[str, Mapping[str, Mapping[str, int]]],
    strata: Sequence[str],
    worth: Mapping[str, Weights],
) -> LevelSums:
    """Counts by unit, stratum and level with the citizens' weights, as an array of one item."""
    n = np.array(
        [
            [[strata_of.get(h, {}).get(level, 0) for level in rule.points] for h in strata]
            for strata_of in units.values()
        ],
        dtype=np.float64,
    ).reshape(len(units), 1, len(strata), len(rule.points))
    w = np.array(
        [[float(worth[u].get(h, 0)) if rule.strata else 1.0 for h in strata] for u in units]
    ).reshape(len(units), 1, len(strata), 1)
    return LevelSums(n, n * w, n * w**2)


def _citizens_alike(table: CitizenTable) -> tuple[tuple[str, ...], ...]:
    told = [row for row in table.units if row.error is not None]
    means = np.array([row.index for row in told], dtype=np.float64)
    covariance = citizen_covariance(table, table, [row.unit for row in told])
    runs = indistinguishable_units(means, covariance).runs
    return tuple(tuple(told[j].unit for j in run) for run in runs if len(run) > 1)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

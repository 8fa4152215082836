"""What the figures of a round are worth: who differs, and which units can't be told apart.

Everything here is for reference. Nothing is handed back to the scoring, which imports none of it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from scipy import stats

from analysis.aggregation import trimmed_mean
from analysis.ballot_scores import rated_nodes
from analysis.comparison import EffectiveWeights, effective_weights
from analysis.connectivity import Connectivity, connectivity
from analysis.facts import Ballot, Facts, Unit
from analysis.methods import (
    LEAST_TO_DROP,
    Kind,
    SideBySide,
    places_of,
    reference_model,
    scores_side_by_side,
)
from analysis.normal_scores import rank_normal_matrix
from analysis.outliers import misfitting_raters, residual_tests, reversed_raters, straight_liners
from analysis.place_points import ballot_points
from analysis.ratings import FloatArray, frozen, optional
from analysis.reliability import ModelReliability, model_reliability
from analysis.rules import ByCategory, Rated, Rule, Satisfaction
from analysis.satisfaction import appraisal, citizen_weights, merged_plan
from analysis.scoring import score
from analysis.severity import SeverityModel, severity_model
from analysis.sums import LevelSums, item_indices
from analysis.tree import Node, UnitResult
from analysis.uncertainty import indistinguishable_units, rank_intervals, score_intervals
from analysis.validity import checked_ballots, list_parts

# Draws of ranks start from this seed, so that a page shows the same figures each time.
SEED = 20180101
# A correlation of two orders says nothing below so many units in common.
LEAST_SHARED = 4
FULL_MARKS = 100.0
# Closer than any rounding of what a panel keeps, and far closer than any two real figures.
SAME = 1e-6
# Rules of figures that answers make by themselves.
ANSWERED = ("rated", "rated_items", "satisfaction")


@dataclass(frozen=True)
class UnitStanding:
    """A unit's official figure and place, with the reference figure and what they leave open.

    `low` to `high` is the 95% interval of `reference`, `place_low` to `place_high` the 90% range
    of the place. None where there is no figure, or no error can be known.
    """

    unit: str
    ratings: int
    official: float | None
    place: int | None
    reference: float | None = None
    low: float | None = None
    high: float | None = None
    place_low: int | None = None
    place_high: int | None = None


@dataclass(frozen=True)
class RaterProfile:
    """One rater against all others; a flag is a question, never a verdict.

    `distance` is the mean square of the standardised residuals, 1 for a rater like the others;
    `agreement` Spearman's correlation with the others' mean; `severity` in official points, above
    0 for a generous rater. `ballot` is the opened ballot that all this is about.
    """

    rater: str
    ballot: str
    rated: int
    severity: float | None
    agreement: float | None
    distance: float | None
    testable: bool
    misfitting: bool
    reversed: bool
    uniform: bool

    @property
    def flags(self) -> tuple[str, ...]:
        """What stands out, the weightiest first."""
        told = {
            "reversed": self.reversed, "misfitting": self.misfitting, "uniform": self.uniform
        }  # fmt: skip
        return tuple(flag for flag, holds in told.items() if holds)

    @property
    def is_flagged(self) -> bool:
        return bool(self.flags)


@dataclass(frozen=True)
class DoubtfulRating:
    """A rating that stands out, and what the unit's official figure would be without it."""

    rater: str
    unit: str
    official: float | None
    official_without: float | None
    place: int | None
    place_without: int | None


@dataclass(frozen=True, eq=False)
class RatedTable:
    """One rater group's ratings of one category: the table behind a rated figure, examined.

    `residuals` (raters, units) are standardised, NaN where nobody rated or nothing can be said.
    `alike` lists stretches of units, best reference figure first, of which no two can be told
    apart. `covariance` belongs to the reference figures of the units with one, None without error.
    """

    node: str
    group: str
    category: str
    kind: Kind
    units: tuple[UnitStanding, ...]
    raters: tuple[RaterProfile, ...]
    residuals: FloatArray
    alike: tuple[tuple[str, ...], ...]
    reliability: ModelReliability
    links: Connectivity
    tested: bool
    doubtful: tuple[DoubtfulRating, ...]
    methods: SideBySide
    covariance: FloatArray | None

    @property
    def is_empty(self) -> bool:
        """Whether no rating at all was given."""
        return not any(unit.ratings for unit in self.units)


@dataclass(frozen=True)
class CitizenStanding:
    """A unit's index among citizens with its interval, and how many answers it rests on."""

    unit: str
    answers: int
    dont_know: int
    index: float | None
    low: float | None
    high: float | None
    satisfied_rate: float | None
    error: float | None = None


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


@dataclass(frozen=True)
class Weighing:
    """Nominal and effective weights of a node's parts in one category."""

    node: str
    category: str
    parts: tuple[str, ...]
    weights: EffectiveWeights


@dataclass(frozen=True, eq=False)
class TotalTable:
    """One category's totals: places with their ranges, and what the error leaves out.

    `units` carry the published total as `official`. `given` are the rated figures whose error
    cannot be known (a single rater, say): they are taken as they stand. `partial` are units that
    lack a rated figure which others have: their range leaves out the means that they lean on.
    `apart` are citizens' figures whose errors count as independent for want of a covariance.
    """

    category: str
    units: tuple[UnitStanding, ...]
    alike: tuple[tuple[str, ...], ...]
    given: tuple[str, ...]
    partial: tuple[str, ...]
    apart: tuple[str, ...]
    weighings: tuple[Weighing, ...]


def list_tables(rule: Rule, facts: Facts, round_code: str) -> tuple[RatedTable, ...]:
    """Every rated figure of a round, examined category by category."""
    return tuple(
        _examined(found, facts, category, found.groups[category])
        for category in _categories(facts)
        for found in _leaves(rule, category)
        if isinstance(found, Rated) and found.round == round_code and category in found.groups
    )


def list_citizen_tables(
    rule: Rule, facts: Facts, round_code: str, panels: Sequence[PanelCovariance] = ()
) -> tuple[CitizenTable, ...]:
    """Every citizen figure of a round with its intervals, by category.

    `panels`: how the figures of each counted panel vary together. A unit's own interval needs
    none of it; which units can't be told apart, and the totals, do.
    """
    return tuple(
        _asked(found, facts, category, panels)
        for category in _categories(facts)
        for found in _leaves(rule, category)
        if isinstance(found, Satisfaction) and found.round == round_code
    )


def list_totals(
    rule: Rule,
    facts: Facts,
    places: int,
    tables: Sequence[RatedTable],
    citizens: Sequence[CitizenTable] = (),
) -> tuple[TotalTable, ...]:
    """How far each total's place is open, from the errors of all evaluated figures below it.

    The slope of a total in a figure is found by moving the figures by about a point, half of them
    up and half down, and scoring again, which follows every rule of the scheme. Whatever the move
    leaves as it is, is settled beforehand: no ballot is read twice. Indicators count as exact.
    """
    results = score(rule, facts, places)
    moving = tuple(dict.fromkeys([*(t.node for t in tables), *(t.node for t in citizens)]))
    settled = _settled(facts, results, moving)
    slopes = {node: _slopes(rule, settled, places, results, node) for node in moving}
    return tuple(
        _total(
            category,
            [r for r in results if r.category == category],
            [t for t in tables if t.category == category and not t.is_empty],
            [t for t in citizens if t.category == category and t.units],
            slopes,
        )
        for category in _categories(facts)
    )


def _categories(facts: Facts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit.category for unit in facts.units))


def _leaves(rule: Rule, category: str) -> Iterator[Rule]:
    """The rules without parts that one category's score is made of."""
    parts: tuple[Rule, ...] = ()
    if isinstance(rule, ByCategory):
        parts = (rule.rules[category],) if category in rule.rules else ()
    else:
        parts = list_parts(rule)
        if not parts:
            yield rule
    for part in parts:
        yield from _leaves(part, category)


def _examined(rated: Rated, facts: Facts, category: str, group: str) -> RatedTable:
    units = [unit for unit in facts.units if unit.category == category]
    ballots, points = _points(rated, facts, units, group)
    raters = tuple(ballot.rater or ballot.ballot for ballot in ballots)
    x = np.array(
        [[np.nan if p is None else float(p) for p in row] for row in points], dtype=np.float64
    ).reshape(len(raters), len(units))
    kind: Kind = "numbers" if rated.quota is None and rated.by_place is None else "bands"
    figures = rank_normal_matrix(x).scores if kind == "bands" else x
    nodes = rated_nodes(rated, facts, units)
    official = [_float(nodes[unit.code].value) for unit in units]
    model = reference_model(x, kind)
    centre, spread = _scale(model, official)
    residuals = _standardised(figures)
    tests = residual_tests(figures, penalty=model.penalty)
    return RatedTable(
        node=rated.code,
        group=group,
        category=category,
        kind=kind,
        units=_standings([u.code for u in units], model, official, centre, spread),
        raters=_profiles(ballots, x, figures, residuals, model, spread, kind),
        residuals=frozen(residuals),
        alike=_alike([units[j].code for j in model.rated_units], model),
        reliability=model_reliability(model),
        links=connectivity(x),
        tested=tests.raters.size > 0,
        doubtful=tuple(
            _doubtful(rated, raters, units, points, official, (flag.rater, flag.unit))
            for flag in tests.flagged
        ),
        methods=scores_side_by_side(
            x, kind=kind, official=official,
            least_to_drop=max(rated.trim.min_raters, 3) if rated.trim else LEAST_TO_DROP,
        ),
        covariance=None if model.covariance is None else frozen(spread**2 * model.covariance),
    )  # fmt: skip


def _points(
    rated: Rated, facts: Facts, units: Sequence[Unit], group: str
) -> tuple[tuple[Ballot, ...], list[list[Fraction | None]]]:
    """The points of each valid ballot of the group for the units; those without any left out."""
    ballots, rows = [], []
    place = {unit.code: j for j, unit in enumerate(units)}
    categories = {unit.code: unit.category for unit in facts.units}
    for checked in checked_ballots(rated, facts):
        if checked.breaches or checked.ballot.group != group:
            continue
        row: list[Fraction | None] = [None] * len(units)
        points = ballot_points(rated, checked, categories)
        for answer in checked.answers:
            role = facts.find_role(checked.ballot, answer.unit) or rated.default_role
            if answer.unit in place and (not rated.role or role == rated.role):
                row[place[answer.unit]] = points[answer.unit]
        if any(each is not None for each in row):
            ballots.append(checked.ballot)
            rows.append(row)
    return tuple(ballots), rows


def _scale(model: SeverityModel, official: Sequence[float | None]) -> tuple[float, float]:
    """centre and spread that bring effects to the mean and standard deviation of the official."""
    pairs = [
        (u, s) for u, s in zip(model.unit_effects, official, strict=True)
        if u is not None and s is not None
    ]  # fmt: skip
    if not pairs:
        return 0.0, 0.0
    effects, scores = np.array(pairs, dtype=np.float64).T
    around = float(effects.std())
    spread = float(scores.std()) / around if around > 1e-12 * np.abs(effects).max() else 0.0
    return float(scores.mean()) - spread * float(effects.mean()), spread


def _standings(
    codes: Sequence[str],
    model: SeverityModel,
    official: Sequence[float | None],
    centre: float,
    spread: float,
) -> tuple[UnitStanding, ...]:
    places = places_of(official)
    u, v = model.rated_effects, model.covariance
    df = model.residual_df if v is not None else None
    scores = score_intervals(u, v, df=df, centre=centre, spread=spread)
    within = _bounds(official)
    ranks = None if v is None or spread == 0.0 else rank_intervals(u, v, SEED)
    found = [
        UnitStanding(code, model.ratings_per_unit[j], official[j], places[j])
        for j, code in enumerate(codes)
    ]
    for k, j in enumerate(model.rated_units):
        found[j] = replace(found[j], reference=within(scores[k].score))
        if ranks is not None:
            found[j] = replace(
                found[j], low=within(scores[k].low), high=within(scores[k].high),
                place_low=ranks.low[k], place_high=ranks.high[k],
            )  # fmt: skip
    return tuple(found)


def _bounds(official: Sequence[float | None]) -> Callable[[float | None], float | None]:
    """Cuts to 0–100 where all official figures lie there, so that nobody reads 104 of 100."""
    known = [value for value in official if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    if low < 0.0 or high > FULL_MARKS:
        return lambda value: value
    return lambda value: None if value is None else min(max(value, 0.0), FULL_MARKS)


def _alike(codes: Sequence[str], model: SeverityModel) -> tuple[tuple[str, ...], ...]:
    if model.covariance is None:
        return ()
    runs = indistinguishable_units(model.rated_effects, model.covariance).runs
    return tuple(tuple(codes[j] for j in run) for run in runs if len(run) > 1)


def _standardised(figures: FloatArray) -> FloatArray:
    """e/(σ̂√(1−h)) of the fit without shrinkage; a rating that fits itself says nothing."""
    model = severity_model(figures, penalty=0.0)
    free = 1.0 - model.hat_values
    if not model.residual_variance:
        return np.where(np.isnan(figures), np.nan, 0.0)
    spread = np.sqrt(model.residual_variance * np.where(free > 1e-8, free, np.inf))
    return np.asarray(model.residuals / spread, dtype=np.float64)


def _profiles(
    ballots: Sequence[Ballot],
    x: FloatArray,
    figures: FloatArray,
    residuals: FloatArray,
    model: SeverityModel,
    spread: float,
    kind: Kind,
) -> tuple[RaterProfile, ...]:
    misfits, turned = misfitting_raters(figures), reversed_raters(figures)
    uniform = straight_liners(x) if kind == "numbers" else (None,) * len(ballots)
    agreements = _agreements(figures)
    tested = (~np.isnan(figures)).sum(axis=1)
    told = bool(np.nansum(residuals**2) > 0)
    return tuple(
        RaterProfile(
            rater=ballot.rater or ballot.ballot,
            ballot=ballot.ballot,
            rated=int(tested[i]),
            severity=_severity(model.rater_effects[i], spread),
            agreement=agreements[i],
            distance=float(np.nanmean(residuals[i] ** 2)) if told else None,
            testable=misfits[i].p is not None or turned[i].p is not None,
            misfitting=misfits[i].flagged,
            reversed=turned[i].flagged,
            uniform=bool(uniform[i]),
        )
        for i, ballot in enumerate(ballots)
    )


def _severity(effect: float | None, spread: float) -> float | None:
    return None if effect is None else spread * effect


def _agreements(figures: FloatArray) -> tuple[float | None, ...]:
    """Spearman's correlation of each rater with the mean of the others, severities taken out."""
    adjusted = severity_model(figures, penalty=0.0).adjusted_ratings
    rated = ~np.isnan(figures)
    total, count = np.where(rated, adjusted, 0.0).sum(axis=0), rated.sum(axis=0)
    found = np.full(len(figures), np.nan)
    for i, row in enumerate(rated):
        shared = row & (count > 1)
        others = (total[shared] - adjusted[i, shared]) / (count[shared] - 1)
        if shared.sum() >= LEAST_SHARED and np.ptp(others) > 1e-9 and np.ptp(figures[i, shared]):
            ranks = stats.rankdata(figures[i, shared]), stats.rankdata(others.round(9))
            found[i] = np.corrcoef(*ranks)[0, 1]
    return optional(found)


def _doubtful(
    rated: Rated,
    raters: Sequence[str],
    units: Sequence[Unit],
    points: Sequence[Sequence[Fraction | None]],
    official: Sequence[float | None],
    cell: tuple[int, int],
) -> DoubtfulRating:
    rater, unit = cell
    others = [row[unit] for i, row in enumerate(points) if i != rater]
    kept = [value for value in others if value is not None]
    enough = len(kept) >= max(rated.least_raters, 1)
    without = float(trimmed_mean(kept, rated.trim).value) if enough else None
    changed = [without if j == unit else value for j, value in enumerate(official)]
    return DoubtfulRating(
        rater=raters[rater],
        unit=units[unit].code,
        official=official[unit],
        official_without=without,
        place=places_of(official)[unit],
        place_without=places_of(changed)[unit],
    )


def _asked(
    rule: Satisfaction, facts: Facts, category: str, panels: Sequence[PanelCovariance]
) -> CitizenTable:
    histograms = _histograms(rule, facts)
    seen = {h for strata in histograms.values() for h in strata}
    plan = merged_plan(rule.strata, seen)
    worth = citizen_weights(plan, histograms.values())
    merged = replace(rule, strata=plan)
    units = [u.code for u in facts.units if u.category == category and u.code in histograms]
    indices = item_indices(
        _sums(merged, [histograms[u] for u in units], sorted(seen), worth),
        [_float(points) for points in rule.points.values()],
    )
    rows = []
    for unit, (index,) in zip(units, indices, strict=True):
        official = appraisal(merged, histograms[unit], worth)
        margin = None if index.error is None else 1.96 * index.error
        value = _float(official.score)
        known = value is not None and margin is not None
        rows.append(CitizenStanding(
            unit, official.valid, official.unknown, value,
            max(value - margin, 0.0) if known else None,  # type: ignore[operator]  # known says so
            min(value + margin, 100.0) if known else None,  # type: ignore[operator]
            _float(official.satisfied_rate),
            index.error if known else None,
        ))  # fmt: skip
    panel = _find_panel(rule, category, rows, panels)
    table = CitizenTable(rule.code, rule.group, category, rule.item, tuple(rows), (), panel)
    return replace(table, alike=_citizens_alike(table))


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
    units: Sequence[Mapping[str, Mapping[str, int]]],
    strata: Sequence[str],
    worth: Mapping[str, Fraction],
) -> LevelSums:
    """Counts by unit, stratum and level with the citizens' weights, as an array of one item."""
    n = np.array(
        [[[strata_of.get(h, {}).get(level, 0) for level in rule.points] for h in strata]
         for strata_of in units], dtype=np.float64,
    ).reshape(len(units), 1, len(strata), len(rule.points))  # fmt: skip
    w = np.array([float(worth.get(h, 0)) if rule.strata else 1.0 for h in strata])
    return LevelSums(n, n * w[:, np.newaxis], n * w[:, np.newaxis] ** 2)


def _citizens_alike(table: CitizenTable) -> tuple[tuple[str, ...], ...]:
    told = [row for row in table.units if row.error is not None]
    means = np.array([row.index for row in told], dtype=np.float64)
    covariance = _citizen_covariance(table, table, [row.unit for row in told])
    runs = indistinguishable_units(means, covariance).runs
    return tuple(tuple(told[j].unit for j in run) for run in runs if len(run) > 1)


def _citizen_covariance(a: CitizenTable, b: CitizenTable, codes: Sequence[str]) -> FloatArray:
    """Of two citizens' figures, (units, units); 0 for a unit without error.

    Other questions of the same panel vary with this one. Without what the panel keeps, and
    between panels, everything but a figure with itself is taken as independent.
    """
    errors = {row.unit: row.error for row in a.units if row.error is not None}
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


def _settled(facts: Facts, results: Sequence[UnitResult], moving: Collection[str]) -> Facts:
    """The facts with every figure known that no moving figure enters, and nothing below it."""
    known = {
        (result.unit, node.code): node.value
        for result in results
        for node in _list_settled(result.tree, moving)
    }
    return Facts(units=facts.units, known={**facts.known, **known})


def _list_settled(node: Node, moving: Collection[str]) -> Iterator[Node]:
    """The moving figures and the highest ones that none of them enters.

    What comes from answers is read off them and never off its parts, whatever moves below it.
    """
    inside = {each.code for each in node.walk()}
    if node.rule in ANSWERED or node.code in moving or not inside & set(moving):
        yield node
        return
    for part in node.parts:
        yield from _list_settled(part, moving)


def _slopes(
    rule: Rule, facts: Facts, places: int, results: Sequence[UnitResult], node: str
) -> dict[str, float]:
    """By how much each unit's total rises when its own figure of one node rises by one point."""
    before = {r.unit: r.tree.value for r in results}
    shifts = _shifts(results, node)
    moved = {(unit, node): value + shift for unit, (value, shift) in shifts.items()}
    after = score(rule, replace(facts, known={**facts.known, **moved}), places)
    return {
        r.unit: float((r.tree.value - start) / shifts[r.unit][1])
        for r in after
        if r.unit in shifts and r.tree.value is not None
        if (start := before[r.unit]) is not None
    }


def _shifts(
    results: Sequence[UnitResult], node: str
) -> dict[str, tuple[Fraction, Fraction]]:
    """Each unit's figure and a shift of about a point, which leave every category's mean alone."""
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for category in dict.fromkeys(r.category for r in results):
        figures = [
            (r.unit, value)
            for r in results
            if r.category == category and (value := _find_value(r.tree, node)) is not None
        ]
        up = (len(figures) + 1) // 2
        down = Fraction(-up, max(len(figures) - up, 1))
        found |= {
            unit: (value, Fraction(1) if place < up else down)
            for place, (unit, value) in enumerate(figures)
        }
    return found


def _find_value(tree: Node, code: str) -> Fraction | None:
    return next((node.value for node in tree.walk() if node.code == code), None)


def _total(
    category: str,
    results: Sequence[UnitResult],
    own: Sequence[RatedTable],
    citizens: Sequence[CitizenTable],
    slopes: Mapping[str, Mapping[str, float]],
) -> TotalTable:
    ranked = [r for r in results if r.published is not None]
    codes = [r.unit for r in ranked]
    totals = np.array([float(r.published or 0) for r in ranked], dtype=np.float64)
    v = _carried_by_citizens(citizens, codes, slopes)
    for table in own:
        v += _carried(table, codes, slopes[table.node])
    known = bool(v.any())
    units = [
        UnitStanding(r.unit, 0, float(r.published or 0), r.rank, float(r.published or 0))
        for r in ranked
    ]
    if known:
        units = _with_ranges(units, totals, v)
    return TotalTable(
        category=category,
        units=tuple(units),
        alike=_totals_alike(codes, totals, v) if known else (),
        given=tuple(t.node for t in own if t.covariance is None),
        partial=tuple(
            code for code in codes
            if any(_lacks(table, code) for table in own)
            or any(_lacks_answers(table, code) for table in citizens)
        ),
        apart=tuple(table.node for table in citizens if table.panel is None),
        weighings=_weighings(category, [r.tree for r in results]),
    )


def _lacks(table: RatedTable, code: str) -> bool:
    return any(unit.unit == code and unit.official is None for unit in table.units)


def _lacks_answers(table: CitizenTable, code: str) -> bool:
    return not any(unit.unit == code and unit.index is not None for unit in table.units)


def _carried_by_citizens(
    tables: Sequence[CitizenTable],
    codes: Sequence[str],
    slopes: Mapping[str, Mapping[str, float]],
) -> FloatArray:
    """The citizens' covariance as it reaches the totals, with that between their questions."""
    v = np.zeros((len(codes), len(codes)))
    reach = [np.array([slopes[table.node].get(code, 0.0) for code in codes]) for table in tables]
    for a, above in zip(tables, reach, strict=True):
        for b, beside in zip(tables, reach, strict=True):
            v += _citizen_covariance(a, b, codes) * np.outer(above, beside)
    return v


def _carried(table: RatedTable, codes: Sequence[str], slopes: Mapping[str, float]) -> FloatArray:
    """A table's covariance as it reaches the totals, about the category's mean."""
    there = [unit.unit for unit in table.units if unit.reference is not None]
    v = np.zeros((len(codes), len(codes)))
    if table.covariance is None:
        return v
    centre = np.eye(len(there)) - 1 / len(there)
    own = centre @ table.covariance @ centre
    at = [(codes.index(unit), k) for k, unit in enumerate(there) if unit in codes]
    rows, columns = [a for a, _ in at], [k for _, k in at]
    slope = np.array([slopes.get(codes[a], 0.0) for a in rows])
    v[np.ix_(rows, rows)] = own[np.ix_(columns, columns)] * np.outer(slope, slope)
    return v


def _with_ranges(
    units: Sequence[UnitStanding], totals: FloatArray, v: FloatArray
) -> list[UnitStanding]:
    scores = score_intervals(totals, v, relative=False)
    ranks = rank_intervals(totals, v, SEED)
    return [
        replace(
            unit, low=scores[j].low, high=scores[j].high,
            place_low=ranks.low[j], place_high=ranks.high[j],
        )
        for j, unit in enumerate(units)
    ]  # fmt: skip


def _totals_alike(
    codes: Sequence[str], totals: FloatArray, v: FloatArray
) -> tuple[tuple[str, ...], ...]:
    runs = indistinguishable_units(totals, v).runs
    return tuple(tuple(codes[j] for j in run) for run in runs if len(run) > 1)


def _weighings(category: str, trees: Sequence[Node]) -> tuple[Weighing, ...]:
    """Every weighted node of the first tree with the parts that all its units share."""
    return tuple(
        found
        for node in trees[0].walk()
        if len(node.parts) > 1 and all(part.weight for part in node.parts)
        if (found := _weighing(category, node, trees)) is not None
    )


def _weighing(category: str, node: Node, trees: Sequence[Node]) -> Weighing | None:
    parts = tuple(part.code for part in node.parts)
    values = [[_find_value(tree, part) for part in parts] for tree in trees]
    rows = np.array([[np.nan if v is None else float(v) for v in row] for row in values])
    weights = effective_weights(rows, [float(part.weight or 0) for part in node.parts])
    if weights.effective[0] is None:
        return None
    return Weighing(node.code, category, parts, weights)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

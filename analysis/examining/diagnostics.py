"""What the figures of a round are worth: who differs, and which units can't be told apart.

Everything here is for reference. Nothing is handed back to the scoring, which imports none of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import stats

from analysis.examining.agreement_figures import AgreementFigures, agreement_figures
from analysis.score.aggregation import trimmed_mean
from analysis.score.ballot_scores import rated_nodes
from analysis.score.facts import Ballot, Facts, Unit
from analysis.score.place_points import ballot_points
from analysis.score.rules import ByCategory, Rated, Rule
from analysis.score.validity import checked_ballots
from analysis.statistics.connectivity import Connectivity, connectivity
from analysis.statistics.methods import (
    LEAST_TO_DROP,
    Kind,
    SideBySide,
    places_of,
    reference_model,
    scores_side_by_side,
)
from analysis.statistics.normal_scores import rank_normal_matrix
from analysis.statistics.order_counts import OrderCount, order_counts
from analysis.statistics.outliers import (
    misfitting_raters,
    residual_tests,
    reversed_raters,
    straight_liners,
)
from analysis.statistics.ratings import FloatArray, frozen, optional
from analysis.statistics.reliability import ModelReliability, model_reliability
from analysis.statistics.severity import SeverityModel, severity_model
from analysis.statistics.uncertainty import (
    indistinguishable_units,
    rank_confidence_sets,
    rank_intervals,
    score_intervals,
)

# Draws of ranks start from this seed, so that a page shows the same figures each time.
SEED = 20180101
# A correlation of two orders says nothing below so many units in common.
LEAST_SHARED = 4
FULL_MARKS = 100.0


@dataclass(frozen=True)
class UnitStanding:
    """A unit's official figure and place, with the reference figure and what they leave open.

    `low` to `high` is the 95% interval of `reference`, `place_low` to `place_high` the 90% range
    of the place; `sure_low` to `sure_high` holds the place with 95% whatever the units' true levels
    are, and is wider. None where there is no figure, or no error can be known.
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
    sure_low: int | None = None
    sure_high: int | None = None


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
        told = {"reversed": self.reversed, "misfitting": self.misfitting, "uniform": self.uniform}
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
    apart; `counts` has each unit's place on the ballots, as anybody can count. `covariance`
    belongs to the reference figures of the units with one, None without error.
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
    agreement: AgreementFigures
    counts: tuple[OrderCount, ...]
    links: Connectivity
    tested: bool
    doubtful: tuple[DoubtfulRating, ...]
    methods: SideBySide
    covariance: FloatArray | None

    @property
    def is_empty(self) -> bool:
        """Whether no rating at all was given."""
        return not any(unit.ratings for unit in self.units)


@dataclass(frozen=True, eq=False)
class ResidualTable:
    """The residuals alone of one rater group's ratings of one category, as in `RatedTable`."""

    node: str
    group: str
    category: str
    units: tuple[str, ...]
    raters: tuple[str, ...]
    residuals: FloatArray


def list_tables(rule: Rule, facts: Facts, round_code: str) -> tuple[RatedTable, ...]:
    """Every rated figure of a round, examined category by category."""
    return tuple(
        _examined(found, facts, category, found.groups[category])
        for category, found in _list_rated(rule, facts, round_code)
    )


def list_residuals(rule: Rule, facts: Facts, round_code: str) -> tuple[ResidualTable, ...]:
    """What each rated figure's ratings leave when levels and severities are taken out.

    The same residuals as those of `list_tables`, without what else is computed there; a table
    without ratings has no rows.
    """
    return tuple(
        _left_over(found, facts, category, found.groups[category])
        for category, found in _list_rated(rule, facts, round_code)
    )


def _list_rated(rule: Rule, facts: Facts, round_code: str) -> Iterator[tuple[str, Rated]]:
    for category in list_categories(facts):
        known: list[Rated] = []
        for found in list_leaves(rule, category):
            if isinstance(found, Rated) and found.round == round_code and category in found.groups:
                # What two parts make of the very same ballots is one table.
                if replace(found, code="") not in known:
                    yield category, found
                known.append(replace(found, code=""))


def list_categories(facts: Facts) -> tuple[str, ...]:
    """The categories that have units, in the units' order."""
    return tuple(dict.fromkeys(unit.category for unit in facts.units))


def list_leaves(rule: Rule, category: str) -> Iterator[Rule]:
    """The rules without parts that one category's score is made of."""
    parts: tuple[Rule, ...] = ()
    if isinstance(rule, ByCategory):
        parts = (rule.rules[category],) if category in rule.rules else ()
    else:
        parts = rule.below
        if not parts:
            yield rule
    for part in parts:
        yield from list_leaves(part, category)


def _examined(rated: Rated, facts: Facts, category: str, group: str) -> RatedTable:
    units = [unit for unit in facts.units if unit.category == category]
    ballots, points = _points(rated, facts, units, group)
    raters = _name_raters(ballots)
    kind, x, figures = _figures(rated, points, len(units))
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
        # By the residual variance of fixed effects, so that it is ICC(3,k) where that exists.
        reliability=model_reliability(severity_model(figures, penalty=model.penalty)),
        agreement=agreement_figures(x, figures, kind),
        counts=order_counts(x),
        links=connectivity(x),
        tested=tests.raters.size > 0,
        doubtful=tuple(
            _doubtful(rated, raters, units, points, official, (flag.rater, flag.unit))
            for flag in tests.flagged
        ),
        methods=scores_side_by_side(
            x,
            kind=kind,
            official=official,
            # Without the highest and the lowest of two nobody is left.
            least_to_drop=max(rated.trim.min_raters, 3) if rated.trim else LEAST_TO_DROP,
        ),
        covariance=None if model.covariance is None else frozen(spread**2 * model.covariance),
    )


def _left_over(rated: Rated, facts: Facts, category: str, group: str) -> ResidualTable:
    units = [unit for unit in facts.units if unit.category == category]
    ballots, points = _points(rated, facts, units, group)
    _, _, figures = _figures(rated, points, len(units))
    return ResidualTable(
        rated.code,
        group,
        category,
        tuple(unit.code for unit in units),
        _name_raters(ballots),
        frozen(_standardised(figures)),
    )


def _name_raters(ballots: Sequence[Ballot]) -> tuple[str, ...]:
    return tuple(ballot.rater or ballot.ballot for ballot in ballots)


def _figures(
    rated: Rated, points: Sequence[Sequence[Fraction | None]], units: int
) -> tuple[Kind, FloatArray, FloatArray]:
    """The kind of a table, its points, and what the model is fitted to."""
    x = np.array(
        [[np.nan if p is None else float(p) for p in row] for row in points], dtype=np.float64
    ).reshape(len(points), units)
    # What a quota or places force is an order and no distance: so normal scores are fitted.
    kind: Kind = "numbers" if rated.quota is None and rated.by_place is None else "bands"
    return kind, x, rank_normal_matrix(x).scores if kind == "bands" else x


def _points(
    rated: Rated, facts: Facts, units: Sequence[Unit], group: str
) -> tuple[tuple[Ballot, ...], list[list[Fraction | None]]]:
    """The points of each valid ballot of the group for the units; those without any left out."""
    ballots, rows = [], []
    place = {unit.code: j for j, unit in enumerate(units)}
    categories = {unit.code: unit.category for unit in facts.units}
    # Only what counts is examined: a void ballot is no rater's opinion.
    for checked in checked_ballots(rated, facts):
        if checked.breaches or checked.ballot.group != group:
            continue
        row: list[Fraction | None] = [None] * len(units)
        points = ballot_points(rated, checked, categories)
        for answer in checked.answers:
            role = facts.find_role(checked.ballot, answer.unit) or rated.default_role
            if answer.unit in place and (not rated.role or role == rated.role):
                row[place[answer.unit]] = points[answer.unit]
        # A ballot about other categories alone would be a rater without a rating.
        if any(each is not None for each in row):
            ballots.append(checked.ballot)
            rows.append(row)
    return tuple(ballots), rows


def _scale(model: SeverityModel, official: Sequence[float | None]) -> tuple[float, float]:
    """centre and spread that bring effects to the mean and standard deviation of the official."""
    pairs = [
        (u, s)
        for u, s in zip(model.unit_effects, official, strict=True)
        if u is not None and s is not None
    ]
    if not pairs:
        return 0.0, 0.0
    effects, scores = np.array(pairs, dtype=np.float64).T
    around = float(effects.std())
    # In proportion: effects that are equal but for rounding have no spread to scale by.
    spread = float(scores.std()) / around if around > 1e-12 * np.abs(effects).max() else 0.0
    return float(scores.mean()) - spread * float(effects.mean()), spread


def _standings(
    codes: Sequence[str],
    model: SeverityModel,
    official: Sequence[float | None],
    centre: float,
    spread: float,
) -> tuple[UnitStanding, ...]:
    # By the official figures: the reference ones have ranges of places and no place.
    places = places_of(official)
    u, v = model.rated_effects, model.covariance
    df = model.residual_df if v is not None else None
    scores = score_intervals(u, v, df=df, centre=centre, spread=spread)
    within = _bounds(official)
    # Without a spread all units have one figure, and a place would be drawn from rounding.
    ranks = None if v is None or spread == 0.0 else rank_intervals(u, v, SEED)
    sets = None if v is None or spread == 0.0 else rank_confidence_sets(u, v, SEED)
    found = [
        UnitStanding(code, model.ratings_per_unit[j], official[j], places[j])
        for j, code in enumerate(codes)
    ]
    for k, j in enumerate(model.rated_units):
        found[j] = replace(found[j], reference=within(scores[k].score))
        if ranks is not None and sets is not None:
            found[j] = replace(
                found[j],
                low=within(scores[k].low),
                high=within(scores[k].high),
                place_low=ranks.low[k],
                place_high=ranks.high[k],
                sure_low=sets.low[k],
                sure_high=sets.high[k],
            )
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
    # Where everybody fits exactly, no residual is far from anything.
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
    # In bands proportions forbid one answer for all, so uniformity says nothing there.
    uniform = straight_liners(x) if kind == "numbers" else (None,) * len(ballots)
    agreements = _agreements(figures)
    tested = (~np.isnan(figures)).sum(axis=1)
    # Where every rating fits exactly, a distance of 0 would read as praise.
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
            # Rounded, or units that the others rate alike
            # would be put in order by what rounding left.
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
    # Without it the unit might have no figure: then there is none to set beside.
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


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

"""The sums that are kept of a citizen panel: no citizen's answers ever stand together.

A citizen's weight depends on the stratum alone, so plain sums by stratum are gathered first and
weighted at the end: one pass over the ballots, exact figures. Strata that are too small are joined
before anything is given away by stratum.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from analysis.panel.small_cells import Thresholds, merged_cells
from analysis.score.facts import Answer
from evalsvc.counting.panel_covariance import Figure, JointMoments, Row, list_covariance_rows
from evalsvc.counting.panel_fits import LEAST_CITIZENS, PanelFits
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.model import Group

# Consistency between items can only be told of so many.
LEAST_ITEMS = 2


@dataclass(frozen=True)
class CountRow:
    """How many citizens of a (merged) stratum gave a unit a level."""

    stratum: str
    unit: str
    item: str
    level: str
    n: int
    n_unflagged: int


@dataclass(frozen=True)
class SumRow:
    """One further sum; `subject` is a stratum, a unit, or empty for the whole panel."""

    kind: str
    subject: str
    name: str
    value: str


@dataclass
class _Sums:
    """Plain sums over the citizens of one stratum."""

    issued: int = 0
    cast: int = 0
    rejected: int = 0
    valid: int = 0
    levels: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    moments: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    unit_moments: dict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    joint: JointMoments = field(default_factory=JointMoments)

    def add(self, other: "_Sums") -> None:
        """Sum by sum; the cards issued are the same for all and stay as they are."""
        self.cast += other.cast
        self.rejected += other.rejected
        self.valid += other.valid
        self.levels.update(other.levels)
        for name, moment in other.moments.items():
            self.moments[name] += moment
        for place, moment in other.unit_moments.items():
            self.unit_moments[place] += moment
        self.joint.merge(other.joint)


class PanelTally:
    """Counts one citizen group's ballots as they are opened."""

    def __init__(
        self,
        group: Group,
        questionnaire: Questionnaire,
        issued: Mapping[str, int],
        thresholds: Thresholds,
        categories: Mapping[str, str] | None = None,
    ) -> None:
        """`categories` of the units matter where a stratum's weight depends on them."""
        self._thresholds = thresholds
        self._group = group
        self._categories = categories or {}
        self._points = _level_points(questionnaire)
        self._satisfied = _satisfied_levels(questionnaire)
        self._items = [question.code for question in questionnaire.questions]
        self._cells = {cell: _Sums(issued.get(cell, 0)) for cell in _list_cells(group, issued)}
        self._fits = PanelFits(thresholds)

    def note_cast(self, cell: str) -> None:
        """A ballot of this stratum was in the box."""
        self._cells[cell].cast += 1

    def note_rejected(self, cell: str) -> None:
        """It did not count."""
        self._cells[cell].rejected += 1

    def add(self, cell: str, answers: Sequence[Answer]) -> None:
        """Add one valid ballot, and forget it."""
        sums = self._cells[cell]
        # One by one and exact. Whatever needs two citizens' answers at once is gathered as sums.
        sums.valid += 1
        for answer in answers:
            sums.levels[answer.unit, answer.item, answer.value] += 1
        sums.joint.add(self._figures(answers))
        scores = self._unit_scores(answers)
        for unit, score in scores.items():
            sums.unit_moments[unit, "n"] += 1
            sums.unit_moments[unit, "y"] += score
            sums.unit_moments[unit, "y2"] += score * score
        # The headline rates are of the first question.
        satisfied = sum(
            1
            for answer in answers
            if answer.item == self._items[0] and answer.value in self._satisfied
        )
        _add_moments(
            sums.moments, Decimal(len(scores)), sum(scores.values(), Decimal(0)), Decimal(satisfied)
        )
        self._fits.add(scores, self._blocks(answers))

    def merge(self, other: "PanelTally") -> None:
        """Add what another process has counted of the same panel."""
        for cell, sums in other._cells.items():
            self._cells[cell].add(sums)
        self._fits.merge(other._fits)

    def list_counts(self) -> Iterator[CountRow]:
        """Levels by unit and merged stratum; nothing of a unit that too few spoke of."""
        for stratum, cells in self._merged():
            answers = self._answers(cells)
            levels: Counter[tuple[str, str, str]] = Counter()
            for cell in cells:
                levels.update(self._cells[cell].levels)
            for (unit, item, level), n in sorted(levels.items()):
                # What one to four citizens said of a unit is not
                # kept, in a joint stratum either (decision 0008).
                if self._thresholds.may_keep(answers[unit, item]):
                    yield CountRow(stratum, unit, item, level, n, n)

    def list_sums(self) -> Iterator[SumRow]:
        """Turnout by stratum, weighted moments by unit and over the whole panel."""
        for stratum, cells in self._merged():
            for name in ("issued", "cast", "valid", "rejected"):
                n = sum(getattr(self._cells[cell], name) for cell in cells)
                yield SumRow("cell", stratum, name, str(n))
        weights = self._weights()
        yield from self._sum_units(weights)
        # Of a panel of four the sums alone would give everything back, whatever is dropped by unit.
        if self._thresholds.may_keep(self._valid(self._cells)):
            yield from self._sum_panel(weights)
        for row in (*self._fits.list_rows(), *self._list_covariances()):
            yield SumRow(*row)

    def _figures(self, answers: Sequence[Answer]) -> dict[Figure, float]:
        """The points of each question about each unit, "don't know" left out."""
        return {
            (answer.item, answer.unit): float(worth)
            for answer in answers
            if (worth := self._points.get((answer.item, answer.value))) is not None
        }

    def _list_covariances(self) -> Iterator[Row]:
        """By plan of weights; a unit belongs to one plan only, or two would tell of a stratum."""
        if self._valid(self._cells) < LEAST_CITIZENS:
            return
        merged = [cells for _, cells in self._merged()]
        strata = [self._cells[cell].joint for cells in merged for cell in cells]
        # Two plans for one unit would be two equations, from which a stratum's own answers follow.
        for plan, figures in self._list_plans().items():
            weights = [own for cells in merged for own in [self._weigh(cells, plan)] * len(cells)]
            least = self._thresholds.answers_per_cell
            yield from list_covariance_rows(plan, figures, strata, weights, least)

    def _weigh(self, cells: Sequence[str], category: str) -> dict[str, float]:
        """ω by question of a citizen of these cells, as the score takes it."""
        # The answer weight of docs/evidence, which follows from counts.csv; sums.csv has the ballot
        # weight. Where somebody may leave units out the two differ.
        share = self._planned_sum(cells, category)
        return {item: float(share / n) for item, n in self._count_by_item(cells).items() if n}

    def _list_plans(self) -> dict[str, list[Figure]]:
        """The kept figures by the category whose weights they take; "" where all take the same."""
        kept = set(self._list_kept_units())
        apart = any(stratum.weights for stratum in self._group.strata)
        plans: dict[str, list[Figure]] = defaultdict(list)
        for figure in {f for sums in self._cells.values() for f in sums.joint.places}:
            if figure[1] in kept:
                plans[self._categories.get(figure[1], "") if apart else ""].append(figure)
        return {plan: plans[plan] for plan in sorted(plans)}

    def _count_by_item(self, cells: Iterable[str]) -> Counter[str]:
        """All answers to each question, "don't know" too: what a citizen's weight is divided by."""
        found: Counter[str] = Counter()
        for cell in cells:
            for (_, item, _), n in self._cells[cell].levels.items():
                found[item] += n
        return found

    def _planned_sum(self, cells: Iterable[str], category: str) -> Fraction:
        """What the plan gives to strata that are counted together; all alike without a plan."""
        # Without a plan each answer weighs the same: the share is the number of answers itself.
        if not self._group.strata:
            return Fraction(sum(self._count_by_item(cells).values()))
        planned = {
            stratum.code: Fraction(stratum.weights.get(category, stratum.weight))
            for stratum in self._group.strata
        }
        return sum(
            (planned.get(one, Fraction(0)) for cell in cells for one in cell.split("+")),
            Fraction(0),
        )

    def _blocks(self, answers: Sequence[Answer]) -> list[list[Decimal]]:
        """The points of every unit whose items are all answered, for forms of several items."""
        if len(self._items) < LEAST_ITEMS:
            return []
        points: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for answer in answers:
            worth = self._points.get((answer.item, answer.value))
            if worth is not None:
                points[answer.unit][answer.item] = worth
        return [
            [given[item] for item in self._items]
            for given in points.values()
            if len(given) == len(self._items)
        ]

    def _unit_scores(self, answers: Sequence[Answer]) -> dict[str, Decimal]:
        """Each unit's mean points, given when at least half of the items are answered."""
        points: dict[str, list[Decimal]] = defaultdict(list)
        for answer in answers:
            worth = self._points.get((answer.item, answer.value))
            if worth is not None:
                points[answer.unit].append(worth)
        return {
            unit: sum(given, Decimal(0)) / len(given)
            for unit, given in points.items()
            # As `unit_scores` of the analysis has it: fewer
            # than half of the items are no opinion of a unit.
            if 2 * len(given) >= len(self._items)
        }

    def _merged(self) -> list[tuple[str, list[str]]]:
        """Cells in the declared order of their strata, small ones joined; a joint name is `a+b`."""
        # Joining is one decision for all units. Figures from
        # before it exist in memory alone (decision 0008).
        answers = {cell: self._answers([cell]) for cell in self._cells}

        def may_stand(cells: Sequence[str]) -> bool:
            together: Counter[tuple[str, str]] = Counter()
            for cell in cells:
                together.update(answers[cell])
            return self._thresholds.may_count_apart(self._valid(cells), together.values())

        joined = merged_cells(list(self._cells), may_stand)
        return [("+".join(cells), list(cells)) for cells in joined]

    def _answers(self, cells: Iterable[str]) -> Counter[tuple[str, str]]:
        """How many citizens of these cells said anything of a unit on an item."""
        found: Counter[tuple[str, str]] = Counter()
        for cell in cells:
            for (unit, item, _), n in self._cells[cell].levels.items():
                found[unit, item] += n
        return found

    def _valid(self, cells: Iterable[str]) -> int:
        return sum(self._cells[cell].valid for cell in cells)

    def _weights(self) -> dict[str, Fraction]:
        """ω by stratum: planned share over valid ballots, scaled to a mean of 1."""
        planned = {cell: _planned_share(self._group, cell) for cell in self._cells}
        # Strata that are counted together share their weight:
        # planned shares together, over their ballots together.
        weights: dict[str, Fraction] = {}
        for _, cells in self._merged():
            valid = self._valid(cells)
            share = sum((planned[cell] for cell in cells), Fraction(0))
            for cell in cells:
                weights[cell] = share / valid if valid else Fraction(0)
        whole = sum((weights[cell] * self._cells[cell].valid for cell in weights), Fraction(0))
        # Scaled to a mean of 1 over valid ballots
        # (docs/evidence, Two weights): w then reads as citizens.
        scale = self._valid(self._cells) / whole if whole else Fraction(1)
        return {cell: weight * scale for cell, weight in weights.items()}

    def _sum_units(self, weights: Mapping[str, Fraction]) -> Iterator[SumRow]:
        for unit in self._list_kept_units():
            # Squares of the weight are for the errors of these means, and can't be worked out
            # later: the strata's own sums are not kept.
            for name, moment, power in _UNIT_SUMS:
                total = sum(
                    (
                        weights[cell] ** power * Fraction(sums.unit_moments.get((unit, moment), 0))
                        for cell, sums in self._cells.items()
                    ),
                    Fraction(0),
                )
                yield SumRow("unit", unit, name, str(total))

    def _list_kept_units(self) -> list[str]:
        """The units that were scored, by enough citizens for sums over them to be kept."""
        scored: Counter[str] = Counter()
        for sums in self._cells.values():
            for (unit, name), n in sums.unit_moments.items():
                if name == "n":
                    scored[unit] += int(n)
        return sorted(unit for unit, n in scored.items() if self._thresholds.may_keep(n))

    def _sum_panel(self, weights: Mapping[str, Fraction]) -> Iterator[SumRow]:
        for name in _PANEL_MOMENTS:
            for power, kind in ((1, "panel"), (2, "panel_squared")):
                total = sum(
                    (
                        weights[cell] ** power * Fraction(sums.moments.get(name, 0))
                        for cell, sums in self._cells.items()
                    ),
                    Fraction(0),
                )
                yield SumRow(kind, "", name, str(total))


# Name of the weighted sum, the plain moment it weights, and the power of the weight.
_UNIT_SUMS = (
    ("w", "n", 1),
    ("w2", "n", 2),
    ("wy", "y", 1),
    ("wy2", "y2", 1),
    ("w2y", "y", 2),
    ("w2y2", "y2", 2),
)
# n: units scored by a citizen, t: their points together, s: units rated satisfied.
_PANEL_MOMENTS = ("1", "n", "n2", "t", "t2", "nt", "s", "s2", "ns")


def _list_cells(group: Group, issued: Mapping[str, int]) -> list[str]:
    """The roll's cells in the declared order of their strata, and strata without a card."""
    order = [stratum.code for stratum in group.strata]
    dealt = {stratum for cell in issued for stratum in cell.split("+")}
    # A stratum of the plan to which no card went is listed, or the plan's shares would not add up.
    cells = [*issued, *(stratum for stratum in order if stratum not in dealt)] or [""]
    place = {stratum: number for number, stratum in enumerate(order)}
    return sorted(cells, key=lambda cell: place.get(cell.split("+")[0], len(place)))


def _planned_share(group: Group, cell: str) -> Fraction:
    """What the plan gives to the strata of a cell; without a plan, all cells weigh the same."""
    planned = {stratum.code: Fraction(stratum.weight) for stratum in group.strata}
    return sum((planned.get(one, Fraction(1)) for one in cell.split("+")), Fraction(0))


def _add_moments(moments: dict[str, Decimal], n: Decimal, t: Decimal, s: Decimal) -> None:
    products = (Decimal(1), n, n * n, t, t * t, n * t, s, s * s, n * s)
    for name, product in zip(_PANEL_MOMENTS, products, strict=True):
        moments[name] += product


def _level_points(questionnaire: Questionnaire) -> dict[tuple[str, str], Decimal]:
    return {
        (question.code, level.code): level.points
        for question in questionnaire.questions
        for level in question.scale
        if level.points is not None
    }


def _satisfied_levels(questionnaire: Questionnaire) -> frozenset[str]:
    first = questionnaire.questions[0]
    return frozenset(level.code for level in first.scale if level.satisfied)

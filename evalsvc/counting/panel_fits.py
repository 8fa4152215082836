"""What a panel's answers say together: sums by form length and by pair of units, and the fits.

Sums that hold a few citizens only are never kept, for they would give a citizen's answers back; the
fitted values are, from thirty citizens on, unless only a few scored some unit: its mean would.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from analysis.panel.citizen_severity import penalty_from_sums, severity_from_sums
from analysis.panel.small_cells import Thresholds
from analysis.panel.sums import CountSums, PairSums, index_covariance
from analysis.statistics.consistency import cronbach_alpha_from_sums

# Below, fitted values of a handful are near to what single citizens said.
LEAST_CITIZENS = 30
# Figures for reference, far beyond what their errors justify.
DIGITS = 10

Row = tuple[str, str, str, str]
"""Kind, subject, name and value of a sum."""


@dataclass
class PanelFits:
    """Gathers a panel's ballots one by one and forgets each; adds up over processes."""

    thresholds: Thresholds
    number: Counter[int] = field(default_factory=Counter)
    squares: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    totals: dict[tuple[int, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    scores: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    together: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    products: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    blocks: int = 0
    items: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    item_products: dict[tuple[int, int], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )

    def add(self, scores: Mapping[str, Decimal], blocks: Sequence[Sequence[Decimal]]) -> None:
        """One citizen: the score of each unit scored, and the points of every full item block."""
        n, total = len(scores), sum(scores.values(), Decimal(0))
        self.number[n] += 1
        self.squares[n] += total * total
        ordered = sorted(scores.items())
        for place, (unit, score) in enumerate(ordered):
            self.totals[n, unit] += total
            self.scores[unit] += score
            for other, its in ordered[place:]:
                self.together[n, unit, other] += 1
                self.products[unit, other] += score * its
        for block in blocks:
            self._add_block(block)

    def merge(self, other: "PanelFits") -> None:
        """Add what another process has gathered of the same panel."""
        self.number.update(other.number)
        self.together.update(other.together)
        self.blocks += other.blocks
        for mine, theirs in (
            (self.squares, other.squares),
            (self.totals, other.totals),
            (self.scores, other.scores),
            (self.products, other.products),
            (self.items, other.items),
            (self.item_products, other.item_products),
        ):
            for key, value in theirs.items():
                mine[key] += value  # type: ignore[index]  # of the same kind of key

    def list_rows(self) -> Iterator[Row]:
        """Everything that may be kept, in a fixed order."""
        # Who scored nobody adds nothing to these sums, and is no citizen among so many either.
        if sum(n for length, n in self.number.items() if length) < LEAST_CITIZENS:
            return
        # A unit that one to four scored has a mean among the fits, which
        # gave back what they said although its counts were dropped.
        if not self._may_keep_units():
            yield from self._item_rows()
            return
        units, by_count, pairs = self.build_sums()
        yield "fit", "", "units", _text(units)
        yield from _fit_rows(by_count, pairs)
        yield from self._item_rows()
        least = self.thresholds.answers_per_cell
        if not by_count.has_small_cells(least) and not pairs.has_small_cells(least):
            # One pair of units that one to four scored together, and none of these sums is kept:
            # what is left out could be worked out from the others.
            yield from self._sum_rows(units)

    def build_sums(self) -> tuple[tuple[str, ...], CountSums, PairSums]:
        """The sums as the statistics take them; every citizen weighs the same."""
        units = tuple(sorted({unit for _, unit in self.totals}))
        place = {unit: j for j, unit in enumerate(units)}
        counts = sorted(self.number)
        row = {n: s for s, n in enumerate(counts)}
        rows, most = len(counts), len(units)
        number, squares = np.zeros((3, rows)), np.zeros((2, rows))
        totals, together = np.zeros((2, rows, most)), np.zeros((2, rows, most, most))
        products = np.zeros((most, most))
        for n, citizens in self.number.items():
            number[:, row[n]], squares[:, row[n]] = citizens, float(self.squares[n])
        for (n, unit), total in self.totals.items():
            totals[:, row[n], place[unit]] = float(total)
        for (n, unit, other), citizens in self.together.items():
            for j, k in ((place[unit], place[other]), (place[other], place[unit])):
                together[:, row[n], j, k] = citizens
        for (unit, other), product in self.products.items():
            for j, k in ((place[unit], place[other]), (place[other], place[unit])):
                products[j, k] = float(product)
        by_count = CountSums(
            np.array(counts, dtype=np.int64),
            number,
            squares,
            totals,
            together,
            np.tile([float(self.scores[unit]) for unit in units], (2, 1)),
            np.full(2, float(np.trace(products))),
        )
        return units, by_count, PairSums(together[0].sum(axis=0), products)

    def _may_keep_units(self) -> bool:
        """Whether every unit was scored by enough citizens for figures of it to be kept."""
        scored: Counter[str] = Counter()
        for (_, unit, other), citizens in self.together.items():
            if unit == other:
                scored[unit] += citizens
        return all(map(self.thresholds.may_keep, scored.values()))

    def _add_block(self, block: Sequence[Decimal]) -> None:
        self.blocks += 1
        for q, points in enumerate(block):
            self.items[q] += points
            for r, others in enumerate(block):
                self.item_products[q, r] += points * others

    def _item_rows(self) -> Iterator[Row]:
        size = len(self.items)
        # Consistency between items is of blocks, so their number is what must not be small.
        if size < 2 or not self.thresholds.may_keep(self.blocks):
            return
        sums = [float(self.items[q]) for q in range(size)]
        cross = [[float(self.item_products[q, r]) for r in range(size)] for q in range(size)]
        alpha = cronbach_alpha_from_sums(self.blocks, sums, cross)
        yield "items", "", "n", str(self.blocks)
        yield "items", "", "sums", _text([str(self.items[q]) for q in range(size)])
        yield (
            "items",
            "",
            "products",
            _text([[str(self.item_products[q, r]) for r in range(size)] for q in range(size)]),
        )
        yield "items", "", "alpha", _text(alpha.alpha)

    def _sum_rows(self, units: Sequence[str]) -> Iterator[Row]:
        for n in sorted(self.number):
            told = {
                "citizens": self.number[n],
                "squares": str(self.squares[n]),
                "totals": {unit: str(self.totals[n, unit]) for unit in units},
                "together": {
                    f"{a} {b}": count
                    for (length, a, b), count in sorted(self.together.items())
                    if length == n
                },
            }
            yield "by_count", str(n), "sums", _text(told)
        products = {f"{a} {b}": str(value) for (a, b), value in sorted(self.products.items())}
        yield "pairs", "", "products", _text(products)


def _fit_rows(by_count: CountSums, pairs: PairSums) -> Iterator[Row]:
    """Plain means with their covariance, and the severity model for two penalties."""
    plain = index_covariance(by_count, pairs)
    yield "fit", "mean", "rated", _text(plain.rated_units)
    yield "fit", "mean", "values", _text(plain.means)
    yield "fit", "mean", "covariance", _text(plain.covariance)
    penalty, _ = penalty_from_sums(by_count)
    # λ by REML where forms were dealt; λ → 0 where citizens chose whom to rate.
    for subject, chosen in (("dealt", penalty), ("chosen", 0.0)):
        fit = severity_from_sums(by_count, penalty=chosen)
        yield "fit", subject, "penalty", _text(fit.penalty)
        yield "fit", subject, "effects", _text(fit.unit_effects)
        yield "fit", subject, "variance", _text(fit.residual_variance)
        yield "fit", subject, "covariance", _text(fit.covariance)


def _text(value: object) -> str:
    """JSON with figures rounded, so that it reads the same whatever the order of the shards."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value

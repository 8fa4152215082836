"""How a panel's figures vary together: gathered by stratum in memory, kept as a covariance alone.

By stratum and pair these sums would give citizens' answers back, so nothing of them is written but
the covariance of the weighted means, from thirty citizens on.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.panel.citizen_covariance import WeightedMeans, weighted_means
from analysis.statistics.ratings import FloatArray

Figure = tuple[str, str]
"""A question and a unit."""
Row = tuple[str, str, str, str]
"""Kind, subject, name and value of a sum."""

KIND = "index"
# For reference, and alike on every machine: beyond these digits the order of sums shows.
DIGITS = 10
# Room for so many figures at first, and twice as much whenever it is full.
ROOM = 16


def _blank() -> FloatArray:
    return np.zeros((3, ROOM, ROOM))


@dataclass
class JointMoments:
    """Numbers, Σ y_f and Σ y_f y_g of pairs of figures that one stratum's citizens gave together.

    Points of levels are short decimals, so these sums are exact and their order does not matter.
    """

    places: dict[Figure, int] = field(default_factory=dict)
    # One stratum's sums of a pair may be one citizen's answers: they are never written.
    sums: FloatArray = field(default_factory=_blank)

    def add(self, points: Mapping[Figure, float]) -> None:
        """One citizen's points, by question and unit."""
        at = np.array([self._place(figure) for figure in points], dtype=np.intp)
        y = np.array(list(points.values()), dtype=np.float64)
        # Places in the flat sums: a third of the time of pairs of places, for every ballot.
        cells = at[:, np.newaxis] * self.sums.shape[1] + at
        numbers, firsts, products = self.sums.reshape(3, -1)
        numbers[cells] += 1.0
        firsts[cells] += y[:, np.newaxis]
        products[cells] += y[:, np.newaxis] * y

    def merge(self, other: "JointMoments") -> None:
        """Add what another process has gathered of the same stratum."""
        mine = [self._place(figure) for figure in other.places]
        theirs = list(other.places.values())
        for own, its in zip(self.sums, other.sums, strict=True):
            own[np.ix_(mine, mine)] += its[np.ix_(theirs, theirs)]

    def take(self, figures: Sequence[Figure]) -> FloatArray:
        """The sums of these figures in this order; 0 for one that nobody of the stratum gave."""
        there = [k for k, figure in enumerate(figures) if figure in self.places]
        at = [self.places[figures[k]] for k in there]
        found = np.zeros((3, len(figures), len(figures)))
        for own, its in zip(found, self.sums, strict=True):
            own[np.ix_(there, there)] = its[np.ix_(at, at)]
        return found

    def _place(self, figure: Figure) -> int:
        place = self.places.setdefault(figure, len(self.places))
        if place == self.sums.shape[1]:
            grown = np.zeros((3, 2 * place, 2 * place))
            grown[:, :place, :place] = self.sums
            self.sums = grown
        return place


def list_covariance_rows(
    plan: str,
    figures: Collection[Figure],
    strata: Sequence[JointMoments],
    weights: Sequence[Mapping[str, float]],
    least: int,
) -> Iterator[Row]:
    """The figures of one plan, their means and the lower half of their covariance.

    `plan` is the category that the weights are for, empty where all categories share them;
    `weights` give ω by question for each stratum. Nothing is told of what fewer than `least`
    gave together.
    """
    # By name, so that the rows do not tell in which order the ballots came.
    ordered = sorted(figures)
    if not ordered:
        return
    sums = np.array([stratum.take(ordered) for stratum in strata])
    worth = np.array([[own.get(item, 0.0) for item, _ in ordered] for own in weights])
    found = _known(ordered, weighted_means(sums[:, 0], sums[:, 1], sums[:, 2], worth, least))
    yield KIND, plan, "figures", json.dumps(found[0], ensure_ascii=False, separators=(",", ":"))
    yield KIND, plan, "means", _text(found[1].means.tolist())
    lower = [row[: k + 1] for k, row in enumerate(found[1].covariance.tolist())]
    yield KIND, plan, "covariance", _text(lower)


def read_covariance(rows: Mapping[str, str]) -> tuple[tuple[Figure, ...], FloatArray, FloatArray]:
    """What `list_covariance_rows` wrote of one plan, by name: figures, means, covariance."""
    figures = tuple((item, unit) for item, unit in json.loads(rows["figures"]))
    covariance = np.zeros((len(figures), len(figures)))
    for k, row in enumerate(json.loads(rows["covariance"])):
        covariance[k, : k + 1] = covariance[: k + 1, k] = row
    return figures, np.array(json.loads(rows["means"]), dtype=np.float64), covariance


def _known(figures: Sequence[Figure], found: WeightedMeans) -> tuple[list[Figure], WeightedMeans]:
    """Without figures that have no error."""
    # A figure of too few has no mean here (NaN): it is left out with its row and column.
    there = np.flatnonzero(~np.isnan(found.means))
    kept = WeightedMeans(found.means[there], found.covariance[np.ix_(there, there)])
    return [figures[int(k)] for k in there], kept


def _text(value: object) -> str:
    return json.dumps(_rounded(value), separators=(",", ":"))


def _rounded(value: object) -> object:
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.{DIGITS}g}")

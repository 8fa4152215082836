"""Public figures as sums over what is not public: answers and entered figures, with their shares.

What a tree says is linear around the facts that it was computed from, as long as the ratings that
were dropped stay the extreme ones and nothing that was cut is moved. The search keeps to that; it
finds fewer possibilities than there are, never ones that there are not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from analysis.score.rules import ByCategory, Rated, RatedItems, Rule
from analysis.score.tree import Input, Node, UnitResult

BENT = frozenset({"cut", "bounded", "rounded"})
"""Remarks of nodes that do not follow their parts."""
ZERO = Fraction(0)
OFTEN = 0.5
FURTHER = 20
"""How far apart numbers that are dropped may be sought from those that are kept."""


@dataclass(frozen=True)
class Cell:
    """One answer: of a rater (or a pseudonymous ballot) about a unit."""

    round: str
    group: str
    rater: str
    unit: str
    item: str


@dataclass(frozen=True)
class Entry:
    """One entered figure that is not public; `known` tells it from a later, corrected one."""

    round: str
    unit: str
    component: str
    known: Fraction


Unknown = Cell | Entry
Sum = Mapping[Unknown, Fraction]


@dataclass(frozen=True)
class Reach:
    """How far a cell's points may move without another rating being dropped."""

    least: Fraction | None = None
    most: Fraction | None = None


@dataclass(frozen=True)
class Version:
    """One public edition: the trees that it came from, and by category where it starts."""

    results: Sequence[UnitResult]
    starts: Mapping[str, Sequence[str]]


@dataclass
class Sums:
    """The sums of one version's public figures, by unit and node.

    `reaches` bounds the cells of nodes with dropped ratings, `frozen` are cells that some node
    does not follow.
    """

    figures: dict[tuple[str, str], Sum] = field(default_factory=dict)
    reaches: dict[Cell, list[Reach]] = field(default_factory=lambda: defaultdict(list))
    points: dict[Cell, Fraction] = field(default_factory=dict)
    frozen: set[Cell] = field(default_factory=set)


@dataclass(frozen=True)
class Outline:
    """What the figures of a version are made of: entered figures, and the scores of groups.

    `figures` has by unit and node the share of each; `stiff` are scores that something above them
    does not follow.
    """

    figures: Mapping[tuple[str, str], Mapping["Leaf | Entry", Fraction]]
    stiff: frozenset["Leaf"]
    leaves: Mapping["Leaf", Node]
    rules: Mapping[str, Mapping[str, Rule]]
    categories: Mapping[str, str]

    def draw(self, turn: int, far: Collection[str] = ()) -> Sums:
        """The sums over single answers.

        Of equal extreme ratings any may be the one that was dropped: each `turn` takes another,
        and other limits between what was dropped and what was kept; of the units `far`, limits
        further out.
        """
        chance = Random(turn)  # noqa: S311  # it decides where to look, and must be the same again
        drawing = _Drawing(self, Sums(), chance, far)
        own = {leaf: _once(drawing.sum_of(leaf, node)) for leaf, node in self.leaves.items()}
        weights = {leaf: list({id(w): w for w in of.values()}.values()) for leaf, of in own.items()}
        for leaf in self.stiff:
            drawing.sums.frozen |= {cell for cell in own[leaf] if isinstance(cell, Cell)}
        for figure, parts in self.figures.items():
            found: dict[Unknown, Fraction] = {}
            for part, share in parts.items():
                if isinstance(part, Entry):
                    found[part] = found.get(part, ZERO) + share
                    continue
                worth = {id(weight): share * weight for weight in weights[part]}
                for cell, weight in own[part].items():
                    more = worth[id(weight)]
                    found[cell] = found[cell] + more if cell in found else more
            drawing.sums.figures[figure] = found
        return drawing.sums


@dataclass(frozen=True)
class Leaf:
    """A group's score of one unit."""

    unit: str
    node: str


def build_outline(rule: Rule, version: Version, shown: Mapping[str, frozenset[str]]) -> Outline:
    """What the figures at or above which a version is public are made of, and all totals.

    `shown` are by category the nodes whose figures are public to four decimals.
    """
    peers = _by_category(version.results)
    rules = {category: {each.code: each for each in _walk(rule, category)} for category in peers}
    reader = _Reader(peers)
    figures = {
        (result.unit, node.code): reader.parts_of(result, node)
        for result in version.results
        for node in result.tree.walk()
        if node.code in {result.tree.code, *shown[result.category]}
    }
    categories = {result.unit: result.category for result in version.results}
    return Outline(figures, frozenset(reader.stiff), reader.leaves, rules, categories)


@dataclass(frozen=True)
class _Reader:
    peers: Mapping[str, Sequence[UnitResult]]
    leaves: dict[Leaf, Node] = field(default_factory=dict)
    stiff: set[Leaf] = field(default_factory=set)
    read: dict[tuple[str, str], Mapping[Leaf | Entry, Fraction]] = field(default_factory=dict)

    def parts_of(self, result: UnitResult, node: Node) -> Mapping[Leaf | Entry, Fraction]:
        """Each score and entered figure with the share that it has in a node."""
        key = (result.unit, node.code)
        if key not in self.read:
            self.read[key] = self._parts_of(result, node)
        return self.read[key]

    def _parts_of(self, result: UnitResult, node: Node) -> Mapping[Leaf | Entry, Fraction]:
        if node.rule in ("rated", "rated_items"):
            leaf = Leaf(result.unit, node.code)
            self.leaves[leaf] = node
            return {leaf: Fraction(1)}
        if node.rule == "given" and node.value is not None and node.inputs:
            of = node.inputs[0].source.removeprefix("indicators:")
            return {Entry(of, result.unit, node.code, node.value): Fraction(1)}
        found: defaultdict[Leaf | Entry, Fraction] = defaultdict(lambda: ZERO)
        bent = any(remark.code in BENT for remark in node.remarks)
        # Only these add up their parts; of all others, and
        # of what was cut, no share says how they move.
        linear = node.rule in ("weighted", "sum", "mean", "scaled", "total") and not bent
        for part in node.parts:
            share = part.applied or ZERO
            for one, own in self.parts_of(result, part).items():
                if linear and share:
                    found[one] += share * own
                elif not linear and isinstance(one, Leaf):
                    # Left where it is: a possibility fewer, and none that is not there.
                    self.stiff.add(one)
        if linear and any(remark.code == "centred_means" for remark in node.remarks):
            self._add_means(result, node, found)
        return found

    def _add_means(
        self, result: UnitResult, node: Node, found: defaultdict[Leaf | Entry, Fraction]
    ) -> None:
        """A centred figure leans on the means of its category's other units."""
        peers = [(peer, _find(peer.tree, node.code)) for peer in self.peers[result.category]]
        weights = [part.weight or ZERO for part in node.parts]
        parts = [
            [
                (peer, there.parts[n])
                for peer, there in peers
                if there is not None and there.parts[n].value is not None
            ]
            for n in range(len(node.parts))
        ]
        whole = sum((w for w, have in zip(weights, parts, strict=True) if have), ZERO)
        for part, weight, have in zip(node.parts, weights, parts, strict=True):
            for peer, of in have:
                # The unit's own deviation, and its share in the mean that
                # all lean on: both move when an answer of any of them does.
                share = (weight / whole - (part.applied or ZERO)) / len(have)
                for one, own in self.parts_of(peer, of).items():
                    found[one] += share * own


@dataclass(frozen=True)
class _Drawing:
    """One turn's way to read the scores of groups as sums over answers."""

    outline: Outline
    sums: Sums
    chance: Random
    far: Collection[str]

    def sum_of(self, leaf: Leaf, node: Node) -> Sum:
        rule = self.outline.rules[self.outline.categories[leaf.unit]][leaf.node]
        if isinstance(rule, RatedItems):
            return self._rated_items(rule, leaf, node)
        assert isinstance(rule, Rated)  # noqa: S101  # a rated node comes from such a rule
        counted = [one for one in node.inputs if one.points is not None]
        cells = {one: name_cell(rule, one.source, leaf.unit) for one in counted}
        for one, cell in cells.items():
            self.sums.points[cell] = one.points or ZERO
            if rule.by_place is not None:
                # A place depends on the other answers of its
                # ballot, so no answer moves a figure by itself.
                self.sums.frozen.add(cell)
        placed = self._shuffled(counted)
        self._bound(rule, leaf, cells, placed)
        return {cells[one]: place.weight for one, place in placed.items()}

    def _shuffled(self, counted: Sequence[Input]) -> Mapping[Input, Input]:
        """Each rating in the place of one with the same points."""
        alike: defaultdict[Fraction, list[Input]] = defaultdict(list)
        for one in counted:
            alike[one.points or ZERO].append(one)
        # Of equal extremes any may be the one that was dropped, so each turn tries another.
        return {
            one: place
            for same in alike.values()
            for one, place in zip(same, self.chance.sample(same, len(same)), strict=True)
        }

    def _rated_items(self, rule: RatedItems, leaf: Leaf, node: Node) -> Sum:
        """Ballots' points are means of their items; with dropped ballots nothing may move."""
        weights = {one.source: one.weight for one in node.inputs if one.points is not None}
        answered: defaultdict[str, Fraction] = defaultdict(lambda: ZERO)
        given = [
            (item, one)
            for item, part in zip(rule.items, node.parts, strict=True)
            for one in part.inputs
            if one.points is not None and one.source in weights
        ]
        for item, one in given:
            answered[one.source] += item.weight
        found: dict[Unknown, Fraction] = {}
        for item, one in given:
            cell = name_cell(item.rated, one.source, leaf.unit)
            assert one.points is not None  # noqa: S101  # see above
            self.sums.points[cell] = one.points
            # With a dropped ballot the mean of the rest says nothing of its items.
            if item.rated.by_place is not None or not all(weights.values()):
                self.sums.frozen.add(cell)
            found[cell] = weights[one.source] * item.weight / answered[one.source]
        return found

    def _bound(
        self, rule: Rated, leaf: Leaf, cells: Mapping[Input, Cell], placed: Mapping[Input, Input]
    ) -> None:
        """Kept ratings stay between the dropped ones."""
        points: defaultdict[str, list[Fraction]] = defaultdict(list)
        for one in placed.values():
            points[one.note].append(one.points or ZERO)
        if "dropped_high" not in points:
            return
        high, low = max(points[""]), min(points[""])
        edges = min(points["dropped_high"]), max(points["dropped_low"])
        # Between what was kept and what was dropped the limit
        # may lie anywhere; each turn takes one end or the other.
        top, bottom = self.chance.choice((high, edges[0])), self.chance.choice((low, edges[1]))
        if rule.points is None and leaf.unit in self.far and self.chance.random() < OFTEN:
            top += self.chance.randint(0, FURTHER)
            bottom -= self.chance.randint(0, FURTHER)
        if rule.limits:
            top, bottom = min(top, rule.limits[1]), max(bottom, rule.limits[0])
        reach = {
            "dropped_high": Reach(least=top),
            "dropped_low": Reach(most=bottom),
            "": Reach(bottom, top),
        }
        for one, place in placed.items():
            self.sums.reaches[cells[one]].append(reach[place.note])


def _once(found: Sum) -> Sum:
    """The same with one object for equal weights: these are few, and compared very often."""
    known: dict[Fraction, Fraction] = {}
    return {cell: known.setdefault(weight, weight) for cell, weight in found.items()}


def name_cell(rule: Rated, source: str, unit: str) -> Cell:
    """The answer that an input of a rated figure comes from."""
    _, group, rater = source.split(":", 2)
    return Cell(rule.round, group, rater, unit, rule.item)


def _find(tree: Node, code: str) -> Node | None:
    return next((node for node in tree.walk() if node.code == code), None)


def _by_category(results: Sequence[UnitResult]) -> dict[str, list[UnitResult]]:
    found: defaultdict[str, list[UnitResult]] = defaultdict(list)
    for result in results:
        found[result.category].append(result)
    return found


def _walk(rule: Rule, category: str) -> Iterator[Rule]:
    """The rules that hold for one category."""
    if isinstance(rule, ByCategory):
        if category in rule.rules:
            yield from _walk(rule.rules[category], category)
        return
    yield rule
    for part in rule.below:
        yield from _walk(part, category)

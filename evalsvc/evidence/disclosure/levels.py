"""From which figure on a result can be public, so that nobody's answer follows from it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from analysis.outcome.season_outcome import season_outcome
from analysis.score.facts import Facts
from analysis.score.rounding import half_up
from analysis.score.rules import Rated, Rule
from analysis.score.tree import UnitResult
from evalsvc.evidence.disclosure.ballots import (
    Choices,
    Kept,
    build_choices,
    list_kept,
    list_rated_of,
)
from evalsvc.evidence.disclosure.scored import build_facts, score_world
from evalsvc.evidence.disclosure.sums import (
    Cell,
    Entry,
    Outline,
    Reach,
    Sums,
    Unknown,
    Version,
    build_outline,
)
from evalsvc.evidence.disclosure.switches import list_stands, list_switched
from evalsvc.evidence.disclosure.worlds import (
    Bound,
    Puzzle,
    World,
    find_world,
    is_given_away,
    keeps,
)
from evalsvc.evidence.shown_from import Start
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.shown import (
    Figure,
    build_figures,
    keep_highest,
    list_hidden,
    list_shown_from,
    raise_start,
)

SCORE_PLACES = 4
TURNS = 90
IDLE = 30
TURNS_OF_SWITCHES = 8
IDLE_OF_CHOICES = 8
IDLE_OF_FEW = 2
"""How often another possibility is sought for what is still certain, and how often in vain."""
EARLY = 12
"""After so many turns half of the answers have another possibility, or the search ends."""
LARGE = 1_000
FEW = 60
"""In so many turns only the ballots move whose answers are certain yet, which is quick."""
LEAST_PLACES = 2
"""Any figure may be entered with so many decimals, whether one was or not."""
JUST_BELOW = Fraction(1, 10**15)


@dataclass(frozen=True)
class Season:
    """A season's facts and rule book, and every edition that is or will be public, newest first."""

    scheme: Scheme
    facts: Facts
    versions: tuple[Version, ...]

    def with_starts(self, starts: Mapping[str, Sequence[str]]) -> "Season":
        """The same with the newest edition beginning elsewhere."""
        newest = replace(self.versions[0], starts=starts)
        return replace(self, versions=(newest, *self.versions[1:]))


@dataclass(frozen=True)
class Finding:
    """What was found of one category: by target a possibility in which it is another answer.

    `certain` are the targets for which there is none, or none was found; `proved` tells that there
    is none.
    """

    worlds: Mapping[Cell, World]
    certain: frozenset[Cell]
    proved: bool


def list_shown(season: Season, version: Version, category: str) -> frozenset[str]:
    """The nodes of a category that a version gives to four decimals."""
    tree = build_figures(season.scheme.score, category)
    starts = tuple(version.starts[category])
    hidden = list_hidden(tree, starts)
    answered = {figure.code for figure in tree.walk() if figure.group}
    # The total is public with its own decimals and has a bound of its own.
    return frozenset({*starts, *(answered - hidden)} - {tree.code})


def find_starts(season: Season) -> tuple[Start, ...]:
    """From which figures on the newest edition may be public: no lower than its scheme says.

    Where an answer is certain, or the search for another one came to no end, a node gives way to
    the next one above it that joins several; and it does so for all units of all categories, so
    that the level itself tells of none.
    """
    trees = {
        category.code: build_figures(season.scheme.score, category.code)
        for category in season.scheme.categories
    }
    declared = {code: list_shown_from(season.scheme, code) for code in trees}
    starts, sought = dict(declared), dict[str, tuple[str, ...]]()
    unproved: set[str] = set()
    known: dict[str, Mapping[Cell, World]] = {}
    # Raising one category raises others that had the node,
    # so those are sought again, until nothing moves.
    while code := next((c for c in trees if starts[c] and sought.get(c) != starts[c]), None):
        sought[code] = starts[code]
        # What was possible where more was public is possible here: those
        # worlds are kept, and only what was still certain is sought.
        found = probe(season.with_starts(starts), code, known=known.get(code, {}))
        known[code] = found.worlds
        if not found.certain:
            continue
        # Above the total there is nothing to withhold: it is official.
        if starts[code] == (trees[code].code,):
            unproved.add(code)
            continue
        # For all units and categories that had it. A gap at one
        # unit would tell that its answer is the certain one.
        given_up = set(starts[code])
        starts = {c: _raise(trees[c], nodes, given_up) for c, nodes in starts.items()}
    return tuple(
        Start(
            code,
            node,
            "unproved" if code in unproved else "scheme" if node in declared[code] else "raised",
        )
        for code, nodes in starts.items()
        for node in nodes
    )


def list_left_out(rule: Rule, results: Sequence[UnitResult]) -> frozenset[tuple[str, str, str]]:
    """Round, group and rater (or pseudonym) of the ballots that somebody's decision left out."""
    found = set()
    for result in results:
        rounds = {
            figure.code: figure.round for figure in build_figures(rule, result.category).walk()
        }
        for node in result.tree.walk():
            for one in node.inputs:
                if one.note == "void:excluded":
                    _, group, rater = one.source.split(":", 2)
                    found.add((rounds.get(node.code, ""), group, rater))
    return frozenset(found)


def _raise(tree: Figure, nodes: Sequence[str], given_up: Collection[str]) -> tuple[str, ...]:
    return keep_highest(
        tree, {raise_start(tree, node) if node in given_up else node for node in nodes}
    )


def probe(
    season: Season,
    category: str,
    *,
    whole: bool = False,
    known: Mapping[Cell, World] = MappingProxyType({}),
) -> Finding:
    """Seek for every answer of one category's units another one that shows nowhere.

    The first that is certain ends it, unless the `whole` is asked for. `known` are possibilities
    that did not show where more was public, so that they don't here.
    """
    task = _Task.of(season, category)
    targets = task.list_targets()
    worlds = dict(known) or find_switched(task, targets)
    # One figure at a time, in a small exact program: most
    # hopeless levels are proved in a second (decision 0016).
    sought = {target: cells for target, cells in targets.items() if target not in worlds}
    if not whole and (stuck := task.find_stuck(sought)):
        return Finding(known, frozenset({stuck}), proved=True)
    idle = 0
    for turn in range(TURNS):
        left = {target: cells for target, cells in targets.items() if target not in worlds}
        # Half of the answers still certain after so many turns: the level is hopeless in practice.
        slow = turn == EARLY and 2 * len(left) > len(targets)
        if not left or slow or idle == (IDLE if task.has_numbers else IDLE_OF_CHOICES):
            break
        sums = task.draw(turn, {target.unit for target in left} if turn else ())
        # Few are left and have not been sought in vain: what moves beside them is seldom needed.
        few = 2 * len(left) <= len(targets) and idle < IDLE_OF_FEW
        small = not whole and turn < FEW and (task.is_large or few)
        puzzle = task.build_puzzle(sums, task.list_near(sums, left) if small else None)
        world = find_world(puzzle, frozenset[Cell]().union(*left.values()), turn)
        # The solver reckons in floats; whether a figure would
        # be printed the same is looked at in fractions.
        if world is None or not keeps(puzzle, world):
            idle += 1
            continue
        gained = [target for target, cells in left.items() if cells & world.answers.keys()]
        # Scored like any facts: what the sums leave out can cost a possibility and never invent
        # one. A world that gains nothing is not worth scoring.
        if gained and not is_same(season, world):
            idle += 1
            continue
        worlds |= dict.fromkeys(gained, world)
        idle = 0 if gained else idle + 1
        # The program said that no world has more of the targets, and it was about all answers.
        if not small and (not world.all or (not gained and not task.is_narrow(sums))):
            break
    return Finding(worlds, frozenset(targets.keys() - worlds.keys()), proved=False)


def find_switched(task: "_Task", targets: Mapping[Cell, frozenset[Cell]]) -> dict[Cell, World]:
    """Possibilities in which raters of a group have changed places, by target."""
    stands = list_stands(task.outlines, task.season.facts.roles)
    worlds: dict[Cell, World] = {}
    for turn in range(TURNS_OF_SWITCHES):
        left = {target: cells for target, cells in targets.items() if target not in worlds}
        wanted = frozenset[Cell]().union(*left.values())
        world = World(list_switched(task.values, stands, wanted, turn))
        gained = [target for target, cells in left.items() if cells & world.answers.keys()]
        # By its construction nothing shows; it is scored all the same, like any world.
        if gained and is_same(task.season, world):
            worlds |= dict.fromkeys(gained, world)
    return worlds


def is_same(season: Season, world: World) -> bool:
    """Whether all that the newest edition shows would be the same in another world.

    The facts of that world are scored like any; ballots that were void, or figures that move in a
    way that no sum tells, show here.
    """
    newest = season.versions[0]
    places = season.scheme.publication.places
    others = score_world(season.scheme.score, season.facts, newest.results, world, places)
    # Grades and awards are public, and a tie-break may show what the figures do not.
    if _grades(season, newest.results) != _grades(season, others, world):
        return False
    shown_of = {code: list_shown(season, newest, code) for code in newest.starts}
    for old, new in zip(newest.results, others, strict=True):
        if (old.published, old.rank) != (new.published, new.rank):
            return False
        shown = shown_of[old.category]
        after = {node.code: node.value for node in new.tree.walk()}
        for node in old.tree.walk():
            if node.code in shown and _shown(node.value) != _shown(after.get(node.code)):
                return False
    return True


def _grades(
    season: Season, results: Sequence[UnitResult], world: World | None = None
) -> list[object]:
    """Every unit's line of the notice: what a tie-break or a bar made of its figures."""
    facts = build_facts(season.facts, world) if world else season.facts
    outcome = season_outcome(
        season.scheme.outcome, facts, results, season.scheme.publication.places
    )
    return [(unit.published, unit.rank, unit.grade, unit.awards) for unit in outcome.units]


def _shown(value: Fraction | None) -> str | None:
    return None if value is None else half_up(value, SCORE_PLACES)


@dataclass(frozen=True)
class _Task:
    """One category's search: what its figures are made of in all editions, and its answers."""

    season: Season
    category: str
    outlines: tuple[Outline, ...]
    values: Mapping[Cell, str]
    rules: tuple[Rated, ...]
    choices: Mapping[Cell, Choices]
    entries: Mapping[Entry, tuple[Fraction, Fraction, Fraction]]
    kept: tuple[Kept, ...]

    @classmethod
    def of(cls, season: Season, category: str) -> "_Task":
        outlines = tuple(
            build_outline(
                season.scheme.score,
                replace(version, results=_own(version.results, category)),
                {category: list_shown(season, version, category)},
            )
            for version in season.versions
        )
        values = _list_values(season, [outline.draw(0) for outline in outlines])
        rules = tuple(list_rated_of(season.scheme.score, category))
        by = {(r.round, g, r.item): r for r in rules for g in r.groups.values()}
        choices = {
            cell: build_choices(
                by[cell.round, cell.group, cell.item], season.scheme, cell.group, value
            )
            for cell, value in values.items()
        }
        return cls(
            season,
            category,
            outlines,
            values,
            rules,
            choices,
            _list_entries(season, category, outlines),
            list_kept(rules, season.scheme, season.facts, values),
        )

    @property
    def has_numbers(self) -> bool:
        return any(rule.points is None for rule in self.rules)

    @property
    def is_large(self) -> bool:
        """Whether all answers together take a program that is slow to solve."""
        return not self.has_numbers and len(self.values) > LARGE

    def is_narrow(self, sums: Sequence[Sums]) -> bool:
        """Whether the search leaves possibilities out, so that finding none proves nothing."""
        return self.has_numbers or any(each.reaches or each.frozen for each in sums)

    def draw(self, turn: int, far: Collection[str] = ()) -> tuple[Sums, ...]:
        """All editions' sums; the same chance, so that the same rating is the one dropped."""
        return tuple(outline.draw(turn, far) for outline in self.outlines)

    def list_targets(self) -> Mapping[Cell, frozenset[Cell]]:
        """Named answers, and those on which all nameless ballots agree: of these any may differ."""
        identity = {group.code: group.identity for group in self.season.scheme.groups}
        nameless: defaultdict[tuple[str, str, str, str], list[Cell]] = defaultdict(list)
        targets = {}
        for cell in self.values:
            if identity[cell.group] == "named":
                targets[cell] = frozenset({cell})
            else:
                nameless[cell.round, cell.group, cell.unit, cell.item].append(cell)
        for cells in nameless.values():
            # Where they do not agree, each could be any other's: that leaves it open by itself.
            if len({self.values[cell] for cell in cells}) == 1:
                targets[min(cells, key=lambda cell: cell.rater)] = frozenset(cells)
        return targets

    def find_stuck(self, targets: Mapping[Cell, frozenset[Cell]]) -> Cell | None:
        """An answer that one figure alone gives away, whatever is true of all others.

        Where ratings of its group were dropped, a figure leaves more open than its sum says.
        """
        sums = self.draw(0)
        puzzle = self.build_puzzle(sums, loose=True)
        # What a drop of extremes leaves open, a sum does
        # not say. Such answers are not called stuck.
        loose = {cell for each in sums for cell in {*each.reaches, *each.frozen}}
        single = {cell for target, cells in targets.items() if len(cells) == 1 for cell in cells}
        by_crowd = sorted(puzzle.bounds, key=lambda bound: len(bound.sum))
        for bound in by_crowd:
            if puzzle.entries.keys() & bound.sum.keys():
                continue  # an entered figure makes up for any answer
            cells = [cell for cell in bound.sum if isinstance(cell, Cell)]
            seen = Counter((cell.group, cell.round) for cell in cells)
            for cell in sorted((set(cells) & single) - loose, key=str):
                # Two answers of one group in a figure can stand in for each other.
                alone = seen[cell.group, cell.round] == 1
                if alone and bound.sum[cell] and is_given_away(puzzle, bound, cell):
                    return cell
        return None

    def list_near(
        self, sums: Sequence[Sums], targets: Mapping[Cell, frozenset[Cell]]
    ) -> frozenset[Cell]:
        """The cells of the ballots on which targets are; of nameless ones, one that can move."""
        light = {
            cell
            for each in sums
            for of in each.figures.values()
            for cell, share in of.items()
            if not share
        }
        raters = set()
        for cells in targets.values():
            one = min(cells, key=lambda cell: (cell not in light, cell.rater))
            raters.add((one.round, one.group, one.rater))
        return frozenset(c for c in self.values if (c.round, c.group, c.rater) in raters)

    def build_puzzle(
        self, sums: Sequence[Sums], near: frozenset[Cell] | None = None, *, loose: bool = False
    ) -> Puzzle:
        """What may vary: all answers, or those near some; `loose` without the search's limits."""
        frozen = {cell for each in sums for cell in each.frozen}
        reaches: defaultdict[Cell, list[Reach]] = defaultdict(list)
        for each in sums:
            for cell, found in each.reaches.items():
                reaches[cell] += found
        choices = {
            cell: choice if loose else choice.within(reaches[cell])
            for cell, choice in self.choices.items()
            if loose or (cell not in frozen and (near is None or cell in near))
        }
        bounds = tuple(self._list_bounds(sums))
        return Puzzle(self.values, choices, self.entries, bounds, self.kept)

    def _list_bounds(self, sums: Sequence[Sums]) -> Iterator[Bound]:
        places = self.season.scheme.publication.places
        for version, each in zip(self.season.versions, sums, strict=True):
            for result in _own(version.results, self.category):
                for node in result.tree.walk():
                    found = each.figures.get((result.unit, node.code))
                    if found is None or node.value is None:
                        continue
                    top = node.code == result.tree.code
                    yield _bound(found, node.value, places if top else SCORE_PLACES)


def _list_entries(
    season: Season, category: str, outlines: Sequence[Outline]
) -> Mapping[Entry, tuple[Fraction, Fraction, Fraction]]:
    """Entered figures that no edition gives away, with least, most and step."""
    tree = build_figures(season.scheme.score, category)
    hidden = frozenset.intersection(
        # Public in one edition is public: nothing that was shown may move.
        *(list_hidden(tree, tuple(version.starts[category])) for version in season.versions)
    )
    components = {each.code: each for each in season.scheme.components}
    known: defaultdict[str, list[Fraction]] = defaultdict(list)
    for each in season.facts.indicators:
        if each.value is not None:
            known[each.component].append(each.value)
    entries = {}
    for part in dict.fromkeys(
        p for outline in outlines for of in outline.figures.values() for p in of
    ):
        if not isinstance(part, Entry) or part.component not in hidden:
            continue
        component, values = components[part.component], known[part.component] or [part.known]
        # A choice moves by leaps that no step has; it is
        # left where it is, which only costs possibilities.
        if not component.choices:
            low = component.minimum if component.minimum is not None else min(values)
            high = component.maximum if component.maximum is not None else max(values)
            entries[part] = Fraction(low), Fraction(high), _step([*values, part.known])
    return entries


def _own(results: Sequence[UnitResult], category: str) -> tuple[UnitResult, ...]:
    return tuple(result for result in results if result.category == category)


def _list_values(season: Season, sums: Sequence[Sums]) -> Mapping[Cell, str]:
    """The answers that enter any figure, as they are on the ballots."""
    counted = {cell for each in sums for cell in each.points}
    kept = {group.code for group in season.scheme.groups if group.keeps_ballots}
    return {
        cell: answer.value
        for ballot in season.facts.ballots
        if ballot.group in kept
        for answer in ballot.answers
        if (
            cell := Cell(
                ballot.round, ballot.group, ballot.rater or ballot.ballot, answer.unit, answer.item
            )
        )
        in counted
    }


def _bound(found: Mapping[Unknown, Fraction], value: Fraction, places: int) -> Bound:
    """How far a figure may move until it is printed otherwise."""
    # Half up: at its upper edge a figure above 0 is printed one higher already, so the edge itself
    # is out. At 0 and below both edges are left out, which is safe.
    half = Fraction(1, 2 * 10**places)
    shown = Fraction(half_up(value, places))
    low, high = shown - half - value, shown + half - value
    if shown > 0:
        return Bound(found, low, high - JUST_BELOW)
    return Bound(found, low + JUST_BELOW, high - JUST_BELOW)


def _step(values: Sequence[Fraction]) -> Fraction:
    """The finest decimal that a component's figures have been entered with, or two places."""
    places = LEAST_PLACES
    # As fine as somebody has typed. A figure with two decimals
    # where all have one would be no other possibility.
    while any((value * 10**places).denominator != 1 for value in values):
        places += 1
    return Fraction(1, 10**places)

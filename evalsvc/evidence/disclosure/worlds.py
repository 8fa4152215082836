"""Other answers from which everything public would be the same: each takes a certainty away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from evalsvc.evidence.disclosure.ballots import Choices, Kept
from evalsvc.evidence.disclosure.sums import Cell, Entry, Sum, Unknown

MOST_VARIABLES = 40_000
NODES = 2_000
MOST_ENTRIES = 100_000
WORK = 400_000
"""A program has fewer nodes the more entries its matrix has, and is not begun with too many.

All limits are counts and none is a time: a busy machine takes longer, and finds the same.
"""
INFEASIBLE = 2
WHOLE = 10**9
"""Beyond it a sum's shares are no whole numbers any more, but rounded ones."""


@dataclass(frozen=True)
class Bound:
    """A sum may change by no less than `least` and no more than `most`, or something shows."""

    sum: Sum
    least: Fraction
    most: Fraction


@dataclass(frozen=True)
class Puzzle:
    """What may vary, and what must stay as it is."""

    values: Mapping[Cell, str]
    choices: Mapping[Cell, Choices]
    entries: Mapping[Entry, tuple[Fraction, Fraction, Fraction]]
    """Least, most and step."""
    bounds: Sequence[Bound]
    kept: Sequence[Kept]


@dataclass(frozen=True)
class World:
    """Another possibility: what is different in it. `all` where none has more of the targets."""

    answers: Mapping[Cell, str] = field(default_factory=dict)
    entries: Mapping[Entry, Fraction] = field(default_factory=dict)
    all: bool = False


def find_world(puzzle: Puzzle, targets: Iterable[Cell], turn: int = 0) -> World | None:
    """A possibility in which as many targets as can be have other values; None where none is found.

    `turn` changes the direction in which numbers are sought.
    """
    solver = _Solver(puzzle)
    if not solver.columns or len(solver.columns) > MOST_VARIABLES:
        return None
    return solver.solve(frozenset(targets), turn)


@dataclass(frozen=True)
class _Column:
    """One variable: a cell has this value, or moves by so many steps; or an entry does."""

    of: Unknown
    value: str = ""
    points: Fraction = Fraction(0)
    least: int = 0
    most: int = 1


class _Solver:
    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.columns: list[_Column] = []
        self.of: dict[Unknown, list[int]] = {}
        for cell, choices in puzzle.choices.items():
            for column in self._columns(cell, choices):
                self._add(column)
        for entry, (least, most, step) in puzzle.entries.items():
            # Whole steps inside the bounds that the sheet would have taken.
            down, up = (entry.known - least) // step, (most - entry.known) // step
            self._add(_Column(entry, points=step, least=-int(down), most=int(up)))

    def _add(self, column: _Column) -> None:
        self.of.setdefault(column.of, []).append(len(self.columns))
        self.columns.append(column)

    def _columns(self, cell: Cell, choices: Choices) -> list[_Column]:
        """Of a choice every value but the present one: its points are what it would change."""
        here = self.puzzle.values[cell]
        if choices.step:
            now = Fraction(here)
            down, up = (now - choices.least) / choices.step, (choices.most - now) / choices.step
            return [_Column(cell, points=choices.step, least=-int(down), most=int(up))]
        now = choices.find_points(here)
        return [
            _Column(cell, value, worth - now) for value, worth in choices.values if value != here
        ]

    def solve(self, targets: frozenset[Cell], turn: int) -> World | None:
        n = len(self.columns)
        rows = [*self._list_bounds(), *self._list_kept(), *self._list_single()]
        matrix, low, high = _matrix(rows, n)
        # Not begun: its time would hang on the machine, and
        # with it the level from which a result is public.
        if matrix.nnz > MOST_ENTRIES:
            return None
        # Fewer nodes the larger the program: on four times Panshan's units one took six to seven
        # seconds, and a limit of time cut it off on a busy machine only.
        nodes = max(1, min(NODES, WORK // max(1, matrix.nnz)))
        found = milp(
            self._goal(targets, turn),
            constraints=LinearConstraint(matrix, low, high) if rows else None,
            integrality=np.ones(n),
            bounds=Bounds([c.least for c in self.columns], [c.most for c in self.columns]),
            # One possibility is enough; the best one would take longer.
            options={"node_limit": nodes, "mip_rel_gap": 0.02},
        )
        if found.x is None:
            return None
        # Zero is an optimum: then no world has more of the targets.
        return self._read(np.rint(found.x).astype(int), proved=found.status == 0)

    def _goal(self, targets: frozenset[Cell], turn: int) -> np.ndarray:
        """Choices of targets count whether they change; numbers by how far they go."""
        goal = np.zeros(len(self.columns))
        chance = Random(turn)  # noqa: S311  # it decides where to look, and must be the same again
        for number, column in enumerate(self.columns):
            if column.of in targets:
                if column.value:
                    goal[number] = -1.0
                else:
                    # Either way from where it is: a number has no other value to prefer.
                    goal[number] = chance.choice((-1.0, 1.0))
        return goal

    def _list_bounds(self) -> list[tuple[dict[int, float], float, float]]:
        rows = []
        for bound in self.puzzle.bounds:
            shares: dict[int, Fraction] = {}
            for unknown, share in bound.sum.items():
                for number in self.of.get(unknown, ()):
                    shares[number] = share * self.columns[number].points
            shares = {number: share for number, share in shares.items() if share}
            if shares:
                rows.append(_scaled(shares, bound.least, bound.most))
        return rows

    def _list_kept(self) -> list[tuple[dict[int, float], float, float]]:
        """Each value as often as before: as many come as go."""
        rows = []
        for kept in self.puzzle.kept:
            if kept.by == "sum":
                row = {
                    n: float(self.columns[n].points)
                    for cell in kept.cells
                    for n in self.of.get(cell, ())
                }
                rows.append((row, 0.0, 0.0))
                continue
            counts: dict[str, dict[int, float]] = {}
            for cell in kept.cells:
                for n in self.of.get(cell, ()):
                    value, here = self.columns[n].value, self.puzzle.values[cell]
                    to, left = kept.limits.get(value, value), kept.limits.get(here, here)
                    # Towards the same limit nothing comes or goes.
                    if to == left:
                        continue
                    counts.setdefault(to, {})[n] = 1.0
                    # The value that it has now leaves when another comes.
                    counts.setdefault(left, {})[n] = -1.0
            rows += [(row, 0.0, 0.0) for row in counts.values()]
        return rows

    def _list_single(self) -> list[tuple[dict[int, float], float, float]]:
        """One value for each cell; the present one, unless it is none of its choices."""
        rows = []
        for unknown, numbers in self.of.items():
            if isinstance(unknown, Cell) and self.columns[numbers[0]].value:
                # A value that is none of its choices any more has to give way.
                stays = self.puzzle.values[unknown] in dict(self.puzzle.choices[unknown].values)
                rows.append((dict.fromkeys(numbers, 1.0), 0.0 if stays else 1.0, 1.0))
        return rows

    def _read(self, x: np.ndarray, *, proved: bool) -> World:
        answers: dict[Cell, str] = {}
        entries: dict[Entry, Fraction] = {}
        for column, value in zip(self.columns, x.tolist(), strict=True):
            if not value:
                continue
            if isinstance(column.of, Entry):
                entries[column.of] = column.of.known + value * column.points
            elif column.value:
                answers[column.of] = column.value
            else:
                moved = Fraction(self.puzzle.values[column.of]) + value * column.points
                answers[column.of] = _number(moved)
        return World(answers, entries, proved)


def keeps(puzzle: Puzzle, world: World) -> bool:
    """Whether a world leaves every sum inside its bounds, in exact arithmetic."""
    moved: dict[Unknown, Fraction] = {
        entry: value - entry.known for entry, value in world.entries.items()
    }
    for cell, value in world.answers.items():
        choices = puzzle.choices[cell]
        if choices.step:
            moved[cell] = Fraction(value) - Fraction(puzzle.values[cell])
        else:
            moved[cell] = choices.find_points(value) - choices.find_points(puzzle.values[cell])
    # The figures of all editions at once: a world has to be invisible in each.
    return all(
        bound.least
        <= sum((share * moved[u] for u, share in bound.sum.items() if u in moved), Fraction(0))
        <= bound.most
        for bound in puzzle.bounds
    )


def is_given_away(puzzle: Puzzle, bound: Bound, cell: Cell) -> bool:
    """Whether one figure alone tells an answer: nothing else in it makes up for any other one.

    All other answers of a group are taken together, by the least step that any of them can make:
    that allows more than is possible, so that a yes is one.
    """
    share = bound.sum[cell]
    parts = _gather(puzzle, bound, cell)
    for move in _list_moves(puzzle, cell):
        if _fits(parts, bound.least - share * move, bound.most - share * move):
            return False
    return True


_Part = tuple[Fraction, int, int]
"""By how much one step of a part moves the figure, and how many steps it may go down and up."""


def _gather(puzzle: Puzzle, bound: Bound, without: Cell) -> list[_Part]:
    groups: dict[tuple[object, ...], list[Unknown]] = {}
    for unknown, share in bound.sum.items():
        if unknown == without or not share:
            continue
        if isinstance(unknown, Cell):
            # Answers of one group with one share can't be
            # told apart in a sum, so they are one part.
            key: tuple[object, ...] = (unknown.round, unknown.group, unknown.item, share)
        else:
            key = (unknown,)
        groups.setdefault(key, []).append(unknown)
    parts = []
    for members in groups.values():
        steps = [_steps(puzzle, member) for member in members]
        least = gcd_of([step for step, _, _ in steps if step])
        if least:
            down = sum((low for _, low, _ in steps), Fraction(0))
            up = sum((high for _, _, high in steps), Fraction(0))
            parts.append((least * bound.sum[members[0]], int(down / least), int(up / least)))
    return parts


def _steps(puzzle: Puzzle, unknown: Unknown) -> tuple[Fraction, Fraction, Fraction]:
    """The least step of an unknown and how far it may go down and up."""
    if isinstance(unknown, Entry):
        if unknown not in puzzle.entries:
            return Fraction(0), Fraction(0), Fraction(0)
        least, most, step = puzzle.entries[unknown]
        return step, least - unknown.known, most - unknown.known
    moves = [*_list_moves(puzzle, unknown), Fraction(0)]
    if unknown in puzzle.choices and puzzle.choices[unknown].step:
        return puzzle.choices[unknown].step, min(moves), max(moves)
    return gcd_of(moves), min(moves), max(moves)


def _list_moves(puzzle: Puzzle, cell: Cell) -> list[Fraction]:
    """By how many points another answer would differ."""
    choices, here = puzzle.choices.get(cell), puzzle.values[cell]
    if choices is None:
        return []
    if choices.step:
        now, n = Fraction(here), int((choices.most - choices.least) / choices.step)
        moves = [choices.least + k * choices.step - now for k in range(n + 1)]
    else:
        now = choices.find_points(here)
        moves = [worth - now for value, worth in choices.values if value != here]
    return [move for move in moves if move or not choices.step]


def _fits(parts: Sequence[_Part], least: Fraction, most: Fraction) -> bool:
    """Whether whole steps of the parts can bring a figure between two bounds."""
    # Nothing has to be made up for.
    if least <= 0 <= most:
        return True
    if not parts:
        return False
    row, low, high = _scaled({n: share for n, (share, _, _) in enumerate(parts)}, least, most)
    matrix, _, _ = _matrix([(row, low, high)], len(parts))
    found = milp(
        np.zeros(len(parts)),
        constraints=LinearConstraint(matrix, [low], [high]),
        integrality=np.ones(len(parts)),
        bounds=Bounds([p[1] for p in parts], [p[2] for p in parts]),
        options={"node_limit": NODES},
    )
    # Only a proof counts: a search that ended by its limit says that it may be possible.
    return bool(found.status != INFEASIBLE)


def gcd_of(numbers: Iterable[Fraction]) -> Fraction:
    """The largest step of which all numbers are multiples; 0 where there are none."""
    found = Fraction(0)
    for number in numbers:
        whole = lcm(found.denominator, number.denominator)
        found = Fraction(gcd(int(found * whole), int(number * whole)), whole)
    return found


def _scaled(
    shares: Mapping[int, Fraction], least: Fraction, most: Fraction
) -> tuple[dict[int, float], float, float]:
    """The same row in whole numbers where they are not too large: there nothing is rounded."""
    whole = lcm(*(share.denominator for share in shares.values()))
    largest = max(abs(share) for share in shares.values())
    # Where whole numbers grow too large for floats to hold, the row is scaled to the bound's width
    # and drawn in a little: rounding must not let a figure slip over an edge.
    if whole * largest > WHOLE:
        unit = Fraction(1) / (most - least)
        margin = (most - least) / 1000
        row = {n: float(share * unit) for n, share in shares.items()}
        return row, float((least + margin) * unit), float((most - margin) * unit)
    row = {n: float(share * whole) for n, share in shares.items()}
    low, high = least * whole, most * whole
    # Between whole numbers nothing lies, so the bounds are drawn to the next ones inside.
    return row, float(-((-low) // 1)), float(high // 1)


def _matrix(
    rows: Sequence[tuple[dict[int, float], float, float]], n: int
) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    entries = [(r, c, v) for r, (row, _, _) in enumerate(rows) for c, v in row.items()]
    r, c, v = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = csr_matrix((v, (r, c)), shape=(len(rows), n))
    return matrix, np.array([row[1] for row in rows]), np.array([row[2] for row in rows])


def _number(value: Fraction) -> str:
    """A number as a rater would have typed it."""
    if value.denominator == 1:
        return str(value.numerator)
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    sign, digits = ("-" if value < 0 else ""), str(abs(int(value * 10**places))).zfill(places + 1)
    return f"{sign}{digits[:-places]}.{digits[-places:]}"

"""The score tree: every node carries its value and everything needed to explain it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Remark:
    """Something a reader must know about a figure, by code, with the figures it speaks of."""

    code: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Input:
    """One fact below a leaf: a ballot's answer, a level's count, an event, an entered figure.

    `weight` is the share with which `points` enters the node's value; 0 where it was dropped,
    and then `note` says why (`dropped_high`, `dropped_low`, `over_cap`, `void`, ...).
    """

    source: str
    raw: str
    points: Fraction | None
    weight: Fraction
    note: str = ""


@dataclass(frozen=True)
class Node:
    """A figure of one unit: its value, how it entered its parent, and what it came from.

    `value` is None where the unit has no such part. `weight` is the nominal weight inside the
    parent, `applied` the weight that was really used after missing parts were dealt with.
    """

    code: str
    rule: str
    value: Fraction | None
    weight: Fraction | None = None
    applied: Fraction | None = None
    parts: tuple["Node", ...] = ()
    inputs: tuple[Input, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, parents first."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class UnitResult:
    """One unit's tree with its published figure and its place inside the category."""

    unit: str
    category: str
    tree: Node
    published: str | None
    rank: int | None

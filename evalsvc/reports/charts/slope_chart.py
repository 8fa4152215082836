"""The slope chart: places under two methods joined by lines, only who moves labelled."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsvc.reports.charts.drawing import DEEP, HOT, WIDTH, Chart, build_drawing, fitted
from evalsvc.text import AND, Text

LABEL = 190
TOP = 30
STEP = 15
UNMOVED = "#bbbbbb"
LABELLED_MOST = 8
NAMED_MOST = 2


@dataclass(frozen=True)
class Move:
    """A unit's place under the official method and under the other one."""

    name: str
    place: int
    other: int

    @property
    def gained(self) -> int:
        return self.place - self.other


@dataclass(frozen=True)
class SlopeLine:
    """A drawn unit; without labels it is one of those that stay."""

    y1: float
    y2: float
    ink: str
    left: str = ""
    right: str = ""


def build_slope_chart(moves: Sequence[Move], other_name: Text, note: Text) -> Chart:
    """Lines from the official places at the left to the other ones at the right."""
    movers = list_movers(moves)
    lowest = max(max(each.place, each.other) for each in moves)
    lines = [_line(each, each in movers) for each in sorted(moves, key=lambda m: abs(m.gained))]
    finding = _finding(movers)
    drawing = build_drawing("charts/slopes.svg", title=finding, lines=_apart(lines),
        heads=(Text("公布口径", "Official"), other_name), left=LABEL, right=WIDTH - LABEL,
        width=WIDTH, bottom=TOP + lowest * STEP + 6,
    )  # a table, read by rows  # fmt: skip
    return Chart(finding, drawing, note)


def list_movers(moves: Sequence[Move]) -> tuple[Move, ...]:
    """Who moves most; a single place up or down counts only where nobody moves more."""
    most = max((abs(each.gained) for each in moves), default=0)
    least = 2 if most > 1 else 1
    found = sorted(
        (each for each in moves if abs(each.gained) >= least),
        key=lambda each: (-abs(each.gained), each.place),
    )
    return tuple(found[:LABELLED_MOST])


def _line(each: Move, labelled: bool) -> SlopeLine:
    y1, y2 = TOP + each.place * STEP, TOP + each.other * STEP
    if not labelled:
        return SlopeLine(y1, y2, UNMOVED)
    return SlopeLine(
        y1,
        y2,
        DEEP if each.gained > 0 else HOT,
        fitted(f"{each.name}　{each.place}", LABEL - 10),
        fitted(f"{each.other}　{each.name}", LABEL - 10),
    )


def _apart(lines: Sequence[SlopeLine]) -> list[SlopeLine]:
    """Of labels on one place, only the first stands there; the table has the others."""
    seen: set[tuple[str, float]] = set()
    shown = []
    for each in reversed(lines):
        left = each.left if ("left", each.y1) not in seen else ""
        right = each.right if ("right", each.y2) not in seen else ""
        seen |= {("left", each.y1)} if left else set()
        seen |= {("right", each.y2)} if right else set()
        shown.append(SlopeLine(each.y1, each.y2, each.ink, left, right))
    return list(reversed(shown))


def _finding(movers: Sequence[Move]) -> Text:
    if not movers:
        return Text("换用参考算法，名次都不变", "the reference method changes no place")
    told = AND.join(
        (
            Text("%(name)s升%(n)s名", "%(name)s up %(n)s")
            if each.gained > 0
            else Text("%(name)s降%(n)s名", "%(name)s down %(n)s")
        ).filled(name=each.name, n=abs(each.gained))
        for each in movers[:NAMED_MOST]
    )
    return Text(
        "换用参考算法，变动最大的是%(told)s", "under the reference method these move most: %(told)s"
    ).filled(told=told)

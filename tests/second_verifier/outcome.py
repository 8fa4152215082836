"""What follows from scores: published figures, places, grades.

From docs/evidence and docs/schemes alone.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.second_verifier.figures import (
    WITHOUT_BOUND,
    Figures,
    Spec,
    half_up,
    number,
    of_category,
    read_value,
)
from tests.second_verifier.forms import Facts
from tests.second_verifier.scores import Known, Score
from tests.second_verifier.verify import Row, read

SLACK = Fraction(1, 10_000)  # what a public package's rounded scores may move a total by
ROUNDING = {"up": math.ceil, "nearest": lambda exact: math.floor(exact + Fraction(1, 2))}

Stated = Mapping[str, Mapping[str, Any]]


class Outcome:
    """A package's figures as they follow from its facts."""

    def __init__(self, package: Facts, known: Known | None = None, plain: bool = False) -> None:
        self.package, self.scheme = package, package.scheme
        self.places = int(package.scheme["publication"]["places"])
        self.stated: Stated = read(package.files, "result.json")
        self.top = package.scheme["score"]["code"]
        if known is None:
            known = {} if package.is_audit else read_known(package.rows("scores.csv"))
        out = [*map(name_exclusion, package.rows("exclusions.csv"))] if not plain else []
        self.score = Score(package, known, out)
        self.nodes = self.score.nodes

    @cached_property
    def published(self) -> Figures:
        """As they were shown; rounded scores of a public package may move a figure by a little."""
        found: Figures = {}
        for unit, nodes in self.nodes.items():
            exact = nodes[self.top]
            found[unit] = None if exact is None else half_up(exact, self.places)
            said = self.stated.get(unit, {}).get("published")
            if not self.package.is_audit and exact is not None and said is not None:
                near = {half_up(exact + moved, self.places) for moved in (-SLACK, SLACK)}
                found[unit] = Fraction(said) if Fraction(said) in near else found[unit]
        return found

    def tell(self) -> dict[str, dict[str, Any]]:
        """Published figure, place and grade of each unit."""
        told: dict[str, dict[str, Any]] = {}
        for unit, figure in self.published.items():
            ahead = [
                other
                for other in self.package.units[self.package.category[unit]]
                if figure is not None and (self.published[other] or -WITHOUT_BOUND) > figure
            ]
            text = None if figure is None else f"{float(figure):.{self.places}f}"
            told[unit] = {"published": text, "rank": None if figure is None else len(ahead) + 1}
        if self.scheme.get("grading", {}).get("grades"):
            for category in self.package.units:
                for unit, grade in Grades(self, category).found.items():
                    told[unit]["grade"] = grade
        return told

    def is_hidden(self, unit: str, node: str) -> bool:
        """Whether a node lies below a figure at which the public edition starts."""
        category = self.package.category[unit]
        above = self.score.above.get((category, node), "")
        return bool(above) and (
            (category, above) in self.package.starts or self.is_hidden(unit, above)
        )


class Grades:
    """One category: bars that set a grade, `below`, `last`, then the grades from the best down."""

    def __init__(self, outcome: Outcome, category: str) -> None:
        self.outcome, self.category, self.rules = outcome, category, outcome.scheme["grading"]
        package = outcome.package
        self.units = package.units[category]
        rows = package.rows("units.csv")
        self.tired = {row["unit"] for row in rows if "no_award" in row["flags"].split(";")}
        self.events = {
            (row["unit"], row["rule"])
            for row in package.rows("adjustments.csv")
            if number(row["times"]) or number(row["amount"] or 0)
        }
        self.grades = {
            code: {name: of_category(x, category) for name, x in grade.items()}
            for code, grade in self.rules["grades"].items()
        }
        self.round = ROUNDING.get(self.rules.get("rounding", "down"), math.floor)
        self.found: dict[str, str | None] = dict.fromkeys(self.units)
        self.barred: dict[str, set[str]] = defaultdict(set)
        self.give()

    def give(self) -> None:
        worst_first = [*reversed(self.grades)]
        self.hold_bars(worst_first)
        for code in worst_first:
            bound = number(self.grades[code].get("below", -WITHOUT_BOUND))
            self.take(
                code, [unit for tie in self.ties for unit in tie if self.figure(unit) < bound]
            )
        for code in worst_first:
            if "last" in self.grades[code]:
                self.take(code, self.list_last(number(self.grades[code]["last"])))
        self.fill()

    def hold_bars(self, worst_first: list[str]) -> None:
        for bar in self.rules.get("bars", {}).values():
            for unit in self.units:
                if self.holds(bar, unit):
                    self.barred[unit] |= set(bar.get("bars", ()))
                    sets = {bar.get("sets"), self.found[unit]} - {None}
                    self.found[unit] = min(sets, key=worst_first.index, default=None)

    def holds(self, bar: Spec, unit: str) -> bool:
        if "event" in bar:
            return (unit, bar["event"]) in self.events
        value = self.outcome.nodes[unit].get(bar["node"])
        hidden = (unit, bar["node"]) in self.outcome.score.spoilt
        if hidden and (value is None or "from" in bar):
            return True
        if value is None:
            return False
        above = value >= number(bar.get("from", -WITHOUT_BOUND))
        return above and value < number(bar.get("below", WITHOUT_BOUND))

    def figure(self, unit: str) -> Fraction:
        figure = self.outcome.published[unit]
        assert figure is not None
        return figure

    @cached_property
    def ties(self) -> list[list[str]]:
        """Units with a total, best first; those that can't be told apart together."""
        keys: dict[tuple[Fraction, ...], list[str]] = defaultdict(list)
        for unit in self.units:
            if self.outcome.published[unit] is not None:
                keys[(self.figure(unit), *self.further(unit))].append(unit)
        return [keys[key] for key in sorted(keys, reverse=True)]

    def further(self, unit: str) -> Iterator[Fraction]:
        for node in self.rules.get("tie_break", ()):
            value = self.outcome.nodes[unit].get(node)
            value = None if (unit, node) in self.outcome.score.spoilt else value
            yield -WITHOUT_BOUND if value is None else half_up(value, self.outcome.places)

    @cached_property
    def counted(self) -> list[str]:
        all_count = self.rules.get("count_no_award") == "true"
        return [unit for tie in self.ties for unit in tie if all_count or unit not in self.tired]

    def may(self, code: str, unit: str) -> bool:
        takes = unit not in self.tired or self.grades[code].get("award") == "false"
        return takes and code not in self.barred[unit]

    def take(self, code: str, units: list[str]) -> None:
        for unit in units:
            if self.found[unit] is None and self.may(code, unit):
                self.found[unit] = code

    def list_last(self, share: Fraction) -> list[str]:
        found: list[str] = []
        left = self.round(share * len(self.counted) / 100)
        for tie in reversed(self.ties):
            own = [unit for unit in tie if unit in self.counted]
            if own and (left <= 0 or (len(own) > left and self.rules.get("ties") != "all")):
                break
            found, left = found + own, left - len(own)
        return found

    def fill(self) -> None:
        spare, carry = Fraction(0), self.rules.get("carry", "unfilled")
        for code, grade in self.grades.items():
            if "count" not in grade and "share" not in grade:
                self.take(code, [unit for tie in self.list_fit(code) for unit in tie])
                continue
            share = number(grade.get("share", 0)) * len(self.counted) / 100
            exact = number(grade["count"]) if "count" in grade else share
            places = max(self.round(exact + spare), 0)
            filled = self.fill_places(code, places)
            if carry == "all":
                spare += exact - filled
            elif carry == "unfilled":
                spare = Fraction(max(places - filled, 0))

    def list_fit(self, code: str) -> list[list[str]]:
        least = number(self.grades[code].get("from", -WITHOUT_BOUND))
        free = [
            [u for u in tie if self.found[u] is None and self.may(code, u)] for tie in self.ties
        ]
        return [[u for u in tie if self.figure(u) >= least] for tie in free]

    def fill_places(self, code: str, places: int) -> int:
        filled = 0
        for fit in filter(None, self.list_fit(code)):
            over = filled + len(fit) > places and self.rules.get("ties") != "all"
            if filled >= places or over:
                break
            self.take(code, fit)
            filled += len(fit)
        return filled


def name_exclusion(row: Mapping[str, str]) -> tuple[str, ...]:
    return row["round"], row["group"], row["ballot"]


def read_known(scores: Iterable[Row]) -> dict[str, Figures]:
    found: dict[str, Figures] = defaultdict(dict)
    for row in scores:
        found[row["unit"]][row["node"]] = read_value(row["value"])
    return found


def scores(package: Facts) -> Iterator[str]:
    """Every published figure is recomputed."""
    outcome = Outcome(package)
    told = outcome.tell()
    if package.is_audit and package.rows("exclusions.csv"):
        for unit, all_in in Outcome(package, plain=True).tell().items():
            told[unit] |= {"plain": all_in["published"], "plain_rank": all_in["rank"]}
    for unit in {*told, *outcome.stated}:
        stated = outcome.stated[unit]
        hidden = {node for node in outcome.nodes[unit] if outcome.is_hidden(unit, node)}
        shown = {
            n: x for n, x in outcome.nodes[unit].items() if package.is_audit or n not in hidden
        }
        told[unit] |= {n: write_number(x) for n, x in shown.items()}
        for name in {*told[unit], *stated}:
            ours, theirs = told[unit].get(name, "nothing"), stated.get(name, "nothing")
            withheld = name == "grade" and not package.is_audit and deciding(package) & hidden
            if ours != theirs and not withheld:
                yield f"{unit}, {name}: {theirs}, recomputed {ours}"


def deciding(package: Facts) -> set[str]:
    """Nodes that grades may go by, beside the total."""
    grading = package.scheme["grading"]
    bars = grading.get("bars", {}).values()
    return {*grading.get("tie_break", ()), *(bar["node"] for bar in bars if "node" in bar)}


def write_number(value: Fraction | None) -> float | None:
    return None if value is None else float(half_up(value, 12))

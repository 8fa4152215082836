"""Rules of entered figures: what was counted, reached or chosen becomes points.

From docs/evidence and docs/schemes alone.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import floor, prod
from statistics import mean

from tests.second_verifier.figures import (
    WITHOUT_BOUND,
    Figures,
    Spec,
    clip,
    number,
    of_category,
    there,
)
from tests.second_verifier.forbidden import Here, Judging, name


class Entered(Judging):
    """The rules by their words; whoever has the whole tree knows what lies below."""

    def figure(self, part: Spec | str, here: Here) -> Figures:
        raise NotImplementedError

    def part(self, part: Spec | str, here: Here) -> Figures:
        """The same where it is allowed: nothing is compared with what is not."""
        code = part if isinstance(part, str) else name(part)
        found = self.figure(part, here)
        return {unit: None if (unit, code) in self.spoilt else x for unit, x in found.items()}

    def refuse(self, unit: str, spec: Spec) -> None:
        """What the rule can't take; by the law of before it was left out."""
        if self.is_least:
            self.refused.add((unit, spec["code"]))

    def rule_task_grades(self, spec: Spec, here: Here) -> Figures:
        grades = [(number(e["points"]), self.part(e["component"], here)) for e in spec["grades"]]
        found: Figures = {}
        for unit in here.units:
            given = [(points, values[unit]) for points, values in grades if values[unit]]
            if any(n < 0 for _, n in given):
                self.refuse(unit, spec)
                given = []
            whole = sum(n for _, n in given)
            found[unit] = sum(points * n for points, n in given) / whole if whole else None
        return found

    def rule_tally(self, spec: Spec, here: Here) -> Figures:
        events = [(event, self.part(event["component"], here)) for event in spec["events"]]
        found: Figures = {}
        for unit in here.units:
            given = [(event, values[unit]) for event, values in events]
            points = [clip(number(e["points"]) * n, e) for e, n in given if n is not None]
            start = number(spec.get("start", 0))
            found[unit] = clip(start + sum(points), spec) if points else None
        return found

    def rule_completion(self, spec: Spec, here: Here) -> Figures:
        done = self.part(spec["done"], here)
        hundred = dict.fromkeys(here.units, Fraction(100))
        target = self.part(spec["target"], here) if "target" in spec else hundred
        full = number(of_category(spec.get("full", 100), here.category))
        found: Figures = {}
        for unit, value in done.items():
            goal = target[unit]
            if value is None or goal is None or goal <= 0:
                found[unit] = None
                if value is not None and goal is not None:
                    self.refuse(unit, spec)
                continue
            percent = 100 * value / goal
            reached = percent >= number(spec.get("threshold", -WITHOUT_BOUND))
            kept = clip(max(percent, Fraction(0)), {"most": spec.get("most", 100)})
            found[unit] = full * kept / 100 if reached else Fraction(0)
        return found

    def rule_all_or_nothing(self, spec: Spec, here: Here) -> Figures:
        full = number(of_category(spec.get("full", 100), here.category))
        events = self.part(spec["of"], here)
        return {unit: n if n is None else full * (n == 0) for unit, n in events.items()}

    def rule_segments(self, spec: Spec, here: Here) -> Figures:
        agreed, scores = self.part(spec["agreed"], here), self.part(spec["score"], here)
        thirds = [*list_thirds(spec)]
        found: Figures = {}
        for unit, third in agreed.items():
            score, found[unit] = scores[unit], None
            if third is None and score is None:
                continue
            if third in range(1, len(thirds) + 1) and score is not None:
                low, high, closed = thirds[int(third or 0) - 1]
                if low <= score < high or (closed and score == high):
                    found[unit] = score
                    continue
            self.refuse(unit, spec)
        return found

    def rule_graded(self, spec: Spec, here: Here) -> Figures:
        choice = self.part(spec["of"], here)
        points = {number(code): number(worth) for code, worth in spec["points"].items()}
        found: Figures = {}
        for unit, x in choice.items():
            found[unit] = None if x is None else points.get(x)
            if x is not None and x not in points:
                self.refuse(unit, spec)
        cap = spec.get("cap")
        if not cap:
            return found
        over = [unit for unit, x in choice.items() if x == number(cap["choice"])]
        code = spec["of"] if isinstance(spec["of"], str) else name(spec["of"])
        carried = [u for u, x in choice.items() if x is not None or (u, code) in self.spoilt]
        if 100 * len(over) > number(cap["most"]) * len(carried):
            listed = [*points]
            after = listed[listed.index(number(cap["choice"])) + 1 :]
            follows = cap.get("over") == "next" and after
            found |= dict.fromkeys(over, points[after[0]] if follows else None)
            for unit in over if not follows else ():
                self.refuse(unit, spec)
        return found

    def rule_to_best(self, spec: Spec, here: Here) -> Figures:
        full = number(of_category(spec.get("full", 100), here.category))
        figures = self.part(spec["of"], here)
        lowest = spec.get("order") == "lowest"
        values = there(figures.values())
        best = (min if lowest else max)(values, default=Fraction(0))

        def share(x: Fraction) -> Fraction:
            if lowest:
                return Fraction(1) if x <= 0 else max(best, Fraction(0)) / x
            return max(x, Fraction(0)) / best if best > 0 else Fraction(0)

        return {unit: x if x is None else full * share(x) for unit, x in figures.items()}

    def rule_placed(self, spec: Spec, here: Here) -> Figures:
        figures, points = self.part(spec["of"], here), [*map(number, spec["points"])]
        order = sorted(there(figures.values()), reverse=spec.get("order") != "lowest")
        ties, step = spec.get("ties", "shared"), number(spec.get("step", 0))

        def worth(place: int) -> Fraction:
            further = points[-1] - step * (place - len(points) + 1)
            return points[place] if place < len(points) else max(further, least)

        least = number(spec.get("least", 0))
        found: Figures = {}
        for unit, x in figures.items():
            held = [place for place, y in enumerate(order) if y == x]
            tied = len(held) > 1 and ties == "void_tied"
            void = tied or (ties == "void_all" and len({*order}) < len(order))
            counted = held if ties == "mean" else held[:1]
            found[unit] = None if void or not held else mean(map(worth, counted))
        return found

    def rule_scaled(self, spec: Spec, here: Here) -> Figures:
        figures = self.figure(spec["of"], here)
        times = [self.figure(code, here) for code in spec.get("times", ())]
        full = number(of_category(spec.get("full", 100), here.category))
        factor = full / number(spec["out_of"]) if "out_of" in spec else Fraction(1)
        found: Figures = {}
        for unit, x in figures.items():
            given = there([x, *(values[unit] for values in times)])
            found[unit] = factor * prod(given) if len(given) == len(times) + 1 else None
        return found

    def rule_lowest(self, spec: Spec, here: Here) -> Figures:
        return self.extreme(spec, here, min)

    def rule_highest(self, spec: Spec, here: Here) -> Figures:
        return self.extreme(spec, here, max)

    def extreme(
        self, spec: Spec, here: Here, choose: Callable[[list[Fraction]], Fraction]
    ) -> Figures:
        parts = [self.figure(part, here) for part in spec["parts"]]
        given = {unit: there(values[unit] for values in parts) for unit in here.units}
        return {unit: choose(values) if values else None for unit, values in given.items()}

    def rule_limited(self, spec: Spec, here: Here) -> Figures:
        found = self.figure(spec["of"], here)
        deciding = [(when, self.figure(when["of"], here)) for when in spec["when"]]
        for unit, x in found.items():
            held = [y[unit] is not None and meets(when, y[unit]) for when, y in deciding]
            if x is not None and (all if spec.get("match") == "all" else any)(held):
                found[unit] = clip(x, spec)
        return found

    def rule_comments_only(self, spec: Spec, here: Here) -> Figures:  # noqa: ARG002  # none for all
        return dict.fromkeys(here.units)

    def rule_bands(self, spec: Spec, here: Here) -> Figures:
        found: Figures = {}
        for unit, x in self.part(spec["of"], here).items():
            found[unit] = None
            for band in spec["bands"] if x is not None else ():
                reached = "from" in band and x >= number(band["from"])
                passed = "above" in band and x > number(band["above"])
                if reached or passed or not band.keys() & {"from", "above"}:
                    found[unit] = number(band["points"])
                    break
        return found

    def rule_deviation(self, spec: Spec, here: Here) -> Figures:
        done, goals = self.part(spec["done"], here), self.goals(spec["target"], here)
        found: Figures = {}
        for unit, x in done.items():
            goal, found[unit] = goals[unit], None
            percent = spec.get("measure") == "percent"
            if x is None or goal is None:
                continue
            if goal <= 0 and (percent or "threshold" in spec):
                self.refuse(unit, spec)
                continue
            if "threshold" in spec and 100 * x < goal * number(spec["threshold"]):
                found[unit] = Fraction(0)
                continue
            off = 100 * (x - goal) / goal if percent else x - goal
            slope = spec.get("above" if off > 0 else "below")
            points = slide(slope, abs(off)) if slope else Fraction(0)
            found[unit] = clip(number(spec["start"]) + points, spec)
        return found

    def goals(self, target: Spec | str, here: Here) -> Figures:
        if not isinstance(target, str):
            return self.part(target, here)
        try:
            return dict.fromkeys(here.units, number(target))
        except ValueError:
            return self.part(target, here)


def list_thirds(spec: Spec) -> Iterator[tuple[Fraction, Fraction, bool]]:
    """From which score to which, the best first; its upper edge is its own."""
    first = True
    for band in spec["bands"].values():
        low, high = number(band["from"]), number(band["to"])
        third = (high - low) / 3
        edges = [*map(number, band.get("edges", (low + third, high - third)))]
        cuts = [low, *edges, high]
        for bottom, top in [*pairwise(cuts)][::-1]:
            yield bottom, top, first
            first = False


def meets(when: Spec, figure: Fraction) -> bool:
    """Whether a figure is as a condition has it."""
    low = figure >= number(when["from"]) if "from" in when else True
    return low and (figure < number(when["below"]) if "below" in when else True)


def slide(slope: Spec, off: Fraction) -> Fraction:
    """The points of a slope so far from the target."""
    steps = off / number(slope["each"])
    steps = Fraction(floor(steps)) if slope.get("steps") == "whole" else steps
    points = number(slope["points"]) * steps
    if slope.get("most", "none") == "none":
        return points
    most = abs(number(slope["most"]))
    return max(-most, min(most, points))

"""What a figure counts that a scheme does not allow: 0, or its rule's least where that is less.

From docs/evidence (By which law) and docs/schemes (What is not allowed) alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.second_verifier.figures import WITHOUT_BOUND, Figures, Spec, Value, clip, number

JOINING = ("weighted", "sum", "total", "rounds", "mean", "lowest", "highest", "scaled", "given")
FROM_ANSWERS = ("rated", "satisfaction", "distance", "adjustments", "comments_only")
NOWHERE_BELOW_ZERO = ("completion", "all_or_nothing", "to_best")


@dataclass(frozen=True)
class Here:
    """Where in the tree we are: of which category's units, under which round and node."""

    category: str
    units: list[str]
    round: str = ""
    parent: str = ""


class Judging:
    """Which units' figures are not allowed, at which nodes, and what counts in their place."""

    scheme: Any
    is_least: bool

    def __init__(self) -> None:
        self.below: dict[tuple[str, str], set[str]] = defaultdict(set)  # by category and node
        self.refused: set[tuple[str, str]] = set()  # by unit and node: what a rule could not take
        self.forbidden: set[tuple[str, str]] = set()
        self.spoilt: set[tuple[str, str]] = set()  # those, and whatever stands on them
        self.awaited: set[tuple[str, str]] = set()

    def judge(self, spec: Spec, here: Here, found: Figures, values: Mapping[str, Figures]) -> None:
        """What the node counts of each unit; `values` are all figures so far."""
        code, rule = spec["code"], spec.get("rule", "given")
        below = self.below[here.category, code]
        for unit in here.units:
            parts = {part for part in below if (unit, part) in self.spoilt}
            if rule in FROM_ANSWERS:
                continue
            if rule in JOINING:
                bad = self.joins(spec, unit, parts, values)
            elif any((unit, part) in self.awaited for part in below):
                continue
            else:
                bad = self.stands_on(spec, unit, parts, found, values)
            if bad or (unit, code) in self.refused:
                self.forbidden.add((unit, code))
                least = None if bad == "withheld" else self.least(spec)
                found[unit] = None if least is None else min(least, Fraction(0))
            if (unit, code) in self.forbidden or parts:
                self.spoilt.add((unit, code))

    def joins(
        self, spec: Spec, unit: str, parts: set[str], values: Mapping[str, Figures]
    ) -> str | None:
        if spec.get("rule") == "scaled" and parts & {*spec.get("times", ())}:
            return "coefficient"
        weightless = {
            name(part)
            for part in spec.get("parts", ())
            if isinstance(part, Mapping) and str(part.get("weight")) == "0"
        }
        for part in parts - {*spec.get("except", ())} - weightless:
            if (unit, part) in self.forbidden and values[unit].get(part) is None:
                return "withheld"
        return None

    def stands_on(
        self, spec: Spec, unit: str, parts: set[str], found: Figures, values: Mapping[str, Figures]
    ) -> bool:
        if spec["rule"] != "limited":
            return bool(parts)
        of = spec["of"] if isinstance(spec["of"], str) else name(spec["of"])
        if parts - {of}:
            return True
        if of in parts:
            value = values[unit][of]
            if value is None:
                return True
            found[unit] = min(found[unit] or value, value)
        return False

    def least(self, part: Spec | str) -> Value:
        """The least that a rule gives of figures that are allowed; none where nothing bounds it."""
        spec = {"component": part} if isinstance(part, str) else part
        rule = spec.get("rule", "given")
        if rule == "given":
            return self.least_entered(spec.get("component", spec.get("code")))
        if rule in NOWHERE_BELOW_ZERO:
            return Fraction(0)
        if rule == "segments":
            return min(number(low) for band in spec["bands"].values() for low in [band["from"]])
        if rule == "graded":
            return min(map(number, spec["points"].values()))
        if rule == "task_grades":
            return min(number(each["points"]) for each in spec["grades"])
        if rule == "bands":
            return min(number(each["points"]) for each in spec["bands"])
        if rule == "placed":
            return min(*map(number, spec["points"]), number(spec.get("least", 0)))
        if rule == "tally":
            return self.least_tally(spec)
        if rule == "deviation":
            return least_deviation(spec)
        if rule == "limited":
            inner = self.least(spec["of"])
            return None if inner is None else min(inner, clip(inner, spec))
        if rule in ("lowest", "highest"):
            return lowest(self.least(each) for each in spec["parts"])
        if rule == "scaled":
            inner = self.least(spec["of"])
            return inner if inner is None or inner < 0 else Fraction(0)
        raise AssertionError(f"{rule}: not known here")

    def least_entered(self, code: str) -> Value:
        component = self.component(code)
        if "choices" in component:
            return min(map(number, component["choices"]))
        return number(component["from"]) if "from" in component else None

    def least_tally(self, spec: Spec) -> Value:
        whole = number(spec.get("start", 0))
        for event in spec["events"]:
            points, component = number(event["points"]), self.component(event["component"])
            high, low = component.get("to", WITHOUT_BOUND), component.get("from", -WITHOUT_BOUND)
            worst_count = number(high if points < 0 else low)
            whole += min(clip(points * worst_count, event), Fraction(0))
        found = clip(whole, spec)
        return None if found < -WITHOUT_BOUND / 10**6 else found

    def component(self, code: str) -> Spec:
        for written, component in self.scheme["components"].items():
            for round_ in component.get("rounds", [""]):
                if written.replace("{round}", round_) == code:
                    return component
        raise AssertionError(f"no component {code}")


def least_deviation(spec: Spec) -> Value:
    whole = number(spec["start"])
    for slope in (spec.get("above"), spec.get("below")):
        if slope and number(slope["points"]) < 0:
            most = slope.get("most", "none")
            whole -= WITHOUT_BOUND if most == "none" else abs(number(most))
    found = clip(whole, spec)
    found = min(found, Fraction(0)) if "threshold" in spec else found
    return None if found < -WITHOUT_BOUND / 10**6 else found


def lowest(values: Iterable[Value]) -> Value:
    listed = [*values]
    return None if None in listed else min(each for each in listed if each is not None)


def name(part: Spec) -> str:
    return str(part.get("code") or part["component"])


def takes(rule: Spec, row: Mapping[str, str]) -> bool:
    """Whether an event may be entered so."""
    if int(row["times"]) < 0:
        return False
    if rule.get("by", "times") == "times" or row["amount"] == "":
        return True
    amount = number(row["amount"])
    return number(rule.get("from", 0)) <= amount <= number(rule.get("to", WITHOUT_BOUND))


def worst(rule: Spec, row: Mapping[str, str]) -> Fraction:
    """What one counts that may not."""
    points, times, amount = number(rule["points"]), int(row["times"]), Fraction(1)
    amounts = [amount]
    if rule.get("by") == "amount":
        amount = number(row["amount"] or 0)
        amounts = [abs(amount)]
        amounts += [abs(number(rule[each])) for each in ("from", "to") if each in rule]
    heaviest = (points * each * max(abs(times), 1) for each in amounts)
    return min(Fraction(0), points * amount * times, *heaviest)


def allowed(component: Spec, value: Fraction) -> bool:
    """Whether a figure may be entered."""
    if "choices" in component:
        return value in {*map(number, component["choices"])}
    low, high = component.get("from"), component.get("to")
    return (low is None or value >= number(low)) and (high is None or value <= number(high))

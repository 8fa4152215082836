"""The second verifier's arithmetic: every node of a scheme's tree, in exact fractions.

From docs/evidence and docs/schemes alone. Of the words that docs/schemes has, `questions`,
`by_place` and `void_uniform` are not known here: no preset uses them, and they are refused.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from statistics import mean

from tests.second_verifier.entered import Entered
from tests.second_verifier.figures import (
    Figures,
    Spec,
    Value,
    add_events,
    clip,
    half_up,
    number,
    of_category,
    planned,
    read_value,
    there,
    trimmed,
)
from tests.second_verifier.forbidden import Here, allowed, takes, worst
from tests.second_verifier.forms import Facts
from tests.second_verifier.strata import weigh_strata
from tests.second_verifier.verify import Row

Known = Mapping[str, Mapping[str, Value]]  # by unit and node: what a public package starts from

ANSWERED = ("rated", "satisfaction")


class Score(Entered):
    """The whole tree; `known` are figures below which a public package has nothing."""

    def __init__(self, package: Facts, known: Known, left_out: Iterable[tuple[str, ...]] = ()):
        super().__init__()
        self.package, self.scheme, self.known = package, package.scheme, known
        self.is_least = "law.txt" in package.files
        self.nodes: dict[str, Figures] = {unit: {} for unit in package.category}
        self.above: dict[tuple[str, str], str] = {}  # by category and node
        self.answered: set[tuple[str, str]] = set()  # the same, of nodes that come from answers
        self.entered = {
            (row["unit"], row["component"]): read_value(row["value"])
            for row in package.rows("indicators.csv")
        }
        self.answers = gather_answers(package, set(left_out))
        self.roles = {
            (row["round"], row["group"], row["rater"], row["unit"]): row["role"]
            for row in package.rows("relations.csv")
        }
        for category, units in package.units.items():
            self.figure(self.scheme["score"], Here(category, units))

    def figure(self, part: Spec | str, here: Here) -> Figures:
        """One node for all units of a category, and by the way all that lies below it."""
        spec = {"component": part} if isinstance(part, str) else part
        code = spec.get("code") or spec["component"]
        if "categories" in spec:
            spec = {**spec["categories"][here.category], "code": code}
        rule = spec.get("rule", "given")
        self.above[here.category, code] = here.parent
        self.below[here.category, here.parent].add(code)
        if rule in ANSWERED:
            self.answered.add((here.category, code))
        if any(code in self.known.get(unit, {}) for unit in here.units):
            found = {unit: self.known[unit].get(code) for unit in here.units}
        else:
            inside = replace(here, round=spec.get("round", here.round), parent=code)
            found = getattr(self, f"rule_{rule}")({**spec, "code": code}, inside)
            if self.is_least:
                self.judge({**spec, "code": code}, inside, found, self.nodes)
        places = spec.get("places", self.scheme["publication"].get("node_places"))
        for unit, value in found.items():
            exact = value is None or places is None
            self.nodes[unit][code] = value if exact else half_up(value, int(places))
        return {unit: self.nodes[unit][code] for unit in here.units}

    # What joins parts.

    def rule_weighted(self, spec: Spec, here: Here) -> Figures:
        full = "full" if "full" in spec["parts"][0] else "weight"
        weights = [number(of_category(part[full], here.category)) for part in spec["parts"]]
        parts = [self.figure(part, here) for part in spec["parts"]]
        if full == "weight":
            return self.join(spec, here.units, [*zip(weights, parts, strict=True)])
        out_of = [self.find_out_of(part, here) for part in spec["parts"]]
        return self.add_up(spec, here.units, [*zip(weights, out_of, parts, strict=True)])

    rule_sum = rule_weighted

    def rule_total(self, spec: Spec, here: Here) -> Figures:
        base = self.rule_weighted(spec, here)
        added = self.figure(spec["added"], here) if "added" in spec else dict.fromkeys(base, 0)
        return {unit: None if x is None else x + added[unit] for unit, x in base.items()}

    def rule_rounds(self, spec: Spec, here: Here) -> Figures:
        rounds = spec["rounds"]
        weights = rounds if isinstance(rounds, Mapping) else dict.fromkeys(rounds, 1)
        parts = []
        for code, weight in weights.items():
            each = json.loads(json.dumps(spec["each"]).replace("{round}", code))
            parts.append((number(weight), self.figure(each, replace(here, round=code))))
        return self.join(spec, here.units, parts)

    def join(self, spec: Spec, units: list[str], parts: list[tuple[Fraction, Figures]]) -> Figures:
        whole = sum(weight for weight, _ in parts)
        shares = [(weight / whole, values) for weight, values in parts if weight]
        means = [mean(there(values.values()) or [0]) for _, values in shares]
        everywhere = [bool(there(values.values())) for _, values in shares]
        found: Figures = {}
        for unit in units:
            own = [(share, values[unit]) for share, values in shares]
            lacking = sum(share for share, value in own if value is None)
            too_much = lacking * 100 > number(spec.get("missing_most", 100))
            value = None if too_much else mixed(spec, own, means, everywhere)
            if value is not None and lacking and spec.get("missing") == "centred":
                value = clip(value, spec.get("limits", {}), "from", "to")
            found[unit] = value
        return found

    def add_up(
        self, spec: Spec, units: list[str], parts: list[tuple[Fraction, Value, Figures]]
    ) -> Figures:
        """Full marks times the rates of the parts, and extras without full marks beside them."""
        pairs = [(marks, values) for marks, _, values in parts]
        rates = [
            (marks, {unit: x if x is None else x / (of or marks) for unit, x in values.items()})
            for marks, of, values in parts
            if marks
        ]
        rate = self.join({"missing": spec.get("missing", "not_ranked")}, units, rates)
        found: Figures = {}
        for unit, value in rate.items():
            extras = sum(values[unit] or 0 for marks, values in pairs if not marks)
            full = sum(marks for marks, _ in pairs)
            found[unit] = value if value is None else clip(value * full + extras, spec)
        return found

    def find_out_of(self, part: Spec | str, here: Here) -> Value:
        """What a part of a sum is a mark out of: written, or that of the one question it is."""
        if isinstance(part, str) or "out_of" in part:
            return None if isinstance(part, str) else number(part["out_of"])
        part = part["categories"][here.category] if "categories" in part else part
        if part.get("rule") not in ANSWERED:
            return None
        group = self.scheme["groups"][of_category(part["group"], here.category)]
        asked = self.scheme["questionnaires"][group["questionnaire"]]["questions"]
        question = asked[part["question"].partition(".")[0]]
        listed = question.get("bands") or question.get("levels")
        if not listed:
            return number(question.get("to", 100))
        best = max(number(x["points"]) for x in listed.values() if x["points"] != "none")
        return best if best == 100 else None

    def rule_mean(self, spec: Spec, here: Here) -> Figures:
        parts = {name_of(part): self.figure(part, here) for part in spec["parts"]}
        counted = [x for code, x in parts.items() if code not in spec.get("except", ())]
        given = {unit: there(values[unit] for values in counted) for unit in here.units}
        return {unit: mean(values) if values else None for unit, values in given.items()}

    def rule_given(self, spec: Spec, here: Here) -> Figures:
        component = spec.get("component", spec["code"])
        found: Figures = {}
        for unit in here.units:
            x = found[unit] = self.entered.get((unit, component))
            if (unit, component) not in self.entered:
                self.awaited.add((unit, spec["code"]))
            elif x is not None and not allowed(self.component(component), x):
                found[unit] = None
                self.refuse(unit, spec)
        return found

    # What people answered.

    def rule_rated(self, spec: Spec, here: Here) -> Figures:
        assert not spec.keys() & {"questions", "by_place", "void_uniform"}, "not known here"
        name = of_category(spec["group"], here.category)
        group, question = self.scheme["groups"][name], spec["question"]
        asked = self.scheme["questionnaires"][group["questionnaire"]]["questions"]
        listed = asked[question].get("bands") or asked[question].get("levels")
        least = int(spec.get("least_raters", 1))
        if group["identity"] == "unit":
            least = max(least, self.package.thresholds[here.round]["raters_for_unit_groups"])
        found: Figures = {}
        for unit in here.units:
            given = self.answers[here.round, name, unit, question]
            given = [x for x in given if self.counts(spec, group, here, x, (name, unit))]
            points = [listed[x["value"]]["points"] if listed else x["value"] for x in given]
            if "share_of" in spec:
                answered = [x["value"] for x, p in zip(given, points, strict=True) if p != "none"]
                points = [100 * (code in spec["share_of"]) for code in answered]
            values = sorted(number(x) for x in points if x != "none")
            found[unit] = trimmed(values, spec.get("trim")) if len(values) >= least else None
        return found

    def counts(self, spec: Spec, group: Spec, here: Here, row: Row, place: tuple[str, str]) -> bool:
        """Whether this rater's role towards the unit is the one that is asked for."""
        name, unit = place
        key = (name, row["rater"], unit)
        role = self.roles.get((here.round, *key), self.roles.get(("", *key)))
        usual = group["sees"][here.category].get("default_role")
        return row["value"] != "NA" and spec.get("role") in (None, role or usual)

    def rule_satisfaction(self, spec: Spec, here: Here) -> Figures:
        group, (question, _, _) = (
            self.scheme["groups"][spec["group"]],
            spec["question"].partition("."),
        )
        asked = self.scheme["questionnaires"][group["questionnaire"]]["questions"][question]
        key = (here.round, spec["group"], spec["question"])
        counts = [
            row
            for row in self.package.rows("counts.csv")
            if (row["round"], row["group"], row["item"]) == key
        ]
        answers: Counter[str] = Counter()
        for row in counts:
            answers[row["stratum"]] += int(row["n"])
        thresholds = self.package.thresholds[here.round]
        least = max(int(spec["min_valid"]), thresholds["answers_for_score"])
        by_stratum = spec.get("weighing") == "strata"
        enough = thresholds["answers_for_mean"]
        own = weigh_strata(spec, group, asked["levels"], counts, here.category, enough)
        valid: Counter[str] = Counter()
        above, below = defaultdict(Fraction), defaultdict(Fraction)
        for row in counts:
            points, n = asked["levels"][row["level"]]["points"], int(row["n"])
            if points != "none" and n:
                if "share_of" in spec:
                    points = 100 * (row["level"] in spec["share_of"])
                weight = planned(group, row["stratum"], here.category) / answers[row["stratum"]]
                weight = weight if group.get("strata") else Fraction(1)
                weight = own[row["unit"]][row["stratum"]] if by_stratum else weight
                valid[row["unit"]] += n
                above[row["unit"]] += weight * n * number(points)
                below[row["unit"]] += weight * n
        enough = {unit for unit in here.units if valid[unit] >= least and below[unit]}
        return {unit: above[unit] / below[unit] if unit in enough else None for unit in here.units}

    def rule_distance(self, spec: Spec, here: Here) -> Figures:
        name, code = of_category(spec["group"], here.category), f"{spec['code']}.consensus"
        inside = replace(here, parent=spec["code"])
        means = self.figure({**spec, "rule": "rated", "code": code}, inside)
        homes = {
            row["rater"]: row["unit"]
            for row in self.package.rows("raters.csv")
            if row["group"] == name
        }
        ballots: dict[str, list[Fraction]] = defaultdict(list)
        for unit, middle in means.items():
            for row in self.answers[here.round, name, unit, spec["question"]]:
                if row["value"] != "NA" and middle is not None:
                    ballots[row["rater"]].append(abs(number(row["value"]) - middle))
        own: dict[str, list[Fraction]] = defaultdict(list)
        for rater, apart in ballots.items():
            own[homes.get(rater, "")].append(mean(apart))
        return {unit: mean(own[unit]) if own[unit] else None for unit in here.units}

    # Bonuses and deductions.

    def rule_adjustments(self, spec: Spec, here: Here) -> Figures:
        rows, rules = self.package.rows("adjustments.csv"), self.scheme["adjustments"]
        bad = [row for row in rows if self.is_least and not takes(rules[row["rule"]], row)]
        good = [row for row in rows if row not in bad]
        found = {unit: add_events(spec, rules, good, unit) for unit in here.units}
        for row in bad:
            if row["unit"] in found:
                found[row["unit"]] += worst(rules[row["rule"]], row)
        return {**found}


def gather_answers(
    package: Facts, left_out: set[tuple[str, ...]]
) -> Mapping[tuple[str, ...], list[Row]]:
    """By round, group, unit and item."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in package.rows("ballots.csv"):
        if (row["round"], row["group"], row["ballot"]) not in left_out:
            found[row["round"], row["group"], row["unit"], row["item"]].append(row)
    return found


def name_of(part: Spec | str) -> str:
    return part if isinstance(part, str) else part.get("code") or part["component"]


def mixed(
    spec: Spec, own: list[tuple[Fraction, Value]], means: list[Fraction], everywhere: list[bool]
) -> Value:
    """One unit's parts together; the weight of what is missing goes where the word says."""
    word, given = spec.get("missing", "not_ranked"), [(w, x) for w, x in own if x is not None]
    available, absent = sum(w for w, _ in given), len(own) - len(given)
    if not given or (absent and word == "not_ranked"):
        return None
    if absent and word == "centred":
        used = [(w, x, m) for (w, x), m, held in zip(own, means, everywhere, strict=True) if held]
        whole = sum(w for w, _, _ in used)
        moved = sum(w / available * (x - m) for w, x, m in used if x is not None)
        return sum(w / whole * m for w, _, m in used) + moved
    value = sum(w * x for w, x in given)
    if word == "equal":
        value += (1 - available) / len(given) * sum(x for _, x in given)
    return value / available if word in ("proportional", "centred") else value

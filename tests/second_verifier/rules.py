"""Kept ballots judged by their questionnaires' rules: the check `rules`.

From docs/evidence (On which paper, What a ballot may hold) and docs/schemes alone. Each kind of
question says in `fits` what answers it, and in `weigh` what holds over several units.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain

from tests.second_verifier.figures import Spec, number
from tests.second_verifier.forms import Facts
from tests.second_verifier.opened import SHOWN_BY_ITSELF, examine, identity
from tests.second_verifier.verify import Box, Found, Row

Answers = list[list[str]]
Given = Mapping[tuple[str, str], str]  # value by item and unit
Paper = frozenset[str]
MOST_JUDGED = 20_000
WHOLE = re.compile("[0-9]{1,6}")
DECIMAL = re.compile(r"(?=.{1,12}$)-?([0-9]+\.?[0-9]*|\.[0-9]+)")


def rules(facts: Facts, box: Box) -> Found:
    """A counted ballot is valid on a paper that it may have, a rejected one breaks what is told."""
    if not box.is_new or is_roster_changed(facts, box):
        return
    round_ = Round(facts, box)
    for ballot, row, group in round_.list_judged():
        reason, text = examine(box, ballot, row["key"])
        if reason == "":
            papers = {*round_.list_papers(group, row, text["answers"])}
            broken = [judge(facts, group, paper, text["answers"]) for paper in papers]
            told = (row["leaf"], row["reason"])
            yield (*told, holds(row["reason"], broken)), (*told, True)


def holds(reason: str, broken: list[set[str]]) -> bool:
    """Whether what is told fits the rules that are broken on each paper."""
    if not reason:
        return not all(broken)
    fitting = [kinds for kinds in broken if "foreign_unit" not in kinds]
    return any(reason in kinds for kinds in (reason != "foreign_unit" and fitting) or broken)


def is_roster_changed(facts: Facts, box: Box) -> bool:
    opened = box.events("open_box")[-1]["seq"]
    imports = (event for event in facts.log if event["verb"] == "import_roster")
    return any(
        {event["detail"].get("units"), event["detail"].get("raters")} != {"+0 ~0 -0"}
        for event in imports
        if event["seq"] > opened and event["subject"] == facts.manifest["season"]
    )


class Round:
    """Whose a ballot may be, and which units they see."""

    def __init__(self, facts: Facts, box: Box) -> None:
        self.facts, self.box, self.groups = facts, box, facts.scheme["groups"]
        self.rows: dict[str, Row] = {row["leaf"]: row for row in box.read("openings.csv")}
        answers = box.rows("ballots.csv")
        self.rater = {row["ballot"]: row["rater"] for row in answers}
        self.raters: dict[str, dict[str, str]] = defaultdict(dict)  # own units, by group and rater
        for row in facts.rows("raters.csv"):
            self.raters[row["group"]][row["rater"]] = row["unit"]
        heard = {(row["group"], row["rater"]) for row in answers}
        self.silent = {
            group: [rater for rater in raters if (group, rater) not in heard] or [*raters]
            for group, raters in self.raters.items()
        }
        self.related: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in facts.rows("relations.csv"):
            if row["round"] in ("", box.code):
                self.related[row["group"], row["rater"]].add(row["unit"])

    def list_judged(self) -> Iterator[tuple[Row, Row, str]]:
        """Each ballot of which it is known on which papers it may have been cast, with its row."""
        found: dict[str, list[tuple[Row, Row]]] = defaultdict(list)
        for ballot in self.box.newest.values():
            row = self.rows.get(ballot["leaf"])
            if row and row["reason"] not in SHOWN_BY_ITSELF:
                found[self.box.group[ballot["leaf"]]].append((ballot, row))
        for group, own in found.items():
            if identity(self.facts, group) == "unit":
                own = own if "listed" not in self.list_relations(group) else []
            elif identity(self.facts, group) == "named":
                papers = {self.paper(group, one) for one in self.silent.get(group, ())}
                known = [each for each in own if each[1]["ballot"] in self.rater]
                few = len(papers) * (len(own) - len(known)) <= MOST_JUDGED
                own = own if few else known
            yield from ((*each, group) for each in own)

    def list_relations(self, group: str) -> list[str]:
        return [sight["units"] for sight in self.groups[group]["sees"].values()]

    def list_papers(self, group: str, row: Row, answers: Answers) -> Iterator[Paper]:
        """Those that the ballot may have been cast on."""
        if identity(self.facts, group) == "unit":
            members, rated = (
                self.facts.units[self.groups[group]["members"]],
                {a[0] for a in answers},
            )
            # Of papers that lack a rated unit one shows what the others do, and of the rest, too.
            for is_rated in (False, True):
                for unit in [one for one in members if (one in rated) == is_rated][:1]:
                    yield self.paper(group, "", unit)
            return
        rater = self.rater.get(row["ballot"])
        for one in self.silent.get(group, ()) if rater is None else [rater]:
            yield self.paper(group, one)

    def paper(self, group: str, rater: str, own: str = "") -> Paper:
        """The units that a rater sees."""
        own = own or self.raters[group].get(rater, "")
        found: set[str] = set()
        for category, sight in self.groups[group]["sees"].items():
            seen = {*self.facts.units[category]}
            if sight["units"] == "listed":
                seen &= self.related[group, rater]
            found |= seen & {own} if sight["units"] == "own" else seen - {own}
        return frozenset(found)


def judge(facts: Facts, group: str, paper: Paper, answers: Answers) -> set[str]:
    """Which kinds of rules a ballot breaks on a paper."""
    code = facts.scheme["groups"][group]["questionnaire"]
    form = facts.scheme["questionnaires"][code]
    return {*Ballot(facts.category, form, paper, answers).list_broken()}


class Ballot:
    """Answers on a paper."""

    def __init__(
        self, category: Mapping[str, str], form: Spec, paper: Paper, answers: Answers
    ) -> None:
        self.form, self.paper, self.answers = form, paper, answers
        self.category = category
        self.given: Given = {(item, unit): value for unit, item, value in answers}
        self.questions = dict(list_questions(form))
        left_out = {unit for unit in paper if self.is_left_out(unit)}
        self.judged: dict[str, list[str]] = defaultdict(list)
        for unit in sorted(paper - left_out):
            self.judged[self.category[unit]].append(unit)
        self.recused = {unit for unit in left_out if self.value("recusal", unit)}

    def value(self, item: str, unit: str) -> str:
        return self.given.get((item, unit), "")

    def is_left_out(self, unit: str) -> bool:
        if self.form.get("recusal") == "true" and self.value("recusal", unit):
            return True
        answered = any(of == unit for _, of in self.given)
        return self.form.get("dealt_with") == "true" and not answered

    def list_broken(self) -> Iterator[str]:
        about = {
            part: is_of_units(q) for code, q in self.questions.items() for part in parts(code, q)
        }
        if self.form.get("recusal") == "true":
            about["recusal"] = True
        for unit, item, value in self.answers:
            if item not in about:
                yield "unknown_item"
            elif unit not in (self.paper if about[item] else {""}):
                yield "foreign_unit"
            if value == "":
                yield "missing"
        if len(self.given) < len(self.answers):
            yield "doubled"
        for unit in self.recused:
            if not is_text(self.value("recusal", unit), 200):
                yield "not_a_choice"
            if any(of == unit and item in about and item != "recusal" for item, of in self.given):
                yield "not_asked"
        for code, question in self.questions.items():
            if is_of_units(question):
                yield from self.of_units(code, question)
            else:
                yield from self.of_one(code, question, "", 0)

    def of_units(self, code: str, question: Spec) -> Iterator[str]:
        concerned = {c: units for c, units in self.judged.items() if concerns(question, c)}
        for category, units in self.judged.items():
            for unit in units:
                yield from self.of_one(code, question, unit, len(units), category in concerned)
        groups = [*concerned.values()]
        for units in [[*chain(*groups)]] if question["kind"] == "allotment" else groups:
            values = [self.value(code, unit) for unit in units]
            if all(fits(question, value, len(units)) for value in values if value):
                if values and all(values) and not weigh(question, values):
                    yield "proportions"
                if question.get("ordered") == "true":
                    yield from self.of_order(code, units, values)

    def of_one(
        self, code: str, question: Spec, unit: str, n: int, is_concerned: bool = True
    ) -> Iterator[str]:
        """What is wrong with one answer by itself."""
        value = self.value(code, unit)
        there = [item for item in parts(code, question) if (item, unit) in self.given]
        if not (is_concerned and self.is_asked(question, unit)):
            if there:
                yield "not_asked"
        elif not value:
            if question.get("required", str(question["kind"] != "text").lower()) == "true":
                yield "missing"
            if {*there} - {code}:
                yield "not_asked"
        elif not fits(question, value, n):
            yield "not_a_choice"
        elif question.get("other") == "true":
            words = self.value(f"{code}.other", unit)
            chosen = "other" in value.split(" ")
            if chosen != bool(words):
                yield "missing" if chosen else "not_asked"
            elif not is_text(words, 200):
                yield "not_a_choice"

    def is_asked(self, question: Spec, unit: str) -> bool:
        if "show_if" not in question:
            return True
        return self.holds(question["show_if"], unit)

    def holds(self, condition: Spec, unit: str) -> bool:
        """One question has one of the values; or all such parts hold, or any."""
        if "question" not in condition:
            ((word, parts),) = condition.items()
            return {"all": all, "any": any}[word](self.holds(part, unit) for part in parts)
        value = self.value(condition["question"], unit) or self.value(condition["question"], "")
        return bool({*value.split(" ")} & {*condition["is"]})

    def of_order(self, code: str, units: list[str], values: list[str]) -> Iterator[str]:
        """Places inside the bands, once all have one; until then each must be a place."""
        places = [self.value(f"{code}.place", unit) for unit in units]
        if all(values):
            for band in {*values}:
                own = [p for p, value in zip(places, values, strict=True) if value == band]
                if sorted(own) != sorted(map(str, range(1, len(own) + 1))):
                    yield "proportions"
        elif not all(is_whole(place, 1, len(units)) for place in places if place):
            yield "not_a_choice"


def list_questions(form: Spec) -> Iterator[tuple[str, Spec]]:
    """Each item of a matrix is a question of levels by itself."""
    for code, question in form["questions"].items():
        if question["kind"] == "matrix":
            for item in question["items"]:
                yield f"{code}.{item}", {**question, "kind": "levels"}
        else:
            yield code, question


def parts(code: str, question: Spec) -> list[str]:
    beside = {"place": question.get("ordered"), "other": question.get("other")}
    return [code, *(f"{code}.{name}" for name, is_there in beside.items() if is_there == "true")]


def is_of_units(question: Spec) -> bool:
    once = question["kind"] in ("yes_no", "choice", "text")
    return not once or question.get("about") == "units"


def concerns(question: Spec, category: str) -> bool:
    return category in question.get("categories", [category])


def fits(question: Spec, value: str, n: int) -> bool:
    """Whether a value answers a question, of n units of the category."""
    match question["kind"]:
        case "forced_ratio":
            return value in question["bands"]
        case "levels":
            return value in question["levels"]
        case "allotment":
            return is_whole(value, 1, 10) and value[0] != "0"
        case "ranking":
            return is_whole(value, 1, n)
        case "sum":
            return is_whole(value, 0, int(question.get("total", 100)))
        case "number":
            return is_number(question, value)
        case "text":
            return is_text(value, int(question.get("longest", 500)))
    options = ["yes", "no"] if question["kind"] == "yes_no" else [*question["options"]]
    options += ["other"] if question.get("other") == "true" else []
    chosen = value.split(" ")
    in_order = chosen == [code for code in options if code in chosen]
    return in_order and len(chosen) <= int(question.get("most", 1))


def is_number(question: Spec, value: str) -> bool:
    if not DECIMAL.fullmatch(value):
        return False
    low, high = number(question.get("from", 0)), number(question.get("to", 100))
    x, decimals = Fraction(value), len(value.partition(".")[2])
    step = number(question["step"]) if "step" in question else None
    fitting = low <= x <= high and decimals <= int(question.get("places", 0))
    return fitting and (step is None or (x - low) % step == 0)


def is_whole(value: str, low: int, high: int) -> bool:
    return bool(WHOLE.fullmatch(value)) and low <= int(value) <= high


def is_text(value: str, longest: int) -> bool:
    control = any(sign < " " and sign not in "\n\t" for sign in value)
    return len(value) <= longest and not control


def weigh(question: Spec, values: list[str]) -> bool:
    """Whether sound answers about all units of a category hold together."""
    n, kind = len(values), question["kind"]
    if kind == "ranking":
        return len({int(value) for value in values}) == n
    if kind == "sum":
        return n == 0 or sum(map(int, values)) == int(question.get("total", 100))
    if kind == "forced_ratio":
        return n < int(question["enforce_from"]) or fills(question, Counter(values), n)
    if kind == "allotment":
        return all(len(own) <= most for own, most in list_steps(question, values))
    limits = question.get("counts", ())
    if kind == "levels":
        points = {code: level["points"] for code, level in question["levels"].items()}
        rated = [value for value in values if points[value] != "none"]
        inside = [sum(value in limit["levels"] for value in rated) for limit in limits]
        return all(keeps(x, found, len(rated)) for x, found in zip(limits, inside, strict=True))
    return all(keeps(x, sum(is_inside(x, Fraction(v)) for v in values), n) for x in limits)


def fills(question: Spec, given: Counter[str], n: int) -> bool:
    """All bands but the last are rounded down, the last takes the rest."""
    bands, is_exact = [*question["bands"]], question.get("proportions", "exact") == "exact"
    due = {band: int(question["bands"][band]["share"]) * n // 100 for band in bands[:-1]}
    if not is_exact:
        return all(given[band] <= most for band, most in due.items())
    return all(given[band] == most for band, most in due.items())


def list_steps(question: Spec, values: list[str]) -> Iterator[tuple[list[str], int]]:
    """The values in each limited band, and how many there may be."""
    above = 11
    for band in question["bands"].values():
        own = [value for value in values if int(band["from"]) <= int(value) < above]
        above = int(band["from"])
        if "most" in band:
            yield own, int(number(band["most"]) * len(values))


def keeps(limit: Spec, found: int, n: int) -> bool:
    most = str(limit.get("most", n))
    highest = int(number(most) * n) if most.endswith("%") else int(most)
    return min(int(limit.get("least", 0)), n) <= found <= highest


def is_inside(limit: Spec, x: Fraction) -> bool:
    low = "from" not in limit or x >= number(limit["from"])
    return low and ("below" not in limit or x < number(limit["below"]))

"""Grades and awards inside each category: bars, thresholds, quotas, and who ties at a cut."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from analysis.outcome.rules import BarRule, GradeRule, Grading, Places, Rounding
from analysis.score.facts import Adjustment, Facts
from analysis.score.forbidden import holds_forbidden
from analysis.score.rounding import half_up
from analysis.score.tree import UnitResult

NO_AWARD = "no_award"

Reason = Literal["set", "below", "last", "places", "threshold", "rest", ""]
NO_REASON: Reason = ""


@dataclass(frozen=True)
class Bar:
    """A rule that applies to a unit, with the fact behind it: an event's evidence, or a figure."""

    rule: str
    fact: str


@dataclass(frozen=True)
class Graded:
    """A unit's place after tie-breaking, its grade and why it has it, bars and awards."""

    unit: str
    place: int | None
    grade: str | None
    reason: Reason
    bars: tuple[Bar, ...] = ()
    awards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quota:
    """The places of a grade or award in a category, with what was carried on, and those filled."""

    category: str
    code: str
    places: int
    filled: int


@dataclass(frozen=True)
class CategoryGrades:
    """All units of one category with their grades, and how the places went."""

    units: tuple[Graded, ...]
    quotas: tuple[Quota, ...]


def category_grades(
    rules: Grading, category: str, results: Sequence[UnitResult], facts: Facts, places: int
) -> CategoryGrades:
    """The grades of one category's units under `rules`.

    In this order: a bar that sets a grade; figures below a grade's bound; the last share; then
    the grades from the best down, each to the highest units that may have it, until its places
    are filled. A unit that is barred is passed over, and the next one takes its place. Units
    without a published figure have no grade unless a bar sets one. `places` are the decimals that
    figures, also those of tie-breaks, are compared with: never by hidden ones.
    """
    return _Category(rules, category, results, facts, places).grades()


def open_places(rules: Grading, category: str, counted: int) -> Mapping[str, int]:
    """The places of every grade and award with a bound among `counted` units, before any is filled.

    What `carry` brings a grade from the one above it is known only once that one is filled.
    """
    bounds = {grade.code: grade.places for grade in rules.grades}
    bounds |= {award.code: award.places for award in rules.awards}
    found = {code: _exact_places(each, category, counted) for code, each in bounds.items()}
    return {
        code: _rounded(exact, rules.rounding) for code, exact in found.items() if exact is not None
    }


class _Category:
    """One category on its way to its grades."""

    def __init__(
        self,
        rules: Grading,
        category: str,
        results: Sequence[UnitResult],
        facts: Facts,
        places: int,
    ) -> None:
        self.rules = rules
        self.category = category
        # A flag of the roster (docs/evidence, units.csv), no rule of the scheme: people nominate.
        no_award = {unit.code for unit in facts.units if NO_AWARD in unit.flags}
        self.no_award = {result.unit for result in results} & no_award
        events = _happened(facts)
        self.bars = {result.unit: tuple(_bars(rules.bars, result, events)) for result in results}
        # What was published, not what was computed: 89.996 shown as 90.00 reaches a bound of 90.
        self.figures = {r.unit: Fraction(r.published) for r in results if r.published is not None}
        self.ties = _ordered(results, rules.tie_break, places)
        # Whoever takes no award makes no place for others either, unless the scheme says so
        # (`count_no_award`): 30% of a category would else be more than 30% of those who compete.
        self.counted = [
            unit
            for tie in self.ties
            for unit in tie
            if rules.count_no_award or unit not in self.no_award
        ]
        self.given: dict[str, tuple[str, Reason]] = {}
        self.quotas: list[Quota] = []

    def grades(self) -> CategoryGrades:
        # The order of docs/schemes. What a unit was given first stays, so the order is the rule.
        self._set()
        self._below()
        self._last()
        self._fill()
        awards = {unit: tuple(codes) for unit, codes in self._awards().items()}
        place = _tie_places(self.ties)
        units = []
        for unit in self.bars:
            grade, reason = self.given.get(unit, (None, NO_REASON))
            units.append(
                Graded(unit, place.get(unit), grade, reason, self.bars[unit], awards.get(unit, ()))
            )
        return CategoryGrades(tuple(units), tuple(self.quotas))

    def _set(self) -> None:
        """Of several grades that bars set, the worst holds."""
        # Grades are listed best first, so the greatest index is the worst.
        order = [grade.code for grade in self.rules.grades]
        sets = {bar.code: bar.sets for bar in self.rules.bars if bar.sets}
        for unit, bars in self.bars.items():
            found = [sets[bar.rule] for bar in bars if bar.rule in sets]
            if found:
                self.given[unit] = max(found, key=order.index), "set"

    def _below(self) -> None:
        # From the worst up: a figure below two bounds has the worse grade, for the first one stays.
        for grade in reversed(self.rules.grades):
            for unit, figure in self.figures.items():
                if grade.below is not None and figure < grade.below and self._may(unit, grade):
                    self.given.setdefault(unit, (grade.code, "below"))

    def _last(self) -> None:
        for grade in reversed(self.rules.grades):
            if grade.last is None:
                continue
            left = _rounded(grade.last * len(self.counted), self.rules.rounding)
            counted = set(self.counted)
            for tie in reversed(self.ties):
                own = [unit for unit in tie if unit in counted]
                # With `none` nobody of a tie across the edge
                # is put last; the others above stay out, too.
                if own and (left <= 0 or (len(own) > left and self.rules.ties == "none")):
                    break
                for unit in own:
                    if self._may(unit, grade):
                        self.given.setdefault(unit, (grade.code, "last"))
                # Also those that may not have the grade fill
                # the share: nobody is put last in their stead.
                left -= len(own)

    def _fill(self) -> None:
        """Grades from the best down; what one leaves over goes on as `carry` says."""
        carried = Fraction(0)
        for grade in self.rules.grades:
            exact = self._exact(grade.places)
            # No share, no count: it takes all that are left
            # when its turn comes (docs/schemes, grades).
            if exact is None:
                self._fill_open(grade)
                continue
            # Rounded with what was carried on: under `all`
            # the fractions of two grades make a place.
            places = _rounded(exact + carried, self.rules.rounding)
            filled = self._fill_places(grade, max(places, 0))
            # With `ties: all` a grade may overfill. Under `carry: all` the next grades pay for it,
            # and one that owes more than it has is left with none.
            self.quotas.append(Quota(self.category, grade.code, max(places, 0), filled))
            if self.rules.carry == "all":
                carried += exact - filled
            # Here nothing is owed: the next grade keeps its own places.
            elif self.rules.carry == "unfilled":
                carried = Fraction(max(places - filled, 0))

    def _fill_open(self, grade: GradeRule) -> None:
        reason: Reason = "rest" if grade.at_least is None else "threshold"
        for unit in self.figures:
            if unit not in self.given and self._reaches(unit, grade):
                self.given[unit] = grade.code, reason

    def _fill_places(self, grade: GradeRule, places: int) -> int:
        filled = 0
        for tie in self.ties:
            fit = [u for u in tie if u not in self.given and self._reaches(u, grade)]
            if filled >= places or (filled + len(fit) > places and self.rules.ties == "none"):
                # A tie that does not fit ends the grade, or somebody further down would be graded
                # above it. Whom a bar keeps out ends nothing: the next one takes the place.
                if fit:
                    break
                continue
            for unit in fit:
                self.given[unit] = grade.code, "places"
            filled += len(fit)
        return filled

    def _awards(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for award in self.rules.awards:
            exact = self._exact(award.places)
            # An award without a bound goes to all who may have it.
            most = len(self.figures) if exact is None else _rounded(exact, self.rules.rounding)
            filled = 0
            for tie in self.ties:
                fit = [
                    unit
                    for unit in tie
                    if self._may_be_awarded(unit, award.code)
                    and self._has_grade(unit, award.grades)
                    and _at_least(self.figures[unit], award.at_least)
                ]
                # As with grades: nobody below a tie that did not fit is commended before it.
                if fit and (
                    filled >= most or (filled + len(fit) > most and self.rules.ties == "none")
                ):
                    break
                for unit in fit:
                    found.setdefault(unit, []).append(award.code)
                filled += len(fit)
            self.quotas.append(Quota(self.category, award.code, most, filled))
        return found

    def _exact(self, places: Places) -> Fraction | None:
        """The places before rounding; None where there is no bound."""
        return _exact_places(places, self.category, len(self.counted))

    def _reaches(self, unit: str, grade: GradeRule) -> bool:
        return self._may(unit, grade) and _at_least(self.figures[unit], grade.at_least)

    def _may(self, unit: str, grade: GradeRule) -> bool:
        if grade.award and unit in self.no_award:
            return False
        return grade.code not in self._barred(unit)

    def _may_be_awarded(self, unit: str, award: str) -> bool:
        return unit not in self.no_award and award not in self._barred(unit)

    def _has_grade(self, unit: str, grades: frozenset[str]) -> bool:
        return not grades or self.given.get(unit, ("", ""))[0] in grades

    def _barred(self, unit: str) -> frozenset[str]:
        bars = {bar.code: bar.bars for bar in self.rules.bars}
        return frozenset().union(*(bars[bar.rule] for bar in self.bars[unit]))


def _exact_places(places: Places, category: str, counted: int) -> Fraction | None:
    if category in places.counts:
        return Fraction(places.counts[category])
    if category in places.shares:
        return places.shares[category] * counted
    return None


def _happened(facts: Facts) -> Mapping[tuple[str, str], list[Adjustment]]:
    """The adjustments of each unit and rule; with 0 times and no amount nothing has happened."""
    found: dict[tuple[str, str], list[Adjustment]] = {}
    for each in facts.adjustments:
        if each.times or each.amount:
            found.setdefault((each.unit, each.rule), []).append(each)
    return found


def _bars(
    rules: Sequence[BarRule],
    result: UnitResult,
    happened: Mapping[tuple[str, str], list[Adjustment]],
) -> Iterator[Bar]:
    nodes = {node.code: node for node in result.tree.walk()}
    for rule in rules:
        if rule.event:
            events = happened.get((result.unit, rule.event))
            if events:
                yield Bar(
                    rule.code, "; ".join(sorted(f"{a.date} {a.evidence}".strip() for a in events))
                )
            continue
        node = nodes.get(rule.node)
        if node is None:
            continue
        # What is put in the place of a forbidden figure says nothing of how often something
        # happened, so it lets nobody past a bar that many events make.
        hides = holds_forbidden(node) and (node.value is None or rule.at_least is not None)
        if hides or (node.value is not None and _holds(node.value, rule.at_least, rule.below)):
            yield Bar(rule.code, "NA" if node.value is None else half_up(node.value, 2))


def _holds(value: Fraction, least: Fraction | None, below: Fraction | None) -> bool:
    return _at_least(value, least) and (below is None or value < below)


def _at_least(value: Fraction, least: Fraction | None) -> bool:
    return least is None or value >= least


def _ordered(
    results: Sequence[UnitResult], tie_break: Sequence[str], places: int
) -> list[list[str]]:
    """Units with a published figure, best first; those that can't be told apart together."""
    keys: dict[tuple[Decimal, ...], list[str]] = {}
    for result in results:
        if result.published is None:
            continue
        # What stands for a forbidden figure wins no tie, not even against a unit without one.
        values = {
            node.code: None if holds_forbidden(node) else node.value for node in result.tree.walk()
        }
        further = (_compared(values.get(code), places) for code in tie_break)
        # As shown, also the tie-breaks: a place must not hang on decimals that nobody can read.
        keys.setdefault((Decimal(result.published), *further), []).append(result.unit)
    # In a fixed order inside a tie as well: the order of the results must change nothing.
    return [sorted(keys[key]) for key in sorted(keys, reverse=True)]


def _compared(value: Fraction | None, places: int) -> Decimal:
    """A unit without the figure comes after all that have it."""
    return Decimal("-Infinity") if value is None else Decimal(half_up(value, places))


def _tie_places(ties: Sequence[Sequence[str]]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for tie in ties:
        place = len(found) + 1
        found |= dict.fromkeys(tie, place)
    return found


def _rounded(exact: Fraction, rounding: Rounding) -> int:
    if rounding == "up":
        # Whole numbers alone, as in `band_quota`: `int(0.29 * 100)` is 28.
        return -((-exact.numerator) // exact.denominator)
    if rounding == "nearest":
        exact += Fraction(1, 2)
    return exact.numerator // exact.denominator

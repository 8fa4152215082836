"""What follows from a season's scores: grades, awards, consequences and disagreements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from analysis.outcome.confirmation import Disagreement, disagreements
from analysis.outcome.grading import Bar, Graded, Quota, Reason, category_grades
from analysis.outcome.history import Consequence, Year, build_year, consequences, past_years, span
from analysis.outcome.rules import ConsequenceRule, OutcomeRules
from analysis.score.facts import Facts
from analysis.score.tree import UnitResult


@dataclass(frozen=True)
class UnitOutcome:
    """One unit's final line. `place` is its place after tie-breaking, `reason` why it has its
    grade; `coefficients` are keyed by post; consequences are listed for people to decide on."""

    unit: str
    category: str
    published: str | None
    rank: int | None
    place: int | None
    grade: str | None
    reason: Reason
    bars: tuple[Bar, ...] = ()
    awards: tuple[str, ...] = ()
    coefficients: Mapping[str, Fraction] = field(default_factory=dict)
    consequences: tuple[Consequence, ...] = ()
    confirmations: tuple[Disagreement, ...] = ()


@dataclass(frozen=True)
class SeasonOutcome:
    """The final list in the order of the units, and how the places of every grade went."""

    units: tuple[UnitOutcome, ...]
    quotas: tuple[Quota, ...]

    def get_unit(self, code: str) -> UnitOutcome:
        return next(unit for unit in self.units if unit.unit == code)


def season_outcome(
    rules: OutcomeRules, facts: Facts, results: Sequence[UnitResult], places: int
) -> SeasonOutcome:
    """The outcome of scored results under `rules`.

    `places` are the decimals of published figures. The season's year is the one that the rules
    state, else the facts', else the one after the latest year in `facts.history`; without any,
    consequences over more than one year are not looked for.
    """
    grades: dict[str, Graded] = {}
    quotas: list[Quota] = []
    differing: dict[str, list[Disagreement]] = {}
    # A grade's places, its ties and both ranks of a confirmation are those of one category.
    for category, own in _by_category(results).items():
        found = category_grades(rules.grading, category, own, facts, places)
        grades |= {graded.unit: graded for graded in found.units}
        quotas += found.quotas
        for rule in rules.confirmations:
            for each in disagreements(rule, own, places):
                differing.setdefault(each.unit, []).append(each)
    following = _consequences(rules, facts, results, grades)
    coefficients = {grade.code: grade.coefficients for grade in rules.grading.grades}
    units = tuple(
        UnitOutcome(
            result.unit,
            result.category,
            result.published,
            result.rank,
            grades[result.unit].place,
            grades[result.unit].grade,
            grades[result.unit].reason,
            grades[result.unit].bars,
            grades[result.unit].awards,
            coefficients.get(grades[result.unit].grade or "", {}),
            following.get(result.unit, ()),
            tuple(differing.get(result.unit, ())),
        )
        for result in results
    )
    return SeasonOutcome(units, tuple(quotas))


def _by_category(results: Sequence[UnitResult]) -> dict[str, list[UnitResult]]:
    found: dict[str, list[UnitResult]] = {}
    for result in results:
        found.setdefault(result.category, []).append(result)
    return found


def _consequences(
    rules: OutcomeRules, facts: Facts, results: Sequence[UnitResult], grades: Mapping[str, Graded]
) -> dict[str, tuple[Consequence, ...]]:
    past = past_years(facts.history, {result.unit: result.category for result in results})
    latest = max((each.year for each in facts.history), default=0)
    # History can't say by itself which year this is: with a gap before it, it would take the year
    # after the latest entry. So an office, or the package's season.csv, may state it.
    year = rules.year or facts.year or (latest + 1 if facts.history else None)
    this_year = _this_year(facts, results, grades)
    if year is None:
        # Years running can't be counted from a year that nobody has said: such rules wait for it.
        return {
            unit: tuple(
                replace(found, years=())
                for found in consequences(_of_one_year(rules.consequences), 1, {1: now})
            )
            for unit, now in this_year.items()
        }
    return {
        unit: consequences(rules.consequences, year, {**past.get(unit, {}), year: now})
        for unit, now in this_year.items()
    }


def _of_one_year(rules: Sequence[ConsequenceRule]) -> list[ConsequenceRule]:
    return [
        replace(rule, marks=tuple(marks for marks in rule.marks if marks.years == 1))
        for rule in rules
    ]


def _this_year(
    facts: Facts, results: Sequence[UnitResult], grades: Mapping[str, Graded]
) -> dict[str, Year]:
    events: dict[str, set[str]] = {}
    for each in facts.adjustments:
        if each.times or each.amount:
            events.setdefault(each.unit, set()).add(each.rule)
    years = {}
    for own in _by_category(results).values():
        figures = {r.unit: Fraction(r.published) for r in own if r.published is not None}
        among = span([*figures.values()])
        for result in own:
            years[result.unit] = build_year(
                figures.get(result.unit),
                grades[result.unit].grade or "",
                among,
                # Events of earlier years are in no file: a mark by event holds for this year alone.
                frozenset(events.get(result.unit, ())),
            )
    return years

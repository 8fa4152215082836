"""Consequences over years: which marks a unit has had year after year, for people to decide on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.outcome.rules import ConsequenceRule, Marks
from analysis.score.facts import Past


@dataclass(frozen=True)
class Year:
    """One unit's result in one year; `events` are known for the season's own year only.

    `first` and `last` are None where too few units are known to tell.
    """

    score: Fraction | None
    grade: str
    first: bool | None
    last: bool | None
    events: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Span:
    """The lowest and the highest score of a category."""

    lowest: Fraction
    highest: Fraction


@dataclass(frozen=True)
class Consequence:
    """A rule that applies to a unit; with `unknown` years nobody can say, and people must look."""

    rule: str
    years: tuple[int, ...]
    unknown: tuple[int, ...] = ()


def consequences(
    rules: Sequence[ConsequenceRule], year: int, years: Mapping[int, Year]
) -> tuple[Consequence, ...]:
    """What applies to one unit in `year`, from its own results by year.

    A year without a result breaks no chain by itself: where all other years of a chain have the
    mark, the consequence is listed with that year as unknown. One that certainly applies is
    listed once, by its shortest chain.
    """
    found = []
    for rule in rules:
        applies = [c for marks in rule.marks if (c := _chain(rule.code, marks, year, years))]
        applies.sort(key=lambda c: (bool(c.unknown), len(c.years)))
        found += applies[:1]
    return tuple(found)


def past_years(
    history: Sequence[Past], categories: Mapping[str, str]
) -> dict[str, dict[int, Year]]:
    """By unit and year; places among the units of the same category that the year's list has."""
    scores: dict[tuple[int, str], list[Fraction]] = {}
    for past in history:
        # Who is not evaluated any more has no category in which it could be first or last.
        if past.score is not None and past.unit in categories:
            scores.setdefault((past.year, categories[past.unit]), []).append(past.score)
    spans = {key: span(of_category) for key, of_category in scores.items()}
    found: dict[str, dict[int, Year]] = {}
    for past in history:
        if past.unit in categories:
            year = build_year(past.score, past.grade, spans.get((past.year, categories[past.unit])))
            found.setdefault(past.unit, {})[past.year] = _with_place(year, past.place)
    return found


def span(scores: Sequence[Fraction]) -> Span | None:
    """The lowest and the highest score of a category; None where nobody can be first or last."""
    return Span(min(scores), max(scores)) if len(scores) > 1 else None


def build_year(
    score: Fraction | None, grade: str, among: Span | None, events: frozenset[str] = frozenset()
) -> Year:
    """A year among the scores of its category, the unit's own included.

    Alone a unit has no place, and where all are equal nobody is last.
    """
    if score is None or among is None:
        return Year(score, grade, None, None, events)
    last = score == among.lowest < among.highest
    return Year(score, grade, score == among.highest, last, events)


def _with_place(year: Year, place: str) -> Year:
    """A place that was stated goes before one that follows from the scores at hand."""
    return replace(year, first=place == "first", last=place == "last") if place else year


def _chain(code: str, marks: Marks, year: int, years: Mapping[int, Year]) -> Consequence | None:
    chain = tuple(range(year - marks.years + 1, year + 1))
    held = [_has_mark(marks, years.get(each)) for each in chain]
    # The season's own year is the last of the chain and must be known. An earlier gap is no way
    # out: the year is named, and people decide (docs/schemes, consequences).
    if False in held or held[-1] is None:
        return None
    unknown = tuple(each for each, has in zip(chain, held, strict=True) if has is None)
    return Consequence(code, chain, unknown)


def _has_mark(marks: Marks, year: Year | None) -> bool | None:
    """Whether a year has one of the marks, or all; None where its result is not known."""
    if year is None:
        return None
    found: list[bool | None] = []
    if marks.below is not None:
        found.append(None if year.score is None else year.score < marks.below)
    if marks.at_least is not None:
        found.append(None if year.score is None else year.score >= marks.at_least)
    if marks.grades:
        # No grade is an answer, too: the year is known, and the unit had none.
        found.append(year.grade in marks.grades)
    if marks.first:
        found.append(year.first)
    if marks.last:
        found.append(year.last)
    if marks.event:
        found.append(marks.event in year.events)
    # Where one mark is enough, one that holds outweighs what is not known of the others; where all
    # are needed, one that does not hold.
    decisive = not marks.together
    if decisive in found:
        return decisive
    return None if None in found else not decisive

"""Grades with reasons, bars, coefficients and consequences: rows of the report and the workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from evalsvc.reports.ranking import list_categories
from evalsvc.reports.words.outcome_words import (
    NO_AWARDS,
    list_bars,
    list_following,
    say_coefficients,
    say_end,
    say_places,
    say_why,
)
from evalsvc.results.season import ResultContent
from evalsvc.text import NOTHING, Text


@dataclass(frozen=True)
class OutcomeRow:
    """One unit: its place after tie-breaking, grade and awards, and what stands behind them.

    `coefficients` are keyed by post; `posts` says them in words. `following` is what people have
    to decide on, over years where the scheme says so.
    """

    unit: str
    name: str
    published: str | None
    place: int | None
    end: Text
    why: Text
    bars: Text
    coefficients: Mapping[str, Fraction]
    posts: Text
    following: Text


@dataclass(frozen=True)
class OutcomePart:
    """One category: how its places went, and its units by rank."""

    category: Text
    places: Text
    rows: tuple[OutcomeRow, ...]


def list_outcome_parts(content: ResultContent) -> tuple[OutcomePart, ...]:
    """All categories; nothing where the scheme gives neither grades nor awards."""
    return tuple(_list_parts(content)) if content.ends else ()


def _list_parts(content: ResultContent) -> Iterator[OutcomePart]:
    scheme = content.scheme
    for category, units in list_categories(content):
        quotas = [each for each in content.quotas if each.category == category.code]
        yield OutcomePart(
            category.name,
            say_places(quotas, scheme),
            tuple(_build_row(content, unit.unit) for unit in units),
        )


def _build_row(content: ResultContent, unit: str) -> OutcomeRow:
    end, scheme = content.ends[unit], content.scheme
    no_award = (NO_AWARDS,) if unit in content.no_award else ()
    return OutcomeRow(
        unit=unit,
        name=content.names[unit],
        published=end.published,
        place=end.place,
        end=say_end(end, scheme),
        why=_run_on((say_why(end, scheme), *no_award)),
        bars=_run_on(list_bars(end, scheme)),
        coefficients=end.coefficients,
        posts=say_coefficients(end, scheme),
        following=_run_on(list_following(end, scheme)),
    )


def _run_on(sentences: tuple[Text, ...]) -> Text:
    """Sentences one after the other; English ones with a space between."""
    told = [each for each in sentences if each]
    return Text("", " ").join(told) if told else NOTHING

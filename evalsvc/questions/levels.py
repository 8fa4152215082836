"""Levels: one answer of a satisfaction scale about every unit, or one of several items each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from analysis.score.rules import LevelLimit, Rated
from analysis.score.validity import limit_places
from evalsvc.questions.level_limits import (
    fill_limits,
    read_count,
    say_breach,
    say_limit,
    write_count,
)
from evalsvc.questions.question import Level, Option, Question, Reader, Scoring, SeveralReader
from evalsvc.questions.values import measure
from evalsvc.scheme.file.entries import Entry, write_number, write_text
from evalsvc.scheme.file.limits import LONGEST_SHORT_CODE, MOST_OPTIONS, MOST_QUESTIONS
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import AND, Text


@dataclass(frozen=True)
class LevelsQuestion(Question):
    """The rater chooses one level for every unit.

    `counts` says how many units of a category may have some levels, taken together.
    """

    kind: ClassVar[str] = "levels"
    called: ClassVar[Text] = Text("分级评价", "Levels")
    scoring: ClassVar[Scoring] = "kept"
    option_word: ClassVar[Text] = Text("等级", "level")

    levels: tuple[Level, ...]
    counts: tuple[LevelLimit, ...] = ()

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {cls.kind: _read}

    @classmethod
    def list_several_readers(cls) -> Mapping[str, SeveralReader]:
        return {"matrix": _read_matrix}

    def write(self) -> dict[str, Entry]:
        entry: dict[str, Entry] = {
            "levels": {level.code: _write_level(level) for level in self.levels}
        }
        counts: list[Entry] = [write_count(self, limit) for limit in self.counts]
        return entry | ({"counts": counts} if counts else {})

    def is_answer(self, value: str, most: int) -> bool:  # noqa: ARG002 (levels are the same for any number)
        return any(level.code == value for level in self.levels)

    def say_choices(self, most: int) -> Text:  # noqa: ARG002 (levels are the same for any number)
        return AND.join(level.name for level in self.levels)

    @property
    def longest_value(self) -> int:
        return max(measure(level.code) for level in self.levels)

    @property
    def posted(self) -> Sequence[str]:
        return ["0" * self.longest_value]

    @property
    def scale(self) -> tuple[Level, ...]:
        return self.levels

    def list_options(self) -> tuple[Option, ...]:
        # "Don't know" is set apart from the scale: it is no worse than the worst.
        return tuple(
            Option(level.code, level.name, apart=level.points is None) for level in self.levels
        )

    def rate(self, rule: Rated) -> Rated:
        return replace(
            rule,
            points={
                level.code: None if level.points is None else Fraction(level.points)
                for level in self.levels
            },
            level_limits=self.counts,
        )

    @property
    def rules(self) -> tuple[Text, ...]:
        return tuple(say_limit(self, limit) for limit in self.counts)

    def invent(self, place: int, of: int, quality: Fraction) -> str:
        # A trial's answers are about something, so "don't know" is not among them.
        scored = [level.code for level in self.levels if level.points is not None]
        if self.counts:
            # Best first, as many of each as its limits leave room for.
            return fill_limits(scored, self.counts, of)[place]
        return scored[min(int((1 - quality) * len(scored)), len(scored) - 1)]

    def _weigh(self, values: Sequence[str]) -> Iterator[Text]:
        scored = {level.code for level in self.levels if level.points is not None}
        rated = [value for value in values if value in scored]
        for limit in self.counts:
            # The arithmetic of the score itself, so that no ballot is taken here and void there.
            least, most = limit_places(limit, len(rated))
            n = sum(value in limit.levels for value in rated)
            if not least <= n <= most:
                yield say_breach(self, limit, (least, most, n))


def _read(reading: Reading, code: str, field: Field) -> LevelsQuestion:
    parts = reading.record(field, ("kind", "title", "levels"), ("counts",))
    levels = _read_levels(reading, parts["levels"])
    scored = tuple(level.code for level in levels if level.points is not None)
    counts = tuple(
        read_count(reading, each, scored)
        for each in reading.sequence(parts["counts"], MOST_OPTIONS)
    )
    return LevelsQuestion(code, reading.words(parts["title"]), levels, counts)


def _read_matrix(reading: Reading, code: str, field: Field) -> tuple[LevelsQuestion, ...]:
    """Several items of a unit on one scale; the score names them `question.item`."""
    parts = reading.record(field, ("kind", "items", "levels"))
    levels = _read_levels(reading, parts["levels"])
    return tuple(
        LevelsQuestion(f"{code}.{item}", reading.words(found), levels)
        for item, found in reading.declared(parts["items"], MOST_QUESTIONS).items()
    )


def _read_levels(reading: Reading, field: Field) -> tuple[Level, ...]:
    levels = tuple(
        _read_level(reading, level, found)
        # Levels are items of counts, and PostgreSQL refuses a code that its column has no room for:
        # when the box is opened, after the votes. So the scheme is refused now.
        for level, found in reading.declared(field, MOST_OPTIONS, LONGEST_SHORT_CODE).items()
    )
    # A scale of nothing but "don't know" has no mean.
    if levels and all(level.points is None for level in levels):
        reading.report(field, Text("至少一级要有分值", "expected a level that has points"))
    return levels


def _read_level(reading: Reading, code: str, field: Field) -> Level:
    parts = reading.record(field, ("name", "points"), ("counts_as",))
    counted = reading.text(parts["points"]) != "none"
    standing = reading.choice(parts["counts_as"], ("nothing", "satisfied", "basically_satisfied"))
    return Level(
        code,
        reading.words(parts["name"]),
        reading.number(parts["points"]) if counted else None,
        satisfied=standing == "satisfied",
        basically=standing == "basically_satisfied",
    )


def _write_level(level: Level) -> Entry:
    entry: dict[str, Entry] = {
        "name": write_text(level.name),
        "points": "none" if level.points is None else write_number(level.points),
    }
    if level.satisfied or level.basically:
        entry["counts_as"] = "satisfied" if level.satisfied else "basically_satisfied"
    return entry

"""What a published version says: fixed as text when it is proposed, and never worked out again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from analysis.outcome import SeasonOutcome, UnitOutcome


@dataclass(frozen=True)
class NoticeUnit:
    """One unit's line: figure and place as published, grade and awards by their codes.

    `why` are the bars that held, as rule and fact; units read their own only.
    """

    unit: str
    name: str
    category: str
    published: str | None
    rank: int | None
    grade: str | None
    awards: tuple[str, ...] = ()
    why: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Notice:
    """All units in the order of the roster."""

    units: tuple[NoticeUnit, ...]

    def find_unit(self, code: str) -> NoticeUnit | None:
        return next((each for each in self.units if each.unit == code), None)

    def list_category(self, category: str) -> list[NoticeUnit]:
        """A category's units by place, those without one last."""
        own = [each for each in self.units if each.category == category]
        return sorted(own, key=lambda each: (each.rank is None, each.rank or 0))


@dataclass(frozen=True)
class Difference:
    """A unit's line before and after a correction; None where it was not there."""

    before: NoticeUnit | None
    after: NoticeUnit | None


def build_notice(outcome: SeasonOutcome, names: Mapping[str, str]) -> Notice:
    """The notice of a computation's outcome."""
    return Notice(tuple(_build_unit(each, names) for each in outcome.units))


def write_notice(notice: Notice) -> str:
    """The text that is kept, and over which the notice's hash is."""
    return json.dumps(asdict(notice), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_notice(text: str) -> Notice:
    """The notice that `write_notice` wrote."""
    return Notice(
        tuple(
            NoticeUnit(
                **{**unit, "awards": tuple(unit["awards"]),
                   "why": tuple((rule, fact) for rule, fact in unit["why"])}
            )
            for unit in json.loads(text)["units"]
        )
    )  # fmt: skip


def hash_notice(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def list_differences(before: Notice, after: Notice) -> Sequence[Difference]:
    """What a correction changed, unit by unit."""
    old = {each.unit: each for each in before.units}
    new = {each.unit: each for each in after.units}
    return [
        Difference(old.get(code), new.get(code))
        for code in {**new, **old}
        if _said(old.get(code)) != _said(new.get(code))
    ]


def _said(unit: NoticeUnit | None) -> tuple[object, ...] | None:
    return None if unit is None else (unit.published, unit.rank, unit.grade, unit.awards)


def _build_unit(outcome: UnitOutcome, names: Mapping[str, str]) -> NoticeUnit:
    return NoticeUnit(
        unit=outcome.unit,
        name=names[outcome.unit],
        category=outcome.category,
        published=outcome.published,
        rank=outcome.rank,
        grade=outcome.grade,
        awards=outcome.awards,
        why=tuple((bar.rule, bar.fact) for bar in outcome.bars),
    )

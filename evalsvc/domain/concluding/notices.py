"""What a published version says: fixed as text when it is proposed, and never worked out again."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, cast

from analysis.outcome.grading import NO_AWARD, Bar, Quota, Reason
from analysis.outcome.history import Consequence
from analysis.outcome.season_outcome import SeasonOutcome, UnitOutcome
from analysis.score.facts import Adjustment, Facts


@dataclass(frozen=True)
class NoticeEvent:
    """A bonus or deduction as it stood; `amount` is an exact fraction as text."""

    rule: str
    times: int
    amount: str | None
    date: str
    evidence: str


@dataclass(frozen=True)
class NoticeUnit:
    """One unit's line: figure and place as published, grade and awards by their codes.

    `why` are the bars that held, as rule and fact; they, `events` and what follows these are for
    the unit alone. `reason` is empty in notices of before, which did not say why. Figures that do
    not confirm each other are the office's matter: they may lie below what is public.
    """

    unit: str
    name: str
    category: str
    published: str | None
    rank: int | None
    grade: str | None
    awards: tuple[str, ...] = ()
    why: tuple[tuple[str, str], ...] = ()
    events: tuple[NoticeEvent, ...] = ()
    place: int | None = None
    reason: str = ""
    coefficients: tuple[tuple[str, str], ...] = ()
    consequences: tuple[Consequence, ...] = ()
    takes_awards: bool = True

    def find_outcome(self) -> UnitOutcome | None:
        """What followed from the score when the version was proposed; None where it is not said."""
        if self.grade and not self.reason:
            return None
        return UnitOutcome(
            self.unit,
            self.category,
            self.published,
            self.rank,
            self.place,
            self.grade,
            cast(Reason, self.reason),
            tuple(Bar(rule, fact) for rule, fact in self.why),
            self.awards,
            {post: Fraction(factor) for post, factor in self.coefficients},
            self.consequences,
        )


@dataclass(frozen=True)
class Notice:
    """All units in the order of the roster, and how the places of grades and awards went.

    `salt` is chance: the hash is public and the reasons and events are not, nor is everybody always
    named, so that whoever knows all but one thing could else try that one out.
    """

    units: tuple[NoticeUnit, ...]
    salt: str = ""
    quotas: tuple[Quota, ...] = ()

    def find_unit(self, code: str) -> NoticeUnit | None:
        return next((each for each in self.units if each.unit == code), None)

    def list_category(self, category: str) -> list[NoticeUnit]:
        """A category's units by place, those without one last."""
        own = [each for each in self.units if each.category == category]
        return sorted(own, key=lambda each: (each.rank is None, each.rank or 0))


@dataclass(frozen=True)
class ChangedLine:
    """A unit's line before and after a correction; None where it was not there."""

    before: NoticeUnit | None
    after: NoticeUnit | None


def build_notice(outcome: SeasonOutcome, facts: Facts, salt: str = "") -> Notice:
    """The notice of a computation's outcome."""
    names = {unit.code: unit.name for unit in facts.units}
    no_award = {unit.code for unit in facts.units if NO_AWARD in unit.flags}
    units = tuple(
        _build_unit(each, names, facts.adjustments, takes_awards=each.unit not in no_award)
        for each in outcome.units
    )
    return Notice(units, salt, outcome.quotas)


def write_notice(notice: Notice) -> str:
    """The text that is kept, and over which the notice's hash is."""
    # The hash is over this text, so it has one spelling; without a salt it is as it always was.
    said = {name: value for name, value in asdict(notice).items() if value or name != "salt"}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_notice(text: str) -> Notice:
    """The notice that `write_notice` wrote."""
    said = json.loads(text)
    return Notice(
        tuple(
            NoticeUnit(
                **{
                    **unit,
                    "awards": tuple(unit["awards"]),
                    "why": tuple((rule, fact) for rule, fact in unit["why"]),
                    "events": tuple(NoticeEvent(**event) for event in unit["events"]),
                    **_read_outcome(unit),
                }
            )
            for unit in said["units"]
        ),
        said.get("salt", ""),
        tuple(Quota(**quota) for quota in said.get("quotas", ())),
    )


def hash_notice(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def pick_public(notice: Notice, shows: Collection[str] | None) -> Notice:
    """What everybody may read of it: all, or the holders of some grades without their figures.

    Their places would tell how many others come before or between them.
    """
    if shows is None:
        return notice
    return replace(
        notice,
        units=tuple(
            replace(each, published=None, rank=None) for each in notice.units if each.grade in shows
        ),
    )


def list_differences(before: Notice, after: Notice) -> Sequence[ChangedLine]:
    """What a correction changed, unit by unit."""
    old = {each.unit: each for each in before.units}
    new = {each.unit: each for each in after.units}
    return [
        ChangedLine(old.get(code), new.get(code))
        for code in {**new, **old}
        if _said(old.get(code)) != _said(new.get(code))
    ]


def _said(unit: NoticeUnit | None) -> tuple[object, ...] | None:
    # What was published of a unit. Events and reasons are the
    # unit's own and no part of what a correction has to announce.
    return None if unit is None else (unit.published, unit.rank, unit.grade, unit.awards)


def _read_outcome(unit: Mapping[str, Any]) -> dict[str, object]:
    """What notices of before don't have stays as it is where nothing is said."""
    return {
        "coefficients": tuple((post, factor) for post, factor in unit.get("coefficients", ())),
        "consequences": tuple(
            Consequence(each["rule"], tuple(each["years"]), tuple(each["unknown"]))
            for each in unit.get("consequences", ())
        ),
    }


def _build_unit(
    outcome: UnitOutcome,
    names: Mapping[str, str],
    adjustments: Sequence[Adjustment],
    *,
    takes_awards: bool,
) -> NoticeUnit:
    return NoticeUnit(
        unit=outcome.unit,
        name=names[outcome.unit],
        category=outcome.category,
        published=outcome.published,
        rank=outcome.rank,
        grade=outcome.grade,
        awards=outcome.awards,
        why=tuple((bar.rule, bar.fact) for bar in outcome.bars),
        events=tuple(
            NoticeEvent(
                each.rule,
                each.times,
                None if each.amount is None else str(each.amount),
                each.date,
                each.evidence,
            )
            for each in adjustments
            if each.unit == outcome.unit
        ),
        place=outcome.place,
        reason=outcome.reason,
        coefficients=tuple((post, str(each)) for post, each in outcome.coefficients.items()),
        consequences=outcome.consequences,
        takes_awards=takes_awards,
    )

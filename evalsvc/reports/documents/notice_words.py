"""How a unit's notice words events, rates and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.facts import Adjustment
from evalsvc.figures import show_figure
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import show_short
from evalsvc.text import AND, COLON, NOTHING, Text, same

MOST_NAMED = 5


def say_bar(scheme: Scheme, rule: str, fact: str) -> Text:
    """What kept a unit from a grade, or set it, with the fact behind it."""
    name = scheme.outcome_names.bars.get(rule)
    return (name or same(rule)) + COLON + same(fact)


def say_adjustment(scheme: Scheme, entry: Adjustment) -> Text:
    """A bonus or deduction with its date and evidence."""
    name = next((kind.name for kind in scheme.adjustments if kind.code == entry.rule), None)
    amount = (
        Text("%(n)s 次", "%(n)s times").filled(n=entry.times)
        if entry.amount is None
        else show_short(entry.amount)
    )
    return Text(
        "%(what)s，%(amount)s，%(date)s，依据：%(evidence)s",
        "%(what)s, %(amount)s, %(date)s, evidence: %(evidence)s",
    ).filled(what=name or entry.rule, amount=amount, date=entry.date, evidence=entry.evidence)


@dataclass(frozen=True)
class Standing:
    """How a unit stood in a version: figure, place, and grade with awards in words."""

    published: str | None
    rank: int | None
    end: Text = NOTHING


def say_change(
    before: Standing,
    after: Standing,
    reason: str,
    *,
    changed: Sequence[str] = (),
    own: str = "",
    named: bool = False,
) -> Text:
    """What a correction changed for a unit, whose figures it changed, and why.

    `changed` are the units with another figure; the others are `named` only where results are
    public.
    """
    parts = [_say_own(before, after), _say_whose(changed, own, named=named)]
    why = Text("更正理由：%(reason)s", "Reason of the correction: %(reason)s").filled(reason=reason)
    return Text("", " ").join([*(part for part in parts if part), why])


def _say_own(before: Standing, after: Standing) -> Text:
    if before == after:
        return Text(
            "本单位的得分、名次和等次没有变化。",
            "The unit's score, place and grade have not changed.",
        )
    return Text(
        "本单位原为%(old)s，现为%(new)s。", "The unit had %(old)s, and now has %(new)s."
    ).filled(old=_say_standing(before), new=_say_standing(after))


def _say_standing(standing: Standing) -> Text:
    told = Text("%(score)s分、第%(rank)s名", "a score of %(score)s and place %(rank)s").filled(
        score=standing.published or "—", rank=standing.rank or "—"
    )
    return AND.join([told, standing.end]) if standing.end else told


def _say_whose(changed: Sequence[str], own: str, *, named: bool) -> Text:
    """Whose figure was another one: a place may change for somebody else's."""
    if not changed:
        return Text("没有单位的得分改变。", "No unit's score has changed.")
    others = [name for name in changed if name != own]
    if not others:
        return Text("得分改变的只有本单位。", "The unit's score alone has changed.")
    shown = AND.join(others[:MOST_NAMED])
    if named and len(others) > MOST_NAMED:
        shown = Text("%(names)s等%(n)s个单位", "%(names)s and others, %(n)s units in all").filled(
            names=shown, n=len(others)
        )
    if not named:
        shown = Text("别的单位（%(n)s个）", "other units (%(n)s)").filled(n=len(others))
    if own in changed:
        told = Text(
            "得分改变的是本单位和%(others)s。", "Changed scores: this unit's and %(others)s."
        )
    else:
        told = Text("得分改变的是%(others)s。", "Changed scores: %(others)s.")
    return told.filled(others=shown)


def say_rate(share: Fraction) -> str:
    """A share as a percentage to one decimal."""
    return f"{show_figure(share * 100, 1)}%"

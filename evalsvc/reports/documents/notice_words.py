"""How a unit's notice words events, rates and corrections."""

from fractions import Fraction

from analysis.score.facts import Adjustment
from evalsvc.figures import show_figure
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import show_short
from evalsvc.text import COLON, Text, same


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


def say_change(
    before: tuple[str | None, int | None], after: tuple[str | None, int | None], reason: str
) -> Text:
    """What a correction changed for a unit: figure and place before and after, and why."""
    if before == after:
        unchanged = Text(
            "本单位的得分和名次没有变化。更正理由：%(reason)s",
            "The unit's score and place have not changed. Reason of the correction: %(reason)s",
        )
        return unchanged.filled(reason=reason)
    return Text(
        "本单位原为 %(old)s 分、第 %(old_rank)s 名，现为 %(new)s 分、第 %(new_rank)s 名。"
        "更正理由：%(reason)s",
        "The unit had %(old)s points and place %(old_rank)s, and now has %(new)s points "
        "and place %(new_rank)s. Reason of the correction: %(reason)s",
    ).filled(
        old=before[0] or "—",
        old_rank=before[1] or "—",
        new=after[0] or "—",
        new_rank=after[1] or "—",
        reason=reason,
    )


def say_rate(share: Fraction) -> str:
    """A share as a percentage to one decimal."""
    return f"{show_figure(share * 100, 1)}%"

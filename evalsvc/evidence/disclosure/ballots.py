"""What else a rater could have answered, with a ballot that would have counted just the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from analysis.score.facts import Facts
from analysis.score.rules import ByCategory, NumberLimit, Rated, Rule
from evalsvc.evidence.disclosure.sums import Cell, Reach
from evalsvc.questions.question import Question
from evalsvc.scheme.model import Scheme


@dataclass(frozen=True)
class Choices:
    """The values that one answer may have, with their points; `step` apart where numbers."""

    values: tuple[tuple[str, Fraction], ...] = ()
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)
    step: Fraction = Fraction(0)
    points: Mapping[str, Fraction] = field(default_factory=dict)

    def find_points(self, value: str) -> Fraction:
        """What a value is worth, also one that a sum has no use for."""
        return self.points[value]

    def within(self, reaches: Iterable[Reach]) -> "Choices":
        """Those that keep to what a sum needs."""
        least = max((r.least for r in reaches if r.least is not None), default=None)
        most = min((r.most for r in reaches if r.most is not None), default=None)
        if self.step:
            low = self.least if least is None else max(self.least, least)
            high = self.most if most is None else min(self.most, most)
            return Choices(least=low, most=high, step=self.step)
        return replace(
            self,
            values=tuple(
                (value, points)
                for value, points in self.values
                if (least is None or points >= least) and (most is None or points <= most)
            ),
        )


@dataclass(frozen=True)
class Kept:
    """Cells of one ballot and category that keep how often each value occurs, or their sum.

    `limits` are by value what it counts towards, where a ballot keeps that and not each value.
    """

    cells: tuple[Cell, ...]
    by: str
    limits: Mapping[str, str] = field(default_factory=dict)


def list_rated_of(rule: Rule, category: str) -> Iterator[Rated]:
    """The rated rules that hold for one category."""
    if isinstance(rule, Rated):
        yield rule
    parts = (
        [rule.rules[category]]
        if isinstance(rule, ByCategory) and category in rule.rules
        else []
        if isinstance(rule, ByCategory)
        else rule.below
    )
    for part in parts:
        yield from list_rated_of(part, category)


def build_choices(rule: Rated, scheme: Scheme, group: str, answer: str) -> Choices:
    """What may stand in the place of an answer, as far as the answer's own limits go."""
    if rule.points is not None:
        worth = {code: points for code, points in rule.points.items() if points is not None}
        return Choices(tuple(worth.items()), points=worth)
    question = _find_question(scheme, group, rule.item)
    # In steps of what a rater could have typed: finer
    # ones would be possibilities that there are not.
    places = question.decimals if question else 0
    low, high = rule.limits or (Fraction(0), Fraction(100))
    here = Fraction(answer)
    # On its own side of each limit: then as many numbers lie in the range as before, and no ballot
    # has to be counted to know that it is valid.
    step = rule.step or Fraction(Decimal(1).scaleb(-places))
    for limit in rule.number_limits:
        low, high = _beside(limit, here, low, high, step)
    return Choices(least=low, most=high, step=step)


def list_kept(
    rules: Sequence[Rated], scheme: Scheme, facts: Facts, values: Mapping[Cell, str]
) -> tuple[Kept, ...]:
    """Which cells are bound to each other by the proportions or the sum of their ballot."""
    category = {unit.code: unit.category for unit in facts.units}
    ballots: defaultdict[tuple[str, str, str, str, str], list[Cell]] = defaultdict(list)
    for cell in values:
        key = (cell.round, cell.group, cell.rater, cell.item, category[cell.unit])
        ballots[key].append(cell)
    bound = {(r.round, g, r.item): r for r in rules for g in r.groups.values()}
    kept = []
    for (code, group, _, item, _), cells in ballots.items():
        rule = bound.get((code, group, item))
        if rule is None:
            continue
        # Spread over the same units, the points still make the whole.
        if rule.sum_to is not None:
            kept.append(Kept(tuple(cells), "sum"))
        # Where proportions do not bind, an answer may change by itself.
        bound_by_quota = rule.quota is not None and len(cells) >= rule.quota.enforce_from
        if bound_by_quota or rule.level_limits:
            kept.append(Kept(tuple(cells), "count"))
        limits = _list_limits(rule, _find_question(scheme, group, item))
        # Kept in each category, which is more than the limit over all of them asks for.
        if any(limits.values()):
            kept.append(Kept(tuple(cells), "count", limits))
    return tuple(kept)


def _find_question(scheme: Scheme, group: str, code: str) -> Question | None:
    questions = scheme.get_questionnaire(group).questions
    return next((each for each in questions if each.code == code), None)


def _list_limits(rule: Rated, question: Question | None) -> Mapping[str, str]:
    if question is None or rule.points is None:
        return {}
    return {value: question.limit_of(value) for value in rule.points}


def _beside(
    limit: NumberLimit, here: Fraction, low: Fraction, high: Fraction, step: Fraction
) -> tuple[Fraction, Fraction]:
    """On the same side of a range that a ballot may only hold so many numbers of."""
    if limit.lowest is not None:
        low, high = (
            (max(low, limit.lowest), high)
            if here >= limit.lowest
            # A step below the range is the nearest number outside.
            else (low, min(high, limit.lowest - step))
        )
    if limit.below is not None:
        low, high = (
            (low, min(high, limit.below - step))
            if here < limit.below
            else (max(low, limit.below), high)
        )
    return low, high

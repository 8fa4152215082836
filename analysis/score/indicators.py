"""Indicator methods: raw facts that somebody entered become points, with the arithmetic kept."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from analysis.score.rules import (
    AllOrNothing,
    Completion,
    EventPoints,
    Graded,
    IndicatorRule,
    Placed,
    Segments,
    Tally,
    TaskGrades,
    ToBest,
)
from analysis.score.tree import Node, Remark, shown

ZERO = Fraction(0)

Below = Mapping[str, Sequence[Node]]
"""The nodes of a rule's parts by unit, for the units of one category."""

Outcome = tuple[Fraction | None, list[Remark]]


def indicator_nodes(rule: IndicatorRule, below: Below) -> dict[str, Node]:
    """The rule's node for every unit of one category.

    A unit that does not carry the indicator (its facts are `NA`) has no value, and so has one
    whose facts are not all entered: a count that nobody entered is not 0.
    """
    ready = {unit: parts for unit, parts in below.items() if not _not_entered(parts)}
    found = _METHODS[type(rule)](rule, ready)
    nodes = {}
    for unit, parts in below.items():
        lacking = tuple(part.code for part in _not_entered(parts))
        value, remarks = (None, [Remark("missing_fact", lacking)]) if lacking else found[unit]
        nodes[unit] = Node(
            rule.code, _NAMES[type(rule)], value, parts=tuple(parts), remarks=tuple(remarks)
        )
    return nodes


def _not_entered(parts: Sequence[Node]) -> list[Node]:
    """Parts that somebody still has to enter, or has to enter again."""
    return [
        part
        for part in parts
        if part.value is None
        and any(r.code in ("not_entered", "out_of_bounds", "not_a_choice") for r in part.remarks)
    ]


def _each(method: Callable[..., Outcome]) -> Callable[..., dict[str, Outcome]]:
    """A method that looks at one unit only."""
    return lambda rule, below: {
        unit: method(rule, *(part.value for part in parts)) for unit, parts in below.items()
    }


def _tally(rule: Tally, *counts: Fraction | None) -> Outcome:
    """start + Σ points × events, each kind and the whole kept inside their bounds."""
    carried = [(e, n) for e, n in zip(rule.events, counts, strict=True) if n is not None]
    if not carried:
        return None, [Remark("not_carried")]
    steps = [(event, count, _event_points(event, count)) for event, count in carried]
    exact = rule.start + sum((points for _, _, points in steps), ZERO)
    text = shown(rule.start) + "".join(_step(*step) for step in steps)
    return _bounded(exact, rule.least, rule.most, text)


def _event_points(event: EventPoints, count: Fraction) -> Fraction:
    points, _ = _within(event.points * count, event.least, event.most)
    return points


def _step(event: EventPoints, count: Fraction, points: Fraction) -> str:
    falls = points < 0 or (points == 0 and event.points < 0)
    sign = " − " if falls else " + "
    if points != event.points * count:
        return f"{sign}{shown(abs(points))}"
    return f"{sign}{shown(abs(count))} × {shown(abs(event.points))}"


def _completion(rule: Completion, done: Fraction | None, *target: Fraction | None) -> Outcome:
    """full × min(done / target, most), and 0 below the threshold."""
    wanted = target[0] if target else Fraction(100)
    if done is None or wanted is None:
        return None, [Remark("not_carried")]
    if wanted <= 0:
        return None, [Remark("no_target", (shown(wanted),))]
    share = done / wanted
    if rule.threshold is not None and share < rule.threshold:
        return ZERO, [Remark("below_threshold", (shown(share), shown(rule.threshold)))]
    text = f"{shown(rule.full)} × {shown(done)} ÷ {shown(wanted)}"
    most = None if rule.most is None else rule.full * rule.most
    return _bounded(rule.full * share, ZERO, most, text)


def _all_or_nothing(rule: AllOrNothing, events: Fraction | None) -> Outcome:
    if events is None:
        return None, [Remark("not_carried")]
    return (ZERO, [Remark("vetoed", (shown(events),))]) if events else (rule.full, [])


def _placed(rule: Placed, below: Below) -> dict[str, Outcome]:
    """The points of each unit's place; a unit without a figure takes none."""
    figures = {unit: part.value for unit, (part,) in below.items()}
    there = sorted(
        (value for value in figures.values() if value is not None), reverse=rule.order == "highest"
    )
    any_tie = len(set(there)) < len(there)
    return {
        unit: (None, [Remark("not_carried")])
        if value is None
        else _place(rule, there.index(value) + 1, there.count(value), len(there), any_tie)
        for unit, value in figures.items()
    }


def _place(rule: Placed, place: int, tied: int, units: int, any_tie: bool) -> Outcome:
    remarks = [Remark("place", (str(place), str(units)))]
    if tied > 1:
        remarks.append(Remark("tied", (str(tied), rule.ties)))
    if rule.ties == "void_all" and any_tie:
        return None, [*remarks, Remark("voided_by_tie")]
    if rule.ties == "void_tied" and tied > 1:
        return None, remarks
    held = range(place, place + tied) if rule.ties == "mean" else range(place, place + 1)
    return sum((_place_points(rule, each) for each in held), ZERO) / len(held), remarks


def _place_points(rule: Placed, place: int) -> Fraction:
    if place <= len(rule.points):
        return rule.points[place - 1]
    return max(rule.points[-1] - rule.step * (place - len(rule.points)), rule.least)


def _to_best(rule: ToBest, below: Below) -> dict[str, Outcome]:
    """full × value / best, or full × best / value where the lowest is best."""
    figures = {unit: part.value for unit, (part,) in below.items()}
    there = [value for value in figures.values() if value is not None]
    best = (max if rule.order == "highest" else min)(there, default=ZERO)
    return {unit: _share_of_best(rule, value, best) for unit, value in figures.items()}


def _share_of_best(rule: ToBest, value: Fraction | None, best: Fraction) -> Outcome:
    if value is None:
        return None, [Remark("not_carried")]
    if rule.order == "highest":
        if best <= 0:  # nobody has anything to be in proportion to
            return ZERO, [Remark("no_best", (shown(best),))]
        points, text = rule.full * max(value, ZERO) / best, f"{shown(value)} ÷ {shown(best)}"
    else:
        if value <= 0:  # then it is the best, or as good
            return rule.full, [Remark("best_is_nothing", (shown(value),))]
        points, text = rule.full * max(best, ZERO) / value, f"{shown(best)} ÷ {shown(value)}"
    return points, [_arithmetic(f"{shown(rule.full)} × {text}", points)]


def _graded(rule: Graded, below: Below) -> dict[str, Outcome]:
    """Points of the choice; a choice that too many have is refused or counts as the next."""
    figures = {unit: part.value for unit, (part,) in below.items()}
    over = _over_share(rule, [value for value in figures.values() if value is not None])
    return {unit: _grade_points(rule, value, over) for unit, value in figures.items()}


def _over_share(rule: Graded, there: Sequence[Fraction]) -> Remark | None:
    if rule.cap is None:
        return None
    given, share = there.count(rule.cap.value), rule.cap.share * len(there)
    most = share.numerator // share.denominator
    return Remark("over_share", (str(given), str(most), rule.cap.over)) if given > most else None


def _grade_points(rule: Graded, value: Fraction | None, over: Remark | None) -> Outcome:
    if value is None:
        return None, [Remark("not_carried")]
    if value not in rule.points:
        return None, [Remark("not_a_choice", (shown(value),))]
    if rule.cap is None or over is None or value != rule.cap.value:
        return rule.points[value], []
    following = [*rule.points.values()][[*rule.points].index(value) + 1 :]
    return (following[0] if rule.cap.over == "next" and following else None), [over]


def _task_grades(rule: TaskGrades, *amounts: Fraction | None) -> Outcome:
    """Σ amount × points / Σ amount; a unit without tasks carries nothing."""
    graded = [(g.weight, n) for g, n in zip(rule.grades, amounts, strict=True) if n]
    if any(n < 0 for _, n in graded):
        return None, [Remark("negative_amount")]
    whole = sum((amount for _, amount in graded), ZERO)
    if not whole:
        return None, [Remark("not_carried")]
    value = sum((points * amount for points, amount in graded), ZERO) / whole
    terms = " + ".join(f"{shown(points)} × {shown(amount)}" for points, amount in graded)
    return value, [_arithmetic(f"({terms}) ÷ {shown(whole)}", value)]


def _segments(rule: Segments, agreed: Fraction | None, score: Fraction | None) -> Outcome:
    """The score, if it lies in the segment that was agreed before."""
    if agreed is None and score is None:
        return None, [Remark("not_carried")]
    if agreed is None or agreed not in range(1, len(rule.segments) + 1):
        return None, [Remark("not_agreed", (shown(agreed),))]
    segment = rule.segments[int(agreed) - 1]
    figures = (segment.code, shown(segment.lower), shown(segment.upper))
    if score is None:
        return None, [Remark("not_scored", figures)]
    inside = segment.lower <= score < segment.upper or (segment.closed and score == segment.upper)
    if not inside:
        return None, [Remark("outside_segment", (shown(score), *figures))]
    return score, [Remark("segment", figures)]


def _within(
    value: Fraction, least: Fraction | None, most: Fraction | None
) -> tuple[Fraction, bool]:
    bounded = value if least is None else max(value, least)
    bounded = bounded if most is None else min(bounded, most)
    return bounded, bounded != value


def _bounded(value: Fraction, least: Fraction | None, most: Fraction | None, text: str) -> Outcome:
    bounded, was_cut = _within(value, least, most)
    remarks = [_arithmetic(text, value)]
    if was_cut:
        remarks.append(Remark("bounded", (shown(value), shown(bounded))))
    return bounded, remarks


def _arithmetic(text: str, value: Fraction) -> Remark:
    """The figure as it was worked out, in signs that every language shares."""
    return Remark("arithmetic", (f"{text} = {shown(value)}",))


_METHODS: Mapping[type, Callable[..., dict[str, Outcome]]] = {
    Tally: _each(_tally),
    Completion: _each(_completion),
    AllOrNothing: _each(_all_or_nothing),
    Placed: _placed,
    ToBest: _to_best,
    Graded: _graded,
    TaskGrades: _each(_task_grades),
    Segments: _each(_segments),
}
_NAMES: Mapping[type, str] = {
    Tally: "tally",
    Completion: "completion",
    AllOrNothing: "all_or_nothing",
    Placed: "placed",
    ToBest: "to_best",
    Graded: "graded",
    TaskGrades: "task_grades",
    Segments: "segments",
}

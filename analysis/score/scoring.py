"""The score: rules applied to facts give one explained tree per unit, exact to the last step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from analysis.score.adjustments import Event, adjustment_sum, largest_amounts
from analysis.score.ballot_scores import rated_item_nodes, rated_nodes
from analysis.score.composite import composite
from analysis.score.facts import Adjustment, Facts, Indicator, Unit
from analysis.score.indicators import indicator_nodes
from analysis.score.ranking import competition_ranks
from analysis.score.rounding import half_up
from analysis.score.rules import (
    Adjusted,
    AllOrNothing,
    ByCategory,
    Completion,
    Given,
    Graded,
    IndicatorRule,
    Mean,
    Placed,
    Rated,
    RatedItems,
    Rule,
    Satisfaction,
    Segments,
    Summed,
    Tally,
    TaskGrades,
    ToBest,
    Total,
    Weighted,
)
from analysis.score.satisfaction import Histogram, appraisal, citizen_weights, merged_plan
from analysis.score.tree import Input, Node, Remark, UnitResult, shown
from analysis.score.validity import list_parts

ONE = Fraction(1)

Nodes = Mapping[str, Node]
"""One node per unit code."""


def score(rule: Rule, facts: Facts, places: int) -> tuple[UnitResult, ...]:
    """Every unit's score tree with its published figure and its rank inside the category.

    The value of a tree is exact; `published` is the root half up to `places` decimals, and ranks
    go by it. A unit whose root has no value has neither. Units keep the order of `facts.units`;
    the order of all other facts changes nothing. Raises `KeyError` where an adjustment names a
    rule that the tree does not have.
    """
    season = _Season(facts)
    nodes = _evaluate(rule, season, facts.units)
    published = {
        unit: half_up(node.value, places) for unit, node in nodes.items() if node.value is not None
    }
    ranks: dict[str, int] = {}
    for units in _by_category(facts.units).values():
        shown = {u.code: published[u.code] for u in units if u.code in published}
        ranks |= competition_ranks(shown)
    return tuple(
        UnitResult(u.code, u.category, nodes[u.code], published.get(u.code), ranks.get(u.code))
        for u in facts.units
    )


@dataclass(frozen=True)
class _Season:
    """The facts with the indices that the rules look things up by."""

    facts: Facts

    @cached_property
    def indicators(self) -> dict[tuple[str, str, str], Indicator]:
        return {(i.round, i.unit, i.component): i for i in self.facts.indicators}

    @cached_property
    def adjustments(self) -> dict[str, list[Adjustment]]:
        ordered = sorted(
            self.facts.adjustments,
            key=lambda a: (
                a.round,
                a.rule,
                a.date,
                a.evidence,
                a.project,
                a.times,
                a.amount or Fraction(0),
            ),
        )
        events: dict[str, list[Adjustment]] = {}
        for adjustment in ordered:
            events.setdefault(adjustment.unit, []).append(adjustment)
        return events

    @cached_property
    def histograms(self) -> dict[tuple[str, str, str], dict[str, dict[str, dict[str, int]]]]:
        """By round, group and item: unit → stratum → level → number."""
        found: dict[tuple[str, str, str], dict[str, dict[str, dict[str, int]]]] = {}
        for c in self.facts.counts:
            levels = (
                found.setdefault((c.round, c.group, c.item), {})
                .setdefault(c.unit, {})
                .setdefault(c.stratum, {})
            )
            levels[c.level] = levels.get(c.level, 0) + c.n
        return found


def _evaluate(rule: Rule, season: _Season, units: Sequence[Unit]) -> Nodes:
    """The rule's node for every unit; a value that the facts already know replaces the rule."""
    known = season.facts.known
    open_units = [unit for unit in units if (unit.code, rule.code) not in known]
    found: Nodes = _METHODS[type(rule)](rule, season, open_units)
    nodes = {unit: _rounded(node, rule.places) for unit, node in found.items()}
    for unit in units:
        if (unit.code, rule.code) in known:
            value = known[unit.code, rule.code]
            taken = Input("known", shown(value), value, ONE if value is not None else Fraction(0))
            nodes[unit.code] = Node(rule.code, "known", value, inputs=(taken,))
    return nodes


def _rounded(node: Node, places: int | None) -> Node:
    """The node with its value as it enters what is above it, where the scheme rounds it there."""
    if places is None or node.value is None:
        return node
    value = Fraction(half_up(node.value, places))
    if value == node.value:
        return node
    told = Remark("rounded", (shown(node.value), half_up(node.value, places)))
    return replace(node, value=value, remarks=(*node.remarks, told))


def _given(rule: Given, season: _Season, units: Sequence[Unit]) -> Nodes:
    return {unit.code: _given_node(rule, season, unit.code) for unit in units}


def _given_node(rule: Given, season: _Season, unit: str) -> Node:
    entry = season.indicators.get((rule.round, unit, rule.code))
    if entry is None:
        return Node(rule.code, "given", None, remarks=(Remark("not_entered", (rule.round,)),))
    if entry.value is None:
        taken = Input(f"indicators:{rule.round}", "NA", None, Fraction(0), "not_carried")
        return Node(rule.code, "given", None, inputs=(taken,), remarks=(Remark("not_carried"),))
    taken = Input(f"indicators:{rule.round}", shown(entry.value), entry.value, ONE)
    refused = _refusal(rule, entry.value)
    if refused is not None:
        unused = replace(taken, weight=Fraction(0), note="refused")
        return Node(rule.code, "given", None, inputs=(unused,), remarks=(refused,))
    return Node(rule.code, "given", entry.value, inputs=(taken,))


def _refusal(rule: Given, value: Fraction) -> Remark | None:
    least, most = rule.limits
    if (least is not None and value < least) or (most is not None and value > most):
        return Remark("out_of_bounds", (shown(value), shown(least), shown(most)))
    if rule.choices and value not in rule.choices:
        return Remark("not_a_choice", (shown(value),))
    return None


def _weighted(rule: Weighted, season: _Season, units: Sequence[Unit]) -> Nodes:
    parts = [_evaluate(part.node, season, units) for part in rule.parts]
    nodes: dict[str, Node] = {}
    for own in _by_category(units).values():
        means = [_mean_value(part[unit.code].value for unit in own) for part in parts]
        for unit in own:
            below = [part[unit.code] for part in parts]
            nodes[unit.code] = _weighted_node(rule, below, means)
    return nodes


def _weighted_node(rule: Weighted, below: Sequence[Node], means: Sequence[Fraction | None]) -> Node:
    weights = [part.weight for part in rule.parts]
    mixed = composite([node.value for node in below], weights, rule.missing, means)
    lacking = sum((weights[place] for place in mixed.missing), Fraction(0))
    remarks = [
        Remark("missing_part", (below[place].code, shown(weights[place]), rule.missing))
        for place in mixed.missing
    ]
    value = mixed.value
    if rule.missing_most is not None and lacking > rule.missing_most:
        value = None
        remarks.append(Remark("too_much_missing", (shown(lacking), shown(rule.missing_most))))
    if value is not None and mixed.missing and rule.missing == "centred":
        remarks.append(Remark("centred_means", tuple(shown(mean) for mean in means)))
        value, cut = _cut(value, rule.limits)
        remarks += cut
    parts = tuple(
        replace(node, weight=weight, applied=applied)
        for node, weight, applied in zip(below, weights, mixed.applied, strict=True)
    )
    return Node(rule.code, "weighted", value, parts=parts, remarks=tuple(remarks))


def _cut(
    value: Fraction, limits: tuple[Fraction, Fraction] | None
) -> tuple[Fraction, list[Remark]]:
    if limits is None or limits[0] <= value <= limits[1]:
        return value, []
    cut = min(max(value, limits[0]), limits[1])
    return cut, [Remark("cut", (shown(value), shown(cut)))]


def _summed(rule: Summed, season: _Season, units: Sequence[Unit]) -> Nodes:
    parts = [_evaluate(part.node, season, units) for part in rule.parts]
    nodes: dict[str, Node] = {}
    for own in _by_category(units).values():
        means = [
            _mean_value(_rate(nodes_of[unit.code], part.weight) for unit in own)
            for part, nodes_of in zip(rule.parts, parts, strict=True)
        ]
        for unit in own:
            nodes[unit.code] = _summed_node(rule, [part[unit.code] for part in parts], means)
    return nodes


def _summed_node(rule: Summed, below: Sequence[Node], means: Sequence[Fraction | None]) -> Node:
    """Points are full marks times the rate of a part; the rates are what is weighted.

    A part without full marks is an extra: added where it is there, never missed.
    """
    full = [part.weight for part in rule.parts]
    extra = [node.value for node, marks in zip(below, full, strict=True) if not marks]
    rates = [_rate(node, marks) for node, marks in zip(below, full, strict=True)]
    mixed = composite(rates, full, rule.missing, means)
    remarks = [
        Remark("missing_points", (below[place].code, shown(full[place]), rule.missing))
        for place in mixed.missing
    ]
    value = mixed.value
    if value is not None:
        value = value * sum(full, Fraction(0)) + sum((e for e in extra if e), Fraction(0))
    if value is not None:
        least = value if rule.least is None else max(value, rule.least)
        cut = least if rule.most is None else min(least, rule.most)
        if cut != value:
            remarks.append(Remark("bounded", (shown(value), shown(cut))))
        value = cut
    whole = sum(full, Fraction(0))
    # How often a part's points enter: 1, and more where they stand for a missing part, too.
    parts = tuple(
        replace(node, applied=applied * whole / marks if marks else Fraction(1))
        for node, marks, applied in zip(below, full, mixed.applied, strict=True)
    )
    return Node(rule.code, "sum", value, parts=parts, remarks=tuple(remarks))


def _rate(node: Node, full: Fraction) -> Fraction | None:
    return None if node.value is None or not full else node.value / full


def _indicator(rule: IndicatorRule, season: _Season, units: Sequence[Unit]) -> Nodes:
    parts = [_evaluate(part, season, units) for part in list_parts(rule)]
    nodes: dict[str, Node] = {}
    for own in _by_category(units).values():
        below = {unit.code: tuple(part[unit.code] for part in parts) for unit in own}
        nodes |= indicator_nodes(rule, below)
    return nodes


def _rated(rule: Rated, season: _Season, units: Sequence[Unit]) -> Nodes:
    return rated_nodes(rule, season.facts, units)


def _rated_items(rule: RatedItems, season: _Season, units: Sequence[Unit]) -> Nodes:
    return rated_item_nodes(rule, season.facts, units)


def _mean(rule: Mean, season: _Season, units: Sequence[Unit]) -> Nodes:
    parts = [_evaluate(part, season, units) for part in rule.parts]
    return {u.code: _mean_node(rule, [part[u.code] for part in parts]) for u in units}


def _mean_node(rule: Mean, below: Sequence[Node]) -> Node:
    counted = [n for n in below if n.value is not None and n.code not in rule.excepted]
    share = Fraction(1, len(counted)) if counted else Fraction(0)
    left_out = tuple(n.code for n in below if n.value is not None and n.code in rule.excepted)
    remarks = [Remark("mean_over", (str(len(counted)), str(len(below))))]
    if left_out:
        remarks.append(Remark("left_out", left_out))
    codes = {node.code for node in counted}
    parts = tuple(
        replace(node, applied=share if node.code in codes else Fraction(0)) for node in below
    )
    value = _mean_value(node.value for node in counted)
    return Node(rule.code, "mean", value, parts=parts, remarks=tuple(remarks))


def _satisfaction(rule: Satisfaction, season: _Season, units: Sequence[Unit]) -> Nodes:
    found = season.histograms.get((rule.round, rule.group, rule.item), {})
    seen = {stratum for strata in found.values() for stratum in strata}
    merged = replace(rule, strata=merged_plan(rule.strata, seen))
    # Over all categories: a citizen's weight does not depend on which unit is looked at.
    citizens = citizen_weights(merged.strata, found.values())
    return {u.code: _satisfaction_node(merged, found.get(u.code, {}), citizens) for u in units}


def _satisfaction_node(
    rule: Satisfaction, counts: Mapping[str, Histogram], citizens: Mapping[str, Fraction]
) -> Node:
    result = appraisal(rule, counts, citizens)
    inputs = []
    for stratum in sorted(counts):
        weight = result.weights.get(stratum, Fraction(0))
        valid = sum(n for level, n in counts[stratum].items() if rule.points.get(level) is not None)
        for level, points in rule.points.items():
            n = counts[stratum].get(level, 0)
            share = weight * n / valid if points is not None and valid else Fraction(0)
            note = "" if points is not None else "not_counted"
            inputs.append(Input(f"count:{stratum}:{level}", str(n), points, share, note))
    remarks = [Remark("valid_answers", (str(result.valid), str(result.unknown)))]
    if result.score is None:
        remarks.append(Remark("too_few_answers", (str(result.valid), str(rule.min_valid))))
    else:
        rates = (result.satisfied_rate, result.satisfied_or_basically_rate)
        remarks.append(Remark("satisfied_rates", tuple(shown(rate) for rate in rates)))
        if result.empty:
            remarks.append(Remark("empty_strata", result.empty))
    return Node(
        rule.code, "satisfaction", result.score, inputs=tuple(inputs), remarks=tuple(remarks)
    )


def _adjusted(rule: Adjusted, season: _Season, units: Sequence[Unit]) -> Nodes:
    entered = {
        unit.code: [
            Event(a.rule, a.times, a.amount, a.project)
            for a in season.adjustments.get(unit.code, [])
        ]
        for unit in season.facts.units
    }
    largest = largest_amounts(rule, entered)
    return {
        u.code: _adjusted_node(rule, season.adjustments.get(u.code, []), entered[u.code], largest)
        for u in units
    }


def _adjusted_node(
    rule: Adjusted,
    entries: Sequence[Adjustment],
    events: Sequence[Event],
    largest: Mapping[str, Fraction],
) -> Node:
    result = adjustment_sum(rule, events, largest)
    inputs = tuple(
        Input(
            f"adjustment:{entry.rule}",
            str(entry.times) if entry.amount is None else shown(entry.amount),
            points,
            share,
            _adjustment_note(place in result.repeated, share),
        )
        for place, (entry, points, share) in enumerate(
            zip(entries, result.points, result.shares, strict=True)
        )
    )
    entered = {entry.rule for entry in entries}
    remarks = [
        Remark("largest", (each.code, shown(largest[each.code]), shown(each.points)))
        for each in rule.rules
        if each.method == "largest" and each.code in entered
    ]
    remarks += [
        Remark("cap", (shown(hit.before), shown(hit.most), *hit.rules)) for hit in result.caps
    ]
    if result.repeated:
        remarks.append(Remark("project_once", (str(len(result.repeated)),)))
    return Node(rule.code, "adjusted", result.value, inputs=inputs, remarks=tuple(remarks))


def _adjustment_note(repeated: bool, share: Fraction) -> str:
    if repeated:
        return "same_project"
    return "over_cap" if share != 1 else ""


def _total(rule: Total, season: _Season, units: Sequence[Unit]) -> Nodes:
    base = _evaluate(rule.base, season, units)
    added = _evaluate(rule.added, season, units) if rule.added else {}
    return {u.code: _total_node(rule, base[u.code], added.get(u.code)) for u in units}


def _total_node(rule: Total, base: Node, added: Node | None) -> Node:
    """The base's parts with the adjustments beside them, so that the total unfolds in one step."""
    if added is None:
        return replace(base, code=rule.code, rule="total")
    value = None
    if base.value is not None and added.value is not None:
        value = base.value + added.value
    parts = (*base.parts, replace(added, applied=ONE))
    return Node(rule.code, "total", value, parts=parts, inputs=base.inputs, remarks=base.remarks)


def _categories(rule: ByCategory, season: _Season, units: Sequence[Unit]) -> Nodes:
    """The branch's own node: a reader sees the rule that applies, not that there are several."""
    nodes: dict[str, Node] = {}
    for category, own in _by_category(units).items():
        branch = rule.rules.get(category)
        if branch is None:
            nodes |= {u.code: Node(rule.code, "given", None) for u in own}
        else:
            nodes |= _evaluate(branch, season, own)
    return nodes


def _by_category(units: Sequence[Unit]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.category, []).append(unit)
    return found


def _mean_value(values: Iterable[Fraction | None]) -> Fraction | None:
    there = [value for value in values if value is not None]
    return sum(there, Fraction(0)) / len(there) if there else None


_METHODS: Mapping[type, Callable[..., Nodes]] = {
    Given: _given,
    Weighted: _weighted,
    Summed: _summed,
    Mean: _mean,
    Tally: _indicator,
    Completion: _indicator,
    AllOrNothing: _indicator,
    Placed: _indicator,
    ToBest: _indicator,
    Graded: _indicator,
    TaskGrades: _indicator,
    Segments: _indicator,
    RatedItems: _rated_items,
    Rated: _rated,
    Satisfaction: _satisfaction,
    Adjusted: _adjusted,
    Total: _total,
    ByCategory: _categories,
}

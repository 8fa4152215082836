"""The score tree as a scheme writes it; a new kind of rule is one reader in the registry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import cast

from analysis.score.rules import (
    Adjusted,
    ByCategory,
    Given,
    Mean,
    Missing,
    Part,
    Rule,
    Summed,
    Total,
    Weighted,
)
from evalsvc.scheme.answered_rules import read_rated, read_satisfaction
from evalsvc.scheme.entered_rules import NOTHING, read_adjusted, read_component, read_given
from evalsvc.scheme.indicator_rules import INDICATORS, read_bounds
from evalsvc.scheme.limits import MOST_PLACES, MOST_ROUNDS
from evalsvc.scheme.reading import Reading, read_by_category, say_known
from evalsvc.scheme.source import Field
from evalsvc.scheme.tree import Tree, in_round_code, node_code, node_record, share_of
from evalsvc.text import Text

MISSING = ("centred", "proportional", "equal", "zero", "not_ranked")
WITH_FULL_MARKS = ("completion", "all_or_nothing", "to_best")
WEIGHTS = Text("各部分权重", "weights of the parts")


def read_rule(tree: Tree, found: Field, code: str = "") -> Rule:
    """One node: a component's code, `component: code`, or a mapping with its `rule`."""
    tree.count(found)
    if isinstance(found.content, str):
        return read_component(tree, found)
    entries = tree.reading.entries(found)
    if "component" in entries:
        return read_component(tree, tree.reading.record(found, ("component",))["component"])
    kind = entries.get("rule")
    if kind is None:
        if found.content is not None:
            tree.reading.report(found, "缺少 rule", "expected “rule” here")
        return NOTHING
    reader = RULES[tree.reading.choice(kind, tuple(RULES))]
    rule = reader(tree, _without(found, "places"), code)
    places = tree.node_places
    if "places" in entries:
        return replace(rule, places=tree.reading.integer(entries["places"], 0, MOST_PLACES))
    # What is entered stands as it was entered, and branches have their own places.
    return rule if isinstance(rule, Given | ByCategory) else replace(rule, places=places)


def _weighted(tree: Tree, found: Field, code: str) -> Rule:
    parts = node_record(tree, found, ("parts", "missing"), ("limits", "missing_most"))
    own = node_code(tree, parts, found, code)
    return _weighted_of(tree, parts, own, lambda rule: rule)


def _weighted_of(
    tree: Tree, parts: Mapping[str, Field], code: str, finish: Callable[[Weighted], Rule]
) -> Rule:
    """The weighted node, or one for each category where a weight differs between categories."""
    reading = tree.reading
    children, weights = _parts(tree, parts["parts"], "weight")
    missing = _missing(reading, parts["missing"])
    limits, most = _range(reading, parts["limits"]), _most(reading, parts["missing_most"])

    def build(own: Sequence[Decimal]) -> Rule:
        reading.sums_to_100(parts["parts"], own, WEIGHTS)
        both = zip(own, children, strict=True)
        shares = tuple(Part(share_of(weight), node) for weight, node in both)
        return finish(Weighted(code, shares, missing, limits, most))

    return _by_weights(tree, code, weights, build)


def _summed(tree: Tree, found: Field, code: str) -> Rule:
    parts = node_record(tree, found, ("parts", "missing"), ("least", "most"))
    own = node_code(tree, parts, found, code)
    return _summed_of(tree, parts, own, lambda rule: rule)


def _summed_of(
    tree: Tree, parts: Mapping[str, Field], code: str, finish: Callable[[Summed], Rule]
) -> Rule:
    reading = tree.reading
    children, full = _parts(tree, parts["parts"], "full")
    missing = _missing(reading, parts["missing"])
    least, most = read_bounds(reading, parts)

    def build(own: Sequence[Decimal]) -> Rule:
        both = zip(own, children, strict=True)
        marks = tuple(Part(Fraction(each), node) for each, node in both)
        if own and not any(own):
            reading.report(parts["parts"], "满分不能全为 0", "expected full marks above 0")
        return finish(Summed(code, marks, missing, least, most))

    return _by_weights(tree, code, full, build)


Weights = Mapping[str, Decimal]
"""A part's weight in each category."""


def _parts(tree: Tree, found: Field, name: str) -> tuple[list[Rule], list[Weights]]:
    """The parts of a list and what they weigh (`weight`, or `full` marks) in each category."""
    reading = tree.reading
    children: list[Rule] = []
    weights: list[Weights] = []
    for child in reading.sequence(found):
        entry = _entry(reading, child, name)
        weights.append(read_by_category(reading, entry, tree.categories, _weight))
        children.append(read_rule(tree, child if _has_own(child, name) else _without(child, name)))
    if found.content is not None and not children:
        reading.report(found, "至少要有一个部分", "expected at least one part")
    return children, weights


def _has_own(child: Field, name: str) -> bool:
    """Whether a part's full marks are also those of its method, which are then written once."""
    rule = child.content.get("rule") if isinstance(child.content, Mapping) else None
    return name == "full" and rule is not None and rule.content in WITH_FULL_MARKS


def _by_weights(
    tree: Tree, code: str, weights: Sequence[Weights], build: Callable[[Sequence[Decimal]], Rule]
) -> Rule:
    """One rule where all categories weigh alike, else one for each."""
    if not tree.categories:  # which is an error of its own
        return NOTHING
    found = {category: [each[category] for each in weights] for category in tree.categories}
    first = found[tree.categories[0]]
    if all(own == first for own in found.values()):
        return build(first)
    return ByCategory(code, {category: build(own) for category, own in found.items()})


def _rounds(tree: Tree, found: Field, code: str) -> Weighted:
    """Rounds with their weights, or a list of rounds that weigh the same."""
    reading = tree.reading
    parts = node_record(tree, found, ("rounds", "each", "missing"), ("missing_most",))
    listed = _listed_rounds(tree, parts["rounds"])
    children = [read_rule(tree.in_round(name), parts["each"]) for name in listed]
    if isinstance(parts["rounds"].content, Mapping):
        kind = Text("各轮权重", "weights of the rounds")
        weights = [_weight(reading, field) for field in listed.values()]
        reading.sums_to_100(parts["rounds"], weights, kind)
        shares = [share_of(weight) for weight in weights]
    else:
        shares = [Fraction(1, len(listed)) for _ in listed]
    return Weighted(
        node_code(tree, parts, found, code),
        tuple(Part(share, node) for share, node in zip(shares, children, strict=True)),
        _missing(reading, parts["missing"]),
        missing_most=_most(reading, parts["missing_most"]),
    )


def _listed_rounds(tree: Tree, found: Field) -> dict[str, Field]:
    """The rounds by code with the place where each stands; unknown ones are reported."""
    reading = tree.reading
    if isinstance(found.content, Mapping):
        named = dict(found.content)
    else:
        named = {reading.text(each): each for each in reading.sequence(found, MOST_ROUNDS)}
        if len(named) < len(reading.sequence(found)):
            reading.report(found, "每个轮次只写一次", "expected each round once")
    for name, field in named.items():
        if name not in tree.rounds:
            known = say_known(tuple(tree.rounds))
            reading.report(
                field,
                f"没有这个轮次，已有：{known}",
                f"there is no such round; there are: {known}",
                found=name,
            )
    if found.content is not None and not named:
        reading.report(found, "至少要有一个轮次", "expected at least one round")
    return {name: field for name, field in named.items() if name in tree.rounds}


def _mean(tree: Tree, found: Field, code: str) -> Mean:
    reading = tree.reading
    parts = node_record(tree, found, ("parts",), ("except",))
    children = tuple(read_rule(tree, child) for child in reading.sequence(parts["parts"]))
    codes = tuple(child.code for child in children)
    excepted = frozenset(
        reading.known(out, codes, Text("部分", "part")) for out in reading.sequence(parts["except"])
    )
    if parts["parts"].content is not None and not set(codes) - excepted:
        reading.report(parts["parts"], "至少要有一个计入的部分", "expected a part that counts")
    return Mean(node_code(tree, parts, found, code), children, excepted)


def _total(tree: Tree, found: Field, code: str) -> Rule:
    """Weighted parts, or parts with full marks, and the adjustments."""
    in_points = _has_full_marks(tree.reading, found)
    optional = ("least", "most") if in_points else ("limits", "missing_most")
    parts = node_record(tree, found, ("parts", "missing"), (*optional, "added"))
    own = node_code(tree, parts, found, code)
    added = _added(tree, parts["added"])
    if in_points:
        return _summed_of(tree, parts, f"{own}.base", lambda base: Total(own, base, added))
    return _weighted_of(tree, parts, f"{own}.base", lambda base: Total(own, base, added))


def _has_full_marks(reading: Reading, found: Field) -> bool:
    parts = reading.entries(found).get("parts")
    first = parts.content[0] if parts and isinstance(parts.content, tuple) and parts.content else 0
    return (
        isinstance(first, Field)
        and isinstance(first.content, Mapping)
        and ("full" in first.content)
    )


def _added(tree: Tree, found: Field) -> Adjusted | None:
    if found.content is None:
        return None
    added = read_rule(tree, found)
    if isinstance(added, Adjusted):
        return added
    tree.reading.report(
        found, "added 只能用 rule: adjustments", "“added” takes rule: adjustments only"
    )
    return None


def _by_category(tree: Tree, found: Field, code: str) -> ByCategory:
    reading = tree.reading
    parts = reading.record(found, ("rule", "code", "categories"))
    own = in_round_code(tree, reading.text(parts["code"])) or code
    if parts["code"].content is not None:
        reading.check_code(parts["code"], own)
    entries = reading.entries(parts["categories"])
    for category in set(tree.categories) - entries.keys():
        reading.report(parts["categories"], f"缺少类别 {category}", f"expected category {category}")
    rules: dict[str, Rule] = {}
    for category, branch in entries.items():
        if category not in tree.categories:
            reading.report(
                branch, "这里没有这个类别", "there is no such category here", found=category
            )
            continue
        rules[category] = read_rule(tree.for_category(category), branch, own)
    return ByCategory(own, rules)


def _entry(reading: Reading, found: Field, name: str) -> Field:
    """One name of a mapping whose other names are read elsewhere."""
    return reading.record(found, (name,), tuple(reading.entries(found)))[name]


def _without(found: Field, name: str) -> Field:
    if not isinstance(found.content, Mapping):
        return found
    return replace(found, content={key: f for key, f in found.content.items() if key != name})


def _weight(reading: Reading, found: Field) -> Decimal:
    weight = reading.number(found)
    if weight < 0:
        reading.report(found, "权重不能为负", "expected a weight that is not negative")
    return weight


def _missing(reading: Reading, found: Field) -> Missing:
    return cast(Missing, reading.choice(found, MISSING, "not_ranked"))


def _most(reading: Reading, found: Field) -> Fraction | None:
    return None if found.content is None else share_of(reading.number(found))


def _range(reading: Reading, found: Field) -> tuple[Fraction, Fraction] | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("from", "to"))
    lowest, highest = reading.number(parts["from"]), reading.number(parts["to"])
    if lowest >= highest:
        reading.report(
            found, "from 应小于 to", "expected from to be below to", found=f"{lowest}–{highest}"
        )
    return Fraction(lowest), Fraction(highest)


RULES: Mapping[str, Callable[[Tree, Field, str], Rule]] = {
    "weighted": _weighted,
    "sum": _summed,
    "rounds": _rounds,
    "mean": _mean,
    "given": read_given,
    **INDICATORS,
    "rated": read_rated,
    "satisfaction": read_satisfaction,
    "adjustments": read_adjusted,
    "total": _total,
    "by_category": _by_category,
}

"""The score tree as a scheme writes it; a new kind of rule is one reader in the registry."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import cast

from analysis.rules import Adjusted, ByCategory, Mean, Missing, Part, Rule, Total, Weighted
from evalsvc.scheme.answered_rules import read_rated, read_satisfaction
from evalsvc.scheme.entered_rules import NOTHING, read_adjusted, read_component, read_given
from evalsvc.scheme.model import Text
from evalsvc.scheme.reading import Reading
from evalsvc.scheme.source import Field
from evalsvc.scheme.tree import Tree, in_round_code, node_code, node_record, share_of

MISSING = ("centred", "proportional", "equal", "zero", "not_ranked")
WEIGHTS = Text("各部分权重", "weights of the parts")


def read_rule(tree: Tree, found: Field, code: str = "") -> Rule:
    """One node: a component's code, `component: code`, or a mapping with its `rule`."""
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
    return RULES[tree.reading.choice(kind, tuple(RULES))](tree, found, code)


def _weighted(tree: Tree, found: Field, code: str) -> Weighted:
    parts = node_record(tree, found, ("parts", "missing"), ("limits", "missing_most"))
    return _weighted_of(tree, parts, node_code(tree, parts, found, code))


def _weighted_of(tree: Tree, parts: Mapping[str, Field], code: str) -> Weighted:
    reading = tree.reading
    children, weights = [], []
    for child in reading.sequence(parts["parts"]):
        weights.append(_weight(reading, _entry(reading, child, "weight")))
        children.append(read_rule(tree, _without(child, "weight")))
    reading.sums_to_100(parts["parts"], weights, WEIGHTS)
    if parts["parts"].content is not None and not children:
        reading.report(parts["parts"], "至少要有一个部分", "expected at least one part")
    return Weighted(
        code,
        tuple(Part(share_of(w), node) for w, node in zip(weights, children, strict=True)),
        _missing(reading, parts["missing"]),
        _range(reading, parts["limits"]),
        _most(reading, parts["missing_most"]),
    )


def _rounds(tree: Tree, found: Field, code: str) -> Weighted:
    reading = tree.reading
    parts = node_record(tree, found, ("rounds", "each", "missing"), ("missing_most",))
    children, weights = [], []
    for name, value in reading.entries(parts["rounds"]).items():
        if name not in tree.rounds:
            known = "、".join(tree.rounds)
            reading.report(value, f"没有这个轮次，已有：{known}",
                           f"there is no such round; there are: {known}", found=name)
            continue
        weights.append(_weight(reading, value))
        children.append(read_rule(tree.in_round(name), parts["each"]))
    reading.sums_to_100(parts["rounds"], weights, Text("各轮权重", "weights of the rounds"))
    return Weighted(
        node_code(tree, parts, found, code),
        tuple(Part(share_of(w), node) for w, node in zip(weights, children, strict=True)),
        _missing(reading, parts["missing"]),
        missing_most=_most(reading, parts["missing_most"]),
    )


def _mean(tree: Tree, found: Field, code: str) -> Mean:
    reading = tree.reading
    parts = node_record(tree, found, ("parts",), ("except",))
    children = tuple(read_rule(tree, child) for child in reading.sequence(parts["parts"]))
    codes = tuple(child.code for child in children)
    excepted = frozenset(
        reading.known(out, codes, Text("部分", "part"))
        for out in reading.sequence(parts["except"])
    )
    if parts["parts"].content is not None and not set(codes) - excepted:
        reading.report(parts["parts"], "至少要有一个计入的部分", "expected a part that counts")
    return Mean(node_code(tree, parts, found, code), children, excepted)


def _total(tree: Tree, found: Field, code: str) -> Total:
    parts = node_record(tree, found, ("parts", "missing"), ("limits", "missing_most", "added"))
    own = node_code(tree, parts, found, code)
    base = _weighted_of(tree, parts, f"{own}.base")
    if parts["added"].content is None:
        return Total(own, base, None)
    added = read_rule(tree, parts["added"])
    if not isinstance(added, Adjusted):
        tree.reading.report(parts["added"], "added 只能用 rule: adjustments",
                            "“added” takes rule: adjustments only")
        return Total(own, base, None)
    return Total(own, base, added)


def _by_category(tree: Tree, found: Field, code: str) -> ByCategory:
    reading = tree.reading
    parts = reading.record(found, ("rule", "code", "categories"))
    own = in_round_code(tree, reading.text(parts["code"])) or code
    entries = reading.entries(parts["categories"])
    for category in set(tree.categories) - entries.keys():
        reading.report(parts["categories"], f"缺少类别 {category}", f"expected category {category}")
    rules = {}
    for category, branch in entries.items():
        if category not in tree.categories:
            reading.report(branch, "这里没有这个类别", "there is no such category here",
                           found=category)
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
        reading.report(found, "from 应小于 to", "expected from to be below to",
                       found=f"{lowest}–{highest}")
    return Fraction(lowest), Fraction(highest)


RULES: Mapping[str, Callable[[Tree, Field, str], Rule]] = {
    "weighted": _weighted,
    "rounds": _rounds,
    "mean": _mean,
    "given": read_given,
    "rated": read_rated,
    "satisfaction": read_satisfaction,
    "adjustments": read_adjusted,
    "total": _total,
    "by_category": _by_category,
}

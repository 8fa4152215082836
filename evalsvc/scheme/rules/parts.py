"""The parts of a node with what they weigh, which may differ between categories."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import cast

from analysis.score.rules import ByCategory, Given, Missing, Rule
from evalsvc.scheme.file.exact import read_exact, read_exact_weight
from evalsvc.scheme.file.reading import Reading, read_by_category
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.given import NOTHING
from evalsvc.scheme.rules.node import read_rule, without
from evalsvc.scheme.tree import Tree, share_of
from evalsvc.text import Text

MISSING = ("centred", "proportional", "equal", "zero", "not_ranked")
# Their part's full marks are their own, too
# (docs/schemes), so that one number is not written twice.
WITH_FULL_MARKS = ("completion", "all_or_nothing", "to_best", "scaled")

Weights = Mapping[str, Fraction]
"""A part's weight in each category."""


def read_parts(tree: Tree, found: Field, name: str) -> tuple[list[Rule], list[Weights]]:
    """The parts of a list and what they weigh (`weight`, or `full` marks) in each category."""
    reading = tree.reading
    children: list[Rule] = []
    weights: list[Weights] = []
    for child in reading.sequence(found):
        entry = _entry(reading, child, name)
        weights.append(read_by_category(reading, entry, tree.categories, read_exact_weight))
        children.append(read_rule(tree, _own_fields(child, name)))
        # A figure may stand in several parts; twice in one list it is a slip of the pen.
        if isinstance(children[-1], Given) and children[-1].code and children[-1] in children[:-1]:
            reading.report(
                child,
                Text("这一项在列表里已经有了", "this figure stands in the list already"),
                found=children[-1].code,
            )
    if found.content is not None and not children:
        reading.report(found, Text("至少要有一个部分", "expected at least one part"))
    return children, weights


def split_by_weights(
    tree: Tree, code: str, weights: Sequence[Weights], build: Callable[[Sequence[Fraction]], Rule]
) -> Rule:
    """One rule where all categories weigh alike, else one for each."""
    # Told where categories are read; here there is nothing to build for.
    if not tree.categories:  # which is an error of its own
        return NOTHING
    found = {category: [each[category] for each in weights] for category in tree.categories}
    first = found[tree.categories[0]]
    # One rule where it can be one: the tree that people see is not doubled for equal weights.
    if all(own == first for own in found.values()):
        return build(first)
    return ByCategory(code, {category: build(own) for category, own in found.items()})


def read_missing(reading: Reading, found: Field) -> Missing:
    # Where a document says nothing a unit has no figure:
    # any other word would be an answer that nobody gave.
    return cast(Missing, reading.choice(found, MISSING, "not_ranked"))


def read_most(reading: Reading, found: Field) -> Fraction | None:
    return None if found.content is None else share_of(read_exact(reading, found))


def _own_fields(child: Field, name: str) -> Field:
    """A part without what the list above reads of it: its weight, or full marks out of so many."""
    rule = child.content.get("rule") if isinstance(child.content, Mapping) else None
    # Full marks that are also those of the part's method are written once and read twice.
    if name == "full" and rule is not None and rule.content in WITH_FULL_MARKS:
        return child
    rest = without(child, name)
    return without(rest, "out_of") if name == "full" else rest


def _entry(reading: Reading, found: Field, name: str) -> Field:
    """One name of a mapping whose other names are read elsewhere."""
    return reading.record(found, (name,), tuple(reading.entries(found)))[name]

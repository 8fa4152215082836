"""Parts of a score tree that the office enters: indicators, bonuses and deductions."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from analysis.score.rules import Adjusted, Cap, Given
from evalsvc.scheme.source import Field
from evalsvc.scheme.tree import Tree, in_round_code, node_code, node_record, note_node
from evalsvc.text import Text

NOTHING = Given("", "")
"""What stands in the tree where a part could not be read."""


def read_component(tree: Tree, found: Field) -> Given:
    code = in_round_code(tree, tree.reading.text(found))
    component = tree.components.get(code)
    if component is None:
        tree.reading.report(
            found,
            "没有这个计分项，请在 components 里写明",
            "there is no such component; declare it under components",
        )
        return NOTHING
    note_node(tree, found, code, component.name)
    tree.used_components.add(code)
    for category in set(tree.categories) - set(component.categories):
        tree.reading.report(
            found,
            f"该项不用于类别 {category}，请改 components 或用 by_category",
            f"this component is not for category {category}; change components or use by_category",
            found=code,
        )
    return Given(
        code,
        component.round,
        (_exact(component.minimum), _exact(component.maximum)),
        frozenset(Fraction(choice.value) for choice in component.choices),
    )


def _exact(bound: Decimal | None) -> Fraction | None:
    return None if bound is None else Fraction(bound)


def read_given(tree: Tree, found: Field, code: str) -> Given:
    parts = tree.reading.record(found, ("rule",), ("code",))
    if parts["code"].content is not None:
        return read_component(tree, parts["code"])
    return read_component(tree, replace(found, content=code))


def read_adjusted(tree: Tree, found: Field, code: str) -> Adjusted:
    reading = tree.reading
    parts = node_record(tree, found, (), ("caps", "bonus_most", "once_per_project"))
    tree.used_adjustments.update(tree.adjustments)
    caps = tuple(_cap(tree, cap) for cap in reading.sequence(parts["caps"]))
    most = parts["bonus_most"]
    rules = tuple(rule for _, rule in tree.adjustments.values())
    return Adjusted(
        node_code(tree, parts, found, code),
        rules,
        caps,
        Fraction(reading.number(most)) if most.content is not None else None,
        frozenset(_adjustment_codes(tree, parts["once_per_project"])),
    )


def _cap(tree: Tree, found: Field) -> Cap:
    parts = tree.reading.record(found, ("of", "most"))
    most = tree.reading.number(parts["most"])
    if most < 0:
        tree.reading.report(parts["most"], "上限不能为负", "expected a cap that is not negative")
    return Cap(_adjustment_codes(tree, parts["of"]), Fraction(most))


def _adjustment_codes(tree: Tree, found: Field) -> tuple[str, ...]:
    codes, kind = tuple(tree.adjustments), Text("加减分项", "adjustment")
    return tuple(tree.reading.known(each, codes, kind) for each in tree.reading.sequence(found))

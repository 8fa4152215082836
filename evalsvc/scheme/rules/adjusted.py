"""Bonuses and deductions."""

from fractions import Fraction

from analysis.score.rules import Adjusted, Cap
from analysis.score.tree import Node
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import show_term
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def read_adjusted(tree: Tree, found: Field, code: str) -> Adjusted:
    reading = tree.reading
    parts = node_record(tree, found, (), ("caps", "bonus_most", "once_per_project"))
    # What is declared and read by nothing is told as a mistake: this rule reads them all.
    tree.used_adjustments.update(tree.adjustments)
    caps = tuple(_cap(tree, cap) for cap in reading.sequence(parts["caps"]))
    most = parts["bonus_most"]
    rules = tuple(rule for _, rule in tree.adjustments.values())
    return Adjusted(
        node_code(tree, parts, found, code),
        rules,
        caps,
        read_exact(reading, most) if most.content is not None else None,
        frozenset(_adjustment_codes(tree, parts["once_per_project"])),
    )


def _cap(tree: Tree, found: Field) -> Cap:
    parts = tree.reading.record(found, ("of", "most"))
    most = tree.reading.number(parts["most"])
    # A cap below 0 would turn bonuses into deductions.
    if most < 0:
        tree.reading.report(
            parts["most"], Text("上限不能为负", "expected a cap that is not negative")
        )
    return Cap(_adjustment_codes(tree, parts["of"]), Fraction(most))


def _adjustment_codes(tree: Tree, found: Field) -> tuple[str, ...]:
    codes, kind = tuple(tree.adjustments), Text("加减分项", "adjustment")
    return tuple(tree.reading.known(each, codes, kind) for each in tree.reading.sequence(found))


def _tell(node: Node, _scheme: Scheme) -> Text:
    if not node.inputs:
        return Text("没有加减分。", "No adjustments.")
    counted = [(each.points or Fraction(0)) * each.weight for each in node.inputs]
    bonus = sum((points for points in counted if points > 0), Fraction(0))
    deducted = -sum((points for points in counted if points < 0), Fraction(0))
    return Text(
        "加分%(bonus)s − 扣分%(deducted)s = %(value)s。",
        "Bonuses %(bonus)s − deductions %(deducted)s = %(value)s.",
    ).filled(bonus=show_term(bonus), deducted=show_term(deducted), value=show_term(node.value))


ADJUSTED = Kind(
    Adjusted,
    name=Text("加减分", "adjustments"),
    how=always(Text("加减分表", "the sheet of adjustments")),
    tell=_tell,
    readers={"adjustments": read_adjusted},
)

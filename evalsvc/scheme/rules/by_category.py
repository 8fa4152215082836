"""A node whose rule differs between categories."""

from analysis.score.rules import ByCategory, Rule
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.telling import tell_worked
from evalsvc.scheme.tree import Tree, in_round_code
from evalsvc.text import Text


def _by_category(tree: Tree, found: Field, code: str) -> ByCategory:
    reading = tree.reading
    parts = reading.record(found, ("rule", "code", "categories"))
    own = in_round_code(tree, reading.text(parts["code"])) or code
    if parts["code"].content is not None:
        reading.check_code(parts["code"], own)
    entries = reading.entries(parts["categories"])
    # Named in full: a category that is left out would have
    # no figure, and nothing would say whether that is meant.
    for category in set(tree.categories) - entries.keys():
        reading.report(
            parts["categories"], Text(f"缺少类别 {category}", f"expected category {category}")
        )
    rules: dict[str, Rule] = {}
    for category, branch in entries.items():
        if category not in tree.categories:
            reading.report(
                branch, Text("这里没有这个类别", "there is no such category here"), found=category
            )
            continue
        # Read for that category alone: a component of another one would be a mistake here.
        rules[category] = read_rule(tree.for_category(category), branch, own)
    return ByCategory(own, rules)


BY_CATEGORY = Kind(
    ByCategory,
    name=Text("各类别不同", "by category"),
    how=always(Text("各类别各有规则", "each category by a rule of its own")),
    tell=tell_worked,
    readers={"by_category": _by_category},
)

"""One node of a score tree as a scheme writes it, whatever its rule."""

from collections.abc import Mapping
from dataclasses import replace

from analysis.score.rules import ByCategory, Given, Rule
from evalsvc.scheme.file.limits import MOST_PLACES
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.given import NOTHING, read_component
from evalsvc.scheme.tree import Tree
from evalsvc.text import Text


def read_rule(tree: Tree, found: Field, code: str = "") -> Rule:
    """One node: a component's code, `component: code`, or a mapping with its `rule`."""
    # 5,000 parts, written out by category and round, are the bound
    # of docs/schemes: a short file can unfold to any number.
    tree.count(found)
    if isinstance(found.content, str):
        return read_component(tree, found)
    entries = tree.reading.entries(found)
    if "component" in entries:
        return read_component(tree, tree.reading.record(found, ("component",))["component"])
    kind = entries.get("rule")
    if kind is None:
        # Where nothing stands at all, that has been told by whoever asked for the field.
        if found.content is not None:
            tree.reading.report(found, Text("缺少 rule", "expected “rule” here"))
        tree.reading.skipped = True
        return NOTHING
    reader = tree.readers.get(tree.reading.choice(kind, tuple(tree.readers), "none"))
    if reader is None:
        # Read by another rule it would be one mistake after the other.
        tree.reading.skipped = True
        return NOTHING
    # `places` may stand at any part; each rule's reader knows its own words only.
    rule = reader(tree, without(found, "places"), code)
    places = tree.node_places
    if "places" in entries:
        return replace(rule, places=tree.reading.integer(entries["places"], 0, MOST_PLACES))
    # What is entered stands as it was entered, and branches have their own places.
    return rule if isinstance(rule, Given | ByCategory) else replace(rule, places=places)


def without(found: Field, name: str) -> Field:
    """A mapping without one of its names."""
    if not isinstance(found.content, Mapping):
        return found
    return replace(found, content={key: f for key, f in found.content.items() if key != name})

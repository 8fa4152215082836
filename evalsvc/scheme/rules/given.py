"""A figure that somebody enters."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from analysis.score.rules import Given
from analysis.score.tree import Node
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import choice_name, show_term
from evalsvc.scheme.tree import Tree, in_round_code, note_node
from evalsvc.scheme.wording import round_name
from evalsvc.text import Text, same

NOTHING = Given("", "")
"""What stands in the tree where a part could not be read."""


def read_component(tree: Tree, found: Field) -> Given:
    code = in_round_code(tree, tree.reading.text(found))
    component = tree.components.get(code)
    if component is None:
        expected = Text(
            "没有这个计分项，请在 components 里写明",
            "there is no such component; declare it under components",
        )
        near = tree.reading.suggest(code, tuple(tree.components))
        tree.reading.report(found, expected + near)
        # Reading goes on with nothing in its place: a
        # clerk who is told one mistake at a time gives up.
        return NOTHING
    if code in tree.used_components:
        # The same figure in another part is the same node, with one value.
        tree.places[code].update(tree.categories)
    else:
        note_node(tree, found, code, component.name)
    tree.used_components.add(code)
    # A figure that a category never gets would be missing for each of its units.
    for category in set(tree.categories) - set(component.categories):
        tree.reading.report(
            found,
            Text(
                f"该项不用于类别 {category}，请改 components 或用 by_category",
                f"this component is not for category {category}; change components or use "
                "by_category",
            ),
            found=code,
        )
    return Given(
        code,
        component.round,
        (_exact(component.minimum), _exact(component.maximum)),
        frozenset(Fraction(choice.value) for choice in component.choices),
    )


def read_given(tree: Tree, found: Field, code: str) -> Given:
    parts = tree.reading.record(found, ("rule",), ("code",))
    if parts["code"].content is not None:
        return read_component(tree, parts["code"])
    # Without a code of the component, the node's own is meant.
    return read_component(tree, replace(found, content=code))


def _exact(bound: Decimal | None) -> Fraction | None:
    return None if bound is None else Fraction(bound)


def _tell(node: Node, scheme: Scheme) -> Text:
    code = node.inputs[0].source.partition(":")[2] if node.inputs else ""
    value, choice = same(show_term(node.value)), choice_name(node, scheme)
    if choice:
        value = Text("%(value)s（%(name)s）", "%(value)s (%(name)s)").filled(
            value=value, name=choice
        )
    return Text("%(round)s填报：%(value)s。", "Entered for %(round)s: %(value)s.").filled(
        round=round_name(scheme, code), value=value
    )


GIVEN = Kind(
    Given,
    name=Text("填报", "entered"),
    how=always(Text("录入的指标数", "an entered figure")),
    tell=_tell,
    readers={"given": read_given},
)

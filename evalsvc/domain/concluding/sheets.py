"""Score trees as text: how a computed tree is kept, exact to the last digit."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from analysis.score.tree import Input, Node, Remark


def write_tree(node: Node) -> str:
    """A tree as compact JSON; every figure as an exact fraction."""
    return json.dumps(_plain(node), ensure_ascii=False, separators=(",", ":"))


def write_outline(node: Node) -> str:
    """The figures of a tree without what they were made from: ratings, counts and events."""
    # Of a unit that 3,000 people have rated the tree has 6,000 answers and some 40 figures.
    return json.dumps(_plain(_strip(node)), ensure_ascii=False, separators=(",", ":"))


def _strip(node: Node) -> Node:
    return replace(node, inputs=(), parts=tuple(map(_strip, node.parts)))


def read_tree(text: str) -> Node:
    """The tree that `write_tree` wrote."""
    return _node(json.loads(text))


def _plain(node: Node) -> dict[str, Any]:
    return {
        "code": node.code,
        "rule": node.rule,
        "value": _text(node.value),
        "weight": _text(node.weight),
        "applied": _text(node.applied),
        "parts": [_plain(part) for part in node.parts],
        "inputs": [
            [one.source, one.raw, _text(one.points), _text(one.weight), one.note]
            for one in node.inputs
        ],
        "remarks": [[remark.code, *remark.figures] for remark in node.remarks],
    }


def _node(plain: dict[str, Any]) -> Node:
    return Node(
        code=plain["code"],
        rule=plain["rule"],
        value=_figure(plain["value"]),
        weight=_figure(plain["weight"]),
        applied=_figure(plain["applied"]),
        parts=tuple(_node(part) for part in plain["parts"]),
        inputs=tuple(
            Input(source, raw, _figure(points), Fraction(weight), note)
            for source, raw, points, weight, note in plain["inputs"]
        ),
        remarks=tuple(Remark(code, tuple(figures)) for code, *figures in plain["remarks"]),
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _figure(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)

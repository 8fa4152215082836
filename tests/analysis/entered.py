"""Entered figures for tests of indicator methods: one category, one round."""

from collections.abc import Mapping
from fractions import Fraction

from analysis import score
from analysis.score.facts import Facts, Indicator, Unit
from analysis.score.rules import Given, Rule
from analysis.score.tree import Node


def X(code: str) -> Given:  # noqa: N802  # stands for an entered figure in a rule
    return Given(code, "r")


def entered(figures: Mapping[str, Mapping[str, str | None]]) -> Facts:
    """Facts by unit and component; `NA` is a figure that the unit does not carry."""
    return Facts(
        tuple(Unit(unit, unit, "all") for unit in figures),
        indicators=tuple(
            Indicator("r", unit, component, None if value == "NA" else Fraction(value))
            for unit, own in figures.items()
            for component, value in own.items()
        ),
    )


def one_figure(*values: str) -> Facts:
    """Units u1, u2, … that have one figure `x` each."""
    return entered({f"u{n}": {"x": value} for n, value in enumerate(values, start=1)})


def values(rule: Rule, facts: Facts) -> list[Fraction | None]:
    return [result.tree.value for result in score(rule, facts, 2)]


def first_node(rule: Rule, facts: Facts) -> Node:
    return score(rule, facts, 2)[0].tree


def told(node: Node) -> dict[str, tuple[str, ...]]:
    return {remark.code: remark.figures for remark in node.remarks}

"""Turns a node of a score tree into plain words and rows: how the figure came about.

Pages, workbook, report and unit sheet all show a figure through `explain`, so that they can't say
different things, nor show more of a ballot than the others.
"""

from dataclasses import dataclass
from fractions import Fraction

from analysis.score.tree import Node
from evalsvc.reports.words.fact_rows import ExplainedRow, Raters, list_rows
from evalsvc.reports.words.remarks import IN_SENTENCES, gathered, remark_sentence
from evalsvc.reports.words.sentences import node_sentence
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kinds import NAMES
from evalsvc.scheme.wording import node_name, show_percent, show_short
from evalsvc.text import Text, same

__all__ = [
    "ExplainedRow",
    "Explanation",
    "Raters",
    "explain",
    "node_name",
    "show_percent",
    "show_short",
]


GIVEN_BY_THE_ARCHIVE = Text("档案给出", "given by the archive")


@dataclass(frozen=True)
class Explanation:
    """A figure in words: its name, one sentence with the arithmetic, what it came from, remarks."""

    code: str
    title: Text
    rule: Text
    value: Fraction | None
    sentence: Text
    rows: tuple[ExplainedRow, ...]
    remarks: tuple[Text, ...]


def explain(node: Node, scheme: Scheme, raters: Raters | None = None) -> Explanation:
    """How `node` got its value. Without `raters` nobody is named: ballots are sorted points."""
    return Explanation(
        code=node.code,
        title=node_name(scheme, node.code),
        rule=_rule_name(node.rule),
        value=node.value,
        sentence=node_sentence(node, scheme),
        rows=tuple(list_rows(node, scheme, raters or {})),
        remarks=tuple(
            remark_sentence(remark, scheme)
            for remark in gathered(node.remarks, node.value is not None)
            if remark.code not in IN_SENTENCES
        ),
    )


def _rule_name(rule: str) -> Text:
    """What the rule is called; `known` is none, but a figure that stands in the archive."""
    return GIVEN_BY_THE_ARCHIVE if rule == "known" else NAMES.get(rule, same(rule))

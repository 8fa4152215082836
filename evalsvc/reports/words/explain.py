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
from evalsvc.reports.words.wording import Speaker, node_name, show_percent, show_short
from evalsvc.scheme.model import Scheme

__all__ = [
    "ExplainedRow",
    "Explanation",
    "Raters",
    "explain",
    "node_name",
    "show_percent",
    "show_short",
]


@dataclass(frozen=True)
class Explanation:
    """A figure in words: its name, one sentence with the arithmetic, what it came from, remarks."""

    code: str
    title: str
    rule: str
    value: Fraction | None
    sentence: str
    rows: tuple[ExplainedRow, ...]
    remarks: tuple[str, ...]


def explain(
    node: Node, scheme: Scheme, language: str = "zh", raters: Raters | None = None
) -> Explanation:
    """How `node` got its value. Without `raters` nobody is named: ballots are sorted points."""
    speaker = Speaker(scheme, language)
    return Explanation(
        code=node.code,
        title=speaker.node(node.code),
        rule=_rule_name(node.rule, speaker),
        value=node.value,
        sentence=node_sentence(node, speaker),
        rows=tuple(list_rows(node, speaker, raters or {})),
        remarks=tuple(
            remark_sentence(remark, scheme, language)
            for remark in gathered(node.remarks, node.value is not None)
            if remark.code not in IN_SENTENCES
        ),
    )


def _rule_name(rule: str, speaker: Speaker) -> str:
    return {
        "given": speaker.say("填报"),
        "known": speaker.say("档案给出"),
        "weighted": speaker.say("加权"),
        "mean": speaker.say("平均"),
        "rated": speaker.say("评价"),
        "satisfaction": speaker.say("满意度"),
        "adjusted": speaker.say("加减分"),
        "total": speaker.say("加总"),
        "sum": speaker.say("各项得分相加"),
        "rated_items": speaker.say("评价"),
        "tally": speaker.say("按次数计分"),
        "completion": speaker.say("按完成比例计分"),
        "all_or_nothing": speaker.say("否决计分"),
        "placed": speaker.say("按名次计分"),
        "to_best": speaker.say("与最好单位比"),
        "graded": speaker.say("按等级计分"),
        "task_grades": speaker.say("按任务等级计分"),
        "segments": speaker.say("三三分档"),
    }.get(rule, rule)

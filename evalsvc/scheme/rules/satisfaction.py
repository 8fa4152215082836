"""How satisfied a panel of citizens is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import cast

from analysis.panel.small_cells import Thresholds
from analysis.score.rules import ByCategory, Few, Rule, Satisfaction, Weighing
from analysis.score.tree import Input, Node
from evalsvc.scheme.file.limits import MOST_TOTAL, MOST_UNITS
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.asked import (
    count_only,
    get_thresholds,
    points_of,
    read_groups,
    read_question,
    read_round,
    read_share_of,
)
from evalsvc.scheme.rules.kind import Kind
from evalsvc.scheme.rules.telling import find_remark, in_brackets, say_answers, show_term
from evalsvc.scheme.tree import Tree, node_code, node_record, share_of
from evalsvc.scheme.wording import show_percent, stratum_name
from evalsvc.text import NOTHING, Text, same

WEIGHING = ("citizens", "strata")
FEW = ("joined", "handed_on")
OTHER_WEIGHING: Mapping[str, Text] = {
    "citizens": Text(
        "（按各层平均分乘方案权重计，为%(value)s分。）",
        " (By the strata's means times their planned weights: %(value)s.)",
    ),
    "strata": Text(
        "（按每位群众同一权重计，为%(value)s分。）",
        " (With one weight for every citizen: %(value)s.)",
    ),
}
"""The figure by the way that a scheme does not take, by the one that it takes."""


def read_satisfaction(tree: Tree, found: Field, code: str) -> Rule:
    reading = tree.reading
    parts = node_record(
        tree, found, ("group", "question", "min_valid"), ("round", "weighing", "few", "share_of")
    )
    # Counts by stratum and level are all that is kept of a panel.
    groups = read_groups(tree, parts["group"], ("counts",))
    question = read_question(tree, parts["question"], groups)
    levels = question.scale if question else ()
    if question is not None and not levels:
        reading.report(
            parts["question"],
            Text("满意度要用 levels 类问题", "satisfaction needs a question of the kind levels"),
        )
    group = next(iter(groups.values()), None)
    round_code = read_round(tree, parts["round"])
    thresholds = get_thresholds(tree, round_code)
    least = thresholds.answers_for_score
    weighing = cast(Weighing, reading.choice(parts["weighing"], WEIGHING))
    if weighing == "strata" and group is not None and len(group.strata) < 2:
        reading.report(
            parts["weighing"],
            Text("这个主体没有分层（strata），无从按层加权", "this group has no strata to weigh"),
        )
    few, few_below = _read_few(tree, parts["few"], weighing, thresholds)
    rule = Satisfaction(
        code=node_code(tree, parts, found, code),
        round=round_code,
        group=group.code if group else "",
        item=question.code if question else "",
        points={level.code: points_of(level.points) for level in levels},
        strata={s.code: share_of(s.weight) for s in group.strata} if group else {},
        # Thirty or more (threshold `answers_for_score`, which the round's seal holds): the least
        # that may be written, and the rule if left out.
        min_valid=reading.threshold(parts["min_valid"], least, MOST_TOTAL),
        satisfied=frozenset(level.code for level in levels if level.satisfied),
        basically=frozenset(level.code for level in levels if level.basically),
        weighing=weighing,
        few=few,
        few_below=few_below,
    )
    codes = read_share_of(tree, parts["share_of"], rule.points if levels else None)
    if codes:
        rule = replace(rule, points=count_only(rule.points, codes), share_of=codes)
    # One plan for all categories is one rule; plans that differ make one for each.
    if group is None or not any(stratum.weights for stratum in group.strata):
        return rule
    plans = {
        category: {s.code: share_of(s.weights.get(category, s.weight)) for s in group.strata}
        for category in tree.categories
    }
    return ByCategory(rule.code, {c: replace(rule, strata=plan) for c, plan in plans.items()})


def _read_few(
    tree: Tree, found: Field, weighing: Weighing, thresholds: Thresholds
) -> tuple[Few, int]:
    """What becomes of strata with few answers; never a mean of fewer than may be shown."""
    least = thresholds.answers_for_mean
    if found.content is None:
        return "joined", least
    parts = tree.reading.record(found, ("below", "then"))
    if weighing != "strata":
        tree.reading.report(
            found,
            Text("few 只与 weighing: strata 一起写", "“few” goes together with weighing: strata"),
        )
    then = cast(Few, tree.reading.choice(parts["then"], FEW))
    # A stratum's mean of fewer would be what single people said, and a whole stratum's weight.
    return then, tree.reading.threshold(parts["below"], least, MOST_UNITS)


def _tell(node: Node, scheme: Scheme) -> Text:
    answers = find_remark(node, "valid_answers")
    valid, unknown = answers.figures if answers else ("—", "—")
    strata, thresholds = _strata(node), scheme.get_thresholds(node.code)
    words = {"valid": valid, "unknown": unknown, "value": show_term(node.value)}
    # A stratum's mean of fewer than ten answers is not shown (`answers_for_distribution`); then
    # none is, or the rest would follow by subtraction.
    if len(strata) < 2 or not _may_show_strata(strata, thresholds):
        return Text(
            "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），平均%(value)s分。",
            '%(valid)s valid answers (%(unknown)s "don\'t know" left out), %(value)s points on '
            "average.",
        ).filled(**words)
    terms = same(" + ").join(
        stratum_name(scheme, code) + same(f" {show_term(mean)} × {show_percent(share)}")
        for code, (share, mean) in _stratum_figures(strata).items()
        if mean is not None
    )
    return Text(
        "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），各层平均分按权重合计："
        "%(terms)s = %(value)s。",
        "%(valid)s valid answers (%(unknown)s \"don't know\" left out); the strata's means "
        "by weight: %(terms)s = %(value)s.",
    ).filled(terms=terms, **words) + _tell_other(node)


def _tell_other(node: Node) -> Text:
    """The figure by the other way; it follows from the strata's means, and stands with them."""
    weighing = find_remark(node, "weighing")
    if weighing is None:
        return NOTHING
    method, other = weighing.figures
    return OTHER_WEIGHING[method].filled(value=other)


def _say_how(rule: Satisfaction) -> Text:
    if rule.weighing == "strata":
        return Text("各层平均分乘方案权重", "the means of strata times their planned weights")
    return Text(
        "各层满意度按权重合计，每位群众同一权重",
        "satisfaction by strata, weighted, with one weight for every citizen",
    )


def _say_settings(rule: Satisfaction, scheme: Scheme) -> Text:
    share = bool(rule.share_of)
    return in_brackets(say_answers(scheme, rule.group, rule.item, rule.points, share=share))


def _strata(node: Node) -> dict[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for each in node.inputs:
        found.setdefault(each.source.split(":")[1], []).append(each)
    return found


def _may_show_strata(strata: Mapping[str, Sequence[Input]], thresholds: Thresholds) -> bool:
    valid = (
        sum(int(each.raw) for each in inputs if each.points is not None)
        for inputs in strata.values()
    )
    return all(map(thresholds.may_show_distribution, valid))


def _stratum_figures(
    strata: Mapping[str, Sequence[Input]],
) -> dict[str, tuple[Fraction, Fraction | None]]:
    """Each stratum's applied weight and its mean points."""
    found: dict[str, tuple[Fraction, Fraction | None]] = {}
    for code, inputs in strata.items():
        share = sum((each.weight for each in inputs), Fraction(0))
        points = sum(((each.points or Fraction(0)) * each.weight for each in inputs), Fraction(0))
        found[code] = (share, points / share if share else None)
    return found


SATISFACTION = Kind(
    Satisfaction,
    name=Text("满意度", "satisfaction"),
    how=_say_how,
    tell=_tell,
    readers={"satisfaction": read_satisfaction},
    groups=lambda rule, _category: (rule.group,),
    settings=_say_settings,
)

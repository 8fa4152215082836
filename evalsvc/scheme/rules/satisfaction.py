"""How satisfied a panel of citizens is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from analysis.panel.small_cells import Thresholds
from analysis.score.rules import ByCategory, Rule, Satisfaction
from analysis.score.tree import Input, Node
from evalsvc.scheme.file.limits import MOST_TOTAL
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.asked import (
    get_thresholds,
    points_of,
    read_groups,
    read_question,
    read_round,
)
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import find_remark, show_term
from evalsvc.scheme.tree import Tree, node_code, node_record, share_of
from evalsvc.scheme.wording import show_percent, stratum_name
from evalsvc.text import Text, same


def read_satisfaction(tree: Tree, found: Field, code: str) -> Rule:
    reading = tree.reading
    parts = node_record(tree, found, ("group", "question", "min_valid"), ("round",))
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
    least = get_thresholds(tree, round_code).answers_for_score
    rule = Satisfaction(
        code=node_code(tree, parts, found, code),
        round=round_code,
        group=group.code if group else "",
        item=question.code if question else "",
        points={level.code: points_of(level.points) for level in levels},
        strata={s.code: share_of(s.weight) for s in group.strata} if group else {},
        # Thirty or more (threshold `answers_for_score`, which the round's seal holds): the least
        # that may be written, and the rule if left out.
        min_valid=reading.integer(parts["min_valid"], least, MOST_TOTAL, least),
        satisfied=frozenset(level.code for level in levels if level.satisfied),
        basically=frozenset(level.code for level in levels if level.basically),
    )
    # One plan for all categories is one rule; plans that differ make one for each.
    if group is None or not any(stratum.weights for stratum in group.strata):
        return rule
    plans = {
        category: {s.code: share_of(s.weights.get(category, s.weight)) for s in group.strata}
        for category in tree.categories
    }
    return ByCategory(rule.code, {c: replace(rule, strata=plan) for c, plan in plans.items()})


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
    ).filled(terms=terms, **words)


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
    how=always(Text("各层满意度按权重合计", "satisfaction by strata, weighted")),
    tell=_tell,
    readers={"satisfaction": read_satisfaction},
    groups=lambda rule, _category: (rule.group,),
)

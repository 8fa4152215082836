"""A scheme's score as one category sees it: every part, its weight, its share of the whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from analysis.score import rules
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

KINDS = {
    "Given": Text("录入", "entered"),
    "Weighted": Text("加权", "weighted"),
    "Summed": Text("各项相加", "sum of points"),
    "Mean": Text("平均", "mean"),
    "Tally": Text("按次加减", "points by event"),
    "Completion": Text("完成比例", "completion ratio"),
    "AllOrNothing": Text("一票否决计分", "all or nothing"),
    "Placed": Text("按名次计分", "points by place"),
    "ToBest": Text("与最好的成比例", "in proportion to the best"),
    "Graded": Text("按等级计分", "graded"),
    "TaskGrades": Text("按任务档次加权", "tasks by grade"),
    "Segments": Text("三三分档", "nine segments"),
    "Rated": Text("评价打分", "rated"),
    "RatedItems": Text("多题评价打分", "rated on several items"),
    "Satisfaction": Text("满意度", "satisfaction"),
    "Adjusted": Text("加减分", "adjustments"),
    "Total": Text("总分", "total"),
}

HOW = {
    "Given": Text("录入的指标数", "an entered figure"),
    "Weighted": Text("下列各项加权", "the parts below, weighted"),
    "Summed": Text("下列各项得分相加", "the points below, added"),
    "Mean": Text("下列各项的平均", "the mean of the parts below"),
    "Tally": Text("按录入的次数加减分", "points for each event that was entered"),
    "Completion": Text("按完成目标的比例得分", "points in proportion to the target"),
    "AllOrNothing": Text("没有发生得满分，发生就不得分", "full marks without an event, else none"),
    "Placed": Text("按在本类中的名次得分", "points by the place in the category"),
    "ToBest": Text(
        "本类最好的得满分，其余按比例", "full marks for the best, in proportion for others"
    ),
    "Graded": Text("按录入的等级得分", "points of the grade that was entered"),
    "TaskGrades": Text(
        "各任务所评等级的分数，按任务量加权", "points of the tasks' grades, weighted"
    ),
    "Segments": Text(
        "先商定档次，再在这一档里打分", "a segment is agreed first, then a score inside it"
    ),
    "Rated": Text("每票打分，取平均", "points on every ballot, then the mean"),
    "RatedItems": Text(
        "每票几个问题加权，再取平均", "questions of a ballot weighted, then the mean"
    ),
    "Satisfaction": Text("各层满意度按权重合计", "satisfaction by strata, weighted"),
    "Adjusted": Text("加减分表", "the sheet of adjustments"),
    "Total": Text("下列各项加权，再加减分", "the parts below, weighted, and the adjustments"),
}
POINTS_TOTAL = Text("下列各项得分相加，再加减分", "the points below, added, and the adjustments")
BY_PLACE = Text("按在每票上的名次得分，取平均", "points by place on every ballot, then the mean")


@dataclass(frozen=True)
class Branch:
    """A node: `weight` inside its parent (full marks in a sum of points), `share` of the total.

    Both are None where a part has no fixed weight: adjustments, and facts of an indicator.
    """

    code: str
    name: Text
    kind: str
    weight: Fraction | None
    share: Fraction | None
    groups: tuple[str, ...]
    parts: tuple["Branch", ...]

    def walk(self) -> Iterator["Branch"]:
        """This branch and all below it, parents first."""
        yield self
        for part in self.parts:
            yield from part.walk()


def build_outline(scheme: Scheme, category: str) -> Branch:
    """The score tree of one category."""
    return _branch(scheme, scheme.score, category, None, Fraction(1))


def say_rule(rule: rules.Rule) -> Text:
    """How a figure comes about, in a few words; a rule by category is asked branch by branch."""
    if isinstance(rule, rules.Rated) and rule.by_place is not None:
        return BY_PLACE
    if isinstance(rule, rules.Total) and rule.added is None:
        return say_rule(rule.base)
    if isinstance(rule, rules.Total) and isinstance(rule.base, rules.Summed):
        return POINTS_TOTAL
    return HOW[type(rule).__name__]


def _branch(
    scheme: Scheme, rule: rules.Rule, category: str, weight: Fraction | None, share: Fraction | None
) -> Branch:
    if isinstance(rule, rules.ByCategory):
        return _branch(scheme, rule.rules[category], category, weight, share)
    return Branch(
        rule.code,
        scheme.node_names.get(rule.code, Text(rule.code, rule.code)),
        type(rule).__name__,
        weight,
        share,
        _groups(rule, category),
        tuple(
            _branch(scheme, part, category, own, _times(share, of))
            for part, own, of in _weigh(rule, category)
            if _is_for(scheme, part, category)
        ),
    )


def _weigh(
    rule: rules.Rule, category: str
) -> Iterator[tuple[rules.Rule, Fraction | None, Fraction | None]]:
    """Each part with its own weight and its share of this node."""
    if isinstance(rule, rules.Total):
        yield from _weigh(rule.base, category)
        if rule.added is not None:
            yield rule.added, None, None
    elif isinstance(rule, rules.Weighted):
        for part in rule.parts:
            yield part.node, part.weight, part.weight
    elif isinstance(rule, rules.Summed):
        full = sum((part.weight for part in rule.parts), Fraction(0))
        for part in rule.parts:
            yield part.node, part.weight, part.weight / full if full else None
    elif isinstance(rule, rules.Mean):
        counted = [part for part in rule.parts if part.code not in rule.excepted]
        for each in rule.parts:
            share = Fraction(1, len(counted)) if each in counted else None
            yield each, None, share
    elif isinstance(rule, rules.RatedItems):
        for item in rule.items:
            yield item.rated, item.weight, item.weight
    else:
        for each in rule.below:
            yield each, None, None


def _times(share: Fraction | None, of: Fraction | None) -> Fraction | None:
    return None if share is None or of is None else share * of


def _is_for(scheme: Scheme, rule: rules.Rule, category: str) -> bool:
    """Whether units of the category have a part; entered figures may be for others only."""
    if isinstance(rule, rules.ByCategory):
        return category in rule.rules
    if isinstance(rule, rules.Given):
        known = [each for each in scheme.components if each.code == rule.code]
        return not known or any(category in each.categories for each in known)
    return True


def _groups(rule: rules.Rule, category: str) -> tuple[str, ...]:
    if isinstance(rule, rules.Rated):
        group = rule.groups.get(category)
        return (group,) if group else ()
    if isinstance(rule, rules.Satisfaction):
        return (rule.group,)
    if isinstance(rule, rules.RatedItems):
        return tuple(dict.fromkeys(g for i in rule.items for g in _groups(i.rated, category)))
    return ()

"""A scheme alone, in words: its tree with weights and bounds, what is added, what follows."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.rules import Adjusted, AdjustmentRule, Given, Rule, Summed, Total, Weighted
from analysis.score.span import Span, span_of
from evalsvc.scheme.explained_outcome import list_outcome_lines
from evalsvc.scheme.model import Category, Scheme, list_rules
from evalsvc.scheme.outline import Branch, build_outline
from evalsvc.scheme.rules.kinds import get_kind
from evalsvc.scheme.wording import adjustment_name, group_name, say_shown, show_percent, show_short
from evalsvc.text import AND, COLON, COMMA, NOTHING, SEMICOLON, STOP, Text, same

MISSING = {
    "proportional": Text(
        "缺项按比例摊给其余各项", "a missing part goes to the others in proportion"
    ),
    "equal": Text("缺项平均摊给其余各项", "a missing part goes to the others in equal shares"),
    "centred": Text(
        "缺项按类别平均数中心化分摊", "a missing part is redistributed, centred on category means"
    ),
    "zero": Text("缺项计 0 分", "a missing part counts 0"),
    "not_ranked": Text("有缺项就没有得分", "without one of the parts there is no figure"),
}


@dataclass(frozen=True)
class Sentence:
    """One sentence, and how deep it lies below the line above it."""

    text: Text
    depth: int = 0


@dataclass(frozen=True)
class Passage:
    """Sentences under a heading."""

    title: Text
    lines: tuple[Sentence, ...]


@dataclass(frozen=True)
class SharedTree:
    """The score tree of those categories that share it; `total` says how far the total goes."""

    title: Text
    total: Text
    root: Branch


def explain(scheme: Scheme) -> tuple[Passage, ...]:
    """Everything that decides a result under a scheme, section by section."""
    return (*(_tell_tree(tree, scheme) for tree in list_trees(scheme)), *list_sections(scheme))


def list_trees(scheme: Scheme) -> tuple[SharedTree, ...]:
    """How the total comes about, once for all categories with the same tree."""
    found: list[tuple[Branch, list[Category]]] = []
    for category in scheme.categories:
        root = build_outline(scheme, category.code)
        own = next((those for each, those in found if each == root), None)
        if own is None:
            found.append((root, [category]))
        else:
            own.append(category)
    title = Text("总分怎样得出：%(names)s", "How the total comes about: %(names)s")
    return tuple(
        SharedTree(
            title.filled(names=AND.join(each.name for each in those)), _say_total(root), root
        )
        for root, those in found
    )


def list_sections(scheme: Scheme) -> tuple[Passage, ...]:
    """What is added to the score and what follows from it; a heading with nothing is left out."""
    found = (
        Passage(Text("加减分", "Adjustments"), tuple(_list_adjustments(scheme))),
        Passage(
            Text("等次、表彰和后果", "Grades, awards and consequences"),
            tuple(Sentence(text) for text in list_outcome_lines(scheme)),
        ),
        Passage(Text("公示", "What is public"), tuple(_list_public(scheme))),
        Passage(
            Text("有条件才问的题", "Questions that are asked on a condition"),
            tuple(_list_conditions(scheme)),
        ),
        Passage(
            Text("文件没有规定、由方案选定的", "Left open by the document and chosen here"),
            tuple(_list_open(scheme)),
        ),
    )
    return tuple(section for section in found if section.lines)


def _list_public(scheme: Scheme) -> Iterator[Sentence]:
    """Whose names are public, where it is not everybody's."""
    if scheme.publication.shows is not None:
        yield Sentence(
            Text(
                "只公示这些等次的名单：%(grades)s。其他人的等次、所有人的得分和名次都不公开。",
                "Only the names with these grades are public: %(grades)s. No other grade, and "
                "nobody's score or place, is public.",
            ).filled(grades=say_shown(scheme))
        )


def _tell_tree(tree: SharedTree, scheme: Scheme) -> Passage:
    branches = tree.root.walk_down()
    lines = (Sentence(_say_branch(each, scheme), depth) for depth, each in branches)
    return Passage(tree.title, (Sentence(tree.total), *lines))


def _say_total(tree: Branch) -> Text:
    """Between which figures the total lies, with the adjustments and without."""
    told = Text("总分：%(range)s。", "The total: %(range)s.").filled(range=say_span(tree.rule))
    if not isinstance(tree.rule, Total) or tree.rule.added is None:
        return told
    base = Text("不计加减分：%(range)s。", "Without the adjustments: %(range)s.")
    return told + same(" ") + base.filled(range=say_span(tree.rule.base))


def say_how(branch: Branch, scheme: Scheme) -> Text:
    """From whom and how a figure comes, and what is done where a part is missing."""
    facts = [
        AND.join(group_name(scheme, code) for code in branch.groups),
        branch.how
        + get_kind(branch.rule).settings(branch.rule, scheme)
        + _say_entered(branch.rule),
        _say_out_of(branch),
        _say_missing(branch.rule),
    ]
    return SEMICOLON.join(fact for fact in facts if fact)


def say_range(branch: Branch) -> Text:
    """How far a figure goes; what is entered says so itself, since a count is no points."""
    return NOTHING if isinstance(branch.rule, Given) else say_span(branch.rule)


def say_weight(branch: Branch) -> Text:
    """What a part weighs in the one above it; nothing where it has no fixed weight."""
    if branch.weight is None:
        return NOTHING
    if not branch.in_points:
        return same(show_percent(branch.weight))
    if not branch.weight:
        return Text("额外分", "an extra")
    return Text("满分 %(full)s", "full marks %(full)s").filled(full=show_short(branch.weight))


def say_share(branch: Branch) -> Text:
    """Which share of the total a part makes."""
    return NOTHING if branch.share is None else same(show_percent(branch.share))


def say_span(rule: Rule) -> Text:
    """The least and the greatest figure that a rule can give."""
    span = span_of(rule)
    if span.least is None and span.most is None:
        return Text("不限", "unbounded")
    if span.least is None:
        return Text("最高 %(most)s 分，下不封底", "%(most)s at most, without lower bound").filled(
            most=show_short(span.most)
        )
    if span.most is None:
        return Text(
            "最低 %(least)s 分，上不封顶", "%(least)s at least, without upper bound"
        ).filled(least=show_short(span.least))
    return _say_bounds(span)


def _say_bounds(span: Span) -> Text:
    return Text("%(least)s 到 %(most)s 分", "%(least)s to %(most)s").filled(
        least=show_short(span.least), most=show_short(span.most)
    )


def _say_branch(branch: Branch, scheme: Scheme) -> Text:
    told = branch.name + same(f" [{branch.code}]")
    weight, share = say_weight(branch), say_share(branch)
    if weight:
        told += COMMA + weight
    if weight and share and share != weight:
        told += COMMA + Text("占总分 %(n)s", "%(n)s of the total").filled(n=share)
    facts = (say_how(branch, scheme), say_range(branch))
    return told + COLON + SEMICOLON.join(fact for fact in facts if fact) + STOP


def _say_entered(rule: Rule) -> Text:
    """Of a figure that is entered its bounds: a count is no number of points."""
    if not isinstance(rule, Given):
        return NOTHING
    least, most = rule.limits
    if rule.choices:
        listed = AND.join(same(show_short(each)) for each in sorted(rule.choices))
        return COMMA + Text("为 %(choices)s 之一", "one of %(choices)s").filled(choices=listed)
    if least is None and most is None:
        return COMMA + Text("不限大小", "of any size")
    if most is None:
        return COMMA + Text("不小于 %(n)s", "%(n)s or more").filled(n=show_short(least))
    if least is None:
        return COMMA + Text("不大于 %(n)s", "%(n)s or less").filled(n=show_short(most))
    told = Text("%(least)s 到 %(most)s", "%(least)s to %(most)s")
    return COMMA + told.filled(least=show_short(least), most=show_short(most))


def _say_out_of(branch: Branch) -> Text:
    if branch.out_of is None:
        return NOTHING
    told = Text(
        "按 %(out_of)s 分打，折成 %(full)s 分", "a mark out of %(out_of)s, counted as %(full)s"
    )
    return told.filled(out_of=show_short(branch.out_of), full=show_short(branch.weight))


def _say_missing(rule: Rule) -> Text:
    base = rule.base if isinstance(rule, Total) else rule
    return MISSING[base.missing] if isinstance(base, Weighted | Summed) else NOTHING


def _list_adjustments(scheme: Scheme) -> Iterator[Sentence]:
    """Each bonus and deduction with its points, then the caps."""
    for rule in _find_adjusted(scheme):
        for each in rule.rules:
            yield Sentence(adjustment_name(scheme, each.code) + COLON + _say_points(each) + STOP)
        for cap in rule.caps:
            names = AND.join(adjustment_name(scheme, code) for code in cap.rules)
            told = Text(
                "%(names)s：合计最多加 %(most)s 分。",
                "%(names)s: %(most)s points together at most.",
            )
            yield Sentence(told.filled(names=names, most=show_short(cap.most)))
        if rule.bonus_most is not None:
            told = Text("加分总共最多 %(most)s 分。", "All bonuses: %(most)s points at most.")
            yield Sentence(told.filled(most=show_short(rule.bonus_most)))


def _find_adjusted(scheme: Scheme) -> tuple[Adjusted, ...]:
    """The rule of the adjustments, once where a total is written out by category."""
    return tuple(
        {
            rule.code: rule for rule in list_rules(scheme.score) if isinstance(rule, Adjusted)
        }.values()
    )


def _say_points(rule: AdjustmentRule) -> Text:
    points = show_short(rule.points)
    if not rule.points:
        return Text("只作记录，不计分", "recorded, without points")
    if rule.method == "largest":
        return Text(
            "最多的单位得 %(points)s 分，其余按比例",
            "%(points)s for the largest amount, others in proportion",
        ).filled(points=points)
    if rule.method == "amount":
        return _say_entered_points(rule.points) + _say_amounts(rule.amount_range)
    return Text("每次 %(points)s 分", "%(points)s each time").filled(points=points)


def _say_entered_points(points: Fraction) -> Text:
    if points == 1:
        return Text("按填报的分值加", "the points entered, added")
    if points == -1:
        return Text("按填报的分值扣", "the points entered, taken away")
    told = Text("填报的数 × %(points)s 分", "%(points)s points for each one entered")
    return told.filled(points=show_short(points))


def _say_amounts(between: tuple[Fraction, Fraction] | None) -> Text:
    if between is None:
        return NOTHING
    least, most = map(show_short, between)
    return COMMA + Text(f"每次 {least} 到 {most}", f"{least} to {most} each time")


def _list_conditions(scheme: Scheme) -> Iterator[Sentence]:
    told = Text("“%(title)s”：只有%(condition)s才问。", "“%(title)s”: only if %(condition)s.")
    for questionnaire in scheme.questionnaires.values():
        lines = [
            Sentence(told.filled(title=asked.question.title, condition=condition), 1)
            for asked in questionnaire.asked
            if (condition := questionnaire.say_condition(asked))
        ]
        if lines:
            yield Sentence(questionnaire.title)
            yield from lines


def _list_open(scheme: Scheme) -> Iterator[Sentence]:
    for each in scheme.parameters:
        if each.open:
            yield Sentence(each.about + same(f" [{each.code}]") + COLON + same(each.value))

"""A figure that goes no further where another one has missed, or reached, something."""

from collections.abc import Iterator
from fractions import Fraction

from analysis.score.rules import Condition, Limited
from analysis.score.tree import Node
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import read_bounds, require_some
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.telling import (
    find_remark,
    in_brackets,
    say_bounds,
    show_setting,
    show_term,
)
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.scheme.wording import node_names
from evalsvc.text import COMMA, Text


def _limited(tree: Tree, found: Field, code: str) -> Limited:
    reading = tree.reading
    parts = node_record(tree, found, ("of", "when"), ("match", "least", "most"))
    conditions = tuple(_condition(tree, each) for each in reading.sequence(parts["when"]))
    require_some(reading, parts["when"], conditions)
    least, most = read_bounds(reading, parts)
    if least is None and most is None and found.content is not None:
        reading.report(
            found,
            Text(
                "要写 most（最多多少）或 least（最少多少）",
                "expected “most” (how much at most) or “least”",
            ),
        )
    return Limited(
        node_code(tree, parts, found, code),
        read_rule(tree, parts["of"]),
        conditions,
        least,
        most,
        reading.choice(parts["match"], ("any", "all")) == "all",
    )


def _condition(tree: Tree, found: Field) -> Condition:
    parts = tree.reading.record(found, ("of",), ("below", "from"))
    below, at_least = (
        read_exact(tree.reading, parts[name]) if parts[name].content is not None else None
        for name in ("below", "from")
    )
    if below is None and at_least is None:
        tree.reading.report(
            found,
            Text("要写 below（低于）或 from（不低于）", "expected “below” or “from” (at least)"),
        )
    return Condition(read_rule(tree, parts["of"]), below, at_least)


def _weigh(rule: Limited) -> Iterator[Share]:
    yield Share(rule.node, of=Fraction(1))
    yield from (Share(each.node) for each in rule.conditions)


_OR = Text("或", " or ")
_AND = Text("且", " and ")


def _say_settings(rule: Limited, scheme: Scheme) -> Text:
    conditions = (_AND if rule.together else _OR).join(
        _say_condition(each, scheme) for each in rule.conditions
    )
    limits = COMMA.join(say_bounds(rule.least, rule.most))
    told = Text("%(conditions)s 时%(limits)s", "%(conditions)s: %(limits)s")
    return in_brackets((told.filled(conditions=conditions, limits=limits),))


def _say_condition(condition: Condition, scheme: Scheme) -> Text:
    bounds = (
        (Text("不低于 %(n)s", "%(n)s or more"), condition.at_least),
        (Text("低于 %(n)s", "below %(n)s"), condition.below),
    )
    said = [words.filled(n=show_setting(n)) for words, n in bounds if n is not None]
    name = Text("“%(name)s”", "“%(name)s” ")
    return name.filled(name=node_names(scheme, [condition.node.code])) + _AND.join(said)


def _tell(node: Node, scheme: Scheme) -> Text:
    remark = find_remark(node, "limited")
    value = show_term(node.value)
    if remark is None:
        return Text("不受限制，得%(value)s分。", "No limit applies: %(value)s points.").filled(
            value=value
        )
    before, after, *codes = remark.figures
    return Text(
        "因“%(reasons)s”，%(before)s分按%(after)s分计。",
        'Because of "%(reasons)s" %(before)s points count as %(after)s.',
    ).filled(reasons=node_names(scheme, codes), before=before, after=after)


LIMITED = Kind(
    Limited,
    name=Text("有条件的上下限", "limited on a condition"),
    how=always(
        Text("下面的得分，遇到所列情形受限制", "the figure below, limited where a condition holds")
    ),
    tell=_tell,
    readers={"limited": _limited},
    settings=_say_settings,
    weigh=_weigh,
)

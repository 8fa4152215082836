"""A figure brought to other full marks, or multiplied by a coefficient of the unit."""

from collections.abc import Iterator
from fractions import Fraction

from analysis.score.rules import Scaled
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.bounds import read_full
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, Share
from evalsvc.scheme.rules.marks import read_out_of
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.telling import show_term, tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def _scaled(tree: Tree, found: Field, code: str) -> Scaled:
    reading = tree.reading
    parts = node_record(tree, found, ("of",), ("full", "out_of", "times"))
    out_of = read_out_of(reading, found)
    times = tuple(read_component(tree, each) for each in reading.sequence(parts["times"]))
    if out_of is None and not times:
        reading.report(
            found,
            Text(
                "要写 out_of（按多少分打的）或 times（系数）",
                "expected out_of (what the figure is out of) or times (coefficients)",
            ),
        )
    return Scaled(
        node_code(tree, parts, found, code),
        read_rule(tree, parts["of"]),
        read_full(reading, parts["full"]),
        out_of,
        times,
    )


def _say_how(rule: Scaled) -> Text:
    if rule.out_of is None:
        return Text("下面的得分乘以系数", "the figure below times the coefficient")
    words = Text(
        "下面的得分按%(out_of)s分折成%(full)s分",
        "the figure below, out of %(out_of)s, brought to %(full)s",
    )
    if rule.times:
        words = words + Text("，再乘以系数", ", times the coefficient")
    return words.filled(out_of=show_term(rule.out_of), full=show_term(rule.full))


def _weigh(rule: Scaled) -> Iterator[Share]:
    yield Share(rule.node, of=Fraction(1))
    yield from (Share(each) for each in rule.times)


SCALED = Kind(
    Scaled,
    name=Text("折算", "scaled"),
    how=_say_how,
    tell=tell_worked,
    readers={"scaled": _scaled},
    weigh=_weigh,
)

"""Bands from a figure to points."""

from fractions import Fraction

from analysis.score.rules import Band, Banded
from analysis.score.tree import Node
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import require_some
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.telling import find_remark, in_brackets, show_setting, show_term
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text


def _banded(tree: Tree, found: Field, code: str) -> Banded:
    parts = node_record(tree, found, ("of", "bands"), ())
    bands, otherwise = _bands(tree, parts["bands"])
    return Banded(
        node_code(tree, parts, found, code), read_rule(tree, parts["of"]), bands, otherwise
    )


def _bands(tree: Tree, found: Field) -> tuple[tuple[Band, ...], Fraction]:
    """Highest first, and what all others get."""
    reading = tree.reading
    bands: list[Band] = []
    rest: Fraction | None = None
    for field in reading.sequence(found):
        parts = reading.record(field, ("points",), ("from", "above"))
        points = read_exact(reading, parts["points"])
        edges = [name for name in ("from", "above") if parts[name].content is not None]
        if rest is not None or len(edges) > 1:
            reading.report(
                field,
                Text(
                    "每档写 from（达到）或 above（超过）之一，最后一档都不写，给其余的",
                    "each band has one of “from” (reached) and “above” (passed); the last one has "
                    "neither, for all the rest",
                ),
            )
        elif not edges:
            rest = points
        else:
            edge = read_exact(reading, parts[edges[0]])
            # Of touching bands a figure would be in the first that it reaches, and in no other.
            if bands and edge >= bands[-1].lower:
                reading.report(field, Text("各档从高到低排列", "expected bands from high to low"))
            bands.append(Band(edge, points, edges[0] == "above"))
    require_some(reading, found, bands)
    if bands and rest is None:
        reading.report(
            found,
            Text(
                "最后一档只写 points，给各档都够不上的",
                "the last band has points alone, for whoever reaches none of the others",
            ),
        )
    return tuple(bands), rest or Fraction(0)


def _say_settings(rule: Banded, _scheme: Scheme) -> Text:
    reached = Text("达到 %(edge)s 得 %(points)s", "from %(edge)s: %(points)s")
    passed = Text("超过 %(edge)s 得 %(points)s", "above %(edge)s: %(points)s")
    said = [
        (passed if band.above else reached).filled(
            edge=show_setting(band.lower), points=show_setting(band.points)
        )
        for band in rule.bands
    ]
    rest = Text("其余 %(points)s", "otherwise %(points)s")
    return in_brackets((*said, rest.filled(points=show_setting(rule.otherwise))))


def _tell(node: Node, _scheme: Scheme) -> Text:
    for code, words in _SAID.items():
        remark = find_remark(node, code)
        if remark is not None:
            figure, edge = remark.figures
            return words.filled(figure=figure, edge=edge, value=show_term(node.value))
    return Text("得%(value)s分。", "Points: %(value)s.").filled(value=show_term(node.value))


_SAID = {
    "from_edge": Text(
        "%(figure)s，达到%(edge)s，得%(value)s分。",
        "%(figure)s reaches %(edge)s: %(value)s points.",
    ),
    "above_edge": Text(
        "%(figure)s，超过%(edge)s，得%(value)s分。",
        "%(figure)s is above %(edge)s: %(value)s points.",
    ),
    "below_bands": Text(
        "%(figure)s，各档都没有达到（最低一档%(edge)s），得%(value)s分。",
        "%(figure)s reaches no band (the lowest: %(edge)s): %(value)s points.",
    ),
}

BANDED = Kind(
    Banded,
    name=Text("分档查表", "points of a band"),
    how=always(Text("按下面的数落在哪一档得分", "points of the band that the figure reaches")),
    tell=_tell,
    readers={"bands": _banded},
    settings=_say_settings,
)

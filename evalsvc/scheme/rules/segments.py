"""A score inside a segment that was agreed before."""

from fractions import Fraction

from analysis.score.rules import Segment, Segments
from analysis.score.tree import Node
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.limits import MOST_OPTIONS
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import require_some
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import show_term
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.text import Text

SIGNS = ("-", "0", "+")
"""The thirds of a band, lowest first."""


def _segments(tree: Tree, found: Field, code: str) -> Segments:
    """Bands best first, each in three parts: exact thirds, or cut at its `edges`."""
    reading = tree.reading
    parts = node_record(tree, found, ("agreed", "score", "bands"), ())
    segments: list[Segment] = []
    upper: Fraction | None = None
    for band, field in reading.declared(parts["bands"], MOST_OPTIONS).items():
        bounds = reading.record(field, ("from", "to"), ("edges",))
        lowest, highest = (read_exact(reading, bounds[end]) for end in ("from", "to"))
        # A gap between bands would leave scores that no segment takes.
        if lowest >= highest or (upper is not None and highest != upper):
            reading.report(
                field,
                Text(
                    "各档应从高到低相连，from 小于 to",
                    "expected bands from high to low that touch, each with from below to",
                ),
            )
        inner = _edges(reading, bounds["edges"], lowest, highest)
        edges = (lowest, *inner, highest)
        thirds = [
            # The upper edge belongs to the next better segment; only the best has none above it.
            Segment(f"{band}{sign}", lower, higher, closed=upper is None and higher == highest)
            for sign, lower, higher in zip(SIGNS, edges, edges[1:], strict=False)
        ]
        # Agreed by number, 1 for the best, so the best third comes first.
        segments += reversed(thirds)
        upper = lowest
    require_some(reading, parts["bands"], segments)
    return Segments(
        node_code(tree, parts, found, code),
        read_component(tree, parts["agreed"]),
        read_component(tree, parts["score"]),
        tuple(segments),
    )


def _edges(
    reading: Reading, found: Field, lowest: Fraction, highest: Fraction
) -> tuple[Fraction, Fraction]:
    # A third of a band is no decimal: as a fraction the edges meet.
    third = (highest - lowest) / 3
    if found.content is None:
        return lowest + third, highest - third
    given = tuple(read_exact(reading, each) for each in reading.sequence(found))
    if len(given) == 2 and lowest < given[0] < given[1] < highest:
        return given[0], given[1]
    reading.report(
        found,
        Text(
            "应为档内两个由低到高的分界", "expected two edges inside the band, the lower one first"
        ),
    )
    return lowest + third, highest - third


def _tell(node: Node, _scheme: Scheme) -> Text:
    return Text(
        "所打的%(value)s分在商定的档内，照此计分。",
        "The score of %(value)s lies in the segment agreed and counts as it is.",
    ).filled(value=show_term(node.value))


SEGMENTS = Kind(
    Segments,
    name=Text("三三分档", "nine segments"),
    how=always(
        Text("先商定档次，再在这一档里打分", "a segment is agreed first, then a score inside it")
    ),
    tell=_tell,
    readers={"segments": _segments},
)

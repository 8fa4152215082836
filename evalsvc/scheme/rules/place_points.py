"""Points by place, as a scheme writes them."""

from collections.abc import Mapping
from fractions import Fraction

from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.rules.bounds import require_some
from evalsvc.text import Text


def read_place_points(
    reading: Reading, parts: Mapping[str, Field]
) -> tuple[tuple[Fraction, ...], Fraction, Fraction]:
    """`points` for the first places, `step` less for each further one, not below `least`."""
    points = tuple(read_exact(reading, each) for each in reading.sequence(parts["points"]))
    require_some(reading, parts["points"], points)
    # Which end is the best one, `order` says; points never do.
    if list(points) != sorted(points, reverse=True):
        reading.report(
            parts["points"],
            Text("名次越靠后分值不应越高", "expected points that do not rise from place to place"),
        )
    step, least = read_exact(reading, parts["step"]), read_exact(reading, parts["least"])
    if step < 0:
        reading.report(parts["step"], Text("应不小于 0", "expected 0 or more"))
    # After a mistake, too, there is something to read on with.
    return points or (Fraction(0),), step, least

"""How many units of a category may have some levels, taken together: read, written and told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.score.rules import LevelLimit
from analysis.score.validity import limit_places
from evalsvc.questions.count_limits import say_bounds
from evalsvc.scheme.file.entries import Entry, write_fraction
from evalsvc.scheme.file.limits import MOST_UNITS
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import AND, Text

if TYPE_CHECKING:  # a question knows its limits, which know it by its type alone
    from evalsvc.questions.levels import LevelsQuestion


def read_count(reading: Reading, field: Field, scored: tuple[str, ...]) -> LevelLimit:
    """`{levels: [a, b], most: 2}`, or `most: 20%` of the category's units that are rated."""
    parts = reading.record(field, ("levels",), ("least", "most"))
    share = reading.text(parts["most"]).endswith("%")
    kind = Text("有分值的等级", "level with points")
    limit = LevelLimit(
        frozenset(reading.known(each, scored, kind) for each in reading.sequence(parts["levels"])),
        _whole(reading, parts["least"]),
        None if share else _whole(reading, parts["most"]),
        reading.percentage(parts["most"]) if share else None,
    )
    if parts["levels"].content is not None and not limit.levels:
        reading.report(parts["levels"], Text("至少要有一级", "expected at least one level"))
    if parts["least"].content is None and parts["most"].content is None:
        reading.report(
            field, Text("要写 most（最多）或 least（至少）", "expected “most” or “least”")
        )
    if limit.least is not None and limit.most is not None and limit.least > limit.most:
        reading.report(field, Text("least 不应大于 most", "expected least not to exceed most"))
    return limit


def write_count(question: "LevelsQuestion", limit: LevelLimit) -> Entry:
    """A limit as a scheme's file has it, its levels in the question's order."""
    entry: dict[str, Entry] = {"levels": [*_list_codes(question, limit)]}
    if limit.least is not None:
        entry["least"] = limit.least
    if limit.most is not None:
        entry["most"] = limit.most
    if limit.most_share is not None:
        entry["most"] = f"{write_fraction(limit.most_share * 100)}%"
    return entry


def say_limit(question: "LevelsQuestion", limit: LevelLimit) -> Text:
    """The whole rule, before anybody has broken it."""
    return Text(
        "每类单位里，“%(levels)s”合计%(bounds)s。",
        'In each category, "%(levels)s" together: %(bounds)s.',
    ).filled(levels=_name_levels(question, limit), bounds=say_bounds(limit))


def say_breach(question: "LevelsQuestion", limit: LevelLimit, found: tuple[int, int, int]) -> Text:
    """What is wrong: the least and the most that are due, and how many there are."""
    least, most, n = found
    return Text(
        "“%(levels)s”合计应为%(least)s到%(most)s个，现为%(n)s个",
        '"%(levels)s" together: %(least)s to %(most)s units, there are %(n)s',
    ).filled(levels=_name_levels(question, limit), least=least, most=most, n=n)


def fill_limits(scored: Sequence[str], limits: Sequence[LevelLimit], units: int) -> list[str]:
    """A sound answer for so many units, best first: each the best level that has room left."""
    found: list[str] = []
    for _ in range(units):
        room = [
            code
            for code in scored
            if all(
                code not in limit.levels
                or sum(each in limit.levels for each in found) < limit_places(limit, units)[1]
                for limit in limits
            )
        ]
        # Where no level has room, no ballot of so many units is sound at all.
        found.append(room[0] if room else scored[-1])
    return found


def _list_codes(question: "LevelsQuestion", limit: LevelLimit) -> list[str]:
    return [level.code for level in question.levels if level.code in limit.levels]


def _name_levels(question: "LevelsQuestion", limit: LevelLimit) -> Text:
    return AND.join(level.name for level in question.levels if level.code in limit.levels)


def _whole(reading: Reading, field: Field) -> int | None:
    return None if field.content is None else reading.integer(field, 0, MOST_UNITS)

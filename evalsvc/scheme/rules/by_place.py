"""How a place on a ballot becomes points, as a scheme writes it under `by_place`."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import cast

from analysis.score.rules import ByPlace, PlaceMethod
from evalsvc.questions.question import PLACE, Question
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Group
from evalsvc.scheme.rules.place_points import read_place_points
from evalsvc.text import Text

METHODS: Mapping[str, tuple[str, ...]] = {
    "normal": ("centre", "spread", "from", "to"),
    "percentile": ("from", "to"),
    "points": ("points", "step", "least"),
}
"""What each method may say beside `as`."""
DEFAULTS: Mapping[str, tuple[int, int]] = {"normal": (60, 100), "percentile": (0, 100)}


def read_by_place(reading: Reading, found: Field, question: Question | None) -> ByPlace | None:
    """The conversion, which a ranking needs and any other question may have."""
    ranked = question is not None and question.order
    if found.content is None:
        # A place is no number of points: 1 is the best, and would be the lowest.
        if ranked:
            reading.report(
                found,
                Text(
                    "排序题要写 by_place（名次怎样折算成分）",
                    "a ranking needs “by_place”: how its places become points",
                ),
            )
        return None
    kind = reading.entries(found).get("as")
    method = reading.choice(kind, tuple(METHODS)) if kind else "normal"
    needed = ("as", "points") if method == "points" else ("as",)
    optional = tuple(name for name in METHODS[method] if name not in needed)
    parts = reading.record(found, needed, optional)
    # The order inside bands counts wherever it was asked for and places do.
    within = question.code + PLACE if question is not None and question.is_ordered else ""
    if method == "points":
        points, step, least = read_place_points(reading, parts)
        return ByPlace(
            "points", points=points, step=step, least=least, ranked=ranked, within=within
        )
    return ByPlace(
        cast(PlaceMethod, method),
        _limits(reading, parts, method),
        *_scale(reading, parts),
        ranked=ranked,
        within=within,
    )


def check_asked_of_all(
    reading: Reading, found: Field, question: Question | None, sheet: Questionnaire
) -> None:
    """A place, or a share of a sum, means something only where every unit has one."""
    if question is None or question.scoring != "where_read":
        return
    (asked,) = [each for each in sheet.asked if each.question == question]
    # A unit that a rater may skip would move all that stand behind it.
    if not asked.required or asked.condition is not None:
        reading.report(
            found,
            Text(
                "计分的排序题和分配题必须每个单位都答（不写 required 和 show_if）",
                "a ranking or a sum that is scored is asked of every unit: no “required”, no "
                "“show_if”",
            ),
        )


def check_anonymous(
    reading: Reading, found: Field, groups: Mapping[str, Group], sheets: Mapping[str, Questionnaire]
) -> None:
    """Points by place depend on a ballot's length, which must not tell whose ballot it is."""
    for category, group in groups.items():
        sheet = sheets.get(group.questionnaire)
        left_out = sheet is not None and sheet.manner.may_leave_out
        listed = any(s.category == category and s.relation == "listed" for s in group.sights)
        # The fewer units, the larger the step from place to place: of
        # nameless ballots the points would tell which unit cast them.
        if group.identity == "unit" and (left_out or listed):
            reading.report(
                found,
                Text(
                    "不记名的票长短不一时，名次分会泄露是谁的票，请去掉 by_place，"
                    "或者去掉 recusal、dealt_with、listed",
                    "places on anonymous ballots of different length would tell whose they are: "
                    "leave "
                    "out by_place, or recusal, dealt_with and listed",
                ),
                found=group.code,
            )


def _scale(reading: Reading, parts: Mapping[str, Field]) -> tuple[Fraction, Fraction]:
    """Centre and spread, which only `normal` has."""
    if "centre" not in parts:
        # The value's own, so that they have one owner.
        return ByPlace.centre, ByPlace.spread
    spread = reading.number(parts["spread"], Decimal(5))
    if spread <= 0:
        reading.report(parts["spread"], Text("应大于 0", "expected a number above 0"))
    return Fraction(reading.number(parts["centre"], Decimal(85))), Fraction(spread)


def _limits(reading: Reading, parts: Mapping[str, Field], method: str) -> tuple[Fraction, Fraction]:
    least, most = (Decimal(number) for number in DEFAULTS[method])
    lowest, highest = reading.number(parts["from"], least), reading.number(parts["to"], most)
    reading.check_rising(parts["from"], lowest, highest)
    return Fraction(lowest), Fraction(highest)

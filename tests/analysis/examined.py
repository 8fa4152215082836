"""A made season whose truth is known: twelve offices, ten leaders of whom one reads upside down."""

from fractions import Fraction

import numpy as np

from analysis.score.facts import Answer, Ballot, Count, Facts, Indicator, Unit
from analysis.score.rules import BandQuota, Given, Part, Rated, Rule, Satisfaction, Trim, Weighted

F = Fraction
UNITS = tuple(f"u{number:02d}" for number in range(1, 13))
REVERSED = "L9"
POINTS: dict[str, Fraction | None] = {"A": F(100), "B": F(85), "C": F(70)}

LEADERS = Rated("leaders", "year", {"office": "leader"}, "mark", None, Trim(6))
STAFF = Rated("staff", "year", {"office": "staff"}, "mark", None, None)
PEERS = Rated(
    "peers",
    "year",
    {"office": "peer"},
    "grade",
    POINTS,
    Trim(6),
    quota=BandQuota(("A", "B", "C"), (25, 50, 25), 4),
)
PANEL = Satisfaction(
    "panel", "year", "panel", "satisfied",
    {"yes": F(100), "fair": F(60), "no": F(0), "unknown": None},
    {"town": F(60), "country": F(40)}, 30, frozenset({"yes"}), frozenset({"fair"}),
)  # a table, read by rows  # fmt: skip
RULE: Rule = Weighted(
    "total",
    (
        Part(F(4, 10), Given("goals", "year")),
        Part(F(2, 10), LEADERS),
        Part(F(1, 10), STAFF),
        Part(F(1, 10), PEERS),
        Part(F(2, 10), PANEL),
    ),
    "centred",
)


def made_facts(seed: int = 5) -> Facts:
    """Quality falls from the first unit to the last; everybody but one rater sees it with noise."""
    rng = np.random.default_rng(seed)
    quality = np.linspace(6, -6, len(UNITS))
    return Facts(
        units=tuple(Unit(code, f"单位{code}", "office") for code in UNITS),
        ballots=(
            *(_marks("leader", f"L{i}", quality, rng) for i in range(9)),
            _marks("leader", REVERSED, -quality, rng),
            _marks("staff", "S0", quality, rng),
            *(_grades(f"P{i}", quality, rng) for i in range(7)),
        ),
        counts=tuple(_counts(quality)),
        indicators=tuple(
            Indicator("year", code, "goals", F(80 + place)) for place, code in enumerate(UNITS)
        ),
    )


def _marks(group: str, rater: str, quality: np.ndarray, rng: np.random.Generator) -> Ballot:
    marks = (80 + quality + rng.normal(0, 2, quality.size)).round()
    return Ballot(
        "year",
        group,
        f"b-{rater}",
        rater,
        tuple(Answer(code, "mark", f"{mark:.0f}") for code, mark in zip(UNITS, marks, strict=True)),
    )


def _grades(rater: str, quality: np.ndarray, rng: np.random.Generator) -> Ballot:
    order = np.argsort(-(quality + rng.normal(0, 4, quality.size)))
    grade = dict(zip((UNITS[j] for j in order), "AAABBBBBBCCC", strict=True))
    return Ballot(
        "year",
        "peer",
        f"b-{rater}",
        rater,
        tuple(Answer(code, "grade", grade[code]) for code in UNITS),
    )


def _counts(quality: np.ndarray) -> list[Count]:
    found = []
    for code, q in zip(UNITS, quality, strict=True):
        for stratum, n in (("town", 60), ("country", 30)):
            yes = int(n * (0.5 + q / 20))
            levels = {"yes": yes, "fair": n - yes - 4, "no": 4, "unknown": 6}
            found += [
                Count("year", "panel", stratum, code, "satisfied", level, k, k)
                for level, k in levels.items()
            ]
    return found

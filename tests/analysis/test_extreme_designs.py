"""Every method on every extreme design: a result and a flag, never a NaN, a warning or a crash."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache

import numpy as np
import pytest
from hypothesis import given

import analysis
from analysis.statistics.findings import Flag
from tests.analysis.designs import quick, rating_designs

pytestmark = pytest.mark.slow

NO = np.nan
# 1,000 grades of 200 raters for 60 units, about five on a ballot.
LARGE = np.full((200, 60), NO)
LARGE.flat[np.random.default_rng(1).choice(LARGE.size, 1000, replace=False)] = (
    np.random.default_rng(2).integers(0, 5, 1000)
)
EXTREMES = {
    "nothing": np.empty((0, 0)),
    "no rater": np.empty((0, 3)),
    "no unit": np.empty((3, 0)),
    "nobody rated": np.full((3, 4), NO),
    "one rating": np.array([[NO, NO], [NO, 7.0]]),
    "one rater": np.array([[90.0, 80.0, 70.0, 60.0]]),
    "one unit": np.array([[90.0], [80.0], [70.0]]),
    "disconnected": np.array([[1, 2, NO, NO], [2, 2, NO, NO], [NO, NO, 8, 9], [NO, NO, 9, 8]]),
    "all tied": np.full((4, 5), 85.0),
}
DESIGNS = {
    **EXTREMES,
    "far from 0": 1e9 + np.random.default_rng(3).integers(0, 3, (6, 5)),
    "close to 0": 1e-9 * np.random.default_rng(3).integers(0, 3, (6, 5)),
    "large": LARGE,
}
# Where the table of results holds NaN on purpose: for what nobody rated, as the ratings do.
AS_RATED = {
    "adjusted_ratings", "residuals", "hat_values", "ratings", "scores", "log_worths", "worths",
}  # a list, read by words  # fmt: skip

Method = Callable[[np.ndarray], object]


def orders(x: np.ndarray) -> list[list[int]]:
    """Each row as an order of its units, best first; who is level stands as in the table."""
    return [[int(j) for j in np.argsort(-row, kind="stable") if not np.isnan(row[j])] for row in x]


METHODS: dict[str, Method] = {
    "severity_model": analysis.severity_model,
    "fixed_effects": lambda x: analysis.severity_model(x, penalty=0.0),
    "rater_variance": analysis.rater_variance,
    "crossed_effects": analysis.crossed_effects,
    "spread_correction": analysis.spread_correction,
    "rank_normal_matrix": analysis.rank_normal_matrix,
    "plackett_luce": lambda x: analysis.plackett_luce(orders(x), x.shape[1]),
    "bucket_plackett_luce": lambda x: analysis.bucket_plackett_luce(
        analysis.ballots_from_ranks(-x), x.shape[1]
    ),
    "kendall_w": analysis.kendall_w,
    "icc": analysis.icc,
    "krippendorff_alpha": analysis.krippendorff_alpha,
    "cronbach_alpha": analysis.cronbach_alpha,
    "generalizability": analysis.generalizability,
    "model_reliability": lambda x: analysis.model_reliability(analysis.severity_model(x)),
    "residual_tests": analysis.residual_tests,
    "misfitting_raters": analysis.misfitting_raters,
    "reversed_raters": analysis.reversed_raters,
    "straight_liners": analysis.straight_liners,
    "careless_indices": analysis.careless_indices,
    "mahalanobis_distances": analysis.mahalanobis_distances,
    "connectivity": analysis.connectivity,
}


def list_broken(result: object, name: str = "") -> Iterator[str]:
    """Names of the figures in a result that are NaN or infinite where none may be."""
    if is_dataclass(result):
        for field in fields(result):
            if field.name not in AS_RATED:
                yield from list_broken(getattr(result, field.name), f"{name}.{field.name}")
    elif isinstance(result, tuple):
        for place, each in enumerate(result):
            yield from list_broken(each, f"{name}[{place}]")
    elif isinstance(result, float | np.ndarray) and not np.isfinite(result).all():
        yield name


def all_flags(result: object) -> set[Flag]:
    """Every flag of a result, those of its ballots, units and raters included."""
    if isinstance(result, Flag):
        return {result}
    if is_dataclass(result):
        result = tuple(getattr(result, field.name) for field in fields(result))
    return (
        set().union(*(all_flags(each) for each in result)) if isinstance(result, tuple) else set()
    )


EMPTY = ("nothing", "no rater", "no unit", "nobody rated")
ALONE = ("one rating", "one rater")
WITH_RATERS = tuple(name for name, x in EXTREMES.items() if len(x))
# What each method says of which extremes, and of no others.
SAID: list[tuple[str, tuple[str, ...], Flag]] = [
    ("severity_model", (*EMPTY, "one rating"), Flag.NO_RATINGS),
    ("severity_model", (*EMPTY, *ALONE, "one unit"), Flag.NO_ERROR),
    ("severity_model", ALONE, Flag.SINGLE_RATER),
    ("severity_model", ("disconnected",), Flag.DISCONNECTED),
    ("severity_model", ("all tied",), Flag.ZERO_VARIANCE),
    ("rater_variance", (*EMPTY, *ALONE, "one unit", "all tied"), Flag.FALLBACK),
    ("crossed_effects", (*EMPTY, *ALONE, "one unit", "all tied"), Flag.NOT_TESTABLE),
    ("spread_correction", (*EMPTY, "one rating", "one unit", "all tied"), Flag.ALL_EQUAL),
    ("rank_normal_matrix", ("no unit", "nobody rated", "one rating"), Flag.NO_RATINGS),
    (
        "rank_normal_matrix",
        ("one rating", "one unit", "disconnected", "all tied"),
        Flag.NO_INFORMATION,
    ),
    ("plackett_luce", (*EMPTY, "one rating", "one unit"), Flag.NO_RATINGS),
    ("plackett_luce", ("one rater", "disconnected", "all tied"), Flag.NO_MAXIMUM),
    ("bucket_plackett_luce", (*EMPTY, "one rating"), Flag.NO_RATINGS),
    ("bucket_plackett_luce", ("one rater", "disconnected", "all tied"), Flag.NO_MAXIMUM),
    ("kendall_w", ("nothing", "no rater", "no unit", "one rater", "one unit"), Flag.NOT_TESTABLE),
    ("kendall_w", ("nobody rated", "one rating", "disconnected"), Flag.INCOMPLETE),
    ("kendall_w", ("all tied",), Flag.ALL_EQUAL),
    ("icc", ("nothing", "no rater", "no unit", "one rater", "one unit"), Flag.NOT_TESTABLE),
    ("icc", ("nobody rated", "one rating", "disconnected"), Flag.INCOMPLETE),
    ("icc", ("all tied",), Flag.ALL_EQUAL),
    ("krippendorff_alpha", (*EMPTY, *ALONE), Flag.NOT_TESTABLE),
    ("krippendorff_alpha", ("all tied",), Flag.ALL_EQUAL),
    ("cronbach_alpha", (*EMPTY, *ALONE, "one unit", "disconnected"), Flag.NOT_TESTABLE),
    ("cronbach_alpha", ("all tied",), Flag.ALL_EQUAL),
    (
        "generalizability",
        ("nothing", "no rater", "no unit", "one rater", "one unit"),
        Flag.NOT_TESTABLE,
    ),
    ("generalizability", ("nobody rated", "one rating", "disconnected"), Flag.INCOMPLETE),
    ("generalizability", ("all tied",), Flag.ALL_EQUAL),
    ("model_reliability", EMPTY, Flag.NO_RATINGS),
    ("model_reliability", ("one rating", "one unit"), Flag.SINGLE_UNIT),
    ("model_reliability", ("one rater",), Flag.NO_ERROR),
    ("model_reliability", ("all tied",), Flag.ALL_EQUAL),
    ("residual_tests", (*EMPTY, *ALONE, "one unit", "disconnected"), Flag.NOT_TESTABLE),
    ("residual_tests", ("all tied",), Flag.ZERO_VARIANCE),
    ("misfitting_raters", WITH_RATERS, Flag.NOT_TESTABLE),
    ("reversed_raters", WITH_RATERS, Flag.NOT_TESTABLE),
    ("mahalanobis_distances", tuple(EXTREMES), Flag.NOT_TESTABLE),
    ("connectivity", ("no rater", "nobody rated", "one rating"), Flag.NO_RATINGS),
    ("connectivity", ("one rater",), Flag.ONE_BRIDGE),
    ("connectivity", ("disconnected",), Flag.DISCONNECTED),
]
# The property tests of the other methods stand beside their figures.
WITHOUT_PROPERTIES = (
    "rater_variance",
    "crossed_effects",
    "spread_correction",
    "plackett_luce",
    "bucket_plackett_luce",
)


@cache
def result_of(method: str, design: str) -> object:
    return METHODS[method](DESIGNS[design])


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("method", METHODS)
def test_a_result_without_a_broken_figure(method: str, design: str):
    assert list(list_broken(result_of(method, design))) == []


@pytest.mark.parametrize(("method", "designs", "flag"), SAID)
def test_the_flag_of_exactly_those_designs(method: str, designs: tuple[str, ...], flag: Flag):
    assert {name for name in EXTREMES if flag in all_flags(result_of(method, name))} == {*designs}


@pytest.mark.parametrize("method", WITHOUT_PROPERTIES)
@quick
@given(rating_designs())
def test_no_design_breaks_a_figure(method: str, x: np.ndarray):
    assert list(list_broken(METHODS[method](x))) == []

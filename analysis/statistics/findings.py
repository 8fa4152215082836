"""What is unusual about a figure: one list of flags, and where each was raised.

Nothing here is worded: docs/analysis says what each flag means, and whoever shows one says it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """An edge case that a result is returned with; never an error, never a verdict on a person."""

    NO_RATINGS = "no_ratings"
    FEW_RATERS = "few_raters"
    NOT_TRIMMED = "not_trimmed"
    NO_INFORMATION = "no_information"
    ALL_EQUAL = "all_equal"
    SINGLE_UNIT = "single_unit"
    SINGLE_RATER = "single_rater"
    NO_ERROR = "no_error"
    ZERO_VARIANCE = "zero_variance"
    NEGATIVE_ESTIMATE = "negative_estimate"
    NOT_TESTABLE = "not_testable"
    INCOMPLETE = "incomplete"
    DISCONNECTED = "disconnected"
    ONE_BRIDGE = "one_bridge"
    ESTIMATE_AT_BOUND = "estimate_at_bound"
    FALLBACK = "fallback"
    NO_MAXIMUM = "no_maximum"
    NOT_CONVERGED = "not_converged"
    TOO_FEW_ANSWERS = "too_few_answers"
    FEW_UNITS = "few_units"
    THIN = "thin"
    MANY_DONT_KNOW = "many_dont_know"
    STRATA_MERGED = "strata_merged"
    LEFT_OUT = "left_out"
    WEIGHTS_TRIMMED = "weights_trimmed"
    TAKEN_AS_GIVEN = "taken_as_given"
    APPROXIMATE = "approximate"
    SMALL_CELLS = "small_cells"
    CUT = "cut"


@dataclass(frozen=True)
class Finding:
    """A flag, and whom it is about.

    `units` and `raters` are positions in the arrays that were handed in.
    """

    flag: Flag
    units: tuple[int, ...] = ()
    raters: tuple[int, ...] = ()

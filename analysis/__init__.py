"""The mathematics of an evaluation: arrays and frozen values in, the same out.

Pure functions on NumPy, SciPy and exact fractions; nothing here reads a clock, a file, the
environment or global randomness. The flat names below are the public ones.
"""

from analysis.quotas import QuotaBreach, band_quota, quota_breaches
from analysis.ranking import competition_ranks
from analysis.rounding import half_up
from analysis.satisfaction import Appraisal, appraisal
from analysis.scoring import score
from analysis.validity import Breach, CheckedBallot, void_ballots

__all__ = [
    "Appraisal",
    "Breach",
    "CheckedBallot",
    "QuotaBreach",
    "appraisal",
    "band_quota",
    "competition_ranks",
    "half_up",
    "quota_breaches",
    "score",
    "void_ballots",
]

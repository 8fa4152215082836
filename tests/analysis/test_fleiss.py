"""Fleiss' kappa against the tables that its authors and others print."""

import numpy as np
import pytest

from analysis.statistics.findings import Flag
from analysis.statistics.fleiss import LevelKappa, fleiss_kappa

# Fleiss 1971, table 1: of 30 patients how many of six psychiatrists chose each of five diagnoses.
DIAGNOSES = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
# Fleiss 1971 as en.wikipedia.org/wiki/Fleiss'_kappa has it worked out: 14 raters, five grades.
WORKED = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # a table, read by rows  # fmt: skip


def ratings(counts: list[tuple[int, ...]]) -> np.ndarray:
    """(raters, units): who chose what does not matter, only how many."""
    return np.array([np.repeat(np.arange(len(row)), row) for row in counts]).T


def diagnoses() -> np.ndarray:
    return ratings([tuple(map(int, row)) for row in DIAGNOSES.split()])


def test_psychiatrists_of_1971():
    found = fleiss_kappa(diagnoses())
    assert (found.raters, found.flags) == (6, ())
    # Printed .430; R's irr prints z = 17.7, and statsmodels 0.15 has .43024452006.
    assert found.kappa == pytest.approx(0.43024452006, abs=1e-10)
    assert found.z == pytest.approx(17.7, abs=0.05)
    assert found.p < 1e-15
    # irr, detail=TRUE: kappa and z of each diagnosis.
    assert [(round(one.kappa, 3), round(one.z, 1)) for one in found.levels] == [
        (0.245, 5.2),
        (0.245, 5.2),
        (0.520, 11.0),
        (0.471, 10.0),
        (0.566, 12.0),
    ]
    # The whole is the mean of the parts, with pq as weights.
    weights = [one.share * (1 - one.share) for one in found.levels]
    parts = [one.kappa for one in found.levels]
    assert np.average(parts, weights=weights) == pytest.approx(found.kappa)


def test_fourteen_raters_of_ten_subjects():
    found = fleiss_kappa(ratings(WORKED))
    assert found.kappa == pytest.approx(0.210, abs=5e-4)
    assert fleiss_kappa(ratings(WORKED[:9])).flags == (Flag.FEW_UNITS,)


def test_which_rater_said_it_and_what_levels_are_called_does_not_matter():
    rng = np.random.default_rng(1)
    shuffled = rng.permuted(diagnoses(), axis=0) * 10.0 + 3
    assert fleiss_kappa(shuffled).kappa == pytest.approx(fleiss_kappa(diagnoses()).kappa)
    # A rater more who rated others of the units leaves each unit its six ratings.
    apart = np.full((7, 30), np.nan)
    apart[:6] = diagnoses()
    apart[6, :5], apart[0, :5] = apart[0, :5], np.nan
    unrated = np.hstack([apart, np.full((7, 1), np.nan)])
    assert fleiss_kappa(unrated) == fleiss_kappa(diagnoses())


def test_the_error_is_that_of_no_agreement():
    """2,000 tables without agreement: kappas have the stated error, and z that of 1."""
    rng = np.random.default_rng(2)
    shares = [0.5, 0.3, 0.2]
    tables = [fleiss_kappa(rng.choice(3, size=(5, 40), p=shares)) for _ in range(2_000)]
    kappas = np.array([one.kappa for one in tables])
    assert kappas.std() == pytest.approx(np.mean([one.error for one in tables]), rel=0.05)
    assert np.std([one.z for one in tables]) == pytest.approx(1.0, abs=0.05)


def test_where_nothing_can_be_said():
    nothing = (None, None, None, None)
    for table, n, flag in (
        ([[1, 2, None], [1, 2, 3]], 2, Flag.INCOMPLETE),
        ([[1, 2, 3]], 1, Flag.NOT_TESTABLE),
        ([[None, None]], 0, Flag.NOT_TESTABLE),
        ([[2, 2], [2, 2]], 2, Flag.ALL_EQUAL),
    ):
        found = fleiss_kappa(table)
        assert (found.kappa, found.error, found.z, found.p) == nothing
        assert (found.raters, found.levels, found.flags) == (n, (), (flag,))


def test_full_agreement_by_hand():
    found = fleiss_kappa([[1, 2], [1, 2]])
    # P̄ 1, P̄_e ½; variance 2[¼ − 0]/(2·2·1·¼) = ½.
    assert (found.kappa, found.error) == (1.0, pytest.approx(0.5**0.5))
    assert found.levels[0] == LevelKappa(1.0, 0.5, 1.0, pytest.approx(2**0.5))

"""Weighted sums with missing parts, by hand."""

from fractions import Fraction as F  # noqa: N817  # many of them stand in one line

import pytest

from analysis.score.composite import Composite, composite

WEIGHTS = (F(6, 10), F(3, 10), F(1, 10))


def test_with_everything_there_every_rule_agrees():
    for missing in ("centred", "proportional", "equal", "zero", "not_ranked"):
        mixed = composite((F(90), F(80), F(70)), WEIGHTS, missing, (F(1), F(2), F(3)))
        assert mixed == Composite(F(85), WEIGHTS, ())


@pytest.mark.parametrize(
    ("missing", "value", "applied"),
    [
        ("proportional", F(90 * 6 + 70, 7), (F(6, 7), F(0), F(1, 7))),
        ("equal", F(85), (F(75, 100), F(0), F(25, 100))),  # no city tasks: 75/25
        ("zero", F(61), (F(6, 10), F(0), F(1, 10))),
        ("not_ranked", None, (F(0), F(0), F(0))),
    ],
)
def test_a_missing_second_part(missing: str, value: F | None, applied: tuple[F, ...]):
    assert composite((F(90), None, F(70)), WEIGHTS, missing) == Composite(value, applied, (1,))


def test_equal_sharing_as_the_document_has_it():
    no_province = composite((None, F(1), F(1)), WEIGHTS, "equal")
    only_own = composite((None, None, F(1)), WEIGHTS, "equal")
    assert no_province.applied == (F(0), F(60, 100), F(40, 100))
    assert only_own.applied == (F(0), F(0), F(1))


def test_centred_redistribution():
    # means 80, 90, 85: .6*80 + .3*90 + .1*85 = 83.5; there are .3 and .1 of .4:
    # 83.5 + 3/4*(100-90) + 1/4*(100-85) = 94.75
    mixed = composite((None, F(100), F(100)), WEIGHTS, "centred", (F(80), F(90), F(85)))
    assert mixed == Composite(F(9475, 100), (F(0), F(3, 4), F(1, 4)), (0,))


def test_centred_with_a_part_that_no_unit_has():
    mixed = composite((None, F(100), F(60)), WEIGHTS, "centred", (None, F(90), F(80)))
    assert mixed == Composite(F(90), (F(0), F(3, 4), F(1, 4)), (0,))  # (3*100 + 60) / 4


def test_missing_means_nothing_gained_on_average():
    # A unit at the mean everywhere keeps the mean, whichever part it lacks.
    means = (F(92), F(80), F(70))
    whole = composite(means, WEIGHTS, "centred", means).value
    for lacking in range(3):
        values = [None if place == lacking else mean for place, mean in enumerate(means)]
        assert composite(values, WEIGHTS, "centred", means).value == whole


def test_nothing_there_is_no_value():
    for missing in ("centred", "proportional", "equal", "zero"):
        assert composite((None, None, None), WEIGHTS, missing, (F(1), F(1), F(1))).value is None


def test_a_part_of_weight_nothing_is_never_missed():
    mixed = composite((F(90), None), (F(1), F(0)), "not_ranked")
    assert mixed == Composite(F(90), (F(1), F(0)), ())


def test_weights_need_not_be_shares_of_one():
    # 20 of 100 are missing: 10 more for each of the others.
    found = composite([F(80), F(60), None], [F(60), F(20), F(20)], "equal")
    assert found == Composite(F(74), (F(7, 10), F(3, 10), F(0)), (2,))
    # Deviations from the means 70 and 50 count 3/4 and 1/4: .6·70 + .2·50 + .2·90 + 7.5 + 2.5.
    centred = composite(
        [F(80), F(60), None], [F(60), F(20), F(20)], "centred", [F(70), F(50), F(90)]
    )
    assert centred == Composite(F(80), (F(3, 4), F(1, 4), F(0)), (2,))

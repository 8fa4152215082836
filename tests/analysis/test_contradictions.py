"""Limits of numbers that no ballot can keep together: by hand, and against every small ballot."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.score.contradictions import contradicting_limit
from analysis.score.quotas import NumberLimit


def limit(
    low: int | None = None,
    below: int | None = None,
    least: int | None = None,
    most: int | None = None,
    share: Fraction | None = None,
) -> NumberLimit:
    ends = [None if end is None else Fraction(end) for end in (low, below)]
    return NumberLimit(ends[0], ends[1], least, most, share)


@pytest.mark.parametrize(
    ("limits", "broken"),
    [
        ([], None),
        # Three of 90 and more at most, one below 70 at least: the usual pair.
        ([limit(90, most=3), limit(below=70, least=1)], None),
        # Five of 90 and more are five of 80 and more.
        ([limit(90, least=5), limit(80, most=3)], 1),
        # Two and two make four, and three are allowed.
        ([limit(90, least=2), limit(80, 90, least=2), limit(80, most=3)], 2),
        ([limit(80, most=3), limit(90, least=2), limit(80, 90, least=2), limit(70, most=9)], 2),
        # Each by itself is allowed, and together they are the whole scale, of which 3 must be.
        ([limit(50, most=1), limit(below=50, most=1), limit(0, 101, least=3)], 2),
        # Nobody can give less than the least mark.
        ([limit(below=0, least=1)], 0),
        ([limit(below=0, most=0)], None),
        # 30% and 40% at most leave 30% of the units without a mark to give.
        ([limit(60, share=Fraction(3, 10)), limit(below=60, share=Fraction(4, 10))], 1),
        ([limit(60, share=Fraction(3, 10)), limit(below=60, share=Fraction(7, 10))], None),
        # Thirty units keep both.
        ([limit(90, least=3, share=Fraction(1, 10))], None),
        # Whole numbers let few units pass, and how many there are is not known.
        ([limit(0, most=3)], None),
    ],
)
def test_by_hand(limits: list[NumberLimit], broken: int | None):
    assert contradicting_limit(limits, Fraction(0), Fraction(100)) == broken


HIGHEST = 3
ENDS = st.integers(0, HIGHEST + 1)
COUNTS = st.none() | st.integers(0, 3)
LIMITS = st.builds(
    lambda ends, least, most: limit(min(ends), max(ends), least, most),
    st.tuples(ENDS, ENDS).filter(lambda ends: ends[0] != ends[1]),
    COUNTS,
    COUNTS,
)


# A busy machine takes as long as it takes.
@settings(deadline=None)
@given(st.lists(LIMITS, max_size=5))
def test_against_every_ballot_with_few_of_each_mark(limits: list[NumberLimit]):
    """Where all can be kept, one that gives each mark four times at most keeps them."""

    def is_kept(ballot: tuple[int, ...], each: NumberLimit) -> bool:
        n = sum(
            count
            for mark, count in enumerate(ballot)
            if each.lowest is not None
            and each.below is not None
            and each.lowest <= mark < each.below
        )
        return (each.least or 0) <= n and (each.most is None or n <= each.most)

    ballots = [*product(range(5), repeat=HIGHEST + 1)]
    broken = contradicting_limit(limits, Fraction(0), Fraction(HIGHEST))
    kept = limits if broken is None else limits[:broken]
    assert any(all(is_kept(ballot, each) for each in kept) for ballot in ballots)
    if broken is not None:
        assert not any(
            all(is_kept(ballot, each) for each in limits[: broken + 1]) for ballot in ballots
        )

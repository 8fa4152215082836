"""From how many people on a figure of an anonymous group may be kept or shown; one place."""

from collections.abc import Callable, Iterable, Sequence

RATERS_FOR_UNIT_GROUPS = 3
"""A score by units rating each other needs so many of them."""
ANSWERS_FOR_SCORE = 30
"""A score by a citizen panel that enters a result."""
ANSWERS_FOR_MEAN = 5
ANSWERS_FOR_DISTRIBUTION = 10
ANSWERS_BETWEEN_POPULATIONS = 5
"""Two published populations differ by nothing or by at least so many."""
PEOPLE_PER_FORM = 5
"""Citizens of one weighting cell who are dealt the same form."""
BALLOTS_PER_CELL = 10
"""Valid ballots of a weighting cell that is counted apart from the others."""
ANSWERS_PER_CELL = 5
"""Answers about one unit, where a cell has any, for the cell to be counted apart."""


def may_show_mean(answers: int) -> bool:
    return answers >= ANSWERS_FOR_MEAN


def may_show_distribution(answers: int) -> bool:
    return answers >= ANSWERS_FOR_DISTRIBUTION


def may_show_both(answers: int, unflagged: int) -> bool:
    """Whether the figures of all and of unflagged answers may stand side by side."""
    return answers == unflagged or answers - unflagged >= ANSWERS_BETWEEN_POPULATIONS


def may_keep(answers: int) -> bool:
    """Whether answers about a unit are nobody's or enough people's to be kept at all."""
    return answers == 0 or answers >= ANSWERS_PER_CELL


def may_count_apart(ballots: int, answers_by_unit: Iterable[int]) -> bool:
    """Whether a cell with these valid ballots, and answers unit by unit, may stand alone."""
    return ballots >= BALLOTS_PER_CELL and all(map(may_keep, answers_by_unit))


def merged_cells(
    cells: Sequence[str], may_stand: Callable[[tuple[str, ...]], bool]
) -> tuple[tuple[str, ...], ...]:
    """Neighbouring cells joined in their declared order until each joint cell may stand alone.

    A joint cell is closed as soon as it may stand; what is left over at the end joins the one
    before it, and so on back while the joint one may not. Every result may stand, or is the only
    one: what then is too few in the whole is for the caller to keep silent about.
    """
    joined: list[tuple[str, ...]] = []
    for cell in cells:
        if not joined or may_stand(joined[-1]):
            joined.append(())
        joined[-1] = (*joined[-1], cell)
    while len(joined) > 1 and not may_stand(joined[-1]):
        joined[-2:] = [joined[-2] + joined[-1]]
    return tuple(joined)

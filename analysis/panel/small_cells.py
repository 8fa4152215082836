"""From how many people on a figure of an anonymous group may be kept or shown; one place.

`THRESHOLDS` is what a round's seal fixes and what every page, export and sentence asks at the
moment when it needs a number. A copy of a number elsewhere would go on acting when it is changed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Every number that decides what of an anonymous group is kept, shown or scored.

    `raters_for_unit_groups`: a score by units rating each other needs so many of them.
    `answers_for_score`: a score by a citizen panel that enters a result.
    `answers_for_mean`, `answers_for_distribution`: of one unit, for pages and packages.
    `answers_between_populations`: two published populations differ by nothing or by so many.
    `people_per_form`: citizens of one weighting cell who are dealt the same form.
    `ballots_per_cell`: valid ballots of a weighting cell that is counted apart from the others.
    `answers_per_cell`: answers about one unit, where a cell has any, for it to be counted apart.
    """

    raters_for_unit_groups: int = 3
    answers_for_score: int = 30
    answers_for_mean: int = 5
    answers_for_distribution: int = 10
    answers_between_populations: int = 5
    people_per_form: int = 5
    ballots_per_cell: int = 10
    answers_per_cell: int = 5


THRESHOLDS = Thresholds()


def may_show_mean(answers: int) -> bool:
    return answers >= THRESHOLDS.answers_for_mean


def may_show_distribution(answers: int) -> bool:
    return answers >= THRESHOLDS.answers_for_distribution


def may_show_apart(ballots: int) -> bool:
    """Whether figures that differ by so many ballots of an anonymous group may stand together."""
    return ballots >= THRESHOLDS.answers_between_populations


def may_show_score(raters: int) -> bool:
    """Whether a score is of so many raters that it is no one's."""
    return raters >= THRESHOLDS.raters_for_unit_groups


def may_show_both(answers: int, unflagged: int) -> bool:
    """Whether the figures of all and of unflagged answers may stand side by side."""
    return answers == unflagged or may_show_apart(answers - unflagged)


def may_keep(answers: int) -> bool:
    """Whether answers about a unit are nobody's or enough people's to be kept at all."""
    return answers == 0 or answers >= THRESHOLDS.answers_per_cell


def may_count_apart(ballots: int, answers_by_unit: Iterable[int]) -> bool:
    """Whether a cell with these valid ballots, and answers unit by unit, may stand alone."""
    return ballots >= THRESHOLDS.ballots_per_cell and all(map(may_keep, answers_by_unit))


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

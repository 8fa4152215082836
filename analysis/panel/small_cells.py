"""From how many people on a figure of an anonymous group may be kept or shown; one place.

A round opens with the `DEFAULTS`, which its seal then holds; whoever speaks of the round or acts on
it is handed that value. A number copied elsewhere would act on rounds that have sealed another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields


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

    # As docs/evidence, Thresholds, has them. A copy elsewhere would
    # judge a round by another number than the one that it has sealed.
    raters_for_unit_groups: int = 3
    answers_for_score: int = 30
    answers_for_mean: int = 5
    answers_for_distribution: int = 10
    answers_between_populations: int = 5
    people_per_form: int = 5
    ballots_per_cell: int = 10
    answers_per_cell: int = 5

    def may_show_mean(self, answers: int) -> bool:
        return answers >= self.answers_for_mean

    def may_show_distribution(self, answers: int) -> bool:
        return answers >= self.answers_for_distribution

    def may_show_apart(self, ballots: int) -> bool:
        """Whether figures that so many ballots of an anonymous group tell apart may both stand."""
        return ballots >= self.answers_between_populations

    def may_show_score(self, raters: int) -> bool:
        """Whether a score is of so many raters that it is no one's."""
        return raters >= self.raters_for_unit_groups

    def may_show_both(self, answers: int, unflagged: int) -> bool:
        """Whether the figures of all and of unflagged answers may stand side by side."""
        # Of two figures side by side the difference is
        # told as well, so it has to be enough people's.
        return answers == unflagged or self.may_show_apart(answers - unflagged)

    def may_keep(self, answers: int) -> bool:
        """Whether answers about a unit are nobody's or enough people's to be kept at all."""
        return answers == 0 or answers >= self.answers_per_cell

    def may_count_apart(self, ballots: int, answers_by_unit: Iterable[int]) -> bool:
        """Whether a cell with these valid ballots, and answers unit by unit, may stand alone."""
        return ballots >= self.ballots_per_cell and all(map(self.may_keep, answers_by_unit))


DEFAULTS = Thresholds()


def strictest(found: Iterable[Thresholds]) -> Thresholds:
    """For a figure of several rounds: the greatest of each number; of no round, the defaults."""
    known = tuple(found) or (DEFAULTS,)
    names = [field.name for field in fields(Thresholds)]
    return Thresholds(**{name: max(getattr(one, name) for one in known) for name in names})


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
    # Backwards, since only the last one can be too small: it is closed by the end of the list.
    while len(joined) > 1 and not may_stand(joined[-1]):
        joined[-2:] = [joined[-2] + joined[-1]]
    return tuple(joined)

"""Invented results of earlier years, with gaps: not every unit has been evaluated every year."""

from collections.abc import Iterator, Mapping, Sequence

from evalsvc.demo.chance import draw
from evalsvc.domain.concluding.history import PastRow
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import Scheme

# How many earlier years an office still knows, and how many in a hundred results it does not.
YEARS = 3
UNKNOWN = 12


def invent_history(
    scheme: Scheme, units: Sequence[UnitRow], qualities: Mapping[str, float], year: int
) -> tuple[PastRow, ...]:
    """Earlier years for a scheme that asks for them; good units mostly were good before."""
    if not scheme.outcome.consequences:
        return ()
    return tuple(
        row
        for past in range(year - YEARS, year)
        for row in _list_year(scheme, units, qualities, past)
    )


def _list_year(
    scheme: Scheme, units: Sequence[UnitRow], qualities: Mapping[str, float], year: int
) -> Iterator[PastRow]:
    for unit in units:
        chance = draw("history", unit.code, str(year))
        if chance.randrange(100) < UNKNOWN:
            continue
        score = min(100.0, max(40.0, 78 + 9 * qualities[unit.code] + chance.gauss(0, 4)))
        yield PastRow(unit.code, year, f"{score:.2f}", _find_grade(scheme, score))


def _find_grade(scheme: Scheme, score: float) -> str:
    """Grades from best to worst, spread over the scores; the worst for those below 60."""
    grades = list(scheme.outcome_names.grades)
    if not grades:
        return ""
    if score < 60:
        return grades[-1]
    steps = max(len(grades) - 1, 1)
    return grades[min(int((100 - score) / 40 * steps), steps - 1)]

"""What the kept numbers of favours tell somebody who holds all ballots under random names."""

from dataclasses import dataclass

import numpy as np
import pytest
from sqlalchemy import select

from analysis.examining.diagnostics import list_residuals
from analysis.examining.favours import _one_digit
from analysis.statistics.reciprocity import bipartite_reciprocity
from evalsvc.counting import favours
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding.facts import list_facts
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.seasons import read_scheme
from evalsvc.models.opened import FavourTest
from evalsvc.models.season import Round
from tests.cast import CUSTODIAN, MORNING, PASSPHRASE, Installation, ignore_progress
from tests.favour_cast import build_opinions, choose_bands, close_mutual_round

pytestmark = pytest.mark.usefixtures("database_url")

SIZE = 12
TRIED = 3000
# A round draws its own seed; of those looked at, this one lets the fewest ways fit: 35 of 289,
# where others let 200.
SEED = 5


@dataclass(frozen=True)
class Held:
    """What the attacker has: residuals of nameless ballots by side, the kept numbers, their seed.

    `truth` says for each ballot whose it is; only the judge knows it.
    """

    towns: np.ndarray
    departments: np.ndarray
    kept: FavourTest
    seed: int
    truth: tuple[tuple[int, ...], tuple[int, ...]]


@pytest.mark.slow
def test_ballots_fit_the_kept_numbers_in_countless_ways_and_no_better_for_being_right(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(favours, "_seed", lambda _uid: SEED)
    held = open_and_hold(place)
    rng = np.random.default_rng(3)
    tried = [(rng.permutation(SIZE), rng.permutation(SIZE)) for _ in range(TRIED)]
    fitting = [way for way in tried if round(correlate(held, *way), 2) == held.kept.effect]
    # Of 12!·12! = 2·10¹⁷ ways to name the ballots, one in a hundred or more gives this effect,
    # and of these one in twenty or more the same z and p, too.
    assert len(fitting) >= TRIED / 100
    assert sum(has_same_numbers(held, *way) for way in fitting) >= len(fitting) / 20
    # Such ways have on average one ballot a side right, as any other: with a standard error of
    # √(2/number of ways), less than four of them above.
    right = [sum(a == held.truth[0]) + sum(b == held.truth[1]) for a, b in fitting]
    assert np.mean(right) < 2 + 4 * (2 / len(right)) ** 0.5
    # The judge's own check: the right names give exactly the number that was kept.
    truth = [np.array(side) for side in held.truth]
    assert has_same_numbers(held, *truth)


def correlate(held: Held, towns: np.ndarray, departments: np.ndarray) -> float:
    """The correlation if the k-th ballot of a side were that of the unit with this number."""
    forth, back = name(held, towns, departments)
    return float(np.corrcoef(forth.ravel(), back.T.ravel())[0, 1])


def has_same_numbers(held: Held, towns: np.ndarray, departments: np.ndarray) -> bool:
    """Whether the whole test, with the round's own seed, gives the numbers that were kept."""
    found = bipartite_reciprocity(*name(held, towns, departments), held.seed)
    assert found.reciprocity is not None
    assert found.z is not None
    told = round(found.reciprocity, 2), round(found.z, 1), _one_digit(found.p)
    return told == (held.kept.effect, held.kept.z, held.kept.p)


def name(held: Held, towns: np.ndarray, departments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    forth, back = np.empty_like(held.towns), np.empty_like(held.departments)
    forth[towns], back[departments] = held.towns, held.departments
    return forth, back


def open_and_hold(place: Installation) -> Held:
    round_id = close_mutual_round(place, strength=0.0)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    with place.database.reading() as session:
        row = session.get_one(Round, round_id)
        facts = list_facts(session, row.season_id)
        tables = list_residuals(read_scheme(row.season).score, facts, row.code)
        seed = favours._seed(row.uid)
        kept = session.scalars(select(FavourTest).where(FavourTest.kind == "mutual")).one()
        sides = {table.group: table for table in tables if table.group.startswith("mutual")}
        assert (kept.forth, kept.back) == ("mutual_town", "mutual_department")
    said = {
        ballot.rater: [one.value for one in sorted(ballot.answers, key=lambda one: one.unit)]
        for ballot in facts.ballots
    }
    opinions = build_opinions(0.0, 0.0, SIZE)
    residuals, truth = [], []
    for group in (kept.forth, kept.back):
        # Random names have no order: by what the ballots say, each run has the same.
        raters = sides[group].raters
        order = sorted(range(SIZE), key=[said[rater] for rater in raters].__getitem__)
        owners = [choose_bands(row) for row in opinions[group]]
        residuals.append(sides[group].residuals[order])
        truth.append(tuple(owners.index(said[raters[k]]) for k in order))
    return Held(*residuals, kept, seed, (truth[0], truth[1]))

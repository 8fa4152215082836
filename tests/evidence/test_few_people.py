"""The check of thresholds goes by the numbers that a round has sealed, to the last person.

A panel of four strata is judged by a seal that asks for exactly as many people as there are, which
passes, and for one more, which does not. Both verifiers say so.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from evalsvc.evidence.verify.count_checks import check_thresholds
from evalsvc.evidence.verify.evidence import Evidence
from tests.evidence.seasons import Played, play_season
from tests.second_verifier import public
from tests.second_verifier.forms import Facts

Files = Mapping[str, bytes]
SEAL = "box/year_end/seal.json"

pytestmark = pytest.mark.slow


@pytest.fixture
def played() -> Played:
    return play_season("three-in-one")


def rows_of(files: Files, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))


def find_fewest(files: Files, name: str, *about: str) -> int:
    counts: Counter[tuple[str, ...]] = Counter()
    for row in rows_of(files, name):
        counts[tuple(row[column] for column in about)] += int(row["n"])
    return min(counts.values())


def find_fewest_in_a_cell(files: Files) -> int:
    return find_fewest(files, "counts.csv", "group", "stratum", "unit", "item")


def find_fewest_shown(files: Files) -> int:
    return find_fewest(files, "distribution.csv", "group", "unit", "item")


def find_smallest_cell(files: Files) -> int:
    return min(int(row["value"]) for row in rows_of(files, "sums.csv") if row["name"] == "valid")


def find_rarest_form(files: Files) -> int:
    dealt = Counter(
        (row["cell"], row["form"])
        for row in rows_of(files, "box/year_end/roll.csv")
        if row["group"] == "panel"
    )
    return min(dealt.values())


def seal_again(files: Files, name: str, number: int) -> Files:
    seal = json.loads(files[SEAL])
    assert name in seal["thresholds"]
    seal["thresholds"][name] = number
    written = json.dumps(seal, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return {**files, SEAL: written.encode()}


def count_found(files: Files) -> tuple[int, int]:
    """By the service's verifier, and by the second one."""
    ours = list(check_thresholds(Evidence(files)))
    return len(ours), len(list(public.thresholds(Facts(files))))


@pytest.mark.parametrize(
    ("edition", "name", "find"),
    [
        ("audit", "answers_per_cell", find_fewest_in_a_cell),
        ("audit", "ballots_per_cell", find_smallest_cell),
        ("audit", "people_per_form", find_rarest_form),
        ("public", "answers_for_distribution", find_fewest_shown),
    ],
)
def test_one_person_fewer_than_sealed_is_found(
    played: Played, edition: str, name: str, find: Callable[[Files], int]
) -> None:
    files = getattr(played, edition)
    enough = find(files)
    assert count_found(seal_again(files, name, enough)) == (0, 0)
    ours, others = count_found(seal_again(files, name, enough + 1))
    assert ours == others > 0


def test_a_panel_of_one_cell_has_no_neighbour_to_be_joined_with(played: Played) -> None:
    header, *lines = played.audit["sums.csv"].decode().splitlines(keepends=True)
    kept = [line for line in lines if ",cell," not in line or ",deputies," in line]
    alone = {**played.audit, "sums.csv": "".join([header, *kept]).encode()}
    least = find_smallest_cell(alone) + 1
    assert count_found(seal_again(alone, "ballots_per_cell", least)) == (0, 0)
    assert count_found(seal_again(played.audit, "ballots_per_cell", least)) == (2, 2)

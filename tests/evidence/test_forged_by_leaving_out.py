"""What a forger leaves out, adds where no list looks, or tells of one rater twice.

`verify` passed all of these until a further verifier, written from docs/evidence by somebody who
had seen nothing else of the service, found them.
"""

import pytest
from nacl.signing import SigningKey

from evalsvc.evidence.editions import ANCHORS
from evalsvc.evidence.verify.verdict import verify
from tests import second_verifier
from tests.evidence.forging import Files, chain_again, sign_again
from tests.evidence.seasons import Played, play_season
from tests.evidence.test_forged import HALF, Row, drop, fails, in_json, in_rows, late_event

pytestmark = pytest.mark.slow


@pytest.fixture
def units() -> Played:
    return play_season("panshan-2018")


@pytest.fixture
def citizens() -> Played:
    return play_season("three-in-one")


def leave_out_half_year(files: Files) -> dict[str, bytes]:
    """No trace of the first of two boxes but the rows that its ballots left."""
    rest = {name: content for name, content in files.items() if not name.startswith(HALF)}
    return in_json(ANCHORS, lambda chains: chains.pop("half_year"))(rest)


@pytest.mark.parametrize("edition", ["audit", "public"])
def test_a_box_left_out_is_missed_by_who_fetched_its_anchors(edition: str, units: Played) -> None:
    whole = units.audit if edition == "audit" else units.public
    forged = sign_again(leave_out_half_year(whole), SigningKey(units.key))
    assert "published" in verify(forged, published=units.fetched).failed
    assert "published" in second_verifier.check(forged, units.anchors_files)


def test_anchors_of_another_season_may_be_given_as_well(units: Played, citizens: Played) -> None:
    fetched = [*units.fetched, *citizens.fetched]
    files = [*units.anchors_files, *citizens.anchors_files]
    for edition in (units.public, citizens.public):
        assert verify(edition, published=fetched).failed == ()
        assert second_verifier.check(edition, files) == set()


def test_no_file_of_a_public_edition_is_outside_its_list(units: Played) -> None:
    """The audit edition's one unlisted file, put into the other by anybody, without a key."""
    added = {**units.public, "box/public.sig": b"anything at all"}
    assert verify(added).failed == ("manifest",)
    assert second_verifier.check(added) == {"manifest"}


def test_a_rater_has_one_ballot_in_a_round(citizens: Played) -> None:
    """An opening that tells one leader's ballot as another's, who sees the same units."""

    def tell_twice(rows: list[Row]) -> None:
        first, second, *_ = sorted({row["rater"] for row in rows if row["group"] == "leader"})
        for row in rows:
            if (row["group"], row["rater"]) == ("leader", first):
                row["rater"] = second

    key = SigningKey(citizens.key)
    forged = chain_again(in_rows("ballots.csv", tell_twice)(citizens.audit), key)
    assert fails(forged, "openings")
    assert "openings" in second_verifier.check(forged)


def test_typed_in_ballots_are_told_of_every_group_once(units: Played) -> None:
    """Two of the office are reported, and its row is left out; then a row stands twice."""

    def report(acts: list[dict[str, object]]) -> None:
        act = next(act for act in acts if act["verb"] == "rehearse_opening")
        act.update(verb="assist", detail={"office": "2"})

    key, file = SigningKey(units.key), f"{HALF}/assisted.csv"
    forged = chain_again(drop(file, group="office")(late_event(report)(units.audit)), key)
    assert fails(forged, "counters")
    assert "counters" in second_verifier.check(forged)
    twice = in_rows(file, lambda rows: rows.append(dict(rows[0])))(units.audit)
    assert fails(sign_again(twice, key), "counters")

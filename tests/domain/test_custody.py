"""Two of three custodians: made, rehearsed in every pair, opened by any two, destroyed."""

import pytest

from evalsvc.box.keys import CHEAPEST, new_box_keys
from evalsvc.box.sealing import unseal
from evalsvc.domain import events, seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import custody, rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.errors import (
    CUSTODIANS_WRONG,
    PASSPHRASES_WRONG,
    WRONG_PASSPHRASE,
    WRONG_STATE,
    Problem,
)
from evalsvc.models.box import Invite
from evalsvc.models.season import Round
from tests.cast import (
    CUSTODIAN,
    DEADLINE,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panshan,
    get_round_id,
    ignore_progress,
)

THREE = {
    "甲": "甲的口令 一句自己记得住的话",
    "乙": "乙的口令 也是一句话记得住",
    "丙": "丙的口令 又一句话很容易记",
}


@pytest.fixture
def round_id(place: Installation) -> int:
    return get_round_id(place, add_panshan(place))


def make(place: Installation, round_id: int) -> None:
    custody.make_keys_for_three(
        Act(place.database, CUSTODIAN, MORNING), round_id, THREE, cost=CHEAPEST
    )


def close(place: Installation, round_id: int) -> None:
    custody.rehearse_opening(Act(place.database, CUSTODIAN, MORNING), round_id, THREE)
    rounds.issue(Act(place.database, MANAGER, MORNING), place.settings, round_id, DEADLINE)
    rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)


@pytest.mark.parametrize("pair", [("甲", "乙"), ("丙", "甲"), ("乙", "丙")])
def test_any_two_open_the_box(place: Installation, round_id: int, pair: tuple[str, str]) -> None:
    make(place, round_id)
    close(place, round_id)
    present = {name: THREE[name] for name in pair}
    open_box(
        Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, present, ignore_progress
    )
    assert seasons.get_round(place.database, round_id).state == "counted"


@pytest.mark.parametrize(
    "present",
    [
        {"甲": THREE["甲"]},
        {"甲": THREE["甲"], "乙": THREE["丙"]},
        {"甲": THREE["甲"], "丁": THREE["乙"]},
        THREE,
    ],
)
def test_nobody_else_does(place: Installation, round_id: int, present: dict[str, str]) -> None:
    make(place, round_id)
    close(place, round_id)
    with pytest.raises(Problem) as raised:
        open_box(
            Act(place.database, CUSTODIAN, MORNING),
            place.settings,
            round_id,
            present,
            ignore_progress,
        )
    # Of several nobody can tell whose: no part of a pass-phrase is kept by itself.
    assert raised.value.kind is (WRONG_PASSPHRASE if len(present) == 1 else PASSPHRASES_WRONG)
    assert seasons.get_round(place.database, round_id).state == "closed"


def test_the_rehearsal_wants_all_three(place: Installation, round_id: int) -> None:
    make(place, round_id)
    two = {name: THREE[name] for name in ("甲", "乙")}
    with pytest.raises(Problem) as raised:
        custody.rehearse_opening(Act(place.database, CUSTODIAN, MORNING), round_id, two)
    assert raised.value.kind is CUSTODIANS_WRONG
    wrong = {**THREE, "丙": "另外一句很长的口令 不对"}
    with pytest.raises(Problem) as raised:
        custody.rehearse_opening(Act(place.database, CUSTODIAN, MORNING), round_id, wrong)
    assert raised.value.kind is PASSPHRASES_WRONG
    assert seasons.get_round(place.database, round_id).rehearsed_at is None
    custody.rehearse_opening(Act(place.database, CUSTODIAN, MORNING), round_id, THREE)
    assert seasons.get_round(place.database, round_id).rehearsed_at == MORNING


def test_three_means_three_people(place: Installation, round_id: int) -> None:
    for names in (("甲", "乙"), ("甲", "乙", ""), ("甲", "乙", "丙", "丁")):
        with pytest.raises(Problem) as raised:
            custody.make_keys_for_three(
                Act(place.database, CUSTODIAN, MORNING),
                round_id,
                dict.fromkeys(names, PASSPHRASE),
                cost=CHEAPEST,
            )
        assert raised.value.kind is CUSTODIANS_WRONG


def test_a_key_made_elsewhere_is_rehearsed_by_what_its_machine_reads(
    place: Installation, round_id: int
) -> None:
    keys = new_box_keys()
    custody.take_public_key(
        Act(place.database, CUSTODIAN, MORNING),
        round_id,
        custody.PublicKeys(keys.public, tuple(THREE)),
    )
    sealed = custody.build_test_text(place.database, place.settings, round_id)
    word = str(unseal(keys.private, sealed))
    for wrong in ("", "0" * 12):
        with pytest.raises(Problem) as raised:
            custody.confirm_rehearsal(
                Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, wrong
            )
        assert raised.value.kind is WRONG_PASSPHRASE
    custody.confirm_rehearsal(
        Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, f" {word.upper()} "
    )
    assert seasons.get_round(place.database, round_id).rehearsed_at == MORNING
    with place.database.reading() as session:
        row = session.get_one(Round, round_id)
        with pytest.raises(Problem) as raised:
            custody.unlock_box(row, THREE)
    assert raised.value.kind is WRONG_STATE


def test_keys_and_invitations_are_destroyed_after_the_count(
    place: Installation, round_id: int
) -> None:
    make(place, round_id)
    with pytest.raises(Problem) as raised:
        custody.destroy_keys(Act(place.database, CUSTODIAN, MORNING), place.settings, round_id)
    assert raised.value.kind is WRONG_STATE
    close(place, round_id)
    present = {name: THREE[name] for name in ("甲", "乙")}
    open_box(
        Act(place.database, CUSTODIAN, MORNING), place.settings, round_id, present, ignore_progress
    )
    custody.destroy_keys(Act(place.database, CUSTODIAN, MORNING), place.settings, round_id)
    custody.destroy_keys(
        Act(place.database, CUSTODIAN, MORNING), place.settings, round_id
    )  # twice is no different
    with place.database.reading() as session:
        row = session.get_one(Round, round_id)
        assert (row.wrapped_key, row.destroyed_at) == ("[]", MORNING)
        assert session.query(Invite).count() == 0
    told = [one for one in events.list_events(place.database) if one.verb == "destroy_keys"]
    assert [one.detail for one in told] == ['{"copies": "3", "custody": "pairs", "persons": "1"}']

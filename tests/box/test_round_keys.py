"""Keys of rounds under one key of their season."""

from dataclasses import replace

import pytest

from evalsvc.box.keys import (
    CHEAPEST,
    BoxKeys,
    WrongPassphrase,
    new_box_keys,
    rehearse,
    wrap_for_pairs,
)
from evalsvc.box.round_keys import RoundKey, is_round_key, seal_round_key

THREE = {
    "甲": "甲的口令一二三四五六七八",
    "乙": "乙的口令一二三四五六七八",
    "丙": "丙的口令八七六五四三二一",
}


@pytest.fixture
def season() -> BoxKeys:
    return new_box_keys()


def make(season: BoxKeys) -> tuple[BoxKeys, RoundKey]:
    own = new_box_keys()
    wrapped = wrap_for_pairs(season.private, THREE, cost=CHEAPEST)
    return own, RoundKey(season.public, wrapped, seal_round_key(season.public, own))


def test_any_two_custodians_open_every_round(season: BoxKeys) -> None:
    for own, kept in (make(season), make(season)):
        for pair in (("甲", "乙"), ("丙", "甲"), ("乙", "丙")):
            opened = kept.unlock_season({name: THREE[name] for name in pair})
            assert kept.open(opened, own.public) == own.private
            assert rehearse(own.public, kept.open(opened, own.public))


def test_one_custodian_alone_opens_nothing(season: BoxKeys) -> None:
    _, kept = make(season)
    with pytest.raises(WrongPassphrase):
        kept.unlock_season({"甲": THREE["甲"]})


def test_no_round_opens_by_the_sealed_key_of_another(season: BoxKeys) -> None:
    (one, first), (_, second) = make(season), make(season)
    with pytest.raises(WrongPassphrase):
        second.open(season.private, one.public)
    with pytest.raises(WrongPassphrase):
        first.open(new_box_keys().private, one.public)
    altered = replace(first, sealed=first.sealed[:-1] + bytes([first.sealed[-1] ^ 1]))
    with pytest.raises(WrongPassphrase):
        altered.open(season.private, one.public)


def test_a_round_key_survives_being_written(season: BoxKeys) -> None:
    own, kept = make(season)
    assert RoundKey.from_json(kept.to_json()) == kept
    assert is_round_key(kept.to_json())
    assert not is_round_key("[]")
    # The season's private key and the round's stand in it only wrapped.
    assert season.private.hex() not in kept.to_json()
    assert own.private.hex() not in kept.to_json()


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"format": "evalsvc round key 2"}'])
def test_a_damaged_round_key_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="轮次密钥损坏"):
        RoundKey.from_json(text)

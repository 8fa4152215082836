"""The box's key pair under pass-phrases: the right one opens, all else is named."""

import json

import pytest
from nacl.public import PrivateKey

from evalsvc.box.keys import (
    CHEAPEST,
    INTERACTIVE,
    MODERATE,
    BoxKeys,
    Cost,
    WrappedKey,
    WrongPassphrase,
    new_box_keys,
    rehearse,
    unwrap_private,
    wrap_private,
)

KEYS = new_box_keys()
PHRASE = "清风 Correct Horse 2026"
WRAPPED = wrap_private(KEYS.private, PHRASE, holders=("张三", "李四"), cost=CHEAPEST)


def test_new_keys_belong_together() -> None:
    assert KEYS.public == bytes(PrivateKey(KEYS.private).public_key)
    assert new_box_keys().private != KEYS.private


def test_keys_come_from_the_given_source() -> None:
    private = bytes(range(32))
    keys = new_box_keys(lambda count: private[:count])
    assert keys == BoxKeys(bytes(PrivateKey(private).public_key), private)


def test_keys_do_not_print_the_private_half() -> None:
    assert repr(KEYS) == f"BoxKeys(public={KEYS.public!r})"


def test_the_right_pass_phrase_opens() -> None:
    assert WRAPPED.holders == ("张三", "李四")
    assert unwrap_private(WRAPPED, PHRASE) == KEYS.private


@pytest.mark.parametrize("typed", ["清风　Ｃｏｒｒｅｃｔ Horse ２０２６", f" {PHRASE}\n"])
def test_another_keyboard_opens_too(typed: str) -> None:
    assert unwrap_private(WRAPPED, typed) == KEYS.private


@pytest.mark.parametrize("typed", ["", " ", PHRASE.lower(), PHRASE[:-1], PHRASE + "。"])
def test_a_wrong_pass_phrase_does_not(typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        unwrap_private(WRAPPED, typed)


@pytest.mark.parametrize("passphrase", ["", " \u3000\n"])
def test_nothing_is_wrapped_under_an_empty_pass_phrase(passphrase: str) -> None:
    with pytest.raises(WrongPassphrase, match="empty"):
        wrap_private(KEYS.private, passphrase, cost=CHEAPEST)


@pytest.mark.slow
@pytest.mark.parametrize("cost", [INTERACTIVE, MODERATE])
def test_the_real_costs_work(cost: Cost) -> None:
    assert unwrap_private(wrap_private(KEYS.private, PHRASE, cost=cost), PHRASE) == KEYS.private


def test_the_default_cost_is_moderate() -> None:
    """libsodium's figures: 3 passes over 256 MiB; interactive is 2 over 64 MiB."""
    assert wrap_private(KEYS.private, PHRASE).cost == MODERATE == Cost(3, 256 * 1024**2)
    assert Cost(2, 64 * 1024**2) == INTERACTIVE


def test_no_two_wrapped_keys_share_salt_or_nonce() -> None:
    again = wrap_private(KEYS.private, PHRASE, cost=CHEAPEST)
    assert again.salt != WRAPPED.salt
    assert again.sealed[:24] != WRAPPED.sealed[:24]


def test_wrapping_can_be_repeated_from_a_source() -> None:
    first, second = (
        wrap_private(KEYS.private, PHRASE, cost=CHEAPEST, random=bytes) for _ in range(2)
    )
    assert first == second


def test_a_wrapped_key_survives_being_written() -> None:
    read = WrappedKey.from_json(WRAPPED.to_json())
    assert read == WRAPPED
    assert unwrap_private(read, PHRASE) == KEYS.private
    assert "张三" in WRAPPED.to_json()
    assert KEYS.private.hex() not in WRAPPED.to_json()


def test_every_flipped_byte_of_the_sealed_part_is_noticed() -> None:
    for place in range(len(WRAPPED.sealed)):
        altered = bytearray(WRAPPED.sealed)
        altered[place] ^= 0x80
        damaged = WrappedKey(WRAPPED.holders, WRAPPED.salt, WRAPPED.cost, bytes(altered))
        with pytest.raises(WrongPassphrase):
            unwrap_private(damaged, PHRASE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "something else"),
        ("holders", "张三"),
        ("holders", [1]),
        ("salt", "00"),
        ("salt", "not hexadecimal"),
        ("sealed", "00"),
        ("sealed", None),
        ("opslimit", 0),
        ("opslimit", 5),
        ("opslimit", True),
        ("opslimit", "3"),
        ("memlimit", 1),
        ("memlimit", 2**40),  # a forged file must not make the office's machine run dry
    ],
)
def test_a_damaged_file_names_its_field(name: str, value: object) -> None:
    record = json.loads(WRAPPED.to_json()) | {name: value}
    with pytest.raises(ValueError, match=f"damaged key file.*{name}"):
        WrappedKey.from_json(json.dumps(record))


@pytest.mark.parametrize("name", ["format", "holders", "opslimit", "memlimit", "salt", "sealed"])
def test_a_missing_field_is_named(name: str) -> None:
    record = json.loads(WRAPPED.to_json())
    del record[name]
    with pytest.raises(ValueError, match=f"damaged key file.*{name}"):
        WrappedKey.from_json(json.dumps(record))


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_what_is_no_key_file_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="damaged key file"):
        WrappedKey.from_json(text)


def test_rehearsal() -> None:
    other = new_box_keys()
    assert rehearse(KEYS.public, KEYS.private)
    assert not rehearse(KEYS.public, other.private)
    assert not rehearse(other.public, KEYS.private)


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32), bytes(33)])
def test_rehearsal_fails_on_what_is_no_public_key(public: bytes) -> None:
    assert not rehearse(public, KEYS.private)


@pytest.mark.parametrize("private", [b"", bytes(31), bytes(33)])
def test_rehearsal_fails_on_what_is_no_private_key(private: bytes) -> None:
    assert not rehearse(KEYS.public, private)

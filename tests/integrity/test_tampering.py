"""Fourteen ways of tampering with a counted box, each named by the check that should see it.

Whoever tampers here owns the database and lets the service pack and sign what is left: the
manifest is always in order, and only what hangs together inside can give the tampering away.
"""

import json
import secrets
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from evalsvc.box import chain
from evalsvc.box.receipts import leaf_hash
from evalsvc.box.sealing import OVERHEAD, ballot_message, sign_ballot
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.evidence.editions import ANCHORS
from evalsvc.evidence.verify.verdict import AUDIT_ONLY, CHECKS
from evalsvc.scheme.presets import load_scheme
from tests.cast import MANAGER, MORNING
from tests.integrity.counted import Counted, build_counted, failed, sign_again, unpack

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return build_counted(tmp_path_factory.mktemp("original"))


@pytest.fixture
def counted(original: Counted, tmp_path: Path) -> Iterator[Counted]:
    copy = original.copy(tmp_path / "instance")
    yield copy
    copy.installation.database.close()


@pytest.fixture
def tamper(counted: Counted, tmp_path: Path) -> Callable[..., set[str]]:
    """Run statements on the database with every guard off; which checks fail in its package."""

    def act(*statements: tuple[str, tuple[object, ...]]) -> set[str]:
        run(counted, *statements)
        return failed(counted.audit_files(tmp_path))

    return act


def run(counted: Counted, *statements: tuple[str, tuple[object, ...]]) -> None:
    with open_database(counted) as connection:
        for statement, values in statements:
            assert connection.execute(statement, values).rowcount > 0, statement
    connection.close()


def fetch(counted: Counted, statement: str) -> list[tuple[object, ...]]:
    with open_database(counted) as connection:
        rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def open_database(counted: Counted) -> sqlite3.Connection:
    return sqlite3.connect(counted.installation.settings.instance / "evalsvc.sqlite")


def build_ballot(
    counted: Counted, key: SigningKey, credential: bytes, seq: int
) -> tuple[object, ...]:
    """A ballot under a credential, signed by a key, in the order of the table's columns."""
    (uid,) = fetch(counted, "SELECT uid FROM round")[0]
    sealed, nonce = secrets.token_bytes(4096 + OVERHEAD), secrets.token_bytes(16)
    message = ballot_message(str(uid), credential, seq, nonce, sealed)
    return credential, seq, nonce, sealed, sign_ballot(key, message), leaf_hash(sealed)


INSERT_BALLOT = (
    "INSERT INTO ballot (credential, seq, nonce, sealed, signature, leaf) VALUES (?, ?, ?, ?, ?, ?)"
)
INSERT_PLACE = (
    'INSERT INTO credential (key, round_id, "group", cell, form, void) '
    "VALUES (?, 1, 'panel', 'organs', 0, 0)"
)
ONCE = "SELECT credential FROM ballot GROUP BY credential HAVING count(*) = 1 LIMIT 1"
TWICE = "SELECT credential FROM ballot WHERE seq = 2"
UNUSED = (
    "SELECT key FROM credential WHERE key NOT IN (SELECT credential FROM ballot) "
    "AND \"group\" = 'panel' LIMIT 1"
)


def test_untouched_nothing_fails(counted: Counted, tmp_path: Path) -> None:
    packages = counted.packages()
    assert failed(unpack(packages.audit, tmp_path)) == set()
    assert failed(unpack(packages.public, tmp_path)) == set()


def test_a_ballot_dropped(counted: Counted, tamper: Callable[..., set[str]]) -> None:
    (credential,) = fetch(counted, ONCE)[0]
    found = tamper(("DELETE FROM ballot WHERE credential = ?", (credential,)))
    assert found == {"box", "counters", "rounds"}


def test_a_ballot_replaced(counted: Counted, tamper: Callable[..., set[str]]) -> None:
    (credential,) = fetch(counted, ONCE)[0]
    sealed = secrets.token_bytes(4096 + OVERHEAD)
    found = tamper(
        (
            "UPDATE ballot SET sealed = ?, leaf = ? WHERE credential = ?",
            (sealed, leaf_hash(sealed), credential),
        )
    )
    assert found == {"signatures", "box", "rounds"}


def test_a_ballot_added(counted: Counted, tamper: Callable[..., set[str]]) -> None:
    (credential,) = fetch(counted, ONCE)[0]
    assert isinstance(credential, bytes)
    ballot = build_ballot(counted, SigningKey.generate(), credential, 2)
    assert tamper((INSERT_BALLOT, ballot)) == {"signatures", "box", "rounds"}


def test_a_ballot_of_a_foreign_credential(counted: Counted, tmp_path: Path) -> None:
    # The export asks the roll for its ballots, so this one is written into the file.
    key = SigningKey.generate()
    ballot = build_ballot(counted, key, bytes(key.verify_key), 1)
    files = add_ballot(counted.audit_files(tmp_path), ballot)
    assert failed(sign_again(files, counted)) == {"roll", "box", "public"}


def add_ballot(files: dict[str, bytes], ballot: tuple[object, ...]) -> dict[str, bytes]:
    credential, seq, nonce, sealed, signature, leaf = ballot
    assert isinstance(credential, bytes)
    assert isinstance(nonce, bytes)
    assert isinstance(sealed, bytes)
    assert isinstance(signature, bytes)
    assert isinstance(leaf, bytes)
    row = ",".join(
        (credential.hex(), str(seq), nonce.hex(), b64encode(sealed).decode(), signature.hex())
    )
    leaves = sorted([*files["box/year_end/leaves.txt"].split(), leaf.hex().encode()])
    return {
        **files,
        "box/year_end/ballots.csv": files["box/year_end/ballots.csv"] + f"{row}\n".encode(),
        "box/year_end/leaves.txt": b"".join(leaf + b"\n" for leaf in leaves),
    }


def test_a_credential_added_after_the_seal(
    counted: Counted, tamper: Callable[..., set[str]]
) -> None:
    key = SigningKey.generate()
    credential = bytes(key.verify_key)
    found = tamper(
        (INSERT_PLACE, (credential,)), (INSERT_BALLOT, build_ballot(counted, key, credential, 1))
    )
    assert found == {"roll", "box", "counters", "rounds"}


def test_an_unused_place_filled(counted: Counted, tamper: Callable[..., set[str]]) -> None:
    (credential,) = fetch(counted, UNUSED)[0]
    assert isinstance(credential, bytes)
    ballot = build_ballot(counted, SigningKey.generate(), credential, 1)
    assert tamper((INSERT_BALLOT, ballot)) == {"signatures", "box", "counters", "rounds"}


def test_a_revision_rolled_back(tamper: Callable[..., set[str]]) -> None:
    assert tamper(("DELETE FROM ballot WHERE seq = 2", ())) == {"box", "rounds", "openings"}


def test_the_first_answer_of_two_taken_out(
    counted: Counted, tamper: Callable[..., set[str]]
) -> None:
    (credential,) = fetch(counted, TWICE)[0]
    found = tamper(("DELETE FROM ballot WHERE seq = 1 AND credential = ?", (credential,)))
    assert found == {"revisions", "box", "rounds"}


def test_an_event_edited(tamper: Callable[..., set[str]]) -> None:
    assert tamper(("UPDATE event SET actor = 'nobody' WHERE verb = 'issue'", ())) == {"log"}


def test_an_event_edited_and_the_log_chained_anew(counted: Counted, tmp_path: Path) -> None:
    run(counted, ("UPDATE event SET actor = 'nobody' WHERE verb = 'issue'", ()))
    chain_anew(counted)
    assert failed(counted.audit_files(tmp_path)) == {"log"}


def chain_anew(counted: Counted) -> None:
    previous = chain.GENESIS
    rows = fetch(counted, "SELECT seq, at, actor, verb, subject, detail FROM event ORDER BY seq")
    for seq, at, actor, verb, subject, detail in rows:
        assert isinstance(seq, int)
        told = chain.Event(
            seq, str(at), str(actor), str(verb), str(subject), json.loads(str(detail))
        )
        digest = chain.event_hash(previous, told)
        run(
            counted,
            ("UPDATE event SET previous = ?, hash = ? WHERE seq = ?", (previous, digest, seq)),
        )
        previous = digest


def test_the_last_event_dropped(tamper: Callable[..., set[str]]) -> None:
    last = "SELECT seq FROM event WHERE verb = 'compute_result'"
    found = tamper((f"DELETE FROM event WHERE seq >= ({last})", ()))  # noqa: S608  # our own
    assert found == {"steps", "computed", "anchors"}


def test_the_last_event_dropped_from_a_package(counted: Counted, tmp_path: Path) -> None:
    files = counted.audit_files(tmp_path)
    lines = files["box/log.jsonl"].splitlines(keepends=True)
    files["box/log.jsonl"] = b"".join(lines[:-1])
    assert failed(sign_again(files, counted)) == {"log", "steps", "anchors", "computed", "public"}


def test_anchors_swapped(tamper: Callable[..., set[str]]) -> None:
    found = tamper(
        ("UPDATE published_anchor SET number = 9 WHERE number = 2", ()),
        ("UPDATE published_anchor SET number = 2 WHERE number = 3", ()),
        ("UPDATE published_anchor SET number = 3 WHERE number = 9", ()),
    )
    assert found == {"anchors"}


def test_anchors_swapped_in_a_package(counted: Counted, tmp_path: Path) -> None:
    files = counted.audit_files(tmp_path)
    record = json.loads(files[ANCHORS])
    first, second, third, *after = record["year_end"]
    record["year_end"] = [first, third, second, *after]
    files[ANCHORS] = (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()
    assert failed(sign_again(files, counted)) == {"anchors", "public"}


@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_an_anchor_deleted(tamper: Callable[..., set[str]], number: int) -> None:
    found = tamper(("DELETE FROM published_anchor WHERE number = ?", (number,)))
    assert found == {"anchors"}


def test_a_weight_changed(counted: Counted, tmp_path: Path) -> None:
    (text,) = fetch(counted, "SELECT scheme FROM season")[0]
    changed = str(text)
    for name, old, new in (("weight_leaders", 50, 40), ("weight_social", 50, 60)):
        before = f"{name}:\n    value: {old}\n"
        assert before in changed
        changed = changed.replace(before, f"{name}:\n    value: {new}\n")
    digest = load_scheme(changed).sha256
    run(counted, ("UPDATE season SET scheme = ?, scheme_sha256 = ?", (changed, digest)))
    place = counted.installation
    evening = MORNING + timedelta(days=1)
    results.compute_result(Act(place.database, MANAGER, evening), place.settings, counted.season_id)
    assert failed(counted.audit_files(tmp_path)) == {"configuration", "rounds"}


def test_a_published_score_changed(tamper: Callable[..., set[str]]) -> None:
    found = tamper(("UPDATE unit_sheet SET published = '99.99' WHERE unit = 'u03'", ()))
    assert found == {"scores", "computed", "public"}


def test_a_silent_revocation(counted: Counted, tamper: Callable[..., set[str]]) -> None:
    (credential,) = fetch(counted, UNUSED)[0]
    found = tamper(("UPDATE credential SET void = 1 WHERE key = ?", (credential,)))
    assert found == {"void", "counters"}


def test_a_ballot_silenced_by_revoking_its_place(
    counted: Counted, tamper: Callable[..., set[str]]
) -> None:
    (credential,) = fetch(counted, ONCE)[0]
    found = tamper(("UPDATE credential SET void = 1 WHERE key = ?", (credential,)))
    assert found == {"void", "counters"}


def test_no_check_passes_for_want_of_something_to_look_at(counted: Counted, tmp_path: Path) -> None:
    files = counted.audit_files(tmp_path)
    assert failed({}) == set(CHECKS)
    bare = {"scores.csv": b"", "scheme.yaml": files["scheme.yaml"]}
    assert failed(bare) == set(CHECKS) - AUDIT_ONLY

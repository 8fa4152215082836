"""One round of a package: its seal and anchors, its roll, its sealed ballots as keys open them.

From docs/evidence alone.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nacl.bindings import crypto_secretbox_open_easy
from nacl.exceptions import CryptoError

from tests.second_verifier.forms import (
    Package,
    Row,
    canonical,
    digest,
    is_signed,
    read_csv,
    read_json,
    root,
    sha,
    statement,
)

ANCHOR = ("round_uid", "number", "ballots", "box_root", "roll_root", "seal", "log_seq", "log_head")
ANCHOR += ("at", "previous")
SEAL = ("round_uid", "scheme_sha256", "thresholds", "roll_root", "places", "forms_sha256")
SEAL += ("public_key",)
PLACE = ("credential", "group", "cell", "form")


@dataclass(frozen=True)
class Ballot:
    """A sealed ballot as the box has it."""

    credential: str
    seq: int
    sealed: bytes
    is_genuine: bool

    @property
    def leaf(self) -> str:
        return sha(b"\0" + digest(self.sealed))


class Box:
    """A round; `subject` is what the log calls it."""

    def __init__(self, package: Package, code: str) -> None:
        self.package, self.code, self.folder = package, code, f"box/{code}/"
        self.seal, self.anchors = package.seals[code], package.anchors[code]
        self.uid = self.seal["round_uid"]
        self.is_new = self.seal.get("ballot_format") == 2
        self.seal_fields = (*SEAL, "ballot_format") if "ballot_format" in self.seal else SEAL
        self.seal_hash = sha(statement("seal", self.seal, self.seal_fields))
        self.hashes = [sha(statement("anchor", one, ANCHOR)) for one in self.anchors]
        self.leaves = self.file("leaves.txt").decode().split("\n")[:-1]

    def file(self, name: str) -> bytes:
        return self.package.files[self.folder + name]

    def rows(self, name: str) -> list[Row]:
        return read_csv(self.file(name))

    def json(self, name: str) -> Any:
        return read_json(self.file(name))

    def identity(self, group: str) -> str:
        return str(self.package.scheme["groups"][group]["identity"])

    @cached_property
    def events(self) -> Mapping[str, list[dict[str, Any]]]:
        """What the log tells of this round, by verb."""
        log = self.package.log
        first = [one for one in log if one["detail"].get("sha256") == self.hashes[0]]
        subject = first[0]["subject"]
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in (one for one in log if one["subject"] == subject):
            found[event["verb"]].append(event)
        return found

    def event(self, verb: str) -> dict[str, Any]:
        return self.events[verb][-1]

    @cached_property
    def roll(self) -> dict[str, Row]:
        return {row["credential"]: row for row in self.rows("roll.csv")}

    @cached_property
    def issued_anew(self) -> dict[str, dict[str, Any]]:
        """Places that the log added, by credential."""
        return {one["detail"]["credential"]: one for one in self.events["reissue"]}

    def roll_root(self, at: int) -> str:
        """Of the places that were on the roll when the log had so many events."""
        hashes = []
        for credential, row in sorted(self.roll.items()):
            added = self.issued_anew.get(credential, {"seq": 0})["seq"]
            leaf = {name: row[name] for name in PLACE} | {"form": int(row["form"])}
            hashes += [digest(b"\0" + canonical(leaf))] if added <= at else []
        return root(hashes)

    @cached_property
    def ballots(self) -> list[Ballot]:
        return [self._read_ballot(row) for row in self.rows("ballots.csv")]

    def _read_ballot(self, row: Row) -> Ballot:
        sealed = base64.b64decode(row["sealed"], validate=True)
        credential, nonce = bytes.fromhex(row["credential"]), bytes.fromhex(row["nonce"])
        seq = int(row["seq"])
        parts = (b"evalsvc ballot 1", self.uid.encode(), credential, seq.to_bytes(8), nonce, sealed)
        message = b"".join(len(part).to_bytes(8) + part for part in parts)
        genuine = is_signed(message, row["credential"], row["signature"])
        return Ballot(row["credential"], seq, sealed, genuine)

    @cached_property
    def newest(self) -> dict[str, Ballot]:
        """The ballot that counts of each place that is not void."""
        found: dict[str, Ballot] = {}
        for one in sorted(self.ballots, key=lambda one: one.seq):
            if one.credential in self.roll and self.roll[one.credential]["void"] == "0":
                found[one.credential] = one
        return found

    def group(self, credential: str) -> str:
        return self.roll[credential]["group"]


def is_bound(box: Box, sealed: bytes, key: bytes) -> bool:
    """Whether a ballot commits to this key and no other."""
    told = b"evalsvc ballot key 2\0" + key + sealed[1:33] + bytes.fromhex(box.seal["public_key"])
    return sealed[:1] == b"\2" and digest(told) == sealed[-32:]


def open_ballot(box: Box, sealed: bytes, key: bytes) -> Any:
    """The text inside; None where the key opens none."""
    one_time, public = sealed[1:33], bytes.fromhex(box.seal["public_key"])
    nonce = hashlib.blake2b(one_time + public, digest_size=24).digest()
    try:
        padded = crypto_secretbox_open_easy(sealed[33:-32], nonce, key)
        text = padded.rstrip(b"\0").removesuffix(b"\x80")
        found = read_json(text)
    except (CryptoError, ValueError, AssertionError):
        return None
    return found if canonical(found) == text else None

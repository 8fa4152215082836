"""The roll of a round as one hash, and the seal over everything fixed before it opens."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from evalsvc.box.merkle import hash_leaf, tree_root
from evalsvc.box.sealing import canonical_json
from evalsvc.box.statements import hash_statement


@dataclass(frozen=True)
class RollPlace:
    """One place on the roll; whether it was voided later is no part of what is sealed."""

    credential: bytes
    group: str
    cell: str
    form: int


@dataclass(frozen=True)
class RoundSeal:
    """What can't change once a round takes answers: rules, thresholds, roll, forms and box key.

    The scheme's hash covers questionnaires, weights and rules: it is the hash of the exact file.
    """

    round_uid: str
    scheme_sha256: str
    thresholds: Mapping[str, int]
    roll_root: str
    places: int
    forms_sha256: str
    public_key: str
    # The oldest format of sealed ballots that counts; a seal of format 1 does not name it.
    ballot_format: int = 1

    @property
    def hash(self) -> bytes:
        """By which anchors and the log name the seal."""
        return hash_statement("seal", self._content)

    @property
    def _content(self) -> dict[str, object]:
        content = vars(self) | {"thresholds": dict(self.thresholds)}
        if self.ballot_format == 1:
            del content["ballot_format"]
        return content

    def to_json(self) -> str:
        """The seal as a file of the package."""
        return json.dumps(self._content, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what to_json wrote; raises ValueError for anything else."""
        record = json.loads(text)
        fields = set(cls.__dataclass_fields__)
        # A seal of format 1 does not name it, and must keep the hash that it had.
        if not isinstance(record, dict) or {*record, "ballot_format"} != fields:
            raise ValueError("a seal has the fields " + ", ".join(cls.__dataclass_fields__))
        thresholds, places = record["thresholds"], record["places"]
        digests = [record[name] for name in ("scheme_sha256", "roll_root", "forms_sha256")]
        if not isinstance(thresholds, dict) or type(places) is not int:
            raise ValueError("thresholds are named numbers, places a number")
        if not all(isinstance(one, str) and re.fullmatch("[0-9a-f]{64}", one) for one in digests):
            raise ValueError("hashes have 64 hexadecimal digits")
        if record.get("ballot_format", 2) != 2:
            raise ValueError("ballot_format is 2, or left out")
        seal = cls(**record)
        # One seal, one spelling: what is written otherwise may hide a name that stands twice.
        if seal.to_json() != text:
            raise ValueError("written in another way than the service writes it")
        return seal


def roll_root(places: Iterable[RollPlace]) -> bytes:
    """The root of RFC 9162 over the places in the order of their keys."""
    # By their keys, which come from random codes: no order of issuing is in the root.
    ordered = sorted(places, key=lambda place: place.credential)
    return tree_root([hash_leaf(_written(place)) for place in ordered])


def hash_text(content: bytes) -> str:
    """SHA-256 as the 64 digits that files carry."""
    return hashlib.sha256(content).hexdigest()


def _written(place: RollPlace) -> bytes:
    return canonical_json(
        {
            "credential": place.credential.hex(),
            "group": place.group,
            "cell": place.cell,
            "form": place.form,
        }
    )

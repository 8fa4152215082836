"""The two editions of one result: the public one follows from the audit one, byte for byte."""

import hmac
import json
from collections.abc import Mapping, Sequence

from analysis.score.facts import Facts
from analysis.score.tree import UnitResult
from evalsvc.box.anchors import SignedAnchor
from evalsvc.evidence.comments import derive_public_comments
from evalsvc.evidence.computed import list_acts, write_acts
from evalsvc.evidence.manifest import Manifest, hash_files
from evalsvc.evidence.public import build_public_package
from evalsvc.evidence.sheets import Sheets
from evalsvc.evidence.shown_from import read_starts
from evalsvc.scheme.model import Scheme

ANCHORS = "box/anchors.json"
AUDIT_HASH = "box/audit.json"
SALT = "box/salt.txt"
LOG = "box/log.jsonl"
SHOWN_TO_ALL = ("assisted.csv", "leaves.txt", "seal.json")
"""Of each round's box; the rest would show who has answered, or how a unit's ballot reads."""


def derive_public(
    audit_files: Mapping[str, bytes],
    audit: Manifest,
    facts: Facts,
    scheme: Scheme,
    results: Sequence[UnitResult],
) -> dict[str, bytes]:
    """The public package's files without their manifest, from the audit package's."""
    shown = {
        name: content
        for name, content in audit_files.items()
        # By name, so that a file which is added to the box some day is not public by itself.
        if name == ANCHORS or (name.startswith("box/") and name.split("/")[-1] in SHOWN_TO_ALL)
    }
    if scheme.publication.shows is None:
        shown |= derive_public_comments(audit_files)
    shown |= write_acts(list_acts(audit_files[LOG], audit.season, audit.version))
    shown[AUDIT_HASH] = _write_audit_hash(salted_hash(audit_files[SALT], audit))
    scheme_text = audit_files["scheme.yaml"].decode()
    # From the audit edition's own bytes and not from a database: that is what `verify` can repeat.
    starts = read_starts(Sheets(audit_files), scheme)
    return build_public_package(facts, scheme, scheme_text, results, further=shown, starts=starts)


def build_public_manifest(audit: Manifest, files: Mapping[str, bytes]) -> Manifest:
    """The manifest of the public edition of the same result."""
    return Manifest(
        edition="public",
        season=audit.season,
        version=audit.version,
        log_seq=audit.log_seq,
        log_head=audit.log_head,
        files=hash_files(files),
        program=audit.program,
    )


def write_anchors(anchors: Mapping[str, Sequence[SignedAnchor]]) -> bytes:
    """Anchors by the round's code, as the package and the public page give them away."""
    records = {code: [one.to_record() for one in signed] for code, signed in anchors.items()}
    return (json.dumps(records, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def salted_hash(salt: bytes, audit: Manifest) -> str:
    """What commits the public edition to the audit edition.

    Without the salt, whoever guesses an anonymous ballot could test the guess against the hash.
    """
    return hmac.digest(salt, audit.hash, "sha256").hex()


def read_audit_hash(content: bytes) -> str:
    """The salted hash in a public package; raises ValueError where there is none."""
    record = json.loads(content)
    # One spelling: a byte that is free could carry something.
    if not isinstance(record, dict) or content != _write_audit_hash(str(record.get("salted"))):
        raise ValueError("no salted hash")
    return str(record["salted"])


def _write_audit_hash(salted: str) -> bytes:
    return (json.dumps({"salted": salted}, indent=1) + "\n").encode()

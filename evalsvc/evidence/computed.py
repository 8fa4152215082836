"""What the log says of a computation: hashes that bind every file of both editions to it."""

import hashlib
import hmac
import json
from collections.abc import Mapping

from evalsvc.box.sealing import canonical_json
from evalsvc.evidence.comments import COMMENTS, derive_public_comments
from evalsvc.evidence.manifest import hash_files

ACTS = "box/acts.jsonl"
"""In the public edition: the acts of the log that bind it, each with the hash before it."""
COMPUTE, SHOW = "compute_result", "begin_publicity"
PROGRAM = "program"
"""Under which the act of a computation names the version of the program that made it."""
AUDIT_FILES, PUBLIC_FILES = "audit_files", "public_files"
AUDIT_COMMENTS, PUBLIC_COMMENTS = "audit_comments", "public_comments"


def tell_computation(
    salt: bytes, audit_files: Mapping[str, bytes], public_files: Mapping[str, bytes]
) -> dict[str, str]:
    """What the event of a computation says of the files that follow from it.

    The salt keeps anybody who has the public edition alone from testing a guess at the other.
    """
    return {
        AUDIT_FILES: _salted(salt, list_bound(audit_files)),
        PUBLIC_FILES: hashlib.sha256(list_bound(public_files)).hexdigest(),
    }


def tell_comments(salt: bytes, audit_files: Mapping[str, bytes]) -> dict[str, str]:
    """What the first day of publicity says of citizens' comments; no file is as an empty one."""
    public = derive_public_comments(audit_files).get(COMMENTS, b"")
    return {
        AUDIT_COMMENTS: _salted(salt, audit_files.get(COMMENTS, b"")),
        PUBLIC_COMMENTS: hashlib.sha256(public).hexdigest(),
    }


def list_bound(files: Mapping[str, bytes]) -> bytes:
    """Name and SHA-256 of every file that a computation binds.

    Those of the box are bound by anchors and by the opening, comments by the first day.
    """
    bound = {
        name: digest
        for name, digest in hash_files(files).items()
        # What is decided on later, or bound elsewhere, would make this hash wrong while nothing is.
        if not name.startswith("box/") and name != COMMENTS
    }
    return canonical_json(bound)


def list_acts(log: bytes, season: str, version: int) -> list[dict[str, object]]:
    """The acts of a log that bind this version, each with the hash of the one before it.

    None where the computation says nothing of files, as before 2026-12.
    """
    acts: list[dict[str, object]] = []
    previous = bytes(32).hex()
    for line in log.splitlines():
        act = json.loads(line)
        # A computation of before says nothing of files, and then neither edition has this file.
        if is_act(act, season, version, COMPUTE) and AUDIT_FILES in act["detail"]:
            acts = [{**act, "previous": previous}]
        elif acts and is_act(act, season, version, SHOW):
            acts.append({**act, "previous": previous})
        previous = act["hash"]
    return acts


def is_act(act: Mapping[str, object], season: str, version: int, verb: str) -> bool:
    """Whether a record of the log is this act about this version."""
    detail = act["detail"]
    return (
        act["verb"] == verb
        and act["subject"] == season
        and isinstance(detail, dict)
        and detail.get("version") == str(version)
    )


def write_acts(acts: list[dict[str, object]]) -> dict[str, bytes]:
    """The file, where there are any."""
    lines = (json.dumps(act, ensure_ascii=False, sort_keys=True) + "\n" for act in acts)
    return {ACTS: "".join(lines).encode()} if acts else {}


def _salted(salt: bytes, content: bytes) -> str:
    return hmac.digest(salt, content, "sha256").hex()

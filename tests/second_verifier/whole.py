"""What is hashed, signed or said twice about a package as a whole, from docs/evidence alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.second_verifier.forms import (
    GUARDED,
    Package,
    Row,
    canonical,
    is_signed,
    mac,
    pick,
    read_csv,
    read_json,
    sha,
    statement,
    write_json,
    write_lines,
)
from tests.second_verifier.public import derive_public

EVENT = ("seq", "at", "actor", "verb", "subject", "detail")
UNLISTED = ("box/manifest.json", "box/public.sig")
TYPED = ("name", "evidence", "project", "reason", "text", "wording", "shown", "grade")

COUNTED = ("form", "seq")

Found = Iterator[str]


def manifest(package: Package) -> Found:
    record = package.manifest
    listed = {name: sha(data) for name, data in package.files.items() if name not in UNLISTED}
    edition = "audit" if package.is_audit else "public"
    message = statement("manifest", record, package.signed_fields)
    if record["files"] != listed or record["edition"] != edition:
        yield "files are changed, missing or added, or it is of another edition"
    if set(record) != {*package.signed_fields, "key", "signature"}:
        yield "other fields"
    if not is_signed(message, record["key"], record["signature"]):
        yield "the signature"


def forms(package: Package) -> Found:
    """There is one way to write each file."""
    for name, content in package.files.items():
        if name.endswith(".json") and write_json(read_json(content)) != content:
            yield f"{name} is written otherwise"
        if name.endswith(".csv"):
            rows = read_csv(content)
            if name != "units.csv" and rows != sorted(rows, key=order):
                yield f"{name} is not sorted"
            bare = [row[column] for row in rows for column in TYPED if column in row]
            if any(text.startswith(GUARDED) for text in bare):
                yield f"{name}: a typed text begins like a formula"
    name = "box/log.jsonl" if package.is_audit else "box/acts.jsonl"
    if write_lines(package.log) != package.files.get(name, b""):
        yield f"{name} is written otherwise"


def order(row: Row) -> list[tuple[int, str]]:
    """Cell by cell by code point, but forms and ballots of a place by their numbers."""
    return [(int(x) if name in COUNTED else 0, x) for name, x in row.items()]


def log(package: Package) -> Found:
    """Each event follows from the one before, and every signed head is one of theirs."""
    before = "0" * 64
    for number, event in enumerate(package.log, 1):
        whole = set(event) == {*EVENT, "hash"} and event["seq"] == number
        if not whole or hash_event(event, before) != event["hash"]:
            yield f"event {number} does not follow"
        before = event["hash"]
    known = {(event["seq"], event["hash"]) for event in package.log}
    if not list_heads(package) <= known:
        yield "an anchor names an event that the log does not have"


def hash_event(event: Mapping[str, Any], before: str) -> str:
    return sha(b"evalsvc event 1\0" + bytes.fromhex(before) + canonical(pick(event, EVENT)))


def list_heads(package: Package) -> set[tuple[int, str]]:
    return {(a["log_seq"], a["log_head"]) for each in package.anchors.values() for a in each}


def ending(package: Package) -> Found:
    """The log ends with this result."""
    last, record = package.log[-1], package.manifest
    if last not in package.acts or (last["seq"], last["hash"]) != told_head(record):
        yield "the log does not end with this result"


def told_head(record: Mapping[str, Any]) -> tuple[Any, Any]:
    return record["log_seq"], record["log_head"]


def computed(package: Package) -> Found:
    """The files are those that the computation told of."""
    if not package.is_new:
        return
    if [act["verb"] for act in package.acts][:1] != ["compute_result"]:
        yield "no act tells of the computation"
    if package.acts[0]["detail"].get("program") != package.manifest.get("program"):
        yield "another version of the program than the computation told"
    editions = {"public": derive_public(package) if package.is_audit else package.files}
    if package.is_audit:
        editions["audit"] = package.files
    for act in package.acts:
        kind = "files" if act["verb"] == "compute_result" else "comments"
        for edition, files in editions.items():
            bound = list_bound(files) if kind == "files" else files.get("comments.csv", b"")
            salted = edition == "audit"
            due = mac(package.files["box/salt.txt"], bound) if salted else sha(bound)
            if act["detail"].get(f"{edition}_{kind}") != due:
                yield f"{edition} edition: other {kind} than event {act['seq']} told"
    if not package.is_audit:
        yield from anchored(package)


def list_bound(files: Mapping[str, bytes]) -> bytes:
    names = [name for name in files if not name.startswith("box/") and name != "comments.csv"]
    return canonical({name: sha(files[name]) for name in names})


def anchored(package: Package) -> Found:
    """In public an act is in the log because an anchor says so."""
    heads = list_heads(package)
    for act in package.log:
        whole = set(act) == {*EVENT, "hash", "previous"} and act in package.acts
        if not whole or hash_event(act, act["previous"]) != act["hash"]:
            yield f"act {act['seq']} does not follow"
        if heads and (act["seq"], act["hash"]) not in heads:
            yield f"no anchor has act {act['seq']}"
    last = package.log[-1]
    if (last["seq"], last["hash"]) != told_head(package.manifest):
        yield "the last act is not the manifest's"

"""Each kept ballot opened by its own key: the check `openings`, from docs/evidence alone.

It builds on `verify`, and asks the scheme whose ballots are kept and which items are listed. They
are sealed with XSalsa20-Poly1305, of which `cryptography` has the second half.
"""

import hashlib
import hmac
import json
import struct
from base64 import b64decode
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.poly1305 import Poly1305

from tests.second_verifier.forms import Facts
from tests.second_verifier.verify import Box, Found, Record, Row, canonical, read_json, sha

KEPT = ("named", "unit")
SHOWN_BY_ITSELF = ("signature", "unreadable", "foreign_content")
ALWAYS_LISTED = ("forced_ratio", "number", "allotment", "levels", "matrix")
COLUMNS = [[(5 * i + 4 * step) % 16 for step in range(4)] for i in range(4)]
ROWS = [[4 * i + (i + step) % 4 for step in range(4)] for i in range(4)]
WORD = 0xFFFFFFFF


def openings(facts: Facts, box: Box) -> Found:
    """Each kept ballot, opened by its own key, says what is listed of it."""
    if not box.is_new:
        return
    kept = {leaf for leaf, group in box.group.items() if identity(facts, group) in KEPT}
    rows = {row["leaf"]: row for row in box.read("openings.csv")}
    yield {*rows}, kept
    listed: dict[str, list[Row]] = defaultdict(list)
    for row in box.rows("ballots.csv"):
        listed[row["ballot"]].append(row)
    yield {*listed} - {row["ballot"] for row in rows.values()}, set()
    raters = {(own[0]["group"], own[0]["rater"]) for own in listed.values()}
    yield len(raters), len(listed)
    rejected, assisted = Counter[tuple[str, str]](), Counter[str]()
    for ballot in (one for one in box.newest.values() if one["leaf"] in kept):
        row, group = rows[ballot["leaf"]], box.group[ballot["leaf"]]
        reason, said = examine(box, ballot, row["key"])
        if row["reason"]:
            rejected[group, row["reason"]] += 1
            shown = row["reason"] if row["reason"] in SHOWN_BY_ITSELF else ""
            yield (reason, row["ballot"]), (shown, "")
        else:
            yield reason, ""
            assisted[group] += said.get("assisted") == 1
            yield from is_listed(facts, group, said, row, listed[row["ballot"]])
    told = [row for row in box.read("rejections.csv") if identity(facts, row["group"]) in KEPT]
    yield {(row["group"], row["reason"]): row["n"] for row in told}, to_text(rejected)
    typed = [row for row in box.read("assisted.csv") if identity(facts, row["group"]) in KEPT]
    yield Counter({row["group"]: int(row["counted"]) for row in typed}), assisted


def identity(facts: Facts, group: str) -> str:
    return str(facts.scheme["groups"][group]["identity"])


def to_text(counts: Counter[tuple[str, str]]) -> dict[tuple[str, str], str]:
    return {key: str(n) for key, n in counts.items()}


def examine(box: Box, ballot: Row, key: str) -> tuple[str, Any]:
    """Why a ballot can't count, as it shows itself, and its text."""
    try:
        box.check_ballot(ballot)
    except (InvalidSignature, ValueError):
        return "signature", None
    sealed, public = b64decode(ballot["sealed"]), bytes.fromhex(box.seal["public_key"])
    told = b"evalsvc ballot key 2\0" + bytes.fromhex(key) + sealed[1:33] + public
    if sealed[:1] != b"\2":
        return "unreadable", None
    if sha(told) != sealed[-32:].hex():
        return "not told: another key than the ballot commits to", None
    text = open_ballot(sealed, public, bytes.fromhex(key))
    if text is None:
        return "unreadable", None
    own = {"round": box.uid, "credential": ballot["credential"]}
    whole = isinstance(text, dict) and own.items() <= text.items() and is_answered(text)
    return "" if whole else "foreign_content", text


def is_answered(text: Record) -> bool:
    """A list of unit, item and value each."""
    answers = text.get("answers")
    texts = [str, str, str]
    return isinstance(answers, list) and all([*map(type, one)] == texts for one in answers)


def is_listed(facts: Facts, group: str, text: Record, row: Row, own: list[Row]) -> Found:
    """The ballot's name, its rater's where nobody has one, and its answers."""
    key = bytes.fromhex(row["key"])
    name, rater = (
        hmac.digest(key, f"evalsvc {what} name 1".encode(), "sha256").hex()[:16]
        for what in ("ballot", "rater")
    )
    yield row["ballot"], f"b-{name}"
    due = sorted(one for one in text["answers"] if is_scored(facts, group, one[1]))
    yield sorted([one["unit"], one["item"], one["value"]] for one in own), due
    raters = {(one["group"], one["rater"]) for one in own}
    yield len(raters) <= 1 and {one["group"] for one in own} <= {group}, True
    if identity(facts, group) == "unit":
        yield raters - {(group, f"{group[:23]}-{rater}")}, set()


def is_scored(facts: Facts, group: str, item: str) -> bool:
    code = facts.scheme["groups"][group]["questionnaire"]
    question, _, part = item.partition(".")
    kind = facts.scheme["questionnaires"][code]["questions"][question]["kind"]
    if part != "place" and kind in ALWAYS_LISTED:
        return True
    return f'"question": "{question}"' in json.dumps(facts.scheme["score"], ensure_ascii=False)


@lru_cache(maxsize=2000)  # two checks ask for each ballot of a round
def open_ballot(sealed: bytes, public: bytes, key: bytes) -> Any:
    """The text inside; None where the key opens none."""
    nonce = hashlib.blake2b(sealed[1:33] + public, digest_size=24).digest()
    try:
        padded = open_secretbox(sealed[33:-32], nonce, key)
        text = padded.rstrip(b"\0").removesuffix(b"\x80")
        found = read_json(text)
    except (InvalidSignature, ValueError):
        return None
    return found if canonical(found) == text else None


def open_secretbox(box: bytes, nonce: bytes, key: bytes) -> bytes:
    """XSalsa20-Poly1305, the authenticator first."""
    _, x = salsa20(key, nonce[:16])
    inner, stream = struct.pack("<8I", *x[::5], *x[6:10]), b""
    for number in range(len(box) // 64 + 1):
        words = zip(*salsa20(inner, nonce[16:] + struct.pack("<Q", number)), strict=True)
        stream += struct.pack("<16I", *((a + b) & WORD for a, b in words))
    Poly1305.verify_tag(stream[:32], box[16:], box[:16])
    return bytes(a ^ b for a, b in zip(box[16:], stream[32:], strict=False))


def salsa20(key: bytes, block: bytes) -> tuple[list[int], list[int]]:
    """Sixteen words before and after twenty rounds."""
    a, b, c, d = struct.unpack("<4I", b"expand 32-byte k")
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", block)
    first = [a, *k[:4], b, *n, c, *k[4:], d]
    x = [*first]
    for place in (COLUMNS + ROWS) * 10:
        for step, turn in enumerate((7, 9, 13, 18)):
            added = (x[place[step]] + x[place[step - 1]]) & WORD
            x[place[(step + 1) % 4]] ^= (added << turn | added >> (32 - turn)) & WORD
    return first, x

"""A verifier written from the formats in docs/evidence: it imports nothing of the product.

It checks what is hashed, signed or said twice; it does not recompute scores.
"""

import csv
import hashlib
import hmac
import io
import json
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

import yaml
from nacl.bindings import crypto_secretbox_open_easy
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

Files = Mapping[str, bytes]
UNLISTED = ("box/manifest.json", "box/public.sig")
STEPS = ("open_round", "close_round", "open_box")
OF_SEASON = ("ballots.csv", "counts.csv", "sums.csv", "relations.csv")
BY_RULE = {
    "missing",
    "foreign_unit",
    "doubled",
    "unknown_item",
    "not_a_choice",
    "proportions",
    "not_asked",
}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def cj(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def statement(kind: str, fields: object) -> bytes:
    return f"evalsvc {kind} 1\0".encode() + cj(fields)


def signed(key: str, message: bytes, signature: str) -> bool:
    try:
        VerifyKey(bytes.fromhex(key)).verify(message, bytes.fromhex(signature))
    except (CryptoError, ValueError):
        return False
    return True


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a name stands twice"
    return dict(pairs)


def pretty(content: bytes) -> Any:
    """A file of one spelling."""
    value = json.loads(content, object_pairs_hook=once)
    spelling = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert spelling.encode() == content, "another spelling"
    return value


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line, object_pairs_hook=once) for line in content.splitlines()]


def rows(content: bytes) -> list[dict[str, str]]:
    found = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert all(len(row) == len(found[0]) for row in found), "a row of another length"
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]]


def sheet(columns: str, cells: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns.split(","), *sorted(cells)])
    return out.getvalue().encode()


def root(hashes: list[bytes]) -> str:
    level = hashes
    while len(level) > 1:
        pairs = len(level) // 2 * 2
        above = [b"\1" + level[k] + level[k + 1] for k in range(0, pairs, 2)]
        level = [hashlib.sha256(one).digest() for one in above] + level[pairs:]
    return level[0].hex() if level else sha(b"")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text if text[-6] in "+-" else text + "+00:00")


class Package:
    """Files read as docs/evidence says; whatever is missing or malformed fails the check."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.public = "scores.csv" in files
        self.manifest = pretty(files["box/manifest.json"])
        self.anchors: dict[str, list[dict[str, Any]]] = pretty(files["box/anchors.json"])
        self.seals = {code: pretty(files[f"box/{code}/seal.json"]) for code in self.anchors}
        scheme = yaml.safe_load(files["scheme.yaml"])
        self.identity = {code: one["identity"] for code, one in scheme["groups"].items()}
        self.log: list[dict[str, Any]] = []
        if not self.public:
            self.log = lines(files["box/log.jsonl"])

    def new(self, code: str) -> Any:
        return self.seals[code].get("ballot_format") == 2

    def acts(self, code: str, verb: str = "") -> list[dict[str, Any]]:
        first = anchor_hash(self.anchors[code][0])
        told = [a for a in self.log if a["verb"] == "publish_anchor"]
        subject = next(a["subject"] for a in told if a["detail"]["sha256"] == first)
        return [a for a in self.log if a["subject"] == subject and verb in ("", a["verb"])]

    def ballots(self, code: str) -> Iterator[tuple[str, int, str, bytes, str]]:
        for row in rows(self.files[f"box/{code}/ballots.csv"]):
            sealed = b64decode(row["sealed"], validate=True)
            yield row["credential"], int(row["seq"]), row["nonce"], sealed, row["signature"]


def bare(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in ("key", "signature")}


def anchor_hash(anchor: Mapping[str, Any]) -> str:
    return sha(statement("anchor", bare(anchor)))


def check_manifest(p: Package) -> Iterator[str]:
    m = p.manifest
    if not signed(m["key"], statement("manifest", bare(m)), m["signature"]):
        yield "signature"
    listed = {n: sha(c) for n, c in p.files.items() if n not in UNLISTED}
    if p.manifest["files"] != listed or (p.manifest["edition"] == "public") != p.public:
        yield "files"


def check_anchors(p: Package) -> Iterator[str]:
    for code, listed in p.anchors.items():
        previous, last = "0" * 64, listed[-1]
        for number, one in enumerate(listed, 1):
            if not signed(p.manifest["key"], statement("anchor", bare(one)), one["signature"]):
                yield f"{code} {number} signature"
            if (one["number"], one["previous"]) != (number, previous):
                yield f"{code} {number} order"
            previous = anchor_hash(one)
            seal = (sha(statement("seal", p.seals[code])), p.seals[code]["round_uid"])
            if (one["seal"], one["round_uid"]) != seal:
                yield f"{code} {number} seal"
        for before, after in pairwise(listed):
            whole = after["ballots"] == last["ballots"] and after["box_root"] == last["box_root"]
            new = after["ballots"] - before["ballots"]
            if (
                new < 0
                or (new < 20 and not whole)
                or after["log_seq"] <= before["log_seq"]
                or (moment(after["at"]) < moment(before["at"]))
            ):
                yield f"{code} {after['number']} does not rise"
        leaves = p.files[f"box/{code}/leaves.txt"].decode().split()
        if leaves != sorted(set(leaves)) or last["ballots"] != len(leaves):
            yield f"{code} leaves"
        if last["box_root"] != root([bytes.fromhex(leaf) for leaf in leaves]):
            yield f"{code} box root"
        if listed[0]["ballots"] or p.seals[code]["scheme_sha256"] != sha(p.files["scheme.yaml"]):
            yield f"{code} opening"


def check_log(p: Package) -> Iterator[str]:
    previous = "0" * 64
    for number, act in enumerate(p.log, 1):
        fields = {k: v for k, v in act.items() if k != "hash"}
        digest = sha(b"evalsvc event 1\0" + bytes.fromhex(previous) + cj(fields))
        if act["seq"] != number or act["hash"] != digest:
            yield f"event {number}"
        previous = act["hash"]
    if (p.manifest["log_seq"], p.manifest["log_head"]) != (len(p.log), previous):
        yield "end of the log"
    for code, listed in p.anchors.items():
        for one in listed:
            if p.log[one["log_seq"] - 1]["hash"] != one["log_head"]:
                yield f"{code}: anchor {one['number']}"
        told = [act["detail"]["sha256"] for act in p.acts(code, "publish_anchor")]
        hashes = [anchor_hash(one) for one in listed if one["log_seq"] < len(p.log)]
        if told != hashes or (p.new(code) and listed[-1]["log_seq"] != len(p.log)):
            yield f"{code}: anchors told"
        steps = [a["verb"] for a in p.acts(code)]
        if [v for v in steps if v in STEPS] != list(STEPS):
            yield f"{code}: steps"
        if p.acts(code, "open_round")[0]["detail"]["seal"] != sha(statement("seal", p.seals[code])):
            yield f"{code}: seal"
    end = p.log[-1]
    if end["verb"] not in ("compute_result", "begin_publicity") or not _ours(p, end):
        yield "last act"


def _ours(p: Package, act: Mapping[str, Any]) -> bool:
    of = (act["subject"], act["detail"].get("version"))
    return of == (p.manifest["season"], str(p.manifest["version"]))


def check_rounds(p: Package) -> Iterator[str]:
    for code, seal in p.seals.items():
        about = pretty(p.files[f"box/{code}/round.json"])
        expected = {
            "uid": seal["round_uid"],
            "code": code,
            "public_key": seal["public_key"],
            "scheme_sha256": seal["scheme_sha256"],
            "box_root": p.anchors[code][-1]["box_root"],
        }
        made = p.acts(code, "make_keys")[-1]["detail"]
        expected["custodians"] = int(made["custodians"])
        times = zip(("opened_at", "closed_at", "counted_at"), STEPS, strict=True)
        same = all(moment(about[n]) == moment(p.acts(code, verb)[-1]["at"]) for n, verb in times)
        if not same or any(about[name] != value for name, value in expected.items()):
            yield code
        if sha(p.files[f"box/{code}/forms.csv"]) != seal["forms_sha256"]:
            yield f"{code} forms"


def check_roll(p: Package) -> Iterator[str]:
    for code, seal in p.seals.items():
        roll = rows(p.files[f"box/{code}/roll.csv"])
        moves = [a["detail"] for a in p.acts(code) if a["verb"] in ("reissue", "revoke")]
        added = {one["credential"] for one in moves if one.get("credential")}
        if {row["credential"] for row in roll if row["void"] == "1"} != {m["void"] for m in moves}:
            yield f"{code} void"
        places = [row for row in roll if row["credential"] not in added]
        hashes = [
            hashlib.sha256(b"\0" + cj({**{n: row[n] for n in ("credential", "group", "cell")},
                                      "form": int(row["form"])})).digest()
            for row in sorted(places, key=lambda row: row["credential"])
        ]  # a table, read by rows  # fmt: skip
        if (root(hashes), len(places)) != (seal["roll_root"], seal["places"]):
            yield f"{code} root"


def check_ballots(p: Package) -> Iterator[str]:
    for code, seal in p.seals.items():
        place = {row["credential"]: row for row in rows(p.files[f"box/{code}/roll.csv"])}
        newest: dict[str, tuple[int, bytes, bool]] = {}
        leaves, numbers = [], defaultdict(list)
        for credential, seq, nonce, sealed, signature in p.ballots(code):
            parts = (
                b"evalsvc ballot 1",
                seal["round_uid"].encode(),
                bytes.fromhex(credential),
                seq.to_bytes(8),
                bytes.fromhex(nonce),
                sealed,
            )
            message = b"".join(len(part).to_bytes(8) + part for part in parts)
            genuine = signed(credential, message, signature)
            leaves.append(sha(b"\0" + hashlib.sha256(sealed).digest()))
            numbers[credential].append(seq)
            newest[credential] = max(newest.get(credential, (0, b"", True)), (seq, sealed, genuine))
            if not genuine or credential not in place:
                yield f"{code} signature"
        if sorted(leaves) != p.files[f"box/{code}/leaves.txt"].decode().split():
            yield f"{code} leaves"
        if any(sorted(n) != list(range(1, len(n) + 1)) for n in numbers.values()):
            yield f"{code} revisions"
        good = {c: one for c, one in newest.items() if c in place and place[c]["void"] == "0"}
        yield from _check_counters(p, code, Counter(place[c]["group"] for c in good))
        if p.new(code):
            yield from _check_kept(
                p,
                code,
                {
                    c: one
                    for c, one in good.items()
                    if p.identity[place[c]["group"]] in ("named", "unit")
                },
                {c: place[c]["group"] for c in good},
            )


def _check_counters(p: Package, code: str, cast: Counter[str]) -> Iterator[str]:
    counted: Counter[str] = Counter()
    told = p.acts(code, "open_box")[-1]["detail"]
    rejected = rows(p.files[f"box/{code}/rejections.csv"])
    for row in rejected:
        counted[row["group"]] += int(row["n"])
        assert row["reason"] in BY_RULE | {"signature", "unreadable", "foreign_content"}
    n_rejected = counted.total()
    counted.update(
        g
        for g, _ in {
            (r["group"], r["ballot"]) for r in rows(p.files["ballots.csv"]) if r["round"] == code
        }
    )
    for row in rows(p.files["sums.csv"]):
        if (row["round"], row["kind"], row["name"]) == (code, "cell", "valid"):
            counted[row["group"]] += int(row["value"])
    if (str(counted.total() - n_rejected), str(n_rejected)) != (told["counted"], told["rejected"]):
        yield f"{code} told"
    about = pretty(p.files[f"box/{code}/round.json"])
    if counted != cast or about["counting_ballots"] != cast.total():
        yield f"{code} cast"
    reported: Counter[str] = Counter()
    for act in p.acts(code, "assist"):
        reported.update({group: int(n) for group, n in act["detail"].items()})
    for row in rows(p.files[f"box/{code}/assisted.csv"]):
        if int(row["reported"]) != reported[row["group"]]:
            yield f"{code} reported"


def open_ballot(seal: Mapping[str, Any], key: bytes, sealed: bytes) -> Any:
    """The text; None where it does not open. Raises where the ballot commits to another key."""
    public, one_time = bytes.fromhex(seal["public_key"]), sealed[1:33]
    if sealed[:1] != b"\2":
        return None
    bound = hashlib.sha256(b"evalsvc ballot key 2\0" + key + one_time + public).digest()
    assert bound == sealed[-32:], "commits to another key"
    nonce = hashlib.blake2b(one_time + public, digest_size=24).digest()
    try:
        text = crypto_secretbox_open_easy(sealed[33:-32], nonce, key)
        return json.loads(text.rstrip(b"\0").removesuffix(b"\x80"), object_pairs_hook=once)
    except (CryptoError, ValueError):
        return None


def _check_kept(
    p: Package, code: str, kept: Mapping[str, tuple[int, bytes, bool]], group: Mapping[str, str]
) -> Iterator[str]:
    told: dict[str, Any] = {row["leaf"]: row for row in rows(p.files[f"box/{code}/openings.csv"])}
    listed: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(p.files["ballots.csv"]):
        if row["round"] == code:
            listed[row["ballot"]].append(row)
    rejected: Counter[tuple[str, str]] = Counter()
    assisted: Counter[str] = Counter()
    for credential, (_, sealed, genuine) in kept.items():
        row = told.pop(sha(b"\0" + hashlib.sha256(sealed).digest()), None)
        assert row is not None, "no opening"
        key, name = bytes.fromhex(row["key"]), group[credential]
        text: Any = open_ballot(p.seals[code], key, sealed) if genuine else None
        marks = (p.seals[code]["round_uid"], credential)
        own = text and (text["round"], text["credential"]) == marks
        shown = "signature" if not genuine else "unreadable" if text is None else ""
        shown = shown or ("" if own else "foreign_content")
        if row["reason"]:
            rejected[name, row["reason"]] += 1
            if shown != ("" if row["reason"] in BY_RULE else row["reason"]) or row["ballot"]:
                yield f"{code} rejected"
            continue
        answers = listed.pop(row["ballot"], [])
        items = {(one["unit"], one["item"], one["value"]) for one in answers}
        given = {tuple(one) for one in text["answers"]} if not shown else set()
        assisted[name] += not shown and text.get("assisted") == 1
        raters = {one["rater"] for one in answers}
        ballot_name = f"b-{hmac.digest(key, b'evalsvc ballot name 1', 'sha256').hex()[:16]}"
        pseudonym = f"{name[:23]}-{hmac.digest(key, b'evalsvc rater name 1', 'sha256').hex()[:16]}"
        if (
            shown
            or not items <= given
            or len(items) != len(answers)
            or {one[1] for one in given - items} & {one["item"] for one in answers}
            or row["ballot"] != ballot_name
            or (p.identity[name] == "unit" and raters - {pseudonym})
            or {one["group"] for one in answers} - {name}
        ):
            yield f"{code} {row['ballot']}"
    assert len(told) + len(listed) == 0, "no such ballot"
    ours = [name for name, identity in p.identity.items() if identity in ("named", "unit")]
    told_of = rows(p.files[f"box/{code}/rejections.csv"])
    stated = {(r["group"], r["reason"]): int(r["n"]) for r in told_of if r["group"] in ours}
    counted = {r["group"]: int(r["counted"]) for r in rows(p.files[f"box/{code}/assisted.csv"])}
    if stated != dict(rejected) or any(counted.get(n, 0) != assisted[n] for n in ours):
        yield f"{code} numbers"


def check_opening(p: Package) -> Iterator[str]:
    for code in filter(p.new, p.seals):
        opening = pretty(p.files[f"box/{code}/opening.json"])
        told = p.acts(code, "open_box")[-1]["detail"].get("opening")
        if told != sha(statement("opening", opening)):
            yield f"{code} hash"
        found = {}
        for name in OF_SEASON:
            columns = p.files[name].split(b"\n", 1)[0].decode()
            own = [tuple(r.values()) for r in rows(p.files[name]) if r["round"] == code]
            found[name] = sheet(columns, own)
        for name in ("rejections.csv", "assisted.csv", "openings.csv"):
            content = p.files[f"box/{code}/{name}"]
            own = [tuple(row.values()) for row in rows(content)]
            found[name] = sheet(content.split(b"\n", 1)[0].decode(), own)
        assisted = rows(p.files[f"box/{code}/assisted.csv"])
        found["assisted"] = sheet(
            "group,counted", [(r["group"], r["counted"]) for r in assisted if r["counted"] != "0"]
        )
        said = rows(p.files["comments.csv"]) if "comments.csv" in p.files else []
        columns = "round,group,item,unit,text"
        texts = [tuple(r[n] for n in columns.split(",")) for r in said if r["round"] == code]
        found["comments"] = sheet(columns, texts)
        yield from (f"{code} {n}" for n, c in found.items() if opening["files"][n] != sha(c))


def check_computed(p: Package) -> Iterator[str]:
    bound = cj(
        {n: sha(c) for n, c in p.files.items() if not n.startswith("box/") and n != "comments.csv"}
    )
    comments = p.files.get("comments.csv", b"")
    if p.public and "box/acts.jsonl" not in p.files:
        yield from filter(p.new, p.seals)
        return
    source = lines(p.files["box/acts.jsonl"]) if p.public else p.log
    acts = [a for a in source if a["verb"] in ("compute_result", "begin_publicity") and _ours(p, a)]
    for act in acts:
        computes = act["verb"] == "compute_result"
        content = bound if computes else comments
        name = f"{p.manifest['edition']}_{'files' if computes else 'comments'}"
        salt = p.files.get("box/salt.txt", b"")
        digest = sha(content) if p.public else hmac.digest(salt, content, "sha256").hex()
        if act["detail"].get(name, digest if not any(map(p.new, p.seals)) else "") != digest:
            yield name
        if p.public:
            fields = {k: v for k, v in act.items() if k not in ("hash", "previous")}
            hashed = sha(b"evalsvc event 1\0" + bytes.fromhex(act["previous"]) + cj(fields))
            heads = {(o["log_seq"], o["log_head"]) for one in p.anchors.values() for o in one}
            if hashed != act["hash"] or (heads and (act["seq"], hashed) not in heads):
                yield "no anchor has the act"
    ends = [(act["seq"], act["hash"]) for act in acts]
    if ends[-1:] != [(p.manifest["log_seq"], p.manifest["log_head"])]:
        yield "end of the log"


Check = Callable[[Package], Iterator[str]]
AUDIT: tuple[Check, ...] = (check_log, check_rounds, check_roll, check_ballots, check_opening)
BOTH = (check_manifest, check_anchors, check_computed)


def check(files: Files, anchors: bytes | None = None, key: str | None = None) -> set[str]:
    """The names of the checks that find something."""
    try:
        package = Package(files)
    except Exception:  # malformed in whatever way
        return {"malformed"}
    wrong = set()
    for one in BOTH if package.public else (*BOTH, *AUDIT):
        try:
            found = list(one(package))
        except Exception as error:
            found = [str(error)]
        wrong |= {one.__name__.removeprefix("check_")} if found else set()
    if anchors is not None:
        published = {one[0]["round_uid"]: one for one in pretty(anchors).values() if one}
        own = {one[0]["round_uid"]: one for one in package.anchors.values()}
        strange = [uid for uid, one in own.items() if published.get(uid, [])[: len(one)] != one]
        wrong |= {"published"} if strange or (published and not own) else set()
    return wrong | ({"key"} if key not in (None, package.manifest["key"]) else set())

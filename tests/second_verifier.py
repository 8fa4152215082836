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
Kept = Mapping[str, tuple[int, bytes, bool]]  # of a place: number, sealed ballot, well signed
STEPS = ("open_round", "close_round", "open_box")
ENDS = ("compute_result", "begin_publicity")
OF_SEASON = ("ballots.csv", "counts.csv", "sums.csv", "relations.csv")
OF_ROUND = ("rejections.csv", "assisted.csv", "openings.csv")
KEPT = ("named", "unit")
BY_RULE = {"missing", "doubled", "proportions", "not_asked"}
BY_RULE |= {"foreign_unit", "unknown_item", "not_a_choice"}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def cj(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def statement(kind: str, record: Mapping[str, Any]) -> bytes:
    fields = {name: value for name, value in record.items() if name not in ("key", "signature")}
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
        log = "box/acts.jsonl" if self.public else "box/log.jsonl"
        self.log = lines(files.get(log, b"") if self.public else files[log])

    def new(self, code: str) -> Any:
        return self.seals[code].get("ballot_format") == 2

    def acts(self, code: str, verb: str = "") -> list[dict[str, Any]]:
        first = anchor_hash(self.anchors[code][0])
        told = [a for a in self.log if a["verb"] == "publish_anchor"]
        subject = next(a["subject"] for a in told if a["detail"]["sha256"] == first)
        return [a for a in self.log if a["subject"] == subject and verb in ("", a["verb"])]


def anchor_hash(anchor: Mapping[str, Any]) -> str:
    return sha(statement("anchor", anchor))


def check_manifest(p: Package) -> Iterator[str]:
    m = p.manifest
    good = signed(m["key"], statement("manifest", m), m["signature"])
    unlisted = ("box/manifest.json", "box/public.sig")
    listed = {name: sha(content) for name, content in p.files.items() if name not in unlisted}
    if not good or m["files"] != listed or (m["edition"] == "public") != p.public:
        yield "signature or files"


def check_anchors(p: Package) -> Iterator[str]:
    for code, listed in p.anchors.items():
        previous, last, seal = "0" * 64, listed[-1], p.seals[code]
        for number, one in enumerate(listed, 1):
            good = signed(p.manifest["key"], statement("anchor", one), one["signature"])
            due = (number, previous, sha(statement("seal", seal)), seal["round_uid"])
            if not good or (one["number"], one["previous"], one["seal"], one["round_uid"]) != due:
                yield f"{code} {number} signature, order or seal"
            previous = anchor_hash(one)
        for old, new in pairwise(listed):
            whole = new["ballots"] == last["ballots"] and new["box_root"] == last["box_root"]
            more = new["ballots"] - old["ballots"]
            later = moment(new["at"]) >= moment(old["at"]) and new["log_seq"] > old["log_seq"]
            if more < 0 or (more < 20 and not whole) or not later:
                yield f"{code} {new['number']} does not rise"
        leaves = p.files[f"box/{code}/leaves.txt"].decode().split()
        box = (len(leaves), root([bytes.fromhex(leaf) for leaf in leaves]))
        if leaves != sorted(set(leaves)) or (last["ballots"], last["box_root"]) != box:
            yield f"{code} leaves"
        if listed[0]["ballots"] or seal["scheme_sha256"] != sha(p.files["scheme.yaml"]):
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
        sealed = p.acts(code, "open_round")[0]["detail"]["seal"]
        steps = [act["verb"] for act in p.acts(code) if act["verb"] in STEPS]
        if steps != list(STEPS) or sealed != sha(statement("seal", p.seals[code])):
            yield f"{code}: steps"
    if not _ours(p, p.log[-1]):
        yield "last act"


def _ours(p: Package, act: Mapping[str, Any]) -> bool:
    of = (act["subject"], act["detail"].get("version"))
    return act["verb"] in ENDS and of == (p.manifest["season"], str(p.manifest["version"]))


def check_rounds(p: Package) -> Iterator[str]:
    for code, seal in p.seals.items():
        about = pretty(p.files[f"box/{code}/round.json"])
        expected = {name: seal[name] for name in ("public_key", "scheme_sha256")}
        expected |= {"code": code, "uid": seal["round_uid"]}
        expected["box_root"] = p.anchors[code][-1]["box_root"]
        expected["custodians"] = int(p.acts(code, "make_keys")[-1]["detail"]["custodians"])
        times = zip(("opened_at", "closed_at", "counted_at"), STEPS, strict=True)
        same = all(moment(about[n]) == moment(p.acts(code, verb)[-1]["at"]) for n, verb in times)
        same &= sha(p.files[f"box/{code}/forms.csv"]) == seal["forms_sha256"]
        if not same or any(about[name] != value for name, value in expected.items()):
            yield code


def check_roll(p: Package) -> Iterator[str]:
    for code, seal in p.seals.items():
        roll = rows(p.files[f"box/{code}/roll.csv"])
        moves = [a["detail"] for a in p.acts(code) if a["verb"] in ("reissue", "revoke")]
        added = {one["credential"] for one in moves if one.get("credential")}
        if {row["credential"] for row in roll if row["void"] == "1"} != {m["void"] for m in moves}:
            yield f"{code} void"
        places = [row for row in roll if row["credential"] not in added]
        hashes = []
        for row in sorted(places, key=lambda row: row["credential"]):
            leaf = {n: row[n] for n in ("credential", "group", "cell")} | {"form": int(row["form"])}
            hashes.append(hashlib.sha256(b"\0" + cj(leaf)).digest())
        if (root(hashes), len(places)) != (seal["roll_root"], seal["places"]):
            yield f"{code} root"


def check_ballots(p: Package) -> Iterator[str]:
    for code, seal in p.seals.items():
        place = {row["credential"]: row for row in rows(p.files[f"box/{code}/roll.csv"])}
        newest: dict[str, tuple[int, bytes, bool]] = {}
        leaves, numbers = [], defaultdict(list)
        for row in rows(p.files[f"box/{code}/ballots.csv"]):
            credential, seq = row["credential"], int(row["seq"])
            sealed = b64decode(row["sealed"], validate=True)
            marks = (b"evalsvc ballot 1", seal["round_uid"].encode(), bytes.fromhex(credential))
            parts = (*marks, seq.to_bytes(8), bytes.fromhex(row["nonce"]), sealed)
            message = b"".join(len(part).to_bytes(8) + part for part in parts)
            genuine = signed(credential, message, row["signature"])
            leaves.append(sha(b"\0" + hashlib.sha256(sealed).digest()))
            numbers[credential].append(seq)
            newest[credential] = max(newest.get(credential, (0, b"", True)), (seq, sealed, genuine))
            if not genuine or credential not in place:
                yield f"{code} signature"
        ordered = all(sorted(n) == list(range(1, len(n) + 1)) for n in numbers.values())
        if not ordered or sorted(leaves) != p.files[f"box/{code}/leaves.txt"].decode().split():
            yield f"{code} leaves or revisions"
        good = {c: one for c, one in newest.items() if c in place and place[c]["void"] == "0"}
        group = {credential: place[credential]["group"] for credential in good}
        yield from _check_counters(p, code, Counter(group.values()))
        if p.new(code):
            kept = {c: one for c, one in good.items() if p.identity[group[c]] in KEPT}
            yield from _check_kept(p, code, kept, group)


def _check_counters(p: Package, code: str, cast: Counter[str]) -> Iterator[str]:
    counted: Counter[str] = Counter()
    told = p.acts(code, "open_box")[-1]["detail"]
    rejected = rows(p.files[f"box/{code}/rejections.csv"])
    for row in rejected:
        counted[row["group"]] += int(row["n"])
        assert row["reason"] in BY_RULE | {"signature", "unreadable", "foreign_content"}
    n_rejected = counted.total()
    kept = [row for row in rows(p.files["ballots.csv"]) if row["round"] == code]
    counted.update(group for group, _ in {(row["group"], row["ballot"]) for row in kept})
    for row in rows(p.files["sums.csv"]):
        if (row["round"], row["kind"], row["name"]) == (code, "cell", "valid"):
            counted[row["group"]] += int(row["value"])
    numbers = (str(counted.total() - n_rejected), str(n_rejected))
    about = pretty(p.files[f"box/{code}/round.json"])
    same = counted == cast and about["counting_ballots"] == cast.total()
    if not same or numbers != (told["counted"], told["rejected"]):
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


def _check_kept(p: Package, code: str, kept: Kept, group: Mapping[str, str]) -> Iterator[str]:
    told: dict[str, Any] = {row["leaf"]: row for row in rows(p.files[f"box/{code}/openings.csv"])}
    listed: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(p.files["ballots.csv"]):
        if row["round"] == code:
            listed[row["ballot"]].append(row)
    rejected: Counter[tuple[str, str]] = Counter()
    assisted: Counter[str] = Counter()
    for credential, (_, sealed, genuine) in kept.items():
        row = told.pop(sha(b"\0" + hashlib.sha256(sealed).digest()))
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
        ballot_name = f"b-{hmac.digest(key, b'evalsvc ballot name 1', 'sha256').hex()[:16]}"
        pseudonym = f"{name[:23]}-{hmac.digest(key, b'evalsvc rater name 1', 'sha256').hex()[:16]}"
        strange = {one[1] for one in given - items} & {one["item"] for one in answers}
        strange |= {one["group"] for one in answers} - {name}
        if p.identity[name] == "unit":
            strange |= {one["rater"] for one in answers} - {pseudonym}
        same = items <= given and len(items) == len(answers) and row["ballot"] == ballot_name
        if shown or strange or not same:
            yield f"{code} {row['ballot']}"
    assert len(told) + len(listed) == 0, "no such ballot"
    ours = [name for name, identity in p.identity.items() if identity in KEPT]
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
        for name in (*OF_SEASON, *OF_ROUND):
            content = p.files[name if name in OF_SEASON else f"box/{code}/{name}"]
            own = [tuple(r.values()) for r in rows(content) if r.get("round", code) == code]
            found[name] = sheet(content.split(b"\n", 1)[0].decode(), own)
        assisted = rows(p.files[f"box/{code}/assisted.csv"])
        counted = [(r["group"], r["counted"]) for r in assisted if r["counted"] != "0"]
        found["assisted"] = sheet("group,counted", counted)
        said = rows(p.files["comments.csv"]) if "comments.csv" in p.files else []
        columns = "round,group,item,unit,text"
        texts = [tuple(r[n] for n in columns.split(",")) for r in said if r["round"] == code]
        found["comments"] = sheet(columns, texts)
        yield from (f"{code} {n}" for n, c in found.items() if opening["files"][n] != sha(c))


def check_computed(p: Package) -> Iterator[str]:
    files = {name: content for name, content in p.files.items() if not name.startswith("box/")}
    comments = files.pop("comments.csv", b"")
    bound = cj({name: sha(content) for name, content in files.items()})
    if p.public and "box/acts.jsonl" not in p.files and not any(map(p.new, p.seals)):
        return  # made before there were such acts
    acts = [act for act in p.log if _ours(p, act)]
    for act in acts:
        computes = act["verb"] == ENDS[0]
        kind, content = ("files", bound) if computes else ("comments", comments)
        name = f"{p.manifest['edition']}_{kind}"
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

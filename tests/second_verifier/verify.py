"""Verify an evidence package as docs/evidence describes it, with Python and `cryptography` alone.

    python verify.py PACKAGE [anchors.json...]

PACKAGE is a folder of either edition. Each check has the name that docs/evidence gives it, and
compares what is said in one place with what is due by another. What takes a scheme stands beside:
`openings`, `rules`, `thresholds`, `sums`, `scores`, `public`, and what `computed` tells of public.
"""

import csv
import hashlib
import hmac
import io
import json
import sys
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import compress, pairwise
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Files = Mapping[str, bytes]
Record = Mapping[str, Any]
Row = dict[str, str]
Found = Iterator[tuple[object, object]]  # what is said, and what is due

FIELDS = {
    "anchor": "round_uid number ballots box_root roll_root seal log_seq log_head at previous",
    "seal": "round_uid scheme_sha256 thresholds roll_root places forms_sha256 public_key",
    "manifest": "edition season version log_seq log_head files",
    "opening": "round_uid salt files",
    "event": "seq at actor verb subject detail",
    "place": "credential group cell form",
    "thresholds": "raters_for_unit_groups answers_for_score answers_for_mean people_per_form "
    "answers_for_distribution answers_between_populations ballots_per_cell answers_per_cell",
    "reasons": "signature unreadable foreign_content unknown_item foreign_unit doubled missing "
    "not_a_choice proportions not_asked",
}
ADDED_LATER = {"ballot_format", "program", "format"}
STEPS = {"opened_at": "open_round", "closed_at": "close_round", "counted_at": "open_box"}
ACTS = ["compute_result", "begin_publicity"]
ESTIMATES = ("fit ", "index ", "items alpha")
BOTH = "manifest anchors configuration box computed"
AUDIT = "log steps rounds roll void signatures revisions counters exclusions opening"
unhex = bytes.fromhex


def sha(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fields(kind: str, said: Record, *more: str) -> bytes:
    """What is hashed of a statement or event, which has these fields, more, and no other."""
    bare = {name: value for name, value in said.items() if name not in more}
    if {*bare} - ADDED_LATER != {*FIELDS[kind].split()}:
        raise ValueError(f"other fields than those of {kind}: {sorted(said)}")
    return canonical(bare)


def statement(kind: str, said: Record) -> bytes:
    return f"evalsvc {kind} 1\0".encode() + fields(kind, said, "key", "signature")


def hash_event(event: Record, before: str, *more: str) -> str:
    return sha(b"evalsvc event 1\0", unhex(before), fields("event", event, "hash", *more))


def check_signature(message: bytes, key: str, signature: str) -> None:
    Ed25519PublicKey.from_public_bytes(unhex(key)).verify(unhex(signature), message)


def hash_place(row: Row) -> str:
    return sha(b"\0", fields("place", row | {"form": int(row["form"])}, "void"))


def root(leaves: list[str]) -> str:
    """Of RFC 9162: a lone last one rises as it is."""
    while len(leaves) > 1:
        pairs = [leaves[i : i + 2] for i in range(0, len(leaves), 2)]
        leaves = [sha(b"\1", unhex(p[0]), unhex(p[1])) if p[1:] else p[0] for p in pairs]
    return leaves[0] if leaves else sha()


def read_json(text: str | bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name stands twice in an object")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def write_csv(rows: Iterable[Iterable[str]]) -> str:
    def quote(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if {*cell} & {*',"\r\n'} else cell

    return "".join(",".join(map(quote, row)) + "\n" for row in rows)


def read(files: Files, name: str) -> Any:
    """A file's content; what is not written as documented could be read in two ways."""
    text = files[name].decode()
    if name.endswith(".csv"):
        header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        if write_csv([header, *lines]) != text or len({*header}) < len(header):
            raise ValueError(f"{name} is not written as documented")
        return [dict(zip(header, line, strict=True)) for line in lines]
    if name.endswith(".jsonl"):
        return [read_json(line) for line in text.split("\n")[:-1]]
    return read_json(text)


class Package:
    """A package's files, and the checks of a whole package."""

    def __init__(self, files: Files) -> None:
        self.files, self.public = files, "scores.csv" in files
        self.manifest: Record = read(files, "box/manifest.json")
        self.anchors: dict[str, list[Record]] = read(files, "box/anchors.json")
        name = "box/acts.jsonl" if self.public else "box/log.jsonl"
        self.log: list[Record] = read(files, name) if name in files else []
        of = (self.manifest["season"], str(self.manifest["version"]))
        mine = [e for e in self.log if (e["subject"], e["detail"].get("version")) == of]
        self.acts = [event for event in mine if event["verb"] in ACTS]
        self.head = (self.manifest["log_seq"], self.manifest["log_head"])
        self.boxes = [Box(self, code) for code in self.anchors]
        self.heads = {(a["log_seq"], a["log_head"]) for box in self.boxes for a in box.anchors}

    def check_manifest(self) -> Found:
        said, unlisted = self.manifest, ["box/manifest.json", "box/public.sig"][: 2 - self.public]
        check_signature(statement("manifest", said), said["key"], said["signature"])
        yield said["edition"], "public" if self.public else "audit"
        yield said["files"], {n: sha(x) for n, x in self.files.items() if n not in unlisted}

    def check_log(self) -> Found:
        before = "0" * 64
        for number, event in enumerate(self.log, 1):
            yield (event["seq"], event["hash"]), (number, hash_event(event, before))
            before = event["hash"]
        yield self.head, (len(self.log), before)
        yield self.heads - {(event["seq"], event["hash"]) for event in self.log}, set()

    def check_steps(self) -> Found:
        yield self.log[-1], self.acts[-1]
        for box in self.boxes:
            yield [event["verb"] for event in box.events(*STEPS.values())], [*STEPS.values()]

    def check_computed(self) -> Found:
        if not all(box.is_new for box in self.boxes):
            return
        yield [act["verb"] for act in self.acts], ACTS[: len(self.acts) or 1]
        names = [n for n in self.files if not n.startswith("box/") and n != "comments.csv"]
        hashes = canonical({name: sha(self.files[name]) for name in names})
        bound = {"files": hashes, "comments": self.files.get("comments.csv", b"")}
        salt, edition = self.files.get("box/salt.txt", b""), self.manifest["edition"]
        for act, (kind, content) in zip(self.acts, bound.items(), strict=False):
            due = {"public": sha(content), "audit": hmac.digest(salt, content, "sha256").hex()}
            yield act["detail"][f"{edition}_{kind}"], due[edition]
        yield self.acts[0]["detail"].get("program"), self.manifest.get("program")
        yield self.head, (self.acts[-1]["seq"], self.acts[-1]["hash"])
        for act in self.log if self.public else ():
            yield act["hash"], hash_event(act, act["previous"], "previous")
            anchored = (act["seq"], act["hash"]) in self.heads or not self.boxes
            yield act in self.acts and anchored, True


class Box:
    """One round's files, and its checks."""

    def __init__(self, package: Package, code: str) -> None:
        self.package, self.code, self.anchors = package, code, package.anchors[code]
        self.files, self.log, self.folder = package.files, package.log, f"box/{code}/"
        self.seal = self.read("seal.json")
        self.uid, self.is_new = self.seal["round_uid"], "ballot_format" in self.seal
        self.hashes = [sha(statement("anchor", one)) for one in self.anchors]
        self.leaves = self.files[self.folder + "leaves.txt"].decode().split("\n")
        if package.public:
            return
        first = (e for e in self.log if e["detail"].get("sha256") == self.hashes[0])
        self.subject = next(first)["subject"]  # what the log calls this round
        self.roll: dict[str, Row] = {row["credential"]: row for row in self.read("roll.csv")}
        self.ballots: list[Row] = sorted(self.read("ballots.csv"), key=lambda row: int(row["seq"]))
        for row in self.ballots:
            row["leaf"] = sha(b"\0", unhex(sha(b64decode(row["sealed"], validate=True))))
        # The last ballot of each place that is not void, and those by group.
        self.good = {c: row for c, row in self.roll.items() if row["void"] == "0"}
        self.newest = {r["credential"]: r for r in self.ballots if r["credential"] in self.good}
        self.group = {row["leaf"]: self.good[c]["group"] for c, row in self.newest.items()}
        self.cells: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)  # by group, stratum
        for row in (row for row in self.rows("sums.csv") if row["kind"] == "cell"):
            self.cells[row["group"], row["subject"]][row["name"]] = int(row["value"])

    def read(self, name: str) -> Any:
        return read(self.files, self.folder + name)

    def rows(self, name: str) -> list[Row]:
        """The round's rows of a file of the season."""
        there = read(self.files, name) if name in self.files else []
        return [row for row in there if row["round"] == self.code]

    def events(self, *verbs: str) -> list[Record]:
        return [e for e in self.log if e["subject"] == self.subject and e["verb"] in verbs]

    def check_anchors(self) -> Found:
        due = {"round_uid": self.uid, "seal": sha(statement("seal", self.seal))}
        due |= {"key": self.package.manifest["key"]}
        for number, one in enumerate(self.anchors, 1):
            check_signature(statement("anchor", one), one["key"], one["signature"])
            before = self.hashes[number - 2] if number > 1 else "0" * 64
            yield one, one | due | {"number": number, "previous": before}
        last = self.anchors[-1]
        for old, new in pairwise(self.anchors):
            least = 0 if new["box_root"] == last["box_root"] else 20
            rises = new["log_seq"] > old["log_seq"] and new["at"] >= old["at"]
            yield rises and new["ballots"] >= old["ballots"] + least, True
        yield self.is_new and last["log_seq"] < self.package.head[0], False
        if self.package.public:
            return
        # Each is told of before any other act; closing and opening have theirs.
        told = self.events("publish_anchor")
        inside = [one for one in self.anchors if one["log_seq"] < len(self.log)]
        due = [{"number": str(a["number"]), "sha256": self.hashes[a["number"] - 1]} for a in inside]
        yield [event["detail"] for event in told], due
        for anchor, event in zip(inside, told, strict=True):
            between = self.log[anchor["log_seq"] : event["seq"]]
            yield {act["verb"] for act in between}, {"publish_anchor"}
        closed, opened = (self.events(verb)[-1]["seq"] for verb in ("close_round", "open_box"))
        after = [one for one in self.anchors if one["log_seq"] >= closed]
        yield after[0]["log_seq"] < opened, True
        yield self.is_new and after[-1]["log_seq"] < opened, False
        yield {one["ballots"] for one in after}, {after[-1]["ballots"]}

    def check_configuration(self) -> Found:
        positive = {name: int(n) > 0 for name, n in self.seal["thresholds"].items()}
        yield positive, dict.fromkeys(FIELDS["thresholds"].split(), True)
        yield self.seal["scheme_sha256"], sha(self.files["scheme.yaml"])
        if not self.package.public:
            yield self.seal["forms_sha256"], sha(self.files[self.folder + "forms.csv"])
            yield self.events("open_round")[-1]["detail"]["seal"], sha(statement("seal", self.seal))

    def check_box(self) -> Found:
        leaves, first, last = self.leaves[:-1], self.anchors[0], self.anchors[-1]
        yield self.leaves, [*sorted({*leaves}), ""]
        yield (first["ballots"], first["box_root"]), (0, root([]))
        yield (last["ballots"], last["box_root"]), (len(leaves), root(leaves))
        if not self.package.public:
            yield leaves, sorted(row["leaf"] for row in self.ballots)

    def check_rounds(self) -> Found:
        said, seal = self.read("round.json"), self.seal
        due = {name: self.events(verb)[-1]["at"] for name, verb in STEPS.items()}
        due |= {name: seal[name] for name in ("scheme_sha256", "public_key")}
        due |= {"uid": self.uid, "code": self.code, "box_root": self.anchors[-1]["box_root"]}
        due |= {"custodians": int(self.events("make_keys")[-1]["detail"]["custodians"])}
        yield said, due | {"counting_ballots": said["counting_ballots"]}

    def check_roll(self) -> Found:
        added = {e["detail"]["credential"]: e for e in self.events("reissue")}
        yield len(self.roll), len(self.read("roll.csv"))
        for signed in ({**self.seal, "log_seq": 0}, *self.anchors):
            late = {c for c, event in added.items() if event["seq"] > signed["log_seq"]}
            then = [hash_place(row) for c, row in sorted(self.roll.items()) if c not in late]
            yield (signed["roll_root"], signed.get("places", len(then))), (root(then), len(then))
        for new, event in added.items():
            old = self.roll[event["detail"]["void"]]
            yield hash_place(self.roll[new]), hash_place(old | {"credential": new})
        yield {row["credential"] for row in self.ballots} - {*self.roll}, set()

    def check_void(self) -> Found:
        told = {event["detail"]["void"] for event in self.events("reissue", "revoke")}
        yield {c for c, row in self.roll.items() if row["void"] != "0"}, told

    def check_signatures(self) -> None:
        for row in self.ballots:
            self.check_ballot(row)

    def check_ballot(self, row: Row) -> None:
        parts = [b"evalsvc ballot 1", self.uid.encode(), unhex(row["credential"])]
        parts += [int(row["seq"]).to_bytes(8), unhex(row["nonce"]), b64decode(row["sealed"])]
        message = b"".join(len(part).to_bytes(8) + part for part in parts)
        check_signature(message, row["credential"], row["signature"])

    def check_revisions(self) -> Found:
        numbers = sorted((row["credential"], int(row["seq"])) for row in self.ballots)
        places = Counter(credential for credential, _ in numbers)
        yield numbers, [(c, i) for c in sorted(places) for i in range(1, places[c] + 1)]
        yield len({(row["credential"], row["nonce"]) for row in self.ballots}), len(self.ballots)

    def check_counters(self) -> Found:
        cast, rejected, reported = Counter(self.group.values()), Counter[str](), Counter[str]()
        listed = {(row["group"], row["ballot"]) for row in self.rows("ballots.csv")}
        counted = Counter(group for group, _ in listed)
        if self.is_new:  # a ballot without any answer that may be scored has no row there
            opened = self.read("openings.csv")
            counted = Counter(self.group[row["leaf"]] for row in opened if not row["reason"])
        for row in self.read("rejections.csv"):
            rejected[row["group"]] += int(row["n"])
            yield row["reason"] in FIELDS["reasons"].split(), True
        for (group, cell), n in self.cells.items():
            good = [row for row in self.good.values() if row["group"] == group]
            own = {r["credential"] for r in good if {*r["cell"].split("+")} <= {*cell.split("+")}}
            due = {"issued": len(own), "cast": len(own & {*self.newest}), "valid": n["valid"]}
            yield n, due | {"rejected": due["cast"] - due["valid"]}
            counted[group] += n["valid"]
        yield cast, counted + rejected
        told, closed = (self.events(x)[-1]["detail"] for x in ("open_box", "close_round"))
        yield (told["counted"], told["rejected"]), (f"{counted.total()}", f"{rejected.total()}")
        yield Counter({group: int(n) for group, n in closed.items()}), cast
        yield self.read("round.json")["counting_ballots"], cast.total()
        for event in self.events("assist"):
            reported.update({group: int(n) for group, n in event["detail"].items()})
        typed = self.read("assisted.csv")
        yield Counter({row["group"]: int(row["reported"]) for row in typed}), reported
        yield all(int(row["counted"]) <= counted[row["group"]] for row in typed), True

    def check_exclusions(self) -> Found:
        events = self.events("exclude_ballot", "restore_ballot")
        last = {(e["detail"]["group"], e["detail"]["ballot"]): e for e in events}
        due = [event["detail"] for event in last.values() if event["verb"] == "exclude_ballot"]
        names = "group,ballot,flag,reason"
        yield hash_rows(names, self.rows("exclusions.csv")), hash_rows(names, due)

    def check_opening(self) -> Found:
        if not self.is_new:
            return
        said, typed = self.read("opening.json"), self.read("assisted.csv")
        yield self.events("open_box")[-1]["detail"]["opening"], sha(statement("opening", said))
        names = ("rejections.csv", "assisted.csv", "openings.csv")
        due = {name: sha(self.files[self.folder + name]) for name in names}
        for name in ("ballots.csv", "counts.csv", "sums.csv", "relations.csv"):
            header, rows = self.files[name].decode().split("\n")[0], self.rows(name)
            if name == "sums.csv" and said.get("format") == 2:
                apart = [f"{row['kind']} {row['name']}".startswith(ESTIMATES) for row in rows]
                due["estimates"] = hash_rows(header, compress(rows, apart))
                rows = [row for row, is_apart in zip(rows, apart, strict=True) if not is_apart]
            due[name] = hash_rows(header, rows)
        due["comments"] = hash_rows("round,group,item,unit,text", self.rows("comments.csv"))
        due["assisted"] = hash_rows("group,counted", [r for r in typed if r["counted"] != "0"])
        due |= {name: said["files"][name] for name in ("replies", "favours")}  # not in any package
        yield (said["round_uid"], said["files"]), (self.uid, due)


def hash_rows(header: str, rows: Iterable[Record]) -> str:
    lines = sorted([row[name] for name in header.split(",")] for row in rows)
    return sha(write_csv([header.split(","), *lines]).encode())


def verify(files: Files, fetched: Iterable[bytes] = (), key: str = "") -> dict[str, list[str]]:
    """What each check finds; `fetched` are the anchors.json of the boxes' pages."""
    package, found = Package(files), {}
    for name in (BOTH if package.public else f"{BOTH} {AUDIT}").split():
        checks = [getattr(each, f"check_{name}", None) for each in (package, *package.boxes)]
        found[name] = [fault for check in checks if check for fault in compare(check)]
    if known := [*map(read_json, fetched)]:
        found["published"] = compare(lambda: compare_fetched(package, known))
    if key:
        found["key"] = compare(lambda: iter([(package.manifest["key"], key.lower())]))
    return found


def compare(check: Callable[[], Found | None]) -> list[str]:
    """Where what is said is not what is due; what can't be read is not what is due, either."""
    try:
        return [f"{said!r} should be {due!r}"[:300] for said, due in check() or () if said != due]
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]


def compare_fetched(package: Package, known: list[Any]) -> Found:
    """Anchors are the first of those fetched of a round; no box with the last act is left out."""
    yield bool(package.anchors), True
    told = [anchor for one in known for own in one.values() for anchor in own]
    due = {a["round_uid"] for a in told if (a["log_seq"], a["log_head"]) == package.head}
    yield due - {box.uid for box in package.boxes}, set()
    for box in package.boxes:
        lists = [own for one in known for own in one.values() if own[0]["round_uid"] == box.uid]
        longest = max(lists, key=len)
        for shorter in (box.anchors, *lists):
            yield shorter, longest[: len(shorter)]


def main(package: Path, *anchors: Path) -> int:
    paths = [path for path in package.rglob("*") if path.is_file()]
    files = {path.relative_to(package).as_posix(): path.read_bytes() for path in paths}
    found = verify(files, [path.read_bytes() for path in anchors])
    for name, wrong in found.items():
        print(f"FAIL {name}: {'; '.join(wrong[:5])}" if wrong else f"ok   {name}")
    print(f"signed with {read(files, 'box/manifest.json')['key']}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))

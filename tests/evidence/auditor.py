"""A verifier of evidence packages, written from docs/evidence.md alone, before any line of the
service was read: python stranger.py PACKAGE [anchors.json …] [PUBLIC PACKAGE]. It needs PyNaCl. It
looks at all that binds the opened to the sealed, and at the anchors, not at a scheme's arithmetic
(rules, sums, thresholds, scores), nor at format 1. The signing key that it prints is to be compared
with the notice's. Exit code 0: nothing found; 1: something; 2: the package can't be read."""

import base64
import csv
import hashlib
import hmac
import io
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from nacl.bindings import crypto_secretbox_open
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

ACTS, STEPS = ["compute_result", "begin_publicity"], ["open_round", "close_round", "open_box"]
MANIFEST = "edition files key log_head log_seq season signature version"
LIMITS = """answers_between_populations answers_for_distribution answers_for_mean answers_for_score
    answers_per_cell ballots_per_cell people_per_form raters_for_unit_groups"""
SHOWN = "signature unreadable foreign_content"  # by the key; of these the opening tells:
RULES = "unknown_item foreign_unit doubled missing not_a_choice proportions not_asked"
OPENED = """assisted assisted.csv ballots.csv comments counts.csv estimates favours openings.csv
    rejections.csv relations.csv replies sums.csv"""
FOUND: list[str] = []
parse = partial(json.loads, parse_float=int, parse_constant=int)  # int refuses others' texts
dump = partial(json.dumps, ensure_ascii=False, sort_keys=True)


def need(truth, words):
    FOUND.extend([] if truth else [words])


def looking(check, look, *given):  # what can't be read as documented is a finding of its check
    try:
        look(*given)
    except Exception as error:
        need(False, f"{check}: not as documented: {type(error).__name__} {error}")


def cj(value):
    return dump(value, separators=(",", ":")).encode()


def sha(raw, key=None):
    return (hmac.new(key, raw, "sha256") if key else hashlib.sha256(raw)).hexdigest()


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


def statement(kind, fields):
    return f"evalsvc {kind} 1\0".encode() + cj(without(fields, "key", "signature"))


def signed(check, key, signature, message):
    looking(check, VerifyKey(bytes.fromhex(key)).verify, message, bytes.fromhex(signature))


def root(leaves):  # RFC 9162: a lone last one rises as it is
    while len(leaves) > 1:
        pairs, lone = zip(leaves[::2], leaves[1::2], strict=False), len(leaves) - len(leaves) % 2
        leaves = [hashlib.sha256(b"\1" + a + b).digest() for a, b in pairs] + leaves[lone:]
    return leaves[0].hex() if leaves else sha(b"")


def unzip(raw):  # files end to end from the first byte, then their directory, and nothing else
    archive, at, directory, plain = zipfile.ZipFile(io.BytesIO(raw)), 0, 0, True
    for info in (infos := archive.infolist()):
        size = len(info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437"))
        plain &= info.header_offset == at and not (info.extra or info.comment or info.flag_bits & 8)
        plain &= raw[at + 26 : at + 30] == size.to_bytes(2, "little") + b"\0\0"
        at, directory = at + 30 + size + info.compress_size, directory + 46 + size
    plain &= raw[at + directory : -10] == b"PK\5\6\0\0\0\0" + 2 * len(infos).to_bytes(2, "little")
    if not plain or archive.comment or len({*archive.namelist()}) < len(infos):
        raise ValueError("the ZIP has more than its files, each once")
    return {info.filename: archive.read(info) for info in infos}


def load(path):
    inside = [p for p in Path(path).rglob("*") if p.is_file()]
    files = {p.relative_to(path).as_posix(): p.read_bytes() for p in inside}
    return files or unzip(Path(path).read_bytes())


class Package:
    def __init__(self, files):
        self.files, self.public = files, "scores.csv" in files
        self.edition = "public" if self.public else "audit"
        self.text = lambda name: files.get(name, b"").decode()
        self.manifest = m = self.json("box/manifest.json")
        self.chains, self.head = self.json("box/anchors.json"), (m["log_seq"], m["log_head"])
        self.heads = {(a["log_seq"], a["log_head"]) for c in self.chains.values() for a in c}
        self.seals = {code: self.json(f"box/{code}/seal.json") for code in self.chains}
        self.lines = self.text("box/acts.jsonl" if self.public else "box/log.jsonl").split("\n")
        self.log = [SimpleNamespace(**parse(line)) for line in self.lines[:-1]]
        mine = [e for e in self.log if e.verb in ACTS and e.subject == m["season"]]
        self.acts = [e for e in mine if e.detail["version"] == str(m["version"])]
        self.hashes = {name: sha(raw) for name, raw in files.items()}
        facts = [n for n in files if not n.startswith("box/") and n != "comments.csv"]
        self.facts = cj({name: self.hashes[name] for name in facts})  # M

    def json(self, name):
        value = parse(self.text(name))
        need(dump(value, indent=1) + "\n" == self.text(name), f"manifest: {name}: its form")
        return value

    def rows(self, name, code="", start=1):  # from 0 on: with the header
        rows = [*csv.reader(io.StringIO(self.text(name), newline=""), strict=True)]
        need(len({*map(len, rows)}) < 2, f"opening: {name}: columns")
        return rows[start:1] + [row for row in rows[1:] if code in ("", row[0])]


def edition(p):  # and the log; in public its acts, each with the hash of what came before
    m, before, salt = p.manifest, "0" * 64, p.files.get("box/salt.txt")
    own = sorted({*m} - {"program"}) == MANIFEST.split() and m["edition"] == p.edition
    own &= m["files"] == without(p.hashes, "box/manifest.json", *["box/public.sig"][p.public :])
    need(own, "manifest: fields, edition, or files are not the signed ones")
    signed("manifest: signature", m["key"], m["signature"], statement("manifest", m))
    bound = p.json("box/audit.json")["salted"] * 2 + "\n" if p.public else p.text("box/public.sig")
    need(re.fullmatch("[0-9a-f]{128}\n", bound), "public: audit.json or public.sig")
    fields = ["actor", "at", "detail", "hash", *["previous"] * p.public, "seq", "subject", "verb"]
    for number, (e, line) in enumerate(zip(p.log, p.lines, strict=False), 1):
        texts = [*e.detail.values(), e.actor, e.at, e.subject, e.verb]
        own = sorted(vars(e)) == fields and dump(vars(e)) == line and {*map(type, texts)} == {str}
        told, before = bytes.fromhex(e.previous if p.public else before), e.hash
        told += cj(without(vars(e), "hash", "previous"))
        own &= e.hash == sha(b"evalsvc event 1\0" + told) and (p.public or e.seq == number)
        need(own, f"{'computed' if p.public else 'log'}: event {number}")
    acts, events = ([(e.seq, e.hash) for e in which] for which in (p.acts, p.log))
    verbs = [e.verb for e in (p.log if p.public else p.acts)]
    own = p.lines[-1] == "" and acts[-1] == events[-1] == p.head and verbs in (ACTS[:1], ACTS)
    need(own, f"{'computed' if p.public else 'steps'}: it ends with {verbs}")
    need(p.public or p.heads <= {*events}, "log: an anchor's head is not in it")
    need(not p.heads or {*acts} <= p.heads, "computed: no anchor has the act as its head")
    first, last, comments = p.acts[0].detail, p.acts[-1].detail, p.files.get("comments.csv", b"")
    told = [first[f"{p.edition}_files"], last.get(f"{p.edition}_comments")]
    own = told == [sha(p.facts, salt), sha(comments, salt) if len(acts) > 1 else None]
    need(own and first.get("program") == m.get("program"), "computed: files, comments, program")


def anchors(p, code, chain):  # what seal, anchors and list tell by themselves, in both editions
    seal, before, limits = p.seals[code], None, p.seals[code]["thresholds"]
    own = seal["ballot_format"] == 2 and sorted(limits) == LIMITS.split()
    own &= all(s["thresholds"] == limits for s in p.seals.values())
    need(own and seal["scheme_sha256"] == p.hashes["scheme.yaml"], f"configuration: {code}")
    same = {"number": 1, "previous": "0" * 64, "round_uid": seal["round_uid"], "ballots": 0}
    same |= {"roll_root": seal["roll_root"], "box_root": root([]), "key": p.manifest["key"]}
    same["seal"] = sha(statement("seal", seal))
    for number, a in enumerate(chain, 1):
        own = {**a, **same} == a
        if before:
            more, full = a["ballots"] - before["ballots"], a["ballots"] == chain[-1]["ballots"]
            own &= a["log_seq"] > before["log_seq"] and a["at"] >= before["at"]
            stays = (more, a["box_root"]) == (0, before["box_root"])
            own &= more >= 20 or (full and (more > 0 or stays))
        need(own, f"anchors: {code} {number}")
        signed(f"anchors: {code} {number}", a["key"], a["signature"], statement("anchor", a))
        before, same = a, without(same, "ballots", "roll_root", "box_root")
        same |= {"number": number + 1, "previous": sha(statement("anchor", a))}
    times, heads = [a["ballots"] for a in chain[1:]].count(before["ballots"]), {*p.heads, p.head}
    own = len(dict(heads)) == len(heads) and times > 1 and before["log_seq"] == p.head[0]
    need(own, f"anchors: {code}: closing, opening or result has none, or two logs")
    *leaves, end = p.text(f"box/{code}/leaves.txt").split("\n")
    told = (end, sorted(leaves), root([*map(bytes.fromhex, leaves)]), len(leaves))
    need(told == ("", leaves, before["box_root"], before["ballots"]), f"box: {code}: the list")


def audit(p, code, chain):  # a round of an audit edition, with what the log tells of it
    r, seal = SimpleNamespace(seal=p.seals[code], chain=chain), p.seals[code]
    r.rows = lambda name, start=1: p.rows(f"box/{code}/{name}", "", start)
    r.told = lambda *verbs: [e for e in p.log if e.subject == r.subject and e.verb in verbs]
    anchored = {e.detail["sha256"]: e for e in p.log if e.verb == "publish_anchor"}
    r.subject = anchored[sha(statement("anchor", chain[0]))].subject
    opened, closed, counted = steps = r.told(*STEPS)
    need([e.verb for e in steps] == STEPS and counted.seq < p.acts[0].seq, f"steps: {code}")
    r.closed, r.counted, r.ballots = closed.detail, counted.detail, r.rows("ballots.csv")
    for row in r.ballots:
        row[3] = base64.b64decode(row[3], validate=True)
        row.append(sha(b"\0" + hashlib.sha256(row[3]).digest()))
    newest, r.roll = {row[0]: row for row in r.ballots}, {row[0]: row for row in r.rows("roll.csv")}
    r.valid = [c for c, row in r.roll.items() if row[4] == "0"]
    r.in_box = {c: newest[c] for c in r.valid if c in newest}
    r.place = {row[5]: c for c, row in r.in_box.items()}
    r.openings, r.assisted = r.rows("openings.csv"), r.rows("assisted.csv")
    r.rejections = {(g, reason): int(n) for g, reason, n in r.rows("rejections.csv")}
    for look in box, counters, openings:
        looking(f"{look.__name__}: {code}", look, p, code, r)
    after = [a for a in chain if a["log_seq"] >= closed.seq]
    early = [a for a in chain if a["log_seq"] < p.head[0]]
    own = chain[0]["log_seq"] == opened.seq and after[0]["log_seq"] < counted.seq
    own &= len({(a["ballots"], a["box_root"]) for a in after}) == 1
    own &= len(early) == len(r.told("publish_anchor"))
    for a in early:
        e = anchored[sha(statement("anchor", a))]
        between = {other.verb for other in p.log[a["log_seq"] : e.seq]}
        own &= between == {"publish_anchor"} and e.detail["number"] == str(a["number"])
    need(own, f"anchors: {code}: at opening, from closing on, or not told at once")
    own = {name: seal[name] for name in ("roll_root", "scheme_sha256")}
    own = {**opened.detail, **own, "seal": sha(statement("seal", seal))} == opened.detail
    own &= p.hashes[f"box/{code}/forms.csv"] == seal["forms_sha256"]
    need(own, f"configuration: {code}: seal in the log, forms")
    own = {name: seal[name] for name in ("public_key", "scheme_sha256")} | {"code": code}
    own |= {"opened_at": opened.at, "closed_at": closed.at, "counted_at": counted.at}
    own |= {"uid": seal["round_uid"], "box_root": chain[-1]["box_root"]}
    own["custodians"] = int(r.told("make_keys")[-1].detail["custodians"])
    own["counting_ballots"] = len(r.in_box)
    need(p.json(f"box/{code}/round.json") == own, f"rounds: {code}: round.json")


def box(p, code, r):  # the roll, as sealed and at each anchor, who voided what, every ballot
    added, gone, numbers = {}, r.told("reissue", "revoke"), Counter()
    for e in [e for e in gone if e.verb == "reissue"]:
        new, old = r.roll[e.detail["credential"]], r.roll[e.detail["void"]]
        need(new[1:4] == old[1:4] and new[0] not in added, f"roll: {code}: event {e.seq}")
        added[new[0]] = e.seq
    for a in [{"log_seq": 0, "roll_root": r.seal["roll_root"]}, *r.chain]:
        then = [row for c, row in r.roll.items() if added.get(c, 0) <= a["log_seq"]]
        texts = [{"credential": c, "group": g, "cell": h, "form": int(f)} for c, g, h, f, _ in then]
        own = root([hashlib.sha256(b"\0" + cj(text)).digest() for text in texts])
        need(own == a["roll_root"], f"roll: {code}: at event {a['log_seq']}")
    need(len(r.roll) - len(added) == r.seal["places"], f"roll: {code}: places")
    need(sorted([*r.valid, *(e.detail["void"] for e in gone)]) == [*r.roll], f"void: {code}")
    for place, seq, nonce, sealed, signature, _ in r.ballots:
        parts = [b"evalsvc ballot 1", r.seal["round_uid"].encode(), bytes.fromhex(place)]
        parts += [int(seq).to_bytes(8, "big"), bytes.fromhex(nonce), sealed]
        message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        signed(f"signatures: {code}: {place}", place, signature, message)
        need(place in r.roll, f"roll: {code}: a ballot of {place}")
        numbers.update([place, (place, nonce)])
        need(seq == str(numbers[place]) and numbers[place, nonce] == 1, f"revisions: {place}")
    listed = p.text(f"box/{code}/leaves.txt").split()
    need(sorted(row[5] for row in r.ballots) == listed, f"box: {code}: other ballots")


def counters(p, code, r):  # numbers that are compared, ballots left out by decision, the opening
    cells, answers, rejected, typed = defaultdict(dict), Counter(), Counter(), Counter()
    counted = Counter(r.roll[r.place[row[0]]][1] for row in r.openings if not row[3])
    for _, g, _, cell, name, n in [row for row in p.rows("sums.csv", code) if row[2] == "cell"]:
        cells[g, cell][name] = int(n)
    for (g, cell), n in cells.items():
        mine = [c for c in r.valid if r.roll[c][1] == g]
        mine = {c for c in mine if {*r.roll[c][2].split("+")} <= {*cell.split("+")}}
        cast, valid = len(mine & {*r.in_box}), n["valid"]
        own = n == {"issued": len(mine), "cast": cast, "valid": valid, "rejected": cast - valid}
        need(own, f"counters: {code}: cell {g} {cell}")
        counted[g] += valid
    for _, g, cell, unit, item, _, n, *_ in p.rows("counts.csv", code):
        answers[g, cell, unit, item] += int(n)
    for (g, reason), n in r.rejections.items():
        rejected[g] += n
        need(reason in f"{SHOWN} {RULES}".split(), f"counters: {code}: {reason}")
    closed = Counter({g: int(n) for g, n in r.closed.items()})
    own = all(n <= cells[what[:2]].get("valid", -1) for what, n in answers.items())
    own &= Counter(row[1] for c, row in r.roll.items() if c in r.in_box) == closed
    own &= closed == counted + rejected and len(r.rejections) == len(r.rows("rejections.csv"))
    told = {"counted": str(counted.total()), "rejected": str(rejected.total())}
    own &= {**r.counted, **told} == r.counted
    for e in r.told("assist"):
        typed.update({g: int(n) for g, n in e.detail.items()})
    own &= typed == Counter({g: int(n) for g, n, _ in r.assisted})
    own &= all(int(n) <= counted[g] for g, _, n in r.assisted)
    need(own, f"counters: {code}: {closed} {counted} {rejected} {typed}")
    out = r.told("exclude_ballot", "restore_ballot")
    out = {(e.detail["group"], e.detail["ballot"]): e for e in out}.values()
    out = [e.detail for e in out if e.verb == "exclude_ballot"]
    told = sorted([d[n] for n in ("group", "ballot", "flag", "reason")] for d in out)
    own = sorted([*row[1:4], row[4].removeprefix("'")] for row in p.rows("exclusions.csv", code))
    need(told == own, f"exclusions: {code}: others than the log tells")
    # What the log committed to when the box was opened.
    o, (head, *sums) = p.json(f"box/{code}/opening.json"), p.rows("sums.csv", code, 0)
    made = {n: p.rows(n, code, 0) for n in ("ballots.csv", "counts.csv", "relations.csv")}
    made |= {n: r.rows(n, 0) for n in ("assisted.csv", "openings.csv", "rejections.csv")}
    rough = [s for s in sums if s[2] in ("fit", "index") or (s[2], s[4]) == ("items", "alpha")]
    made |= {"sums.csv": [head, *(s for s in sums if s not in rough)], "estimates": [head, *rough]}
    made["assisted"] = [[g, n] for g, _, n in made["assisted.csv"] if n != "0"]
    texts = sorted([*row[:4], row[6]] for row in p.rows("comments.csv", code))
    made["comments"] = [["round", "group", "item", "unit", "text"], *texts]
    for name, rows in made.items():
        csv.writer(text := io.StringIO(newline=""), lineterminator="\n").writerows(rows)
        need(o["files"][name] == sha(text.getvalue().encode()), f"opening: {code}: {name}")
    own = sorted(o) == ["files", "format", "round_uid", "salt"] and o["format"] == 2
    own &= sorted(o["files"]) == OPENED.split() and o["round_uid"] == r.seal["round_uid"]
    own &= r.counted["opening"] == sha(statement("opening", o))
    need(own, f"opening: {code}: not what the log tells of")


def unseal(seal, place, sealed, key):  # the reason that the key shows, or none, and the text
    both = sealed[1:33] + bytes.fromhex(seal["public_key"])
    if sealed[:1] != b"\2" or len(sealed) < 33:
        return "unreadable", None
    if sealed[-32:].hex() != sha(b"evalsvc ballot key 2\0" + key + both):
        return "opened with another key", None
    try:
        nonce = hashlib.blake2b(both, digest_size=24).digest()
        text = crypto_secretbox_open(sealed[33:-32], nonce, key).rstrip(b"\0")
        said = parse(text[:-1].decode())
    except (CryptoError, ValueError, RecursionError):
        return "unreadable", None
    if cj(said) + b"\x80" != text:
        return "unreadable", None
    own = {"round": seal["round_uid"], "credential": place}
    own = type(said) is dict and without(said, "answers", "assisted") == own
    answers = said["answers"] if own and type(said.get("answers")) is list else [None]
    own = all(type(a) is list and [*map(type, a)] == [str] * 3 for a in answers)
    return ("" if own else "foreign_content"), said


def openings(p, code, r):  # each kept ballot says what is listed, or shows why it does not count
    listed, items, raters, scheme = defaultdict(list), set(), set(), p.text("scheme.yaml")
    for _, group, ballot, rater, *answer in p.rows("ballots.csv", code):
        listed[group, ballot].append(answer)
        items.add((group, answer[1]))
        raters.add((group, ballot, rater))
    once = {(group, name) for group, _, name in raters}
    own = once <= {(row[0], row[1]) for row in p.rows("raters.csv")}
    find = r"^groups:\n.*?^ +%s:.*?identity: *(\w+)"
    find = {g: re.search(find % re.escape(g), scheme, re.M | re.S) for _, g, *_ in r.roll.values()}
    kept = {group for group, found in find.items() if found[1] != "counts"}
    wanted = sorted(one for one, place in r.place.items() if r.roll[place][1] in kept)
    own &= wanted == [row[0] for row in r.openings] and len(listed) == len(raters) == len(once)
    need(own, f"openings: {code}: not one of each ballot, or of a rater")
    reasons, typed = Counter(), Counter()
    for one, digits, ballot, reason in r.openings:
        place, key, sealed = r.place[one], bytes.fromhex(digits), r.in_box[r.place[one]][3]
        group, (shows, said) = r.roll[place][1], unseal(r.seal, place, sealed, key)
        own = shows == reason or (shows == "" and reason in RULES.split())
        own &= len(key) == 32 or (key == b"" and len(sealed) < 33)
        name = "" if reason else "b-" + sha(b"evalsvc ballot name 1", key)[:16]
        need(own and name == ballot, f"openings: {code}: {one} shows {shows}, not {reason}")
        rater = f"{group[:23]}-{sha(b'evalsvc rater name 1', key)[:16]}"
        reasons[group, reason] += 1
        if not reason:
            typed[group] += said["assisted"]
            scored = sorted(a for a in said["answers"] if a[0] and (group, a[1]) in items)
            told = listed.pop((group, name), [])
            own = scored == sorted(a for a in told if a[2] != "NA") and said["assisted"] in (0, 1)
            own &= not told or find[group][1] == "named" or (group, name, rater) in raters
            need(own, f"openings: {code}: {name}: other answers")
    told = {what: n for what, n in r.rejections.items() if what[0] in kept}
    own = not listed and told == {what: n for what, n in reasons.items() if what[1]}
    own &= all(typed[g] == int(n) for g, _, n in r.assisted if g in kept)
    need(own, f"openings: {code}: {[*listed]}, rejections.csv or assisted.csv")


def editions(p, public):  # what stands in both editions of one result
    counts, items, m = Counter(), Counter(), public.manifest
    stated = hashlib.sha256(statement("manifest", p.manifest)).digest()
    own = public.json("box/audit.json")["salted"] == sha(stated, p.files["box/salt.txt"])
    own &= p.text("box/public.sig") == m["signature"] + "\n"
    own &= without(m, "edition", "files", "signature").items() <= p.manifest.items()
    own &= [e.hash for e in p.acts] == [e.hash for e in public.log]
    own &= p.acts[0].detail["public_files"] == sha(public.facts)
    other = "adjustments.csv indicators.csv comments.csv result.json box/manifest.json"
    own &= all(public.hashes.get(n, h) == h for n, h in p.hashes.items() if n not in other.split())
    need(own, "public: what both editions hold")
    for code, group, _, unit, item, level, n, *_ in p.rows("counts.csv"):
        counts[code, group, unit, item, level] += int(n)
        items[code, group, unit, item] += int(n)
    least = {code: seal["thresholds"]["answers_for_distribution"] for code, seal in p.seals.items()}
    shown = sorted([*w, str(n)] for w, n in counts.items() if items[w[:4]] >= least[w[0]])
    need(shown == public.rows("distribution.csv"), "public: distribution.csv")


def verify(fetched, package, *publics):
    p = Package(package)
    looking("manifest", edition, p)
    for code, chain in p.chains.items():
        looking(f"anchors: {code}", anchors, p, code, chain)
        p.public or looking(f"steps: {code}", audit, p, code, chain)
    for public in publics:
        looking("public", editions, p, Package(public))
    print(f"signed with {p.manifest['key']}")
    ours = {seal["round_uid"]: p.chains[code] for code, seal in p.seals.items()}
    for uid in {*ours, *(chain[0]["round_uid"] for chain in fetched)} if fetched else ():
        same = [chain for chain in fetched if chain[0]["round_uid"] == uid]
        longest, told = max(same, key=len, default=[]), [*same, ours.get(uid, "left out")]
        need(all(c == longest[: len(c)] for c in told), f"published: round {uid}")


if __name__ == "__main__":
    given = [path for path in sys.argv[1:] if path.endswith(".json")]
    try:
        packages = [load(path) for path in sys.argv[1:] if path not in given]
        fetched = [c for path in given for c in parse(Path(path).read_text()).values()]
    except Exception as error:
        sys.exit(print(f"unreadable: {error}") or 2)
    looking("manifest", verify, fetched, *packages)
    print("\n".join(FOUND) or "nothing found")
    sys.exit(bool(FOUND))

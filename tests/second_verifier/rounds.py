"""What is hashed, signed or said twice about one round of a package, from docs/evidence alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.second_verifier.box import ANCHOR, Ballot, Box, is_bound, open_ballot
from tests.second_verifier.forms import (
    Row,
    is_signed,
    mac,
    pick,
    root,
    sha,
    statement,
    write_csv,
    write_json,
)
from tests.second_verifier.public import thresholds

STEPS = ("open_round", "close_round", "open_box")
KEPT = ("named", "unit")
SHOWN_BY_ITSELF = ("signature", "unreadable", "foreign_content")
BY_RULE = ("missing", "foreign_unit", "doubled", "unknown_item", "not_a_choice", "proportions")
BY_RULE += ("not_asked",)
ALWAYS_LISTED = ("forced_ratio", "number", "levels", "matrix")
OF_SEASON = ("ballots.csv", "counts.csv", "sums.csv", "relations.csv")
OF_ROUND = ("rejections.csv", "assisted.csv", "openings.csv")

Found = Iterator[str]


# One round, in both editions.


def anchors(box: Box) -> Found:
    previous, key = "0" * 64, box.package.manifest["key"]
    for number, (one, hashed) in enumerate(zip(box.anchors, box.hashes, strict=True), 1):
        due = {"round_uid": box.uid, "seal": box.seal_hash, "number": number}
        due |= {"previous": previous, "key": key}
        whole = set(one) == {*ANCHOR, "key", "signature"} and due.items() <= one.items()
        if not whole or not is_signed(statement("anchor", one, ANCHOR), key, one["signature"]):
            yield f"anchor {number}: fields, order or signature"
        previous = hashed
    for one, other in pairwise(box.anchors):
        if any(one[name] > other[name] for name in ("ballots", "log_seq", "at")):
            yield f"anchor {other['number']} goes back"
    first, last = box.anchors[0], box.anchors[-1]
    empty = (0, root([]), box.seal["roll_root"])
    if (first["ballots"], first["box_root"], first["roll_root"]) != empty:
        yield "the first anchor is not of the empty box"
    if box.is_new and last["log_seq"] < box.package.manifest["log_seq"]:
        yield "no anchor after the result"


def listed(box: Box) -> Found:
    last, found = box.anchors[-1], (len(box.leaves), root([*map(bytes.fromhex, box.leaves)]))
    if box.leaves != sorted({*box.leaves}) or found != (last["ballots"], last["box_root"]):
        yield "the list is not the closing anchor's"
    if box.package.is_audit and sorted(one.leaf for one in box.ballots) != box.leaves:
        yield "the list is not of the ballots in the box"


def configuration(box: Box) -> Found:
    if set(box.seal) != {*box.seal_fields}:
        yield "the seal has other fields"
    if box.seal["scheme_sha256"] != sha(box.package.files["scheme.yaml"]):
        yield "the scheme is not the sealed one"
    if box.package.is_audit and box.seal["forms_sha256"] != sha(box.file("forms.csv")):
        yield "the forms are not the sealed ones"


def few(box: Box) -> Found:
    return thresholds(box.package, box.code)


# One round in the audit edition.


def steps(box: Box) -> Found:
    seqs = [event["seq"] for verb in STEPS for event in box.events[verb]]
    if len(seqs) != len(STEPS) or seqs != sorted(seqs) or seqs[-1] >= box.package.acts[0]["seq"]:
        yield "opening, closing, counting and result, each once and in this order"


def told_anchors(box: Box) -> Found:
    """Each is told right after it, and the box is as it should be then."""
    close, count = box.event("close_round")["seq"], box.event("open_box")["seq"]
    filling = [one for one in box.anchors if one["log_seq"] < close]
    after = box.anchors[len(filling) :]
    if any(new["ballots"] - old["ballots"] < 20 for old, new in pairwise(filling)):
        yield "fewer than 20 ballots between two anchors of the open box"
    if not [one for one in after if one["log_seq"] < count]:
        yield "none between closing and counting"
    if len({(one["ballots"], one["box_root"]) for one in after}) > 1:
        yield "the box changed after closing"
    told = {event["detail"]["sha256"]: event for event in box.events["publish_anchor"]}
    if not {*told} <= {*box.hashes}:
        yield "one that the log tells of is missing"
    for one, hashed in zip(box.anchors, box.hashes, strict=True):
        event = told.get(hashed)
        between = box.package.log[one["log_seq"] : event["seq"] if event else None]
        if {act["verb"] for act in between} - {"publish_anchor"}:
            yield f"anchor {one['number']} is not told right after it"
        if event and event["detail"]["number"] != str(one["number"]):
            yield f"anchor {one['number']} is told under another number"
        if one["roll_root"] != box.roll_root(one["log_seq"]):
            yield f"anchor {one['number']} is of another roll"


def facts(box: Box) -> Found:
    start, keys = box.event("open_round"), box.event("make_keys")["detail"]
    due = pick(box.seal, ("public_key", "scheme_sha256"))
    due |= {"uid": box.uid, "code": box.code, "custodians": int(keys["custodians"])}
    due |= {"box_root": box.anchors[-1]["box_root"], "opened_at": start["at"]}
    due |= {"closed_at": box.event("close_round")["at"], "counted_at": box.event("open_box")["at"]}
    told = {name: x for name, x in box.json("round.json").items() if name != "counting_ballots"}
    if told != due:
        yield "round.json says something else than seal, anchors and log"
    sealed = {"seal": box.seal_hash, **pick(box.seal, ("roll_root", "scheme_sha256"))}
    if not sealed.items() <= start["detail"].items():
        yield "the log tells of another seal"


def roll(box: Box) -> Found:
    if box.roll_root(0) != box.seal["roll_root"]:
        yield "not the sealed roll"
    if len(box.roll) - len(box.issued_anew) != box.seal["places"]:
        yield "another number of places than sealed"
    for credential, event in box.issued_anew.items():
        old, new = box.roll[event["detail"]["void"]], box.roll[credential]
        if any(old[name] != new[name] for name in ("group", "cell", "form")):
            yield f"{credential[:9]} is issued anew for another place"
    if {one.credential for one in box.ballots} - {*box.roll}:
        yield "a ballot of nobody on the roll"


def void(box: Box) -> Found:
    told = {one["detail"]["void"] for one in box.events["reissue"] + box.events["revoke"]}
    if told != {credential for credential, row in box.roll.items() if row["void"] != "0"}:
        yield "other places are void than the log tells"


def signatures(box: Box) -> Found:
    yield from (f"the ballot of {b.credential[:9]}" for b in box.ballots if not b.is_genuine)


def revisions(box: Box) -> Found:
    numbers: dict[str, list[int]] = defaultdict(list)
    for one in box.ballots:
        numbers[one.credential].append(one.seq)
    for credential, seqs in numbers.items():
        if sorted(seqs) != [*range(1, len(seqs) + 1)]:
            yield f"ballots of {credential[:9]} are not numbered 1, 2, 3…"


def counters(box: Box) -> Found:
    cast = Counter(map(box.group, box.newest))
    rejected, counted = Counter[str](), count_kept(box)
    for row in box.rows("rejections.csv"):
        rejected[row["group"]] += int(row["n"])
        if row["reason"] not in SHOWN_BY_ITSELF + BY_RULE:
            yield f"no such reason: {row['reason']}"
    for (group, cell), n in list_cells(box).items():
        counted[group] += n["valid"]
        inside = {c for c, row in box.roll.items() if is_inside(row, group, cell)}
        numbers = {"issued": len(inside), "cast": len(inside & {*box.newest})}
        if n != numbers | {"valid": n["valid"], "rejected": numbers["cast"] - n["valid"]}:
            yield f"{group}, {cell}: {n}"
    told = box.event("open_box")["detail"]
    totals = {"counted": str(counted.total()), "rejected": str(rejected.total())}
    if box.json("round.json")["counting_ballots"] != cast.total():
        yield "round.json has another number"
    if cast != counted + rejected or pick(told, totals) != totals:
        yield "in the box, counted and rejected"
    if box.event("close_round")["detail"] != {group: str(n) for group, n in cast.items()}:
        yield "the log told of other numbers at closing"
    reported = Counter[str]()
    for event in box.events["assist"]:
        reported.update({group: int(n) for group, n in event["detail"].items()})
    for row in box.rows("assisted.csv"):
        if int(row["reported"]) != reported[row["group"]]:
            yield f"{row['group']}: typed in for others, as reported"


def count_kept(box: Box) -> Counter[str]:
    """Ballots that count of groups that keep them; before format 2 only the listed ones."""
    if not box.is_new:
        rows = box.package.of_round("ballots.csv", box.code)
        return Counter(group for group, _ in {(row["group"], row["ballot"]) for row in rows})
    group = {ballot.leaf: box.group(credential) for credential, ballot in box.newest.items()}
    rows = box.rows("openings.csv")
    return Counter(group[row["leaf"]] for row in rows if not row["reason"])


def list_cells(box: Box) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in box.package.of_round("sums.csv", box.code):
        if row["kind"] == "cell":
            found[row["group"], row["subject"]][row["name"]] = int(row["value"])
    return found


def is_inside(row: Row, group: str, cell: str) -> bool:
    joined = {*row["cell"].split("+")} <= {*cell.split("+")}
    return (row["group"], row["void"]) == (group, "0") and joined


def exclusions(box: Box) -> Found:
    newest: dict[str, dict[str, Any]] = {}
    events = box.events["exclude_ballot"] + box.events["restore_ballot"]
    for event in sorted(events, key=lambda event: event["seq"]):
        newest[event["detail"]["ballot"]] = event
    names = ("group", "ballot", "flag", "reason")
    out = [pick(e["detail"], names) for e in newest.values() if e["verb"] == "exclude_ballot"]
    rows = box.package.of_round("exclusions.csv", box.code)
    if write_csv(" ".join(names), rows) != write_csv(" ".join(names), out):
        yield "not those that the log tells of"


def opening(box: Box) -> Found:
    if not box.is_new:
        return
    record, package = box.json("opening.json"), box.package
    hashed = sha(statement("opening", record, ("round_uid", "salt", "files")))
    if hashed != box.event("open_box")["detail"]["opening"] or record["round_uid"] != box.uid:
        yield "opening.json is not what the log committed to"
    found = {name: box.file(name) for name in OF_ROUND}
    for name in OF_SEASON:
        header = package.files[name].split(b"\n")[0].decode().replace(",", " ")
        found[name] = write_csv(header, package.of_round(name, box.code))
    assisted = [row for row in box.rows("assisted.csv") if row["counted"] != "0"]
    found["assisted"] = write_csv("group counted", assisted)
    texts = package.of_round("comments.csv", box.code)
    found["comments"] = write_csv("round group item unit text", texts)
    if set(record["files"]) != {*found, "replies", "favours"}:
        yield "opening.json commits to other files"
    for name, content in found.items():
        if record["files"][name] != sha(content):
            yield f"{name} is not what the opening left"


def openings(box: Box) -> Found:
    """Each kept ballot, opened by its own key, says what is listed of it."""
    if not box.is_new:
        return
    told = {row["leaf"]: row for row in box.rows("openings.csv")}
    kept = {c: b for c, b in box.newest.items() if box.identity(box.group(c)) in KEPT}
    if {*told} != {ballot.leaf for ballot in kept.values()}:
        yield "not a row for each kept ballot"
    listed: dict[str, list[Row]] = defaultdict(list)
    for row in box.package.of_round("ballots.csv", box.code):
        listed[row["ballot"]].append(row)
    if {*listed} - {row["ballot"] for row in told.values()}:
        yield "a ballot that nobody opened"
    rejected, assisted = Counter[tuple[str, str]](), Counter[str]()
    for credential, ballot in kept.items():
        row, group = told[ballot.leaf], box.group(credential)
        reason, text = examine(box, ballot, bytes.fromhex(row["key"]))
        if row["reason"]:
            rejected[group, row["reason"]] += 1
            shown = row["reason"] if row["reason"] in SHOWN_BY_ITSELF else ""
            if row["ballot"] or reason != shown:
                yield f"{ballot.leaf[:9]} is not {row['reason']}"
        elif reason or not is_listed(box, group, text, row, listed[row["ballot"]]):
            yield f"{ballot.leaf[:9]} says something else than ballots.csv"
        else:
            assisted[group] += text.get("assisted") == 1
    yield from compare_numbers(box, rejected, assisted)


def examine(box: Box, ballot: Ballot, key: bytes) -> tuple[str, Any]:
    """Why a ballot can't count, as it shows itself, and its text."""
    if not ballot.is_genuine:
        return "signature", None
    if ballot.sealed[:1] != b"\2":
        return "unreadable", None
    if not is_bound(box, ballot.sealed, key):
        return "not told: another key than the ballot commits to", None
    text = open_ballot(box, ballot.sealed, key)
    if text is None:
        return "unreadable", None
    own = {"round": box.uid, "credential": ballot.credential}
    whole = isinstance(text, dict) and own.items() <= text.items() and is_answered(text)
    return "" if whole else "foreign_content", text


def is_answered(text: dict[str, Any]) -> bool:
    """A list of unit, item and value each."""
    answers = text.get("answers")
    texts = [str, str, str]
    return isinstance(answers, list) and all([*map(type, one)] == texts for one in answers)


def is_listed(box: Box, group: str, text: Any, row: Row, answers: list[Row]) -> bool:
    key = bytes.fromhex(row["key"])
    name = "b-" + mac(key, b"evalsvc ballot name 1")[:16]
    rater = f"{group[:23]}-{mac(key, b'evalsvc rater name 1')[:16]}"
    due = sorted(one for one in map(tuple, text["answers"]) if is_scored(box, group, one[1]))
    found = sorted((one["unit"], one["item"], one["value"]) for one in answers)
    raters = {(one["group"], one["rater"]) for one in answers}
    of_unit = box.identity(group) == "unit"
    whose = raters <= {(group, rater)} if of_unit else {g for g, _ in raters} <= {group}
    return row["ballot"] == name and due == found and whose and len(raters) <= 1


def is_scored(box: Box, group: str, item: str) -> bool:
    scheme = box.package.scheme
    code = scheme["groups"][group]["questionnaire"]
    question, _, part = item.partition(".")
    kind = scheme["questionnaires"][code]["questions"][question]["kind"]
    if part != "place" and kind in ALWAYS_LISTED:
        return True
    return f'"question": "{question}"' in write_json(scheme["score"]).decode()


def compare_numbers(box: Box, rejected: Counter[tuple[str, str]], assisted: Counter[str]) -> Found:
    rows = [row for row in box.rows("rejections.csv") if box.identity(row["group"]) in KEPT]
    if {(row["group"], row["reason"]): int(row["n"]) for row in rows} != rejected:
        yield "rejections.csv has other reasons than the ballots"
    for row in box.rows("assisted.csv"):
        if box.identity(row["group"]) in KEPT and int(row["counted"]) != assisted[row["group"]]:
            yield f"{row['group']}: typed in for others, by the ballots"

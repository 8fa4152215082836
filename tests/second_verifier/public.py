"""The public edition, a panel's sums, and what too few people said.

From docs/evidence alone.
"""

import hashlib
import hmac
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache

from cryptography.exceptions import InvalidSignature

from tests.second_verifier.figures import Spec, half_up, number, planned, read_value
from tests.second_verifier.forms import Facts, write_json, write_lines, write_rows
from tests.second_verifier.outcome import Outcome, read_known, write_number
from tests.second_verifier.verify import Box, Row, canonical, check_signature, read, sha, statement

COPIED = ("scheme.yaml", "units.csv", "law.txt", "shown_from.csv", "box/anchors.json")
OF_BOX = ("leaves.txt", "seal.json", "assisted.csv")
SUMS = {"w": (1, 0), "w2": (2, 0), "wy": (1, 1), "wy2": (1, 2), "w2y": (2, 1), "w2y2": (2, 2)}

Counts = Counter[tuple[str, ...]]


def public(package: Facts) -> Iterator[str]:
    """The public edition follows, byte for byte, as it was signed."""
    if not package.is_audit:
        if package.is_new and not re.fullmatch("[0-9a-f]{64}", read_salted(package)):
            yield "no salted hash of the audit edition"
        return
    files = {name: sha(content) for name, content in derive_public(package).items()}
    record = {**package.manifest, "edition": "public", "files": files}
    told = re.fullmatch(b"([0-9a-f]{128})\n", package.files["box/public.sig"])
    try:
        check_signature(
            statement("manifest", record), record["key"], told[1].decode() if told else ""
        )
    except (InvalidSignature, ValueError):
        yield "the public edition that follows is not the one that was signed"


def computed(package: Facts) -> Iterator[str]:
    """The log tells of the public edition's files, too, and these follow from the audit edition."""
    if not package.is_audit or not package.is_new:
        return
    public = derive_public(package)
    names = [name for name in public if not name.startswith("box/") and name != "comments.csv"]
    whole = canonical({name: sha(public[name]) for name in names})
    due = {"public_files": sha(whole), "public_comments": sha(public.get("comments.csv", b""))}
    for act, (name, hashed) in zip(package.acts, due.items(), strict=False):
        if act["detail"].get(name) != hashed:
            yield f"{name}: others follow than event {act['seq']} told"


def read_salted(package: Facts) -> str:
    return str(read(package.files, "box/audit.json")["salted"])


@cache
def derive_public(package: Facts) -> dict[str, bytes]:
    files, outcome = package.files, Outcome(package)
    found = {
        name: content
        for name, content in files.items()
        if name in COPIED or (name.startswith("box/") and name.split("/")[-1] in OF_BOX)
    }
    found |= derive_lists(package, outcome)
    found |= derive_figures(package, outcome)
    if "shows" in package.scheme["publication"]:
        found = leave_out_everybody(found)
    whole = hashlib.sha256(statement("manifest", package.manifest)).digest()
    salted = hmac.digest(files["box/salt.txt"], whole, "sha256").hex()
    found["box/audit.json"] = write_json({"salted": salted})
    before = {event["seq"] + 1: event["hash"] for event in package.log}
    if package.is_new:
        acts = [{**act, "previous": before[act["seq"]]} for act in package.acts]
        found["box/acts.jsonl"] = write_lines(acts)
    return found


def leave_out_everybody(files: dict[str, bytes]) -> dict[str, bytes]:
    """Of a scheme that shows some grades alone: headers, and nothing stated of anybody."""
    alone = ("units.csv", "indicators.csv", "adjustments.csv", "scores.csv", "distribution.csv")
    kept = {name: content for name, content in files.items() if name != "comments.csv"}
    headers = {name: kept[name].split(b"\n")[0] + b"\n" for name in alone}
    return {**kept, **headers, "result.json": write_json({})}


def derive_lists(package: Facts, outcome: Outcome) -> dict[str, bytes]:
    """Facts without what is withheld."""
    found = {}
    events = [{**row, "evidence": ""} for row in package.rows("adjustments.csv")]
    header = "round unit rule times amount date evidence project"
    found["adjustments.csv"] = write_rows(header, events)
    rows = package.rows("indicators.csv")
    shown = [row for row in rows if not outcome.is_hidden(row["unit"], row["component"])]
    found["indicators.csv"] = write_rows("round unit component value", shown)
    found["distribution.csv"] = write_counts("round group unit item level n", count_levels(package))
    if "exclusions.csv" in package.files:
        rows = package.rows("exclusions.csv")
        excluded = Counter((row["round"], row["group"], row["flag"]) for row in rows)
        found["excluded.csv"] = write_counts("round group flag n", excluded)
    if "comments.csv" in package.files:
        rows = [row for row in package.rows("comments.csv") if row["shown"]]
        texts = [{**row, "text": row["shown"]} for row in rows]
        found["comments.csv"] = write_rows("round group item unit text", texts)
    return found


def count_levels(package: Facts) -> Counts:
    """Answers about a unit over all strata, "don't know" included, where enough people answered."""
    levels, answers = Counts(), Counts()
    for row in package.rows("counts.csv"):
        about = (row["round"], row["group"], row["unit"], row["item"])
        levels[*about, row["level"]] += int(row["n"])
        answers[about] += int(row["n"])
    least = {code: each["answers_for_distribution"] for code, each in package.thresholds.items()}
    shown = {key: n for key, n in levels.items() if answers[key[:4]] >= least[key[0]]}
    return Counts(shown)


def write_counts(header: str, counts: Counts) -> bytes:
    rows = [(*key, str(n)) for key, n in counts.items()]
    return write_rows(header, [dict(zip(header.split(), row, strict=True)) for row in rows])


def derive_figures(package: Facts, outcome: Outcome) -> dict[str, bytes]:
    """Scores at the starts, and the nodes that are recomputed from them upward."""
    rows = []
    for unit, category in package.category.items():
        own = {node for of, node in package.starts | outcome.score.answered if of == category}
        for node in (node for node in own if not outcome.is_hidden(unit, node)):
            value = outcome.nodes[unit][node]
            if node == outcome.top:
                value = read_value(outcome.stated[unit]["published"] or "NA")
            rows.append({"unit": unit, "node": node, "value": write_score(value)})
    nodes = Outcome(package, read_known(rows)).nodes
    result = {
        unit: {
            name: write_number(nodes[unit][name]) if name in nodes[unit] else told
            for name, told in stated.items()
            if not outcome.is_hidden(unit, name) and name not in ("plain", "plain_rank")
        }
        for unit, stated in outcome.stated.items()
    }
    return {"scores.csv": write_rows("unit node value", rows), "result.json": write_json(result)}


def write_score(value: Fraction | None) -> str:
    if value is None:
        return "NA"
    return f"{float(half_up(value, 4)):.4f}".rstrip("0").removesuffix(".")


def sums(package: Facts) -> Iterator[str]:
    """What follows from counts.csv stands in sums.csv, where a panel is asked one question."""
    for name, group in package.scheme["groups"].items():
        written = package.scheme["questionnaires"].get(group.get("questionnaire"), {})
        questions = [*written.get("questions", {}).values()]
        kinds = [question["kind"] for question in questions]
        if group["identity"] == "counts" and kinds == ["levels"]:
            for code in {row["round"] for row in package.rows("sums.csv") if row["group"] == name}:
                yield from _sums(package, code, name, questions[0]["levels"])


def _sums(package: Facts, code: str, name: str, levels: Spec) -> Iterator[str]:
    rows = [row for row in package.of_round("sums.csv", code) if row["group"] == name]
    kept = {
        (row["subject"], row["name"]): Fraction(row["value"])
        for row in rows
        if row["kind"] == "unit" and row["name"] in SUMS
    }
    valid = {row["subject"]: int(row["value"]) for row in rows if row["name"] == "valid"}
    weights = weigh_ballots(package.scheme["groups"][name], valid)
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in (row for row in package.of_round("counts.csv", code) if row["group"] == name):
        points = levels[row["level"]]["points"]
        for sum_name, (of_weight, of_points) in SUMS.items() if points != "none" else ():
            worth = weights[row["stratum"]] ** of_weight * number(points) ** of_points
            found[row["unit"], sum_name] += worth * int(row["n"])
    for key in {*found, *kept}:
        if found.get(key, 0) != kept.get(key, 0):
            yield f"{code}, {name}, {key}: {kept.get(key)}, not {found.get(key)}"


def weigh_ballots(group: Spec, valid: Mapping[str, int]) -> dict[str, Fraction]:
    """By stratum; scaled to a mean of 1 over valid ballots."""
    share = {
        stratum: planned(group, stratum, "") if group.get("strata") else Fraction(1)
        for stratum, n in valid.items()
        if n
    }
    scale = Fraction(sum(valid.values())) / (sum(share.values()) or 1)
    return {stratum: scale * part / valid[stratum] for stratum, part in share.items()}


def thresholds(package: Facts) -> Iterator[str]:
    """Nothing is shown or kept of fewer people than each round's seal asks for."""
    for box in package.boxes:
        few = [*list_few_answers(box), *list_bare_comments(box)]
        few += list_small_cells(package, box) if package.is_audit else []
        yield from (f"{box.code}, {each}: of too few people" for each in few)


def list_few_answers(box: Box) -> Iterator[str]:
    """A unit's answers in a cell, and those of all cells together where they are shown."""
    shown = count_answers(box.rows("distribution.csv"), ("group", "unit", "item"))
    kept = count_answers(box.rows("counts.csv"), ("group", "stratum", "unit", "item"))
    least = box.seal["thresholds"]
    yield from (str(key) for key, n in shown.items() if n < least["answers_for_distribution"])
    yield from (str(key) for key, n in kept.items() if 0 < n < least["answers_per_cell"])
    for row in box.rows("counts.csv"):
        if int(row["n_unflagged"]) > int(row["n"]):
            yield f"more answers without a flag than answers: {row}"


def list_bare_comments(box: Box) -> Iterator[str]:
    """Comments are shown where they were released, and enough people answered about the unit."""
    rows = box.rows("distribution.csv") + box.rows("counts.csv")
    answers = count_answers(rows, ("group", "unit", "item"))
    least = box.seal["thresholds"]["answers_for_distribution"]
    enough = {key[:2] for key, n in answers.items() if n >= least}
    for row in box.rows("comments.csv"):
        alone = row["unit"] != "" and (row["group"], row["unit"]) not in enough
        if row.get("shown", row["text"]) and (alone or row.get("state", "public") != "public"):
            yield f"a comment on {row['unit']}"


def list_small_cells(package: Facts, box: Box) -> Iterator[str]:
    """Cells of a group that has several, and forms that few people of a cell were dealt."""
    least, cells = box.seal["thresholds"], Counter(group for group, _ in box.cells)
    for (group, cell), n in box.cells.items():
        if cells[group] > 1 and n["valid"] < least["ballots_per_cell"]:
            yield f"{group} {cell}"
    for place, n in Counter((r["group"], r["cell"], r["form"]) for r in box.roll.values()).items():
        panel = package.scheme["groups"][place[0]]["identity"] == "counts"
        if panel and n < least["people_per_form"]:
            yield f"form {place}"


def count_answers(rows: Iterable[Row], about: tuple[str, ...]) -> Counts:
    found = Counts()
    for row in rows:
        found[tuple(row[name] for name in about)] += int(row["n"])
    return found

"""The public edition, a panel's sums, and what too few people said.

From docs/evidence alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from tests.second_verifier.figures import Spec, half_up, number, planned, read_value
from tests.second_verifier.forms import (
    Package,
    digest,
    is_signed,
    mac,
    read_json,
    sha,
    statement,
    write_csv,
    write_json,
    write_lines,
)
from tests.second_verifier.outcome import Outcome, read_known, write_number

COPIED = ("scheme.yaml", "units.csv", "shown_from.csv", "box/anchors.json")
OF_BOX = ("leaves.txt", "seal.json", "assisted.csv")
SUMS = {"w": (1, 0), "w2": (2, 0), "wy": (1, 1), "wy2": (1, 2), "w2y": (2, 1), "w2y2": (2, 2)}

Counts = Counter[tuple[str, ...]]


def public(package: Package) -> Iterator[str]:
    """The public edition follows, byte for byte, as it was signed."""
    if not package.is_audit:
        if package.is_new and not re.fullmatch("[0-9a-f]{64}", read_salted(package)):
            yield "no salted hash of the audit edition"
        return
    files = {name: sha(content) for name, content in derive_public(package).items()}
    record = {**package.manifest, "edition": "public", "files": files}
    told = re.fullmatch(b"([0-9a-f]{128})\n", package.files["box/public.sig"])
    message = statement("manifest", record, package.signed_fields)
    if not told or not is_signed(message, package.manifest["key"], told[1].decode()):
        yield "the public edition that follows is not the one that was signed"


def read_salted(package: Package) -> str:
    return str(read_json(package.files["box/audit.json"])["salted"])


def derive_public(package: Package) -> dict[str, bytes]:
    files, outcome = package.files, Outcome(package)
    found = {
        name: content
        for name, content in files.items()
        if name in COPIED or (name.startswith("box/") and name.split("/")[-1] in OF_BOX)
    }
    found |= derive_lists(package, outcome)
    found |= derive_figures(package, outcome)
    whole = digest(statement("manifest", package.manifest, package.signed_fields))
    found["box/audit.json"] = write_json({"salted": mac(files["box/salt.txt"], whole)})
    before = {event["seq"] + 1: event["hash"] for event in package.log}
    if package.is_new:
        acts = [{**act, "previous": before[act["seq"]]} for act in package.acts]
        found["box/acts.jsonl"] = write_lines(acts)
    return found


def derive_lists(package: Package, outcome: Outcome) -> dict[str, bytes]:
    """Facts without what is withheld."""
    found = {}
    events = [{**row, "evidence": ""} for row in package.rows("adjustments.csv")]
    header = "round unit rule times amount date evidence project"
    found["adjustments.csv"] = write_csv(header, events)
    rows = package.rows("indicators.csv")
    shown = [row for row in rows if not outcome.is_hidden(row["unit"], row["component"])]
    found["indicators.csv"] = write_csv("round unit component value", shown)
    found["distribution.csv"] = write_counts("round group unit item level n", count_levels(package))
    if "exclusions.csv" in package.files:
        rows = package.rows("exclusions.csv")
        excluded = Counter((row["round"], row["group"], row["flag"]) for row in rows)
        found["excluded.csv"] = write_counts("round group flag n", excluded)
    if "comments.csv" in package.files:
        rows = [row for row in package.rows("comments.csv") if row["shown"]]
        texts = [{**row, "text": row["shown"]} for row in rows]
        found["comments.csv"] = write_csv("round group item unit text", texts)
    return found


def count_levels(package: Package) -> Counts:
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
    return write_csv(header, [dict(zip(header.split(), row, strict=True)) for row in rows])


def derive_figures(package: Package, outcome: Outcome) -> dict[str, bytes]:
    """Scores at the starts, and the nodes that are recomputed from them upward."""
    rows = []
    for unit, category in package.category.items():
        own = {node for of, node in package.starts | outcome.score.answered if of == category}
        for node in (node for node in own if not outcome.is_hidden(unit, node)):
            value = outcome.nodes[unit][node]
            if node == outcome.top:
                value = read_value(outcome.stated[unit]["published"] or "NA")
            rows.append({"unit": unit, "node": node, "value": write_score(value)})
    scores = write_csv("unit node value", rows)
    nodes = Outcome(package, read_known(scores)).nodes
    result = {
        unit: {
            name: write_number(nodes[unit][name]) if name in nodes[unit] else told
            for name, told in stated.items()
            if not outcome.is_hidden(unit, name) and name not in ("plain", "plain_rank")
        }
        for unit, stated in outcome.stated.items()
    }
    return {"scores.csv": scores, "result.json": write_json(result)}


def write_score(value: Fraction | None) -> str:
    if value is None:
        return "NA"
    return f"{float(half_up(value, 4)):.4f}".rstrip("0").removesuffix(".")


def sums(package: Package) -> Iterator[str]:
    """What follows from counts.csv stands in sums.csv, where a panel is asked one question."""
    for name, group in package.scheme["groups"].items():
        written = package.scheme["questionnaires"].get(group.get("questionnaire"), {})
        questions = [*written.get("questions", {}).values()]
        kinds = [question["kind"] for question in questions]
        if group["identity"] == "counts" and kinds == ["levels"]:
            for code in {row["round"] for row in package.rows("sums.csv") if row["group"] == name}:
                yield from _sums(package, code, name, questions[0]["levels"])


def _sums(package: Package, code: str, name: str, levels: Spec) -> Iterator[str]:
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


def thresholds(package: Package, code: str) -> Iterator[str]:
    """Nothing is shown or kept of fewer people than the round's seal asks for."""
    least = package.thresholds[code]
    shown, kept, cells = Counts(), Counts(), Counter[str]()
    for row in package.of_round("distribution.csv", code):
        shown[row["group"], row["unit"], row["item"]] += int(row["n"])
    for row in package.of_round("counts.csv", code):
        kept[row["group"], row["stratum"], row["unit"], row["item"]] += int(row["n"])
        if int(row["n_unflagged"]) > int(row["n"]):
            yield f"{code}: more answers without a flag than answers: {row}"
    valid = [row for row in package.of_round("sums.csv", code) if row["name"] == "valid"]
    for row in valid:
        cells[row["group"]] += 1
    few = [str(key) for key, n in kept.items() if 0 < n < least["answers_per_cell"]]
    few += [str(key) for key, n in shown.items() if n < least["answers_for_distribution"]]
    apart = [row for row in valid if cells[row["group"]] > 1]
    few += [row["subject"] for row in apart if int(row["value"]) < least["ballots_per_cell"]]
    yield from (f"{code}, {each}: figures of too few people" for each in few)

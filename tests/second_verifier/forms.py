"""What the recomputation reads of a package beside `verify`: a scheme's YAML, a ZIP, the facts.

From docs/evidence and docs/schemes alone.
"""

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from tests.second_verifier.verify import Files, Package, Row, read, read_json, write_csv

QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'"""
COMMENT = re.compile(rf"((?:^|(?<=[\s{{\[,]))(?:{QUOTED}))|(?:^|\s)#.*")
ENTRY = re.compile(rf"(?:-|({QUOTED}|[^\s\[{{\"'-](?:[^:]|:(?!\s|$))*):)(?:\s+(.*))?$")
TOKEN = re.compile(rf"{QUOTED}|[{{}}\[\],]|:(?=\s|$)|[^\s,\[\]{{}}:](?:[^,\[\]{{}}:]|:(?!\s|$))*")


DOCUMENTED = {
    "raters_for_unit_groups": 3,
    "answers_for_score": 30,
    "answers_for_mean": 5,
    "answers_for_distribution": 10,
    "answers_between_populations": 5,
    "people_per_form": 5,
    "ballots_per_cell": 10,
    "answers_per_cell": 5,
}


def once_each(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    assert len(dict(pairs)) == len(pairs), "a name stands twice"
    return dict(pairs)


def write_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def write_lines(records: Iterable[object]) -> bytes:
    written = (json.dumps(one, ensure_ascii=False, sort_keys=True) for one in records)
    return "".join(f"{line}\n" for line in written).encode()


def write_rows(header: str, rows: Iterable[Row]) -> bytes:
    """Columns as they are named with spaces between, rows in order."""
    names = header.split()
    return write_csv([names, *sorted([row[name] for name in names] for row in rows)]).encode()


def read_scheme(text: str) -> dict[str, Any]:
    """A scheme with its parameters put in where `$name` stands."""
    scheme = read_yaml(text)
    values = {name: each["value"] for name, each in scheme.pop("parameters", {}).items()}
    written = json.dumps(scheme, ensure_ascii=False)
    filled = re.sub(r'"\$([^"]+)"', lambda found: json.dumps(values[found[1]]), written)
    return read_json(filled)


def read_yaml(text: str) -> Any:
    """Lists, names and texts, by indentation or in brackets: what a scheme is written in."""
    bare = [COMMENT.sub(lambda found: found[1] or "", line).rstrip() for line in text.split("\n")]
    lines = [(len(line) - len(line.lstrip()), line.lstrip()) for line in bare if line]
    value = read_block(lines)
    assert not lines, f"scheme.yaml has a line that can't be read: {lines[0]}"
    return value


def read_block(lines: list[tuple[int, str]]) -> Any:
    """The value that begins at the first of the lines (depth, text), which are used up."""
    depth, text = lines[0]
    if not ENTRY.match(text):
        return read_flow(lines)
    found: list[tuple[Any, Any]] = []
    is_list = text.startswith("-")
    while lines and lines[0][0] == depth and lines[0][1].startswith("-") == is_list:
        entry = ENTRY.match(lines[0][1])
        assert entry
        lines[:1] = [(depth + entry.start(2), entry[2])] if entry[2] else []
        found.append((entry[1] and read_scalar(entry[1]), read_block(lines)))
    return [value for _, value in found] if is_list else once_each(found)


def read_flow(lines: list[tuple[int, str]]) -> Any:
    """A single value, or one in brackets, which may go on for some lines."""
    _, text = lines.pop(0)
    if text[0] not in "[{":
        return read_scalar(text)
    while text.count("[") + text.count("{") > text.count("]") + text.count("}"):
        text += " " + lines.pop(0)[1]
    tokens = (t if t in "[]{},:" else json.dumps(read_scalar(t)) for t in TOKEN.findall(text))
    return read_json("".join(tokens))


def read_scalar(text: str) -> str:
    if text[0] == '"':
        return str(json.loads(text))
    return text[1:-1].replace("''", "'") if text[0] == "'" else text.strip()


def read_zip(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP in which nothing lies before, between, beside or behind them."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = {entry: len(entry.filename.encode()) for entry in archive.infolist()}
    sizes = (30 + size + entry.compress_size for entry, size in names.items())
    starts = [*accumulate(sizes, initial=0)]
    end = starts[-1] + sum(46 + size for size in names.values()) + 22
    found = [*(entry.header_offset for entry in names), archive.start_dir, len(content)]
    files = {entry.filename: archive.read(entry) for entry in names}
    if found != [*starts, end] or len(files) < len(names):
        raise ValueError("something lies beside the files of the ZIP, or one is there twice")
    return files


class Facts(Package):
    """A package with its scheme, one name for each thing that the documents name."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.is_audit = not self.public
        self.scheme = read_scheme(files["scheme.yaml"].decode())
        seals = [name for name in files if name.endswith("/seal.json")]
        self.thresholds = dict.fromkeys(self.scheme["rounds"], DOCUMENTED)  # without a box: these
        self.thresholds |= {x.split("/")[1]: read(files, x)["thresholds"] for x in seals}
        self.is_new = all(box.is_new for box in self.boxes)
        self.starts = {(row["category"], row["node"]) for row in self.rows("shown_from.csv")}
        self.category = {row["unit"]: row["category"] for row in self.rows("units.csv")}
        self.units: dict[str, list[str]] = defaultdict(list)
        for unit, category in self.category.items():
            self.units[category].append(unit)

    def rows(self, name: str) -> list[Row]:
        """None of them where the package has no such file."""
        return read(self.files, name) if name in self.files else []

    def of_round(self, name: str, code: str) -> list[Row]:
        return [row for row in self.rows(name) if row["round"] == code]

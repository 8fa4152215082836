"""How the files of an evidence package are written, from docs/evidence and docs/schemes alone.

Below the second verifier: JSON, CSV, a scheme's YAML, the ZIP, and what is hashed and signed.
"""

import csv
import hashlib
import hmac
import io
import json
import re
import struct
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

Row = dict[str, str]
GUARDED = tuple("=+-@＝＋－＠\t\r")
ACTS = ("compute_result", "begin_publicity")
MANIFEST = ("edition", "season", "version", "log_seq", "log_head", "files")

QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'"""
COMMENT = re.compile(rf"((?:^|(?<=[\s{{\[,]))(?:{QUOTED}))|(?:^|\s)#.*")
ENTRY = re.compile(rf"(?:-|({QUOTED}|[^\s\[{{\"'-](?:[^:]|:(?!\s|$))*):)(?:\s+(.*))?$")
TOKEN = re.compile(rf"{QUOTED}|[{{}}\[\],]|:(?=\s|$)|[^\s,\[\]{{}}:](?:[^,\[\]{{}}:]|:(?!\s|$))*")


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def sha(content: bytes) -> str:
    return digest(content).hex()


def mac(key: bytes, content: bytes) -> str:
    return hmac.digest(key, content, "sha256").hex()


def canonical(value: object) -> bytes:
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.encode()


def pick(record: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: record[name] for name in names}


def statement(kind: str, record: Mapping[str, Any], names: Iterable[str]) -> bytes:
    return f"evalsvc {kind} 1\0".encode() + canonical(pick(record, names))


def is_signed(message: bytes, key: str, signature: str) -> bool:
    try:
        VerifyKey(bytes.fromhex(key)).verify(message, bytes.fromhex(signature))
    except (CryptoError, ValueError):
        return False
    return True


def root(hashes: list[bytes]) -> str:
    """Of RFC 9162: a lone last one rises as it is."""
    level = hashes or [digest(b"")]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        alone = level[len(level) // 2 * 2 :]
        level = [digest(b"\1" + left + right) for left, right in pairs] + alone
    return level[0].hex()


def read_json(content: bytes | str) -> Any:
    return json.loads(content, object_pairs_hook=once)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a name stands twice in an object"
    return dict(pairs)


def write_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def read_lines(content: bytes) -> list[dict[str, Any]]:
    return [read_json(line) for line in content.split(b"\n")[:-1]]


def write_lines(records: Iterable[object]) -> bytes:
    written = (json.dumps(one, ensure_ascii=False, sort_keys=True) for one in records)
    return "".join(f"{line}\n" for line in written).encode()


def read_csv(content: bytes) -> list[Row]:
    text = io.StringIO(content.decode(), newline="")
    header, *lines = csv.reader(text, strict=True)
    assert write_cells([header, *lines]) == content, "not in the one form of CSV"
    return [dict(zip(header, line, strict=True)) for line in lines]


def write_csv(header: str, rows: Iterable[Row]) -> bytes:
    """Columns as they are named with spaces between, rows in order."""
    names = header.split()
    return write_cells([names, *sorted([row[name] for name in names] for row in rows)])


def write_cells(lines: Iterable[Iterable[str]]) -> bytes:
    return "".join(",".join(map(quote, line)) + "\n" for line in lines).encode()


def quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search('[,"\r\n]', cell) else cell


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
    return [value for _, value in found] if is_list else once(found)


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
    """The files of a ZIP in which nothing lies before, between or behind them."""
    archive, files, at = zipfile.ZipFile(io.BytesIO(content)), {}, 0
    for entry in archive.infolist():
        name = entry.filename.encode()
        head = content[at : at + 30 + len(name)]
        assert head[:4] == b"PK\3\4", f"{entry.filename}: something lies before it"
        assert head[26:] == struct.pack("<HH", len(name), 0) + name, f"{entry.filename}: its head"
        assert entry.filename not in files, f"{entry.filename} is there twice"
        assert entry.extra + entry.comment == b"", f"{entry.filename} has something beside it"
        files[entry.filename] = archive.read(entry)
        at += len(head) + entry.compress_size
    listed = sum(46 + len(entry.filename.encode()) for entry in archive.infolist())
    assert archive.start_dir == at, "something lies between files and directory"
    assert len(content) == at + listed + 22, "something lies behind the directory"
    return files


class Package:
    """What every check reads, one name for each thing that the documents name."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.is_audit = "box/log.jsonl" in files
        self.manifest = read_json(files["box/manifest.json"])
        self.anchors = read_json(files["box/anchors.json"])
        self.scheme = read_scheme(files["scheme.yaml"].decode())
        self.seals = {
            name.split("/")[1]: read_json(content)
            for name, content in files.items()
            if name.endswith("/seal.json")
        }
        self.thresholds = {code: seal["thresholds"] for code, seal in self.seals.items()}
        self.is_new = all(seal.get("ballot_format") == 2 for seal in self.seals.values())
        self.starts = {(row["category"], row["node"]) for row in self.rows("shown_from.csv")}
        self.category = {row["unit"]: row["category"] for row in self.rows("units.csv")}
        self.units: dict[str, list[str]] = defaultdict(list)
        for unit, category in self.category.items():
            self.units[category].append(unit)

    @property
    def signed_fields(self) -> tuple[str, ...]:
        """Of the manifest; older ones don't name the program that computed the result."""
        return (*MANIFEST, "program") if "program" in self.manifest else MANIFEST

    def rows(self, name: str) -> list[Row]:
        """None of them where the package has no such file."""
        return read_csv(self.files[name]) if name in self.files else []

    def of_round(self, name: str, code: str) -> list[Row]:
        return [row for row in self.rows(name) if row["round"] == code]

    @cached_property
    def log(self) -> list[dict[str, Any]]:
        name = "box/log.jsonl" if self.is_audit else "box/acts.jsonl"
        return read_lines(self.files.get(name, b""))

    @cached_property
    def acts(self) -> list[dict[str, Any]]:
        """The computation of this version, and the first day of its publicity."""
        of = (self.manifest["season"], str(self.manifest["version"]))
        mine = [one for one in self.log if (one["subject"], one["detail"].get("version")) == of]
        return [one for one in mine if one["verb"] in ACTS]

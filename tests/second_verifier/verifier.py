"""All checks of the second verifier, and what it prints.

python -m tests.second_verifier.verifier PACKAGE [--anchors FILE]… [--key HEX]

prints a line for each check and exits with 0 or 1.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.second_verifier import rounds, whole
from tests.second_verifier.box import Box
from tests.second_verifier.forms import Package, read_json, read_zip
from tests.second_verifier.outcome import scores
from tests.second_verifier.public import public, sums

Found = Iterator[str]
Check = tuple[str, Callable[[Any], Found]]
OF_PACKAGE: list[Check] = [
    ("manifest", whole.manifest),
    ("forms", whole.forms),
    ("computed", whole.computed),
    ("scores", scores),
    ("public", public),
    ("sums", sums),
]
OF_AUDIT: list[Check] = [("log", whole.log), ("steps", whole.ending)]
OF_BOX: list[Check] = [
    ("anchors", rounds.anchors),
    ("box", rounds.listed),
    ("configuration", rounds.configuration),
    ("thresholds", rounds.few),
]
OF_AUDIT_BOX: list[Check] = [
    ("steps", rounds.steps),
    ("roll", rounds.roll),
    ("void", rounds.void),
    ("signatures", rounds.signatures),
    ("revisions", rounds.revisions),
    ("rounds", rounds.facts),
    ("counters", rounds.counters),
    ("exclusions", rounds.exclusions),
    ("anchors", rounds.told_anchors),
    ("opening", rounds.opening),
    ("openings", rounds.openings),
]


def verify(
    files: Mapping[str, bytes], fetched: Iterable[bytes] = (), key: str | None = None
) -> dict[str, list[str]]:
    """What each check finds; `fetched` are the anchors.json of the boxes' pages."""
    try:
        package = Package(files)
        boxes = [Box(package, code) for code in package.seals]
    except Exception as error:  # malformed in whatever way
        return {"container": [repr(error)]}
    found: dict[str, list[str]] = {}
    for name, each in OF_PACKAGE + OF_AUDIT * package.is_audit:
        found.setdefault(name, []).extend(attempt(each, package))
    for box in boxes:
        for name, each in OF_BOX + OF_AUDIT_BOX * package.is_audit:
            found.setdefault(name, []).extend(f"{box.code}: {x}" for x in attempt(each, box))
    found["published"] = attempt(lambda given: compare_fetched(package, given), [*fetched])
    other = key is not None and key.lower() != package.manifest["key"]
    return found | {"key": ["signed with another key"] * other}


def check(
    files: Mapping[str, bytes], fetched: Iterable[bytes] = (), key: str | None = None
) -> set[str]:
    """The names of the checks that find something."""
    return {name for name, wrong in verify(files, fetched, key).items() if wrong}


def attempt(each: Callable[[Any], Found], given: Any) -> list[str]:
    try:
        return [*each(given)]
    except Exception as error:  # what can't be read in whatever way
        return [repr(error)]


def compare_fetched(package: Package, fetched: list[bytes]) -> Found:
    """Of every round, the package's anchors are the first of those that somebody has fetched."""
    known = [*map(read_json, fetched)]
    for code, own in package.anchors.items():
        of_round = [each[code] for each in known if code in each]
        if known and (not of_round or any(each[: len(own)] != own for each in of_round)):
            yield f"{code}: not as fetched"


def read_files(path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        return read_zip(path.read_bytes())
    found = [each for each in path.rglob("*") if each.is_file()]
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("package", type=Path)
    parser.add_argument("--anchors", type=Path, action="append", default=[])
    parser.add_argument("--key")
    given = parser.parse_args()
    fetched = [path.read_bytes() for path in given.anchors]
    found = verify(read_files(given.package), fetched, given.key)
    for name, wrong in found.items():
        print(f"FAIL {name}: {'; '.join(wrong[:5])}" if wrong else f"ok   {name}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())

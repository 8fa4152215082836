"""The worked case as files, for tests that read, change and write it."""

import json
from pathlib import Path

from evalsvc.evidence.archive import open_package
from evalsvc.evidence.model import Package
from evalsvc.evidence.package import read_package
from evalsvc.scheme.presets import load_preset

FOLDER = Path(__file__).parents[1] / "data" / "panshan-small"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["expected"]


def files() -> dict[str, bytes]:
    return open_package(FOLDER)


def package(**changed: bytes) -> Package:
    """The case as it is read; `changed` replaces files, written with _ for the dot."""
    given = {name.replace("_", "."): content for name, content in changed.items()}
    return read_package({**files(), **given}, load_preset("panshan-2018"))

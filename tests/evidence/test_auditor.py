"""A verifier that was written from docs/evidence alone finds what `verify` finds, and nothing else.

Whoever wrote `auditor.py` had read no line of the service, of its verifier or of the second one
that stands in `tests/second_verifier`, which knows schemes as well and was written here. It is kept
as it was frozen: a change of formats that it can't read has to be told in docs/evidence first.
"""

import ast
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evalsvc.scheme.presets import list_presets
from tests.evidence import auditor
from tests.evidence.seasons import play_season

MOST_LINES = 400


def find(files: Mapping[str, bytes], published: Sequence[bytes]) -> list[str]:
    """What it says of a package, with the anchors that were fetched from the boxes' pages."""
    fetched = [chain for each in published for chain in json.loads(each).values()]
    auditor.FOUND.clear()
    auditor.looking("manifest", auditor.verify, fetched, files)
    return list(auditor.FOUND)


def test_it_is_short_and_knows_nothing_of_the_product() -> None:
    source = Path(auditor.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    modules = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not {name for name in modules if name.split(".")[0] in ("analysis", "evalsvc", "tests")}


@pytest.mark.slow
@pytest.mark.parametrize("preset", list_presets())
def test_it_finds_nothing_in_the_packages_of_any_preset(preset: str) -> None:
    """What it does find of forged ones is beside the other verifiers, in `test_forged.py`."""
    played = play_season(preset)
    for files in (played.audit, played.public):
        assert find(files, played.anchors_files) == []

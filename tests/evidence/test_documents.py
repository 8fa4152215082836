"""The package that docs/evidence writes by hand computes as the page says, in both languages."""

import re
from pathlib import Path

import pytest

from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.scheme.presets import load_scheme

DOCS = Path(__file__).parents[2] / "docs"


def read_files(page: str) -> dict[str, bytes]:
    """The blocks that open with a file's name, each without that line."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {
        name: content.encode()
        for name, content in re.findall(r"```\n# (\w+\.csv)\n(.*?)```", text, re.DOTALL)
    }


@pytest.mark.parametrize("page", ["evidence.md", "evidence.zh.md"])
def test_the_package_by_hand(page: str):
    schemes = (DOCS / "schemes.md").read_text(encoding="utf-8")
    scheme = load_scheme(re.findall(r"```yaml\n(.*?)```", schemes, re.DOTALL)[0])
    files = read_files(page)
    assert len(files) == 6
    outcome = recompute(read_package(files, scheme))
    # 70% × 90 + 30% × (20% × 80 + 80% × 90) + 0.5, and 70% × 80 + 30% × (20% × 90 + 80% × 85).
    assert {each.unit: each.published for each in outcome.results} == {"d1": "89.90", "d2": "81.80"}

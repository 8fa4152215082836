"""Every public function has a reader in the product, or its reason to be library on the page."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import analysis

ROOT = Path(__file__).parents[2]
HEADINGS = {
    "analysis.md": "## Library: what no page and no rule calls",
    "analysis.zh.md": "## 备用：没有页面、也没有规则用到的",
}


def list_unread() -> set[str]:
    """Public functions that no module but their own and the list of names imports."""
    imported: dict[str, set[str]] = {}
    for room in ("analysis", "evalsvc"):
        for path in (ROOT / room).rglob("*.py"):
            if path != ROOT / "analysis/__init__.py":
                for module, name in list_imports(path):
                    imported.setdefault(name, set()).add(module)
    return {
        name
        for name in analysis.__all__
        if inspect.isfunction(getattr(analysis, name))
        and getattr(analysis, name).__module__ not in imported.get(name, set())
        and "analysis" not in imported.get(name, set())
    }


def list_imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield node.module, each.name


@pytest.mark.parametrize("page", HEADINGS)
def test_what_nobody_reads_is_listed_with_its_reason(page: str):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    section = text.split(HEADINGS[page])[1].split("\n## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    listed = [name for names, _ in rows for name in re.findall(r"`(\w+)`", names)]
    assert len(listed) == len(set(listed))
    assert set(listed) == list_unread()
    assert all(len(reason.strip()) > 10 for _, reason in rows)

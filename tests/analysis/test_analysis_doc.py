"""The page on the statistics names every public name, and its examples run."""

import re
from pathlib import Path

import analysis

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "analysis.md").read_text(encoding="utf-8")
CHINESE = (DOCS / "analysis.zh.md").read_text(encoding="utf-8")
# The statistics, and what plans and weighs a panel; official scores are told in docs/schemes.
ROOMS = {"statistics", "panel"}


def test_every_public_name_is_on_the_page():
    public = [
        name
        for name in analysis.__all__
        if getattr(analysis, name).__module__.split(".")[1] in ROOMS
    ]
    assert len(public) > 100
    assert [name for name in public if f"`{name}`" not in PAGE] == []
    assert [name for name in public if f"`{name}`" not in CHINESE] == []


def test_the_examples_run():
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 14
    assert re.findall(r"```python\n(.*?)```", CHINESE, re.DOTALL) == blocks
    scope: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/analysis.md", "exec"), scope)  # noqa: S102 -- our own page

"""The page on the statistics names every public name, and its examples run."""

import re
from pathlib import Path

import analysis

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "analysis.md").read_text(encoding="utf-8")
CHINESE = (DOCS / "analysis.zh.md").read_text(encoding="utf-8")
STATISTICS = {
    "agreement", "bucket_plackett_luce", "clusters", "comparison", "connectivity", "consistency",
    "dealing",
    "findings", "generalizability", "intraclass", "methods", "normal_scores", "outliers",
    "panel_weights", "plackett_luce", "ratings", "reciprocity", "reliability", "robust",
    "sample_sizes", "satisfaction_index", "severity", "severity_bootstrap", "stratified", "sums",
    "uncertainty",
}  # a table, read by rows  # fmt: skip


def test_every_public_name_is_on_the_page():
    public = [
        name
        for name in analysis.__all__
        if getattr(analysis, name).__module__.removeprefix("analysis.") in STATISTICS
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

"""The demonstration's pages say what they said, in both languages, but for what is named.

Raters' pages from the code to the receipt, the public box, and every page of the office; the
databases of releases (tests/test_upgrade.py) are read in Chinese and by the office alone.
"""

import json
import lzma
import os
import subprocess
import sys

import pytest

from evalsvc.settings import PROJECT
from tests.demo.changed_pages import list_unexpected, list_unused
from tests.demo.kept_pages import KEPT, Pages, read_lines

BEFORE = {"zh /": ["甲", "乙", "乙"], "zh /r": ["丙"]}


@pytest.fixture(scope="module")
def kept() -> Pages:
    pages: Pages = json.loads(lzma.decompress(KEPT.read_bytes()))
    return pages


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Read in a process of its own, where clock and chance stand still from the first import on."""
    out = tmp_path_factory.mktemp("pages") / "pages.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo.kept_pages", out],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    pages: Pages = json.loads(out.read_text(encoding="utf-8"))
    return pages


@pytest.mark.slow
def test_pages_say_what_they_said(kept: Pages, today: Pages) -> None:
    assert list_unexpected(kept, today) == []


@pytest.mark.slow
def test_every_named_change_is_one(kept: Pages, today: Pages) -> None:
    assert list_unused(kept, today) == []


@pytest.mark.slow
def test_every_kind_of_page_is_read(today: Pages) -> None:
    """In one language as in the other, up to a receipt."""
    chinese, english = (
        {page[3:] for page in today if page.startswith(language)} for language in ("zh ", "en ")
    )
    receipts = {page for page in chinese ^ english if page.endswith(" receipt")}
    assert chinese ^ english == receipts
    assert len(receipts) >= 2
    assert {"/", "/r", "/box/1", "/office/", "0 answer", "0 check of nothing", "7 check"} <= chinese


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (BEFORE, []),
        (BEFORE | {"zh /box": ["丁"]}, []),
        (BEFORE | {"zh /r": ["丁"]}, ["zh /r + 丁", "zh /r - 丙"]),
        (BEFORE | {"zh /": ["甲", "乙"]}, ["zh / - 乙"]),
        ({"zh /": BEFORE["zh /"]}, ["zh /r is gone"]),
    ],
)
def test_a_change_is_noticed(now: Pages, said: list[str]) -> None:
    assert list_unexpected(BEFORE, now) == said


def test_what_is_said_in_attributes_is_read() -> None:
    page = """<title>题</title><p>共 <b>3</b>
        个</p><img alt="图"><input type="text" placeholder="分数" value="8"><script>no</script>
        <svg><title>no</title></svg><td>abcd-0123-ef45</td>"""
    read = ["题", "共 3 个", "alt: 图", "placeholder: 分数", "‹figures›"]
    assert read_lines(page) == read

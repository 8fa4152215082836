"""Reads docs/operations in both languages: its commands in their order, and what it names."""

import re
from dataclasses import dataclass
from pathlib import Path

from evalsvc.settings import PROJECT

PAGES = {"zh": PROJECT / "docs/operations.zh.md", "en": PROJECT / "docs/operations.md"}
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """Commands as they are printed, one a line, without remarks."""

    section: int  # the how-manieth heading, which is the same in both languages
    heading: str
    commands: tuple[str, ...]


def read_blocks(page: Path) -> tuple[Block, ...]:
    """Every block of commands of a page."""
    text = page.read_text(encoding="utf-8")
    headings = [(found.start(), found.group(1)) for found in _HEADING.finditer(text)]
    blocks = []
    for found in _BLOCK.finditer(text):
        before = [heading for start, heading in headings if start < found.start()]
        lines = (re.sub(r"\s+#.*$|^#.*$", "", line).strip() for line in found[1].splitlines())
        blocks.append(Block(len(before), before[-1], tuple(line for line in lines if line)))
    return tuple(blocks)


def list_inline(page: Path) -> tuple[str, ...]:
    """Everything that a page prints as code inside a sentence or a table."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return tuple(re.findall(r"`([^`\n]+)`", text))

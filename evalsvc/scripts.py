"""The raters' script: parts by subject in static/rater/, joined into the one that pages ask for.

Raters' pages come over weak networks to browsers of 2018: one request, and no step that would have
to be run before the service is. So the service joins the parts itself, once, when it starts.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evalsvc.settings import PROJECT

JOINED = "rater.js"
PARTS = PROJECT / "static" / "rater"
# A part uses what earlier ones have put into `window.rater`.
FIRST = ("page", "network", "draft", "submission", "card", "rows", "ballot")
# Comforts in the order of their buttons in the bar; the finder looks for units dealt with.
LAST = (
    *("missing", "undo", "only_missing", "pages", "dealt_with", "finder"),
    *("opening", "forgetting", "faults"),
)
# One file for each kind of question that needs a script; they know nothing of each other.
QUESTIONS = "questions/*.js"


@dataclass(frozen=True)
class Script:
    """A script as it is sent, and the name of its content."""

    content: bytes
    hash: str


def list_parts() -> list[Path]:
    """The files of the script, in the order in which a browser runs them."""
    first, last = ([PARTS / f"{name}.js" for name in names] for names in (FIRST, LAST))
    return [*first, *sorted(PARTS.glob(QUESTIONS)), *last]


@cache
def get_script() -> Script:
    """The whole script; once for a process, as templates are, so that the two fit each other."""
    content = build_script([part.read_text(encoding="utf-8") for part in list_parts()]).encode()
    return Script(content, hashlib.sha256(content).hexdigest()[:12])


def build_script(parts: list[str]) -> str:
    """The parts after each other, without what only their readers need.

    Whole lines of comment and the indentation go: a fifth of the bytes on the way to a phone. It is
    done line by line and not by a parser, so a part may not have text that runs over several lines;
    `tests/static` holds that.
    """
    return "".join(f"{line}\n" for part in parts for line in _strip(part))


def _strip(part: str) -> list[str]:
    kept = []
    in_comment = False
    for line in (whole.strip() for whole in part.splitlines()):
        in_comment = in_comment or line.startswith("/*")
        if line and not in_comment:
            kept.append(line)
        in_comment = in_comment and not line.endswith("*/")
    return kept

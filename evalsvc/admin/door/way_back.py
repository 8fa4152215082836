"""The one place that turns an address which a browser sent into one that an answer may name."""

import re

from flask import url_for

LONGEST = 1_000
# Pages of the office, written in characters that a header takes; a backslash is a slash to some
# browsers, and `//` or `..` would lead elsewhere.
_INSIDE = re.compile(r"/office/(?!/)[^\s\\\x00-\x20\x7f]*")


def find_way_back(asked: str | None) -> str:
    """Where somebody wanted to go, if that is a page of the office; else the board."""
    if asked and len(asked) <= LONGEST and asked.isprintable() and _INSIDE.fullmatch(asked):
        path = asked.partition("?")[0]
        if ".." not in path.split("/") and "//" not in path:
            return asked
    return url_for("admin.board")

"""Relations as a matrix posts them: the boxes of a page, or changes that were looked at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

# Boxes are named by their row; hidden fields say which rows and columns a page showed.
BOX, ROW, COLUMN, CHANGES = "r|", "row", "column", "changes"
_WIDTH = 4


class MatrixForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Carries the token alone; the boxes come with `read_boxes`."""


@dataclass(frozen=True)
class PostedBoxes:
    """Which raters and units were shown, and which pairs are ticked."""

    raters: frozenset[str]
    units: frozenset[str]
    ticked: frozenset[tuple[str, str]]


def read_boxes(posted: "MultiDict[str, str]") -> PostedBoxes:
    """The boxes of one page."""
    return PostedBoxes(
        frozenset(posted.getlist(ROW)),
        frozenset(posted.getlist(COLUMN)),
        frozenset(
            (name.removeprefix(BOX), unit)
            for name in posted
            if name.startswith(BOX)
            for unit in posted.getlist(name)
        ),
    )


def read_changes(posted: Mapping[str, str]) -> tuple[tuple[str, str, str | None, str | None], ...]:
    """Rater, unit, role before and role after; nothing where it is not as a page wrote it."""
    try:
        found: Any = json.loads(posted.get(CHANGES, ""))
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, list):
        return ()
    return tuple(
        (each[0], each[1], each[2], each[3])
        for each in found
        if isinstance(each, list)
        and len(each) == _WIDTH
        and all(isinstance(code, str) for code in each[:2])
        and all(role is None or isinstance(role, str) for role in each[2:])
    )

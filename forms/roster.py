"""One line of a roster as a page posts it."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

CELL = "cell."
# More than the longest cell may hold: how much too long it is, the reader says.
MOST_LETTERS = 5_000


class LineForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which line is corrected; what may stand in its cells is judged by the workbook's reader."""

    key = StringField("", [Length(max=200)])


def read_line(posted: Mapping[str, str]) -> dict[str, str]:
    """The posted cells by their columns."""
    return {
        name.removeprefix(CELL): text[:MOST_LETTERS]
        for name, text in posted.items()
        if name.startswith(CELL)
    }

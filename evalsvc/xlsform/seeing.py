"""Cells of a form as people see them: everything is text there but what counts something."""

from evalsvc.text import Text
from evalsvc.workbooks.cells import EMPTY, Cell
from evalsvc.workbooks.problems import Findings, Severity
from evalsvc.workbooks.seen import UNREAD, read_figure, read_words, show_both, tell_unread

# What counts something; a cell of theirs holds a number, or a word in its place.
_FIGURES = frozenset(("points", "share"))
# The standard has yes, no and the truths of a spreadsheet there.
_TRUTHS = frozenset(("required", "read_only", "default"))

# Sheet, row and column.
Place = tuple[str, int, int]


def see_cell(cell: Cell, heading: str, place: Place, findings: Findings) -> Cell:
    """The cell as a text; one that can't be read is reported and left empty."""
    if cell.kind == "text" and cell.shown is None:
        return cell
    if cell.kind in UNREAD:
        _report(findings, place, heading, cell, tell_unread(cell), "error")
        return EMPTY
    if cell.kind == "logical" and heading in _TRUTHS:
        return Cell("text", cell.text)
    if heading in _FIGURES and cell.kind != "text":
        figure = read_figure(cell)
        if figure.remark is not None:
            severity: Severity = "warning" if figure.value is not None else "error"
            _report(findings, place, heading, cell, figure.remark, severity)
        if figure.value is None and figure.remark is not None:
            return EMPTY
        return Cell("text", cell.text if figure.value is None else f"{figure.value:f}")
    words = read_words(cell)
    # A plain number is what other programs read there, too.
    if words.remark is not None and not (cell.kind == "number" and cell.shown is None):
        _report(
            findings, place, heading, cell, words.remark, "error" if words.doubtful else "warning"
        )
    return Cell("text", words.text)


def _report(
    findings: Findings, place: Place, heading: str, cell: Cell, text: Text, severity: Severity
) -> None:
    sheet, row, column = place
    findings.report(
        sheet, text, place=(row, column), heading=heading, found=show_both(cell), severity=severity
    )

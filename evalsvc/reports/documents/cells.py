"""Texts on their way into spreadsheets, where a text must never become a formula."""

# Full-width signs begin a formula too in programs that normalise what they read.
FORMULA_SIGNS = frozenset("=+-@＝＋－＠\t\r\n")


def neutral_text(text: str) -> str:
    """A text as it may stand in a cell: an apostrophe goes before whatever begins a formula."""
    return f"'{text}" if text[:1] in FORMULA_SIGNS else text

"""Names as they are looked for: in whatever width and case they are typed."""

import unicodedata

# Normalising is quadratic on crafted runs of combining marks, so it never sees a longer text.
_LONGEST = 120


def fold(text: str) -> str:
    """What two spellings of one name have in common; Chinese keyboards type full width."""
    return unicodedata.normalize("NFKC", text[:_LONGEST]).casefold().replace(" ", "")

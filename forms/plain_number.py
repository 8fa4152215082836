"""How a number typed on a Chinese keyboard is spelt plainly; all else stays as it was typed."""

import re
import unicodedata

from evalsvc.invisible import strip_invisible

_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{0,6})?")
# Normalising is quadratic on crafted runs of combining marks, so it never sees a longer text.
_LONGEST = 40


def spell_plainly(text: str) -> str:
    """１２．５, 12。5 and 12.5 are 12.5; 1e9, ١٢ and nan are what they were."""
    if len(text) > _LONGEST:
        return text
    plain = unicodedata.normalize("NFKC", strip_invisible(text)).replace("。", ".").strip()
    return plain if _NUMBER.fullmatch(plain) else text

"""How a unit's name sounds in pinyin, so that it is found by its first letters or in full."""

import os
from functools import lru_cache

# Every reading of a character is given, so the dictionary of phrases, which takes four times the
# memory to choose one of them, stays out.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")


@lru_cache(maxsize=5000)
def list_sounds(name: str) -> str:
    """Characters between spaces, their readings between commas: 长江 is `zhang,chang jiang`."""
    # Loaded by the first long list, not by every process that starts.
    from pypinyin import Style, pinyin

    readings = (
        pinyin(sign, style=Style.NORMAL, heteronym=True)[0] for sign in name if not sign.isspace()
    )
    return " ".join(",".join(one) for one in readings).lower()

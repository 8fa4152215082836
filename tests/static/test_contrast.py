"""Text of raters' pages stands out seven to one from what is behind it, read in sunlight.

Luminance and ratio after WCAG 2.2, "relative luminance" and "contrast ratio".
"""

import re
from collections.abc import Iterator

import pytest

from evalsvc.settings import PROJECT

LEAST = 7.0
PAPER = "#ffffff"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
DECLARED = re.compile(r"(?<![-\w])(color|background)\s*:\s*(#[0-9a-f]{3,6})\b")
# Text that stands on another ground than its own rule says: what it stands on.
GROUNDS = ("#fff", "#eef2fa")


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (linear(part) for part in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def channels(colour: str) -> tuple[float, float, float]:
    digits = colour.removeprefix("#")
    whole = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    red, green, blue = (int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def list_pairs() -> Iterator[tuple[str, str, str]]:
    """Selector, text colour and ground: as the rule says, or every ground where it says none."""
    style = re.sub(r"/\*.*?\*/", "", (PROJECT / "static" / "rater.css").read_text(), flags=re.S)
    for selector, body in RULE.findall(style):
        found = dict(DECLARED.findall(body))
        if "color" in found:
            for ground in (found["background"],) if "background" in found else GROUNDS:
                yield selector.strip(), found["color"], ground
        elif "background" in found:
            yield selector.strip(), "#1b1b1f", found["background"]


# Without text: pips are squares beside their number.
TEXTLESS = (".pips i.on", ".pips i.over")


def test_every_text_stands_out() -> None:
    pairs = [pair for pair in list_pairs() if pair[0] not in TEXTLESS]

    assert len(pairs) > 30
    assert [
        (selector, text, ground, round(contrast(text, ground), 2))
        for selector, text, ground in pairs
        if contrast(text, ground) < LEAST
    ] == []


def test_lines_that_carry_meaning_stand_out_three_to_one() -> None:
    """Borders of fields and buttons, and the edge that shows the first three bands' answers."""
    for line in ("#6b6b76", "#0b3d91", "#9b1015", "#0b5a2c", "#5b82c4", "#45454d"):
        assert contrast(line, PAPER) >= 3


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#fff", 21.0),
        ("#777", "#fff", 4.48),  # WebAIM's well-known near miss for AA
        ("#595959", "#fff", 7.0),  # and the lightest grey for AAA
    ],
)
def test_ratio_is_the_one_of_the_standard(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio

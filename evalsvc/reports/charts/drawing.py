"""What all charts share: a finding above a drawing, one width, scales, labels and few colours.

Charts are SVG for pages and PDFs alike. Python works out places and words, templates draw.
Everything is said by attributes, never by inline style, which the pages' security policy forbids;
shades differ so much that a chart reads in black and white. The table behind a chart is the
caller's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, log10
from unicodedata import east_asian_width

from markupsafe import Markup

from evalsvc.language import LANGUAGES
from evalsvc.reports.markup import render_markup
from evalsvc.text import AND, Text

WIDTH = 640
ROW = 17  # the height of a row
HEAD = 22  # the height of what stands above and below the rows
GAP = 12
LETTER = 11  # the size of labels
LONGEST_LABEL = 190
# A drawing for telephones: as wide as their page, so that its letters keep their size.
NARROW = 350
NARROW_LABEL = 112

TICKS = 5

DEEP, PALE, NEUTRAL, WARM, HOT = "#1f4e8c", "#a9c3e6", "#d9d9d9", "#f0b878", "#b4511a"
ON_DARK, ON_LIGHT = "#ffffff", "#222222"


NAMED = 3  # how many that tie are named


def name_tied(names: Sequence[Text | str]) -> Text:
    """Whoever shares a place: all of a few, and of many some with their number."""
    if len(names) <= NAMED:
        return AND.join(names)
    return Text("%(some)s等%(n)s个并列", "%(some)s and others (%(n)s tie)").filled(
        some=AND.join(names[:NAMED]), n=len(names)
    )


@dataclass(frozen=True)
class Drawing:
    """A template with its values; `by_language` are those that depend on how wide words are."""

    template: str
    values: Mapping[str, object]
    by_language: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def draw(self, language: str) -> Markup:
        """The drawing as SVG."""
        own = self.by_language.get(language, {})
        return render_markup(self.template, language, **self.values, **own)


@dataclass(frozen=True)
class Chart:
    """A drawing with the sentence that says what it finds, and what stands below it.

    `narrow` is the same for telephones, where a chart has one.
    """

    finding: Text
    drawing: Drawing
    note: Text
    narrow: Drawing | None = None


def build_drawing(
    template: str, by_language: Mapping[str, Mapping[str, object]] | None = None, **values: object
) -> Drawing:
    """What `template` draws, with its values by name."""
    return Drawing(template, values, by_language or {})


def in_each_language(
    lay_out: Callable[[str], Mapping[str, object]],
) -> Mapping[str, Mapping[str, object]]:
    """What a layout gives with the words of each language."""
    return {language: lay_out(language) for language in LANGUAGES}


def label_room(width: float) -> float:
    """How wide labels may be in a drawing of this width."""
    return LONGEST_LABEL if width > NARROW else NARROW_LABEL


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on a line from `left` to `right`, with ticks at round values."""

    low: Fraction
    high: Fraction
    left: float
    right: float
    ticks: tuple[Fraction, ...] = ()

    def place(self, value: Fraction) -> float:
        """Where a value lies; a scale without breadth has only its middle."""
        if self.high == self.low:
            return (self.left + self.right) / 2
        share = float((value - self.low) / (self.high - self.low))
        return self.left + share * (self.right - self.left)


@dataclass(frozen=True)
class BarPiece:
    """A piece of a bar; `ink` is the colour of the figure in it, which is empty without room."""

    x: float
    width: float
    fill: str
    text: str = ""
    ink: str = ON_LIGHT


@dataclass(frozen=True)
class BarRow:
    """A bar of one or more pieces with what is written at its end, and a piece set apart."""

    y: float
    label: str
    segments: tuple[BarPiece, ...]
    end: Text
    apart: BarPiece | None = None


def row_middle(line: int) -> float:
    """How far down the middle of a row lies, counted from 0."""
    return HEAD + ROW * (line + 0.5)


def plain_scale(values: Iterable[Fraction | None], left: float, right: float) -> Scale:
    """From the lowest to the highest of the values that are there."""
    there = [value for value in values if value is not None] or [Fraction(0)]
    return Scale(min(there), max(there), left, right)


def ticked_scale(values: Iterable[Fraction | None], left: float, right: float) -> Scale:
    """Around the values, ending at round ones, with some five ticks in between."""
    plain = plain_scale(values, left, right)
    step = _round_step((plain.high - plain.low) / TICKS)
    first = floor(plain.low / step)
    last = -floor(-plain.high / step)
    ticks = tuple(step * number for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], left, right, ticks)


def label_width(labels: Iterable[str], most: float = LONGEST_LABEL) -> float:
    """The room that the longest label takes, within reason."""
    widest = max((text_width(label) for label in labels), default=0)
    return min(widest + 4, most)


def fitted(text: str, width: float) -> str:
    """A text cut to a width, with a sign that it was."""
    if text_width(text) <= width:
        return text
    kept = text
    while kept and text_width(kept) + LETTER > width:
        kept = kept[:-1]
    return f"{kept}…"


def text_width(text: str) -> float:
    """Roughly how wide a label is: a Chinese character is as wide as high, others two thirds."""
    return sum(LETTER if east_asian_width(c) in "WFA" else LETTER * 0.6 for c in text)


def _round_step(wished: Fraction) -> Fraction:
    """The next of 1, 2, 5 times a power of ten; 1 where all values are the same."""
    if wished <= 0:
        return Fraction(1)
    power = Fraction(10) ** floor(log10(wished))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= wished)


def stacked(start: float, pieces: Sequence[tuple[float, str, str, str]]) -> tuple[BarPiece, ...]:
    """Pieces (width, fill, text, ink) one after another to the right; no text where no room."""
    found = []
    for width, fill, text, ink in pieces:
        shown = text if text_width(text) + 4 <= width else ""
        found.append(BarPiece(start, width, fill, shown, ink))
        start += width
    return tuple(found)

"""The few forms of XLSForm's expressions that questionnaires here have a counterpart for."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from analysis.score.rules import LevelLimit, NumberLimit

_NAME = r"\$\{\s*([\w.\-]+)\s*\}"
_QUOTED = r"(?:'([^']*)'|\"([^\"]*)\")"
_NUMBER = r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)"
LONGEST = 2_000
MOST_BRACKETS = 20
Word = Literal["and", "or"]
WORDS: tuple[Word, ...] = ("or", "and")
_SIGN = re.compile(r"'[^']*'|\"[^\"]*\"|[()\[\]{}]|(?<=\s)(?:and|or)(?=\s)")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_BOUND = re.compile(rf"\.\s*(>=|<=|>|<)\s*{_NUMBER}")
_CHOSEN_LEVEL = re.compile(rf"\.\s*=\s*{_QUOTED}")
_LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*(<=|<)\s*([0-9]{1,6})")
_CHOSEN = re.compile(r"count-selected\(\s*\.\s*\)\s*(<=|<)\s*([0-9]{1,6})")
_ALWAYS = ("true", "true()")
_TOTAL = re.compile(rf"sum\(\s*{_NAME}\s*\)\s*=\s*([0-9]{{1,6}})")
_COUNT = re.compile(
    rf"count\(\s*{_NAME}\s*\[([^\]]+)\]\s*\)\s*(<=|>=)\s*"
    rf"(?:([0-9]{{1,6}})|((?:0|1|0?\.[0-9]{{1,6}}|1\.0{{1,6}}))\s*\*\s*count\(\s*{_NAME}\s*\))"
)
# One more answer among the counted is refused where so many others are: by their path, since a name
# within its own repeat means the one answer of that row.
_AT_ONCE = re.compile(
    r"not\((.+)\)\s+or\s+count\(\s*(?:\.\./)+units(?:_[0-9]+)?\[([^\[\]]+)\]\s*\)\s*<\s*([0-9]{1,6})"
)
_OTHER_ROW = re.compile(
    r"position\(\)\s*!=\s*position\(current\(\)/[./]+\)"
    r"|(category(?:_[0-9]+)?)\s*=\s*current\(\)/(?:\.\./)+\1"
)


# As pyxform reads them, too.
_TURNED = str.maketrans("‘’“”", "''\"\"")


class NoCounterpartError(Exception):
    """A part of an expression that a questionnaire here can't say."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


# What a limit is about; each kind of question takes some of them.
Aspect = Literal["bounds", "longest", "most_chosen", "total", "counts", "level_counts"]


@dataclass
class Limits:
    """What an answer may be, as far as the constraint says; `said` has the words of each limit."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    longest: int | None = None
    most_chosen: int | None = None
    total: int | None = None
    counts: list[NumberLimit] = field(default_factory=list)
    level_counts: list[LevelLimit] = field(default_factory=list)
    said: list[tuple[Aspect, str]] = field(default_factory=list)
    whole: bool = False

    def list_foreign(self, taken: Collection[Aspect]) -> list[str]:
        """The words of the limits that a kind of question has no use for."""
        return [part for aspect, part in self.said if aspect not in taken]


def read_limits(text: str, name: str, *, whole: bool = False) -> Limits:
    """The limits that a constraint of the question `name` sets; its answers may be `whole` only."""
    text, limits = straighten(text), Limits(whole=whole)
    if part_by_words(text)[0] == "or" and len([*split(text, "and")]) > 1:
        # “and” binds closer: a or b and c is not (a or b) and c.
        raise NoCounterpartError(text)
    for part in split(text, "and"):
        _take_limit(limits, part, name)
    return limits


def _take_limit(limits: Limits, part: str, name: str) -> None:
    """One of the limits; of two that say the same, both hold, so the narrower one counts."""
    aspect: Aspect
    if part.lower() in _ALWAYS:
        return
    if found := _BOUND.fullmatch(part):
        aspect = "bounds"
        _take_bound(limits, found[1], Decimal(found[2]), part)
    elif found := _LENGTH.fullmatch(part):
        aspect = "longest"
        limits.longest = _narrow(limits.longest, found)
    elif found := _CHOSEN.fullmatch(part):
        aspect = "most_chosen"
        limits.most_chosen = _narrow(limits.most_chosen, found)
    elif (found := _TOTAL.fullmatch(part)) and found[1] == name:
        aspect = "total"
        _take_total(limits, int(found[2]), part)
    elif (found := _COUNT.fullmatch(part)) and found[1] == name and found[6] in (None, name):
        aspect = _take_count(limits, found)
    elif found := _AT_ONCE.fullmatch(part):
        aspect = _take_at_once(limits, found, name)
    else:
        raise NoCounterpartError(part)
    limits.said.append((aspect, part))


def _narrow(most: int | None, found: re.Match[str]) -> int:
    number = int(found[2]) - (found[1] == "<")
    return number if most is None else min(most, number)


def _take_bound(limits: Limits, sign: str, number: Decimal, part: str) -> None:
    if sign in "<>" and limits.whole:
        # Of whole numbers, the one above 0 and all from 1 on are the same.
        number = Decimal(floor(number) + 1 if sign == ">" else ceil(number) - 1)
        sign += "="
    if sign == ">=":
        limits.minimum = number if limits.minimum is None else max(limits.minimum, number)
    elif sign == "<=":
        limits.maximum = number if limits.maximum is None else min(limits.maximum, number)
    else:  # an open bound would depend on the decimals
        raise NoCounterpartError(part)


def _take_total(limits: Limits, total: int, part: str) -> None:
    if limits.total not in (None, total):  # nobody could answer
        raise NoCounterpartError(part)
    limits.total = total


def _take_count(limits: Limits, found: re.Match[str]) -> Aspect:
    """`count(${q}[. >= 90]) <= 3`: no more than three; shares are of all units."""
    counted = read_counted(found[2])
    if found[3] == ">=" and found[4] is None:
        raise NoCounterpartError(found[0])
    if found[3] == ">=":
        return _add_count(limits, replace(counted, least=int(found[4])))
    if found[4] is not None:
        return _add_count(limits, replace(counted, most=int(found[4])))
    return _add_count(limits, replace(counted, most_share=Fraction(found[5])))


def _take_at_once(limits: Limits, found: re.Match[str], name: str) -> Aspect:
    """Not among the counted, or less than so many others are."""
    counted = read_counted(found[1])
    others = [part for part in split(found[2], "and") if not _OTHER_ROW.fullmatch(part)]
    named = re.compile(rf"(?<![\w.\-])(?:[\w.\-]+/)?{re.escape(name)}(?=\s*[<>=])")
    if counted != read_counted(named.sub(".", " and ".join(others))):
        raise NoCounterpartError(found[0])
    return _add_count(limits, replace(counted, most=int(found[3])))


def _add_count(limits: Limits, limit: NumberLimit | LevelLimit) -> Aspect:
    if isinstance(limit, LevelLimit):
        limits.level_counts.append(limit)
        return "level_counts"
    limits.counts.append(limit)
    return "counts"


def read_counted(text: str) -> NumberLimit | LevelLimit:
    """Which answers are counted, as a limit without bounds: `. >= 90`, `. = 'a' or . = 'b'`."""
    if _CHOSEN_LEVEL.search(text):
        return LevelLimit(frozenset(_read_levels(text)))
    lowest = below = None
    for part in split(text, "and"):
        edge = _BOUND.fullmatch(part)
        if edge is None or edge[1] not in (">=", "<"):
            raise NoCounterpartError(text)
        if edge[1] == ">=":
            lowest = Fraction(edge[2])
        else:
            below = Fraction(edge[2])
    return NumberLimit(lowest, below)


def _read_levels(text: str) -> Iterator[str]:
    for part in split(text, "or"):
        level = _CHOSEN_LEVEL.fullmatch(part)
        if level is None:
            raise NoCounterpartError(text)
        yield level[1] if level[1] is not None else level[2]


def split(text: str, word: Word) -> Iterator[str]:
    """The parts between a word, without the brackets around the whole and around each."""
    if len(text) > LONGEST:  # stripping brackets is quadratic
        raise NoCounterpartError(f"{text[:60]}…")
    for part in cut(_strip_brackets(text), word):
        yield _strip_brackets(part)


def straighten(text: str) -> str:
    """With the quotation marks that expressions have; word processors turn them while one types."""
    return text.translate(_TURNED)


def part_by_words(text: str) -> tuple[Word, tuple[str, ...]]:
    """The parts between the words that bind least, `or` before `and`; one part without any."""
    within = _strip_brackets(text)
    for word in WORDS:
        parts = tuple(cut(within, word))
        if len(parts) > 1:
            return word, parts
    return "and", (within,)


def cut(text: str, word: Word) -> Iterator[str]:
    """The parts between a word that stands outside brackets and quotation marks."""
    begin = depth = 0
    for found in _SIGN.finditer(text):
        depth += found[0] in _OPENING
        depth -= found[0] in _CLOSING
        if found[0] == word and depth == 0:
            yield text[begin : found.start()]
            begin = found.end()
    yield text[begin:]


def strip_brackets(text: str) -> str:
    """Without one pair of brackets around the whole."""
    text = text.strip()
    return text[1:-1].strip() if text.startswith("(") and _closes_at_end(text) else text


def _strip_brackets(text: str) -> str:
    """Without the brackets around the whole; nobody means so many pairs as would take long."""
    for _ in range(MOST_BRACKETS):
        text = strip_brackets(text)
    return text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False

"""What a cell shows: a value under its number format, as Excel and WPS in Chinese draw it.

Only this module knows how a format is written; which number people read from what is shown,
`seen` knows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property, lru_cache

GENERAL = "General"
# Beyond these Excel draws nothing but # signs.
LAST_DAY = 2_958_466
_PLAIN_BELOW = Decimal(10) ** 11
_MOST_FORMAT = 300
_FULL = "####"

_YEAR, _MONTH, _DAY = 'yyyy"年"', 'm"月"', 'd"日"'
_ACCOUNTING = '_ * {0}#,##0{1}_ ;_ * {0}-#,##0{1}_ ;_ * {0}"-"_ ;_ @_ '
# Formats that files name by number only, with those that a Chinese Excel has of its own.
BUILT_IN = {
    "0": GENERAL, "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00",
    "5": '"¥"#,##0;"¥"-#,##0', "6": '"¥"#,##0;"¥"-#,##0',
    "7": '"¥"#,##0.00;"¥"-#,##0.00', "8": '"¥"#,##0.00;"¥"-#,##0.00',
    "9": "0%", "10": "0.00%", "11": "0.00E+00", "12": "# ?/?", "13": "# ??/??",
    "14": "yyyy/m/d", "15": "d-mmm-yy", "16": "d-mmm", "17": "mmm-yy",
    "18": "h:mm AM/PM", "19": "h:mm:ss AM/PM", "20": "h:mm", "21": "h:mm:ss",
    "22": "yyyy/m/d h:mm", "27": _YEAR + _MONTH, "28": _MONTH + _DAY, "29": _MONTH + _DAY,
    "30": "m-d-yy", "31": _YEAR + _MONTH + _DAY, "32": 'h"时"mm"分"', "33": 'h"时"mm"分"ss"秒"',
    "34": '上午/下午h"时"mm"分"', "35": '上午/下午h"时"mm"分"ss"秒"', "36": _YEAR + _MONTH,
    "37": "#,##0;-#,##0", "38": "#,##0;-#,##0", "39": "#,##0.00;-#,##0.00",
    "40": "#,##0.00;-#,##0.00", "41": _ACCOUNTING.format("", ""),
    "42": _ACCOUNTING.format('"¥"', ""), "43": _ACCOUNTING.format("", ".00"),
    "44": _ACCOUNTING.format('"¥"', ".00"), "45": "mm:ss", "46": "[h]:mm:ss", "47": "mm:ss.0",
    "48": "##0.0E+0", "49": "@", "50": _YEAR + _MONTH, "51": _MONTH + _DAY,
    "52": _YEAR + _MONTH, "53": _MONTH + _DAY, "54": _MONTH + _DAY,
    "55": '上午/下午h"时"mm"分"', "56": '上午/下午h"时"mm"分"ss"秒"', "57": _YEAR + _MONTH,
    "58": _MONTH + _DAY,
}  # a table  # fmt: skip

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_(?P<gap>.)|\*(?P<filler>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<noon>AM/PM|A/P|上午/下午)"
    r"|(?P<exponent>E[+-])|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)"
    r"|(?P<slash>/)|(?P<text>@)|(?P<end>;)|(?P<time>y+|e+|m+|d+|h+|s+|a{3,4})|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_CURRENCY = re.compile(r"\$([^-]*)(-.*)?")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_WEEKDAYS = "一二三四五六日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


_IN_1900, _IN_1904 = (
    datetime(1899, 12, 31, tzinfo=UTC).replace(tzinfo=None),
    datetime(1904, 1, 1, tzinfo=UTC).replace(tzinfo=None),
)
_LEAP_DAY = 60


@dataclass(frozen=True)
class Token:
    """A piece of a format: its kind, and how it is written."""

    kind: str
    text: str


@dataclass
class Section:
    """One of the parts between semicolons, for numbers of one sign or one condition."""

    tokens: list[Token] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None
    foreign: bool = False

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(token.kind for token in self.tokens)

    def has(self, *kinds: str) -> bool:
        return not self.kinds.isdisjoint(kinds)

    @property
    def is_time(self) -> bool:
        return self.has("time", "elapsed")

    @property
    def has_day(self) -> bool:
        # A month alone is written like minutes.
        written = {token.text[0] for token in self.tokens if token.kind == "time"}
        return bool(written & set("yeda")) or (written == {"m"} and not self.has("elapsed"))


def show_text(text: str, code: str) -> str:
    """What a cell with a text shows: mostly that text."""
    sections = parse(code)
    last = sections[-1]
    if len(sections) < 4 and not last.has("text"):
        return text
    return "".join(
        text if each.kind == "text" else each.text if each.kind == "plain" else ""
        for each in last.tokens
    )


def show_number(value: Decimal, code: str) -> str:
    """What a cell with a number shows."""
    section, plain_sign = _choose(parse(code), value)
    if section.foreign:
        return f"[{code[:40]}]"
    if section.is_time:
        return _FULL
    if section.has("general", "text"):
        shown = _show_general(abs(value))
    elif section.has("slash") and section.has("digit"):
        return _sign(value, plain_sign) + _show_fraction(section, abs(value))
    elif section.has("exponent"):
        return _sign(value, plain_sign) + _show_exponent(section, abs(value))
    else:
        return _show_digits(section, value, _sign(value, plain_sign))
    return _sign(value, plain_sign) + "".join(
        shown if each.kind in ("general", "text") else each.text if each.kind == "plain" else ""
        for each in section.tokens
    )


def show_moment(moment: datetime, days: Decimal, code: str) -> str:
    """What a cell shows whose number of days means this moment."""
    return _show_time(_choose(parse(code), days)[0], moment, days)


def is_time(value: Decimal, code: str) -> bool:
    """Whether the format makes a day or a time of day of a number."""
    section, _ = _choose(parse(code), value)
    return section.is_time and not section.foreign and 0 <= value < LAST_DAY


def has_day(value: Decimal, code: str) -> bool:
    """Whether what is shown has a day in it, and not only hours."""
    return _choose(parse(code), value)[0].has_day


def read_moment(value: Decimal, *, from_1904: bool = False) -> datetime:
    """The moment that a number of days means."""
    # Excel has a 29th of February 1900, which never was.
    start = _IN_1904 if from_1904 else _IN_1900 - timedelta(days=value >= _LEAP_DAY)
    # A second is all that a format shows; what lies below it is the noise of a float.
    seconds = (value * 86_400).quantize(Decimal(1), ROUND_HALF_UP)
    return start + timedelta(seconds=int(seconds))


@lru_cache(maxsize=512)
def parse(code: str) -> tuple[Section, ...]:
    """A format's sections; what comes behind the fourth is not used by anybody."""
    sections = [Section()]
    for found in _TOKEN.finditer(code[:_MOST_FORMAT] or GENERAL):
        kind, text = found.lastgroup or "", found[found.lastgroup or 0]
        if kind == "end":
            sections.append(Section())
        else:
            _add(sections[-1], kind, text)
    return tuple(_settle_time(section) for section in sections[:4])


def _add(section: Section, kind: str, text: str) -> None:
    if kind == "bracket":
        _add_bracket(section, text)
    elif kind in ("quoted", "escaped", "other"):
        section.tokens.append(Token("plain", text))
    elif kind == "gap":
        section.tokens.append(Token("plain", " "))
    elif kind == "time":
        section.tokens.append(Token(kind, text.lower()))
    elif kind != "filler":
        section.tokens.append(Token(kind, text))


def _add_bracket(section: Section, text: str) -> None:
    condition, currency = _CONDITION.fullmatch(text), _CURRENCY.fullmatch(text)
    if condition:
        section.condition = condition[1], Decimal(condition[2])
    elif currency:
        section.tokens.append(Token("plain", currency[1]))
    elif _ELAPSED.fullmatch(text):
        section.tokens.append(Token("elapsed", text.lower()))
    elif text.lower().startswith("dbnum"):
        # Figures in Chinese writing are not read as figures.
        section.foreign = True


def _settle_time(section: Section) -> Section:
    """In a time, slashes and commas are what stands between its parts."""
    if not section.is_time:
        return section
    tokens = [
        Token("plain", each.text) if each.kind in ("slash", "comma", "percent") else each
        for each in section.tokens
    ]
    return Section(tokens, section.condition, section.foreign)


def _choose(sections: tuple[Section, ...], value: Decimal) -> tuple[Section, bool]:
    """The section for a value, and whether it leaves the minus to the format itself."""
    if any(section.condition for section in sections[:2]):
        for section in sections[:2]:
            if section.condition and _holds(section.condition, value):
                return section, False
        rest = [section for section in sections[:3] if section.condition is None]
        return (rest[-1] if rest else Section([Token("plain", _FULL)])), False
    if len(sections) == 1 or (len(sections) == 2 and sections[1].has("text")):
        return sections[0], False
    if value < 0:
        return sections[1], True
    return (sections[2] if value == 0 and len(sections) > 2 else sections[0]), False


def _holds(condition: tuple[str, Decimal], value: Decimal) -> bool:
    sign, bound = condition
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _sign(value: Decimal, plain_sign: bool) -> str:
    return "-" if value < 0 and not plain_sign else ""


def _show_general(value: Decimal) -> str:
    """A number as it is; from eleven digits before the point on, Excel shows only six."""
    if value < _PLAIN_BELOW:
        return f"{value:f}"
    return f"{value:.5E}".replace("E+", "E+" if value >= Decimal(10) ** 10 else "E+0")


def _list_digits(section: Section) -> Iterator[tuple[Token, bool]]:
    """Each token, and whether it stands behind the decimal point."""
    behind = False
    for token in section.tokens:
        yield token, behind
        behind = behind or token.kind == "point"


def _show_digits(section: Section, value: Decimal, sign: str) -> str:
    tokens = list(_list_digits(section))
    places = sum(token.kind == "digit" for token, behind in tokens if behind)
    scaled = abs(value) * 100 ** sum(token.kind == "percent" for token, _ in tokens)
    scaled = scaled / Decimal(1000) ** _count_scaling(section)
    rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, decimals = f"{rounded:f}".partition(".")
    shown = _place_whole([token for token, behind in tokens if not behind], whole.lstrip("0"))
    return sign + shown + _place_decimals([token for token, behind in tokens if behind], decimals)


def _count_scaling(section: Section) -> int:
    """Commas behind the last digit, before the point or at the end: each makes a thousand of one.

    A comma between digits only groups them.
    """
    counts = {False: 0, True: 0}
    for token, behind in _list_digits(section):
        if token.kind == "digit":
            counts[behind] = 0
        elif token.kind == "comma":
            counts[behind] += 1
    return sum(counts.values())


def _place_whole(tokens: list[Token], digits: str) -> str:
    """Digits on their places from the right; the first place takes all that are left."""
    places = [place for place, token in enumerate(tokens) if token.kind == "digit"]
    grouped = any(
        token.kind == "comma" and places and places[0] < place < places[-1]
        for place, token in enumerate(tokens)
    )
    parts = [each.text if each.kind in ("plain", "point", "percent") else "" for each in tokens]
    left, count = digits, 0
    for place in reversed(places):
        last = place == places[0]
        taken = left if last else left[-1:]
        left = "" if last else left[:-1]
        taken = taken or {"0": "0", "?": " "}.get(tokens[place].text, "")
        parts[place] = ""
        for digit in reversed(taken):
            comma = "," if grouped and count and count % 3 == 0 and digit != " " else ""
            parts[place] = digit + comma + parts[place]
            count += 1
    return "".join(parts)


def _place_decimals(tokens: list[Token], decimals: str) -> str:
    needed = len(decimals.rstrip("0"))
    parts, place = [], 0
    for token in tokens:
        if token.kind == "digit":
            digit = decimals[place : place + 1]
            if place >= needed and token.text != "0":
                digit = " " if token.text == "?" else ""
            parts.append(digit)
            place += 1
        elif token.kind in ("plain", "percent"):
            parts.append(token.text)
    return "".join(parts)


def _show_exponent(section: Section, value: Decimal) -> str:
    head = section.tokens[: [token.kind for token in section.tokens].index("exponent")]
    behind = [token.kind for token in head]
    places = behind[behind.index("point") :].count("digit") if "point" in behind else 0
    return f"{float(value):.{places}E}"


def _show_fraction(section: Section, value: Decimal) -> str:
    slash = [token.kind for token in section.tokens].index("slash")
    below = "".join(token.text for token in section.tokens[slash + 1 :] if token.kind != "plain")
    width = max(1, len(re.match(r"[0#?]*", below)[0]))  # type: ignore[index]  # matches nothing, too
    whole, rest = divmod(Fraction(value), 1)
    near = rest.limit_denominator(10**width - 1)
    return f"{whole} {near.numerator}/{near.denominator}" if near else str(whole)


def _show_time(section: Section, moment: datetime, days: Decimal) -> str:
    noon = any(token.kind == "noon" for token in section.tokens)
    parts, before = [], ""
    times = [token for token in section.tokens if token.kind in ("time", "elapsed")]
    for token in section.tokens:
        if token.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            parts.append(
                str(int((days * 86_400).quantize(Decimal(1), ROUND_HALF_UP)) // unit).zfill(
                    len(token.text)
                )
            )
        elif token.kind == "time":
            after = times[times.index(token) + 1 :] if token in times else []
            minutes = before == "h" or bool(after and after[0].text[0] == "s")
            parts.append(_show_moment(token.text, moment, minutes, noon))
        elif token.kind == "noon":
            parts.append(_show_noon(token.text, moment))
        elif token.kind in ("plain", "point"):
            parts.append(token.text)
        elif token.kind == "digit":
            parts.append("0")
        if token.kind in ("time", "elapsed"):
            before = token.text[0]
            times = times[1:]
    return "".join(parts)


def _show_noon(text: str, moment: datetime) -> str:
    return text.split("/")[moment.hour >= 12]


def _show_moment(text: str, moment: datetime, minutes: bool, noon: bool) -> str:
    kind, width = text[0], len(text)
    if kind in "ye":
        return f"{moment.year:04}"[2 if kind == "y" and width < 3 else 0 :]
    if kind == "a":
        return ("星期" if width > 3 else "") + _WEEKDAYS[moment.weekday()]
    if kind == "d" and width > 2:
        return _DAYS[moment.weekday()]
    if kind == "m" and not minutes and width > 2:
        return _MONTHS[moment.month - 1]
    number = {
        "m": moment.minute if minutes else moment.month,
        "d": moment.day,
        "h": (moment.hour % 12 or 12) if noon else moment.hour,
        "s": moment.second,
    }[kind]
    return str(number).zfill(min(width, 2))

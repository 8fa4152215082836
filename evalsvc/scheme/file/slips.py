"""Signs that Chinese keyboards type in the place of YAML's, and texts that need quotation marks."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from evalsvc.scheme.file.errors import SchemeError
from evalsvc.scheme.file.limits import MOST_MISTAKES
from evalsvc.text import NOTHING, Text

LONGEST_NEAR = 32
"""Of longer names the comparison takes longer than it is worth: hundreds of them, seconds."""
NEAR = 0.7
"""How much of two names must be alike for one to be a slip of the other."""

COLON = Text(
    "这里是全角冒号，请改成半角“:”，后面空一格",
    "a full-width colon stands here; write “:” and a space after it",
)
COMMA = Text(
    "这里是全角逗号，请改成半角“,”，后面空一格",
    "a full-width comma stands here; write “,” and a space after it",
)
BRACKET = Text(
    "这里是全角括号，请改成半角的 { } 或 [ ]", "a full-width bracket stands here; write { } or [ ]"
)
UNQUOTED = Text(
    '花括号里，文字中的逗号会把它断开：文字里有逗号的，整段加上引号，如 en: "One, two"',
    "inside braces a comma ends the text: put a text that holds a comma in quotes, as in "
    'en: "One, two"',
)
MEANT = Text("；是不是 %(name)s？", "; did you mean %(name)s?")
SIGNS = {"：": COLON, "，": COMMA, "、": COMMA, "｛": BRACKET, "［": BRACKET}

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
REMARK = re.compile(r"(^|\s)#.*")
BLOCK = re.compile(r":\s*[|>][+-]?\d?\s*$")
"""The line above a text of several lines, in which every sign is the text's own."""
# A field's name is written in ASCII; a text before a colon is mostly Chinese.
NAMED = re.compile(r"^\s*(?:- +)*(?P<name>\w[\w.\-]*)(?P<sign>：)", re.ASCII)
INSIDE = re.compile(r"[{,，]\s*(?P<name>\w[\w.\-]*)(?P<sign>：)", re.ASCII)
BETWEEN = re.compile(r"(?P<sign>，)\s*(?P<name>[A-Za-z_][\w.\-]*)\s*[:：]", re.ASCII)
OPENING = re.compile(r"(?P<name>\w[\w.\-]*)[:：]\s*(?P<sign>[｛［])", re.ASCII)

Problem = tuple[str, Text]
# What YAML's parsers say, the C library's and Python's own, and what a person can do about it.
PROBLEMS: tuple[Problem, ...] = (
    (
        "mapping values are not allowed",
        Text(
            "这里不该有冒号：缩进不对，或文字里有“: ”，要整段加引号",
            "a colon can't stand here: the indentation is wrong, or a text with “: ” in it needs "
            "quotes",
        ),
    ),
    (
        "',' or ",
        Text(
            "方括号或花括号没有写完：少了逗号、“]”或“}”，或文字里有这些符号而没有加引号",
            "brackets or braces are not complete: a comma, “]” or “}” is missing, or a text with "
            "such signs has no quotes",
        ),
    ),
    ("tab character", Text("缩进用空格，不用制表符", "indent with blanks, not with tabs")),
    (
        "cannot start any token",
        Text(
            "这里不能以这个符号开头：缩进用空格，不用制表符；以 %、@、` 开头的文字加引号",
            "no text begins so: indent with blanks, not with tabs; put a text that begins with "
            "%, @ or ` in quotes",
        ),
    ),
    (
        "end of stream",
        Text("引号或括号没有写完", "a quotation mark or a bracket that was opened is never closed"),
    ),
    ("expected ':'", Text("名称后面要有冒号和空格", "expected a colon and a space after the name")),
    (
        "expected key",
        Text(
            "缩进应与同一层的其他名称对齐，名称后面是冒号和空格",
            "expected a name with a colon, indented as the others of its level",
        ),
    ),
    (
        "block end",
        Text(
            "缩进应与同一层的其他名称对齐，名称后面是冒号和空格",
            "expected a name with a colon, indented as the others of its level",
        ),
    ),
)
OTHERWISE = Text(
    "应为正确的 YAML（检查缩进、冒号和引号）",
    "expected correct YAML (check indentation, colons and quotes)",
)


def advise(problem: str) -> Text:
    """What to do about what YAML's parser says."""
    return next((advice for said, advice in PROBLEMS if said in problem), OTHERWISE)


def list_wide_signs(text: str) -> tuple[SchemeError, ...]:
    """Full-width signs where a sign of YAML belongs, as far as a line by itself can tell."""
    found: list[SchemeError] = []
    for number, line in _list_lines(text):
        for sign, name in _find_signs(line):
            column = sign + 1
            found.append(SchemeError(number, column, name, line[sign], SIGNS[line[sign]]))
        if len(found) >= MOST_MISTAKES:
            break
    return tuple(found[:MOST_MISTAKES])


def find_wide_sign(name: str) -> tuple[int, Text] | None:
    """The first such sign in a name or a code, which never holds one, and what to do about it."""
    places = [(name.index(sign), advice) for sign, advice in SIGNS.items() if sign in name]
    return min(places, key=lambda found: found[0], default=None)


def say_narrow(text: str, pattern: re.Pattern[str]) -> Text:
    """What to write in the place of full-width figures and signs; nothing where there are none."""
    narrow = unicodedata.normalize("NFKC", text).strip("“”‘’ ")
    if narrow != text and pattern.fullmatch(narrow):
        return Text(f"请用半角写成 {narrow}", f"write it in half width: {narrow}")
    bare = narrow.removesuffix("%").strip()
    if bare != narrow and pattern.fullmatch(bare):
        return Text(f"这里的数不带百分号，写成 {bare}", f"a plain number stands here: {bare}")
    return NOTHING


def find_near(text: str, names: Sequence[str]) -> list[str]:
    """The name most like a misspelt one, if any is."""
    if len(text) > LONGEST_NEAR:
        return []
    return get_close_matches(text, [n for n in names if len(n) <= LONGEST_NEAR], 1, NEAR)


def _list_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; what stands in quotes, remarks and blocks is blanked."""
    block = -1  # how far the line above a block is indented
    for number, line in enumerate(text.splitlines(), start=1):
        indent = len(line) - len(line.lstrip(" "))
        if block >= 0 and (not line.strip() or indent > block):
            continue
        blanked = REMARK.sub("", QUOTED.sub(lambda found: " " * len(found[0]), line))
        block = indent if BLOCK.search(blanked) else -1
        yield number, blanked


def _find_signs(line: str) -> list[tuple[int, str]]:
    """Where such signs stand, each with the name beside it."""
    matches = (
        found for pattern in (NAMED, INSIDE, BETWEEN, OPENING) for found in pattern.finditer(line)
    )
    return sorted({(found.start("sign"), found["name"]) for found in matches})

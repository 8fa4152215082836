"""Raters' script and style stay within Chrome 70 and iOS 12, which old phones still bring.

Syntax is parsed and held against what the baseline reads, so that what is invented next is found
without being known here; what browsers offer by name is found by name.
"""

import re
from collections.abc import Iterator

import esprima
import pytest

from evalsvc.scripts import list_parts
from evalsvc.settings import PROJECT

SCRIPTS = ["box.js", *(part.relative_to(PROJECT / "static").as_posix() for part in list_parts())]
STYLES = ("rater.css",)

# All of it is in ECMAScript 2015; Chrome 70 and iOS 12 read more, of which no part has need.
STATEMENTS = {"Program", "BlockStatement", "ExpressionStatement", "IfStatement", "ReturnStatement"}
STATEMENTS |= {"ForStatement", "ThrowStatement", "TryStatement", "CatchClause"}
STATEMENTS |= {"FunctionDeclaration", "VariableDeclaration", "VariableDeclarator"}
EXPRESSIONS = {"ArrayExpression", "ArrowFunctionExpression", "AssignmentExpression"}
EXPRESSIONS |= {"BinaryExpression", "CallExpression", "ConditionalExpression", "FunctionExpression"}
EXPRESSIONS |= {"Identifier", "Literal", "LogicalExpression", "MemberExpression", "NewExpression"}
EXPRESSIONS |= {"ObjectExpression", "Property", "UnaryExpression", "UpdateExpression"}
OPERATORS = {"=", "+=", "-=", "===", "!==", "<", ">", "<=", ">=", "+", "-", "*", "/", "%"}
OPERATORS |= {"!", "&&", "||", "++", "--", "typeof", "in", "instanceof"}
NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
# Lookbehind (iOS 16.4) and named groups (iOS 11.3): a browser without them loads nothing at all.
OLD_PATTERN = re.compile(r"(?!.*\(\?<).*", re.DOTALL)
OLD_FLAGS = set("gimuy")

# What is younger than the baseline, with the first browsers that have it.
YOUNG_SCRIPT = {
    r"\.flat(Map)?\(": "flat: Chrome 69, iOS 12",
    r"\.at\(": "at: Chrome 92, iOS 15.4",
    r"\.replaceAll\(": "replaceAll: Chrome 85, iOS 13.4",
    r"\.matchAll\(": "matchAll: Chrome 73, iOS 13",
    r"Object\.fromEntries": "fromEntries: Chrome 73, iOS 12.1",
    r"Promise\.(allSettled|any)": "Chrome 76, iOS 13",
    r"\.replaceChildren\(": "replaceChildren: Chrome 86, iOS 14",
    r"structuredClone": "Chrome 98, iOS 15.4",
    r"requestSubmit": "Chrome 76, iOS 16",
    r"\.submitter": "Chrome 81, iOS 15.4",
    r"ResizeObserver": "Chrome 64, iOS 13.4",
    r"\binert\b": "Chrome 102, iOS 15.5",
    r"showModal|<dialog": "dialog: Chrome 37, iOS 15.4",
    r"innerHTML|insertAdjacentHTML|\beval\b": "never: what people type is text",
    r"localStorage|indexedDB": "never: a phone may be shared",
}
YOUNG_STYLE = {
    r"(?<![-\w])gap\s*:": "gap in flex: Chrome 84, iOS 14.1; grid-gap works in grids",
    r"aspect-ratio\s*:": "Chrome 88, iOS 15",
    r":is\(|:where\(": "Chrome 88, iOS 14",
    r":has\(": "Chrome 105, iOS 15.4",
    r":focus-visible": "Chrome 86, iOS 15.4",
    r"(?<![-\w])inset\s*:": "Chrome 87, iOS 14.5",
    r"\b(clamp|min|max)\(": "Chrome 79, iOS 13.4; minmax() of grids is old",
    r"\b(dvh|svh|lvh)\b": "Chrome 108, iOS 15.4",
    r"@layer|@container|@property|@scope": "2022 and later",
    r"oklch|color-mix|color\(": "2023 and later",
    r"backdrop-filter": "Chrome 76",
    r"place-items|place-content": "in flex Chrome 59, iOS 11; kept out with gap",
    r"scrollbar-gutter|overscroll-behavior": "Chrome 94 / iOS 16",
    r"accent-color": "Chrome 93, iOS 15.4",
    r"@import|url\(": "never: nothing from elsewhere, no further request",
    r"animation|transition": "nothing moves under a finger",
}
COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)


def read_code(name: str) -> str:
    return COMMENTS.sub("", (PROJECT / "static" / name).read_text())


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_old_enough(name: str) -> None:
    code = read_code(name)

    assert [why for young, why in YOUNG_SCRIPT.items() if re.search(young, code, re.M)] == []


@pytest.mark.parametrize("name", STYLES)
def test_style_is_old_enough(name: str) -> None:
    code = read_code(name).replace("minmax(", "grid(")

    assert [why for young, why in YOUNG_STYLE.items() if re.search(young, code)] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_syntax_is_old_enough(name: str) -> None:
    assert list_young_syntax((PROJECT / "static" / name).read_text(encoding="utf-8")) == []


def list_young_syntax(code: str) -> list[str]:
    """What of the code's syntax the baseline is not known to read."""
    return list(_list_young(esprima.parseScript(code).toDict()))


def _list_young(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _list_young(one)
    if isinstance(node, dict):
        yield from _judge(node)
        for part in node.values():
            yield from _list_young(part)


def _judge(node: dict[str, object]) -> Iterator[str]:
    kind = node.get("type")
    if kind is not None and kind not in STATEMENTS | EXPRESSIONS:
        yield str(kind)
    if node.get("operator") not in OPERATORS | {None}:
        yield f"{kind} {node['operator']}"
    if node.get("async") or node.get("generator"):
        yield f"{kind} async or generator"
    if kind == "CatchClause" and "param" not in node:
        yield "CatchClause without a name"
    if kind == "Literal" and not _is_old_literal(node):
        yield f"Literal {node['raw']}"


def _is_old_literal(node: dict[str, object]) -> bool:
    if isinstance(regex := node.get("regex"), dict):
        return bool(OLD_PATTERN.fullmatch(regex["pattern"])) and set(regex["flags"]) <= OLD_FLAGS
    raw = str(node["raw"])
    return raw[0] in "\"'" or raw in ("true", "false", "null") or bool(NUMBER.fullmatch(raw))


@pytest.mark.parametrize(
    ("line", "young"),
    [
        ("a?.b", ["ChainExpression"]),
        ("a ?? b", ["LogicalExpression ??"]),
        ("a ||= b", ["AssignmentExpression ||="]),
        ("f(...a)", ["SpreadElement"]),
        ("async () => { await a; }", ["ArrowFunctionExpression async or generator"]),
        ("class A {}", ["ClassDeclaration", "ClassBody"]),
        ("try { a(); } catch { b(); }", ["CatchClause without a name"]),
        ("const n = 1_000;", ["Literal 1_000"]),
        ("const n = 10n;", ["Literal 10n"]),
        ("/(?<=a)b/.test(c)", ["Literal /(?<=a)b/"]),
        ("/a/v.test(c)", ["Literal /a/v"]),
        ("import('a')", ["Import"]),
        ("const n = [1.5, .5, 1e3, 'a', /[-_]/g, true, null];", []),
    ],
)
def test_young_syntax_is_found(line: str, young: list[str]) -> None:
    found = list_young_syntax(line)

    assert found[: len(young)] == young
    assert bool(found) == bool(young)


@pytest.mark.parametrize(
    ("line", "young"),
    [
        ("x.submitter", r"\.submitter"),
        ("form.requestSubmit()", "requestSubmit"),
        ("place.replaceChildren()", r"\.replaceChildren\("),
    ],
)
def test_rule_finds_what_is_too_young(line: str, young: str) -> None:
    assert young in YOUNG_SCRIPT
    assert re.search(young, line)


def test_rules_for_style_find_what_is_too_young() -> None:
    line = "a{gap: 1px} b:is(i){inset: 0; width: clamp(1px, 2px, 3px); aspect-ratio: 1}"

    assert sum(bool(re.search(young, line)) for young in YOUNG_STYLE) == 5

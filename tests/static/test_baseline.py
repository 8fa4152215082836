"""Raters' script and style stay within Chrome 70 and iOS 12, which old phones still bring."""

import re

import pytest

from evalsvc.scripts import list_parts
from evalsvc.settings import PROJECT

SCRIPTS = [part.relative_to(PROJECT / "static").as_posix() for part in list_parts()]
STYLES = ("rater.css",)

# What is younger than the baseline, with the first browsers that have it.
YOUNG_SCRIPT = {
    r"\?\.(?!\d)": "optional chaining: Chrome 80, iOS 13.4",
    r"\?\?": "nullish coalescing: Chrome 80, iOS 13.4",
    r"(\|\||&&)=": "logical assignment: Chrome 85, iOS 14",
    r"\.\.\.\w": "spread: iOS 11.1 for objects; not worth the doubt",
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
    r"\basync\b|\bawait\b": "kept out: older in-app engines",
    r"\bclass\s+\w+\s*\{": "fields of classes tempt: Chrome 72, iOS 14.5",
    r"\d_\d": "numeric separators: Chrome 75, iOS 13",
    r"catch\s*\{": "catch without a name: Chrome 66, iOS 11.3; kept out with the rest",
    r"\(\?<[=!]": "lookbehind: iOS 16.4, and the whole script fails to load",
    r"/[gimsy]*v[gimsy]*[,;.)]": "flag v: iOS 17",
    r"^\s*(import|export)\b": "modules: a second way to load",
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


@pytest.mark.parametrize(
    ("line", "young"),
    [
        ("a?.b", r"\?\.(?!\d)"),
        ("a ?? b", r"\?\?"),
        ("x.submitter", r"\.submitter"),
        ("const n = 1_000;", r"\d_\d"),
        ("form.requestSubmit()", "requestSubmit"),
    ],
)
def test_rule_finds_what_is_too_young(line: str, young: str) -> None:
    assert young in YOUNG_SCRIPT
    assert re.search(young, line)


def test_rules_for_style_find_what_is_too_young() -> None:
    line = "a{gap: 1px} b:is(i){inset: 0; width: clamp(1px, 2px, 3px); aspect-ratio: 1}"

    assert sum(bool(re.search(young, line)) for young in YOUNG_STYLE) == 5

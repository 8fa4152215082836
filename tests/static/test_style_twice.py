"""A style sheet says a thing in one place: no selector twice for a screen, no property twice in it.

The linter is silent about both.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
import tinycss2
from tinycss2.ast import AtRule, Declaration, QualifiedRule

from evalsvc.settings import PROJECT

STYLES = sorted(path.name for path in (PROJECT / "static").glob("*.css"))


def list_rules(style: str) -> list[tuple[str, str, list[str]]]:
    """Screen, selectors and names of what is declared, in order."""
    return list(_list_rules(tinycss2.parse_stylesheet(style, True, True)))


def _list_rules(rules: list[object], screen: str = "") -> Iterator[tuple[str, str, list[str]]]:
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            yield screen, _say(rule.prelude), _list_names(rule.content)
        elif isinstance(rule, AtRule) and rule.at_keyword == "media":
            inner = tinycss2.parse_rule_list(rule.content, True, True)
            yield from _list_rules(inner, _say(rule.prelude))


def _list_names(content: list[object]) -> list[str]:
    declared = tinycss2.parse_declaration_list(content, True, True)
    return [one.name for one in declared if isinstance(one, Declaration)]


def _say(prelude: list[object]) -> str:
    return " ".join(tinycss2.serialize(prelude).split())


def list_selectors_twice(style: str) -> list[tuple[str, str]]:
    counted = Counter((screen, selectors) for screen, selectors, _ in list_rules(style))
    return [place for place, times in counted.items() if times > 1]


def list_properties_twice(style: str) -> list[tuple[str, str]]:
    """Selectors and property; right after each other, the second is for browsers that know it."""
    return [
        (selectors, name)
        for _, selectors, names in list_rules(style)
        for name, times in Counter(_merge_fallbacks(names)).items()
        if times > 1
    ]


def _merge_fallbacks(names: list[str]) -> list[str]:
    return names[:1] + [name for before, name in pairwise(names) if name != before]


@pytest.mark.parametrize("name", STYLES)
def test_no_selector_stands_twice(name: str) -> None:
    assert list_selectors_twice((PROJECT / "static" / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", STYLES)
def test_no_property_stands_twice(name: str) -> None:
    assert list_properties_twice((PROJECT / "static" / name).read_text(encoding="utf-8")) == []


def test_a_selector_that_stands_twice_is_found() -> None:
    style = "a { top: 0 } @media print { a { top: 1px } b { top: 0 } } a { left: 0 }"
    more = "@media print { b { left: 0 } }"

    assert list_selectors_twice(style + more) == [("", "a"), ("print", "b")]


def test_a_property_that_stands_twice_is_found() -> None:
    style = "a { top: 0; left: 0; top: 1px } b { position: -webkit-sticky; position: sticky }"

    assert list_properties_twice(style) == [("a", "top")]

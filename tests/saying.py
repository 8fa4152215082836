"""What a value says in one language, so that a test can compare whole values with `==`."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from evalsvc.reports.charts.drawing import Drawing
from evalsvc.text import Text


def spoken(value: Any, language: str = "zh") -> Any:
    """The value with every text in it said, and every drawing drawn."""
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, Drawing):
        return value.draw(language)
    if is_dataclass(value) and not isinstance(value, type):
        own = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        return replace(value, **{name: spoken(part, language) for name, part in own.items()})
    if isinstance(value, Mapping):
        return {key: spoken(part, language) for key, part in value.items()}
    if isinstance(value, list):
        return [spoken(part, language) for part in value]
    if isinstance(value, tuple | Iterator):
        return tuple(spoken(part, language) for part in value)
    return value

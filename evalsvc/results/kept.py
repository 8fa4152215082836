"""Frozen values as bytes and back: for what takes long to compute and is read again and again.

Written by the types' own names and fields, so a value of a program whose types have changed since
is not read as something else: it raises `UnreadableError`, and whoever asks computes it anew.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

import numpy as np

Kept = TypeVar("Kept")


class UnreadableError(ValueError):
    """The bytes are not of the types that are asked for, as they are now."""


def keep(value: object) -> bytes:
    """A dataclass of dataclasses, tuples, mappings, arrays, fractions and plain values."""
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode())


def read_kept(kind: type[Kept], content: bytes) -> Kept:
    """The value that `keep` wrote."""
    try:
        found = _value(json.loads(zlib.decompress(content)), _list_kinds(kind))
    except (zlib.error, KeyError, TypeError, ValueError) as error:
        raise UnreadableError(str(error)) from error
    if not isinstance(found, kind):
        raise UnreadableError(type(found).__name__)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        parts = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"of": type(value).__name__, "with": parts}
    if isinstance(value, np.ndarray):
        # As bytes: a matrix of 3,000 raters by 250 units, and every figure to its last bit.
        content = b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"array": value.dtype.str, "shape": value.shape, "bytes": content}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    if isinstance(value, Mapping):
        return {"pairs": [[_plain(key), _plain(each)] for key, each in value.items()]}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"no way to keep {type(value).__name__}")


def _value(plain: Any, kinds: Mapping[str, type[Any]]) -> Any:
    if isinstance(plain, list):
        return tuple(_value(each, kinds) for each in plain)
    if not isinstance(plain, dict):
        return plain
    if "of" in plain:
        return kinds[plain["of"]](
            **{name: _value(part, kinds) for name, part in plain["with"].items()}
        )
    if "array" in plain:
        content = b64decode(plain["bytes"], validate=True)
        return np.frombuffer(content, dtype=plain["array"]).reshape(plain["shape"])
    if "fraction" in plain:
        return Fraction(plain["fraction"])
    return {_value(key, kinds): _value(each, kinds) for key, each in plain["pairs"]}


def _list_kinds(kind: type[Any]) -> Mapping[str, type[Any]]:
    """All dataclasses that a value can hold, by name."""
    found: dict[str, type[Any]] = {}
    open_kinds = [kind]
    while open_kinds:
        each = open_kinds.pop()
        if found.setdefault(each.__name__, each) is not each:
            raise TypeError(f"two types are called {each.__name__}")
        for hint in get_type_hints(each).values():
            open_kinds += [inner for inner in _list_inside(hint) if inner not in found.values()]
    return found


def _list_inside(hint: Any) -> Iterator[Any]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    elif isinstance(hint, UnionType) or get_args(hint):
        for each in get_args(hint):
            yield from _list_inside(each)

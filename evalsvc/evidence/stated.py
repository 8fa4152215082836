"""The result that a package states, from `result.json` or a worked case's `expected.json`."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from analysis.score.facts import Unit
from evalsvc.evidence.model import Stated
from evalsvc.evidence.sheets import NUMBER, Sheets
from evalsvc.text import Text

RESERVED = ("published", "rank", "grade", "plain", "plain_rank")
TOLERANCE = Fraction(1, 10**9)


def read_stated(
    sheets: Sheets, units: tuple[Unit, ...]
) -> tuple[Mapping[str, Stated] | None, Fraction]:
    """What the package says each unit's result is, and how close a recomputation must come."""
    if "result.json" in sheets.files:
        found = _load(sheets, "result.json")
        return _stated(sheets, "result.json", found, units), TOLERANCE
    if "expected.json" not in sheets.files:
        return None, TOLERANCE
    found = _load(sheets, "expected.json")
    if not isinstance(found, dict) or "expected" not in found:
        sheets.report_file(
            "expected.json", Text("应有名为 expected 的内容", "expected the key “expected”")
        )
        return None, TOLERANCE
    tolerance = found.get("tolerance", Decimal("1e-9"))
    if not isinstance(tolerance, Decimal) or not 0 <= tolerance <= 1:
        sheets.report_file(
            "expected.json",
            Text("tolerance 应为 0 到 1 的数", "expected a tolerance from 0 to 1"),
            str(tolerance),
        )
        return None, TOLERANCE
    stated = _stated(sheets, "expected.json", found["expected"], units)
    return stated, Fraction(tolerance)


def _load(sheets: Sheets, file: str) -> object:
    text = sheets.text(file)
    if text is None:
        return {}
    # As decimals: a float would not be what stands there.
    try:
        return json.loads(
            text,
            parse_float=_decimal,
            parse_int=_decimal,
            parse_constant=str,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as error:
        sheets.report_file(
            file, Text("应为正确的 JSON", "expected correct JSON"), error.msg, error.lineno
        )
    except (RecursionError, ValueError):
        sheets.report_file(file, Text("应为正确的 JSON", "expected correct JSON"))
    return {}


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names differ: a reader that took the first of two would see another one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _decimal(text: str) -> Decimal:
    # Long before it is a number.
    if len(text) > 40:
        raise ValueError(text[:40])
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # an exponent beyond all
        raise ValueError(text) from error
    exponent = number.as_tuple().exponent
    # An exponent is short and its number is not.
    if not isinstance(exponent, int) or not -40 <= exponent <= 20:
        raise ValueError(text)
    return number


def _stated(
    sheets: Sheets, file: str, found: object, units: tuple[Unit, ...]
) -> dict[str, Stated] | None:
    if not isinstance(found, dict):
        sheets.report_file(file, Text("应为“单位: 各项得分”", "expected units with their figures"))
        return None
    codes = {unit.code for unit in units}
    stated = {}
    for unit, figures in found.items():
        if unit not in codes:
            sheets.report_file(
                file, Text("units.csv 里没有这个单位", "units.csv has no such unit"), unit
            )
        elif not isinstance(figures, dict):
            sheets.report_file(file, Text("应为各项得分", "expected figures by node"), unit)
        else:
            stated[unit] = _figures(sheets, file, unit, figures)
    return stated


def _figures(sheets: Sheets, file: str, unit: str, figures: Mapping[str, object]) -> Stated:
    nodes: dict[str, Fraction | None] = {}
    published, rank, grade = None, None, None
    plain, plain_rank = None, None
    for node, value in figures.items():
        if node == "published" and (value is None or _is_number_text(value)):
            published = value if isinstance(value, str) else None
        elif node == "rank" and (value is None or _is_place(value)):
            rank = int(value) if isinstance(value, Decimal) else None
        elif node == "grade" and isinstance(value, str | None):
            grade = value
        elif node == "plain" and (value is None or _is_number_text(value)):
            plain = value if isinstance(value, str) else None
        elif node == "plain_rank" and (value is None or _is_place(value)):
            plain_rank = int(value) if isinstance(value, Decimal) else None
        elif node not in RESERVED and isinstance(value, Decimal | None):
            nodes[node] = None if value is None else Fraction(value)
        else:
            sheets.report_file(
                file,
                Text(
                    f"{unit} {node} 应为数字或 null（published 和 grade 为文字，rank 为整数）",
                    f"{unit} {node}: expected a number or null (published and grade texts, rank "
                    "whole)",
                ),
                str(value),
            )
    # By the name: a unit without a grade and a package without grades are two things.
    return Stated(
        nodes, published, rank, grade, "grade" in figures, plain, plain_rank, "plain" in figures
    )


def _is_number_text(value: object) -> bool:
    return isinstance(value, str) and NUMBER.fullmatch(value) is not None


def _is_place(value: object) -> bool:
    return isinstance(value, Decimal) and value >= 1 and value == int(value)

"""Key sheets: a page for each custodian's envelope, with every wrapped key they take part in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evalsvc.box.keys import WrappedKey
from evalsvc.qr import render_qr
from evalsvc.reports.documents.filling import Document, render_document


@dataclass(frozen=True)
class SheetKey:
    """One wrapped key as it is printed: for reading by eye, and as a QR code."""

    holders: tuple[str, ...]
    lines: tuple[str, ...]
    qr: Markup


@dataclass(frozen=True)
class KeySheet:
    """One custodian's page."""

    holder: str
    keys: tuple[SheetKey, ...]


def render_key_sheets(
    public: bytes,
    wrapped: Sequence[WrappedKey],
    holders: Sequence[str],
    language: str = "zh",
    *,
    rounds: Mapping[str, str] | None = None,
) -> bytes:
    """Three pages as PDF; a sheet alone opens nothing: it takes two pass-phrases as well."""
    sheets = tuple(
        KeySheet(name, tuple(_build_key(key) for key in wrapped if name in key.holders))
        for name in holders
    )
    values = {"sheets": sheets, "public": public.hex(), "rounds": rounds or {}}
    return render_document(Document("reports/key_sheets.html", values), language)


def _build_key(key: WrappedKey) -> SheetKey:
    # Short enough for one QR code that a telephone reads.
    text = json.dumps(json.loads(key.to_json()), ensure_ascii=False, separators=(",", ":"))
    return SheetKey(key.holders, tuple(key.to_json().splitlines()), render_qr(text))

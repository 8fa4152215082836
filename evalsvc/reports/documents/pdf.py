"""The one place that makes PDFs; nothing outside the markup itself is ever fetched."""

import io
import logging
import re
import sys
from collections.abc import Sequence
from typing import Any

import pikepdf
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from evalsvc.printable import name_character, replace_unprintable

_LOG = logging.getLogger(__name__)
_REFERENCE = re.compile(r"&#([0-9]{1,7}|[xX][0-9a-fA-F]{1,6});?")
_ASCII_BELOW = 128


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
    """Reads `data:` URIs only. Anything else stops the document, for no template of ours asks."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if not url.lower().startswith("data:"):
            raise FatalURLFetchingError(f"a document asked for {url}; expected data: only")
        return super().fetch(url, headers)


def render_pdf(markup: str) -> bytes:
    """An HTML document as PDF. Raises ValueError where it refers to anything outside itself.

    A character that no font here draws stands as its number, as in [U+9FFF]: a box would be drawn
    for it, and in the document's text it would become the first other one that is lacking.
    """
    printable, lacking = replace_unprintable(_REFERENCE.sub(_resolve, markup))
    if lacking:
        # For the operator; whose name it is, no log needs to know.
        _LOG.warning("no font for %s", " ".join(map(name_character, lacking)))
    try:
        pdf: bytes = HTML(string=printable, url_fetcher=ClosedFetcher()).write_pdf()
    except FatalURLFetchingError as refused:
        raise ValueError(str(refused)) from refused
    return pdf


def _resolve(reference: re.Match[str]) -> str:
    """A character that is written by its number; those of markup stay as they are."""
    number = int(reference[1][1:], 16) if reference[1][0] in "xX" else int(reference[1])
    return chr(number) if _ASCII_BELOW <= number <= sys.maxunicode else reference[0]


def join_pdfs(parts: Sequence[bytes]) -> bytes:
    """Several PDFs after one another."""
    if len(parts) == 1:
        return parts[0]
    joined = pikepdf.new()
    for part in parts:
        with pikepdf.open(io.BytesIO(part)) as opened:
            joined.pages.extend(opened.pages)
    out = io.BytesIO()
    joined.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()

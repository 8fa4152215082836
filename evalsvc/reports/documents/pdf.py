"""The one place that makes PDFs; nothing outside the markup itself is ever fetched."""

import io
from collections.abc import Sequence
from typing import Any

import pikepdf
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
    """Reads `data:` URIs only. Anything else stops the document, for no template of ours asks."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if not url.lower().startswith("data:"):
            raise FatalURLFetchingError(f"a document asked for {url}; expected data: only")
        return super().fetch(url, headers)


def render_pdf(markup: str) -> bytes:
    """An HTML document as PDF. Raises ValueError where it refers to anything outside itself."""
    try:
        pdf: bytes = HTML(string=markup, url_fetcher=ClosedFetcher()).write_pdf()
    except FatalURLFetchingError as refused:
        raise ValueError(str(refused)) from refused
    return pdf


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

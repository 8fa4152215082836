"""The PDF maker reads nothing but what the markup itself holds."""

from pathlib import Path

import pytest

from evalsvc.reports.documents.pdf import join_pdfs, render_pdf
from tests.reports.reading import list_texts

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@pytest.mark.parametrize(
    "asking",
    [
        "<img src='file:///etc/passwd'>",
        "<img src='http://127.0.0.1:9/x.png'>",
        "<img src='ftp://127.0.0.1/x.png'>",
        "<link rel=stylesheet href='https://127.0.0.1:9/x.css'>",
        "<link rel=attachment href='file:///etc/passwd'>",
        "<style>@import url(file:///etc/passwd);</style>",
        "<style>@font-face { font-family: x; src: url(file:///etc/passwd) } p { font-family: x }"
        "</style><p>x</p>",
        "<style>p { background: url(file:///etc/passwd) }</style><p>x</p>",
    ],
)
def test_nothing_outside_is_fetched(asking: str):
    with pytest.raises(ValueError, match="expected data: only"):
        render_pdf(asking)


def test_what_the_markup_carries_itself_is_used():
    assert render_pdf(f"<img src='{PIXEL}'>").startswith(b"%PDF-")


def test_joined_in_order(tmp_path: Path):
    parts = [render_pdf(f"<p>{word}</p>") for word in ("one", "two", "three")]
    assert list_texts(join_pdfs(parts), tmp_path) == ["one", "two", "three"]

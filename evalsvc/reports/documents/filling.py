"""Documents as a template and what fills it, made one by one or several at a time."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context

from evalsvc.reports.documents.pdf import render_pdf
from evalsvc.reports.markup import render_markup

PROCESSES = 2


@dataclass(frozen=True)
class Document:
    """A template and its values, which must be plain enough to be sent to another process.

    Texts among them are said in a language when the document is rendered.
    """

    template: str
    values: Mapping[str, object]


def render_document(document: Document, language: str) -> bytes:
    """One document as PDF."""
    return render_pdf(render_markup(document.template, language, **document.values))


def render_documents(documents: Sequence[Document], language: str) -> Iterator[bytes]:
    """Each document as PDF, in order; several are made in two processes side by side."""
    if len(documents) < PROCESSES:
        yield from (render_document(each, language) for each in documents)
        return
    # Spawned, not forked: the caller may hold database connections and threads.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        yield from pool.map(render_document, documents, repeat(language))

"""Prints cards in batches over several processes, for letters and labels alike."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from markupsafe import Markup

from evalsvc.box.tokens import format_token
from evalsvc.reports.content import Card, LetterText
from evalsvc.reports.markup import render_markup
from evalsvc.reports.pdf import join_pdfs, render_pdf
from evalsvc.reports.qr import render_qr

PROCESSES = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Printed:
    """What a letter or label shows of one card."""

    group: str
    identity: str
    addressee: str
    code: str = field(repr=False)  # a token never reaches a log by way of repr
    qr: Markup = field(repr=False)


def render_batches(
    template: str, size: int, cards: Sequence[Card], letter: LetterText, progress: Progress
) -> bytes:
    """One PDF in the order of the cards, made in documents of `size` cards each.

    A document's time and memory per page are flat up to some 250 pages and grow beyond, so a
    thousand letters in one document would take twice as long and twice the memory.
    """
    batches = [cards[start : start + size] for start in range(0, len(cards), size)]
    done = 0
    parts = []
    for part, batch in zip(_render_all(template, batches, letter), batches, strict=True):
        parts.append(part)
        done += len(batch)
        progress(done, len(cards))
    return join_pdfs(parts)


def build_link(public_url: str, token: str) -> str:
    """What the QR code says: the token stands after `#`, so no server ever logs it."""
    return f"{public_url}/r#{token}"


def _render_all(
    template: str, batches: Sequence[Sequence[Card]], letter: LetterText
) -> Iterator[bytes]:
    jobs = [(template, tuple(_build_printed(c, letter) for c in batch), letter) for batch in batches]
    if len(jobs) == 1:
        yield _render_batch(*jobs[0])
        return
    # Spawned, not forked: the caller may hold database connections and threads.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_render_batch, *zip(*jobs, strict=True))


def _build_printed(card: Card, letter: LetterText) -> Printed:
    group = letter.groups[card.group]
    return Printed(
        group=group.name.in_language(letter.language),
        identity=group.identity,
        addressee=card.addressee,
        code=format_token(card.token),
        qr=render_qr(build_link(letter.public_url, card.token)),
    )


def _render_batch(template: str, cards: tuple[Printed, ...], letter: LetterText) -> bytes:
    return render_pdf(render_markup(template, letter.language, cards=cards, letter=letter))

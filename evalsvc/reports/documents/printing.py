"""Prints cards in batches, for letters and labels alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from evalsvc.box.cards import Card
from evalsvc.box.tokens import format_token
from evalsvc.qr import render_qr
from evalsvc.reports.content import LetterText
from evalsvc.reports.documents.filling import Document, render_documents
from evalsvc.reports.documents.pdf import join_pdfs
from evalsvc.text import Text

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Printed:
    """What a letter or label shows of one card."""

    group: Text
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
    Raises `ValueError` for no cards at all.
    """
    if not cards:
        raise ValueError("expected at least one card to print")
    batches = [
        Document(
            template,
            {
                "cards": tuple(
                    _build_printed(card, letter) for card in cards[start : start + size]
                ),
                "letter": letter,
            },
        )
        for start in range(0, len(cards), size)
    ]
    parts = []
    for part in render_documents(batches, letter.language):
        parts.append(part)
        progress(min(len(parts) * size, len(cards)), len(cards))
    return join_pdfs(parts)


def build_link(public_url: str, token: str) -> str:
    """What the QR code says: the token stands after `#`, so no server ever logs it."""
    return f"{public_url}/r#{token}"


def _build_printed(card: Card, letter: LetterText) -> Printed:
    group = letter.groups[card.group]
    return Printed(
        group=group.name,
        identity=group.identity,
        addressee=card.addressee,
        code=format_token(card.token),
        qr=render_qr(build_link(letter.public_url, card.token)),
    )

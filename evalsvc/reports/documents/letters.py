"""Letters: one A4 page for each rater, with the code that lets them answer once."""

from collections.abc import Sequence

from evalsvc.box.cards import Card
from evalsvc.reports.content import LetterText
from evalsvc.reports.documents.printing import Progress, render_batches

BATCH = 100


def render_letters(
    cards: Sequence[Card],
    letter: LetterText,
    progress: Progress = lambda done, total: None,  # noqa: ARG005  # hears nothing
) -> bytes:
    """All letters as one PDF in the order of the cards; `progress` hears of each batch."""
    return render_batches("reports/letters.html", BATCH, cards, letter, progress)

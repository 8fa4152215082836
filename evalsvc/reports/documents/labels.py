"""Label sheets: 24 cards on A4, three across and eight down, 70 × 37 mm each."""

from collections.abc import Sequence

from evalsvc.box.cards import Card
from evalsvc.reports.content import LetterText
from evalsvc.reports.documents.printing import Progress, render_batches

ON_A_SHEET = 24
BATCH = 10 * ON_A_SHEET


def render_labels(
    cards: Sequence[Card],
    letter: LetterText,
    progress: Progress = lambda done, total: None,  # noqa: ARG005  # hears nothing
) -> bytes:
    """All labels as one PDF in the order of the cards; `progress` hears of each batch."""
    return render_batches("reports/labels.html", BATCH, cards, letter, progress)

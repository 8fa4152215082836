"""What the office's templates may use besides what their route hands them."""

from fractions import Fraction

from flask import g

from analysis.panel import small_cells
from evalsvc.admin.door import words
from evalsvc.admin.door.access import door, may
from evalsvc.extensions import current_service
from evalsvc.language import show_figure
from evalsvc.reports.words.explain import show_percent
from evalsvc.reports.words.remarks import void_reason


@door.context_processor
def offer_words() -> dict[str, object]:
    return {
        "words": words,
        "may": may,
        "password_alone": not current_service().settings.second_factor,
        "percent": show_percent,
        "rate": _show_rate,
        "thresholds": lambda: small_cells.THRESHOLDS,
        "reason": lambda code: void_reason(code, g.language),
    }


def _show_rate(share: Fraction | None) -> str:
    """A share to one decimal, so that the points of a column stand under each other."""
    return "—" if share is None else f"{show_figure(share * 100, 1)}%"

"""What the office's templates may use besides what their route hands them."""

from fractions import Fraction

from flask import g

from evalsvc.admin.door import words
from evalsvc.admin.door.access import door, may
from evalsvc.extensions import current_service
from evalsvc.figures import show_figure
from evalsvc.language import translate
from evalsvc.releases import VERSION
from evalsvc.reports.words.explain import show_percent
from evalsvc.reports.words.remarks import void_reason
from evalsvc.scheme.model import Scheme


@door.context_processor
def offer_words() -> dict[str, object]:
    return {
        "words": words,
        "program": VERSION,
        "may": may,
        "password_alone": not current_service().settings.second_factor,
        "percent": show_percent,
        "rate": _show_rate,
        "any_least": _say_any_least,
        "reason": void_reason,
    }


def _say_any_least(scheme: Scheme, name: str) -> str:
    """A sealed number, for a page about all rounds: each, where rounds have sealed another."""
    numbers = sorted({getattr(one.thresholds, name) for one in scheme.rounds})
    return translate("或", g.language).join(map(str, numbers))


def _show_rate(share: Fraction | None) -> str:
    """A share to one decimal, so that the points of a column stand under each other."""
    return "—" if share is None else f"{show_figure(share * 100, 1)}%"

"""What the office's templates may use besides what their route hands them."""

from flask import g

from evalsvc.admin import words
from evalsvc.admin.access import door, may
from evalsvc.reports.explain import show_percent
from evalsvc.reports.remarks import void_reason


@door.context_processor
def offer_words() -> dict[str, object]:
    return {
        "words": words,
        "may": may,
        "percent": show_percent,
        "reason": lambda code: void_reason(code, g.language),
    }

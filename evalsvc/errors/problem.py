"""A problem and its kind: what went wrong, and what the person can do about it."""

from dataclasses import dataclass

from evalsvc.text import Text


@dataclass(frozen=True)
class Kind:
    """One kind of problem, with its HTTP status and its sentence."""

    code: str
    status: int
    text: Text

    def because(self, reason: Text) -> "Problem":
        """A problem of a kind whose sentence leaves room for its reason."""
        return Problem(self, reason=reason)


class Problem(Exception):  # noqa: N818 (not every problem is an error of ours)
    """Raised where a problem is known; turned into a page once, in `app.py`."""

    def __init__(self, kind: Kind, **figures: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.figures = figures

    def __str__(self) -> str:
        return self.text.en

    @property
    def text(self) -> Text:
        """The sentence, with its figures."""
        return self.kind.text.filled(**self.figures)

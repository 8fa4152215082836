"""The mistakes of a scheme's file as they are gathered: one fault is told once, with its cause."""

from collections.abc import Mapping, Sequence

from evalsvc.scheme.file.errors import SchemeError, SchemeErrors
from evalsvc.scheme.file.limits import MOST_MISTAKES
from evalsvc.scheme.file.slips import MEANT, find_near
from evalsvc.scheme.file.source import Field
from evalsvc.text import NOTHING, Text

LONGEST_SHOWN = 60


class Mistakes:
    """All mistakes so far, and what of the file they leave unread."""

    def __init__(self) -> None:
        self.errors: list[SchemeError] = []
        self.meant: set[str] = set()
        """Names that were probably meant where a misspelt one stands: they are in use."""
        self.skipped = False
        """Whether something could not be read that may use any name below it."""
        self.unread: list[str] = []
        """Fields that hold another value than they should: what follows from them is unknown."""

    def report(self, field: Field, text: Text, found: str | None = None) -> None:
        """Note a mistake; raises `SchemeErrors` with those found when there are enough of them."""
        # A value that is wrong in one way need not be told to be wrong in others as well.
        if not isinstance(field.content, Mapping) and self._is_told(field):
            return
        shown = (field.shown() if found is None else found)[:LONGEST_SHOWN]
        error = SchemeError(field.line, field.column, field.path, shown, text)
        if error not in self.errors:
            self.errors.append(error)
        if len(self.errors) >= MOST_MISTAKES:
            raise SchemeErrors(tuple(self.errors), more=True)

    def report_unused(self, field: Field, text: Text, name: str) -> None:
        """Note that nothing uses a name, unless another mistake is the reason."""
        if not self.skipped and name not in self.meant:
            self.report(field, text, found=name)

    def report_following(self, field: Field, text: Text) -> None:
        """Note what is wrong with all of a field together, unless something in it is wrong."""
        below = (f"{field.path}.", f"{field.path}[")
        if not any(e.field == field.path or e.field.startswith(below) for e in self.errors):
            self.report(field, text)

    def is_unread_beside(self, field: Field) -> bool:
        """Whether a value in a field, or in one beside it, could not be read."""
        above = field.path.rpartition(".")[0]
        return any(
            path.startswith(f"{field.path}.") or path.rpartition(".")[0] == above
            for path in self.unread
        )

    def suggest(self, text: str, names: Sequence[str]) -> Text:
        """The name that was probably meant, as the end of a sentence; else nothing."""
        near = find_near(text, names)
        self.meant.update(near)
        return MEANT.filled(name=near[0]) if near else NOTHING

    def _is_told(self, field: Field) -> bool:
        place = (field.line, field.column, field.path)
        return any((e.line, e.column, e.field) == place for e in self.errors)

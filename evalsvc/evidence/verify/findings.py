"""What a check found, in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from evalsvc.text import COLON, NOTHING, Text, same

MOST_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One check's outcome: passed where nothing is wrong; `skipped` says why it was not made."""

    check: str
    name: Text
    wrong: tuple[Text, ...] = ()
    skipped: Text | None = None

    @property
    def passed(self) -> bool:
        return not self.wrong


@dataclass(frozen=True)
class Verdict:
    """All findings, and what to compare by eye: the signing key and the hash of the package."""

    findings: tuple[Finding, ...]
    key: str
    notes: tuple[Text, ...] = ()

    @property
    def passed(self) -> bool:
        return all(finding.passed for finding in self.findings)

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the checks that failed."""
        return tuple(one.check for one in self.findings if not one.passed)


class Malformed(ValueError):  # noqa: N818  # told as what it is
    """A file that is not what the service writes: which, where, and what was expected."""

    def __init__(self, file: str, line: int, text: Text) -> None:
        place = Text(" 第%(n)s行", ", line %(n)s").filled(n=line) if line else NOTHING
        self.text = same(file) + place + COLON + text
        super().__init__(self.text.en)


def shorten(wrong: Iterable[Text]) -> tuple[Text, ...]:
    """The first few, and how many more there are."""
    listed = list(wrong)
    more = len(listed) - MOST_SHOWN
    if more <= 0:
        return tuple(listed)
    return (*listed[:MOST_SHOWN], Text(f"另有 {more} 处", f"and {more} more"))

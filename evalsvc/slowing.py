"""Slows whoever keeps failing, and never locks anybody out; each process counts for itself.

With two workers an attacker gets at most twice the tries. Nothing is written anywhere.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

# Beyond these many names the ones that failed longest ago are forgotten.
MOST_KEPT = 10_000


@dataclass(frozen=True)
class _Failures:
    number: int
    last: float


@dataclass
class Slowing:
    """Waits that double with every failure beyond the free ones, up to a longest wait.

    Tries made while waiting are refused without being counted, so they make no wait longer.
    """

    free: int
    longest_s: float
    forgotten_after_s: float
    _kept: OrderedDict[tuple[str, ...], _Failures] = field(default_factory=OrderedDict)

    def get_wait(self, name: tuple[str, ...], at: float) -> float:
        """Seconds until this name may try again; 0 where it may now."""
        kept = self._find(name, at)
        if kept is None or kept.number <= self.free:
            return 0.0
        wait = min(self.longest_s, 2.0 ** min(kept.number - self.free - 1, 30))
        return max(0.0, kept.last + wait - at)

    def note_failure(self, name: tuple[str, ...], at: float) -> None:
        """One more failure of this name."""
        kept = self._find(name, at)
        self._kept[name] = _Failures(kept.number + 1 if kept else 1, at)
        self._kept.move_to_end(name)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def forget(self, name: tuple[str, ...]) -> None:
        """This name has succeeded."""
        self._kept.pop(name, None)

    def _find(self, name: tuple[str, ...], at: float) -> _Failures | None:
        kept = self._kept.get(name)
        return kept if kept and at - kept.last < self.forgotten_after_s else None

"""Names and figures as documents and pages word them, in one scheme and one language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from evalsvc.language import show_figure, translate
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text


def show_short(value: Fraction | None, places: int = 4) -> str:
    """A figure without needless zeros: exact where it is a short decimal."""
    text = show_figure(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_float(value: float | None, places: int = 2) -> str:
    """A reference figure to some places; a missing one is a dash, a rounded 0 has no sign."""
    if value is None:
        return "—"
    text = show_figure(Fraction(value), places)
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")


def show_percent(share: Fraction | None) -> str:
    """A share as a percentage without needless zeros."""
    return "—" if share is None else f"{show_short(share * 100, 2)}%"


def node_name(scheme: Scheme, code: str, language: str = "zh") -> str:
    """What people call a figure; its code where the scheme gives no name."""
    return scheme.node_names.get(code, Text(code, code)).in_language(language)


@dataclass(frozen=True)
class Speaker:
    """Speaks about one scheme in one language. A code that the scheme lacks is said as it is."""

    scheme: Scheme
    language: str

    def say(self, text: str, **figures: object) -> str:
        return translate(text, self.language, **figures)

    def node(self, code: str) -> str:
        return node_name(self.scheme, code, self.language)

    def nodes(self, codes: Iterable[str]) -> str:
        return self._listed(self.node(code) for code in codes)

    def round(self, code: str) -> str:
        return self._named(code, {each.code: each.name for each in self.scheme.rounds})

    def category(self, code: str) -> str:
        found = next(each for each in self.scheme.categories if each.code == code)
        return found.name.in_language(self.language)

    def adjustment(self, code: str) -> str:
        return self._named(code, {each.code: each.name for each in self.scheme.adjustments})

    def adjustments(self, codes: Iterable[str]) -> str:
        return self._listed(self.adjustment(code) for code in codes)

    def stratum(self, code: str) -> str:
        """A stratum's name; strata that were counted together are written `one+another`."""
        names = {each.code: each.name for group in self.scheme.groups for each in group.strata}
        return self._listed(self._named(part, names) for part in code.split("+"))

    def _named(self, code: str, names: Mapping[str, Text]) -> str:
        return names.get(code, Text(code, code)).in_language(self.language)

    def _listed(self, names: Iterable[str]) -> str:
        return self.say("、").join(names)

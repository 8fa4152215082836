"""A sentence or a name in both languages: the ground floor of everything that people read.

Below the doors every sentence is such a value; it is said in a language once, at the outer edge.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A text in both languages; Chinese is what counts. Figures stand in it as `%(name)s`."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def filled(self, **figures: object) -> "Text":
        """With figures put in by name; one that is a text itself is said in both languages."""
        return Text(
            self.zh % {name: say(figure, "zh") for name, figure in figures.items()},
            self.en % {name: say(figure, "en") for name, figure in figures.items()},
        )

    def join(self, parts: "Iterable[Text | str]") -> "Text":
        """The parts with this between them, as `str.join` does it."""
        listed = tuple(parts)
        return Text(
            self.zh.join(str(say(part, "zh")) for part in listed),
            self.en.join(str(say(part, "en")) for part in listed),
        )

    def changed(self, change: Callable[[str], str]) -> "Text":
        """The same done to both languages, such as cutting to a length."""
        return Text(change(self.zh), change(self.en))

    def __add__(self, other: "Text") -> "Text":
        return Text(self.zh + other.zh, self.en + other.en)

    def __bool__(self) -> bool:
        return bool(self.zh)

    def __str__(self) -> str:
        # Whoever forgot to say it in a language would print a repr on somebody's page.
        raise TypeError("a text has no language of its own; say it with in_language")


def same(word: object) -> Text:
    """What is the same in both languages: a name as entered, a figure, a formula."""
    return Text(str(word), str(word))


def say(value: object, language: str) -> object:
    """A text in a language; anything else as it is."""
    return value.in_language(language) if isinstance(value, Text) else value


NOTHING = Text("", "")
AND = Text("、", ", ")
COMMA = Text("，", ", ")
SEMICOLON = Text("；", "; ")
COLON = Text("：", ": ")
STOP = Text("。", ".")

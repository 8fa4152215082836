"""A sentence or a name in both languages: the ground floor of everything that people read.

Below the doors every sentence is such a value; it is said in a language once, at the outer edge.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from evalsvc.nouns import call_persons


class OfPersons(str):
    """A language in which sentences speak of persons and not of units, as some schemes do.

    It is carried wherever a language is, and is that language to whoever does not ask.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Text:
    """A text in both languages; Chinese is what counts. Figures stand in it as `%(name)s`.

    `persons` is what it says where persons are evaluated, once other words than ours are in it:
    those are never changed. Until then that follows from the sentence itself.
    """

    zh: str
    en: str
    persons: tuple[str, str] | None = field(default=None, repr=False, compare=False)

    def in_language(self, language: str) -> str:
        if language.__class__ is OfPersons:
            return self.of_persons[language == "en"]
        return self.en if language == "en" else self.zh

    @property
    def of_persons(self) -> tuple[str, str]:
        """What it says where persons are evaluated, in Chinese and in English."""
        return self.persons or (call_persons(self.zh), call_persons(self.en))

    @property
    def spellings(self) -> frozenset[str]:
        """All ways in which it may stand in a workbook that was downloaded here."""
        return frozenset({self.zh, self.en, *self.of_persons})

    def filled(self, **figures: object) -> "Text":
        """With figures put in by name; one that is a text itself is said in both languages."""
        zh, en = self.of_persons
        return Text(
            self.zh % {name: say(figure, "zh") for name, figure in figures.items()},
            self.en % {name: say(figure, "en") for name, figure in figures.items()},
            (
                zh % {name: say(figure, _ZH) for name, figure in figures.items()},
                en % {name: say(figure, _EN) for name, figure in figures.items()},
            ),
        )

    def join(self, parts: "Iterable[Text | str]") -> "Text":
        """The parts with this between them, as `str.join` does it."""
        listed = tuple(parts)
        zh, en = self.of_persons
        return Text(
            self.zh.join(str(say(part, "zh")) for part in listed),
            self.en.join(str(say(part, "en")) for part in listed),
            (
                zh.join(str(say(part, _ZH)) for part in listed),
                en.join(str(say(part, _EN)) for part in listed),
            ),
        )

    def changed(self, change: Callable[[str], str]) -> "Text":
        """The same done to both languages, such as cutting to a length."""
        zh, en = self.of_persons
        return Text(change(self.zh), change(self.en), (change(zh), change(en)))

    def __add__(self, other: "Text") -> "Text":
        mine, others = self.of_persons, other.of_persons
        said = (mine[0] + others[0], mine[1] + others[1])
        return Text(self.zh + other.zh, self.en + other.en, said)

    def __bool__(self) -> bool:
        return bool(self.zh)

    def __str__(self) -> str:
        # Whoever forgot to say it in a language would print a repr on somebody's page.
        raise TypeError("a text has no language of its own; say it with in_language")


def same(word: object) -> Text:
    """What is the same in both languages: a name as entered, a figure, a formula."""
    return quoted(str(word), str(word))


def quoted(zh: str, en: str) -> Text:
    """What others have written in both languages, such as a scheme: it stays as it is."""
    return Text(zh, en, (zh, en))


def speak_of(evaluates: str, language: str) -> str:
    """The language in which a page or document speaks of what its scheme evaluates."""
    return OfPersons(language) if evaluates == "persons" else language


def say(value: object, language: str) -> object:
    """A text in a language; anything else as it is."""
    return value.in_language(language) if isinstance(value, Text) else value


_ZH, _EN = OfPersons("zh"), OfPersons("en")

NOTHING = Text("", "")
AND = Text("、", ", ")
COMMA = Text("，", ", ")
SEMICOLON = Text("；", "; ")
COLON = Text("：", ": ")
STOP = Text("。", ".")

"""A sentence or a name in both languages: the ground floor of everything that people read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A text in both languages; Chinese is what counts."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh

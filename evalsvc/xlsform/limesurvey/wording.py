"""Words as LimeSurvey keeps them, in HTML and in many languages, as plain words in two."""

import re
from collections.abc import Mapping, Sequence
from html import unescape

from evalsvc.workbooks.cells import clean
from evalsvc.xlsform.layouts import EN, ZH

# Words by language.
Words = Mapping[str, str]

# In one pass: the library's parser takes the square of a hostile text's length.
_TAG = re.compile(r"(<[!/]?[A-Za-z-][^<>]*>)")
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_UNSEEN = frozenset(("script", "style", "head", "title"))
_SHOWN_THINGS = frozenset(("img", "audio", "video", "iframe", "object", "embed", "table", "a"))
_WITHIN_A_LINE = frozenset(("b", "i", "u", "em", "strong", "span", "font", "sub", "sup", "a"))


def strip_html(text: str) -> str:
    """The words alone, without what no reader sees."""
    parts, unseen = [], ""
    for number, part in enumerate(_TAG.split(text)):
        name = _name_tag(part) if number % 2 else ""
        if unseen:
            unseen = "" if name == unseen and part.startswith("</") else unseen
        elif name in _UNSEEN:
            unseen = name
        elif not number % 2:
            parts.append(part)
        elif name not in _WITHIN_A_LINE:
            parts.append(" ")
    return clean(unescape("".join(parts)))


def loses_something(text: str) -> bool:
    """Whether more than the looks of the words is lost without the HTML."""
    return any(_name_tag(tag) in _SHOWN_THINGS | _UNSEEN for tag in _TAG.findall(text))


def _name_tag(tag: str) -> str:
    found = _NAME.match(tag)
    return found[1].lower() if found else ""


class Languages:
    """Which of a survey's languages stand for ours; without any of them its first is for both."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.zh = next((each for each in languages if each.lower().startswith("zh")), "")
        self.en = next((each for each in languages if each.lower().startswith("en")), "")
        base = languages[0] if languages else ""
        self._columns = {self.zh: ZH, self.en: EN} if self.zh or self.en else {base: ""}
        self.unread = [each for each in languages if each not in self._columns]

    def pick(self, words: Words, column: str = "label") -> dict[str, str]:
        """The columns of a row in which these words stand."""
        return {
            f"{column}::{name}" if name else column: strip_html(words.get(language, ""))
            for language, name in self._columns.items()
            if language or not name
        }

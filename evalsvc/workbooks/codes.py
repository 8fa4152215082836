"""How a code is recognised: in any width and capitals, in quotes or brackets, with its label."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from evalsvc.text import AND, Text, same
from evalsvc.workbooks.cells import build_key, clean
from evalsvc.workbooks.written import fold_width

# Two of three characters: 教育局 finds 县教育体育局, and 财政局 does not find 教育局.
_ALIKE = 0.6
_LONGEST_GUESSED = 60
_CODE = re.compile(r"[\w.\-]+")
_NAMED_OPTIONS = 12
# Opening ones above the closing ones.
_OPENING = "“‘„\"'`「『《〈(（[［【〔{<"
_CLOSING = "”’“\"'`」』》〉)）]］】〕}>"
_PAIRS = frozenset(zip(_OPENING, _CLOSING, strict=True))
# An apostrophe in front is how a spreadsheet is told that something is text.
_APOSTROPHES = "'’‘`"
_BETWEEN = re.compile(r"[\s:：、,，;；/|·—–_\-]+")
_INSIDE = re.compile(r"(.+?)[(（\[［【〔](.+)[)）\]］】〕]|[(（\[［【〔](.+?)[)）\]］】〕](.+)")
_MOST_SPLITS = 12


@dataclass(frozen=True)
class Options:
    """What a cell may say: names by code, and codes by every spelling of code or name."""

    names: Mapping[str, Text]
    codes: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """The code of an option written as code or name, or as both where they agree."""
        for spelling in (text, unwrap(text)):
            if found := self._find_plain(spelling):
                return found
        agreed = {
            code
            for pair in _split(text)
            for one, other in (pair, pair[::-1])
            if (code := self._find_plain(one)) and self._is_name_of(code, other)
        }
        return agreed.pop() if len(agreed) == 1 else None

    def contradicts(self, text: str) -> bool:
        """Whether code and name of two different options stand together."""
        found = (tuple(map(self._find_plain, pair)) for pair in _split(text))
        return any(one and other and one != other for one, other in found)

    def list_names(self) -> Text:
        """Some of the names, for a message."""
        shown = list(self.names.values())[:_NAMED_OPTIONS]
        more = "……" if len(self.names) > _NAMED_OPTIONS else ""
        return AND.join(shown) + same(more)

    def find_nearest(self, text: str) -> Text | None:
        """The name that is most like a text which is none of them, if any is like it."""
        keys = {build_key(spelling): code for code, spelling in self._list_spellings()}
        nearest = get_close_matches(build_key(text)[:_LONGEST_GUESSED], keys, 1, _ALIKE)
        return self.names[keys[nearest[0]]] if nearest else None

    def _list_spellings(self) -> Iterator[tuple[str, str]]:
        for code, name in self.names.items():
            yield from ((code, spelling) for spelling in {name.zh, name.en} if spelling)

    def _find_plain(self, text: str) -> str | None:
        return text if text in self.names else self.codes.get(build_key(text))

    def _is_name_of(self, code: str, text: str) -> bool:
        name = self.names[code]
        return build_key(text) in (build_key(name.zh), build_key(name.en))


def build_options(names: Mapping[str, Text]) -> Options:
    """Options that are found fast; a code goes before another option's name."""
    codes = {
        build_key(spelling): code
        for code, name in names.items()
        for spelling in (name.en, name.zh)
        if spelling
    }
    return Options(names, codes | build_keys(names))


def build_keys(codes: Iterable[str]) -> dict[str, str]:
    """Codes by what all their spellings have in common."""
    return {build_key(code): code for code in codes}


def read_code(text: str, label: str = "") -> str | None:
    """A code as it is defined: plain, in quotes or brackets, or with its own label beside it."""
    folded = fold_width(clean(text))
    for spelling in (folded, unwrap(folded)):
        if _CODE.fullmatch(spelling):
            return spelling
    key = build_key(label)
    beside = {
        code
        for pair in _split(folded)
        for code, other in (pair, pair[::-1])
        if key and build_key(other) == key and _CODE.fullmatch(code)
    }
    return beside.pop() if len(beside) == 1 else None


def unwrap(text: str) -> str:
    """Without the quotes or brackets around the whole, and without an apostrophe in front."""
    before = ""
    while text != before:
        before = text
        if len(text) > 2 and (text[0], text[-1]) in _PAIRS:
            text = text[1:-1].strip()
        if text[:1] in _APOSTROPHES and text[1:]:
            text = text[1:].strip()
    return text


def _split(text: str) -> Iterator[tuple[str, str]]:
    """The ways to take a text for two things beside each other."""
    inside = _INSIDE.fullmatch(text)
    if inside:
        one, other = (part for part in inside.groups() if part is not None)
        yield one.strip(), other.strip()
    for place, found in enumerate(_BETWEEN.finditer(text)):
        if place < _MOST_SPLITS and text[: found.start()] and text[found.end() :]:
            yield text[: found.start()], text[found.end() :]

"""Every page of the demonstration as it reads, in both languages, at a clock that stands still.

`./run pages` writes down what it says now; test_pages.py compares. It knows nothing of the program
but the demonstration's beginning and the pages, so that an earlier version can be read by it, too.
"""

import json
import lzma
import random
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.data.releases.walking import NOW, PASSWORD, Places, stop_the_clock

KEPT = Path(__file__).parents[1] / "data" / "demo-pages.json.xz"
# Language and address → the lines of a page.
Pages = dict[str, list[str]]

STAFF = ("manager", "custodian")
LANGUAGES = ("zh", "en")
# Where one page of a kind says all that the others say, and each takes a second.
ONCE = re.compile(r"/diagnostics/|/satisfaction/|/scheme/trial|/preview/|/scheme/comparison")
# Said in attributes, and said all the same.
SPOKEN = ("alt", "aria-label", "placeholder", "title")
UNREAD = ("script", "style", "svg")
INSIDE = {"abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
INSIDE |= {"time", "kbd"}
# What is another one in every installation.
CHANCE = (
    (re.compile(r"\b[0-9a-f]{4}([- ][0-9a-f]{4}){2,}\b|\b[0-9a-f]{12,}\b"), "‹figures›"),
    (re.compile(r"\b[0-9A-Z]{4}([- ][0-9A-Z]{3,5}){2,}\b|\b[A-Z2-7]{32}\b"), "‹code›"),
)


def read_all() -> Pages:
    """A demonstration set up in a folder of its own, and all its pages."""
    stop_the_clock()
    stop_chance()
    from evalsvc.app import create_app
    from evalsvc.demo.server import build_settings
    from evalsvc.demo.stage import renew_links, set_up

    with tempfile.TemporaryDirectory() as folder:
        settings = build_settings(Path(folder) / "instance", 8000)
        settings.instance.mkdir()
        welcome = set_up(settings, NOW)
        links = renew_links(settings, NOW)
        app = create_app(settings)
        database = app.extensions["evalsvc"].database
        with database.engine.connect() as connection:
            places = Places(connection)
        pages: Pages = {}
        for language in LANGUAGES:
            _read_office(app, places, language, links, pages)
            _read_way(app, welcome, language, pages)
        database.close()
    return pages


def stop_chance() -> None:
    """Who is dealt which units, and how ballots lie: to be called before anything is loaded.

    Each source for itself, so that a version that draws one key more deals the same units.
    """
    import nacl.bindings

    def draw() -> random.Random:
        return random.Random(2018)

    text, keys = draw(), draw()
    secrets.token_bytes = lambda nbytes=None: text.randbytes(nbytes or 32)
    secrets.token_hex = lambda nbytes=None: text.randbytes(nbytes or 32).hex()
    secrets.randbits, secrets.choice, secrets.randbelow = (
        draw().getrandbits,
        draw().choice,
        draw().randrange,
    )
    secrets.SystemRandom = draw  # type: ignore[assignment,misc]  # shuffles as well as the other
    nacl.bindings.crypto_box_keypair = lambda: nacl.bindings.crypto_box_seed_keypair(
        keys.randbytes(32)
    )


def _read_office(app: Any, places: Places, language: str, links: Any, pages: Pages) -> None:
    """As nobody first, then as each colleague whatever nobody before them could open."""
    seen: set[str] = set()
    found: Pages = {}
    for login in (None, *STAFF):
        client = _browser(app, language)
        if login:
            _sign_in(client, login, links)
        for rule in sorted(app.url_map.iter_rules(), key=str):
            if "GET" in rule.methods and rule.endpoint != "static":
                for path in places.list_paths(rule, many=True):
                    _read_page(client, path, language, seen, found)
    # A box's address is another one in every installation.
    numbers = {uid: str(number) for number, *_, uid in places.rounds}
    for name, lines in found.items():
        parts = (numbers.get(part, part) for part in name.split("/"))
        pages["/".join(parts)] = lines


def _read_page(client: Any, path: str, language: str, seen: set[str], pages: Pages) -> None:
    kind = re.sub(r"\d+|[^/]+/\w+$", "0", path) if ONCE.search(path) else path
    if kind in seen or re.search(r"\.\w+$", path):
        return
    answer = client.get(path)
    if answer.status_code == 200 and answer.mimetype == "text/html":
        seen.add(kind)
        pages[f"{language} {path}"] = read_lines(answer.get_data(as_text=True))


def _read_way(app: Any, welcome: str, language: str, pages: Pages) -> None:
    """Each rater's way from the code on, as far as answers put down by their places bring it."""
    half = LANGUAGES.index(language)
    for number, code in enumerate(re.findall(r"/r#(\S+)", welcome)):
        client = _browser(app, language)
        for step, answer in _go(client, code, last=number % 2 == half):
            name = f"{language} {number} {step}"
            pages[name] = read_lines(answer.get_data(as_text=True))


def _go(client: Any, code: str, *, last: bool) -> Iterator[tuple[str, Any]]:
    client.post("/start", data={"code": code})
    page = client.get("/answer")
    yield "answer", page
    empty = _find_fields(page)
    yield "check of nothing", client.post("/check", data=empty)
    check = client.post("/check", data=empty | _choose(page))
    yield "check", check
    if check.status_code == 200 and last:
        client.post("/submit", data=_find_fields(check))
        yield "receipt", client.get("/receipt")


def _find_fields(answer: Any) -> dict[str, str]:
    """What a form hands over by itself."""
    inputs = re.findall(r"<input[^>]*>", answer.get_data(as_text=True))
    hidden = [one for one in inputs if 'type="hidden"' in one]
    return {_get(one, "name"): _get(one, "value") for one in hidden}


def _choose(answer: Any) -> dict[str, str]:
    """The second choice of each, and a number of about the size that is asked for."""
    text = answer.get_data(as_text=True)
    chosen: dict[str, str] = {}
    count: dict[str, int] = {}
    for one in re.findall(r"<input[^>]*>", text):
        name, kind = _get(one, "name"), _get(one, "type")
        if kind == "radio":
            count[name] = count.get(name, 0) + 1
            if count[name] <= 2:
                chosen[name] = _get(one, "value")
        elif kind == "text" and name.startswith("a."):
            chosen[name] = "8"
    return chosen


def _get(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _browser(app: Any, language: str) -> Any:
    client = app.test_client()
    client.set_cookie("lang", language)
    return client


def _sign_in(client: Any, login: str, links: dict[str, str]) -> None:
    """By the one-time link at first, then with the password that was chosen by it."""
    secret = links.pop(login, "")
    path = "/office/link" if secret else "/office/sign-in"
    given = {"link": secret, "again": PASSWORD} if secret else {"login": login}
    data = _find_fields(client.get(path)) | given | {"password": PASSWORD}
    assert client.post(path, data=data).status_code in (302, 303)


class Reader(HTMLParser):
    """What a person reads or hears of a page, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._words: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        if tag not in INSIDE:
            self.end_line()
        for name, value in attrs:
            if name in SPOKEN and value and not self._unread:
                self.lines.append(f"{name}: {_settle(value)}")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD
        if tag not in INSIDE:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._words.append(data)

    def end_line(self) -> None:
        line = _settle("".join(self._words))
        if line:
            self.lines.append(line)
        self._words = []


def read_lines(page: str) -> list[str]:
    """A page's lines, with what is another one in every installation taken off."""
    reader = Reader()
    reader.feed(page)
    reader.end_line()
    return reader.lines


def _settle(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    for pattern, instead in CHANCE:
        text = pattern.sub(instead, text)
    return text


def write_pages(pages: Mapping[str, list[str]], path: Path) -> None:
    """Whole or as an archive, as the file's name says."""
    content = json.dumps(pages, ensure_ascii=False, indent=0).encode()
    path.write_bytes(lzma.compress(content, preset=9) if path.suffix == ".xz" else content)


if __name__ == "__main__":
    write_pages(read_all(), Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT)

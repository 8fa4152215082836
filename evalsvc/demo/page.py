"""A page as a person without scripts has it: forms, links, tables, and what it warns of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
UNREAD = frozenset({"script", "style", "svg", "noscript"})
ALERTING = frozenset({"error", "wrong", "bad", "faults"})


class Trouble(Exception):  # noqa: N818 (not always an error of the program)
    """Something did not go as it must: where, what the page said, what was expected."""


@dataclass(frozen=True)
class PageControl:
    """A control of a form as the page has it."""

    name: str
    kind: str
    value: str
    checked: bool = False

    @property
    def is_choice(self) -> bool:
        return self.kind in ("radio", "checkbox")


@dataclass
class Form:
    """A form of a page with everything in it."""

    action: str
    method: str
    fields: list[PageControl] = field(default_factory=list)

    def list_names(self) -> list[str]:
        """Each field's name once, in the order of the page."""
        return list(dict.fromkeys(one.name for one in self.fields))

    def list_choices(self, name: str) -> list[str]:
        """The values that a group of radio buttons or boxes offers."""
        return [one.value for one in self.fields if one.name == name and one.is_choice]


@dataclass(frozen=True)
class Page:
    """An answer of the server, read the way a person reads it."""

    url: str
    status: int
    body: bytes
    filename: str = ""
    forms: tuple[Form, ...] = ()
    links: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    marked: Mapping[str, str] = field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    progress: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def get_form(self, action: str) -> Form:
        """The form that posts to an address ending so."""
        for form in self.forms:
            if urlsplit(form.action).path.endswith(action):
                return form
        raise self.trouble(f"没有提交到 {action} 的表单 no form that posts to {action}")

    def expect(self, path: str) -> "Page":
        """This page, if it is the one that should have come."""
        if self.status != 200 or not self.path.startswith(path):
            raise self.trouble(f"应到 {path} expected {path}")
        return self

    def trouble(self, expected: str) -> Trouble:
        said = " / ".join(self.alerts) or "—"
        return Trouble(f"{self.path} ({self.status})：{expected}；页面说 the page says: {said}")


def read_page(
    url: str, status: int, body: bytes, *, is_html: bool = True, filename: str = ""
) -> Page:
    """An answer as a page; a file is a page without anything to fill in."""
    if not is_html:
        return Page(url, status, body, filename)
    reader = _PageReader()
    reader.feed(body.decode("utf-8"))
    return Page(
        url,
        status,
        body,
        forms=tuple(reader.forms),
        links=tuple(reader.links),
        rows=tuple(tuple(row) for row in reader.rows),
        marked={name: _tidy(text) for name, text in reader.marked.items()},
        alerts=tuple(text for text in map(_tidy, reader.alerts) if text),
        progress=reader.progress,
    )


def _tidy(text: str) -> str:
    return " ".join(text.split())


class _PageReader(HTMLParser):
    """Gathers forms, links, the rows of tables, texts of classes, and what warns."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.rows: list[list[str]] = []
        self.alerts: list[str] = []
        self.marked: dict[str, str] = {}
        self.progress: tuple[int, int] | None = None
        # Of every open element: its tag, its classes, and whether it warns.
        self._open: list[tuple[str, tuple[str, ...], bool]] = []
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note(tag, given)
        if tag in VOID:
            return
        classes = tuple(given.get("class", "").split())
        alerting = given.get("role") == "alert" or not ALERTING.isdisjoint(classes)
        if alerting and not any(one[2] for one in self._open):
            self.alerts.append("")
        self._open.append((tag, classes, alerting))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        # Elements that HTML lets stay open end with their parent.
        while any(one[0] == tag for one in self._open) and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag in UNREAD for tag, _, _ in self._open):
            return
        if any(alerting for _, _, alerting in self._open):
            self.alerts[-1] += data + " "
        if any(tag in ("td", "th") for tag, _, _ in self._open):
            self.rows[-1][-1] = _tidy(self.rows[-1][-1] + data)
        for _, classes, _ in self._open:
            for one in classes:
                self.marked[one] = self.marked.get(one, "") + data

    def _note(self, tag: str, given: Mapping[str, str]) -> None:
        match tag:
            case "form":
                self._form = Form(given.get("action", ""), given.get("method", "get"))
                self.forms.append(self._form)
            case "a" if "href" in given:
                self.links.append(given["href"])
            case "progress":
                self.progress = int(given.get("value", 0)), int(given.get("max", 0))
            case "tr":
                self.rows.append([])
            case "td" | "th":
                self.rows[-1].append("")
            case "input" | "textarea" | "select" if "name" in given and self._form:
                kind = given.get("type", "text") if tag == "input" else tag
                value = given.get("value", "on" if kind == "checkbox" else "")
                self._form.fields.append(
                    PageControl(given["name"], kind, value, "checked" in given)
                )

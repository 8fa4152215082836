"""A rater's page as a browser reads it: what its form would send, its ids, its links."""

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


class Page(HTMLParser):
    """One answer of the server, checked for what no page may have."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.title = ""
        self.ids: list[str] = []
        self.fields: MultiDict[str, str] = MultiDict()
        self.choices: MultiDict[str, str] = MultiDict()
        self.inline: list[str] = []
        self._tag = ""
        self._area = ""
        self.feed(self.html)
        assert self.title
        assert self.inline == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        found = {name: value or "" for name, value in attrs}
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "input":
            self._note_input(found)
        elif tag == "textarea":
            self._area = found["name"]
            self.fields[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._tag == "title":
            self.title += data.strip()
        elif self._tag == "textarea" and self._area:
            self.fields[self._area] += data.removeprefix("\n")  # browsers drop the first line end
        elif self._tag in ("style", "script") and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 (the parser hands over the tag)
        self._tag = ""

    def _note_input(self, found: dict[str, str]) -> None:
        name, value = found["name"], found.get("value", "")
        pressed = found["type"] in ("radio", "checkbox")
        if pressed:
            self.choices.add(name, value)
        if not pressed or "checked" in found:
            self.fields.add(name, value)

    def has(self, *texts: str) -> bool:
        return all(text in self.html for text in texts)

"""A browser without scripts: fetches pages, fills in their forms and posts them.

It posts only what a form on a page offers, hidden fields and all; whoever wants to cheat says so.
"""

import mimetypes
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

from evalsvc.demo.page import Form, Page, Trouble, read_page

TIMEOUT_S = 120


@dataclass(frozen=True)
class ChosenFile:
    """A file chosen in a form."""

    filename: str
    content: bytes


Values = Mapping[str, str | list[str] | ChosenFile]


class Browser:
    """One person's browser: its own cookies, one page after another."""

    def __init__(self, address: str) -> None:
        self.address = address
        # The demonstration talks to this machine only, whatever proxy is set.
        self._opener: OpenerDirector = build_opener(
            ProxyHandler({}), HTTPCookieProcessor(CookieJar())
        )

    def open(self, path: str) -> Page:
        """Load an address of the server."""
        return self._ask(Request(urljoin(self.address, path)))  # noqa: S310 (our own server)

    def submit(
        self,
        page: Page,
        form: Form,
        values: Values | None = None,
        smuggled: Iterable[tuple[str, str]] = (),
    ) -> Page:
        """Fill in a form and post it; `smuggled` is what no honest page would have offered."""
        values = values or {}
        _check_offered(page, form, values)
        texts = [*_list_texts(form, values), *smuggled]
        files = {name: one for name, one in values.items() if isinstance(one, ChosenFile)}
        address = urljoin(page.url, form.action)
        if files:
            content, kind = _write_multipart(texts, files)
        else:
            content, kind = urlencode(texts).encode(), "application/x-www-form-urlencoded"
        request = Request(address, content, {"Content-Type": kind})  # noqa: S310 (our own server)
        return self._ask(request)

    def _ask(self, request: Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return _read(answer)
        except HTTPError as refused:
            with refused:
                return _read(refused)
        except OSError as error:
            raise Trouble(f"{request.full_url}：{error}") from error


def _check_offered(page: Page, form: Form, values: Values) -> None:
    names = set(form.list_names())
    for name, value in values.items():
        choices = form.list_choices(name)
        chosen = value if isinstance(value, list) else [value]
        if name not in names or (choices and any(one not in choices for one in chosen)):
            found = f"{name} {value if choices else ''}"
            raise page.trouble(f"表单里没有 the form does not offer: {found}")


def _list_texts(form: Form, values: Values) -> Iterable[tuple[str, str]]:
    """Each field with what was filled in, or what the page had put there."""
    for name in form.list_names():
        value = values.get(name)
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, list):
            yield from ((name, one) for one in value)
        elif value is None:
            for one in form.fields:
                if one.name == name and one.kind != "file" and (one.checked or not one.is_choice):
                    yield name, one.value


def _write_multipart(
    texts: Iterable[tuple[str, str]], files: Mapping[str, ChosenFile]
) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in texts
    ]
    for name, upload in files.items():
        kind = mimetypes.guess_type(upload.filename)[0] or "application/octet-stream"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{upload.filename}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        parts.append(head.encode() + upload.content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _read(answer: HTTPResponse | HTTPError) -> Page:
    return read_page(
        answer.url,
        answer.status or 0,
        answer.read(),
        is_html=answer.headers.get_content_type() == "text/html",
        filename=answer.headers.get_filename() or "",
    )

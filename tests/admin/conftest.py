"""An installation with its office open, and colleagues at their desks."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain import jobs
from evalsvc.domain.concluding.standing import SeasonStanding, list_standings
from evalsvc.models.staff import Staff, StaffSession
from tests.cast import Installation, build_installation

OTHERS = {
    "admin": "administrator",
    "dist": "distributor",
    "liaison": "liaison",
    "assessor": "assessor",
    "plain": "manager",
    "counter": "assistant",
}


@dataclass(frozen=True)
class Page:
    """An answer that a colleague got; every HTML one has passed `inspect_page`."""

    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def location(self) -> str:
        return self.answer.headers.get("Location", "")

    @property
    def text(self) -> str:
        """What is to be read, with single spaces."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html)).strip()

    @property
    def html(self) -> str:
        return self.answer.get_data(as_text=True)

    @property
    def bytes(self) -> bytes:
        return self.answer.get_data()

    def has(self, *parts: str) -> bool:
        squeezed = self.text.replace(" ", "")
        missing = [part for part in parts if part.replace(" ", "") not in squeezed]
        assert missing == [], self.text
        return True


@dataclass(frozen=True)
class Clerk:
    """A browser at the office's door; posts carry the token of the last page, as a form does."""

    client: FlaskClient

    def get(self, path: str) -> Page:
        return _watched(self.client.get(f"/office{path}"))

    def post(self, path: str, data: Mapping[str, Any] | None = None) -> Page:
        return _watched(
            self.client.post(
                f"/office{path}", data={"csrf_token": self.find_token(), **(data or {})}
            )
        )

    def post_without_token(self, path: str) -> Page:
        return _watched(self.client.post(f"/office{path}"))

    def find_token(self) -> str:
        page = self.client.get("/office/sign-in").get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        return found.group(1)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation with a colleague for every role."""
    built = build_installation(tmp_path)
    with built.database.writing() as session:
        for login, role in OTHERS.items():
            session.add(Staff(login=login, name=f"{login}同事", roles=role))
    yield built
    built.database.close()


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    made = create_app(installation.settings)
    made.testing = True
    yield made
    made.extensions["evalsvc"].database.close()


@pytest.fixture
def stranger(app: Flask) -> Clerk:
    """A browser that nobody is signed in with."""
    return Clerk(app.test_client())


@pytest.fixture
def seat(app: Flask, installation: Installation) -> Callable[[str], Clerk]:
    """Puts a colleague before a browser that is signed in already."""

    def sit(login: str) -> Clerk:
        client = app.test_client()
        secret = f"secret of {login}"
        with installation.database.writing() as session:
            staff = session.scalars(select(Staff).where(Staff.login == login)).one()
            hashed = hashlib.sha256(secret.encode()).digest()
            if session.get(StaffSession, hashed) is None:
                until = now() + timedelta(hours=8)
                session.add(
                    StaffSession(
                        secret=hashed,
                        staff_id=staff.id,
                        until=until,
                        begun_at=now(),
                        seen_at=now(),
                        proved_at=now(),
                    )
                )
        with client.session_transaction("/office/") as cookie:
            cookie["staff"] = secret
        return Clerk(client)

    return sit


@pytest.fixture
def manager(seat: Callable[[str], Clerk]) -> Clerk:
    return seat("manager")


@pytest.fixture
def custodian(seat: Callable[[str], Clerk]) -> Clerk:
    return seat("custodian")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, str]]]:
    """Jobs handed to a worker; the worker's process itself is the world outside."""
    orders: list[tuple[str, Mapping[str, str]]] = []

    def spawn(_settings: object, job_id: str, given: Mapping[str, str]) -> None:
        orders.append((job_id, given))

    monkeypatch.setattr(jobs, "_spawn", spawn)
    return orders


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], object]], int]:
    """How many statements an act sends to the application's database."""
    engine = app.extensions["evalsvc"].database.engine

    def count(act: Callable[[], object]) -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        act()
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count


def get_standing(installation: Installation, season_id: int) -> SeasonStanding:
    """How far a season is beyond its boxes."""
    return list_standings(installation.database)[season_id]


def local(moment: datetime) -> str:
    """A moment as a date-and-time field posts it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


class _Inspector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wrong: list[str] = []
        self.titled = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(found["id"] or "")
        self.wrong += [name for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.wrong.append(tag)
        self.titled = self.titled or tag == "title"


def _watched(answer: TestResponse) -> Page:
    """Every page: a title, no id twice, nothing inline that the policy would stop, no caching."""
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.status_code != 500, answer.get_data(as_text=True)
    if answer.mimetype == "text/html" and answer.status_code not in {301, 302}:
        inspector = _Inspector()
        inspector.feed(answer.get_data(as_text=True))
        assert inspector.titled
        assert len(inspector.ids) == len(set(inspector.ids)), inspector.ids
        assert inspector.wrong == []
    return Page(answer)

"""Large answers left for the front server: whole, shared, gone after a while, or not begun."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response

from evalsvc import outgoing
from evalsvc.app import create_app
from evalsvc.delivery import LARGE_BYTES
from tests.cast import build_installation

KEY = b"k" * 32
LARGE = b"x" * (LARGE_BYTES + 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "outgoing"
    outgoing.prepare_folder(made)
    return made


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def make_older(folder: Path, name: str, seconds: int) -> str:
    digest, born, chance = name.split(".")
    older = f"{digest}.{int(born) - seconds}.{chance}"
    (folder / name).rename(folder / older)
    return older


def test_what_is_left_is_there_for_the_group_alone(folder: Path) -> None:
    name = outgoing.leave(folder, KEY, b"content")
    assert (folder / name).read_bytes() == b"content"
    assert (folder / name).stat().st_mode & 0o777 == 0o640
    assert folder.stat().st_mode & 0o777 == 0o710


def test_names_tell_nothing_without_the_key(folder: Path) -> None:
    digests = {outgoing.leave(folder, key, b"c").split(".")[0] for key in (KEY, b"l" * 32)}
    assert len(digests) == 2


def test_the_same_content_is_there_once_under_two_names(folder: Path) -> None:
    one, two = (outgoing.leave(folder, KEY, b"content") for _ in range(2))
    other = outgoing.leave(folder, KEY, b"other")
    assert len({one, two, other}) == 3
    assert (folder / one).samefile(folder / two)
    assert not (folder / one).samefile(folder / other)


def test_old_names_go_and_what_is_being_sent_stays_open(folder: Path) -> None:
    old = make_older(folder, outgoing.leave(folder, KEY, b"content"), outgoing.LIFE_S)
    with (folder / old).open("rb") as sent:
        young = outgoing.leave(folder, KEY, b"content")
        outgoing.sweep(folder)
        assert list_names(folder) == [young]
        assert sent.read() == b"content"


def test_a_new_process_takes_out_what_an_old_one_left(folder: Path) -> None:
    make_older(folder, outgoing.leave(folder, KEY, b"content"), outgoing.LIFE_S)
    (folder / f"new.d.{int(time.time()) - outgoing.LIFE_S}.c").write_bytes(b"half")
    (folder / "something else").write_bytes(b"")
    outgoing.prepare_folder(folder)
    assert list_names(folder) == ["something else"]


def test_half_a_file_is_never_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_number: int, _mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", refuse)
    with pytest.raises(OSError, match="No space"):
        outgoing.leave(folder, KEY, b"content")
    assert list_names(folder) == []


@pytest.fixture
def app(tmp_path: Path, folder: Path) -> Iterator[Flask]:
    installation = build_installation(tmp_path / "instance")
    made = create_app(replace(installation.settings, outgoing=folder))
    answers = {
        "large": lambda: Response(LARGE, mimetype="application/zip"),
        "small": lambda: Response(LARGE[1:]),
        "wrong": lambda: Response(LARGE, 422),
    }
    for name, view in answers.items():
        made.add_url_rule(f"/{name}", name, view)
    yield made
    made.extensions["evalsvc"].database.close()
    installation.database.close()


def test_a_large_answer_is_left_and_named(app: Flask, folder: Path) -> None:
    answer = app.test_client().get("/large")
    (name,) = list_names(folder)
    assert answer.headers["X-Accel-Redirect"] == f"/outgoing/{name}"
    assert (answer.data, answer.content_type) == (b"", "application/zip")
    assert (folder / name).read_bytes() == LARGE


@pytest.mark.parametrize(("address", "size"), [("/small", LARGE_BYTES), ("/wrong", len(LARGE))])
def test_what_fits_the_buffers_or_is_no_file_is_sent(
    app: Flask, folder: Path, address: str, size: int
) -> None:
    answer = app.test_client().get(address)
    assert len(answer.data) == size
    assert "X-Accel-Redirect" not in answer.headers
    assert list_names(folder) == []


def test_without_room_nothing_is_begun(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_things: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outgoing, "leave", refuse)
    answer = app.test_client().get("/large")
    assert answer.status_code == 503
    assert "请过十分钟再试" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Accel-Redirect" not in answer.headers

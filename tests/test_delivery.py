"""Raters' pages travel compressed, static files are kept under their content's name."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from evalsvc.app import create_app
from evalsvc.delivery import STATIC, build_address
from evalsvc.scripts import get_script
from tests.cast import build_installation

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    installation = build_installation(tmp_path)
    app = create_app(installation.settings)
    yield app.test_client()
    app.extensions["evalsvc"].database.close()
    installation.database.close()


def test_raters_page_is_compressed_for_who_asks(client: FlaskClient) -> None:
    plain, packed = client.get("/"), client.get("/", headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.content_length == len(packed.data) < len(plain.data) * 2 / 3


def test_office_pages_are_never_compressed(client: FlaskClient) -> None:
    answer = client.get("/office/sign-in", headers=GZIP)

    assert len(answer.data) > 1000
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["rater.css", "box.js", "rater/ballot.js"])
def test_static_file_is_kept_forever_under_its_contents_name(
    client: FlaskClient, name: str
) -> None:
    answer = client.get(build_address(name), headers=GZIP)

    assert gzip.decompress(answer.data) == (STATIC / name).read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    answer.close()


def test_joined_script_is_kept_forever_under_its_contents_name(client: FlaskClient) -> None:
    answer = client.get(build_address("rater.js"), headers=GZIP)

    assert gzip.decompress(answer.data) == get_script().content
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (answer.mimetype, "ETag" in answer.headers) == ("text/javascript", False)


def test_joined_script_without_its_name_is_asked_for_again(client: FlaskClient) -> None:
    plain = client.get("/static/rater.js")
    again = client.get("/static/rater.js", headers={"If-None-Match": plain.headers["ETag"]})

    assert (plain.data, plain.headers["Cache-Control"]) == (get_script().content, "no-cache")
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_of_raters_asks_for_one_script(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)

    assert re.findall(r"<script[^>]*>", page) == [
        f'<script src="/static/rater.js?v={get_script().hash}" defer>'
    ]


def test_static_file_without_its_name_is_asked_for_again(client: FlaskClient) -> None:
    with client.get("/static/rater.css") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.data == (STATIC / "rater.css").read_bytes()


@pytest.mark.parametrize("name", ["nothing.css", "../evalsvc/app.py"])
def test_what_is_no_static_file_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}?v=1", headers=GZIP).status_code == 404


def test_a_page_of_refusal_is_compressed_too(client: FlaskClient) -> None:
    answer = client.post("/start", data={"code": "ABCD"}, headers=GZIP)

    assert (answer.status_code, answer.headers["Content-Encoding"]) == (422, "gzip")

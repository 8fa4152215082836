"""The joined script is the same from `./run serve` and through the installed nginx and gunicorn."""

import gzip
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from evalsvc.delivery import build_address
from evalsvc.demo.server import build_settings, find_free_port, running_server
from evalsvc.migrating import migrate
from evalsvc.scripts import get_script
from evalsvc.settings import prepare_instance
from tests.cast import build_installation
from tests.front import ask, running_front
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.slow


def test_serve_gives_the_joined_script(tmp_path: Path) -> None:
    settings = build_settings(tmp_path / "instance", find_free_port())
    prepare_instance(settings)
    migrate(settings.database_url)
    here = build_opener(ProxyHandler({}))

    with (
        running_server(settings, tmp_path / "server.log"),
        here.open(settings.public_url + build_address("rater.js"), timeout=PATIENCE_S) as answer,
    ):
        content = answer.read()

    assert content == get_script().content


def test_the_installed_front_gives_the_joined_script(tmp_path: Path) -> None:
    installation = build_installation(tmp_path)
    with running_front(installation.settings) as front:
        answer = ask(front, build_address("rater.js"), more="Accept-Encoding: gzip")
        content = answer.take_all()
    installation.database.close()

    assert answer.status == 200, answer.head
    assert gzip.decompress(content) == get_script().content
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"

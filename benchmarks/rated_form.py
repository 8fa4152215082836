"""基准测试用的问卷：12个评满意度、10个分档、一段文字 / the form that benchmarks measure."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from evalsvc.box.cards import Card
from evalsvc.commands.serve import build_arguments
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.models.roster import Rater, Unit
from evalsvc.settings import PROJECT
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    build_installation,
    get_round_id,
    open_with_cards,
)

SCHEME = Path(__file__).parent / "one_form.yaml"
SERVICE = tuple(f"s{number:02d}" for number in range(1, 13))
OFFICE = tuple(f"o{number:02d}" for number in range(1, 11))
# Of 10 units 30% are 3, 50% are 5, the rest 2.
BANDS = "AAABBBBBCC"


def list_answers() -> dict[str, str]:
    """A sound ballot, by field name."""
    levels = {f"a.content.{unit}": "good" for unit in SERVICE}
    bands = {f"a.rank.{unit}": band for unit, band in zip(OFFICE, BANDS, strict=True)}
    return levels | bands


def open_form(
    folder: Path, raters: int, database_url: str | None = None
) -> tuple[Installation, tuple[Card, ...]]:
    """An open round with so many raters' cards."""
    installation = build_installation(folder, database_url)
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "2026年度",
        "考评办公室",
        "0427-0000000",
        SCHEME.read_text(),
    )
    with installation.database.writing() as session:
        for position, code in enumerate(SERVICE + OFFICE, 1):
            serving = code in SERVICE
            session.add(
                Unit(
                    season_id=season_id,
                    position=position,
                    code=code,
                    name=f"{'服务单位' if serving else '综合部门'}第{code[1:]}局",
                    category="service" if serving else "office",
                    work="负责全县有关工作的组织和监督",
                )
            )
        for number in range(1, raters + 1):
            code = f"L{number}"
            session.add(Rater(season_id=season_id, group="leader", code=code, name=f"代表{number}"))
    return installation, open_with_cards(installation, get_round_id(installation, season_id))


@contextmanager
def running_server(
    installation: Installation, workers: int = 2, application: str = "wsgi:application"
) -> Iterator[str]:
    """The installation behind gunicorn, as `./run serve` starts it; or another application."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = os.environ | {
        "EVALSVC_INSTANCE": str(installation.settings.instance),
        "EVALSVC_DATABASE_URL": installation.settings.database_url,
        "EVALSVC_PUBLIC_URL": f"http://{bind}",
    }
    arguments = [*build_arguments(bind, workers)[:-1], application]
    program = [sys.executable, "-m", "gunicorn", *arguments]
    process = subprocess.Popen(program, env=environment, cwd=PROJECT)
    try:
        _wait_for(f"http://{bind}/")
        yield f"http://{bind}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            with urlopen(address):  # noqa: S310 (our own server on this machine)
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(address)

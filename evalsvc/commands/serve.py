"""`serve`: bring the database up to date and serve the application with gunicorn."""

import os
import sys
from typing import NoReturn

import click

from evalsvc.commands.saying import Saying
from evalsvc.migrating import migrate
from evalsvc.settings import PROJECT, Settings, build_environment, prepare_instance, read_settings

BIND = "127.0.0.1:8000"
WORKERS = 2
# A dry run of a large workbook takes some seconds, an answer some milliseconds.
TIMEOUT_S = 120
# A worker that is told to stop still ends the request it is in.
GRACEFUL_S = 30


@click.command(cls=Saying)
@click.option("--bind", default=BIND, show_default=True, help="地址和端口 / address and port")
@click.option("--workers", default=WORKERS, show_default=True, help="进程数 / processes")
def serve(bind: str, workers: int) -> None:
    """升级数据库并运行系统，Ctrl-C 停止 / Migrate the database and serve until Ctrl-C."""
    settings = read_settings()
    prepare_instance(settings)
    migrate(settings.database_url, click.echo)
    click.echo(f"运行在 serving at http://{bind}/  办公端 office: http://{bind}/office/")
    click.echo(f"对外地址 public address: {settings.public_url}  (EVALSVC_PUBLIC_URL)")
    become_server(settings, bind, workers)


def become_server(settings: Settings, bind: str, workers: int = WORKERS) -> NoReturn:
    """Turn this process into gunicorn, so that signals and exit codes are its own."""
    sys.stdout.flush()
    program = [sys.executable, "-m", "gunicorn", *build_arguments(bind, workers)]
    os.execve(sys.executable, program, build_environment(settings))  # noqa: S606 (no shell wanted)


def build_arguments(bind: str, workers: int) -> list[str]:
    """gunicorn's arguments; there is no access log, for it would say when who answered."""
    return [
        "--bind",
        bind,
        "--workers",
        str(workers),
        "--worker-class",
        "sync",
        "--timeout",
        str(TIMEOUT_S),
        "--graceful-timeout",
        str(GRACEFUL_S),
        "--umask",
        "0077",
        "--log-level",
        "warning",
        "--no-control-socket",
        "--chdir",
        str(PROJECT),
        "wsgi:application",
    ]

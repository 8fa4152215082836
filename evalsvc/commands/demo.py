"""`demo`: invented seasons to look around in, or walked through without a person."""

import os
import shutil
import socket
import sys
from pathlib import Path

import click

from evalsvc.clock import now
from evalsvc.commands.saying import Saying
from evalsvc.commands.serve import become_server
from evalsvc.demo.page import Trouble
from evalsvc.demo.server import build_settings
from evalsvc.demo.stage import is_ready, renew_links, set_up, welcome_path
from evalsvc.demo.walk import LOG, walk_through
from evalsvc.demo.welcome import say_welcome
from evalsvc.migrating import migrate
from evalsvc.scheme.presets import list_presets
from evalsvc.settings import PROJECT, Settings


@click.command(cls=Saying)
@click.option("--port", default=8000, show_default=True, help="端口 / port")
@click.option("--fresh", is_flag=True, help="从头重新准备 / set everything up anew")
@click.option("--serve/--no-serve", "serves", default=True, help="准备好后运行 / serve when ready")
@click.option(
    "--headless",
    "out",
    metavar="OUT",
    type=click.Path(file_okay=False, path_type=Path),
    help="不用人，自动走完一个年度，成果放入 OUT / walk a season through without a person",
)
@click.option("--scheme", default="panshan-2018", show_default=True, help="预设 / its preset")
def demo(port: int, fresh: bool, serves: bool, out: Path | None, scheme: str) -> None:
    """准备演示数据并运行系统 / Prepare invented seasons and serve them."""
    if out is not None:
        _walk_through(scheme, out)
    else:
        _show(port, fresh, serves)


def _walk_through(scheme: str, out: Path) -> None:
    if scheme not in list_presets():
        known = "、".join(list_presets())
        raise click.BadParameter(f"没有这个预设 no such preset; 预设 presets: {known}")
    try:
        walk_through(scheme, out.resolve())
    except Trouble as trouble:
        said = f"没有通过 did not hold: {trouble}\n服务日志 the server's log: {out / LOG}"
        raise click.ClickException(said) from trouble


def _show(port: int, fresh: bool, serves: bool) -> None:
    instance = Path(os.environ.get("EVALSVC_INSTANCE", PROJECT / "instance" / "demo")).resolve()
    settings = build_settings(instance, port)
    if serves:
        _check_port(port)
    _prepare(settings, fresh)
    kept = welcome_path(settings.instance).read_text(encoding="utf-8")
    click.echo(say_welcome(kept, settings.public_url, renew_links(settings, now())))
    if serves:
        click.echo("正在运行，按 Ctrl-C 停止  Serving; press Ctrl-C to stop")
        become_server(settings, f"127.0.0.1:{port}")


def _prepare(settings: Settings, fresh: bool) -> None:
    """Set up where nothing complete stands yet; no other folder is touched."""
    instance, welcome = settings.instance, welcome_path(settings.instance)
    if is_ready(instance) and not fresh:
        click.echo(f"已有演示数据 found in {instance}  （--fresh 重新准备 sets up anew）\n")
        migrate(settings.database_url)  # the program may be newer than the folder
        return
    if instance.exists() and any(instance.iterdir()):
        if not welcome.exists():
            raise click.ClickException(
                f"{instance} 不是演示文件夹，没有改动。请把 EVALSVC_INSTANCE 设为空文件夹。\n"
                f"{instance} is no folder of the demonstration and was left alone. "
                "Set EVALSVC_INSTANCE to an empty folder."
            )
        shutil.rmtree(instance)
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    welcome.touch(mode=0o600)
    welcome.write_text(set_up(settings, now()), encoding="utf-8")
    click.echo()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            click.echo(
                f"端口 {port} 已被占用，请换一个：./run demo --port 8001\n"
                f"Port {port} is taken; choose another: ./run demo --port 8001",
                err=True,
            )
            sys.exit(2)

"""`demo`: invented seasons to look around in, or walked through without a person."""

import os
import shutil
import socket
import sys
from pathlib import Path

import click

from evalsvc.clock import now
from evalsvc.commands.serve import become_server
from evalsvc.demo.stage import is_ready, set_up, welcome_path
from evalsvc.demo.welcome import say_welcome
from evalsvc.settings import PROJECT, Settings


@click.command()
@click.option("--port", default=8000, show_default=True, help="端口 / port")
@click.option("--fresh", is_flag=True, help="从头重新准备 / set everything up anew")
@click.option("--serve/--no-serve", "serves", default=True, help="准备好后运行 / serve when ready")
def demo(port: int, fresh: bool, serves: bool) -> None:
    """准备演示数据并运行系统 / Prepare invented seasons and serve them."""
    settings = _build_settings(port)
    if serves:
        _check_port(port)
    _prepare(settings, fresh)
    welcome = welcome_path(settings.instance).read_text(encoding="utf-8")
    click.echo(say_welcome(welcome, settings.public_url))
    if serves:
        click.echo("正在运行，按 Ctrl-C 停止  Serving; press Ctrl-C to stop")
        become_server(settings, f"127.0.0.1:{port}")


def _build_settings(port: int) -> Settings:
    """A folder and an embedded database of the demonstration's own, whatever is set for service."""
    instance = Path(os.environ.get("EVALSVC_INSTANCE", PROJECT / "instance" / "demo")).resolve()
    return Settings(
        instance=instance,
        database_url=f"sqlite:///{instance / 'demo.sqlite'}",
        public_url=f"http://127.0.0.1:{port}",
        trusted_hosts=(),
        secure_cookies=False,
    )


def _prepare(settings: Settings, fresh: bool) -> None:
    """Set up where nothing complete stands yet; no other folder is touched."""
    instance, welcome = settings.instance, welcome_path(settings.instance)
    if is_ready(instance) and not fresh:
        click.echo(f"已有演示数据 found in {instance}  （--fresh 重新准备 sets up anew）\n")
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

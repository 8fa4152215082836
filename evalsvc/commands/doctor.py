"""`doctor`: says in plain words what is wrong with this installation."""

import os
import sys
from pathlib import Path

import click

from evalsvc.clock import now
from evalsvc.commands.saying import Saying
from evalsvc.doctor.examining import examine
from evalsvc.doctor.findings import FoundFault
from evalsvc.doctor.place import Installed
from evalsvc.installing.choices import SETTINGS, UsualPlaces
from evalsvc.installing.machine import Machine, read_memory
from evalsvc.releases import VERSION, name_migration
from evalsvc.settings import PROJECT, read_settings, read_settings_file

WRONG = 1


@click.command(cls=Saying)
def doctor() -> None:
    """检查本机的安装，说明哪里不对、怎么办 / Say what is wrong here and what to do about it.

    退出码 0：没有不对的；1：有。 Exit code 0: nothing is wrong; 1: something is.
    """
    migration, findings = examine(build_place())
    click.echo(f"evalsvc {VERSION}  数据库 database: {name_migration(migration)}")
    for finding in findings:
        click.echo("\n".join(("", *say(finding))))
    wrong = sum(finding.is_wrong for finding in findings)
    click.echo(
        f"\n不对 wrong: {wrong}  提示 hints: {len(findings) - wrong}"
        if findings
        else "一切正常 nothing is wrong"
    )
    sys.exit(WRONG if wrong else 0)


def build_place() -> Installed:
    """This installation on this machine."""
    settings = read_settings()
    places = UsualPlaces(app=PROJECT)
    installed = (PROJECT / ".installed").is_symlink()
    machine = Machine()
    service_url = settings.database_url
    if installed and os.access(SETTINGS, os.R_OK):
        service_url = read_settings_file(SETTINGS).get("EVALSVC_DATABASE_URL", service_url)
        machine.placed = _read_placed(places.memory)
    return Installed(settings, machine, now(), service_url, installed, places)


def say(finding: FoundFault) -> list[str]:
    """A finding and what to do about it, Chinese first."""
    level = finding.fault.level.value
    return [
        f"{level.zh}  {_end(finding.said.zh, '。')}→ {finding.remedy.zh}。",
        f"{level.en}  {_end(finding.said.en, '.')} → {finding.remedy.en}.",
    ]


def _end(sentence: str, stop: str) -> str:
    """A question has its own mark already."""
    return sentence if sentence.endswith(("？", "?")) else f"{sentence}{stop}"


def _read_placed(path: Path) -> dict[str, str]:
    placed = read_memory(path).get("placed", {})
    return {str(name): str(value) for name, value in dict(placed).items()}  # type: ignore[call-overload]  # our own JSON

"""`install`: puts the service on this machine, or says what it would do."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import click

from evalsvc.commands.saying import Saying
from evalsvc.errors import DATABASE_STAYS, HOST_MISSING, NOT_ROOT, Problem
from evalsvc.installing.choices import OWNER_SETTINGS, SETTINGS, Choices, UsualPlaces
from evalsvc.installing.machine import Machine, own, read_memory
from evalsvc.installing.plan import Addresses, build_plan, choose_addresses
from evalsvc.installing.postgres import find_port
from evalsvc.installing.steps import File, State, Step
from evalsvc.settings import PROJECT, read_settings_file

FILES = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(cls=Saying)
@click.option("--host", help="对外的主机名 / the host name on the letters")
@click.option("--database", help="sqlite、postgresql，或已有 PostgreSQL 的地址 / or a URL")
@click.option("--owner-database", help="表所有者的地址 / the tables' owner's URL")
@click.option("--nginx/--no-nginx", default=None, help="是否设置 nginx / whether to set it up")
@click.option("--tls-certificate", type=FILES, help="证书链 / the certificate's chain")
@click.option("--tls-key", type=FILES, help="证书的私钥 / its key")
@click.option("--replace", multiple=True, type=FILES, help="覆盖手工改过的文件 / overwrite it")
@click.option("--dry-run", is_flag=True, help="只说要做什么 / say what would be done")
@click.option("--root", type=FOLDER, default=Path("/"), help="只把文件放进此目录 / files only")
def install(
    host: str | None,
    database: str | None,
    owner_database: str | None,
    nginx: bool | None,
    tls_certificate: Path | None,
    tls_key: Path | None,
    replace: tuple[Path, ...],
    dry_run: bool,
    root: Path,
) -> None:
    """把系统装到本机，可重复执行 / Install the service on this machine; again changes nothing.

    没有写明的选项沿用上次的。 Options not given stay as they were the last time.
    """
    machine, places = Machine(root.resolve()), UsualPlaces(app=PROJECT)
    memory = read_memory(machine.at(places.memory))
    given = {
        "host": host,
        "database": database,
        "owner_database": owner_database,
        "nginx": nginx,
        "certificate": tls_certificate and str(tls_certificate.resolve()),
        "certificate_key": tls_key and str(tls_key.resolve()),
    }
    choices = build_choices(given, memory.get("choices", {}), places)
    _check_database_stays(memory.get("choices", {}), choices)
    if machine.is_whole and not dry_run and os.geteuid() != 0:
        raise Problem(NOT_ROOT)
    machine.placed = dict(memory.get("placed", {}))  # type: ignore[call-overload]  # our own JSON
    addresses = choose_addresses(choices, read_addresses(machine), find_port(machine))
    try:
        do_plan(build_plan(choices, addresses), machine, replace, dry_run=dry_run)
    finally:  # what was placed before a step failed is ours all the same
        if not dry_run:
            _remember(machine, choices)
    _say_what_is_left(machine, choices, dry_run=dry_run)


def build_choices(given: Mapping[str, object], before: object, places: UsualPlaces) -> Choices:
    """What is given now, else what was chosen the last time, else the usual."""
    known = {**(before if isinstance(before, dict) else {})}
    known |= {name: value for name, value in given.items() if value is not None}
    if not known.get("host"):
        raise Problem(HOST_MISSING)
    database = str(known.get("database", "sqlite"))
    certificate, key = known.get("certificate"), known.get("certificate_key")
    return Choices(
        host=str(known["host"]),
        database="sqlite" if database == "sqlite" else "postgresql",
        database_url=database if "://" in database else "",
        owner_url=str(known.get("owner_database") or ""),
        nginx=bool(known.get("nginx", True)),
        self_made_certificate=certificate is None,
        places=UsualPlaces(
            app=places.app,
            certificate=Path(str(certificate)) if certificate else places.certificate,
            certificate_key=Path(str(key)) if key else places.certificate_key,
        ),
    )


def _check_database_stays(before: object, choices: Choices) -> None:
    """Nobody changes the kind of database in passing: what the old one holds would stay there."""
    known = before.get("database") if isinstance(before, dict) else None
    kind = str(known).partition("+")[0].partition(":")[0] if known else choices.database
    if kind != choices.database:
        raise Problem(
            DATABASE_STAYS, before=kind, wished=choices.database, memory=choices.places.memory
        )


def read_addresses(machine: Machine) -> Addresses:
    """The database's addresses that are in use, so that passwords stay what they are."""
    service = _read(machine.at(SETTINGS)).get("EVALSVC_DATABASE_URL", "")
    return Addresses(service, _read(machine.at(OWNER_SETTINGS)).get("EVALSVC_DATABASE_URL", ""))


def do_plan(
    steps: tuple[Step, ...], machine: Machine, replace: tuple[Path, ...], *, dry_run: bool
) -> None:
    """Look at each step in turn, say how it stands, and do it where it is due."""
    for number, step in enumerate(steps, start=1):
        state = step.look(machine)
        if state is State.KEPT and isinstance(step, File) and step.path in replace:
            _keep_before(machine, step.path, dry_run=dry_run)
            state = State.DUE
        click.echo(_say(number, step, state))
        if dry_run or state is State.KEPT:
            _show(step, machine, state)
        if not dry_run and state in {State.DUE, State.ALWAYS}:
            step.do(machine)


def _say(number: int, step: Step, state: State) -> str:
    mark = {
        State.RIGHT: "=",
        State.DUE: "+",
        State.ALWAYS: "+",
        State.KEPT: "!",
        State.SKIPPED: "-",
    }
    said = f"{mark[state]} {number:2}  {step.what.zh}  {step.what.en}"
    return f"{said}  （{state.value.zh} {state.value.en}）"


def _show(step: Step, machine: Machine, state: State) -> None:
    if state is not State.RIGHT:
        for line in step.show(machine):
            click.echo(f"        {line}")


def _keep_before(machine: Machine, path: Path, *, dry_run: bool) -> None:
    if not dry_run:
        there = machine.at(path)
        there.replace(there.with_name(f"{there.name}.before"))


def _remember(machine: Machine, choices: Choices) -> None:
    """What was chosen and placed, without the passwords; they stay in the settings files."""
    places = choices.places
    chosen = {
        "host": choices.host,
        "database": choices.database_url or choices.database,
        "owner_database": choices.owner_url,
        "nginx": choices.nginx,
        **(
            {}
            if choices.self_made_certificate
            else {
                "certificate": str(places.certificate),
                "certificate_key": str(places.certificate_key),
            }
        ),
    }
    path = machine.at(places.memory)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    own(path, "root", 0o600)
    written = {"choices": chosen, "placed": machine.placed}
    path.write_text(json.dumps(written, ensure_ascii=False, indent=1), encoding="utf-8")


def _read(path: Path) -> dict[str, str]:
    try:
        return read_settings_file(path)
    except (FileNotFoundError, PermissionError):
        return {}


def _say_what_is_left(machine: Machine, choices: Choices, *, dry_run: bool) -> None:
    if dry_run:
        click.echo("\n什么都没有改动。  Nothing was changed.")
        return
    if not machine.is_whole:
        click.echo(f"\n文件已放入 files are in {machine.root}")
        return
    run = choices.places.app / "run"
    if not machine.has_systemd:
        click.echo(
            "\n此处没有运行 systemd：服务和定时任务的文件已放好，须自行启动。\n"
            "systemd is not running here: its units are in place, and starting them is yours."
        )
    click.echo(
        f"\n接下来 next:\n  {run} first-staff wang 王主任 administrator\n  {run} doctor\n"
        f"  https://{choices.host}/office/"
    )

"""`service VERB`: what root types in an installed folder, done by the service's own user."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from evalsvc.commands.saying import Saying
from evalsvc.errors import NOT_ROOT, Problem
from evalsvc.installing.choices import ACCOUNT, OWNER_SETTINGS, SETTINGS
from evalsvc.installing.machine import find_account
from evalsvc.settings import read_settings_file

# These look at the whole machine, or make folders where the service may not.
AS_ROOT = frozenset({"doctor", "restore"})
# These touch what only the owner of the tables may change or read.
AS_OWNER = frozenset({"backup", "doctor", "migrate", "purge", "restore"})
KEPT = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TERM")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@click.command(
    cls=Saying,
    hidden=True,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
)
@click.argument("verb")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def service(verb: str, arguments: tuple[str, ...]) -> None:
    """Do a verb with the installation's settings, as the service's user where that suffices."""
    if os.geteuid() != 0:
        raise Problem(NOT_ROOT)
    become_service(verb, arguments, build_environment(verb, SETTINGS, OWNER_SETTINGS))


def build_environment(verb: str, settings: Path, owner_settings: Path) -> dict[str, str]:
    """The environment of a verb; of root's own, only the way to the program and the language."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    given = read_settings_file(settings)
    if verb in AS_OWNER and owner_settings.exists():
        given |= read_settings_file(owner_settings)
    return {"PATH": PATH, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", **kept, **given}


def become_service(verb: str, arguments: tuple[str, ...], environment: dict[str, str]) -> NoReturn:
    os.umask(0o077)
    account = find_account(ACCOUNT)
    if verb not in AS_ROOT and account:
        os.initgroups(account.pw_name, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    program = [sys.executable, "-P", "-m", "evalsvc", verb, *arguments]
    os.execve(sys.executable, program, environment)  # noqa: S606 (no shell wanted)

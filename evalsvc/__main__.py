"""`python -m evalsvc`: all commands, each loaded only when it is called."""

from importlib import import_module
from typing import ClassVar

import click

from evalsvc.releases import VERSION


class Commands(click.Group):
    """Name → module and command; recomputing must not need a web server's libraries."""

    places: ClassVar[dict[str, tuple[str, str]]] = {
        "anchor": ("evalsvc.commands.anchor", "anchor"),
        "backup": ("evalsvc.commands.backup", "backup"),
        "custodian": ("evalsvc.commands.custodian", "custodian"),
        "demo": ("evalsvc.commands.demo", "demo"),
        "doctor": ("evalsvc.commands.doctor", "doctor"),
        "first-staff": ("evalsvc.commands.staff", "first_staff"),
        "install": ("evalsvc.commands.install", "install"),
        "migrate": ("evalsvc.commands.migrate", "migrate"),
        "purge": ("evalsvc.commands.purge", "purge"),
        "recompute": ("evalsvc.commands.recompute", "command"),
        "restore": ("evalsvc.commands.restore", "restore"),
        "scheme": ("evalsvc.commands.scheme", "scheme"),
        "serve": ("evalsvc.commands.serve", "serve"),
        "service": ("evalsvc.commands.service", "service"),
        "verify": ("evalsvc.commands.verify", "command"),
        "work": ("evalsvc.commands.work", "work"),
    }
    # Programs call these, nobody else.
    unlisted: ClassVar[frozenset[str]] = frozenset({"service", "work"})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return sorted(self.places.keys() - self.unlisted)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in self.places:
            return None
        module, name = self.places[cmd_name]
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=Commands)
@click.version_option(VERSION, prog_name="evalsvc")
def main() -> None:
    """评价系统的命令 / Commands of the evaluation service."""


if __name__ == "__main__":
    main(prog_name="evalsvc")

"""A command that says a known problem in both languages instead of dying of it."""

from typing import Any

import click

from evalsvc.errors import Problem


class Saying(click.Command):
    """`@click.command(cls=Saying)`: a problem becomes two sentences and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            said = f"{problem.text.zh}\n{problem.text.en}"
            raise click.ClickException(said) from problem

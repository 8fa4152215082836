"""`first-staff LOGIN NAME ROLES…`: the one-time link that an office's first account begins with."""

import click

from evalsvc.clock import now
from evalsvc.commands.saying import Saying
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people.staff import make_link
from evalsvc.migrating import migrate
from evalsvc.models.staff import ROLES
from evalsvc.settings import prepare_instance, read_settings
from evalsvc.standing import opened


@click.command("first-staff", cls=Saying)
@click.argument("login")
@click.argument("name")
@click.argument("roles", nargs=-1, required=True, type=click.Choice(ROLES))
def first_staff(login: str, name: str, roles: tuple[str, ...]) -> None:
    """开设账号，打印一次性链接 / Make an account and print its one-time link.

    例 / example: first-staff wang 王主任 administrator manager
    """
    settings = read_settings()
    prepare_instance(settings)
    migrate(settings.database_url)
    with opened(settings.database_url, settings.peppers) as database:
        secret = make_link(Act(database, build_outsider("first-staff"), now()), login, name, roles)
    click.echo(f"{settings.public_url}/office/link#{secret}")
    click.echo(
        "7天内在浏览器里打开，自己选一个密码。只能用一次。\n"
        "Open it in a browser within 7 days and choose a password. It works once.",
        err=True,
    )

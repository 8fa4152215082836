"""`migrate`: creates the database or brings it up to date."""

import click

from evalsvc.migrating import migrate as bring_up_to_date
from evalsvc.settings import prepare_instance, read_settings


@click.command()
def migrate() -> None:
    """建立或升级数据库 / create the database or bring it up to date."""
    settings = read_settings()
    prepare_instance(settings)
    bring_up_to_date(settings.database_url)
    click.echo("数据库已就绪 / the database is up to date")

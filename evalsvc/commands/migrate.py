"""`migrate`: creates the database or brings it up to date."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import click

from evalsvc.commands.saying import Saying
from evalsvc.migrating import describe
from evalsvc.migrating import migrate as bring_up_to_date
from evalsvc.settings import prepare_instance, read_settings

# On a large database one step can take minutes: so often it says that it is at work.
SIGN_OF_LIFE_S = 10


@click.command(cls=Saying)
def migrate() -> None:
    """建立或升级数据库 / create the database or bring it up to date."""
    settings = read_settings()
    prepare_instance(settings)
    with _sign_of_life():
        bring_up_to_date(settings.database_url, click.echo)
    stands = describe(settings.database_url)
    click.echo(f"数据库已就绪 / the database is up to date: {stands}")


@contextmanager
def _sign_of_life() -> Iterator[None]:
    began, ended = monotonic(), threading.Event()

    def tell() -> None:
        while not ended.wait(SIGN_OF_LIFE_S):
            click.echo(f"……仍在进行 still at work: {monotonic() - began:.0f} s", err=True)

    watcher = threading.Thread(target=tell, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()

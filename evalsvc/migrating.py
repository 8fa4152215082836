"""Brings a database's tables up to date."""

from alembic import command
from alembic.config import Config

from evalsvc.settings import PROJECT


def migrate(database_url: str) -> None:
    """Run every migration that the database at this URL has not seen."""
    config = Config(str(PROJECT / "migrations" / "alembic.ini"))
    config.attributes["url"] = database_url
    command.upgrade(config, "head")

"""Runs migrations on the database of this installation, or on one that a caller hands over."""

from typing import Literal

from alembic import context

from evalsvc.db import Moment, connect
from evalsvc.models.tables import METADATA
from evalsvc.settings import prepare_instance, read_settings


def write_plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must still run when the application's own types have moved on."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


def migrate() -> None:
    """Bring the database up to date in one transaction."""
    url = context.config.attributes.get("url")
    if url is None:
        settings = read_settings()
        prepare_instance(settings)
        url = settings.database_url
    database = connect(url)
    with database.casting() as connection:
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=True,
            render_item=write_plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()
    database.close()


migrate()

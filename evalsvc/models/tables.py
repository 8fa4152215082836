"""All tables under one name, for migrations and for making a fresh database."""

from sqlalchemy import MetaData

from evalsvc.db import Row
from evalsvc.models import (  # noqa: F401  (importing a row's module puts it on the list)
    anchor,
    approval,
    arrangement,
    assessment,
    attachment,
    beside,
    box,
    comment,
    draft,
    event,
    exclusion,
    figures,
    history,
    job,
    kept,
    opened,
    publication,
    purge,
    result,
    roster,
    season,
    staff,
    supervision,
    unit_change,
)

METADATA: MetaData = Row.metadata

"""Where the secret of a season's letters lies, and how it ends with the codes that hang on it."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.jobs import delete_letter_runs
from evalsvc.domain.voting.peppers import destroy_pepper, find_pepper, make_pepper
from evalsvc.models.publication import LetterCode
from evalsvc.settings import Settings


def make_secret(settings: Settings, season_id: int) -> bytes:
    """The secret of a season's letters; the first one stays until the archive."""
    return make_pepper(settings, _name(season_id))


def find_secret(settings: Settings, season_id: int) -> bytes | None:
    """It, or None once it is destroyed."""
    return find_pepper(settings, _name(season_id))


def delete_codes(session: Session, season_id: int) -> None:
    """Inside the transaction that ends a season's result: no code leads to it any more."""
    session.execute(delete(LetterCode).where(LetterCode.season_id == season_id))


def destroy_secret(database: Database, settings: Settings, season_id: int) -> None:
    """After that transaction, since files can't be rolled back: the secret, and printed letters."""
    destroy_pepper(settings, _name(season_id))
    delete_letter_runs(database, settings, season_id)


def _name(season_id: int) -> str:
    """Of its file, beside the rounds' peppers."""
    return f"letters-{season_id}"

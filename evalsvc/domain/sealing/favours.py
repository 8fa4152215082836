"""What the tests of favours leave when a round is opened.

What is kept are a few rounded numbers for each relation, never one of a pair or of a ballot.
"""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.examining.favours import Favour
from evalsvc.models.opened import FavourTest


def keep_favours(session: Session, round_id: int, favours: Sequence[Favour]) -> None:
    """Write the numbers of a round that is being counted."""
    # Rounded already, and no numbers at all below ten units on a side:
    # fine digits told more of the nameless ballots than of favours.
    rows = [{"round_id": round_id, **vars(favour)} for favour in favours]
    if rows:
        session.execute(insert(FavourTest), rows)


def list_kept_favours(session: Session, round_id: int) -> tuple[Favour, ...]:
    """The numbers that a round's opening has left."""
    rows = session.scalars(
        select(FavourTest)
        .where(FavourTest.round_id == round_id)
        .order_by(FavourTest.kind.desc(), FavourTest.forth, FavourTest.back)
    )
    return tuple(
        Favour(
            row.kind,
            row.forth,
            row.back,
            row.givers,
            row.takers,
            row.cells,
            row.effect,
            row.z,
            row.p,
        )
        for row in rows
    )

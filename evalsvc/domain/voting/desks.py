"""Where a ballot is filled in: on a rater's own phone, at the office's counter, or only tried out.

The pages are the same everywhere; a desk says what they keep.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from analysis.score.facts import Answer
from evalsvc.ballots.paper import Paper
from evalsvc.db import Database
from evalsvc.domain.voting import card_reports, casting, drafts
from evalsvc.domain.voting.visit import Visit

Kind = Literal["own", "assisted", "preview"]
_Cast: TypeAlias = Callable[
    [Database, Visit, Sequence[Answer], bytes, datetime, Paper], casting.Receipt
]
# Without the mark of the office's counter, which only its own desk can set.
_CAST: _Cast = casting.cast


@dataclass(frozen=True)
class Desk:
    """A rater's own phone; the office's desks differ in what they keep.

    `visit` is there where nobody is asked for a code, and `receipt` with it.
    """

    kind: Kind = "own"
    visit: Visit | None = None
    receipt: casting.Receipt | None = None

    # A phone's own desk does what the verbs do, so they are the verbs themselves: an answer passes
    # no hands that only hand it on.
    admit = staticmethod(casting.admit)
    get_paper = staticmethod(casting.get_paper)
    find_draft = staticmethod(drafts.find_draft)
    cast = staticmethod(_CAST)
    report_card = staticmethod(card_reports.report_card)

    def save_draft(
        self,
        database: Database,
        visit: Visit,
        entries: drafts.Entries,
        turn: int,
        moment: datetime,
        paper: Paper,
    ) -> bool:
        """Keep what is filled in; False where this desk keeps nothing."""
        drafts.save_draft(database, visit, entries, turn, moment, paper.lengths)
        return True


@dataclass(frozen=True)
class KeepingNothing(Desk):
    """A desk at which nothing is kept before a ballot is cast, and no card is reported."""

    def find_draft(self, database: Database, visit: Visit) -> tuple[tuple[str, str], ...]:  # noqa: ARG002 (nothing is kept)
        return ()

    def save_draft(
        self,
        database: Database,  # noqa: ARG002 (nothing is kept)
        visit: Visit,  # noqa: ARG002
        entries: drafts.Entries,  # noqa: ARG002
        turn: int,  # noqa: ARG002
        moment: datetime,  # noqa: ARG002
        paper: Paper,  # noqa: ARG002
    ) -> bool:
        return False

    def report_card(self, database: Database, visit: Visit, moment: datetime) -> None:
        """Who types for others exchanges a card that somebody else has used; a preview has none."""


OWN_PHONE = Desk()

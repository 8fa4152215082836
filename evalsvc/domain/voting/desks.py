"""Where a ballot is filled in: on a rater's own phone, at the office's counter, or only tried out.

The pages are the same everywhere; a desk says what they keep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analysis.score.facts import Answer
from evalsvc.ballots.paper import Paper
from evalsvc.db import Database
from evalsvc.domain.voting import card_reports, casting, drafts
from evalsvc.domain.voting.visit import Visit
from evalsvc.settings import Settings

Kind = Literal["own", "assisted", "preview"]


@dataclass(frozen=True)
class Desk:
    """A rater's own phone; the office's desks differ in what they keep.

    `visit` is there where nobody is asked for a code, and `receipt` with it.
    """

    kind: Kind = "own"
    visit: Visit | None = None
    receipt: casting.Receipt | None = None

    def admit(self, database: Database, settings: Settings, token: str, moment: datetime) -> Visit:
        """The visit that a code begins."""
        return casting.admit(database, settings, token, moment)

    def get_paper(self, database: Database, visit: Visit, moment: datetime) -> Paper:
        """What is asked of the visitor."""
        return casting.get_paper(database, visit, moment)

    def find_draft(self, database: Database, visit: Visit) -> Sequence[tuple[str, str]]:
        """What has been kept of an earlier visit."""
        return drafts.find_draft(database, visit)

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

    def cast(
        self,
        database: Database,
        visit: Visit,
        answers: Sequence[Answer],
        nonce: bytes,
        moment: datetime,
        paper: Paper,
    ) -> casting.Receipt:
        """Put the ballot into the box."""
        return casting.cast(database, visit, answers, nonce, moment, paper)

    def report_card(self, database: Database, visit: Visit, moment: datetime) -> None:
        """Count that somebody else has used the card."""
        card_reports.report_card(database, visit, moment)


OWN_PHONE = Desk()

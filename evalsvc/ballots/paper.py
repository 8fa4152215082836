"""The paper in front of a rater: which questionnaire, about which units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evalsvc.ballots.lengths import Lengths
from evalsvc.box.tray import TrayKey
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Category, Evaluated, Group
from evalsvc.text import Text


@dataclass(frozen=True)
class Paper:
    """One rater's questionnaire with everything the page says around it."""

    season_title: str
    office: str
    contact: str
    round_name: Text
    deadline: datetime | None
    group: Group
    questionnaire: Questionnaire
    categories: tuple[Category, ...]
    units: tuple[PaperUnit, ...]
    lengths: Lengths
    addressee: str
    times_cast: int
    # Papers of one sort differ in their units alone, those of one deal in nothing but their holder.
    # Where every visit has an order of its own there is no deal.
    sort: str = ""
    deal: tuple[str | int, ...] = ()
    # Asked along with the rest, for the page that resumes and for the receipt.
    may_have_draft: bool = False
    newest_anchor: int | None = None
    # The round's name and whom its ballots are sealed to; none where nothing is cast.
    round_uid: str = ""
    public_key: bytes = b""
    # Of the round's batches, as long as this request takes.
    tray_keys: tuple[TrayKey, ...] = field(default=(), repr=False)
    # Where its place, its draft and what waits under these keys are found: hashed once a request.
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    # The figures from which on this group's answers enter what is public.
    public_from: tuple[Text, ...] = ()
    # What is rated, by which the page chooses its words.
    evaluates: Evaluated = "units"

    @property
    def may_leave_out(self) -> bool:
        """Whether raters may leave units out, so that proportions have another base."""
        return self.questionnaire.manner.may_leave_out

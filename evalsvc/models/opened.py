"""What an opened box leaves: answers of `named` and `unit` groups, sums of `counts` groups."""

from typing import Literal

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class OpenedAnswer(Row):
    """One answer of an opened ballot; `rater` is a pseudonym where the group is anonymous."""

    __tablename__ = "opened_answer"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    ballot: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    rater: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)


class CountedRelation(Row):
    """A listed relation as it stood when a round was counted; the roster may change afterwards."""

    __tablename__ = "counted_relation"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    rater: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(40))


class LevelCount(Row):
    """How many citizens of a (joint) stratum gave this unit this level."""

    __tablename__ = "level_count"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(400), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int]
    n_unflagged: Mapped[int]


class PanelSum(Row):
    """One further sum over citizens; `subject` is a cell, a unit or empty for the whole panel."""

    __tablename__ = "panel_sum"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(400), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    # An exact fraction as text, such as 41/3: it reads the same on both databases.
    value: Mapped[str] = mapped_column(Text)


class Rejection(Row):
    """How many ballots of a group did not count at opening, by reason."""

    __tablename__ = "rejection"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int]


class FavourTest(Row):
    """One test over a whole relation: rounded numbers, and none of a pair, a unit or a ballot.

    `kind` is `mutual` (rater groups `forth` and `back`) or `cluster` (a rater group and the
    category that it rated). A relation with fewer than ten raters on a side has no row.
    """

    __tablename__ = "favour_test"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    kind: Mapped[Literal["mutual", "cluster"]] = mapped_column(String(10), primary_key=True)
    forth: Mapped[str] = mapped_column(String(40), primary_key=True)
    back: Mapped[str] = mapped_column(String(40), primary_key=True)
    givers: Mapped[int]
    takers: Mapped[int]
    cells: Mapped[int]
    effect: Mapped[float]
    z: Mapped[float]
    p: Mapped[float]


class CommentText(Row):
    """Something that citizens wrote, once for all who wrote the same; the words never change."""

    __tablename__ = "comment_text"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    # The place among the round's sorted texts.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)


class OpenedComment(Row):
    """Where a text was written: cut off from ballot, stratum and order of opening."""

    __tablename__ = "opened_comment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "number"], ["comment_text.round_id", "comment_text.number"]
        ),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    item: Mapped[str] = mapped_column(String(90), primary_key=True)
    # A unit's code; empty where the question is about none.
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    # The place among the sorted texts, so that equal texts have a row each.
    position: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class OpenedReply(Row):
    """What raters replied beside the scores, sorted by what it says and cut off from the ballot.

    `rater` is empty unless the group is evaluated under its name; there never is a stratum.
    """

    __tablename__ = "opened_reply"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    item: Mapped[str] = mapped_column(String(90), primary_key=True)
    # A unit's code; empty where the question is about none.
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    # The place among the sorted replies, so that equal ones have a row each.
    position: Mapped[int] = mapped_column(primary_key=True)
    rater: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)


class BoxOpening(Row):
    """What the log commits to of an opened box, and the keys of single ballots.

    `keys` open ballots whose answers stand in `opened_answer` anyway, but they name places on the
    roll beside them: so they are sealed under a key that the database does not hold.
    """

    __tablename__ = "box_opening"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    keys: Mapped[bytes] = mapped_column(LargeBinary)

"""What a database holds, as far as its keeper must know it: rounds, ballots, what waits."""

from dataclasses import dataclass

from sqlalchemy import Select, func, inspect, select, text
from sqlalchemy.engine import Connection

from evalsvc.models.anchor import PublishedAnchor
from evalsvc.models.box import Ballot, Credential
from evalsvc.models.season import Round, Season


@dataclass(frozen=True)
class RoundState:
    """One round: who opens it again after a loss must know these."""

    season: str
    code: str
    uid: str
    state: str
    cards: int
    ballots: int
    # How many lie on the tray under each batch's key: number of the batch → ballots.
    waiting: dict[int, int]
    newest_anchor: str

    @property
    def needs_pepper(self) -> bool:
        """Whether cards are out whose codes only the pepper leads to their places."""
        return self.state in {"issued", "open"}


def count_rows(connection: Connection) -> dict[str, int]:
    """Every table by name, with its number of rows."""
    names = sorted(inspect(connection).get_table_names())
    quote = connection.dialect.identifier_preparer.quote
    counts = (text(f"SELECT count(*) FROM {quote(name)}") for name in names)  # noqa: S608 (our tables)
    return {name: connection.scalar(count) or 0 for name, count in zip(names, counts, strict=True)}


def list_rounds(connection: Connection) -> tuple[RoundState, ...]:
    """Every round of every season, in order."""
    cards = _count_by_round(connection, select(Credential.round_id, func.count()))
    ballots = _count_by_round(
        connection,
        select(Credential.round_id, func.count()).join(Ballot, Ballot.credential == Credential.key),
    )
    waiting = _count_waiting(connection)
    anchors = {
        row.round_id: f"{row.number} ({row.at})"
        for row in connection.execute(
            select(PublishedAnchor.round_id, PublishedAnchor.number, PublishedAnchor.at).order_by(
                PublishedAnchor.number
            )
        )
    }
    rows = connection.execute(
        select(Round.id, Round.code, Round.uid, Round.state, Season.title)
        .join(Season, Season.id == Round.season_id)
        .order_by(Season.id, Round.position)
    )
    return tuple(
        RoundState(
            row.title,
            row.code,
            row.uid,
            row.state,
            cards.get(row.id, 0),
            ballots.get(row.id, 0),
            waiting.get(row.id, {}),
            anchors.get(row.id, ""),
        )
        for row in rows
    )


def _count_waiting(connection: Connection) -> dict[int, dict[int, int]]:
    """Round → batch → ballots on its tray; none in a database from before there were trays."""
    if not inspect(connection).has_table("pending_ballot"):
        return {}
    found: dict[int, dict[int, int]] = {}
    counted = "SELECT round_id, batch, count(*) FROM pending_ballot GROUP BY round_id, batch"
    for round_id, batch, number in connection.execute(text(counted)):
        found.setdefault(round_id, {})[batch] = number
    return found


def _count_by_round(connection: Connection, counted: Select[int, int]) -> dict[int, int]:
    found = connection.execute(counted.group_by(Credential.round_id))
    return {row[0]: row[1] for row in found}

"""Citizens' comments put straight where an opening leaves them, and a season to publish them in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import publishing, results
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.domain.words.voices import build_comment_rows
from evalsvc.models.opened import CommentText, LevelCount, OpenedComment, PanelSum
from evalsvc.models.season import Round
from tests.cast import MANAGER, MORNING, Installation, add_panel_city, get_round_id
from tests.office_cast import complete

ITEM = "comment"
MANY = 40
FEW = 9


def add_commented(
    installation: Installation, comments: Mapping[str, Sequence[str]], few: str = ""
) -> tuple[int, int]:
    """A counted panel city with these comments by unit, and nine answers about the unit `few`."""
    season_id = add_panel_city(installation)
    round_id = get_round_id(installation, season_id)
    with installation.database.writing() as session:
        session.get_one(Round, round_id).state = "counted"
        for number in range(1, 13):
            unit = f"u{number:02d}"
            n = FEW if unit == few else MANY
            session.add(
                LevelCount(
                    round_id=round_id,
                    group="panel",
                    stratum="grassroots",
                    unit=unit,
                    item="satisfaction",
                    level="satisfied",
                    n=n,
                    n_unflagged=n,
                )
            )
        session.add(
            PanelSum(
                round_id=round_id,
                group="panel",
                kind="cell",
                subject="grassroots",
                name="valid",
                value=str(MANY),
            )
        )
    write_comments(installation, round_id, comments)
    complete(installation, season_id)
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )
    return season_id, round_id


def write_comments(
    installation: Installation, round_id: int, comments: Mapping[str, Sequence[str]]
) -> None:
    """As if citizens had written this; under no unit where it is empty."""
    texts, places = build_comment_rows(
        {
            "round_id": round_id,
            "group": "panel",
            "item": ITEM,
            "unit": unit,
            "position": position,
            "text": text,
        }
        for unit, written in comments.items()
        for position, text in enumerate(sorted(written), 1)
    )
    with installation.database.writing() as session:
        session.execute(insert(CommentText), texts)
        session.execute(insert(OpenedComment), places)


def publish(
    installation: Installation,
    season_id: int,
    version: int,
    reason: str = "",
    moment: datetime = MORNING,
) -> None:
    """Propose the newest computation and show it from today on."""
    database, today = installation.database, office_day(moment)
    publishing.propose(Act(database, MANAGER, moment), season_id, reason)
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(
        Act(database, MANAGER, moment), installation.settings, season_id, version, period
    )


def change_counts(installation: Installation, season_id: int, round_id: int) -> None:
    """Another figure, so that a computation makes another version."""
    with installation.database.writing() as session:
        key = (round_id, "panel", "grassroots", "u12", "satisfaction", "satisfied")
        session.get_one(LevelCount, key).n += 1
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )

"""What the database itself enforces: durable commits, and ballots that nobody can change."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import text
from sqlalchemy.engine import make_url

from analysis.score.facts import Answer
from evalsvc.db import Database, connect
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.voting import casting
from evalsvc.settings import Settings
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    build_installation,
    get_card,
    get_round_id,
    issue_cards,
)

ROLES = Path(__file__).parents[2] / "docs" / "postgresql-roles.sql"
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "secure_delete": 1,
    "foreign_keys": 1,
    "busy_timeout": 20_000,
}


def test_every_connection_to_sqlite_has_its_pragmas(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'x.sqlite'}")
    connections = [database.engine.connect() for _ in range(4)]
    for connection in connections:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
        assert found == PRAGMAS
        connection.close()
    with database.writing() as session:
        assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == 2
    with database.casting() as bare:
        assert bare.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    database.close()


def test_parameters_never_stand_in_an_error(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with (
        pytest.raises(sqlalchemy.exc.OperationalError) as raised,
        database.engine.connect() as connection,
    ):
        connection.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "kept quiet"})
    assert "kept quiet" not in str(raised.value)
    assert database.engine.hide_parameters
    database.close()


@pytest.fixture
def limited(fresh_postgres_url: str, tmp_path: Path) -> Iterator[Database]:
    """The service's own account: the roles file is run as it stands in the documents."""
    owner_url = fresh_postgres_url
    built = build_installation(tmp_path, owner_url)
    name = re.sub(r"\W", "", make_url(owner_url).database or "")
    script = ROLES.read_text(encoding="utf-8").replace("evalsvc_app", f"app_{name}")
    with built.database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute(script)  # type: ignore[attr-defined]  # psycopg's own method
        raw.commit()
    built.database.close()
    database = connect(owner_url.replace("postgres@", f"app_{name}@"), built.settings.peppers)
    yield database
    database.close()
    owner = connect(owner_url)
    with owner.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY app_{name}; DROP ROLE app_{name}")
    owner.close()


def test_the_services_account_casts_and_can_change_no_ballot(
    limited: Database, tmp_path: Path
) -> None:
    with limited.reading() as session:
        assert session.scalar(text("SHOW synchronous_commit")) == "on"
    settings = Settings(
        instance=tmp_path,
        database_url="",
        public_url="http://localhost",
        trusted_hosts=(),
        secure_cookies=False,
        small_office=True,
    )
    place = Installation(settings, limited)
    round_id = get_round_id(place, add_panel_city(place, seats=5))
    cards = issue_cards(place, round_id)
    rounds.open_round(Act(limited, MANAGER, MORNING), settings, round_id)
    visit = casting.admit(limited, settings, get_card(cards, "leader").token, MORNING)
    paper = casting.get_paper(limited, visit, MORNING)
    question = paper.questionnaire.questions[0]
    answers = [Answer(unit.code, question.code, "80") for unit in paper.units]
    first = casting.cast(limited, visit, answers, casting.new_nonce(), MORNING)
    second = casting.cast(limited, visit, answers, casting.new_nonce(), MORNING)
    assert (first.times_cast, second.times_cast) == (1, 2)
    for statement in (
        "UPDATE ballot SET seq = 9",
        "DELETE FROM ballot",
        "TRUNCATE ballot",
        "DROP TABLE ballot",
        "ALTER TABLE ballot ADD COLUMN at timestamp",
        "UPDATE event SET actor = 'nobody'",
        "DELETE FROM event",
        "UPDATE published_anchor SET ballots = 0",
        "DELETE FROM published_anchor",
        "UPDATE sealed_round SET content = ''",
    ):
        with pytest.raises(sqlalchemy.exc.ProgrammingError) as raised, limited.casting() as bare:
            bare.exec_driver_sql(statement)
        assert "permission denied" in str(raised.value) or "must be owner" in str(raised.value)
    rounds.close_round(Act(limited, MANAGER, MORNING), settings, round_id)

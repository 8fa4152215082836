"""Keys destroyed before there was a purge are purged after the upgrade, holders' names as well."""

import json

from sqlalchemy import text

from evalsvc.db import connect
from evalsvc.migrating import _run, migrate

HELD = {"group": "leader", "rater": "领导甲", "rater_id": "7", "credential": "ab" * 32}
SEASON = (
    "INSERT INTO season (id, title, office, contact, scheme, scheme_sha256) "
    "VALUES (1, '年度', '考评办', '0427', '', '')"
)
ROUND = text(
    "INSERT INTO round (id, uid, season_id, code, position, state, wrapped_key, closed_at, "
    "destroyed_at) VALUES (:id, :uid, 1, :uid, :id, 'counted', '[]', '2025-12-20 10:00:00', :gone)"
)
APPROVAL = text(
    "INSERT INTO approval (id, kind, season_id, round_id, reason, detail, state, proposed_by, "
    "proposed_at) VALUES (:id, 'reissue', 1, :round, '丢失', :detail, 'done', 'wang', "
    "'2025-12-10 10:00:00')"
)


def test_what_was_destroyed_before_waits_for_the_purge(database_url: str) -> None:
    _run("0002", url=database_url, say=lambda _: None)
    database = connect(database_url)
    with database.engine.begin() as connection:
        connection.execute(text(SEASON))
        for number, gone in ((1, "2026-03-01 10:00:00"), (2, None)):
            connection.execute(ROUND, {"id": number, "uid": f"r{number}", "gone": gone})
            detail = json.dumps(HELD, ensure_ascii=False)
            connection.execute(APPROVAL, {"id": number, "round": number, "detail": detail})
    database.close()

    migrate(database_url)

    database = connect(database_url)
    with database.engine.connect() as connection:
        waiting = connection.execute(
            text("SELECT kind, round_id, done_at, notes FROM purge ORDER BY id")
        ).all()
        details = connection.execute(text("SELECT detail FROM approval ORDER BY id")).scalars()
        kept = [json.loads(detail) for detail in details]
    database.close()
    assert [tuple(row) for row in waiting] == [
        ("keys", 1, None, ""),
        ("drafts", 1, None, ""),
        ("drafts", 2, None, ""),
    ]
    assert kept == [{"group": "leader"}, HELD]

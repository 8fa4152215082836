"""从首个版本升级、百万张票，要多久 / how long an upgrade takes with a million ballots."""

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from sqlalchemy.engine import Connection

from evalsvc import migrating
from evalsvc.db import connect

SEALED = 4144
A_BATCH = 20_000
FIRST_RELEASE = "0001"


def main() -> None:
    ballots = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evalsvc.sqlite"
        url = f"sqlite:///{file}"
        migrating._run(FIRST_RELEASE, url=url)
        _fill(url, ballots)
        print(f"{ballots} ballots, {file.stat().st_size / 1e6:.0f} MB")
        began = monotonic()

        def say(line: str) -> None:
            print(f"{monotonic() - began:8.1f} s  {line}", flush=True)

        migrating.migrate(url, say)
        say("done")


def _fill(url: str, ballots: int) -> None:
    database = connect(url)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.exec_driver_sql("BEGIN")
        _add_round(connection)
        keys = sorted(hashlib.sha256(number.to_bytes(4)).digest() for number in range(ballots))
        for start in range(0, ballots, A_BATCH):
            _add_ballots(connection, keys[start : start + A_BATCH])
        connection.exec_driver_sql("COMMIT")
    database.close()


def _add_round(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO season VALUES (1, 'x', 'x', 'x', 'x', 'x', NULL)")
    columns = connection.exec_driver_sql("PRAGMA table_info(round)").all()
    values = {"id": 1, "season_id": 1}
    named = [row.name for row in columns if row.notnull]
    marks = ", ".join("?" for _ in named)
    connection.exec_driver_sql(
        f"INSERT INTO round ({', '.join(named)}) VALUES ({marks})",  # noqa: S608 (our own names)
        tuple(values.get(name, "x") for name in named),
    )


def _add_ballots(connection: Connection, keys: list[bytes]) -> None:
    columns = connection.exec_driver_sql("PRAGMA table_info(credential)").all()
    named = [row.name for row in columns if row.notnull]
    marks = ", ".join("?" for _ in named)
    connection.exec_driver_sql(
        f"INSERT INTO credential ({', '.join(_quote(named))}) VALUES ({marks})",  # noqa: S608 (our own names)
        [tuple({"key": key, "round_id": 1}.get(name, 0) for name in named) for key in keys],
    )
    connection.exec_driver_sql(
        "INSERT INTO ballot (credential, seq, nonce, sealed, signature, leaf) "
        "VALUES (?, 1, ?, ?, ?, ?)",
        list(_list_ballots(keys)),
    )


def _quote(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _list_ballots(keys: list[bytes]) -> Iterator[tuple[bytes, ...]]:
    for key in keys:
        yield key, key[:16], key * (SEALED // 32) + key[:16], key * 2, hashlib.sha256(key).digest()


if __name__ == "__main__":
    main()

"""What a database's tables are in every detail, read from the catalogue of the database itself.

Two databases with equal descriptions behave alike. Alembic's own comparison passes over checks,
what deleting does, collations, triggers and how SQLite keeps a table's rows.
"""

import re
from collections.abc import Iterator

from sqlalchemy.engine import Connection

Description = dict[str, list[str]]

_POSTGRESQL = {
    "columns": """
        SELECT c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
            || a.attidentity::text || a.attgenerated::text
            || coalesce(' COLLATE ' || l.collname, '')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
            AND c.relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass::text, contype::text || ' ' || conname || ' ' ||
            pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0""",
    "indexes": """
        SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'""",
    "triggers": """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) || tgenabled::text
        FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
    "settings": """
        SELECT c.relname, a.attname || ' statistics ' || coalesce(a.attstattarget, -1)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
            AND c.relnamespace = 'public'::regnamespace""",
    "rights": """
        SELECT relname, coalesce(relacl::text, '') || ' ' || relkind::text ||
            relpersistence::text || relrowsecurity::text ||
            coalesce(array_to_string(reloptions, ','), '')
        FROM pg_class WHERE relnamespace = 'public'::regnamespace""",
}


def describe(connection: Connection) -> Description:
    """Name of a table → everything that is true of it, one sentence each, in no order."""
    lines = _sqlite(connection) if connection.dialect.name == "sqlite" else _postgres(connection)
    described: Description = {}
    for table, line in lines:
        if table.strip('"') != "alembic_version":
            described.setdefault(table.strip('"'), []).append(line)
    return {table: sorted(found) for table, found in sorted(described.items())}


def _postgres(connection: Connection) -> Iterator[tuple[str, str]]:
    for kind, question in _POSTGRESQL.items():
        for table, line in connection.exec_driver_sql(question).all():
            yield table, f"{kind}: {line}"


def _sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    tables = connection.exec_driver_sql("PRAGMA table_list").all()
    for _, name, kind, _, wr, strict in tables:
        if name.startswith("sqlite_"):
            continue
        yield name, f"{kind} without rowid {wr} strict {strict}"
        yield from ((name, line) for line in _sqlite_table(connection, name))
    found = connection.exec_driver_sql(
        "SELECT tbl_name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
    )
    yield from ((table, _squeeze(sql)) for table, sql in found.all())


def _sqlite_table(connection: Connection, name: str) -> Iterator[str]:
    sql = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)
    ).scalar_one()
    for _, column, kind, notnull, default, key, hidden in connection.exec_driver_sql(
        f'PRAGMA table_xinfo("{name}")'
    ):
        yield f"column {column} {kind} {notnull} {default} {key} {hidden}"
    foreign: dict[int, list[str]] = {}
    for number, _, other, own, its, update, delete, match in connection.exec_driver_sql(
        f'PRAGMA foreign_key_list("{name}")'
    ):
        foreign.setdefault(number, []).append(f"{own}={other}.{its} {update} {delete} {match}")
    yield from (f"reference {sorted(parts)}" for parts in foreign.values())
    for _, index, unique, origin, partial in connection.exec_driver_sql(
        f'PRAGMA index_list("{name}")'
    ):
        parts = connection.exec_driver_sql(f'PRAGMA index_xinfo("{index}")').all()
        named = index if origin == "c" else ""
        yield f"index {named} {unique} {origin} {partial} {[tuple(part)[2:] for part in parts]}"
    yield from (f"check {check}" for check in list_checks(sql))
    yield f"autoincrement {'AUTOINCREMENT' in sql.upper()}"
    yield f"collations {sorted(re.findall(r'(?i)COLLATE +[^ ,)]+', sql))}"
    yield f"conflicts {sorted(re.findall(r'(?i)ON +CONFLICT +[A-Z]+', sql))}"
    yield f"deferred {len(re.findall(r'(?i)DEFERRABLE', sql))}"


def list_checks(sql: str) -> list[str]:
    """The conditions of a CREATE TABLE, named or not, with single spaces."""
    found = []
    for start in re.finditer(r"(?i)\bCHECK\s*\(", sql):
        depth, end = 1, start.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found.append(_squeeze(sql[start.end() : end - 1]))
    return sorted(found)


def _squeeze(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()

"""Roles and database in this machine's PostgreSQL: an owner, and a service that only adds."""

from collections.abc import Iterator

import psycopg
from sqlalchemy import make_url

from evalsvc.errors import COMMAND_FAILED, Problem
from evalsvc.installing.choices import DATABASE, OWNER_ROLE, SERVICE_ROLE
from evalsvc.installing.machine import Machine
from evalsvc.settings import PROJECT

ROLES = PROJECT / "docs" / "postgresql-roles.sql"
PURGING = PROJECT / "docs" / "postgresql-purge.sql"
AS_SERVER = ("runuser", "-u", "postgres", "--", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1")
# What the server's log must never hold: an answer, sealed or not, with the moment it came.
QUIET = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "synchronous_commit": "on",
}


def list_commands() -> Iterator[str]:
    """What is done to the server, without the passwords."""
    yield f"CREATE ROLE {OWNER_ROLE} LOGIN PASSWORD '***'"
    yield f"CREATE ROLE {SERVICE_ROLE} LOGIN PASSWORD '***'"
    yield f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE} ENCODING 'UTF8' TEMPLATE template0"
    yield f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {DATABASE} TO {SERVICE_ROLE}"
    yield from (
        f"ALTER DATABASE {DATABASE} SET {name} = '{value}'" for name, value in QUIET.items()
    )


def find_port(machine: Machine) -> int:
    """Where this machine's newest cluster listens, or where Debian will put its first."""
    lines = (machine.ask("pg_lsclusters", "--no-header") or "").splitlines()
    return int(lines[-1].split()[2]) if machine.is_whole and lines else 5432


def is_running(machine: Machine) -> bool:
    return machine.ask(*AS_SERVER, "-tAc", "SELECT 1") == "1"


def start_server(machine: Machine) -> None:
    """Start the cluster that Debian made with the package; where there is none, make it."""
    lines = (machine.ask("pg_lsclusters", "--no-header") or "").splitlines()
    if not lines:
        version = machine.ask("sh", "-c", "ls /usr/lib/postgresql | sort -n | tail -n 1") or ""
        machine.do("pg_createcluster", version, "main")
        lines = [f"{version} main"]
    version, name = lines[-1].split()[:2]
    if machine.has_systemd:
        machine.do("systemctl", "start", f"postgresql@{version}-{name}")
    else:
        machine.do("pg_ctlcluster", version, name, "start")


def make_roles(machine: Machine, service_url: str, owner_url: str) -> None:
    """Make what is missing; the passwords are those of the settings files."""
    # A server that logs statements must not log a password: the session says so first.
    script = [
        "SET log_statement = 'none';",
        "SET log_min_duration_statement = -1;",
        "SET log_min_error_statement = 'panic';",
    ]
    for role, url in ((OWNER_ROLE, owner_url), (SERVICE_ROLE, service_url)):
        verb = "ALTER" if _exists(machine, "pg_roles", "rolname", role) else "CREATE"
        password = (make_url(url).password or "").replace("'", "''")
        script.append(f"{verb} ROLE {role} LOGIN PASSWORD '{password}';")
    machine.do(*AS_SERVER, given="\n".join(script))
    exists = _exists(machine, "pg_database", "datname", DATABASE)
    commands = list(list_commands())[3 if exists else 2 :]
    machine.do(*AS_SERVER, given="".join(f"{command};\n" for command in commands))


def can_sign_in(*urls: str) -> bool:
    """Whether each address of the settings files leads into the database."""
    return all(_can_sign_in(url) for url in urls)


def grant(owner_url: str) -> None:
    """Give the service's role its rights, and take from it what it must not do."""
    try:
        with psycopg.connect(_plain(owner_url)) as connection:
            connection.execute(ROLES.read_bytes())
    except psycopg.Error as error:
        raise Problem(COMMAND_FAILED, command=ROLES.name, said=error) from error


def allow_purging(machine: Machine) -> None:
    """Only a superuser can let the owner go through the write-ahead log."""
    machine.do(*AS_SERVER, "-d", DATABASE, given=PURGING.read_text(encoding="utf-8"))


def may_purge(machine: Machine) -> bool:
    asked = f"SELECT has_function_privilege('{OWNER_ROLE}', 'pg_switch_wal()', 'EXECUTE')"
    return machine.ask(*AS_SERVER, "-d", DATABASE, "-tAc", asked) == "t"


def _exists(machine: Machine, table: str, column: str, name: str) -> bool:
    asked = f"SELECT 1 FROM {table} WHERE {column} = '{name}'"  # noqa: S608 (our own names)
    return bool(machine.ask(*AS_SERVER, "-tAc", asked))


def _can_sign_in(url: str) -> bool:
    try:
        with psycopg.connect(_plain(url), connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _plain(url: str) -> str:
    """An address as libpq writes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

"""The plan of an installation: every step in its order, from what a person has chosen."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from evalsvc.installing import postgres, program
from evalsvc.installing.choices import (
    ACCOUNT,
    OWNER_ROLE,
    OWNER_SETTINGS,
    SERVICE,
    SERVICE_ROLE,
    SETTINGS,
    SITE,
    SITE_ENABLED,
    UNITS,
    Choices,
    build_local_url,
)
from evalsvc.installing.steps import (
    Account,
    Deed,
    File,
    Folder,
    Link,
    Member,
    Readable,
    Step,
    SystemPackages,
)
from evalsvc.installing.templates import list_units, render_template
from evalsvc.text import Text

FRONT = "www-data"  # nginx's user on Debian


@dataclass(frozen=True)
class Addresses:
    """Under which names the database is reached: by the service, and by the tables' owner."""

    service: str
    owner: str


def choose_addresses(choices: Choices, present: Addresses, port: int = 5432) -> Addresses:
    """New passwords on the first installation; afterwards those that are in use already."""
    if choices.database == "sqlite":
        url = f"sqlite:///{choices.places.instance / 'evalsvc.sqlite'}"
        return Addresses(url, url)
    if not choices.own_server:
        return Addresses(choices.database_url, choices.owner_url or choices.database_url)
    if present.service.startswith("postgresql") and present.owner.startswith("postgresql"):
        return present
    return Addresses(
        build_local_url(SERVICE_ROLE, secrets.token_urlsafe(24), port),
        build_local_url(OWNER_ROLE, secrets.token_urlsafe(24), port),
    )


def build_plan(choices: Choices, addresses: Addresses) -> tuple[Step, ...]:
    """Every step of an installation; the program's own system packages are `./run setup`'s."""
    return (
        *_found(choices),
        *_place_settings(choices, addresses),
        *_prepare_database(choices, addresses),
        *_start_service(choices),
        *(_open_door(choices) if choices.nginx else ()),
    )


def _found(choices: Choices) -> Iterator[Step]:
    places = choices.places
    names = [*(["nginx", "openssl"] if choices.nginx else [])]
    if choices.database == "postgresql":
        names.append("postgresql" if choices.own_server else "postgresql-client")
    if names:
        yield SystemPackages(Text("系统组件", "packages of the system"), tuple(names))
    yield Account(
        Text("服务用的系统账号", "the service's system user"), ACCOUNT, places.instance.parent
    )
    yield Readable(
        Text("程序目录：人人可读，只有所有者可改", "the program: all may read, its owner change"),
        places.app,
    )
    yield Folder(
        Text("实例目录，只有服务可读", "the instance folder, the service's alone"),
        places.instance,
        0o700,
        ACCOUNT,
        whole=True,
    )
    yield Folder(
        Text("数据库备份目录", "where copies of the database go"),
        places.backups,
        0o700,
        ACCOUNT,
        whole=True,
    )
    yield Folder(
        Text("密钥备份目录，与数据库分开", "where copies of the keys go, apart from the database"),
        places.key_backups,
        0o700,
        ACCOUNT,
        whole=True,
    )


def _place_settings(choices: Choices, addresses: Addresses) -> Iterator[Step]:
    yield File(
        Text("设置", "settings"), SETTINGS, write_settings(choices, addresses), 0o600, secret=True
    )
    if addresses.owner != addresses.service:
        yield File(
            Text(
                "表所有者的数据库地址，服务进程不读", "the tables' owner, not the service's to read"
            ),
            OWNER_SETTINGS,
            f"EVALSVC_DATABASE_URL={addresses.owner}\n",
            0o600,
            secret=True,
        )
    yield Link(
        Text("使本目录的 ./run 用上述设置", "makes this folder's ./run use these settings"),
        choices.places.app / ".installed",
        SETTINGS,
    )


def write_settings(choices: Choices, addresses: Addresses) -> str:
    """The settings file, one variable a line."""
    lines = [
        f"EVALSVC_INSTANCE={choices.places.instance}",
        f"EVALSVC_BACKUPS={choices.places.backups}",
        f"EVALSVC_DATABASE_URL={addresses.service}",
        f"EVALSVC_PUBLIC_URL=https://{choices.host}",
        f"EVALSVC_TRUSTED_HOSTS={choices.host}",
        "EVALSVC_BEHIND_PROXY=1",
    ]
    return "\n".join(lines) + "\n"


def _prepare_database(choices: Choices, addresses: Addresses) -> Iterator[Step]:
    if choices.own_server:
        yield Deed(
            Text("运行中的 PostgreSQL", "a PostgreSQL that runs"),
            ("systemctl start postgresql",),
            postgres.start_server,
            postgres.is_running,
        )
        yield Deed(
            Text("数据库账号和数据库", "roles and the database"),
            tuple(postgres.list_commands()),
            lambda machine: postgres.make_roles(machine, addresses.service, addresses.owner),
            lambda _: postgres.can_sign_in(addresses.service, addresses.owner),
        )
    yield Deed(
        Text("建立或升级数据库的表", "the database's tables"),
        (f"{choices.places.app}/run migrate",),
        lambda machine: program.migrate(machine, choices.places.app),
    )
    if choices.own_server:
        yield Deed(
            Text("销毁的内容可从预写日志清除", "what is destroyed may leave the server's log"),
            ("docs/postgresql-purge.sql",),
            postgres.allow_purging,
            postgres.may_purge,
        )
    if addresses.owner != addresses.service:
        yield Deed(
            Text("系统账号改不了答卷", "the service's role can't change ballots"),
            ("docs/postgresql-roles.sql",),
            lambda _: postgres.grant(addresses.owner),
        )


def _start_service(choices: Choices) -> Iterator[Step]:
    names = list_units()
    for name in names:
        yield File(Text("系统服务", "a unit"), UNITS / name, render_template(name, choices))
    started = [SERVICE, *(name for name in names if name.endswith(".timer"))]
    yield Deed(
        Text("开机自动运行", "started with the machine"),
        ("systemctl daemon-reload", f"systemctl enable --now {' '.join(started)}"),
        lambda machine: program.enable(machine, started),
        lambda machine: program.is_enabled(machine, started),
        needs_systemd=True,
    )


def _open_door(choices: Choices) -> Iterator[Step]:
    places = choices.places
    yield Member(Text("nginx 可连接服务", "nginx may reach the service"), FRONT, ACCOUNT)
    if choices.self_made_certificate:
        yield Deed(
            Text(
                "证书：没有时自制一张，只供试用，手机会警告",
                "a certificate: where there is none, one of our own to try with; phones warn of it",
            ),
            (f"openssl req -x509 … -out {places.certificate}",),
            lambda machine: program.make_certificate(machine, choices.host, places),
            lambda _: places.certificate.exists() and places.certificate_key.exists(),
        )
    yield File(Text("入口", "the door"), SITE, render_template("nginx.conf", choices))
    yield Link(Text("启用入口", "the door is used"), SITE_ENABLED, SITE)
    yield Deed(
        Text("nginx 读入新设置", "nginx reads it"),
        ("nginx -t", "systemctl reload nginx"),
        program.reload_nginx,
        program.has_read,
    )

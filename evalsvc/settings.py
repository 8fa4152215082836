"""The one place that reads the environment and the instance folder's secret files."""

import os
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Where this installation keeps its data and under which address people reach it.

    `instance` holds the embedded database, the session key, the peppers of open rounds and the
    sealed print runs. The peppers must never be backed up together with the database.
    """

    instance: Path
    database_url: str
    public_url: str
    trusted_hosts: tuple[str, ...]
    secure_cookies: bool
    jobs_inline: bool = False
    # One person may do what takes two; page and log say so. For offices of a single manager.
    small_office: bool = False
    # Whether signing in takes a number from the telephone besides the password.
    second_factor: bool = True
    # A colleague who asks for no page for so long is signed out.
    idle_minutes: int = 30
    # Whether one proxy stands in front and names the address and the scheme.
    behind_proxy: bool = False
    # Where copies of the database go; None: beside the instance folder.
    backup_folder: Path | None = None
    # A folder in memory that the front server gives large answers out of; None: it is not set up.
    outgoing: Path | None = None
    # Where the lists of closed boxes lie for the front server; None: in the instance folder.
    lists_folder: Path | None = None

    @property
    def backups(self) -> Path:
        return self.backup_folder or self.instance.parent / "backups"

    @property
    def key_backups(self) -> Path:
        """Copies of the keys lie apart from those of the database."""
        return self.backups.with_name(f"{self.backups.name}-keys")

    @property
    def lists(self) -> Path:
        return self.lists_folder or self.instance / "lists"

    @cached_property
    def peppers(self) -> Path:
        return self.instance / "peppers"

    @cached_property
    def ended_visits(self) -> Path:
        return self.instance / "visits"

    @property
    def spool(self) -> Path:
        return self.instance / "spool"


def read_settings() -> Settings:
    """The settings as the environment gives them, with a working default for each."""
    instance = Path(os.environ.get("EVALSVC_INSTANCE", PROJECT / "instance")).resolve()
    public_url = os.environ.get("EVALSVC_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    hosts = os.environ.get("EVALSVC_TRUSTED_HOSTS", "")
    return Settings(
        instance=instance,
        database_url=os.environ.get(
            "EVALSVC_DATABASE_URL", f"sqlite:///{instance / 'evalsvc.sqlite'}"
        ),
        public_url=public_url,
        trusted_hosts=tuple(host for host in hosts.split(",") if host),
        secure_cookies=public_url.startswith("https://"),
        jobs_inline=os.environ.get("EVALSVC_JOBS_INLINE", "") == "1",
        small_office=os.environ.get("EVALSVC_SMALL_OFFICE", "") == "1",
        second_factor=os.environ.get("EVALSVC_SECOND_FACTOR", "") != "off",
        idle_minutes=_read_minutes("EVALSVC_IDLE_MINUTES", "30"),
        behind_proxy=os.environ.get("EVALSVC_BEHIND_PROXY", "") == "1",
        backup_folder=_read_folder("EVALSVC_BACKUPS"),
        outgoing=_read_folder("EVALSVC_OUTGOING"),
        lists_folder=_read_folder("EVALSVC_LISTS"),
    )


def _read_folder(variable: str) -> Path | None:
    named = os.environ.get(variable, "")
    return Path(named).resolve() if named else None


def _read_minutes(name: str, otherwise: str) -> int:
    text = os.environ.get(name, otherwise)
    if re.fullmatch("[1-9][0-9]{0,3}", text):
        return int(text)
    raise ValueError(
        f"{name} 应为 1 到 9999 的整数（分钟），现为“{text[:40]}” / "
        f"{name} is a whole number of minutes from 1 to 9999; it is “{text[:40]}”"
    )


def build_environment(settings: Settings) -> dict[str, str]:
    """This process's environment, in which another one reads exactly these settings."""
    return {
        # The statistics' matrices are small: several workers' threads would wait for each other.
        "OPENBLAS_NUM_THREADS": "1",
        **os.environ,
        "EVALSVC_INSTANCE": str(settings.instance),
        "EVALSVC_DATABASE_URL": settings.database_url,
        "EVALSVC_PUBLIC_URL": settings.public_url,
        "EVALSVC_TRUSTED_HOSTS": ",".join(settings.trusted_hosts),
        "EVALSVC_SMALL_OFFICE": "1" if settings.small_office else "0",
        "EVALSVC_SECOND_FACTOR": "on" if settings.second_factor else "off",
        "EVALSVC_IDLE_MINUTES": str(settings.idle_minutes),
        "EVALSVC_BEHIND_PROXY": "1" if settings.behind_proxy else "0",
        "EVALSVC_BACKUPS": str(settings.backups),
        "EVALSVC_OUTGOING": str(settings.outgoing or ""),
        "EVALSVC_LISTS": str(settings.lists),
    }


def prepare_instance(settings: Settings) -> None:
    """Make the instance's folders, readable by the service's user alone."""
    for folder in (settings.instance, settings.peppers, settings.spool, settings.ended_visits):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def load_secret_key(settings: Settings) -> bytes:
    """The key that seals cookies; made on first use, kept beside the database, never in it."""
    path = settings.instance / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


def read_settings_file(path: Path) -> dict[str, str]:
    """A settings file as systemd reads it: one variable a line, `#` for a remark, no quoting."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}

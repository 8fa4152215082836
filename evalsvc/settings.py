"""The one place that reads the environment and the instance folder's secret files."""

import os
import secrets
from dataclasses import dataclass
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

    @property
    def peppers(self) -> Path:
        return self.instance / "peppers"

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
    )


def prepare_instance(settings: Settings) -> None:
    """Make the instance's folders, readable by the service's user alone."""
    for folder in (settings.instance, settings.peppers, settings.spool):
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

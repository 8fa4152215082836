"""What a person decides about an installation, and where its parts lie."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

ACCOUNT = "evalsvc"  # the system's user and group
OWNER_ROLE, SERVICE_ROLE, DATABASE = "evalsvc_owner", "evalsvc_app", "evalsvc"
SETTINGS = Path("/etc/evalsvc.env")
# What only the owner of the tables may do reads this file besides; the service never does.
OWNER_SETTINGS = Path("/etc/evalsvc-owner.env")
UNITS = Path("/etc/systemd/system")
SITE = Path("/etc/nginx/sites-available/evalsvc")
SITE_ENABLED = Path("/etc/nginx/sites-enabled/evalsvc")
SERVICE = "evalsvc.service"


@dataclass(frozen=True)
class UsualPlaces:
    """The folders and files that the templates in `deploy/` name, with their usual values."""

    app: Path = Path("/srv/evalsvc/app")
    instance: Path = Path("/srv/evalsvc/instance")
    backups: Path = Path("/var/backups/evalsvc")
    certificate: Path = Path("/etc/ssl/evalsvc/chain.pem")
    certificate_key: Path = Path("/etc/ssl/evalsvc/key.pem")

    @property
    def key_backups(self) -> Path:
        """Keys lie apart from the database, so that nobody carries both away in one folder."""
        return self.backups.with_name(f"{self.backups.name}-keys")

    @property
    def memory(self) -> Path:
        """What was chosen and placed the last time."""
        return self.instance.parent / "installed.json"


@dataclass(frozen=True)
class Choices:
    """One installation. `database_url` and `owner_url` name a PostgreSQL that others keep."""

    host: str
    database: Literal["sqlite", "postgresql"] = "sqlite"
    database_url: str = field(default="", repr=False)
    owner_url: str = field(default="", repr=False)
    nginx: bool = True
    # Whether a certificate of the machine's own making stands in for one that is missing.
    self_made_certificate: bool = True
    places: UsualPlaces = field(default_factory=UsualPlaces)

    @property
    def own_server(self) -> bool:
        """Whether PostgreSQL is this machine's, so that roles and database are made here."""
        return self.database == "postgresql" and not self.database_url


def build_local_url(role: str, password: str, port: int = 5432) -> str:
    """A role's address on this machine: by password, which Debian's pg_hba.conf lets in as it is.

    Through the socket Debian asks for a system user of the role's name (`peer`), and one user is
    to hold neither of the two roles by name alone.
    """
    return f"postgresql+psycopg://{role}:{quote(password, safe='')}@127.0.0.1:{port}/{DATABASE}"

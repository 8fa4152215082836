"""What a check looks at: one installation on one machine, at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from evalsvc.installing.choices import ACCOUNT, OWNER_SETTINGS, SETTINGS, SITE, UNITS, UsualPlaces
from evalsvc.installing.machine import Machine
from evalsvc.settings import Settings


@dataclass(frozen=True)
class Installed:
    """The parts of an installation; a test puts its own in their stead."""

    settings: Settings
    machine: Machine
    moment: datetime
    # The address as which the service itself signs in; on SQLite the same as the owner's.
    service_url: str
    # Whether `install` has put it here: then there are units, a door and a system user, too.
    installed: bool
    places: UsualPlaces = field(default_factory=UsualPlaces)
    account: str = ACCOUNT
    settings_files: tuple[Path, ...] = (SETTINGS, OWNER_SETTINGS)
    units: Path = UNITS
    site: Path = SITE
    processes: Path = Path("/proc")
    environment: Mapping[str, str] = field(default_factory=dict)

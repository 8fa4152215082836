"""The machine under the service: disk, memory, clock, and what printing needs."""

import re
import shutil
from collections.abc import Iterator
from ctypes.util import find_library
from datetime import datetime, timedelta
from pathlib import Path

from evalsvc.backups.copying import measure
from evalsvc.doctor.faults import (
    CLOCK_AHEAD,
    CLOCK_BEHIND,
    CLOCK_FREE,
    CORES_ON,
    DISK_LOW,
    FONTS_MISSING,
    OUTGOING_ON_DISK,
    RARE_FONTS_MISSING,
    SUBSET_MISSING,
    SWAP_ON,
)
from evalsvc.doctor.findings import FoundFault, find
from evalsvc.doctor.place import Installed
from evalsvc.errors import Problem
from evalsvc.installing.choices import SERVICE

# One character of each block of rare ones that a name may have: extensions A (its end), B, D, F.
_RARE = ("4db6", "20000", "2b740", "2ceb0")

LEAST_FREE_MB = 1024
SILENT_DAYS = 400
IN_MEMORY = ("tmpfs", "ramfs")
MEGABYTE = 1024 * 1024


def check_disk(place: Installed) -> Iterator[FoundFault]:
    """Room for the service, and for a backup and an upgrade of a database of this size."""
    try:
        size = measure(place.settings.database_url) // MEGABYTE
    except Problem:
        size = 0
    needed = max(LEAST_FREE_MB, 3 * size)
    for path in (place.settings.instance, place.settings.backups):
        if path.is_dir() and (free := shutil.disk_usage(path).free // MEGABYTE) < needed:
            yield find(DISK_LOW, path=path, free=free, needed=needed)


def check_memory(place: Installed) -> Iterator[FoundFault]:
    """Nothing of what is in memory reaches the disk."""
    swaps = place.processes / "swaps"
    lines = swaps.read_text(encoding="utf-8").splitlines()[1:] if swaps.exists() else []
    for line in lines:
        name = line.split()[0]
        if not re.match(r"/dev/(zram|dm-|mapper/)", name):
            yield find(SWAP_ON, name=name)
    unit = place.units / SERVICE
    if unit.exists() and "\nLimitCORE=0\n" not in unit.read_text(encoding="utf-8"):
        yield find(CORES_ON, path=unit)


def check_outgoing(place: Installed) -> Iterator[FoundFault]:
    """What waits to be sent lies in memory, so that nothing of it stays."""
    unit, mounts = place.units / SERVICE, place.processes / "mounts"
    text = unit.read_text(encoding="utf-8") if unit.exists() else ""
    named = re.search(r"EVALSVC_OUTGOING=(\S+)", text)
    folder = Path(named[1]) if named else place.settings.outgoing
    if folder is None or not mounts.exists():
        return
    lines = (line.split() for line in mounts.read_text(encoding="utf-8").splitlines())
    holding = {
        Path(line[1]): line[2] for line in lines if Path(line[1]) in (folder, *folder.parents)
    }
    kind = holding[max(holding, key=lambda path: len(path.parts))] if holding else "?"
    if kind not in IN_MEMORY:
        yield find(OUTGOING_ON_DISK, path=folder, kind=kind)


def check_clock(place: Installed, newest: datetime | None) -> Iterator[FoundFault]:
    """The clock is synchronised, and fits the newest entry of the log."""
    if place.machine.ask("timedatectl", "show", "-p", "NTPSynchronized", "--value") == "no":
        yield find(CLOCK_FREE)
    if newest is None:
        return
    if newest > place.moment + timedelta(minutes=5):
        yield find(CLOCK_BEHIND, now=place.moment.isoformat(), newest=newest.isoformat())
    days = (place.moment - newest).days
    if days > SILENT_DAYS:
        yield find(CLOCK_AHEAD, days=days, newest=newest.isoformat())


def check_printing(place: Installed) -> Iterator[FoundFault]:
    """Chinese on paper, and letters in a moment."""
    fonts = place.machine.ask("fc-list", ":lang=zh-cn", "family")
    if not fonts:
        yield find(FONTS_MISSING)
    elif not all(place.machine.ask("fc-list", f":charset={each}", "family") for each in _RARE):
        yield find(RARE_FONTS_MISSING)
    if find_library("harfbuzz-subset") is None:
        yield find(SUBSET_MISSING)

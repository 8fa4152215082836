"""All checks in their order."""

from collections.abc import Iterator

from evalsvc.doctor.backups import check_backups, check_key_backups
from evalsvc.doctor.database import Read, check_server, read_database
from evalsvc.doctor.doors import (
    check_answers,
    check_certificate,
    check_logs,
    check_placed,
    check_settings,
    check_timers,
)
from evalsvc.doctor.files import check_modes, check_peppers, check_program, check_spool
from evalsvc.doctor.findings import FoundFault
from evalsvc.doctor.machine import (
    check_clock,
    check_disk,
    check_memory,
    check_outgoing,
    check_printing,
)
from evalsvc.doctor.place import Installed


def examine(place: Installed) -> tuple[str, tuple[FoundFault, ...]]:
    """The database's migration, and everything that is wrong here or worth a thought."""
    read, findings = read_database(place)
    return read.migration, (*findings, *_check(place, read))


def _check(place: Installed, read: Read) -> Iterator[FoundFault]:
    yield from check_server(place)
    yield from check_modes(place)
    yield from check_program(place)
    yield from check_peppers(place, read.rounds)
    yield from check_spool(place)
    yield from check_backups(place)
    yield from check_key_backups(place)
    yield from check_disk(place)
    yield from check_memory(place)
    yield from check_outgoing(place)
    yield from check_clock(place, read.newest_event)
    yield from check_printing(place)
    yield from check_settings(place)
    yield from check_answers(place)
    yield from check_certificate(place)
    yield from check_logs(place)
    yield from check_placed(place)
    yield from check_timers(place)

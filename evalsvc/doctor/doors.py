"""The way in: the service's socket, nginx, the certificate, and what the settings say of them."""

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from evalsvc.doctor.faults import (
    ACCESS_LOGGED,
    ADDRESSES_LOGGED,
    CERTIFICATE_ENDS,
    CERTIFICATE_OTHER_HOST,
    CERTIFICATE_SELF_MADE,
    CHANGED_BY_HAND,
    DOOR_BROKEN,
    DOOR_SILENT,
    HOST_NOT_TRUSTED,
    HOSTS_OPEN,
    NO_SYSTEMD,
    NOT_HTTPS,
    PROXY_NOT_TOLD,
    RUN_FAILED,
    RUN_LATE,
    SECOND_FACTOR_OFF,
    SERVICE_SILENT,
    TIMER_OFF,
)
from evalsvc.doctor.findings import FoundFault, find
from evalsvc.doctor.place import Installed
from evalsvc.installing.choices import SERVICE

HTTPS = 443
PATIENCE_S = 10
SOON_DAYS = 30
# The longest pause of each timer's calendar, and an hour.
MOST_HOURS = {"evalsvc-anchor.timer": 13, "evalsvc-backup.timer": 25, "evalsvc-purge.timer": 2}
# What nginx writes at a lower level names the address that asked.
_QUIET_ERRORS = re.compile(r"^\s*error_log\s+\S+\s+(crit|alert|emerg);", re.MULTILINE)


def check_settings(place: Installed) -> Iterator[FoundFault]:
    """What the settings say about the address that people use."""
    settings, file = place.settings, place.settings_files[0]
    address = urlsplit(settings.public_url)
    host = address.hostname or ""
    if not settings.second_factor:
        yield find(SECOND_FACTOR_OFF)
    if not place.installed:
        return
    if address.scheme != "https":
        yield find(NOT_HTTPS, url=settings.public_url, path=file)
    if not settings.trusted_hosts:
        yield find(HOSTS_OPEN, path=file, host=host)
    elif host not in settings.trusted_hosts:
        yield find(HOST_NOT_TRUSTED, path=file, host=host)
    if place.site.exists() and not settings.behind_proxy:
        yield find(PROXY_NOT_TOLD, path=file)


def check_logs(place: Installed) -> Iterator[FoundFault]:
    """Nothing writes down who came when."""
    site, unit = place.site, place.units / SERVICE
    if site.exists() and not _every_server_is_silent(site.read_text(encoding="utf-8")):
        yield find(ACCESS_LOGGED, path=site)
    if site.exists() and not _QUIET_ERRORS.search(site.read_text(encoding="utf-8")):
        yield find(ADDRESSES_LOGGED, path=site)
    if unit.exists() and "--access-logfile" in unit.read_text(encoding="utf-8"):
        yield find(ACCESS_LOGGED, path=unit)


def check_placed(place: Installed) -> Iterator[FoundFault]:
    """Which of the files that were placed are no longer as they were."""
    for name in place.machine.placed:
        path = Path(name)
        if path in place.settings_files or not path.exists():
            continue
        if place.machine.was_changed_by_hand(path, path.read_bytes()):
            yield find(CHANGED_BY_HAND, path=path)


def check_answers(place: Installed) -> Iterator[FoundFault]:
    """The service answers, and nginx before it."""
    unit = place.units / SERVICE
    if not place.installed or not unit.exists():
        return
    bound = re.search(r"--bind unix:(\S+)", unit.read_text(encoding="utf-8"))
    if bound:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(PATIENCE_S)
                probe.connect(bound[1])
        except OSError as error:
            yield find(SERVICE_SILENT, socket=bound[1], reason=error.strerror or error)
    if place.site.exists():
        yield from _check_door(urlsplit(place.settings.public_url).hostname or "")


def check_certificate(place: Installed) -> Iterator[FoundFault]:
    """The certificate is somebody's whom phones trust, this host's, and not about to end."""
    if not place.site.exists():
        return
    named = re.search(r"ssl_certificate\s+([^;]+);", place.site.read_text(encoding="utf-8"))
    path = Path(named[1]) if named else place.places.certificate
    said = place.machine.ask(
        "openssl", "x509", "-in", path, "-noout", "-enddate", "-issuer", "-subject", "-ext",
        "subjectAltName",
    )  # a table, read by rows  # fmt: skip
    if not said:
        return  # nginx does not start without one, which is said elsewhere
    ends = re.search(r"notAfter=(.*)", said)
    if ends:
        moment = datetime.strptime(ends[1], "%b %d %H:%M:%S %Y %Z")  # noqa: DTZ007 (GMT, set below)
        days = (moment.replace(tzinfo=place.moment.tzinfo) - place.moment).days
        if days < SOON_DAYS:
            yield find(CERTIFICATE_ENDS, path=path, days=days)
    issuer, subject = (re.search(rf"{name}=(.*)", said) for name in ("issuer", "subject"))
    if issuer and subject and issuer[1] == subject[1]:
        yield find(CERTIFICATE_SELF_MADE, path=path)
    host = urlsplit(place.settings.public_url).hostname or ""
    names = re.findall(r"DNS:([^,\s]+)", said)
    if names and not any(_matches(host, name) for name in names):
        yield find(CERTIFICATE_OTHER_HOST, path=path, host=host)


def check_timers(place: Installed) -> Iterator[FoundFault]:
    """What runs by itself does run, and its last run was good."""
    if not place.installed:
        return
    if not place.machine.has_systemd:
        yield find(NO_SYSTEMD)
        return
    for timer in sorted(place.units.glob("evalsvc*.timer")):
        if place.machine.ask("systemctl", "is-active", timer.name) is None:
            yield find(TIMER_OFF, name=timer.name)
        yield from _check_last_run(place, timer.name)
        job = timer.with_suffix(".service").name
        if place.machine.ask("systemctl", "is-failed", job) == "failed":
            yield find(RUN_FAILED, name=job)


def _check_last_run(place: Installed, timer: str) -> Iterator[FoundFault]:
    """A timer that is on may still have stood still: since its last run, or since it began."""
    most = MOST_HOURS.get(timer)
    said = place.machine.ask(
        "env", "TZ=UTC", "LC_ALL=C", "systemctl", "show", timer,
        "-p", "LastTriggerUSec", "-p", "ActiveEnterTimestamp",
    )  # a table, read by rows  # fmt: skip
    moments = [
        datetime.strptime(found, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        for found in re.findall(r"=\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", said or "")
    ]
    if most is None or not moments:
        return
    hours = int((place.moment - max(moments)).total_seconds() // 3600)
    if hours > most:
        yield find(RUN_LATE, name=timer, hours=hours, most=most)


def _check_door(host: str) -> Iterator[FoundFault]:
    # This machine's own door is asked: whose certificate it shows is looked at elsewhere.
    context = ssl._create_unverified_context()  # noqa: S323 (as said)
    try:
        with (
            socket.create_connection(("127.0.0.1", HTTPS), PATIENCE_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
            connection.sock = secured
            connection.request("GET", "/")
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        yield find(DOOR_SILENT, host=host, reason=error)
        return
    if status >= 400:
        yield find(DOOR_BROKEN, host=host, status=status)


def _every_server_is_silent(text: str) -> bool:
    servers = len(re.findall(r"^\s*server\s*\{", text, re.MULTILINE))
    return len(re.findall(r"^\s*access_log\s+off;", text, re.MULTILINE)) >= servers


def _matches(host: str, name: str) -> bool:
    return host == name or (name.startswith("*.") and host.partition(".")[2] == name[2:])

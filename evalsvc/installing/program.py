"""What programs do for an installation: tables, units, a certificate to try with, nginx."""

import os
from collections.abc import Sequence
from pathlib import Path

from evalsvc.installing.choices import SITE, UNITS, UsualPlaces
from evalsvc.installing.machine import Machine

TRIAL_DAYS = 90


def migrate(machine: Machine, app: Path) -> None:
    """As the service's own user, so that no file of the instance becomes root's."""
    machine.do(
        app / ".venv/bin/python",
        "-m",
        "evalsvc",
        "service",
        "migrate",
        environment={"PYTHONPATH": str(app)},
    )


def is_enabled(machine: Machine, units: Sequence[str]) -> bool:
    """Whether all run, as they are written now."""
    if machine.has_fresh(UNITS):
        return False
    return all(machine.ask("systemctl", "is-active", one) is not None for one in units)


def enable(machine: Machine, units: Sequence[str]) -> None:
    machine.do("systemctl", "daemon-reload")
    machine.do("systemctl", "enable", *units)
    machine.do("systemctl", "restart", *units)


def make_certificate(machine: Machine, host: str, places: UsualPlaces) -> None:
    """A certificate that no browser trusts: enough to see the whole service work."""
    for path in (places.certificate, places.certificate_key):
        path.parent.mkdir(parents=True, exist_ok=True)
    old = os.umask(0o077)
    try:
        machine.do(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            str(TRIAL_DAYS),
            "-subj",
            f"/CN={host}",
            "-addext",
            f"subjectAltName=DNS:{host}",
            "-keyout",
            places.certificate_key,
            "-out",
            places.certificate,
        )
    finally:
        os.umask(old)
    places.certificate.chmod(0o644)


def has_read(machine: Machine) -> bool:
    """Whether nothing was placed that nginx has not read yet."""
    return not machine.has_fresh(SITE.parent)


def reload_nginx(machine: Machine) -> None:
    """Only a site that nginx itself finds right is used; without systemd, it is told directly."""
    machine.do("nginx", "-t")
    if machine.has_systemd:
        # A restart, since a group that www-data was just taken into counts for new processes only.
        machine.do("systemctl", "restart", "nginx")
    elif machine.ask("pgrep", "-x", "nginx"):
        machine.do("nginx", "-s", "reload")

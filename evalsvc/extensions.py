"""What a running application carries besides Flask: settings, database, keys."""

from dataclasses import dataclass, field

from flask import current_app
from flask_wtf import CSRFProtect
from nacl.secret import SecretBox

from evalsvc.db import Database
from evalsvc.settings import Settings
from evalsvc.slowing import Slowing

csrf = CSRFProtect()


@dataclass(frozen=True)
class Service:
    """One installation at work. `cookie_box` seals what a visitor's browser keeps for us."""

    settings: Settings
    database: Database
    cookie_box: SecretBox
    # Who keeps failing at the office's door, and with raters' codes.
    sign_ins: Slowing = field(default_factory=lambda: Slowing(5, 30.0, 3600.0))
    addresses: Slowing = field(default_factory=lambda: Slowing(40, 30.0, 3600.0))
    codes: Slowing = field(default_factory=lambda: Slowing(30, 20.0, 900.0))


def current_service() -> Service:
    """The installation that serves this request."""
    service: Service = current_app.extensions["evalsvc"]
    return service

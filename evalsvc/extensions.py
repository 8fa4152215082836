"""What a running application carries besides Flask: settings, database, keys."""

from dataclasses import dataclass

from flask import current_app
from flask_wtf import CSRFProtect
from nacl.secret import SecretBox

from evalsvc.db import Database
from evalsvc.settings import Settings

csrf = CSRFProtect()


@dataclass(frozen=True)
class Service:
    """One installation at work. `cookie_box` seals what a visitor's browser keeps for us."""

    settings: Settings
    database: Database
    cookie_box: SecretBox


def current_service() -> Service:
    """The installation that serves this request."""
    service: Service = current_app.extensions["evalsvc"]
    return service

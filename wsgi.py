"""The WSGI application that a process manager serves."""

from flask import Flask

from evalsvc.app import create_app
from evalsvc.domain.sealing.emptying import destroy_closed_secrets
from evalsvc.settings import read_settings
from evalsvc.standing import serve_or_stop


def _start() -> Flask:
    settings = read_settings()
    serve_or_stop(settings.database_url)
    app = create_app(settings)
    destroy_closed_secrets(app.extensions["evalsvc"].database, settings)
    return app


application = _start()

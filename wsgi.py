"""The WSGI application that a process manager serves."""

import sys
from typing import NoReturn

from flask import Flask

from evalsvc.app import create_app
from evalsvc.domain.sealing.emptying import destroy_closed_secrets
from evalsvc.errors import Problem
from evalsvc.settings import read_settings
from evalsvc.standing import check_for_serving

# What gunicorn takes for "this application does not load": it stops instead of trying for ever.
DOES_NOT_LOAD = 4


def _start() -> Flask:
    settings = read_settings()
    try:
        check_for_serving(settings.database_url)
    except Problem as problem:
        _refuse(problem)
    app = create_app(settings)
    destroy_closed_secrets(app.extensions["evalsvc"].database, settings)
    return app


def _refuse(problem: Problem) -> NoReturn:
    print(f"{problem.text.zh}\n{problem.text.en}", file=sys.stderr, flush=True)
    sys.exit(DOES_NOT_LOAD)


application = _start()

"""The WSGI application that a process manager serves."""

from evalsvc.app import create_app

application = create_app()

"""The signed cookie of the office's pages; a rater's request has no session at all."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

OFFICE = "/office"


class OfficeSessions(SecureCookieSessionInterface):
    """Opened under the office's addresses only: elsewhere nothing may come to rest in one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The office's session; none elsewhere, where writing into one is an error."""
        return super().open_session(app, request) if request.path.startswith(OFFICE) else None

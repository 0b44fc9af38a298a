"""Superset on loopback: its own state beside the warehouse, the published file read-only."""

import os
import secrets
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug import Response

HOME = Path(os.environ["SUPERSET_HOME"])


def _secret_key() -> str:
    """The key that signs sessions, made once and kept where only the owner reads it."""
    path = HOME / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(42))
    return path.read_text()


SECRET_KEY = _secret_key()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
# Pages are served on loopback, over plain http.
TALISMAN_ENABLED = False
SESSION_COOKIE_SAMESITE = "Lax"
WTF_CSRF_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"
FAB_ADD_SECURITY_API = False


class EventsWithoutSession:
    """WSGI middleware: who signs in stays in, however slow the machine is.

    The page for signing in sends its events beside the password. Superset 6.1 refuses them with a
    session of nobody, which, where it arrives last, takes the place of the new one.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Superset's answer; to events without its session and its way to the sign-in."""
        if environ["PATH_INFO"] != "/superset/log/":
            return self._app(environ, start_response)
        answer = Response.from_app(self._app, environ)
        if answer.location:
            answer = Response(status=HTTPStatus.NO_CONTENT)
        answer.headers.remove("Set-Cookie")
        return answer(environ, start_response)


ADDITIONAL_MIDDLEWARE = [EventsWithoutSession]

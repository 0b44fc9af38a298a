"""Superset on loopback: its own state beside the warehouse, the published file read-only."""

import os
import secrets
from pathlib import Path

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

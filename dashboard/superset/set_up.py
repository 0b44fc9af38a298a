"""Superset's own commands, one after another in one process, since a start costs most."""

import os
import sys

from flask.cli import ScriptInfo
from superset.app import create_app
from superset.cli.main import superset

NAME = ("--username", "admin")
PERSON = ("--firstname", "A", "--lastname", "D", "--email", "admin@example.org")


def set_up(bundle: str, password: str) -> None:
    """Bring the database up to date, let `admin` in by the password, and read the bundle."""
    application = ScriptInfo(create_app=create_app)
    for command in (
        ("db", "upgrade"),
        # Does nothing where there is an `admin`, whose password may be an earlier one.
        ("fab", "create-admin", *NAME, *PERSON, "--password", password),
        ("fab", "reset-password", *NAME, "--password", password),
        ("init",),
        ("import-directory", "-o", bundle),
    ):
        superset.main(command, obj=application, standalone_mode=False)


if __name__ == "__main__":
    set_up(sys.argv[1], os.environ["SUPERSET_PASSWORD"])

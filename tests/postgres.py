"""Debian's Postgres on loopback, in a temporary folder."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SEARCHED = os.pathsep.join(
    [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), os.defpath]
)
PASSWORD = "hush/hush@home"


def is_installed() -> bool:
    return shutil.which("initdb", path=SEARCHED) is not None


def run_postgres(program: str, *arguments: object) -> None:
    """Run one of its programs, which refuse to be root's."""
    subprocess.run(
        [str(shutil.which(program, path=SEARCHED)), *map(str, arguments)],
        check=True,
        capture_output=True,
        user="nobody" if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
    )


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start one; gives the address of a database that asks for its password."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory(prefix="postgres-") as folder:  # a socket's path has to be short
        place = Path(folder)
        place.chmod(0o777)
        (place / "password").write_text(PASSWORD)
        data = place / "data"
        access = ("--username=arepas", f"--pwfile={place / 'password'}", "--auth=scram-sha-256")
        run_postgres("initdb", "--no-sync", f"--pgdata={data}", *access)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {place} -c fsync=off"
        run_postgres("pg_ctl", "--wait", "-D", data, "-l", place / "log", "-o", options, "start")
        try:
            yield f"postgresql://arepas:hush%2Fhush%40home@127.0.0.1:{port}/postgres"
        finally:
            run_postgres("pg_ctl", "--wait", "-D", data, "--mode=immediate", "stop")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with running_postgres() as address:
        yield address

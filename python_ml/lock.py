"""One run at a time: a lock that the operating system gives back when its owner dies."""

import fcntl
import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from python_ml.errors import ArepasError
from python_ml.settings import Settings


@contextmanager
def run_lock(settings: Settings, verb: str) -> Generator[None]:
    """Hold the lock of the warehouse while a verb writes.

    Raises:
        ArepasError: Another run holds it; the message says who and since when.
    """
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    path = settings.state_dir / "run.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise ArepasError(
                f"{path}: another run is at work ({file.read().strip()}); wait for it to end"
            ) from error
        owner = {
            "verb": verb,
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        file.truncate(0)
        file.write(json.dumps(owner))
        file.flush()
        yield

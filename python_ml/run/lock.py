"""One run at a time: a lock that the operating system gives back when its owner dies."""

import fcntl
import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from python_ml.errors import ArepasError
from python_ml.settings import Settings


@contextmanager
def run_lock(settings: Settings, verb: str) -> Generator[None]:
    """Hold the lock of the warehouse while a verb writes.

    Raises:
        ArepasError: Another run holds it, and the message says who and since when; or the folder
            cannot be written.
    """
    path = settings.state_dir / "run.lock"
    with _open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise ArepasError(
                f"{path}: another run is at work ({_describe(file.read())}); wait for it to end"
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


def _open(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+")
    except OSError as error:
        raise ArepasError(
            f"WAREHOUSE_PATH: {path.parent} cannot be written ({error.strerror}); make room or give"
            " the run the right to write there"
        ) from error


def _describe(text: str) -> str:
    """Name the owner and how long it has been at work; it may not have written that down yet."""
    try:
        owner = json.loads(text)
        minutes = (datetime.now(UTC) - datetime.fromisoformat(owner["since"])).total_seconds() / 60
    except (ValueError, KeyError):
        return "it has just begun"
    return (
        f"{owner['verb']}, process {owner['process']} on {owner['host']}, since {owner['since']},"
        f" {minutes:.0f} minutes ago"
    )

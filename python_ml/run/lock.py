"""One run at a time: a lock that comes free when its owner dies, on one machine and across several.

Under one kernel, in all its containers, `flock` keeps it. A volume that machines share may not pass
that on, so a run also claims a file and, as long as it lives, writes a new time into it; who finds
the claim of another machine watches whether its time still moves.
"""

import fcntl
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from python_ml.errors import ArepasError
from python_ml.files import claim, drop_claim, read_claim, write_whole, writing_below
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

BEAT_S = 5.0
# Network file systems show what others write some seconds late.
WATCH_S = 20.0
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@contextmanager
def run_lock(settings: Settings, verb: str) -> Generator[None]:
    """Hold the lock of the warehouse while a verb writes.

    Raises:
        ArepasError: Another run holds it, and the message says who and since when; or the folder
            cannot be written.
    """
    path = settings.state_dir / "run.lock"
    claimed = path.with_name("run.owner")
    with _open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise _busy(path, file.read()) from error
        owner = {
            "verb": verb,
            "process": os.getpid(),
            "host": socket.gethostname(),
            "kernel": _kernel(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        file.truncate(0)
        file.write(json.dumps(owner))
        file.flush()
        with _claimed(claimed, owner):
            yield


@contextmanager
def _claimed(path: Path, owner: Mapping[str, object]) -> Generator[None]:
    text = json.dumps(owner)
    while not claim(path, text):
        other = read_claim(path)
        if other is None:
            continue
        # Of the runs under this kernel none is alive: we have their lock.
        if _kernel_of(other) != owner["kernel"]:
            logger.info("%s: watching whether that run still lives (%s)", path, _describe(other))
            if _moves(path, other):
                raise _busy(path, other)
        drop_claim(path, other)
    stop = threading.Event()
    beating = threading.Thread(target=_beat, args=(path, text, stop), daemon=True, name="lock")
    beating.start()
    try:
        yield
    finally:
        stop.set()
        beating.join()
        if _kernel_of(last := read_claim(path) or "") == owner["kernel"]:
            drop_claim(path, last)


def _beat(path: Path, text: str, stop: threading.Event) -> None:
    """Write a new time into our claim until told to stop, or until it is not ours any more."""
    while not stop.wait(BEAT_S):
        if read_claim(path) != text:
            logger.error("%s: another run took the lock over, this one had stood still", path)
            return
        alive = json.dumps(json.loads(text) | {"alive": datetime.now(UTC).isoformat()})
        try:
            write_whole(path, alive.encode())
            text = alive
        except OSError as error:  # a disk that is full for a while does not end a run
            logger.warning("%s: cannot be written (%s)", path, error)


def _moves(path: Path, text: str) -> bool:
    """Watch a claim; it moves when its owner lives, and is gone when that run has ended."""
    give_up_at = time.monotonic() + WATCH_S
    while time.monotonic() < give_up_at:
        time.sleep(BEAT_S / 10)
        now = read_claim(path)
        if now != text:
            return now is not None
    return False


def _kernel() -> str:
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else socket.gethostname()


def _kernel_of(text: str) -> str | None:
    try:
        return json.loads(text)["kernel"]
    except (ValueError, KeyError, TypeError):
        return None


def _busy(path: Path, owner: str) -> ArepasError:
    return ArepasError(f"{path}: another run is at work ({_describe(owner)}); wait for it to end")


def _open(path: Path) -> TextIO:
    with writing_below(path.parent, "WAREHOUSE_PATH"):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+")


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

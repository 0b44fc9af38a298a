"""Files on volumes that other processes, containers and machines write to as well.

On a shared volume `flock` may hold within one machine only, and two containers may well give the
same number to a process. What holds everywhere is that a file is made, or renamed, by one alone.
"""

import errno
import os
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from python_ml.errors import ArepasError

# What a system says of an open file, without its name.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def holds_files(folder: Path) -> bool:
    """Say whether there is anything in a folder but hidden files, which are no raw files."""
    return folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())


def unfinished_name(target: Path) -> Path:
    """Name the hidden neighbour that a file is written to before it is renamed to its own name.

    No other thread, process or container uses the same; hidden names are no raw files.
    """
    return target.with_name(f".{target.name}.{writer_name()}")


@contextmanager
def writing_below(place: Path, setting: str) -> Generator[None]:
    """Say of a place that cannot be written which setting names it, and what to do.

    Raises:
        ArepasError: There is no room, no right to write there, or a file where a folder should be.
    """
    try:
        yield
    except OSError as error:
        if not _is_about(error, place):
            raise
        raise ArepasError(
            f"{setting}: {place} cannot be written ({error.strerror}); make room or give the run"
            " the right to write there"
        ) from error


def _is_about(error: OSError, place: Path) -> bool:
    """Whether an error is of a place, what is below it or a folder that it would lie in."""
    names = [name for name in (error.filename, error.filename2) if name is not None]
    if not names:
        return error.errno in NO_ROOM
    paths = [Path(os.fsdecode(name)) for name in names]
    return any(path.is_relative_to(place) or place.is_relative_to(path) for path in paths)


@contextmanager
def put_whole(path: Path) -> Generator[Path]:
    """Put a file into place at once: who reads meanwhile sees all of the old or the new.

    Gives the name to write to. Nothing is left of what could not be written, on a full disk say.
    """
    unfinished = unfinished_name(path)
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file and put it into place at once."""
    with put_whole(path) as unfinished:
        unfinished.write_bytes(content)


def writer_name() -> str:
    """Name this thread of this process on this machine or in this container."""
    return f"{socket.gethostname()}.{os.getpid()}.{threading.get_native_id()}"


def claim(path: Path, owner: str) -> bool:
    """Make a file that says who has taken what it stands for; False where somebody else has."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(owner)
    except FileExistsError:
        return False
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True


def read_claim(path: Path) -> str | None:
    """Read who has taken what a file stands for; None where nobody has."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def drop_claim(path: Path, owner: str) -> bool:
    """Remove an owner's claim, one's own or a dead one's; False where it is not there any more."""
    aside = unfinished_name(path)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    is_meant = aside.read_text(encoding="utf-8", errors="replace") == owner
    if not is_meant:
        # Somebody was faster and this is a living claim: back to its place.
        aside.rename(path)
        return False
    aside.unlink()
    return True

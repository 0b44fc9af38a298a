"""Other systems' files on Spark's executors: read by their layouts, as on one machine."""

from collections.abc import Iterator

import pyarrow as pa

from python_ml.raw.files import RawFile
from python_ml.raw.foreign import FOREIGN_SCHEMA, ForeignFile, open_engine


def read_lines(file: RawFile, file_id: int) -> Iterator[pa.RecordBatch]:
    """Read a file's rows as our lines, in batches of `LINE_SCHEMA`.

    Raises:
        UnreadableFileError: It cannot be read, or its layout cannot be applied.
    """
    with open_engine() as engine:
        yield from ForeignFile(file, file_id).read_lines(engine)


def read_members(file: RawFile, file_id: int) -> Iterator[pa.RecordBatch]:
    """Say which foreign lines its lines are made of, where that is not one of each.

    Raises:
        UnreadableFileError: It cannot be read, or its layout cannot be applied.
    """
    foreign = ForeignFile(file, file_id)
    _count_lines(foreign)
    for lines in foreign.foreign_lines:
        yield from lines.cast(FOREIGN_SCHEMA).to_batches()


def read_facts(file: RawFile) -> dict[str, object]:
    """Say what the log of files keeps of a file, and what its layout has to tell.

    Raises:
        UnreadableFileError: It cannot be read, or its layout cannot be applied.
    """
    foreign = ForeignFile(file, 0)
    count = _count_lines(foreign) + foreign.further_count
    return {"header": ";".join(foreign.header), "line_count": count, "told": foreign.told}


def _count_lines(foreign: ForeignFile) -> int:
    """Read it for what it says beside its lines; returns their number."""
    with open_engine() as engine:
        return sum(len(lines) for lines in foreign.read_lines(engine))

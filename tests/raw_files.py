"""Single raw files for tests: put into place, and their lines."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from python_ml.raw.files import RawFile, RawTable, raw_tables, stamp
from python_ml.raw.lines import read_lines

READINGS = raw_tables(("metric_1", "metric_2"))[-1]
HEADER = "timestamp;machine_id;batch_id;metric_1;metric_2"
NOBODY = 65534


def put(path: Path, content: bytes | str = "", table: RawTable = READINGS) -> RawFile:
    """Write a file and describe it as the loader would have found it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return RawFile(table, path, path.name, stamp(path))


def lines_of(file: RawFile) -> list[tuple[int, str, str | None]]:
    """Read a file's lines: number, text, reason."""
    batches = list(read_lines(file, file_id=3))
    assert all(set(batch.column("file_id").to_pylist()) <= {3} for batch in batches)
    columns = ("source_line", "raw_line", "line_reason")
    return [tuple(row[name] for name in columns) for batch in batches for row in batch.to_pylist()]


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Be somebody to whom rights matter, where the tests are run by root, who may do everything."""
    if os.geteuid() != 0:
        yield
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)

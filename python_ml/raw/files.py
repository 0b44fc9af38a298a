"""Raw files: which there are below the input folder, and which table each one is of."""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import xxhash

from python_ml.errors import InputError, UnreadableFileError, shortened, without_controls
from python_ml.raw.layouts import Layout, layout_of

logger = logging.getLogger(__name__)

XXH_DIGITS = 32
BLOCK_BYTES = 8 << 20
SUFFIXES = (".csv", ".csv.gz", ".parquet")
# Of a line of the list of types: what is no part of a quoted name, and the names.
COMMENT = re.compile(r'("[^"]*")|#.*')
NAMED_TYPE = re.compile(r'\s*"([^"]+)"\s*(?=,|$)|([^,]+)')
# Of the file system and of programs; nobody delivers readings there.
FOREIGN_FOLDER = re.compile(r"\..*|lost\+found")


@dataclass(frozen=True)
class RawTable:
    """One kind of raw file: what its name starts with and the columns that it must have.

    Attributes:
        metrics: Those of them that are readings' numbers.
    """

    name: str
    required_columns: tuple[str, ...]
    is_needed: bool = True
    may_be_empty: bool = False
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawFile:
    """One delivered file.

    Attributes:
        table: The raw table that its name says.
        path: Where it is, links followed.
        source_file: Its path below the input folder, with forward slashes; bytes that are no text
            and control characters are escaped.
        stamp: Size in bytes and the times of change in nanoseconds: equal means untouched.
        layout: How another system wrote it; None in our own form.
    """

    table: RawTable
    path: Path
    source_file: str
    stamp: tuple[int, int, int]
    layout: Layout | None = None

    def open(self) -> BinaryIO:
        """Open its bytes."""
        return self.path.open("rb")

    def is_unchanged(self) -> bool:
        """Say whether it still is what was found."""
        try:
            return stamp(self.path) == self.stamp
        except OSError:
            return False

    @property
    def is_parquet(self) -> bool:
        """Whether its name says that it is Parquet; all others are text."""
        return self.source_file.lower().endswith(".parquet")

    @property
    def is_packed(self) -> bool:
        """Whether its name says that its text is packed by gzip."""
        return self.source_file.lower().endswith(".gz")


@dataclass(frozen=True)
class RawFolder:
    """What lies below the input folder.

    Attributes:
        files: The raw files, in the order of their paths.
        problems: Why folders cannot be looked into, one line each, by their paths below the input
            folder.
        unused_layouts: Which layouts fit no file, one line each.
    """

    files: tuple[RawFile, ...]
    problems: dict[str, str]
    unused_layouts: tuple[str, ...] = ()

    def hides(self, source_file: str) -> bool:
        """Say whether a file would lie where nobody can look."""
        return any(source_file.startswith(f"{folder}/") for folder in self.problems)


def raw_tables(metrics: tuple[str, ...]) -> tuple[RawTable, ...]:
    """List the kinds of raw files for a fleet that reports these metrics."""
    return (
        RawTable("machines", ("machine_id", "kitchen_id", "phase"), is_needed=False),
        RawTable(
            "maintenance_events",
            ("machine_id", "start_time", "end_time", "kind"),
            is_needed=False,
        ),
        RawTable("batch_registry", ("batch_id", "arepa_type")),
        RawTable("faulty_intervals", ("machine_id", "start_time", "end_time"), may_be_empty=True),
        RawTable(
            "cooking_metrics",
            ("timestamp", "machine_id", "batch_id", *metrics),
            metrics=metrics,
        ),
    )


def table_of(file_name: str, tables: tuple[RawTable, ...]) -> RawTable | None:
    """Say which table a file's name says it is of, in capitals or not; None for any other file."""
    return next((table for table in tables if file_name.lower().startswith(table.name)), None)


def has_known_ending(file_name: str) -> bool:
    """Say whether a file's name ends as those of raw files do, in capitals or not."""
    return file_name.lower().endswith(SUFFIXES)


def find_raw_files(
    folder: Path, tables: tuple[RawTable, ...], layouts: tuple[Layout, ...] = ()
) -> RawFolder:
    """List the raw files below a folder; a folder in it that cannot be read hides no other.

    Raises:
        InputError: The folder is missing, a needed table has no file, or two layouts fit one.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; set RAW_DATA_DIR or put the raw files there")
    root = folder.resolve()
    by_name = {table.name: table for table in tables}
    problems: dict[str, str] = {}
    files = []
    for entry in _walk(root, problems):
        source_file = _source_file(entry, root)
        layout = layout_of(source_file, layouts)
        table = table_of(entry.name, tables) if layout is None else by_name[layout.table]
        if problem := _refusal(entry, root, is_table=table is not None, is_ours=layout is None):
            logger.warning("%s: not read; %s", source_file, problem)
        elif table is not None and _is_file(entry):
            path = Path(entry.path)
            target = path.resolve() if entry.is_symlink() else path
            files.append(RawFile(table, target, source_file, _stamp_of(entry.stat()), layout))
    unused = tell_unused(layouts, [file.layout for file in files], str(folder))
    for table in tables:
        if table.is_needed and not any(file.table is table for file in files):
            missing = f"no {table.name}*.csv (or .csv.gz, .parquet); add the file"
            raise InputError(f"{folder}: {missing}", *unused, *problems.values())
    files.sort(key=lambda file: file.source_file.split("/"))
    return RawFolder(tuple(files), problems, unused)


def tell_unused(
    layouts: tuple[Layout, ...], used: Sequence[Layout | None], folder: str
) -> tuple[str, ...]:
    """Say of each layout that fits no file what to do; `used` are those of the files."""
    return tuple(
        f"layout {layout.name} fits no file in {folder} ({', '.join(layout.files)}); correct its"
        " `files`, or deliver one"
        for layout in layouts
        if layout not in used
    )


def read_arepa_types(path: Path | None) -> tuple[str, ...]:
    """Read the text file of arepa types, one a line or comma-separated; none without a file.

    A name that holds a comma or `#` is quoted.

    Raises:
        InputError: The file is missing, unreadable or names no type.
    """
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"AREPA_TYPES={path}: cannot be read ({error}); name a text file"
        ) from error
    found = (NAMED_TYPE.findall(COMMENT.sub(r"\1", line)) for line in lines)
    names = [(quoted or plain).strip() for line in found for quoted, plain in line]
    types = tuple(dict.fromkeys(name for name in names if name))
    if not types:
        raise InputError(f"AREPA_TYPES={path}: names no arepa type; write one a line")
    return types


def _walk(root: Path, problems: dict[str, str]) -> Iterator[os.DirEntry[str]]:
    """Yield everything below a folder but folders; those that cannot be read get their problem."""
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                there = [entry for entry in entries if _is_there(entry)]
        except OSError as error:
            if not FOREIGN_FOLDER.fullmatch(folder.name):
                name = folder.relative_to(root).as_posix() if folder != root else str(root)
                problems[name] = shortened(
                    f"{name}: the folder cannot be read ({error.strerror}); give the run the right"
                    " to read it"
                )
            continue
        for entry in there:
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            else:
                yield entry


def _is_there(entry: os.DirEntry[str]) -> bool:
    """Whether what was listed is still there.

    Raises:
        OSError: The folder may be listed, but nothing in it looked at.
    """
    try:
        entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file or leads to one; a link may lead to itself."""
    return Path(entry.path).is_file() if entry.is_symlink() else entry.is_file()


def _refusal(entry: os.DirEntry[str], root: Path, *, is_table: bool, is_ours: bool) -> str | None:
    """Why something in the folder that looks like raw files is none."""
    if entry.is_symlink() and not _is_file(entry):
        return "it links to a folder or to nothing"
    if not is_table:
        return None
    if not _is_file(entry):
        return "it is neither a file nor a folder"
    if is_ours and not has_known_ending(entry.name):
        return "raw files end in .csv, .csv.gz or .parquet"
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
        return "it links to a place outside RAW_DATA_DIR"
    return None


def _source_file(entry: os.DirEntry[str], root: Path) -> str:
    below = entry.path[len(str(root)) :].lstrip("/")
    return without_controls(os.fsencode(below).decode(errors="backslashreplace"))


def stamp(path: Path) -> tuple[int, int, int]:
    """Size in bytes, and the times of change of content and of inode in nanoseconds."""
    return _stamp_of(path.stat())


def _stamp_of(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def content_hash(file: RawFile) -> str:
    """Fingerprint a file's bytes.

    Raises:
        UnreadableFileError: The file cannot be read.
    """
    digest = xxhash.xxh3_128()
    try:
        with file.open() as stream:
            while block := stream.read(BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise unreadable(file, error) from error
    return digest.hexdigest() + layout_mark(file.layout)


def layout_mark(layout: Layout | None) -> str:
    """What a fingerprint ends in: a file is another one when it is read by another layout."""
    return "" if layout is None else f"-{layout.fingerprint}"


def is_read_alike(fingerprint: str, layout: Layout | None) -> bool:
    """Say whether a version of a file was read by this layout, or by none."""
    return fingerprint[XXH_DIGITS:] == layout_mark(layout)


def unreadable(file: RawFile, error: Exception) -> UnreadableFileError:
    """Say of a file that it cannot be read, and what to do."""
    return UnreadableFileError(
        f"{file.source_file}: cannot be read ({error}); deliver the file again"
    )

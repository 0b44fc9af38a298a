"""The one door to dlt: rows of databases and files of shares, each brought once.

dlt belongs to an environment of its own, which `make pull` installs; what it has brought so far it
remembers in a folder beside the warehouse. Nothing is put where raw files lie before it is whole.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dlt
import psycopg
import sqlalchemy as sa
from dlt.destinations import filesystem as parquet_files
from dlt.sources.filesystem import filesystem
from dlt.sources.sql_database import sql_table
from sqlalchemy.dialects import postgresql

from python_ml.errors import ArepasError, InputError, counted, hide_user_info
from python_ml.files import put_whole

# dlt tells its makers of each run unless told not to, and writes names as it likes them.
DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "SCHEMA__NAMING": "direct",
}
CONNECT_TIMEOUT_S = 10


@dataclass(frozen=True)
class Source:
    """Where something is brought from.

    Attributes:
        name: Its name; files lie in a folder that is called so.
        address: Of a database as SQLAlchemy has it, or of a share, `file:///…` or `s3://…`.
        table: The database's table, with its schema if that is not the default one.
        cursor: A column that only grows: what lies beyond the largest seen is new.
        files: A share's files, as a pattern below its address.
    """

    name: str
    address: str
    table: str = ""
    cursor: str = ""
    files: str = ""


def bring(source: Source, folder: Path, state: Path) -> int:
    """Bring what is new of a source into a folder; a second time at once brings nothing.

    Args:
        source: Where it comes from.
        folder: Where its files go, whole and one after the other.
        state: What dlt remembers, and what it is just bringing.

    Returns:
        The number of files.

    Raises:
        ArepasError: The source cannot be reached or breaks off; what was there stays. Or files of
            the share have names that lead out of the folder; all others came.
        InputError: The table is not there, or lacks the cursor.
    """
    os.environ |= DLT_SETTINGS
    landed = state / source.name / "landed"
    told = f"{source.name}: {hide_user_info(source.address)}"
    doubtful: list[str] = []
    leading_out: list[str] = []
    try:
        if source.table:
            rows, doubtful = _rows_of(source)
        else:
            rows = _files_of(source, landed / "files", leading_out)
        _pipeline(source, state, landed).run(
            rows, loader_file_format="parquet", write_disposition="append"
        )
    except ArepasError:
        raise
    except Exception as error:  # of dlt, SQLAlchemy, a driver or a file system
        cause = _cause(error)
        why = hide_user_info(" ".join(str(cause).split()))[:300]
        if isinstance(cause, psycopg.DataError) and cause.sqlstate is None:
            # Not the server's word: its driver makes no time of infinity, or of before our era.
            why += "; let a view cast that column, to text, or leave such rows out"
        elif doubtful and not isinstance(cause, psycopg.OperationalError):
            why += (
                f"; {', '.join(doubtful)} may hold what Parquet cannot, let a view cast it, to"
                " double precision or text"
            )
        raise ArepasError(
            f"{told}: broke off ({why}); what was brought before stays, run again"
        ) from error
    count = sum(1 for _ in _put_into_place(source, landed, folder))
    if leading_out:
        raise ArepasError(
            f"{told}: not brought: {counted(len(leading_out), 'file')} whose name leads out of the"
            f" folder, first {min(leading_out)!r}; rename it there; brought: {count}"
        )
    return count


def _pipeline(source: Source, state: Path, landed: Path) -> Any:  # noqa: ANN401
    return dlt.pipeline(
        f"pull_{source.name}",
        pipelines_dir=str(state / source.name / "state"),
        destination=parquet_files(
            bucket_url=landed.as_uri(), layout="{table_name}/{load_id}.{file_id}.{ext}"
        ),
        dataset_name="rows",
    )


def _rows_of(source: Source) -> tuple[Any, list[str]]:
    """A table's rows beyond those that were brought, and its columns of doubtful types."""
    scheme, mark, rest = source.address.partition("://")
    driver = "postgresql+psycopg" if scheme in {"postgres", "postgresql"} else scheme
    schema, _, table = source.table.rpartition(".")
    waits = {"connect_timeout": CONNECT_TIMEOUT_S} if driver == "postgresql+psycopg" else {}
    engine = sa.create_engine(f"{driver}{mark}{rest}", connect_args=waits)
    inspector = sa.inspect(engine)
    if not inspector.has_table(table, schema or None):
        raise InputError(f"{source.name}: there is no table {source.table}; correct `table`")
    types = {
        column["name"]: column["type"] for column in inspector.get_columns(table, schema or None)
    }
    if source.cursor not in types:
        raise InputError(
            f"{source.name}: table {source.table} has no column {source.cursor} to go by; it has"
            f" {', '.join(types)}: name one that only grows as `cursor`"
        )
    rows = sql_table(
        credentials=engine,
        table=table,
        schema=schema or None,
        incremental=dlt.sources.incremental(
            _as_path(source.cursor), on_cursor_value_missing="exclude"
        ),
        backend="pyarrow",
        reflection_level="full",
    )
    # Without a key rows are told apart by all they hold, where they share the newest cursor.
    doubtful = [f"{name} ({kind})" for name, kind in types.items() if _is_doubtful(kind)]
    return rows.with_name(source.name), doubtful


def _as_path(name: str) -> str:
    """A column's name as dlt has it, which takes a path: in quotes where it would be none."""
    return (
        name
        if re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", name)
        else json.dumps(name, ensure_ascii=False)
    )


def _is_doubtful(kind: sa.types.TypeEngine) -> bool:
    """Whether a type has values that dlt writes to no Parquet file.

    Numbers without a precision may be NaN, infinite or have more than nine decimals.
    """
    if isinstance(kind, sa.Numeric):
        return kind.asdecimal and kind.precision is None
    return isinstance(kind, (sa.Interval, postgresql.INET, postgresql.CIDR))


def _files_of(source: Source, landed: Path, leading_out: list[str]) -> Any:  # noqa: ANN401
    """A share's files that are new or changed, copied as they are; yields what was copied.

    Where each name of an object store is a path's, `..` may be part of it; whose target lies
    outside is not brought and added to `leading_out`.

    Known by name, time and size, not by the newest time seen: a file that is late on the share may
    have been written long before others that were brought.
    """
    found = filesystem(bucket_url=source.address, file_glob=source.files)

    def copy(items: list[Any]) -> Iterator[dict[str, Any]]:
        known = dlt.current.resource_state().setdefault("files", {})
        for item in items:
            name, size = item["relative_path"], item["size_in_bytes"]
            stamp = f"{item['modification_date'].isoformat()} {size}"
            if known.get(name) == stamp:
                continue
            target = landed / name
            if not target.resolve().is_relative_to(landed.resolve()):
                leading_out.append(name)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with (
                put_whole(target) as unfinished,
                item.open(compression="disable") as read,
                unfinished.open("wb") as written,
            ):
                shutil.copyfileobj(read, written)
            known[name] = stamp
            yield {"file": name, "size_bytes": size}

    return found | dlt.transformer(copy, name=f"{source.name}_files")


def _put_into_place(source: Source, landed: Path, folder: Path) -> Iterator[Path]:
    """Put whole files where raw files lie; one that a killed run has left goes with them."""
    rows = landed / "rows" / source.name
    files = landed / "files"
    for path in sorted(rows.glob("*.parquet")):
        yield _move(path, folder / f"{source.name}_{path.name}")
    for path in sorted(path for path in files.rglob("*") if path.is_file()):
        if not path.name.startswith("."):
            yield _move(path, folder / path.relative_to(files))


def _move(path: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with put_whole(target) as unfinished:
        shutil.copyfile(path, unfinished)
    path.unlink()
    return target


def _cause(error: BaseException) -> BaseException:
    """Find what is behind the errors that dlt puts around it."""
    while (inner := error.__cause__ or getattr(error, "exception", None)) is not None:
        error = inner
    return getattr(error, "orig", None) or error

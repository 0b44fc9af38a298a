"""The one door to the warehouse: every connection to DuckDB is opened here."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pandas as pd
import pyarrow as pa

from python_ml.errors import ArepasError, DamagedWarehouseError
from python_ml.files import put_whole, unfinished_name

MEMORY_LIMIT = "3GB"
# Of a warehouse that is made now; texts are packed at less cost than in the format of 1.0, which
# only what is published needs, for others' programs.
STORAGE_VERSION = "v1.4.0"
IN_MEMORY = Path(":memory:")
LOCKED = "Could not set lock"
# What DuckDB says of a database that is not what it wrote; of any file it may say the others.
CORRUPT = "Corrupt database file"
UNREADABLE = (
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    # What was written last is damaged, or of another copy of the file.
    "Failure while replaying WAL file",
)


Parameters = Sequence[Any] | Mapping[str, Any]


class Warehouse:
    """A connection to one database file; open late, close early: one process at a time."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if read_only and not path.exists():
            raise ArepasError(f"{path}: no warehouse yet; run `make daily`")
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(
                str(path),
                read_only=read_only,
                config={
                    "memory_limit": MEMORY_LIMIT,
                    "storage_compatibility_version": STORAGE_VERSION,
                },
            )
        except duckdb.Error as error:
            raise _cannot_open(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        """Run statements for their effect."""
        with self._telling_damage():
            self._connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        with self._telling_damage():
            return self._connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401
        """Run a query of one row and one column."""
        return self.rows(sql, parameters)[0][0]

    def frame(self, sql: str, parameters: Parameters = ()) -> pd.DataFrame:
        """Run a query and return its rows as a data frame."""
        with self._telling_damage():
            return self._connection.execute(sql, parameters).df()

    def batches(self, sql: str, parameters: Parameters = ()) -> pa.RecordBatchReader:
        """Run a query and return its rows as a stream; read it before the next query."""
        with self._telling_damage():
            return self._connection.execute(sql, parameters).to_arrow_reader()

    def records(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """Run a query and return its rows by column name."""
        with self._telling_damage():
            cursor = self._connection.execute(sql, parameters)
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def arrow(self, sql: str) -> pa.Table:
        """Run a query and return its rows as a table.

        Raises:
            ArepasError: The database refuses the query.
        """
        try:
            return self._connection.execute(sql).to_arrow_table()
        except duckdb.Error as error:
            raise ArepasError(" ".join(str(error).split())) from error

    def register(self, name: str, rows: pa.Table) -> None:
        """Let queries read rows by a name."""
        self._connection.register(name, rows)

    def has_table(self, schema: str, table: str) -> bool:
        """Say whether a table or view exists."""
        return bool(
            self.value(
                "select count(*) from information_schema.tables"
                " where table_schema = ? and table_name = ?",
                [schema, table],
            )
        )

    def append(self, table: str, rows: pa.RecordBatchReader | pa.Table | pd.DataFrame) -> None:
        """Append rows to a table by column name."""
        self._connection.register("appended_rows", rows)
        self.execute(f"insert into {table} by name select * from appended_rows")
        self._connection.unregister("appended_rows")

    def append_in_any_order(self, table: str, rows: pa.RecordBatchReader) -> None:
        """Append rows whose order says nothing: keeping it, DuckDB would write them twice."""
        self.execute("set preserve_insertion_order = false")
        self.append(table, rows)
        self.execute("reset preserve_insertion_order")

    def attach(self, path: Path, name: str) -> bool:
        """Attach another database file for reading; says whether it could be opened."""
        try:
            self._connection.execute(f"attach {_quoted(str(path))} as {name} (read_only)")
        except duckdb.Error:
            return False
        return True

    def copy_rows(self, source: str, table: str) -> int | None:
        """Append what another table has of a table's columns; None where it cannot be read.

        Args:
            source: Database, schema and name of the other table, of an attached file.
            table: Schema and name.
        """
        try:
            columns = [row[0] for row in self.rows(f"describe {table}")]
            known = {row[0] for row in self.rows(f"describe {source}")}
            names = ", ".join(f'"{column}"' for column in columns if column in known)
            copied = self.rows(f"insert into {table} by name select {names} from {source}")
        except (duckdb.Error, ArepasError):
            return None
        return copied[0][0]

    @contextmanager
    def _telling_damage(self) -> Generator[None]:
        try:
            yield
        except duckdb.Error as error:
            check_damage(self._path, str(error))
            raise

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Write everything inside or, after an exception, nothing.

        Raises:
            ArepasError: It could not be written, the disk being full for instance.
        """
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        try:
            self._connection.commit()
        except duckdb.Error as error:
            raise ArepasError(
                f"{self._path}: cannot be written ({str(error).splitlines()[0]}); make room and run"
                " again"
            ) from error


def check_damage(path: Path, said: str) -> None:
    """Say so where what DuckDB said means that the file is damaged.

    Raises:
        DamagedWarehouseError: It does.
    """
    signs = (CORRUPT, *UNREADABLE) if str(path) in said else (CORRUPT,)
    told = [line.strip() for line in said.splitlines() if any(sign in line for sign in signs)]
    if told and path != IN_MEMORY:
        raise DamagedWarehouseError(
            f"{path}: is damaged ({told[0]}); `make restore` brings a warehouse back, `make daily`"
            " what is published"
        )


def _cannot_open(path: Path, error: duckdb.Error) -> ArepasError:
    said = str(error)
    try:
        check_damage(path, said)
    except DamagedWarehouseError as damaged:
        return damaged
    first = said.splitlines()[0]
    if LOCKED in said:
        return ArepasError(
            f"{path}: cannot be opened, another process may have it open ({first}); close it and"
            " run again"
        )
    return ArepasError(f"{path}: cannot be opened ({first}); see that it can be read and written")


@contextmanager
def published_tables(path: Path) -> Generator[Warehouse]:
    """Open the file that is published now, whatever other readers have open; only for reading.

    Attached to a database of its own, because DuckDB gives a process that has a path open the same
    file again, even after another has taken its place.

    Raises:
        ArepasError: There is none, or it cannot be read.
    """
    if not path.exists():
        raise ArepasError(f"{path}: nothing published yet; run `make daily`")
    with Warehouse(IN_MEMORY) as warehouse:
        try:
            warehouse.execute(f"attach {_quoted(str(path))} as published (read_only)")
        except duckdb.Error as error:
            raise ArepasError(
                f"{path}: cannot be read ({str(error).splitlines()[0]}); run `make daily`"
            ) from error
        warehouse.execute("use published")
        yield warehouse


def publish_schema(
    warehouse_path: Path, schema: str, published_path: Path, *, publication: pd.DataFrame
) -> int:
    """Copy a schema's tables into a database file of their own and put it into place at once.

    Rows are sorted by all their columns and the file's format is the one that every DuckDB since
    1.0 reads. Readers that have the old file open keep it; new ones see the new. The table
    `publication` beside the others says what the file is. Returns the rows copied.

    Raises:
        OSError: There is no room, or no right to write there.
    """
    published_path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = unfinished_name(published_path)
    _remove_unfinished(published_path)
    row_count = 0
    try:
        with duckdb.connect() as connection:
            source, target = _quoted(str(warehouse_path)), _quoted(str(unfinished))
            connection.execute(f"attach {source} as warehouse (read_only)")
            connection.execute(f"attach {target} as published (storage_version 'v1.0.0')")
            connection.execute(f"create schema published.{schema}")
            tables = connection.execute(
                "select table_name from duckdb_tables()"
                " where database_name = 'warehouse' and schema_name = ? order by table_name",
                [schema],
            ).fetchall()
            for (table,) in tables:
                created = connection.execute(
                    f"create table published.{schema}.{table} as "
                    f"select * from warehouse.{schema}.{table} order by all"
                )
                row_count += created.fetchall()[0][0]
            connection.register("publication_row", publication)
            connection.execute(
                f"create table published.{schema}.publication as select * from publication_row"
            )
            connection.execute("detach published")
        # Of the old file, from a client that wrote to it: it would be added to the new one.
        log_path(published_path).unlink(missing_ok=True)
        unfinished.replace(published_path)
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException) as error:
        check_damage(warehouse_path, str(error))
        raise OSError(" ".join(str(error).split())) from error
    finally:
        _remove_unfinished(published_path)
    return row_count


def write_parquet_copies(published_path: Path, folder: Path) -> int:
    """Write each published table as a Parquet file, each put into place whole; returns how many.

    Files of tables that are gone go, too; anything else in the folder is somebody else's.

    Raises:
        ArepasError: Nothing is published, or it cannot be read.
        OSError: There is no room, or no right to write there.
    """
    names = set()
    with published_tables(published_path) as published:
        folder.mkdir(parents=True, exist_ok=True)
        for schema, table in published.rows(
            "select schema_name, table_name from duckdb_tables() where database_name = 'published'"
        ):
            names.add(f"{table}.parquet")
            with put_whole(folder / f"{table}.parquet") as unfinished:
                _copy_to_parquet(published, f'"{schema}"."{table}"', unfinished)
    for path in folder.glob("rpt_*.parquet"):
        if path.name not in names:
            path.unlink()
    return len(names)


def _copy_to_parquet(published: Warehouse, table: str, path: Path) -> None:
    try:
        published.execute(f"copy {table} to {_quoted(str(path))} (format parquet)")
    except duckdb.IOException as error:
        raise OSError(" ".join(str(error).split())) from error


def log_path(path: Path) -> Path:
    """Where DuckDB keeps what was written to a file last, until it is part of the file."""
    return path.with_name(f"{path.name}.wal")


def _remove_unfinished(published_path: Path) -> None:
    """Remove what a publication that failed, or was killed, left: the copy and its log."""
    for leftover in published_path.parent.glob(f".{published_path.name}.*"):
        leftover.unlink()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""The one door to Spark: its session, with the few functions that `warehouse` has for DuckDB."""

import logging
import os
import re
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa

from python_ml.errors import ArepasError, InputError
from python_ml.settings import Settings
from python_ml.spark.conf import prepare_spark

logger = logging.getLogger(__name__)

GLOB = re.compile(r"[\\*?\[\]{}]")
MapFrames = Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]
MapBatches = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class GivenFiles:
    """Some of the files below a folder.

    Attributes:
        address: The folder, as Spark's file systems name it.
        chosen: The files, by `path`, with whatever else is to be known of each.
    """

    address: str
    chosen: pa.Table


class SparkWarehouse:
    """A session on the Spark target; Derby, the metastore, allows one at a time."""

    def __init__(self, settings: Settings) -> None:
        prepare_spark(settings)
        # PySpark says of itself that it does not know this pandas, and logs what it also raises.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        logging.getLogger("SQLQueryContextLogger").disabled = True
        # Times are the kitchens' own, without a zone: no process may shift them to one.
        os.environ["TZ"] = "UTC"
        time.tzset()
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession

        try:
            self._session = SparkSession.builder.enableHiveSupport().getOrCreate()
            self._session.sql("show databases").collect()
        except (PySparkException, Py4JError) as error:
            raise ArepasError(_describe(settings, str(error))) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the session and its executors."""
        self._session.stop()

    @property
    def application_id(self) -> str:
        """The name that Spark gave this session; its event log is called so."""
        return self._session.sparkContext.applicationId

    def execute(self, sql: str) -> None:
        """Run one statement for its effect."""
        self._session.sql(sql)

    def table(self, sql: str) -> pa.Table:
        """Run a query and return its rows as an Arrow table, times without a zone."""
        table = self._session.sql(sql).toArrow()
        naive = [
            field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field
            for field in table.schema
        ]
        return table.cast(pa.schema(naive))

    def frame(self, sql: str) -> pd.DataFrame:
        """Run a query and return its rows as a data frame."""
        return self.table(sql).to_pandas()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return [tuple(row.values()) for row in self.table(sql).to_pylist()]

    def value(self, sql: str) -> Any:  # noqa: ANN401
        """Run a query of one row and one column."""
        return self.rows(sql)[0][0]

    def has_table(self, schema: str, name: str) -> bool:
        """Say whether a table or view is there."""
        return self._session.catalog.tableExists(f"{schema}.{name}")

    def append(self, table: str, rows: pa.Table | pd.DataFrame) -> None:
        """Append rows to a table by column name, in one file: all of them or none."""
        self._insert("into", table, rows)

    def overwrite(self, table: str, rows: pa.Table | pd.DataFrame) -> None:
        """Put rows in place of all that a table holds."""
        self._insert("overwrite", table, rows)

    def _insert(self, how: str, table: str, rows: pa.Table | pd.DataFrame) -> None:
        given = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows)
        self._session.createDataFrame(given).coalesce(1).createOrReplaceTempView("given_rows")
        self._session.sql(f"insert {how} {table} by name select * from given_rows")
        self._session.catalog.dropTempView("given_rows")

    def list_files(self, address: str) -> pa.Table:
        """List the files below a folder on any file system that Spark reads.

        Grain: one row per path, with its length and modification_ns, which is 0 where the length
        is.

        Raises:
            InputError: There is no such folder, no such file system, or a name that Spark cannot
                take.
        """
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            files = self._files(address)
            listed = files.selectExpr(
                "path", "length", "unix_micros(modificationTime) * 1000 as modification_ns"
            ).toArrow()
            # Rows come of files with bytes alone. A path has one slash where a URI has three.
            addresses = {unquote(uri).replace(":///", ":/", 1) for uri in files.inputFiles()}
            empty = sorted(addresses - set(listed["path"].to_pylist()))
            none = [0] * len(empty)
            return pa.concat_tables([listed, pa.table([empty, none, none], schema=listed.schema)])
        except (PySparkException, Py4JError) as error:
            raise InputError(
                f"{address}: Spark cannot list it ({_first_line(error)}); set RAW_DATA_DIR, or"
                " SPARK_SETTINGS_FILE for what its file system needs"
            ) from error

    def read_files(self, given: GivenFiles, function: MapBatches, schema: str) -> pa.Table:
        """Let the executors read files, and bring the rows that the function makes to the driver.

        Args:
            given: The files.
            function: From batches of the chosen files, with their `content`, to batches of rows.
            schema: Of those rows, as Spark writes it.
        """
        return self._map_files(given, function, schema).toArrow()

    def load_files(
        self, given: GivenFiles, function: MapBatches, schema: str, *, table: str
    ) -> None:
        """Let the executors read files, and write the rows that the function makes to a table."""
        self._map_files(given, function, schema).write.insertInto(table)

    def delete_unfinished_tables(self, schemas: Collection[str], names: Collection[str]) -> None:
        """Delete folders of tables that a killed run wrote and the metastore does not know.

        Spark writes a table before it enters it, and refuses to write where something lies.

        Args:
            schemas: Those whose tables can be built anew.
            names: Of these tables; on a shared lake, other folders are other people's.
        """
        for schema in self.rows("show databases"):
            if schema[0] in schemas:
                self._delete_unfinished_tables(schema[0], names)

    def _delete_unfinished_tables(self, schema: str, names: Collection[str]) -> None:
        # Names alone: the catalogue's own list asks the metastore for each table.
        known = {name for _, name, _ in self.rows(f"show tables in {schema}")}
        java = self._session._jvm
        place = java.org.apache.hadoop.fs.Path(
            self._session.catalog.getDatabase(schema).locationUri
        )
        files = place.getFileSystem(self._session._jsc.hadoopConfiguration())
        for folder in files.listStatus(place) if files.exists(place) else ():
            name = folder.getPath().getName()
            if name in names and name not in known:
                logger.warning("%s.%s: an earlier run did not finish it; deleted", schema, name)
                files.delete(folder.getPath(), True)

    def run_all(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Run a function on each item, each in a task of its own; results in their order."""
        return self._session.sparkContext.parallelize(items, len(items)).map(function).collect()

    def overwrite_mapped(
        self, table: str, sql: str, function: MapFrames, columns: Sequence[str]
    ) -> None:
        """Let the executors put a query's rows through a function, and overwrite days with them.

        Args:
            table: Partitioned by day; days without new rows stay as they are.
            sql: The query.
            function: From frames of the query's rows to frames of the table's.
            columns: Of the table, in its order.
        """
        schema = self._session.table(table).select(list(columns)).schema
        rows = self._session.sql(sql).mapInPandas(function, schema)
        rows.write.insertInto(table, overwrite=True)

    def _map_files(self, given: GivenFiles, function: MapBatches, schema: str) -> Any:  # noqa: ANN401
        from pyspark.sql.functions import broadcast

        chosen = broadcast(self._session.createDataFrame(given.chosen))
        files = self._files(given.address).select("path", "content").join(chosen, "path")
        return files.mapInArrow(function, schema)

    def _files(self, address: str) -> Any:  # noqa: ANN401
        reader = self._session.read.format("binaryFile").option("recursiveFileLookup", True)
        return reader.load(GLOB.sub(r"\\\g<0>", address))


def _describe(settings: Settings, message: str) -> str:
    if "SessionHiveMetaStoreClient" in message:
        return (
            f"{settings.spark_dir / 'metastore'}: the metastore cannot be opened, another session"
            " may have it open; wait for it to end, or set SPARK_DIR to a folder of your own"
        )
    return f"Spark does not start: {message}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]

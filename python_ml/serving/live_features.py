"""Features of one machine from raw readings, by the very SQL that the marts are built with."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from python_ml.engines.marts import read_features
from python_ml.engines.warehouse import Warehouse
from python_ml.raw.files import RawTable, raw_tables
from python_ml.raw.load import load
from python_ml.settings import Settings

REJECTED_READINGS = """
select rejection_reason, count(*) from staging.stg_kitchen__cooking_metrics
where rejection_reason is not null group by all order by all
"""


@dataclass(frozen=True)
class LiveFeatures:
    """What came of a machine's raw readings.

    Attributes:
        rows: As in the mart, one row or, where the type has not cooked for 28 days, none.
        rejected: Readings that the staging models set aside, counted by reason.
    """

    rows: pd.DataFrame
    rejected: dict[str, int]


class LiveFeatureBuilder:
    """Builds features outside the warehouse: raw files and all models in a database of their own.

    Args:
        settings: The fleet's; its list of arepa types and its layouts are left aside.
        statements: All models, as `compile_models` gives them, run as they are.
    """

    def __init__(self, settings: Settings, statements: Sequence[str]) -> None:
        self._settings = settings.replace(arepa_types_file=None, raw_layouts_file=None)
        self._statements = statements

    def build(
        self, arepa_type: str, tables: Mapping[str, Sequence[Mapping[str, object]]], as_of: date
    ) -> LiveFeatures:
        """Load tables as raw files and build the features of one type and morning.

        Args:
            arepa_type: The type of arepa.
            tables: Rows by raw table (`cooking_metrics`, …), columns named as in the raw files.
            as_of: The morning.
        """
        with TemporaryDirectory(prefix="arepas-features-") as folder:
            settings = self._settings.replace(
                raw_data_dir=Path(folder) / "raw", warehouse_path=Path(folder) / "warehouse.duckdb"
            )
            settings.raw_data_dir.mkdir()
            for table in raw_tables(settings.metrics):
                if table.name in tables:
                    _write(settings.raw_data_dir / f"{table.name}.csv", table, tables[table.name])
            load(settings, run_id="endpoint", as_of=as_of)
            with Warehouse(settings.warehouse_path) as warehouse:
                for statement in self._statements:
                    warehouse.execute(statement)
                return LiveFeatures(
                    read_features(
                        warehouse, [arepa_type], phases=(1, 2, 3), first=as_of, last=as_of
                    ),
                    dict(warehouse.rows(REJECTED_READINGS)),
                )


def compile_models(settings: Settings) -> list[str]:
    """Compile the models once, which takes dbt seconds and memory: in a process of its own."""
    from python_ml.engines.transform import Transformer, duckdb_engine

    with TemporaryDirectory(prefix="arepas-compile-") as folder:
        elsewhere = settings.replace(
            arepa_types_file=None, warehouse_path=Path(folder) / "warehouse.duckdb"
        )
        return Transformer(elsewhere, duckdb_engine(elsewhere)).compile_features()


def _write(path: Path, table: RawTable, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows as a kitchen would; null is empty."""
    columns = dict.fromkeys([*table.required_columns, *(name for row in rows for name in row)])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

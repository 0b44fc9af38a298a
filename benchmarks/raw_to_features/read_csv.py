"""What DuckDB alone takes to read the same raw files into tables: RAW_DIR AS_OF OUT.

Notes it twice: with all left to DuckDB, which then guesses the types of every file, and told them.
"""

import sys
from pathlib import Path

import duckdb

from benchmarks.raw_to_features.measure import note_step

TABLES = {
    "machines": {
        "machine_id": "varchar",
        "kitchen_id": "varchar",
        "phase": "integer",
        "zone": "varchar",
        "installed_on": "date",
    },
    "maintenance_events": {
        "machine_id": "varchar",
        "start_time": "timestamp",
        "end_time": "timestamp",
        "kind": "varchar",
        "finding": "varchar",
        "component": "varchar",
    },
    "batch_registry": {"batch_id": "varchar", "arepa_type": "varchar"},
    "faulty_intervals": {
        "machine_id": "varchar",
        "start_time": "timestamp",
        "end_time": "timestamp",
    },
    "cooking_metrics": {
        "timestamp": "timestamp",
        "machine_id": "varchar",
        "batch_id": "varchar",
        "metric_1": "double",
        "metric_2": "double",
    },
}
CREATE_TABLE = """
create table {table} as
select * from read_csv('{raw_dir}/**/{table}*.csv', delim = ';', decimal_separator = ','{told})
"""


def main(raw_dir: str, _as_of: str, out: str) -> None:
    """Create a table of each kind of raw file, in two database files beside OUT."""
    for step in ("guessed", "told"):
        database = Path(out).with_name(f"{step}.duckdb")
        with note_step(step, Path(out)), duckdb.connect(database) as connection:
            for table, columns in TABLES.items():
                told = f", header = true, columns = {columns}" if step == "told" else ""
                connection.execute(CREATE_TABLE.format(table=table, raw_dir=raw_dir, told=told))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What DuckDB alone takes to read the same raw files into tables: RAW_DIR AS_OF OUT."""

import sys
from pathlib import Path

import duckdb

from benchmarks.raw_to_features.measure import note_step

TABLES = (
    "machines",
    "maintenance_events",
    "batch_registry",
    "faulty_intervals",
    "cooking_metrics",
)
CREATE_TABLE = """
create table {table} as
select * from read_csv('{raw_dir}/**/{table}*.csv', delim = ';', decimal_separator = ',')
"""


def main(raw_dir: str, _as_of: str, out: str) -> None:
    """Create a table of each kind of raw file in a database file beside OUT."""
    with note_step("load", Path(out)), duckdb.connect(Path(out).with_suffix(".duckdb")) as files:
        for table in TABLES:
            files.execute(CREATE_TABLE.format(table=table, raw_dir=raw_dir))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Say where two outcomes differ, in keys or beyond rounding in values: OURS THEIRS.

An outcome is a Parquet file of features, or this project's warehouse. Prints one difference a line.
"""

import sys
from pathlib import Path

import duckdb

from python_ml.learning.columns import KEYS, feature_columns

METRICS = ("metric_1", "metric_2")
# Relative and absolute; a spread comes from the difference of two large sums.
TOLERANCES = {"default": (1e-9, 1e-12), "std_7d": (1e-6, 1e-7), "slope_7d": (1e-6, 1e-9)}
JOINED = "ours {kind} join theirs on " + " and ".join(f"ours.{key} = theirs.{key}" for key in KEYS)
COUNT_ROWS = "select (select count(*) from ours), (select count(*) from theirs)"
COUNT_LONELY_KEYS = f"""
select count(*) from {JOINED.format(kind="full")}
where ours.{KEYS[0]} is null or theirs.{KEYS[0]} is null
"""
COUNT_DIFFERENT_VALUES = f"select {{counts}} from {JOINED.format(kind='inner')}"
DIFFERENT_VALUES = """
count(*) filter (where
    (ours.{column} is null) <> (theirs.{column} is null)
    or abs(ours.{column} - theirs.{column}) > {relative} * abs(ours.{column}) + {absolute}
)
"""


def find_differences(ours: Path, theirs: Path) -> list[str]:
    """List the differences of two outcomes, one sentence each."""
    columns = feature_columns(METRICS)
    counts = ", ".join(_count_different(column) for column in columns)
    with duckdb.connect() as connection:
        _open_outcome(connection, ours, "ours")
        _open_outcome(connection, theirs, "theirs")
        row_counts = connection.execute(COUNT_ROWS).fetchall()[0]
        lonely_keys = connection.execute(COUNT_LONELY_KEYS).fetchall()[0][0]
        values = connection.execute(COUNT_DIFFERENT_VALUES.format(counts=counts)).fetchall()[0]
    found = [
        f"{column} differs in {n} rows" for column, n in zip(columns, values, strict=True) if n
    ]
    if lonely_keys:
        found.insert(0, f"{lonely_keys} keys that only one has")
    if min(row_counts) == 0 or row_counts[0] != row_counts[1]:
        found.insert(0, f"{row_counts[0]} rows against {row_counts[1]}")
    return found


def _open_outcome(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    if path.suffix == ".parquet":
        relation = f"read_parquet('{path}')"
    else:
        connection.execute(f"attach '{path}' as warehouse_of_{name} (read_only)")
        relation = f"warehouse_of_{name}.features.feat_machine_arepa_daily"
    connection.execute(f"create view {name} as select * from {relation}")


def _count_different(column: str) -> str:
    kind = next((kind for kind in TOLERANCES if column.endswith(kind)), "default")
    relative, absolute = TOLERANCES[kind]
    return DIFFERENT_VALUES.format(column=column, relative=relative, absolute=absolute)


if __name__ == "__main__":
    print("\n".join(find_differences(Path(sys.argv[1]), Path(sys.argv[2]))))

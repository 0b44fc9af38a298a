"""Say where two outcomes differ: in their keys or, beyond rounding, in their values."""

from pathlib import Path

import duckdb

from python_ml.columns import KEYS, feature_columns

METRICS = ("metric_1", "metric_2")
COLUMNS = (*KEYS, *feature_columns(METRICS))
TOLERANCES = {"default": (1e-9, 1e-12), "std_7d": (1e-6, 1e-7), "slope_7d": (1e-6, 1e-9)}
KEY_DIFFERENCES = """
select count(*)
from read_parquet(?) as ours
full join read_parquet(?) as theirs on {on_keys}
where ours.machine_id is null or theirs.machine_id is null
"""
VALUE_DIFFERENCES = """
select {counts}
from read_parquet(?) as ours
inner join read_parquet(?) as theirs on {on_keys}
"""
# Rounding may leave an infinite or undefined value in a float library where SQL has null.
DIFFERS = """
count(*) filter (where
    (ours.{column} is null) <> (theirs.{column} is null)
    or not coalesce(
        abs(ours.{column} - theirs.{column}) <= {relative} * abs(ours.{column}) + {absolute}, true
    )
) as {column}
"""
ON_KEYS = " and ".join(f"ours.{key} = theirs.{key}" for key in KEYS)


def find_differences(ours: Path, theirs: Path) -> list[str]:
    """List the differences of two Parquet files of features, one sentence each."""
    files = [str(ours), str(theirs)]
    with duckdb.connect() as connection:
        row_counts = [connection.read_parquet(file).shape[0] for file in files]
        differing = connection.execute(KEY_DIFFERENCES.format(on_keys=ON_KEYS), files).fetchall()
        counts = ",".join(_count_differences(column) for column in COLUMNS[len(KEYS) :])
        values = connection.execute(
            VALUE_DIFFERENCES.format(on_keys=ON_KEYS, counts=counts), files
        ).fetchdf()
    found = [f"{row_counts[0]} rows against {row_counts[1]}"] if len(set(row_counts)) > 1 else []
    if differing[0][0]:
        found.append(f"{differing[0][0]} keys that only one has")
    return found + [
        f"{column} differs in {count} rows" for column, count in values.iloc[0].items() if count
    ]


def _count_differences(column: str) -> str:
    kind = next((kind for kind in TOLERANCES if column.endswith(kind)), "default")
    relative, absolute = TOLERANCES[kind]
    return DIFFERS.format(column=column, relative=relative, absolute=absolute)

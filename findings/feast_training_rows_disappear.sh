#!/usr/bin/env bash
# feast 0.67.0, a feature store. get_historical_features joins to a table of machines and times, with
# labels in columns of its own, what was known of each machine by then. One would think that a row in
# is a row out. The store that is used unless another is named (dask) keeps one row for a machine and
# a time, whatever else the rows hold: where one morning has two labels, "in 24 hours" and "in
# seven days", or two failure modes, one of the two is dropped, and nothing is said. The rows come
# back in another order too, so a label vector kept aside fits no more. With the offline store
# "duckdb" the same call keeps all rows. (Reported to its developers in August 2026, issue 6787.)
# Seen: 5 rows in, labels 0 1 2 3 4; dask 4 rows, 1 is missing, another order; duckdb 5 rows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet "feast[duckdb]==0.67.0" "pandas<3" numpy==2.4.6
cd "$folder"
for store in dask duckdb; do
    FEAST_USAGE=False OMP_NUM_THREADS=1 venv/bin/python -W ignore - "$store" <<'PY'
import sys
from datetime import timedelta
from pathlib import Path
import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig
from feast.types import Float64
from feast.value_type import ValueType

def at(*hours: int) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([pd.Timestamp(2026, 3, 1, hour, tz="UTC") for hour in hours])

known = pd.DataFrame({"machine": [1, 1, 2, 2], "at": at(6, 8, 6, 7), "bar": [10.0, 20, 30, 40]})
known.to_parquet("known.parquet")
asked = pd.DataFrame(
    {"machine": [2, 1, 2, 1, 1], "event_timestamp": at(9, 7, 7, 7, 8), "label": range(5)}
)

Path("registry.db").unlink(missing_ok=True)
machine = Entity(name="machine", join_keys=["machine"], value_type=ValueType.INT64)
pressure = FeatureView(
    name="pressure",
    entities=[machine],
    ttl=timedelta(days=1),
    schema=[Field(name="bar", dtype=Float64)],
    source=FileSource(path=str(Path("known.parquet").resolve()), timestamp_field="at"),
)
store = FeatureStore(
    config=RepoConfig(
        project="plant",
        provider="local",
        registry="registry.db",
        offline_store={"type": sys.argv[1]},
        online_store=None,
        entity_key_serialization_version=3,
    )
)
store.apply([machine, pressure])
told = store.get_historical_features(entity_df=asked, features=["pressure:bar"]).to_df()
print(f"{sys.argv[1]}: {len(told)} of {len(asked)} rows, labels {told['label'].tolist()}")
if sys.argv[1] == "duckdb":
    assert sorted(told["label"]) == [0, 1, 2, 3, 4]
else:
    assert sorted(told["label"]) == [0, 2, 3, 4], "CHANGED: which rows come back"
    assert told["label"].tolist() != sorted(told["label"]), "CHANGED: the order is kept"
bars = dict(zip(told["label"], told["bar"]))
assert all(bars[label] == bar for label, bar in ((0, 40), (2, 40), (3, 10), (4, 20)))
PY
done
echo "as described"

#!/usr/bin/env bash
# dbt-core 1.11.16 with dbt-sqlite 1.10.0 and dbt-duckdb 1.11.1. A seed is a table of limits, costs
# or machines that people keep in a CSV file. Where numbers have a decimal comma, such a file has
# semicolons, and dbt takes delimiter: ";" for just that. The comma in a number it takes as one
# between thousands, wherever it stands, and drops it: 4,5 mm/s is 45 and the column one of whole
# numbers; a sign for per cent is dropped as well, so that 2,5% is 25. The run is a success, with no
# warning, and the documentation of seeds tells of types and leading zeros, not of this. A limit
# that is ten times too high never alarms. dbt-duckdb has DuckDB read the file once the type is
# chosen, which fails, luckily; with fast: false, which it knows as well, it has 45 too.
# column_types with text keeps the comma.
# Seen, a limit of 4,5 and a share of 2,5%: dbt-sqlite 45 and 25, dbt-duckdb an error, with fast:
# false 45 and 25; as text in dbt-sqlite 4,5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for adapter in dbt-sqlite==1.10.0 dbt-duckdb==1.11.1; do
    python3 -m venv "$folder/${adapter%==*}"
    "$folder/${adapter%==*}/bin/python" -m pip install --quiet dbt-core==1.11.16 "$adapter"
done
"$folder/dbt-duckdb/bin/python" -m pip install --quiet duckdb==1.5.6
mkdir "$folder/seeds"
cd "$folder"
printf 'machine;limit_mm_s;share\npump;4,5;2,5%%\nfan;7,1;3,5%%\n' > seeds/limits.csv
cat > profiles.yml <<'YAML'
limits:
  target: sqlite
  outputs:
    sqlite:
      type: sqlite
      threads: 1
      database: w
      schema: main
      schemas_and_paths: {main: w.sqlite}
      schema_directory: "."
    duckdb: {type: duckdb, path: w.duckdb, threads: 1}
YAML
seed() { # adapter, further settings of the seed; prints its rows, or that dbt failed
    printf '{name: limits, version: "1.0", profile: limits, seeds: {+delimiter: ";"%s}}\n' "$2" \
        > dbt_project.yml
    if ! DBT_SEND_ANONYMOUS_USAGE_STATS=false "dbt-$1/bin/dbt" seed --quiet --full-refresh \
        --profiles-dir . --target "$1" > log.txt 2>&1; then
        grep -o "Could not convert string \"4,5\" to 'INTEGER'" log.txt
        return
    fi
    "dbt-$1/bin/python" - "$1" <<'PY'
import importlib
import sys

warehouse = importlib.import_module("sqlite3" if sys.argv[1] == "sqlite" else "duckdb")
print(warehouse.connect(f"w.{sys.argv[1]}").execute("select * from limits").fetchall())
PY
}
expect() { # what was seen, what it should be, of what
    echo "$3: $1"
    [ "$1" = "$2" ] || { echo "CHANGED: $3"; exit 1; }
}
ten_times="[('pump', 45, 25), ('fan', 71, 35)]"
expect "$(seed sqlite '')" "$ten_times" "dbt-sqlite"
expect "$(seed duckdb '')" "Could not convert string \"4,5\" to 'INTEGER'" "dbt-duckdb"
expect "$(seed duckdb ', +fast: false')" "$ten_times" "dbt-duckdb, fast: false"
expect "$(seed sqlite ', +column_types: {limit_mm_s: text, share: text}')" \
    "[('pump', '4,5', '2,5%'), ('fan', '7,1', '3,5%')]" "dbt-sqlite, as text"
echo "as described"

#!/usr/bin/env bash
# sqlmesh 0.236.4 with DuckDB 1.5.6. A seed is a CSV file that people keep in the project: machines,
# their asset numbers, the lines they stand in. Its columns can be told their types, and one would
# think that a column told to be text is kept as it is written. pandas reads the file first,
# guessing, and what it guessed is then made a text: 0071 is 71, and if one row has no number, 1 is
# 1.0 in all others; a machine called NA or None has no name. No error, and the warnings that scroll
# by speak of pandas' future. So a table of the plant joined by such a number matches nothing, or
# another machine. One row with a letter, A0072, keeps the zeros of all. (dbt tells, for its own
# seeds, to type such a column as text.) csv_settings (keep_default_na = false) keeps NA.
# Seen, asset 0071 as text: 71; lines 1 and 2 with a blank between: 1.0 and 2.0; machine NA: NULL.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    sqlmesh==0.236.4 duckdb==1.5.6 pandas==2.3.3 numpy==2.4.6
mkdir -p "$folder/project/models" "$folder/project/seeds"
cd "$folder/project"
cat > config.yaml <<'YAML'
gateways: {local: {connection: {type: duckdb, database: warehouse.db}}}
default_gateway: local
model_defaults: {dialect: duckdb, start: 2026-03-01}
disable_anonymized_analytics: true
YAML
printf '%s\n' machine,asset,tag,line pump,0071,0071,1 fan,0072,A0072, NA,1001,1001,2 \
    > seeds/machines.csv
cat > models/machines.sql <<'SQL'
MODEL (
  name plant.machines,
  kind SEED (path '../seeds/machines.csv'),
  columns (machine text, asset text, tag text, line text)
);
SQL
MAX_FORK_WORKERS=1 "$folder/venv/bin/sqlmesh" plan --auto-apply --no-prompts \
    > "$folder/said.txt" 2>&1
"$folder/venv/bin/python" - <<'PY'
import duckdb

table = duckdb.connect("warehouse.db").sql("select * from plant.machines order by asset")
types = dict(zip(table.columns, map(str, table.types)))
rows = {row[1]: dict(zip(table.columns, row)) for row in table.fetchall()}
print(types, *rows.values(), sep="\n")
assert set(types.values()) == {"VARCHAR"}
assert set(rows) == {"71", "72", "1001"}, "CHANGED: text keeps its zeros"
lines, tags = ([rows[asset][name] for asset in ("71", "72", "1001")] for name in ("line", "tag"))
assert lines == ["1.0", None, "2.0"], "CHANGED: lines"
assert rows["1001"]["machine"] is None, "CHANGED: NA is a name"
assert tags == ["0071", "A0072", "1001"]
PY
echo "as described"

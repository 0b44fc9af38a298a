#!/usr/bin/env bash
# sqlglot 30.30.0 parses SQL and can optimize it, by steps that leave the result as it is. The first
# of them writes each name that is not in quotes in lower case, as DuckDB finds a column by any
# case. The keys of a struct, {'Temp': 20.5}, are texts in quotes, and it writes those in lower case
# as well. DuckDB finds fields by any case, too, so mostly nothing shows. But what leaves as JSON
# has other keys, and within JSON case counts: what reads it by its key, in the same query or at the
# receiver, finds nothing. A map's keys and json_object's are left. No error and no warning; parsing
# and writing without optimizing keeps them.
# Why it matters: messages to a plant's broker are made so, and a missing key is a missing reading.
# Seen, to_json({'Temp': 20.5}): {"Temp":20.5}, optimized {"temp":20.5}; read by ->> '$.Temp' in the
# same query 20.5, optimized NULL.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet sqlglot==30.30.0 duckdb==2.0.1
"$folder/venv/bin/python" -W error - <<'PY'
import duckdb
from sqlglot import parse_one
from sqlglot.optimizer import optimize
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

QUERIES = {
    "json": "SELECT to_json({'Temp': 20.5}) AS message",
    "read": "SELECT to_json({'Temp': 20.5}) ->> '$.Temp' AS reading",
    "field": "SELECT {'Temp': 20.5}['Temp'] AS reading",
    "map": "SELECT MAP {'Temp': 20.5}['Temp'] AS reading",
    "object": "SELECT json_object('Temp', 20.5) ->> '$.Temp' AS reading",
}

def result(query: str) -> object:
    return duckdb.sql(query).fetchall()[0][0]

found = {}
for name, query in QUERIES.items():
    parsed = parse_one(query, read="duckdb")
    optimized = optimize(parsed, dialect="duckdb").sql("duckdb")
    found[name] = str(result(query)), str(result(parsed.sql("duckdb"))), str(result(optimized))
    print(name, found[name], optimized)
    assert found[name][0] == found[name][1]
for name in ("field", "map", "object"):
    assert found[name][2] == found[name][0], name
assert found["json"] == ('{"Temp":20.5}', '{"Temp":20.5}', '{"temp":20.5}'), "CHANGED: json"
assert found["read"] == ("20.5", "20.5", "None"), "CHANGED: read"
step = normalize_identifiers(parse_one(QUERIES["json"], read="duckdb"), dialect="duckdb")
assert "'temp'" in step.sql("duckdb"), "CHANGED: another step"
PY
echo "as described"

#!/usr/bin/env bash
# rdflib 7.6.0, graphs of plants, sensors and readings (Brick, SOSA, SSN) and SPARQL over them. By
# SPARQL ?level IN (4, 5) stands for ?level = 4 || ?level = 5, whatever the type of the number, and
# rdflib's = does compare by value: 5 = 5.0 holds, and one moment is itself in two zones. Its IN
# does not: it looks for the very same literal, type and spelling. A level that came as 5.0, 5e0 or
# 05 is not in (4, 5), and it is NOT IN (4, 5), so it is told among those that are of no concern. No
# error and no warning. Write each = out.
# Seen, the levels 5, 5.0, 4.0, 5e0 and 3: IN (4, 5) gives the first alone, NOT IN (4, 5) the four
# others; by = four and one, as IN and NOT IN are with pyoxigraph 0.5.11. A moment in Berlin's zone
# is not in the list that holds it in UTC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet rdflib==7.6.0 pyoxigraph==0.5.13
"$folder/venv/bin/python" -W error - <<'PY'
import pyoxigraph
import rdflib

XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
LEVELS = """INSERT DATA {
    <x:1> <x:level> 5 . <x:2> <x:level> 5.0 . <x:3> <x:level> 4.0 .
    <x:4> <x:level> 5e0 . <x:5> <x:level> 3
}"""
BERLIN = '"2026-03-01T10:00:00+01:00"^^xsd:dateTime'
UTC = '"2026-03-01T09:00:00Z"^^xsd:dateTime'
graph, store = rdflib.Graph(), pyoxigraph.Store()
graph.update(LEVELS)
store.update(LEVELS)

def machines(condition: str) -> list[str]:
    """Those that rdflib and pyoxigraph find by a condition."""
    query = f"{XSD} SELECT ?m WHERE {{ ?m <x:level> ?v FILTER({condition}) }}"
    return [
        "".join(sorted(str(row[0])[2:] for row in graph.query(query))),
        "".join(sorted(row["m"].value[2:] for row in store.query(query))),
    ]

is_in, not_in = machines("?v IN (4, 5)"), machines("?v NOT IN (4, 5)")
print("IN", is_in, "NOT IN", not_in, "(rdflib, pyoxigraph)")
assert machines("?v = 4 || ?v = 5") == ["1234", "1234"]
assert machines("?v != 4 && ?v != 5") == ["5", "5"]
assert (is_in[1], not_in[1]) == ("1234", "5")
assert (is_in[0], not_in[0]) == ("1", "2345"), "CHANGED: IN goes by value"

listed, same = machines(f"{BERLIN} IN ({UTC})"), machines(f"{BERLIN} = {UTC}")
print("a moment in a list", listed, "equal", same)
assert same == ["12345", "12345"] and listed[1] == "12345"
assert listed[0] == "", "CHANGED: a moment in a list"
PY
echo "as described"

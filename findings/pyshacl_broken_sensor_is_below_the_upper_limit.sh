#!/usr/bin/env bash
# pySHACL 0.40.1 validates graphs, such as models of buildings and digital twins, against SHACL. By
# that standard sh:maxInclusive is violated by each value for which "limit >= value" does not come
# out as true: so by NaN, by "n/a" as a double, and by a date or a truth value, which no number can
# be compared to. pySHACL takes what is neither equal nor greater for less, so all of these are
# below each upper limit and conform; sh:maxExclusive does the same. A lower limit reports them, as
# it should, and a text is reported by both. No error and no warning (but what rdflib logs of
# "n/a").
# Why it matters: where only too hot counts, a sensor that is broken off and reads NaN conforms. Ask
# for a lower limit, too, and for sh:datatype.
# Seen, of 20, 90, NaN, n/a, a date and true: by sh:maxInclusive 80 reported 90 alone; with
# sh:minInclusive 0 all but 20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyshacl==0.40.1 rdflib==7.6.0
"$folder/venv/bin/python" - <<'PY'
import logging
from rdflib import SH, XSD, Graph, Literal, Namespace
from pyshacl import validate

logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # It logs that "n/a" is no double.
PLANT = Namespace("urn:plant:")
HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix plant: <urn:plant:> .
plant:limits a sh:NodeShape ; sh:targetSubjectsOf plant:reads ;
sh:property [ sh:path plant:reads ; """
VALUES = {
    "20": Literal("20", datatype=XSD.double),
    "90": Literal("90", datatype=XSD.double),
    "NaN": Literal("NaN", datatype=XSD.double),
    "none": Literal("n/a", datatype=XSD.double),
    "date": Literal("2026-01-01", datatype=XSD.date),
    "truth": Literal(True),
    "text": Literal("20"),
}
data = Graph()
for name, value in VALUES.items():
    data.add((PLANT[name], PLANT.reads, value))

def reported(limits: str) -> set[str]:
    shapes = Graph().parse(data=f"{HEAD} {limits} ] .", format="turtle")
    _, report, _ = validate(data, shacl_graph=shapes)
    return {str(node).removeprefix(PLANT) for node in report.objects(None, SH.focusNode)}

upper = [reported(f"sh:max{kind} 80") for kind in ("Inclusive", "Exclusive")]
both = reported("sh:minInclusive 0 ; sh:maxInclusive 80")
print("upper", upper, "both", both)
assert both == set(VALUES) - {"20"}
assert upper == [{"90", "text"}] * 2, "CHANGED: more is reported"
PY
echo "as described"

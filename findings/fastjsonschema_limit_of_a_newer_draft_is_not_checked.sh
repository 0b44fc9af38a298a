#!/usr/bin/env bash
# fastjsonschema 2.22.3, which makes a fast checker of a JSON Schema. It is documented for the
# drafts 4, 6 and 7. A schema tells its draft by $schema, and one would think that 2020-12 is
# refused, or warned of. It is read as draft 7, and the words that this does not know are left out:
# dependentRequired, prefixItems, unevaluatedProperties, minContains; so what they forbid is valid.
# It goes the other way, too: items after prefixItems is for the rest of a list there, and is asked
# of all items here, so that a valid row is refused. And beside a $ref, where 2020-12 has the other
# words hold as well, a limit is not looked at. No error and no warning, whether $schema is told or
# not. jsonschema-rs does each by the draft that is told.
# Why it matters: the schema of a message is brought up to date, all tests with good messages pass,
# and nothing bad is refused from then on: an oil temperature of 900 degrees is within its limits.
# Seen, by fastjsonschema: five bad messages of five valid, a good row refused; by jsonschema-rs
# five refused and the row valid.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet fastjsonschema==2.22.3 jsonschema-rs==0.61.2
"$folder/venv/bin/python" -W error - <<'PY'
import fastjsonschema
import jsonschema_rs

NEWER = "https://json-schema.org/draft/2020-12/schema"
CELSIUS = {"celsius": {"type": "number"}}
BAD = {
    "limit beside a reference": (
        {"$defs": CELSIUS, "properties": {"oil": {"$ref": "#/$defs/celsius", "maximum": 120}}},
        {"oil": 900},
    ),
    "value without a unit": ({"dependentRequired": {"value": ["unit"]}}, {"value": 5}),
    "first of a row": ({"prefixItems": [{"type": "string"}]}, [5, 6]),
    "misspelled field": (
        {"properties": {"oil": {}}, "unevaluatedProperties": False}, {"oli": 900}
    ),
    "too few numbers": ({"contains": {"type": "number"}, "minContains": 2}, [1, "a"]),
}
ROW = {"prefixItems": [{"type": "string"}], "items": {"type": "number"}}

def is_valid(schema: dict, message: object) -> bool:
    try:
        fastjsonschema.compile(schema)(message)
    except fastjsonschema.JsonSchemaValueException:
        return False
    return True

for name, (rule, message) in BAD.items():
    schema = {"$schema": NEWER, **rule}
    told = is_valid(schema, message), jsonschema_rs.validator_for(schema).is_valid(message)
    print(name, *told)
    assert told[1] is False
    assert told[0] is True and is_valid(rule, message), f"CHANGED: {name}"
row = {"$schema": NEWER, **ROW}
assert jsonschema_rs.validator_for(row).is_valid(["pump", 5, 6])
assert not is_valid(row, ["pump", 5, 6]), "CHANGED: items after prefixItems"
assert not is_valid({"properties": {"oil": {"maximum": 120}}}, {"oil": 900})
PY
echo "as described"

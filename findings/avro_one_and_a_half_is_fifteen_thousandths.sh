#!/usr/bin/env bash
# avro 1.12.2, the Python library of the Avro project itself, by which readings and work orders come
# through queues and into lakes. A decimal has a number of places in its schema, its scale, and is
# sent as a whole number of the last place: 1.5 with three places is 1500. The library refuses a
# value with more places than the scale, so one would think that it fills up one with fewer, as
# fastavro 1.13.1 does. It sends the digits of the value as they stand, 15, whatever place the last
# one has; each reader in any language makes 0.015 of it. No error and no warning. A column of
# quantities or costs has right rows, those that happen to be written with all their places, among
# wrong ones, each by a power of ten of its own. quantize each value to the scale beforehand.
# Seen with three places, by bytes and by fixed: 1.500 is 1.500; 1.5, 12, 1E+2 and -0.25 are 0.015,
# 0.012, 0.001 and -0.025, by fastavro's reader as well; written by fastavro all are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet avro==1.12.2 fastavro==1.13.1
"$folder/venv/bin/python" -W error - <<'PY'
import io
import json
from decimal import Decimal
import avro.io
import avro.schema
import fastavro

KINDS = {
    "bytes": {"type": "bytes"},
    "fixed": {"type": "fixed", "name": "cost", "size": 8},
}
VALUES = [Decimal(text) for text in ("1.500", "1.5", "12", "1E+2", "-0.25")]

def by_avro(schema: dict, value: Decimal) -> bytes:
    sent = io.BytesIO()
    avro.io.DatumWriter(avro.schema.parse(json.dumps(schema))).write(
        value, avro.io.BinaryEncoder(sent)
    )
    return sent.getvalue()

def by_fastavro(schema: dict, value: Decimal) -> bytes:
    sent = io.BytesIO()
    fastavro.schemaless_writer(sent, schema, value)
    return sent.getvalue()

def read(schema: dict, sent: bytes) -> set[Decimal]:
    """What either library reads."""
    reader = avro.io.DatumReader(avro.schema.parse(json.dumps(schema)))
    return {
        reader.read(avro.io.BinaryDecoder(io.BytesIO(sent))),
        fastavro.schemaless_reader(io.BytesIO(sent), schema, None),
    }

for name, kind in KINDS.items():
    schema = kind | {"logicalType": "decimal", "precision": 12, "scale": 3}
    came = [read(schema, by_avro(schema, value)) for value in VALUES]
    print(name, {str(value): str(*found) for value, found in zip(VALUES, came)})
    assert all(
        read(schema, by_fastavro(schema, value)) == {value} for value in VALUES
    )
    assert came[0] == {VALUES[0]}
    wrong = [{Decimal(text)} for text in ("0.015", "0.012", "0.001", "-0.025")]
    assert came[1:] == wrong, "CHANGED: decimals with fewer places"
PY
echo "as described"

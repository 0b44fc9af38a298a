#!/usr/bin/env bash
# fastavro 1.13.1 writes and reads Avro, in which readings travel through Kafka and data lakes, each
# column with a type. A value that is not of its column's type is refused by Avro's own library
# (avro 1.12), and a text for a number by fastavro as well. One would think that 20.7 for a column of
# whole numbers (int, long) is refused, too. It is written as 20, and -0.9 as 0; 1e300 for a float
# is infinite. And where a column may be null, a float or a long, in this order, a whole number is
# written as the float, which has seven digits, though it is a long, and though of float and double
# the one that holds a value is sought out: a meter at 300,000,001 is at 300,000,000. No error and
# no warning. writer(..., validator=True) refuses 20.7, but not what the union loses. (avro takes the
# last of a union's types that fits, and loses the digit in the other order.)
# Why it matters: a schema is often made of the first rows. A sensor that began with whole degrees
# has no decimals ever after, and a pressure of 0.9 bar is none.
# Seen: 20.7 and -0.9 as long 20 and 0; 300000001 as null, float or long 300000000.0, as null, long or
# float 300000001; avro and the validator refuse 20.7.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet fastavro==1.13.1 avro==1.12.2
"$folder/venv/bin/python" -W error - <<'PY'
import io
import json
from collections.abc import Callable
import fastavro
from avro.errors import AvroTypeException
from avro.io import BinaryDecoder, BinaryEncoder, DatumReader, DatumWriter
from avro.schema import parse
from fastavro.validation import ValidationError

Type = str | list[str]
FLOAT_FIRST, LONG_FIRST = ["null", "float", "long"], ["null", "long", "float"]

def record(kind: Type) -> dict:
    return {"type": "record", "name": "reading", "fields": [{"name": "value", "type": kind}]}

def by_fastavro(kind: Type, value: object, **options: bool) -> object:
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(record(kind)), [{"value": value}], **options)
    file.seek(0)
    return next(iter(fastavro.reader(file)))["value"]

def by_avro(kind: Type, value: object) -> object:
    file, schema = io.BytesIO(), parse(json.dumps(record(kind)))
    DatumWriter(schema).write({"value": value}, BinaryEncoder(file))
    file.seek(0)
    return DatumReader(schema).read(BinaryDecoder(file))["value"]

def refused(error: type[Exception], write: Callable[[], object]) -> bool:
    try:
        write()
    except error:
        return True
    return False

cut = [by_fastavro(kind, value) for kind in ("int", "long") for value in (20.7, -0.9)]
union = [by_fastavro(kind, 300_000_001) for kind in (FLOAT_FIRST, LONG_FIRST)]
print("20.7 and -0.9 as int and long:", cut)
print("300000001 by the order of the union:", union, "of avro", by_avro(FLOAT_FIRST, 300_000_001))
assert refused(TypeError, lambda: by_fastavro("long", "20"))
assert refused(AvroTypeException, lambda: by_avro("long", 20.7))
assert refused(ValidationError, lambda: by_fastavro("long", 20.7, validator=True))
assert by_fastavro(["null", "float", "double"], 300_000_001.25) == 300_000_001.25
assert by_fastavro(["null", "long", "double"], 20.7) == by_fastavro("double", 20.7) == 20.7
assert cut == [20, 0, 20, 0], "CHANGED: decimals for a column of whole numbers"
assert union == [300_000_000, 300_000_001], "CHANGED: a union of a float and a long"
assert by_fastavro(FLOAT_FIRST, 300_000_001, validator=True) == 300_000_000
assert by_avro(FLOAT_FIRST, 300_000_001) == 300_000_001
assert by_avro(LONG_FIRST, 300_000_001) == 300_000_000, "CHANGED: a union, by avro"
assert by_fastavro("float", 1e300) == float("inf"), "CHANGED: beyond a float"
PY
echo "as described"

#!/usr/bin/env bash
# pysparkplug 0.6.1 and mqtt-spb-wrapper 2.1.2, two libraries for Sparkplug B, MQTT's format of
# plants. In Sparkplug a device tells the types of its values once, in its birth message; in the
# data that follow they should be left out (version 3.0, payloads-metric-datatype-not-req), and
# pysparkplug's messages do so unasked. mqtt-spb-wrapper, given the birth and then such data, raises
# nothing and keeps the value of the birth: each later reading is lost, and the sensor looks stuck.
# Its payload parser gives, of the same data, the bare field of the wire and no value, and there a
# negative Int16 is positive, for it is written as its two's complement. With the types repeated in
# the data (include_dtypes=True) the reading is taken.
# Seen: 20 in the birth, then -5: kept 20, the parser's field 65531; with the type -5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for package in pysparkplug==0.6.1 mqtt-spb-wrapper==2.1.2; do
    python3 -m venv "$folder/${package%%=*}"
    "$folder/${package%%=*}/bin/python" -m pip install --quiet "$package"
done
cd "$folder"
pysparkplug/bin/python - <<'PY'
from pathlib import Path
from pysparkplug import DataType, DBirth, DData, Metric

def metric(value: int, timestamp: int) -> Metric:
    return Metric(
        timestamp=timestamp, name="celsius", datatype=DataType.INT16, value=value
    )

birth = DBirth(timestamp=1772323200000, seq=1, metrics=(metric(20, 1772323200000),))
data = DData(timestamp=1772323260000, seq=2, metrics=(metric(-5, 1772323260000),))
Path("birth").write_bytes(birth.encode(include_dtypes=True))
Path("data").write_bytes(data.encode())
Path("data_with_types").write_bytes(data.encode(include_dtypes=True))
read = DData.decode(data.encode(), birth=birth).metrics[0].value
print("pysparkplug reads", read)
assert read == -5
PY
mqtt-spb-wrapper/bin/python - <<'PY'
from pathlib import Path
from mqtt_spb_wrapper import SpbEntity, SpbPayloadParser

def keep(name: str) -> int:
    device = SpbEntity("plant", "pump")
    # Its own prefix of birth names, "DATA", is no part of the standard.
    device.data.birth_prefix = ""
    device.deserialize_payload_birth(Path("birth").read_bytes())
    device.deserialize_payload_data(Path(name).read_bytes())
    return device.data.get_value("celsius")

untyped, typed = keep("data"), keep("data_with_types")
metric = SpbPayloadParser().parse_payload(Path("data").read_bytes())["metrics"][0]
print(f"mqtt-spb-wrapper keeps {untyped}, with the type {typed}; parsed: {metric}")
assert untyped == 20, "CHANGED: the reading is taken by the birth's type"
assert typed == -5
assert "value" not in metric and metric["intValue"] == 65531
PY
echo "as described"

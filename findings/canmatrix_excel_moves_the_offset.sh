#!/usr/bin/env bash
# canmatrix 1.3.3 converts the databases that tell what the bytes on a vehicle's or machine's CAN
# bus mean. It reads back what it wrote, but by other rules. Of Excel, where such a list is reviewed
# and mended, it takes the lower end of a signal's range as its offset (.xlsx) or drops the offset
# (.xls), and holds each signal for unsigned and whole; the columns for the rest come only if asked
# for, and nothing says that they are needed. In .sym, the list of PEAK's tools, a 32-bit float is
# written as a signed integer. The file looks right in every tool, and each value that is decoded
# with it is wrong or, worse, right: a signal whose range begins at its offset comes through. No
# warning names a signal.
# Why it matters: limits and models see other temperatures than the machine's, from the day of the
# conversion on.
# Seen, 90 degC, -10 Nm, 12.5 m3/h: by .xlsx 80, 32,558 and 1,095,237,632; by .xls 130, 32,758 and
# the same; by .sym 90, -10 and the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet "canmatrix[dbc,sym,xls,xlsx]==1.3.3"
cd "$folder"
cat > pump.dbc <<'DBC'
VERSION ""
NS_ :
BS_:
BU_: PUMP
BO_ 256 State: 8 PUMP
 SG_ celsius : 0|16@1+ (0.01,-40) [-50|150] "degC" PUMP
 SG_ flow : 16|32@1- (1,0) [0|100] "m3/h" PUMP
 SG_ torque : 48|16@1- (0.5,0) [-200|200] "Nm" PUMP
SIG_VALTYPE_ 256 flow : 1;
DBC
for format in xlsx xls sym; do
    venv/bin/canconvert pump.dbc "pump.$format" 2>> told
    venv/bin/canconvert "pump.$format" "$format.dbc" 2>> told
done
if grep -E "WARNING|ERROR" told | grep -E "celsius|flow|torque|offset|sign|float"; then
    echo "CHANGED: it warns"
    exit 1
fi
venv/bin/python - <<'PY'
from struct import pack
from canmatrix.formats import loadp_flat

payload = pack("<Hfh", 13_000, 12.5, -20)

def decode(path: str) -> dict[str, float]:
    frame = loadp_flat(path).frame_by_name("State")
    return {name: float(signal.phys_value) for name, signal in frame.decode(payload).items()}

read = {name: decode(f"{name}.dbc") for name in ("pump", "xlsx", "xls", "sym")}
for name, values in read.items():
    print(name, values)
bits = 1_095_237_632.0  # of 12.5 as a 32-bit float
assert read["pump"] == {"celsius": 90, "flow": 12.5, "torque": -10}
assert read["xlsx"] == {"celsius": 80, "flow": bits, "torque": 32_558}, "CHANGED: xlsx"
assert read["xls"] == {"celsius": 130, "flow": bits, "torque": 32_758}, "CHANGED: xls"
assert read["sym"] == {"celsius": 90, "flow": bits, "torque": -10}, "CHANGED: sym"
PY
echo "as described"

#!/usr/bin/env bash
# lasio 0.32, LAS, the text format of logs from boreholes, with a header of parameters and a table
# of readings. What stands in the header is read as a number where Python's int or float, or a
# decimal comma, makes one of it: a serial number 00123E5 is 12300000.0, 0042 is 42, 1_000 is a
# thousand, version 1.10 is 1.1 and "1,5" is 1.5. The text is not kept, and what is written back is
# the number. Only a few names are spared (UWI and API, the number of the well, and these only in
# the section of the well; among the parameters 007 is 7). No error and no warning. One would expect
# text where the format gives no type, or at least the same characters when the file is written
# again.
# Why it matters: probes and pumps are told apart by these; two of them become one, and the
# calibration of version 1.1 is used for 1.10.
# Seen among the parameters: SER 12300000.0, TAG 42, FW 1.1, UWI 7, and so in the file that is
# written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet lasio==0.32 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import io
import lasio

TEXT = """~Version
VERS.   2.0 :
WRAP.    NO :
~Well
STRT.S    0 :
STOP.S    1 :
STEP.S    1 :
NULL. -999.25 :
UWI.    007 : well
~Parameter
SER.  00123E5 : serial number of the probe
TAG.     0042 : tag of the pump
FW.      1.10 : version of the firmware
UWI.      007 : well
KEY.    12-5A : place
~Curve
T.S   : time
P.BAR : pressure
~Ascii
0 1.5
1 1.6
"""
log = lasio.read(io.StringIO(TEXT))
seen = {item.mnemonic: item.value for item in log.params}
print(seen, "; well", log.well.UWI.value)
assert seen["KEY"] == "12-5A" and log.well.UWI.value == "007"
assert (seen["SER"], seen["TAG"]) == (12_300_000, 42), "CHANGED: serial numbers"
assert (seen["FW"], seen["UWI"]) == (1.1, 7), "CHANGED: version and well"
written = io.StringIO()
log.write(written)
assert "00123E5" not in written.getvalue() and "12300000.0" in written.getvalue()
PY
echo "as described"

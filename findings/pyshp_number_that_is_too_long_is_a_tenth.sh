#!/usr/bin/env bash
# pyshp 3.1.6 reads and writes shapefiles, in which utilities keep where their plant is and its
# readings. A column of numbers has a width in digits. A text or a name that is too long for its
# column is cut with a warning, PossibleDataLoss. A number that is too long is cut as well, from the
# right, without one: the decimals go first, then the digits before the point, so 12345.6 in a
# column of four digits is 1234, a tenth of it, and a minus takes a digit more. And what has more
# decimals than its column, which by default has none, is not rounded but cut. One would expect an
# error, or the stars that dBase itself puts in a column that is too narrow.
# Why it matters: a meter that passes 9,999.9 goes back to a thousand.
# Seen, width 6 with one decimal: 9999.9 kept, 12345.6 as 12345, 123456.7 as 123456, 1234567 as
# 123456, -123456 as -12345; 21.96 without decimals 21; a text of 10 in 5 places warned of.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyshp==3.1.6
"$folder/venv/bin/python" - "$folder/plant" <<'PY'
import sys
import warnings
import shapefile

NUMBERS = [9999.9, 12345.6, 123456.7, 1234567, -123456]
warnings.simplefilter("error")
with shapefile.Writer(sys.argv[1]) as writer:
    writer.field("meter", "N", size=6, decimal=1)
    writer.field("whole", "N")
    for number in NUMBERS:
        writer.point(8.5, 47.4)
        writer.record(number, 21.96)
with shapefile.Reader(sys.argv[1]) as reader:
    read = [tuple(record) for record in reader.records()]
print(read)
assert read[0][0] == 9999.9
assert [row[0] for row in read[1:]] == [12345, 123456, 123456, -12345], "CHANGED: too long"
assert {row[1] for row in read} == {21}, "CHANGED: decimals"

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    with shapefile.Writer(sys.argv[1]) as writer:
        writer.field("name", "C", size=5)
        writer.point(8.5, 47.4)
        writer.record("machine-12")
assert [warning.category.__name__ for warning in told] == ["PossibleDataLoss"]
PY
echo "as described"

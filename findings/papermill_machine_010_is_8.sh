#!/usr/bin/env bash
# papermill 2.7.0, which runs a notebook with parameters. -p takes a name and a value, -y the same
# as YAML; one would think that a value is one thing by both. -y reads YAML 1.1 as PyYAML does: the
# machine 010 is an octal number, 8, which is another machine, a start at 12:30:00 counts to base 60
# and is 45000 while one at 06:30:00 is text, the limit 1E5 is text. -p tries whole number and
# decimal: the machine 010 is 10, 1E5 is a number, each time is text, and so is no, which by -y is
# False. Neither warns, and the notebook says at its top what it got, in the cell that nobody reads.
# -r keeps each value as text.
# Seen, machine 010, start 12:30:00, limit 1E5, oiled no: by -y 8, 45000, "1E5", False; by -p 10,
# "12:30:00", 100000.0, "no".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet papermill==2.7.0 pyyaml==6.0.4
cd "$folder"
cat > report.ipynb <<'JSON'
{"cells": [{"cell_type": "code", "id": "a", "metadata": {"tags": ["parameters"]}, "outputs": [],
  "execution_count": null, "source": "machine = start = limit = oiled = None"}],
 "metadata": {"kernelspec": {"name": "python3", "display_name": "python", "language": "python"}},
 "nbformat": 4, "nbformat_minor": 5}
JSON
prepare() { # the notebook to write, then how the parameters are given; nothing is run
    venv/bin/papermill report.ipynb "$1" --prepare-only "${@:2}" 2> log.txt
}
prepare yaml.ipynb -y $'machine: 010\nstart: 12:30:00\nlimit: 1E5\noiled: no'
prepare early.ipynb -y 'start: 06:30:00'
prepare pairs.ipynb -p machine 010 -p start 12:30:00 -p limit 1E5 -p oiled no
prepare raw.ipynb -r machine 010 -r start 12:30:00 -r limit 1E5 -r oiled no
venv/bin/python - <<'PY'
import json

def given(name: str) -> dict:
    with open(f"{name}.ipynb", encoding="utf-8") as notebook:
        cells = json.load(notebook)["cells"]
    values: dict = {}
    exec("".join(cells[1]["source"]), {}, values)
    return values

seen = {name: given(name) for name in ("yaml", "pairs", "raw")}
print(seen)
names = ("machine", "start", "limit", "oiled")
assert seen["yaml"] == dict(zip(names, (8, 45000, "1E5", False))), "CHANGED: -y"
assert given("early") == {"start": "06:30:00"}
assert seen["pairs"] == dict(zip(names, (10, "12:30:00", 100000.0, "no"))), "CHANGED: -p"
assert seen["raw"] == dict(zip(names, ("010", "12:30:00", "1E5", "no"))), "CHANGED: -r"
PY
echo "as described"

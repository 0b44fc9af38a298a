#!/usr/bin/env bash
# Jinja 3.1.6, which computes what stands in the braces of dbt's models and macros. Its expressions
# are Python's, the documentation says, and of powers it names one difference, that of several the
# left is done first. Of a sign before a power it says nothing: Jinja takes the sign first and then
# the power, Python and mathematics the power first. So -x ** 2 is above zero, and whatever is
# weighed with it turns around: a loss is a gain, and of a squared distance nothing is taken away.
# A minus between two terms is right, so `1 - x ** 2` and `1 + -x ** 2` differ. No error.
# Seen, x of 3: -x ** 2 is 9, 1 + -x ** 2 is 10, 1 - x ** 2 is -8, -(x ** 2) is -9; in Python
# -9, -8, -8 and -9. 2 ** -1 is 0.5 in both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet jinja2==3.1.6
"$folder/venv/bin/python" -W error - <<'PY'
from jinja2 import Environment
from jinja2.nativetypes import NativeEnvironment

asked = ["-x ** 2", "1 + -x ** 2", "1 - x ** 2", "-(x ** 2)", "2 ** -1"]
by_jinja = [Environment().compile_expression(text)(x=3) for text in asked]
by_text = [Environment().from_string("{{ " + text + " }}").render(x=3) for text in asked]
native = [NativeEnvironment().from_string("{{ " + text + " }}").render(x=3) for text in asked]
by_python = [eval(text, {"x": 3}) for text in asked]
print("Jinja", dict(zip(asked, by_jinja)), "Python", by_python)
assert by_python == [-9, -8, -8, -9, 0.5]
assert by_jinja == native == [9, 10, -8, -9, 0.5], "CHANGED: the sign comes after the power"
assert by_text == [str(value) for value in by_jinja]
PY
echo "as described"

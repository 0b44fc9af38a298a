#!/usr/bin/env bash
# ht 1.2.0, heat transfer. k_material, rho_material and Cp_material give conductivity, density and
# heat capacity of building and insulating materials by their key, or by a search term for which the
# closest match is taken. One would think that a common material is found, or refused as unknown.
# What is compared is letters, first for 0.6 of likeness, then for 0.3, then for any, so that
# something is always found, and no word tells how far off. Air, which the table has as "Gases,
# air", is birch wood, with seven times the conductivity. Cast iron, which it has as "Metals, iron,
# cast", is the gas argon. Aluminium is a ceramic of alumina, a thirtieth; water is slate, brick is
# birch, glass wool is window glass, and what is not in the table, titanium or nickel, is a
# firebrick. Steel, copper and mineral wool are right, so a trial shows nothing. No error and no
# warning; nearest_material tells what is picked.
# Why it matters: the loss through a wall or the temperature of a housing is off by a factor, and
# still a plausible number.
# Seen, W/mK: air 0.175 (Gases, air 0.025), cast iron 0.017 (Metals, iron, cast 50), aluminium 4.78
# (Metals, aluminium alloys 160), water 1.44 (Water at 10 degrees 0.6); steel 50, copper 380.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet ht==1.2.0 fluids==1.3.1 scipy==1.16.3 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
from ht import k_material, nearest_material

PICKED = {
    "air": ("Birch", "Gases, air"),
    "cast iron": ("Gases, argon", "Metals, iron, cast"),
    "aluminium": ("a/b-Alumina", "Metals, aluminium alloys"),
    "water": ("Slate", "Water at 10\N{DEGREE SIGN}C"),
}
for term, (picked, meant) in PICKED.items():
    told, right = k_material(term), k_material(meant)
    print(f"{term}: {nearest_material(term)} {told:.3f}, {meant} {right:.3f}")
    assert nearest_material(meant) == meant
    assert nearest_material(term) == picked, f"CHANGED: {term}"
    assert told == k_material(picked) and max(told / right, right / told) > 2
for term, right in {"steel": 50, "copper": 380, "mineral wool": 0.036}.items():
    assert k_material(term) == right
others = {term: nearest_material(term) for term in ("brick", "glass wool", "titanium", "nickel")}
print(others)
assert others["brick"] == "Birch" and others["glass wool"] == "Glass, soda lime"
assert others["titanium"] == "Sillimanite" and others["nickel"] == "Fireclay"
PY
echo "as described"

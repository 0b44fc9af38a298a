#!/usr/bin/env bash
# scikit-posthocs 0.17.1 and pingouin 0.7.0. Each has tests for outliers in an array; nothing is
# said of missing readings (NaN). One of them is enough, and no reading is an outlier any more:
# Grubbs, Tietjen-Moore and generalized ESD of scikit-posthocs give back the whole array, the
# reading of 50 among those of 1 to 3 as well, and their test of the hypothesis says False, "no
# outlier". By the quartiles, on the contrary, every reading becomes an outlier, and the filtered
# array is empty. pingouin's madmedianrule finds none, though mad, on which it rests, leaves the
# missing out, and so do pingouin's effect sizes and tests of normality. A Dunn or Conover test of
# scikit-posthocs leaves them out, too, and its Wilcoxon raises an error. No error and no warning
# here. And ESD, where it does find outliers, returns the others sorted, not in the order of time.
# Seen, of ten readings: 1 outlier by each of the five; with one gap more: 0 by Grubbs,
# Tietjen-Moore, ESD and pingouin, all 11 by the quartiles.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet scikit-posthocs==0.17.1 pingouin==0.7.0
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import pingouin
import scikit_posthocs as posthocs

readings = np.array([1.0, 2, 3, 2, 1, 2, 3, 2, 1, 50])
gap = np.r_[readings, np.nan]

def found(values: np.ndarray) -> dict[str, int]:
    filtered = {
        "Grubbs": posthocs.outliers_grubbs(values),
        "Tietjen-Moore": posthocs.outliers_tietjen(values, k=1),
        "ESD": posthocs.outliers_gesd(values, outliers=2),
        "quartiles": posthocs.outliers_iqr(values),
    }
    told = {name: len(values) - len(kept) for name, kept in filtered.items()}
    return told | {"pingouin": int(pingouin.madmedianrule(values).sum())}

known, missing = found(readings), found(gap)
print(known, missing)
assert set(known.values()) == {1}
assert missing.pop("quartiles") == len(gap), "CHANGED: quartiles beside a gap"
assert set(missing.values()) == {0}, "CHANGED: outliers beside a gap"
assert posthocs.outliers_grubbs(readings, hypo=True)
assert not posthocs.outliers_grubbs(gap, hypo=True), "CHANGED: Grubbs' test beside a gap"
assert not posthocs.outliers_tietjen(gap, k=1, hypo=True), "CHANGED: Tietjen-Moore beside a gap"
assert pingouin.mad(gap) == pingouin.mad(readings) > 0
kept = posthocs.outliers_gesd(readings, outliers=2)
assert list(kept) == sorted(readings[:-1]) != list(readings[:-1]), "CHANGED: order of what is kept"
PY
echo "as described"

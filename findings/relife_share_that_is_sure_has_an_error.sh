#!/usr/bin/env bash
# relife 3.0.0. ECDF gives the share of machines that have failed by each life, with its standard
# error, and draws both as a band. The error of a share p of n is the root of p (1 - p) / n,
# greatest in the middle and nothing where none or all have failed. relife leaves the p away: the
# root of (1 - p) / n, greatest at the start. So at age 0, where nothing can have failed, the error
# is 0.41 for six machines, and the band of the first failures, those that one looks for, is several
# times too wide; half way it is too wide by 1.4. KaplanMeier of the same lives, in the same module,
# has the right one. No error and no warning.
# Why it matters: an early failure mode is within the band of chance.
# Seen, six lives of 10 to 60: error of the share at 0, 10 and 30 0.41, 0.37 and 0.29 by ECDF, 0,
# 0.15 and 0.20 by KaplanMeier, with the same shares.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet relife==3.0.0 numpy==2.4.6 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import numpy as np
from relife.lifetime_models import ECDF, KaplanMeier

lives = np.arange(10.0, 70.0, 10.0)
plain, product = ECDF(lives).sf(), KaplanMeier(lives, event=np.ones(6, bool)).sf()
share = plain.values
print("runs", share.round(2), "error by ECDF", plain.se.round(2))
print("error by KaplanMeier", product.se.round(2))
assert np.allclose(share, product.values) and share[0] == 1
right = np.sqrt(share * (1 - share) / 6)
assert np.allclose(product.se[:-1], right[:-1])
assert plain.se[0] > 0.4, "CHANGED: the error of what is sure"
assert np.allclose(plain.se, np.sqrt(share / 6)), "CHANGED: the errors"
PY
echo "as described"

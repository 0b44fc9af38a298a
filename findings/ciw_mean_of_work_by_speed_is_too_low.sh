#!/usr/bin/env bash
# Ciw 3.2.7, queues of machines and repairs. Distributions are reckoned with, +, -, * and /, and
# each has a mean and a variance beside its samples, from which the load of a queue is told before
# it is simulated. Work divided by speed is a duration: Deterministic(6) / Uniform(0.2, 2). Of a
# sum, a difference and a product mean and variance agree with the samples. Of a quotient the mean
# is that of the one divided by that of the other, which is too low for each divisor that varies,
# and most where it comes near to 0. The variance is wrong as well, by a factor of 5 here. No error
# and no warning; the samples, and so the simulation, are right.
# Why it matters: by its mean a crew has time to spare, load below 1, and in the simulation the
# queue grows without end; nothing but a long run of it contradicts.
# Seen: 6 divided by Uniform(0.2, 2): mean told 5.45, samples 7.70, true 7.68; by Uniform(1, 3) 3
# and 3.30; variance told 6.6, of the samples 32; product, sum and a divisor that is fixed agree.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet Ciw==3.2.7 numpy==2.4.6 networkx==3.6.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
from math import isclose, log
from statistics import fmean, variance
import ciw
from ciw.dists import Deterministic, Exponential, Uniform

def told_and_sampled(distribution: object) -> dict[str, float]:
    ciw.seed(1)
    samples = [distribution.sample() for _ in range(50_000)]
    return {
        "mean": distribution.mean, "of samples": fmean(samples),
        "variance": distribution.variance, "of the samples": variance(samples),
    }

def agree(figures: dict[str, float]) -> bool:
    return isclose(figures["mean"], figures["of samples"], rel_tol=0.03) and isclose(
        figures["variance"], figures["of the samples"], rel_tol=0.1
    )

right = {
    "sum": Uniform(0.2, 2) + Exponential(1), "product": Uniform(1, 3) * Uniform(0.2, 2),
    "difference": Uniform(5, 6) - Uniform(0.2, 2),
    "fixed divisor": Uniform(1, 3) / Deterministic(4),
}
for name, distribution in right.items():
    figures = told_and_sampled(distribution)
    print(name, figures)
    assert agree(figures), name
for low, high in ((0.2, 2), (1, 3)):
    figures = told_and_sampled(Deterministic(6) / Uniform(low, high))
    true_mean = 6 * log(high / low) / (high - low)
    print(f"6 by Uniform({low}, {high})", figures, "true mean", true_mean)
    assert isclose(figures["of samples"], true_mean, rel_tol=0.01)
    assert isclose(figures["mean"], 12 / (low + high)), "CHANGED: the mean of a quotient"
    assert not agree(figures) and figures["mean"] < 0.95 * true_mean
PY
echo "as described"

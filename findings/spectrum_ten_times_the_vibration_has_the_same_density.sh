#!/usr/bin/env bash
# spectrum 0.10.0, spectral analysis. Of its ten ways to a power spectral density, pburg, pyule,
# pcovar and pmodcovar fit the same kind of model to a signal, and the density is that model's shape
# by the power of the noise that drives it; so stands the formula with the covariance method. pcovar
# and pmodcovar reckon that power and do not use it: ten times the vibration has the same density,
# to the last digit, which is right only for a signal whose noise happens to have a variance of 1.
# MultiTapering does without the sampling rate: the density of the same readings, a thousand a
# second or one, is the same number, though it is power per hertz, so that the power of the signal,
# its sum, is a thousand times too high. And pyule's, unless scale_by_freq=False, grows with the
# zeros that are appended, NFFT: twice of them, twice the density. pburg is right on each (with
# scale_by_freq=False), and so is scipy. No error and no warning.
# Why it matters: an alarm on the density of a band by pcovar never comes, however much the machine
# shakes, while the frequencies in the picture are right.
# Seen, noise of deviation 1 and 10 at one reading a second, density 2 and 200: pburg 1.99 and 199,
# pcovar and pmodcovar 2.00 both; at 1,000 a second, density 0.002: MultiTapering 1.97, pburg 0.002;
# pyule 51236, with twice the NFFT 102471.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    spectrum==0.10.0 scipy==1.17.1 numpy==2.4.6 matplotlib==3.10.8
MPLBACKEND=agg OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import spectrum
from scipy import signal

ORDER = 10
noise = np.random.default_rng(0).normal(size=4096)

def density(kind: type, readings: np.ndarray, *more: float, **options: object) -> float:
    """The mean density, one-sided: of noise 2 by its variance and 1 by the rate."""
    told = kind(readings, *more, **options)
    told()
    return float(np.mean(told.psd))

def both(kind: type) -> list[float]:
    return [density(kind, noise * by, ORDER, scale_by_freq=False) for by in (1, 10)]

for kind in (spectrum.pburg, spectrum.pyule, spectrum.pcovar, spectrum.pmodcovar):
    calm, shaking = both(kind)
    print(f"{kind.__name__}: {calm:.2f} and {shaking:.2f}")
    if kind in (spectrum.pburg, spectrum.pyule):
        assert np.isclose(shaking, 100 * calm) and abs(calm - 2) < 0.1
    else:
        assert np.isclose(shaking, calm, rtol=1e-9), f"CHANGED: {kind.__name__} uses the power"
print("by scipy", [round(float(signal.welch(noise * by)[1].mean()), 2) for by in (1, 10)])
power, greater = (spectrum.arcovar(noise * by, ORDER)[1] for by in (1, 10))
assert np.isclose(greater, 100 * power), "the power that is not used"

for rate in (1.0, 1000.0):
    tapers = density(spectrum.MultiTapering, noise, 2.5, 4, sampling=rate)
    burg = density(spectrum.pburg, noise, ORDER, sampling=rate, scale_by_freq=False)
    print(f"{rate:g} a second: MultiTapering {tapers:.4f}, pburg {burg:.4f}")
    assert abs(tapers - 2) < 0.1, "CHANGED: MultiTapering uses the rate"
    assert abs(burg * rate - 2) < 0.1

once, twice = (density(spectrum.pyule, noise, ORDER, NFFT=4096 * by) for by in (1, 2))
print(f"pyule unasked: {once:.0f}, with twice the NFFT {twice:.0f}")
assert abs(twice / once - 2) < 0.01, "CHANGED: pyule and NFFT"
PY
echo "as described"

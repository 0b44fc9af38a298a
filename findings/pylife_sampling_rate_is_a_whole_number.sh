#!/usr/bin/env bash
# pyLife 2.3.1, strength and fatigue, with a module for recordings of loads. psd_df gives the
# spectrum of a table whose index is the time, and butter_bandpass filters it; both reckon the
# sampling rate from the index. It is rounded to a whole number of hertz, of which neither says a
# word. Rates of a thousand lose nothing by it, those of slow signals do: with a reading each 0.6 s,
# 1.67 Hz, it is 2, so that each frequency of the spectrum is a fifth too high, and a band passes
# that is not the one asked for. Seven readings in five seconds are one a second, and with one each
# 2 s or more seldom the rate is 0. resample_acc takes fewer readings and leaves out the filter that
# has to go before: a vibration beyond half the new rate is not gone but stands, at its full height,
# at another frequency. No error and no warning.
# Why it matters: the frequency tells which part is worn, and a wrong one sends the crew to a good
# part.
# Seen: 0.25 Hz with a reading each 0.6 s: peak at 0.30, by scipy with the true rate 0.25; a band of
# 0.27 to 0.33 Hz passes it whole; 400 Hz at 1,000 readings a second, resampled to 500: peak at 100
# Hz, deviation 0.71 as before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pylife==2.3.1 scipy==1.17.1 numpy==2.4.6 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning - <<'PY'
import numpy as np
import pandas as pd
from pylife.stress import timesignal
from scipy import signal

def tone(frequency: float, step: float, readings: int = 2000) -> pd.DataFrame:
    times = np.arange(readings) * step
    return pd.DataFrame({"load": np.sin(2 * np.pi * frequency * times)}, index=times)

def peak(recording: pd.DataFrame) -> float:
    return float(timesignal.psd_df(recording)["load"].idxmax())

slow = tone(0.25, 0.6)
frequencies, power = signal.welch(slow["load"].to_numpy(), fs=1 / 0.6, nperseg=256, nfft=512)
true = float(frequencies[power.argmax()])
print(f"each 0.6 s: rate {timesignal.fs_calc(slow)}, peak {peak(slow):.3f}, by scipy {true:.3f}")
assert abs(true - 0.25) < 0.005
assert abs(peak(slow) - 0.30) < 0.005, "CHANGED: the rate is not rounded"
assert timesignal.fs_calc(tone(0.1, 1 / 1.4)) == 1

passed = timesignal.butter_bandpass(slow, 0.27, 0.33, order=3)["load"].iloc[500:1500]
print("band 0.27 to 0.33 Hz passes", round(passed.std() / slow["load"].std(), 2))
assert passed.std() > 0.9 * slow["load"].std(), "CHANGED: the band is the one asked for"

assert timesignal.fs_calc(tone(0.05, 4.0)) == 0, "CHANGED: the rate of a reading each 4 s"

fast = tone(400.0, 0.001, 20_000)
fewer = timesignal.resample_acc(fast, fs=500)
print(f"400 Hz resampled: peak {peak(fewer):.0f}, deviation {fewer['load'].std():.2f}")
assert abs(peak(fast) - 400) < 2
assert abs(peak(fewer) - 100) < 2, "CHANGED: resampling filters"
assert abs(fewer["load"].std() / fast["load"].std() - 1) < 0.05
assert np.std(signal.decimate(fast["load"].to_numpy(), 2)) < 0.02
PY
echo "as described"

"""`make bench-year`: a thousand machines' year, from raw files to the morning's plan.

The public work of this field has the size of 1,000 machines × 8,760 hours; here are at least as
many readings from at least as many machines. Each step is a process of its own. Beside it stands
what pandas takes from the same files to the features alone.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.ingest.measure import Cost, Place, run_module, run_verb
from benchmarks.raw_to_features.measure import call

READINGS, MACHINES = 8_760_000, 1_000
LIMIT_S = 300
STEPS = {
    "load, features": "build",
    "train all types, back-test, gate, model report": "retrain",
    "score, plan, page, digests, daily report": "daily",
}


def main() -> int:
    """Measure every step once and print the table; 1 where the year takes too long."""
    parser = argparse.ArgumentParser(prog="make bench-year", description=__doc__)
    parser.add_argument("--readings", type=int, default=READINGS)
    parser.add_argument("--machines", type=int, default=MACHINES)
    parser.add_argument("--no-pandas", action="store_true", help="spare the comparison")
    options = parser.parse_args()
    fleet = json.loads(call("fleet", str(options.readings), str(options.machines)))
    raw = Path(fleet["folder"])
    with (raw / "machines.csv").open() as lines:
        machine_count = sum(1 for _ in lines) - 1
    print(
        f"{machine_count:,} machines, {fleet['readings']:,} readings in {fleet['megabytes']:,.0f}"
        f" MB, {os.cpu_count()} cores\n",
        flush=True,
    )
    print("| step | wall s | CPU s | peak MB |\n|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory(prefix="arepas-bench-year-") as name:
        place = Place(Path(name), raw, Path(name) / "artifacts")
        started = time.perf_counter()
        for step, verb in STEPS.items():
            _print(step, run_verb(place, verb, "--as-of", fleet["as_of"]))
        seconds = time.perf_counter() - started
        print(f"| all | {seconds:.1f} | | |", flush=True)
        if not options.no_pandas:
            module = "benchmarks.raw_to_features.with_pandas"
            out = str(place.folder / "features.parquet")
            pandas = run_module([module, str(raw), fleet["as_of"], out], {}, place.folder)
            _print("pandas, raw files to features alone", pandas)
            print(f"\n- the whole year : pandas' features = {seconds / pandas.wall_s:.2f}")
    is_met = seconds < LIMIT_S
    print(f"- {seconds / 60:.1f} minutes of {LIMIT_S // 60}: {'met' if is_met else 'MISSED'}")
    return 0 if is_met else 1


def _print(step: str, cost: Cost) -> None:
    print(
        f"| {step} | {cost.wall_s:.1f} | {cost.cpu_s:.1f} | {cost.peak_megabytes:,.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())

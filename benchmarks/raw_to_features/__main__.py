"""`make bench`: rows per second from raw files to features, this project beside others."""

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.raw_to_features.measure import Contender, RawFleet, Run, call, measure
from benchmarks.raw_to_features.report import (
    OURS,
    PANDAS,
    POLARS,
    QUERY,
    READ_CSV,
    UNTESTED,
    render_report,
    write_report,
)

WAREHOUSE = "warehouse.duckdb"
CONTENDERS = (
    Contender(OURS, "project", WAREHOUSE),
    Contender(UNTESTED, "project", WAREHOUSE, {"DBT_RESOURCE_TYPES": "model seed"}),
    Contender(QUERY, "with_duckdb"),
    Contender(POLARS, "with_polars"),
    Contender(PANDAS, "with_pandas"),
    Contender(READ_CSV, "read_csv", outcome=""),
)


def main() -> None:
    """Measure all contenders in turn and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--readings", type=int, default=5_000_000, help="at least so many")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each contender")
    parser.add_argument("--out", default="", help="a Markdown file to write, with JSON beside it")
    options = parser.parse_args()
    print(f"making a fleet of at least {options.readings:,} readings", flush=True)
    fleet = RawFleet(**json.loads(call("fleet", str(options.readings))))
    print(f"{fleet.folder}: {fleet.readings:,} readings, {fleet.megabytes:,.0f} MB", flush=True)
    with tempfile.TemporaryDirectory(prefix="arepas-bench-") as folder:
        runs = _measure_all(fleet, options.repeats, Path(folder))
    print(f"\n{render_report(fleet, runs)}")
    if options.out:
        write_report(fleet, runs, Path(options.out))


def _measure_all(fleet: RawFleet, repeats: int, folder: Path) -> Sequence[Run]:
    """Run every contender so many times, in an order that turns, and check each outcome.

    Raises:
        SystemExit: Two outcomes differ.
    """
    runs = []
    work, reference = folder / "work", folder / "reference.duckdb"
    for repeat in range(repeats):
        start = repeat % len(CONTENDERS)
        for contender in CONTENDERS[start:] + CONTENDERS[:start]:
            work.mkdir()
            run = measure(contender, fleet, work)
            print(
                f"{repeat + 1}/{repeats} {run.contender}: {run.seconds.wall:.1f} s,"
                f" {run.seconds.cpu:.1f} s of CPU, {run.peak_megabytes:,.0f} MB",
                flush=True,
            )
            if contender.outcome:
                _check(contender, work / contender.outcome, reference)
            shutil.rmtree(work)
            runs.append(run)
    return runs


def _check(contender: Contender, outcome: Path, reference: Path) -> None:
    """Compare an outcome with the first one, which is this project's own."""
    if not reference.exists():
        outcome.rename(reference)
    elif differences := call("compare", str(reference), str(outcome)):
        raise SystemExit(f"{contender.title}: not the same features, so no ratios:\n{differences}")


if __name__ == "__main__":
    main()

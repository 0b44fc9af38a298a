"""`make bench`: rows per second from raw files to features, this project beside others."""

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.raw_to_features.measure import (
    REPOSITORY,
    Contender,
    RawFleet,
    Run,
    call,
    measure,
)
from benchmarks.raw_to_features.report import (
    OURS,
    PANDAS,
    POLARS,
    QUERY,
    READ_CSV,
    SPARK,
    UNTESTED,
    Measured,
    render_report,
    write_report,
)

WAREHOUSE = "warehouse.duckdb"
SPARK_PYTHON = REPOSITORY / ".venv-spark" / "bin" / "python"
SIZES = (1_000_000, 10_000_000, 50_000_000)
MOST_REPEATED = 20_000_000  # a larger fleet is measured once
CONTENDERS = (
    Contender(OURS, "project", WAREHOUSE),
    Contender(UNTESTED, "project", WAREHOUSE, {"DBT_RESOURCE_TYPES": "model seed"}),
    Contender(QUERY, "with_duckdb"),
    Contender(POLARS, "with_polars"),
    Contender(PANDAS, "with_pandas", most_readings=30_000_000),  # 0.4 GB a million
    Contender(READ_CSV, "read_csv", outcome=""),
    Contender(
        SPARK, "with_spark", python=SPARK_PYTHON, most_readings=30_000_000, is_measured_once=True
    ),
)


def main() -> None:
    """Measure all contenders in turn, size by size, and print the tables."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--readings", type=int, nargs="+", default=SIZES, help="at least so many")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each contender")
    parser.add_argument(
        "--quoted",
        action="store_true",
        help="each reading's batch in quotes, so that none is plain",
    )
    parser.add_argument("--out", default="", help="a Markdown file to write; JSON, plot beside it")
    options = parser.parse_args()
    contenders = CONTENDERS
    if not SPARK_PYTHON.exists():
        print(f"{SPARK}: not measured, run `make setup-spark` first", flush=True)
        contenders = tuple(contender for contender in CONTENDERS if contender.title != SPARK)
    measured = []
    for readings in options.readings:
        print(f"making a fleet of at least {readings:,} readings", flush=True)
        fleet = RawFleet(**json.loads(call("fleet", str(readings), "0", str(int(options.quoted)))))
        print(f"{fleet.folder}: {fleet.readings:,} readings, {fleet.megabytes:,.0f} MB", flush=True)
        fitting = [each for each in contenders if fleet.readings <= each.most_readings]
        repeats = options.repeats if fleet.readings <= MOST_REPEATED else 1
        with tempfile.TemporaryDirectory(prefix="arepas-bench-") as folder:
            runs = _measure_all(fitting, fleet, repeats, Path(folder))
        measured.append(Measured(fleet, runs))
        print(f"\n{render_report(measured[-1:])}", flush=True)
        if options.out:
            write_report(measured, Path(options.out))


def _measure_all(
    contenders: Sequence[Contender], fleet: RawFleet, repeats: int, folder: Path
) -> list[Run]:
    """Run every contender so many times, in an order that turns, and check each outcome.

    Raises:
        SystemExit: Two outcomes differ.
    """
    runs = []
    work, reference = folder / "work", folder / "reference.duckdb"
    for repeat in range(repeats):
        start = repeat % len(contenders)
        for contender in [*contenders[start:], *contenders[:start]]:
            if contender.is_measured_once and repeat:
                continue
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

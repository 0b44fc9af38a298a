"""`make bench-daily`: where a morning's time goes: a demo's first, one made anew, one that stands.

Each morning is a process of its own. What its steps do not account for is start-up: imports, most
of them dbt's and MLflow's own. One made anew is compared with itself where no byte code is found
and none may be written, as after an install by uv on a read-only disk.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from unittest.mock import patch

import duckdb

from benchmarks.ingest.measure import Cost, Place, run_module, run_verb

LIMIT_CPU_S = 12
STEPS = """
select step, epoch(ended_at) - epoch(started_at)
from ml.runs
where run_id = (select max(run_id) from ml.runs)
order by started_at
"""
IMPORTED = ("dbt.cli.main", "mlflow", "python_ml.morning.build", "python_ml.morning.daily")
FIRST, UNCOMPILED = "the first: models", "made anew, nothing compiled"
ANEW, STANDING = "the same, made anew", "the same, which stands"
MORNINGS = (FIRST, UNCOMPILED, ANEW, STANDING)


def main() -> int:
    """Measure the mornings and print the tables; 1 where the one that stands takes too much."""
    with tempfile.TemporaryDirectory(prefix="arepas-bench-daily-") as name:
        place = Place(Path(name), Path(name) / "raw", Path(name) / "artifacts")
        costs, steps = {}, {}
        run_verb(place, "demo-data", "--as-of", "2026-11-20")
        for morning in MORNINGS:
            print(f"{morning} …", flush=True)
            if morning in {UNCOMPILED, ANEW}:
                (place.folder / ".warehouse" / "standing").unlink()
            with _nothing_compiled(place) if morning == UNCOMPILED else nullcontext():
                costs[morning] = run_verb(place, "daily", "--as-of", "2026-11-20")
            steps[morning] = _read_steps(place.folder / "warehouse.duckdb")
        print(f"\n{os.cpu_count()} cores\n")
        print(
            "| step, wall s | " + " | ".join(MORNINGS) + " |\n|---" + "|--:" * len(MORNINGS) + "|"
        )
        for step in steps[FIRST]:
            row = (
                f"{steps[morning][step]:.1f}" if step in steps[morning] else ""
                for morning in MORNINGS
            )
            print(f"| {step} | {' | '.join(row)} |")
        _print_row("start-up", [costs[m].wall_s - sum(steps[m].values()) for m in MORNINGS])
        _print_row("all", [costs[m].wall_s for m in MORNINGS])
        _print_row("all, CPU s", [costs[m].cpu_s for m in MORNINGS])
        _print_row("peak MB", [costs[m].peak_megabytes for m in MORNINGS])
        print("\n| import alone | wall s |\n|---|--:|")
        for module in IMPORTED:
            print(f"| `{module}` | {_import(module, place.folder).wall_s:.1f} |")
    ratio = costs[ANEW].cpu_s / costs[UNCOMPILED].cpu_s
    print(f"\n- made anew: {ratio:.2f} of the CPU of the same where nothing is compiled")
    cpu_s = costs[STANDING].cpu_s
    is_met = cpu_s < LIMIT_CPU_S
    print(f"- stands: {cpu_s:.1f} of {LIMIT_CPU_S} s of CPU, report included:", end=" ")
    print("met" if is_met else "MISSED")
    return 0 if is_met else 1


@contextmanager
def _nothing_compiled(place: Place) -> Generator[None]:
    """Let the processes started here find no byte code and write none."""
    elsewhere = str(place.folder / "byte_code")
    with patch.dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX=elsewhere):
        yield


def _read_steps(warehouse: Path) -> dict[str, float]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return dict(connection.execute(STEPS).fetchall())


def _import(module: str, folder: Path) -> Cost:
    return run_module(["timeit", "-n1", "-r1", f"import {module}"], {}, folder)


def _print_row(title: str, values: list[float]) -> None:
    print(f"| {title} | {' | '.join(f'{value:,.1f}' for value in values)} |")


if __name__ == "__main__":
    raise SystemExit(main())

"""Cut a simulated fleet's raw files to some days, so that two histories end in the same files."""

import shutil
from datetime import date, timedelta
from pathlib import Path

from python_ml.demo.files import write_fleet
from python_ml.demo.simulate import FleetPlan, simulate_fleet

SEED = 7
TABLES_BY_BATCH = {"cooking_metrics": 2, "batch_registry": 0}  # the field of the batch's id
TABLES_BY_START = ("faulty_intervals", "maintenance_events")


def simulate_up_to(last: date, days: int, kitchens: int, folder: Path) -> None:
    """Write the raw files of so many days, the given one being the last."""
    plan = FleetPlan(as_of=last + timedelta(days=1), kitchens=kitchens, days=days, seed=SEED)
    write_fleet(simulate_fleet(plan), folder)


def cut_to_days(folder: Path, first: date, last: date, cut: Path) -> None:
    """Copy the lines of some days into another folder, file by file."""
    for path in sorted(folder.rglob("*.csv")):
        target = cut / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        table = next((name for name in TABLES_BY_BATCH if path.name.startswith(name)), None)
        if table is not None:
            _cut(path, target, TABLES_BY_BATCH[table], f"{first:%Y%m%d}", f"{last:%Y%m%d}")
        elif path.name.startswith(TABLES_BY_START):
            _cut(path, target, None, f"{first}", f"{last}")
        else:
            shutil.copyfile(path, target)


def _cut(path: Path, target: Path, batch_field: int | None, first: str, last: str) -> None:
    """Keep a file's header and the lines of some days; no file where a batch file has none."""
    header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if first <= _day_of(line, batch_field) <= last]
    if kept or batch_field is None:
        target.write_text("".join([header, *kept]), encoding="utf-8")


def _day_of(line: str, batch_field: int | None) -> str:
    fields = line.rstrip("\n").split(";")
    return fields[1][:10] if batch_field is None else fields[batch_field].split("-")[-2]

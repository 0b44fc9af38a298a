"""Make the fleet that all contenders read, once, in the temp folder: READINGS [MACHINES [QUOTED]].

QUOTED is 1 for a fleet of which each reading has quotes about its batch: all contenders take them
off, and to us no line is plain.

Prints it as JSON.
"""

import hashlib
import inspect
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from benchmarks.raw_to_features.measure import RawFleet
from python_ml.demo import files, simulate
from python_ml.demo.files import write_fleet
from python_ml.demo.simulate import FleetPlan, simulate_fleet

AS_OF = date(2025, 1, 1)
DAYS = 365
SEED = 7
READINGS_PER_KITCHEN_DAY = 340  # a little less than the simulator's own mean
MACHINES_PER_KITCHEN = 8  # likewise
REDELIVERED_EVERY = 25  # every so many files of a table arrive twice, under another name
REDELIVERED_TABLES = ("cooking_metrics", "batch_registry")


def make_fleet(readings: int, machines: int = 0, quoted: int = 0) -> RawFleet:
    """Simulate at least so many readings and machines, or take what an earlier run left."""
    kitchens = max(
        math.ceil(readings / (READINGS_PER_KITCHEN_DAY * DAYS)),
        math.ceil(machines / MACHINES_PER_KITCHEN),
    )
    source = inspect.getsource(simulate) + inspect.getsource(files) + inspect.getsource(_redeliver)
    simulator = hashlib.sha256(source.encode()).hexdigest()[:8]
    name = f"{kitchens}-kitchens-{DAYS}-days-to-{AS_OF}-seed-{SEED}-{simulator}"
    name += "-quoted" * quoted
    folder = Path(tempfile.gettempdir()) / "arepas-bench" / name
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder.parent))
        plan = FleetPlan(as_of=AS_OF, kitchens=kitchens, days=DAYS, seed=SEED)
        write_fleet(simulate_fleet(plan), unfinished)
        if quoted:
            _quote(unfinished)
        _redeliver(unfinished)
        unfinished.rename(folder)
    return _measure(folder)


def _redeliver(folder: Path) -> None:
    """Deliver some files twice, so that whoever does not drop duplicates is found out."""
    for table in REDELIVERED_TABLES:
        for path in sorted(folder.rglob(f"{table}*.csv"))[::REDELIVERED_EVERY]:
            shutil.copyfile(path, path.with_stem(f"{path.stem}_again"))


def _quote(folder: Path) -> None:
    """Put each reading's batch in quotes, and nothing else of it."""
    for path in folder.rglob("cooking_metrics*.csv"):
        header, *lines = path.read_bytes().splitlines()
        place = header.split(b";").index(b"batch_id")
        rows = [line.split(b";") for line in lines]
        for row in rows:
            row[place] = b'"' + row[place] + b'"'
        path.write_bytes(b"\n".join([header, *(b";".join(row) for row in rows), b""]))


def _measure(folder: Path) -> RawFleet:
    """Count the readings; also leaves all files in the page cache, for everyone alike."""
    size = readings = 0
    for path in sorted(folder.rglob("*.csv")):
        size += path.stat().st_size
        line_count = sum(block.count(b"\n") for block in _blocks(path))
        if path.name.startswith("cooking_metrics"):
            readings += line_count - 1
    return RawFleet(str(folder), str(AS_OF), readings, size / 1e6)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            yield block


if __name__ == "__main__":
    print(json.dumps(asdict(make_fleet(*map(int, sys.argv[1:])))))

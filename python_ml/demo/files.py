"""`arepas demo-data`: the raw files of a simulated fleet, as kitchens would deliver them."""

import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from python_ml.demo.simulate import FleetPlan, SimulatedFleet, simulate_fleet
from python_ml.errors import InputError
from python_ml.files import holds_files
from python_ml.settings import DEMO_MARKER, Settings

logger = logging.getLogger(__name__)

DEMO_KITCHENS, DEMO_DAYS, DEMO_SEED = 10, 548, 7
TABLES_WITH_BOM = ("cooking_metrics", "faulty_intervals")


@dataclass(frozen=True)
class DemoFleet:
    """Which simulated fleet a raw folder holds.

    Attributes:
        written_to: The morning up to which its files are written; None while they are not whole.
    """

    kitchens: int
    seed: int
    metrics: tuple[str, ...]
    started_on: date
    written_to: date | None = None

    def __str__(self) -> str:
        """Name the fleet, however many of its days are written."""
        return f"a demo fleet ({self.kitchens} kitchens, seed {self.seed}, {self.started_on})"


def demo_data(settings: Settings, *, as_of: date, kitchens: int, days: int, seed: int) -> None:
    """Write the raw files of a demo fleet of some days up to the one before a morning.

    Raises:
        InputError: The raw folder holds another fleet, or files that are not a demo's.
    """
    fleet = DemoFleet(kitchens, seed, settings.metrics, as_of - timedelta(days=days))
    write_demo_data(settings, fleet, as_of=as_of)


def write_demo_data(settings: Settings, fleet: DemoFleet, *, as_of: date) -> None:
    """Simulate a fleet up to the day before a morning and write its raw files.

    A demo fleet that is there already lives on from its own first day, so that its past stays.

    Raises:
        InputError: The raw folder holds another fleet, or files that are not a demo's.
    """
    folder = settings.raw_data_dir
    if (known := read_demo_fleet(settings)) is not None:
        if (known.kitchens, known.seed, known.metrics) != (
            fleet.kitchens,
            fleet.seed,
            fleet.metrics,
        ):
            raise InputError(f"{folder}: holds another demo fleet, {known}; empty it first")
        fleet = replace(known, written_to=None)
    elif holds_files(folder):
        raise InputError(f"{folder}: holds raw files that are no demo; name an empty folder")
    logger.info(
        "simulating %d kitchens from %s to the day before %s",
        fleet.kitchens,
        fleet.started_on,
        as_of,
    )
    plan = FleetPlan(
        as_of=as_of,
        kitchens=fleet.kitchens,
        seed=fleet.seed,
        metrics=fleet.metrics,
        started_on=fleet.started_on,
    )
    _write_marker(folder, fleet)
    paths = write_fleet(simulate_fleet(plan), folder)
    _write_marker(folder, replace(fleet, written_to=as_of))
    logger.info("wrote %d raw files to %s", len(paths), folder)


def read_demo_fleet(settings: Settings) -> DemoFleet | None:
    """Read which demo fleet the raw folder holds or, after a killed run, is to hold; if any."""
    path = settings.raw_data_dir / DEMO_MARKER
    if not path.exists():
        return None
    known = json.loads(path.read_text())
    return DemoFleet(
        kitchens=known["kitchens"],
        seed=known["seed"],
        metrics=tuple(known["metrics"]),
        started_on=date.fromisoformat(known["started_on"]),
        written_to=date.fromisoformat(known["written_to"]) if known["written_to"] else None,
    )


def _write_marker(folder: Path, fleet: DemoFleet) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{DEMO_MARKER}.tmp"
    unfinished.write_text(json.dumps(asdict(fleet), default=str))
    unfinished.replace(folder / DEMO_MARKER)


def write_fleet(fleet: SimulatedFleet, folder: Path) -> list[Path]:
    """Write the raw files, each atomically, and return all their paths.

    A file that already has the same bytes is left alone; other files in the folder always are.
    """
    kitchens = fleet.machines["kitchen_id"].unique().to_pylist()
    empty = {
        f"{kitchen}/{name}.csv": getattr(fleet, name).slice(0, 0)
        for name in ("faulty_intervals", "maintenance_events")
        for kitchen in kitchens
    }
    tables = empty | {"machines.csv": fleet.machines}
    for name in ("faulty_intervals", "maintenance_events", "cooking_metrics", "batch_registry"):
        tables |= _split_by_file(name, getattr(fleet, name))
    return [_write_table(rows, folder / file) for file, rows in sorted(tables.items())]


def _split_by_file(name: str, table: pa.Table) -> dict[str, pa.Table]:
    """Cut a table into one file per kitchen, and per month where it has batches."""
    if "batch_id" in table.column_names:
        ids, id_tail = table["batch_id"], -len("-20261122-0001")
        year, month = (
            pc.utf8_slice_codeunits(ids, -13, -9),
            pc.utf8_slice_codeunits(ids, -9, -7),
        )
        end = pc.binary_join_element_wise("_", year, "-", month, ".csv", "")
    else:
        ids, id_tail, end = table["machine_id"], -len("-p1-m1"), ".csv"
    kitchen = pc.utf8_slice_codeunits(ids, 0, id_tail)
    files = pc.binary_join_element_wise(kitchen, f"/{name}", end, "").combine_chunks()
    files = files.dictionary_encode()
    codes = files.indices.to_numpy()
    table = _format_columns(table).take(codes.argsort(kind="stable"))
    counts = np.bincount(codes, minlength=len(files.dictionary))
    starts = counts.cumsum() - counts
    pieces = zip(files.dictionary.to_pylist(), starts, counts, strict=True)
    return {file: table.slice(start, count) for file, start, count in pieces}


def _format_columns(table: pa.Table) -> pa.Table:
    """Turn times into ISO text and numbers into text with a decimal comma."""
    for position, field in enumerate(table.schema):
        values = table.column(position)
        if pa.types.is_timestamp(field.type):
            texts = pc.utf8_replace_slice(values.cast(pa.string()), 10, 11, "T")
        elif pa.types.is_floating(field.type):
            digits = pc.round(pc.multiply(pc.abs(values), 10_000)).cast(pa.int64())
            padded = pc.utf8_lpad(digits.cast(pa.string()), 5, "0")
            sign = pc.if_else(pc.less(values, 0), "-", "")
            texts = pc.binary_join_element_wise(
                sign, pc.utf8_replace_slice(padded, -4, -4, ","), ""
            )
        else:
            continue
        table = table.set_column(position, field.name, texts)
    return table


def _write_table(table: pa.Table, path: Path) -> Path:
    """Write one CSV file through a hidden neighbour, unless it already has these bytes.

    The neighbour has the same name in all runs, so that one that was killed leaves none for good.
    """
    options = csv.WriteOptions(include_header=False, delimiter=";", quoting_style="none")
    sink = pa.BufferOutputStream()
    has_bom = path.name.startswith(TABLES_WITH_BOM)
    sink.write((";".join(table.column_names) + "\n").encode("utf-8-sig" if has_bom else "utf-8"))
    csv.write_csv(table, sink, options)
    content = sink.getvalue().to_pybytes()
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.tmp")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return path

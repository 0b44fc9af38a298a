"""The same readings in another system's form: other names, order, times and decimal marks."""

import shutil
from pathlib import Path

import duckdb

LAYOUT = """
[scada]
table = "cooking_metrics"
files = "scada/*"
decimal = ","

[scada.columns]
timestamp = { from = "When", format = "%d.%m.%Y %H:%M:%S" }
machine_id = "Oven"
batch_id = "Lot"
metric_1 = "Temp"
metric_2 = "Amps"
"""
READINGS = """
copy (
    select
        batch_id as "Lot",
        machine_id as "Oven",
        strftime(timestamp, '%d.%m.%Y %H:%M:%S') as "When",
        replace(metric_1, '.', ',') as "Temp",
        replace(metric_2, '.', ',') as "Amps"
    from read_csv(
        '{file}', delim = ';', header = true,
        types = {{'timestamp': 'timestamp', 'metric_1': 'varchar', 'metric_2': 'varchar'}}
    )
) to '{foreign}' (header, delimiter ';')
"""


def write_in_other_form(own: Path, folder: Path) -> Path:
    """Copy a fleet's raw files, its readings in another form; returns the layout's file."""
    for file in sorted(path for path in own.rglob("*") if path.is_file()):
        is_reading = file.name.startswith("cooking_metrics")
        to = folder / ("scada" if is_reading else "") / file.relative_to(own)
        to.parent.mkdir(parents=True, exist_ok=True)
        if is_reading:
            duckdb.execute(READINGS.format(file=file, foreign=to))
        else:
            shutil.copy(file, to)
    layout = folder.with_name("layouts.toml")
    layout.write_text(LAYOUT)
    return layout

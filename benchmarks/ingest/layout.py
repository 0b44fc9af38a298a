"""The same readings in other systems' forms: a row a reading, and a row a tag and time."""

import shutil
from pathlib import Path

import duckdb

WIDE_LAYOUT = """
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
WIDE = """
copy (
    select
        batch_id as "Lot",
        machine_id as "Oven",
        strftime(timestamp, '%d.%m.%Y %H:%M:%S') as "When",
        replace(metric_1, '.', ',') as "Temp",
        replace(metric_2, '.', ',') as "Amps"
    from {own}
) to '{foreign}' (header, delimiter ';')
"""
TAG = "^(.+)[.](LOT|TEMP|AMPS)$"
LONG_LAYOUT = f"""
[historian]
table = "cooking_metrics"
files = "scada/*"
separator = ","
only = {{ Quality = "^Good$" }}

[historian.columns]
timestamp = "Timestamp"

[historian.tags]
from = "Tag"
value = "Value"
pattern = "{TAG}"
columns = {{ LOT = "batch_id", TEMP = "metric_1", AMPS = "metric_2" }}
"""
LONG = """
copy (
    with readings as (select *, row_number() over () as place from {own}),
    tags as (
        select place, 1 as part, machine_id || '.LOT' as "Tag", timestamp, batch_id as "Value"
        from readings
        union all
        select place, 2, machine_id || '.TEMP', timestamp, replace(metric_1, ',', '.') from readings
        union all
        select place, 3, machine_id || '.AMPS', timestamp, replace(metric_2, ',', '.') from readings
    )
    select
        "Tag",
        strftime(timestamp, '%Y-%m-%dT%H:%M:%S') as "Timestamp",
        "Value",
        'Good' as "Quality"
    from tags order by place, part
) to '{foreign}' (header, delimiter ',')
"""
OWN = """read_csv(
    '{file}', delim = ';', header = true,
    types = {{'timestamp': 'timestamp', 'metric_1': 'varchar', 'metric_2': 'varchar'}}
)"""
FORMS = {"wide": (WIDE, WIDE_LAYOUT), "long": (LONG, LONG_LAYOUT)}


def write_in_other_form(own: Path, folder: Path, form: str) -> Path:
    """Copy a fleet's raw files, its readings in another of `FORMS`; returns the layout's file."""
    copy, words = FORMS[form]
    for file in sorted(path for path in own.rglob("*") if path.is_file()):
        is_reading = file.name.startswith("cooking_metrics")
        to = folder / ("scada" if is_reading else "") / file.relative_to(own)
        to.parent.mkdir(parents=True, exist_ok=True)
        if is_reading:
            duckdb.execute(copy.format(own=OWN.format(file=file), foreign=to))
        else:
            shutil.copy(file, to)
    layout = folder.with_name(f"{form}.toml")
    layout.write_text(words)
    return layout

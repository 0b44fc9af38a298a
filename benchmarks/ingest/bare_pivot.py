"""One query of DuckDB puts a historian's rows together, nothing checked: RAW_DIR AS_OF OUT."""

import sys
from pathlib import Path

import duckdb

from benchmarks.ingest.layout import TAG
from benchmarks.raw_to_features.measure import note_step

QUERY = f"""
create table readings as
with tags as (
    select
        regexp_extract("Tag", '{TAG}', 1) as machine_id,
        regexp_extract("Tag", '{TAG}', 2) as tag,
        "Timestamp" as measured_at,
        "Value" as said
    from read_csv(
        $files, delim = ',', header = true,
        columns = {{
            'Tag': 'varchar', 'Timestamp': 'timestamp', 'Value': 'varchar', 'Quality': 'varchar'
        }}
    )
    where "Quality" = 'Good'
)
select
    machine_id,
    cast(measured_at as date) as measured_date,
    measured_at,
    max(said) filter (where tag = 'LOT') as batch_id,
    max(try_cast(said as double)) filter (where tag = 'TEMP') as metric_1,
    max(try_cast(said as double)) filter (where tag = 'AMPS') as metric_2
from tags
group by machine_id, measured_at
"""


def main(raw_dir: str, _as_of: str, out: str) -> None:
    """Note beside OUT what it took."""
    with note_step("load", Path(out)), duckdb.connect(Path(out).with_name("bare.duckdb")) as bare:
        bare.execute("set preserve_insertion_order = false")
        bare.execute(QUERY, {"files": f"{raw_dir}/scada/**/*.csv"})


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Pulls from a real Postgres and a folder, one after the other, in the environment that has dlt.

Run by `tests/runs/test_pull.py`: ADDRESS FOLDER. Prints what each step left, as JSON.
"""

import gzip
import io
import json
import logging
import os
import sys
from pathlib import Path

import fsspec
import psycopg
import pyarrow.parquet as pq

from python_ml.cli import main

SOURCES = """
[readings]
address = "$PLANT"
table = "plant.readings"
cursor = "id"

[share]
address = "{share}"
files = "**/*.csv*"
"""
STORE = """
[store]
address = "memory://exports"
files = "**/*.csv"
"""
CREATE = """
create schema plant;
create table plant.readings (
    id bigint primary key, "When" timestamptz, "Oven" text, "Lot" text, temp float8, amps float8
);
create view plant.breaking as
select case when id = 4 then 1 / (id - 4) else id end as id, "Oven" from plant.readings order by id;
create table plant.means (id bigint, "Oven" text, temp numeric(8, 2), level numeric);
insert into plant.means values (1, 'o1', 1.5, 2.5), (2, 'o1', 1.5, 'NaN');
create table plant.lots ("Größe (kg)" integer, id integer);
insert into plant.lots values (10, 7), (null, 8), (20, 9);
create table plant.stops (id integer, until timestamptz);
insert into plant.stops values (1, 'infinity');
"""
INSERT = """
insert into plant.readings
select n, timestamptz '2026-11-19 06:00:00Z' + n * interval '1 minute', 'o1', 'L1', 230 + n, 11
from generate_series({first}, {last}) as n
"""


def run(address: str, folder: Path) -> list[dict[str, object]]:
    raw, share, sources = folder / "raw", folder / "share", folder / "sources.toml"
    for path in (raw, share / "2026"):
        path.mkdir(parents=True)
    os.environ |= {
        "RAW_DATA_DIR": str(raw),
        "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
        "PULL_SOURCES": str(sources),
        "PLANT": address,
        "LOG_LEVEL": "WARNING",
    }
    text = SOURCES.format(share=share.as_uri())
    told = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(told))
    steps: list[dict[str, object]] = []

    def pull(what: str, changed: str = text) -> None:
        sources.write_text(changed)
        told.truncate(0), told.seek(0)
        status = main(["pull"])
        rows, lots = (
            [row["id"] for path in sorted((raw / "pull" / source).glob("*"))
             for row in pq.read_table(path).to_pylist()]
            for source in ("readings", "lots")
        )  # fmt: skip
        files = sorted(str(p.relative_to(raw)) for p in raw.rglob("*") if p.is_file())
        steps.append({
            "what": what, "status": status, "ids": rows, "lots": lots, "file_count": len(files),
            "share": sorted(name for name in files if "/share/" in name),
            "size": sum((raw / name).stat().st_size for name in files if "/share/" in name),
            "told": told.getvalue().splitlines(),
        })  # fmt: skip

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(CREATE)
        connection.execute(INSERT.format(first=1, last=3))
        (share / "2026" / "a.csv").write_text("x;y\n1;2\n")
        pull("first")
        pull("again")
        connection.execute(INSERT.format(first=4, last=5))
        # Written before what was brought, and on the share only now.
        (share / "b.csv").write_text("x;y\n3;4\n")
        os.utime(share / "b.csv", (1e9, 1e9))
        pull("more")
        (share / "2026" / "a.csv").write_text("x;y\n1;2\n5;6\n")
        pull("changed")
        readings = text.partition("[share]")[0]
        pull("no cursor", readings.replace('"id"', '"changed_at"'))
        pull("no table", readings.replace("plant.readings", "plant.gone"))
        pull("breaks off", readings.replace("[readings]", "[breaking]").replace(
            "plant.readings", "plant.breaking"))  # fmt: skip
        pull("no number", readings.replace("[readings]", "[means]").replace(
            "plant.readings", "plant.means"))  # fmt: skip
        pull("no time", readings.replace("[readings]", "[stops]").replace(
            "plant.readings", "plant.stops"))  # fmt: skip
        pull("gaps", readings.replace("[readings]", "[lots]").replace(
            "plant.readings", "plant.lots").replace('"id"', "'Größe (kg)'"))  # fmt: skip
        (share / "c.csv.gz").write_bytes(gzip.compress(b"x;y\n7;8\n"))
        pull("packed", text)
        os.environ["PLANT"] = "postgresql://arepas:hush@127.0.0.1:9/postgres"
        pull("down")
        os.environ["PLANT"] = address
        connection.execute(INSERT.format(first=6, last=6))
        pull("up again")
        os.environ.pop("PLANT")
        pull("no address")
        store = fsspec.filesystem("memory")
        for name in ("2026/a.csv", "2026/../../../../../outside.csv"):
            store.pipe(f"/exports/{name}", b"x;y\n1;2\n")
        pull("leads out", STORE)
    return steps


if __name__ == "__main__":
    said = run(sys.argv[1], Path(sys.argv[2]))
    Path(sys.argv[2], "steps.json").write_text(json.dumps(said))

"""`make bi-clients`: which clients read what is published, each in an environment of its own.

Prints the table of docs/connect_bi.md; installs what it tries into a temporary folder.
"""

import argparse
import datetime
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.published_fleet import PublishedFleet, write_published

PLAIN = "select count(*) from published.bi.rpt_maintenance_plan_daily"
DUCKDB = f"""
import duckdb, sys
c = duckdb.connect(); c.execute(f"attach '{{sys.argv[1]}}' as published (read_only)")
print(c.execute("{PLAIN}").fetchall()[0][0], "rows")
"""
ENGINE = """
import sys, sqlalchemy as sa
e = sa.create_engine(f"duckdb:///{sys.argv[1]}", connect_args={"read_only": True})
with e.connect() as c:
    n = c.execute(sa.text("select count(*) from published.bi.rpt_maintenance_plan_daily")).scalar()
names = sa.inspect(e).get_table_names(schema="published.bi")
told = f"{n} rows, {len(names)} tables"
try:
    columns = sa.inspect(e).get_columns("rpt_maintenance_plan_daily", schema="published.bi")
    told += f", {len(columns)} columns by reflection"
except Exception as error:
    told += f", no columns by reflection ({type(error).__name__})"
print(told)
"""
ADBC = """
import sys, adbc_driver_duckdb.dbapi as adbc
with adbc.connect(sys.argv[1]) as c, c.cursor() as cursor:
    cursor.execute("select count(*) from published.bi.rpt_maintenance_plan_daily")
    print(cursor.fetch_arrow_table().column(0)[0].as_py(), "rows as Arrow")
"""
PARQUET = """
import sys, {module}
print({call}, "rows")
"""


NODE = """
import { DuckDBInstance } from "@duckdb/node-api";
const c = await (await DuckDBInstance.create(":memory:")).connect();
await c.run(`attach '${process.argv[2]}' as published (read_only)`);
const r = await c.runAndReadAll("select count(*) from published.bi.rpt_maintenance_plan_daily");
console.log(`${r.getRows()[0][0]} rows`);
"""
HYPARQUET = """
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
const rows = await parquetReadObjects({ file: await asyncBufferFromFile(process.argv[2]) });
console.log(`${rows.length} rows`);
"""


@dataclass(frozen=True)
class Client:
    """A client: what it is called, what is installed for it, and a program that reads a file."""

    name: str
    packages: tuple[str, ...]
    program: str
    is_of_parquet: bool = False
    is_of_node: bool = False


CLIENTS = (
    *(
        Client(f"DuckDB Python {version}", (f"duckdb=={version}",), DUCKDB)
        for version in ("1.0.0", "1.1.3", "1.2.2", "1.3.2", "1.4.4", "1.5.6", "2.0.0")
    ),
    *(
        Client(f"{dialect} with SQLAlchemy {sqlalchemy}, DuckDB 1.5.6",
               (dialect, f"sqlalchemy=={sqlalchemy}", "duckdb==1.5.6"), ENGINE)
        for dialect in ("duckdb-engine==0.17.0", "duckdb-sqlalchemy")
        for sqlalchemy in ("2.0.58", "2.1.9")
    ),
    Client("ADBC, driver of DuckDB 1.5.6",
           ("duckdb==1.5.6", "adbc-driver-manager", "pyarrow"), ADBC),
    Client("Polars, Parquet", ("polars",), PARQUET.format(
        module="polars", call="len(polars.read_parquet(sys.argv[1]))"), is_of_parquet=True),
    Client("pandas with PyArrow, Parquet", ("pandas", "pyarrow"), PARQUET.format(
        module="pandas", call="len(pandas.read_parquet(sys.argv[1]))"), is_of_parquet=True),
    Client("npm @duckdb/node-api 1.5.6-r.1", ("@duckdb/node-api@1.5.6-r.1",), NODE,
           is_of_node=True),
    Client("npm hyparquet 1.33.0, Parquet", ("hyparquet@1.33.0",), HYPARQUET,
           is_of_parquet=True, is_of_node=True),
)  # fmt: skip


def main() -> None:
    """Try each client and print what came of it."""
    parser = argparse.ArgumentParser(prog="make bi-clients", description=__doc__)
    parser.add_argument("--only", default="", help="clients whose name holds this")
    options = parser.parse_args()
    print("| client | what it says |\n|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="arepas-bi-clients-") as name:
        folder = Path(name)
        published = folder / "published.duckdb"
        write_published(published, PublishedFleet(datetime.date(2026, 11, 20), 3, 6, days=10))
        parquet = _write_parquet(published)
        for client in CLIENTS:
            if options.only in client.name:
                copy = folder / "copy" / published.name
                copy.parent.mkdir(exist_ok=True)
                shutil.copyfile(published, copy)
                said = _try(client, folder / "venv", parquet if client.is_of_parquet else copy)
                print(f"| {client.name} | {said} |", flush=True)


def _write_parquet(published: Path) -> Path:
    parquet = published.with_name("plan.parquet")
    program = (
        f"import duckdb; c = duckdb.connect('{published}', read_only=True);"
        f"c.execute(\"copy published.bi.rpt_maintenance_plan_daily to '{parquet}'\")"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    return parquet


def _try(client: Client, environment: Path, file: Path) -> str:
    """Install a client and let it read; what it prints last, or why it does not."""
    shutil.rmtree(environment, ignore_errors=True)
    for command in _commands(client, environment, file):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=environment.parent
        )
        if done.returncode:
            *_, last = done.stderr.strip().splitlines() or ["no word"]
            return f"fails: {last[:150]}"
    return done.stdout.strip()


def _commands(client: Client, environment: Path, file: Path) -> list[list[str | Path]]:
    if client.is_of_node:
        program = environment / "client.mjs"
        environment.mkdir()
        program.write_text(client.program)
        quietly = ("--silent", "--no-audit", "--no-fund")
        return [
            ["npm", "install", *quietly, "--prefix", environment, *client.packages],
            ["node", program, file],
        ]
    python, uv = environment / "bin" / "python", Path(sys.executable).with_name("uv")
    return [
        [sys.executable, "-m", "venv", "--without-pip", environment],
        [uv, "pip", "install", "--quiet", "--python", python, *client.packages],
        [python, "-W", "ignore", "-c", client.program, file],
    ]


if __name__ == "__main__":
    main()

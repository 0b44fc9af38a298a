"""`make bi-clients`: which clients read what is published, each in an environment of its own.

Prints the table of docs/connect_bi.md; installs what it tries into a temporary folder. ODBC and
JDBC ask a Postgres server that is started here; they need Debian's postgresql, odbc-postgresql,
unixodbc and libpostgresql-jdbc-java.
"""

import argparse
import datetime
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from python_ml.engines.postgres import copy_published
from python_ml.variables import Address
from tests.postgres import running_postgres
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


SHELL = """
import subprocess, sys, sysconfig
print(subprocess.run(
    [sysconfig.get_path("scripts") + "/duckdb", "-readonly", "-noheader", "-csv", sys.argv[1],
     "select count(*) from published.bi.rpt_maintenance_plan_daily"],
    check=True, capture_output=True, text=True).stdout.strip(), "rows")
"""
WORKBOOK = """
import openpyxl, pandas, sys
plan = pandas.read_parquet(sys.argv[1])
plan.to_excel("plan.xlsx", index=False)
sheet = openpyxl.load_workbook("plan.xlsx", read_only=True).active
print(sum(1 for _ in sheet.iter_rows(min_row=2)), "rows")
"""
ODBC = """
import pyodbc, sys
from urllib.parse import unquote, urlsplit
a = urlsplit(sys.argv[1])
c = pyodbc.connect("Driver=PostgreSQL Unicode;Server=%s;Port=%s;Database=postgres;Uid=%s;Pwd={%s}"
                   % (a.hostname, a.port, a.username, unquote(a.password)))
print(c.execute("select count(*) from bi.rpt_maintenance_plan_daily").fetchval(), "rows,",
      len(c.cursor().columns("rpt_maintenance_plan_daily", schema="bi").fetchall()),
      "columns by reflection")
"""
JDBC = """
import java.net.URI;
import java.sql.DriverManager;

class Client {
    public static void main(String[] arguments) throws Exception {
        var address = URI.create(arguments[0]);
        var user = address.getUserInfo().split(":", 2);
        var url = "jdbc:postgresql://" + address.getHost() + ":" + address.getPort() + "/postgres";
        try (var c = DriverManager.getConnection(url, user[0], user[1]);
             var rows = c.createStatement().executeQuery(
                 "select count(*) from bi.rpt_maintenance_plan_daily");
             var of = c.getMetaData().getColumns(null, "bi", "rpt_maintenance_plan_daily", null)) {
            rows.next();
            int columns = 0;
            while (of.next()) columns++;
            System.out.println(rows.getLong(1) + " rows, " + columns + " columns by reflection");
        }
    }
}
"""
JDBC_DRIVER = "/usr/share/java/postgresql.jar"
Reads = Literal["file", "parquet", "server"]
Runs = Literal["python", "node", "java"]


@dataclass(frozen=True)
class Client:
    """A client: what it is called, what is installed for it, and a program that reads."""

    name: str
    packages: tuple[str, ...]
    program: str
    reads: Reads = "file"
    runs: Runs = "python"


CLIENTS = (
    *(
        Client(f"DuckDB Python {version}", (f"duckdb=={version}",), DUCKDB)
        for version in ("1.0.0", "1.1.3", "1.2.2", "1.3.2", "1.4.4", "1.5.6", "2.0.0", "2.0.1")
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
        module="polars", call="len(polars.read_parquet(sys.argv[1]))"), reads="parquet"),
    Client("pandas with PyArrow, Parquet", ("pandas", "pyarrow"), PARQUET.format(
        module="pandas", call="len(pandas.read_parquet(sys.argv[1]))"), reads="parquet"),
    Client("npm @duckdb/node-api 1.5.6-r.1", ("@duckdb/node-api@1.5.6-r.1",), NODE,
           runs="node"),
    Client("npm hyparquet 1.33.0, Parquet", ("hyparquet@1.33.0",), HYPARQUET,
           reads="parquet", runs="node"),
    Client("DuckDB's shell, duckdb-cli 1.5.6", ("duckdb-cli==1.5.6",), SHELL),
    Client("a workbook by pandas and openpyxl, Parquet", ("pandas", "pyarrow", "openpyxl"),
           WORKBOOK, reads="parquet"),
    Client("ODBC, psqlODBC with pyodbc, Postgres", ("pyodbc",), ODBC, reads="server"),
    Client("JDBC, pgJDBC, Postgres", (), JDBC, reads="server", runs="java"),
)  # fmt: skip


def main() -> None:
    """Try each client and print what came of it."""
    parser = argparse.ArgumentParser(prog="make bi-clients", description=__doc__)
    parser.add_argument("--only", default="", help="clients whose name holds this")
    options = parser.parse_args()
    print("| client | what it says |\n|---|---|", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="arepas-bi-clients-") as name,
        running_postgres() as server,
    ):
        folder = Path(name)
        published = folder / "published.duckdb"
        write_published(published, PublishedFleet(datetime.date(2026, 11, 20), 3, 6, days=10))
        copy = folder / "copy" / published.name
        copy.parent.mkdir()
        copy_published(published, Address(server))
        sources = {"file": copy, "parquet": _write_parquet(published), "server": server}
        for client in CLIENTS:
            if options.only in client.name:
                shutil.copyfile(published, copy)
                said = _try(client, folder / "venv", sources[client.reads])
                print(f"| {client.name} | {said} |", flush=True)


def _write_parquet(published: Path) -> Path:
    parquet = published.with_name("plan.parquet")
    program = (
        f"import duckdb; c = duckdb.connect('{published}', read_only=True);"
        f"c.execute(\"copy published.bi.rpt_maintenance_plan_daily to '{parquet}'\")"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    return parquet


def _try(client: Client, environment: Path, source: Path | str) -> str:
    """Install a client and let it read; what it prints last, or why it does not."""
    shutil.rmtree(environment, ignore_errors=True)
    for command in _commands(client, environment, source):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=environment.parent
        )
        if done.returncode:
            *_, last = done.stderr.strip().splitlines() or ["no word"]
            return f"fails: {last[:150]}"
    return done.stdout.strip()


def _commands(client: Client, environment: Path, source: Path | str) -> list[list[str | Path]]:
    if client.runs == "java":
        environment.mkdir()
        program = environment / "Client.java"
        program.write_text(client.program)
        return [["java", "-cp", JDBC_DRIVER, program, source]]
    if client.runs == "node":
        program = environment / "client.mjs"
        environment.mkdir()
        program.write_text(client.program)
        quietly = ("--silent", "--no-audit", "--no-fund")
        return [
            ["npm", "install", *quietly, "--prefix", environment, *client.packages],
            ["node", program, source],
        ]
    python, uv = environment / "bin" / "python", Path(sys.executable).with_name("uv")
    return [
        [sys.executable, "-m", "venv", "--without-pip", environment],
        [uv, "pip", "install", "--quiet", "--python", python, *client.packages],
        [python, "-W", "ignore", "-c", client.program, source],
    ]


if __name__ == "__main__":
    main()

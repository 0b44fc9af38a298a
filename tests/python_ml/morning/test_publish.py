"""What is published: schema `bi` whole, at once, with a word on where it comes from."""

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from python_ml.engines.warehouse import Warehouse, published_tables
from python_ml.errors import ArepasError
from python_ml.modelling import TimeCheck
from python_ml.morning.publish import find_foreign_writes, publish, publish_parquet
from python_ml.settings import Settings, load_settings

AS_OF = date(2026, 11, 20)
TABLES = """
create schema bi;
create schema ml;
create table bi.rpt_plan as select range as rank, 'm' || range as machine_id from range(3);
create table bi.rpt_types as select 'a1' as arepa_type;
create table ml.secret as select 1 as one;
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load_settings(
        {
            "WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb"),
            "BI_PATH": str(tmp_path / "published" / "bi.duckdb"),
        }
    )
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(TABLES)
    return settings


def published(settings: Settings, sql: str) -> list[tuple]:
    with duckdb.connect(str(settings.bi_path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def logged(settings: Settings) -> list[tuple]:
    with Warehouse(settings.warehouse_path) as warehouse:
        return warehouse.rows(
            "select run_id, as_of_date, status, is_in_time from ml.publications order by run_id"
        )


def test_the_schema_is_copied_with_a_row_that_says_what_it_is(settings: Settings):
    assert publish(settings, run_id="first", as_of=AS_OF, status="complete") == 4
    tables = "select table_schema, table_name from information_schema.tables order by all"
    assert published(settings, tables) == [
        ("bi", "publication"), ("bi", "rpt_plan"), ("bi", "rpt_types"),
    ]  # fmt: skip
    assert published(settings, "select * from bi.bi.rpt_plan order by rank") == [
        (0, "m0"), (1, "m1"), (2, "m2"),
    ]  # fmt: skip
    said = "select run_id, as_of_date, status from bi.bi.publication"
    assert published(settings, said) == [("first", AS_OF, "complete")]
    assert logged(settings) == [("first", AS_OF, "complete", None)]
    assert list(settings.bi_path.parent.iterdir()) == [settings.bi_path]


def test_a_new_publication_takes_the_place_of_the_old_and_both_are_logged(settings: Settings):
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute("drop table bi.rpt_types; insert into bi.rpt_plan values (3, 'm3')")
    publish(settings, run_id="second", as_of=AS_OF, status="partly_done")
    assert published(settings, "select count(*) from bi.bi.rpt_plan") == [(4,)]
    assert published(settings, "select run_id, status from bi.bi.publication") == [
        ("second", "partly_done")
    ]
    assert [row[0] for row in logged(settings)] == ["first", "second"]


def test_what_another_warehouse_published_is_kept(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute("create table ml.runs as select 'first' as run_id")
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    publish(settings, run_id="second", as_of=AS_OF, status="complete")
    assert list(settings.bi_path.parent.iterdir()) == [settings.bi_path]
    publish(settings, run_id="third", as_of=AS_OF, status="complete")
    (kept,) = settings.bi_path.parent.glob("bi.before-*.duckdb")
    assert f"is of another warehouse; it is kept as {kept}" in caplog.text
    with published_tables(kept) as before:
        assert before.value("select run_id from bi.publication") == "second"


def test_a_database_of_somebody_else_that_bi_path_names_is_kept(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    settings.bi_path.parent.mkdir()
    with duckdb.connect(str(settings.bi_path)) as theirs:
        theirs.execute("create table sales as select 7 as amount")
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    (kept,) = settings.bi_path.parent.glob("bi.before-*.duckdb")
    assert f"is not what a run has published; it is kept as {kept}" in caplog.text
    with duckdb.connect(str(kept), read_only=True) as theirs:
        assert theirs.execute("from sales").fetchall() == [(7,)]
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    assert len(list(settings.bi_path.parent.iterdir())) == 2


def test_where_it_cannot_be_written_what_was_published_stays_and_nothing_is_logged(
    settings: Settings,
):
    settings.bi_path.parent.write_text("a file where the folder should be")
    with pytest.raises(ArepasError, match=f"BI_PATH={settings.bi_path}: cannot be written"):
        publish(settings, run_id="first", as_of=AS_OF, status="complete")
    with Warehouse(settings.warehouse_path) as warehouse:
        assert not warehouse.has_table("ml", "publications")


@pytest.mark.parametrize(("deadline", "is_in_time"), [(time.min, False), (time.max, True)])
def test_only_today_has_a_deadline_and_it_is_kept_or_not(
    settings: Settings, deadline: time, is_in_time: bool
):
    checks = replace(settings.checks, published_late=TimeCheck("mark", deadline))
    settings = settings.replace(checks=checks)
    today = date.today()  # noqa: DTZ011
    publish(settings, run_id="today", as_of=today, status="complete")
    publish(settings, run_id="yesterday", as_of=today - timedelta(days=1), status="complete")
    assert [row[3] for row in logged(settings)] == [is_in_time, None]


def test_the_same_is_written_as_parquet_files(settings: Settings, caplog: pytest.LogCaptureFixture):
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    with caplog.at_level("INFO", "python_ml"):
        publish_parquet(settings)
    folder = settings.bi_path.with_suffix("")
    assert f"wrote 3 tables to {folder}" in caplog.text
    assert sorted(path.name for path in folder.iterdir()) == [
        "publication.parquet", "rpt_plan.parquet", "rpt_types.parquet",
    ]  # fmt: skip
    assert pq.read_table(folder / "rpt_plan.parquet")["machine_id"].to_pylist() == [
        "m0",
        "m1",
        "m2",
    ]


WRITE = """
import duckdb, os, sys
connection = duckdb.connect()
connection.execute(f"attach '{sys.argv[1]}' as published (storage_version '{sys.argv[2]}')")
connection.execute("insert into published.bi.rpt_plan values (7, 'theirs')")
"""
HOLD = "print(flush=True); sys.stdin.read()"


def write_as(settings: Settings, version: str, last: str) -> None:
    """Another process writes to the published file, in a format of DuckDB's."""
    subprocess.run(
        [sys.executable, "-c", WRITE + last, settings.bi_path, version], check=True, timeout=60
    )


@pytest.mark.parametrize(
    ("version", "last", "said"),
    [
        ("v1.0.0", "connection.close()", "a client has opened it for writing and changed it"),
        ("v1.0.0", "os._exit(0)", "a client that opened it for writing left bi.duckdb.wal"),
        ("latest", "connection.close()", "which older clients cannot read"),
    ],
)
def test_who_opened_it_for_writing_is_warned_of_and_the_next_publication_mends_it(
    settings: Settings, caplog: pytest.LogCaptureFixture, version: str, last: str, said: str
):
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    assert list(find_foreign_writes(settings)) == []
    write_as(settings, version, last)
    (found,) = find_foreign_writes(settings)
    assert said in found
    publish(settings, run_id="second", as_of=AS_OF, status="complete")
    assert [found in message for message in caplog.messages] == [True]
    assert list(find_foreign_writes(settings)) == []
    assert published(settings, "select count(*) from bi.bi.rpt_plan") == [(3,)]


def test_a_copy_of_what_was_published_in_its_place_is_nobody_s_write(settings: Settings):
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    copy = settings.bi_path.with_name("backup.duckdb")
    shutil.copyfile(settings.bi_path, copy)
    copy.replace(settings.bi_path)
    assert list(find_foreign_writes(settings)) == []


def test_who_has_it_open_for_writing_is_told_and_who_only_reads_is_not(settings: Settings):
    publish(settings, run_id="first", as_of=AS_OF, status="complete")
    with duckdb.connect(str(settings.bi_path), read_only=True):
        assert list(find_foreign_writes(settings)) == []
    command = [sys.executable, "-c", WRITE + HOLD, settings.bi_path, "v1.0.0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        told = list(find_foreign_writes(settings))
        writer.communicate(b"")
    assert "a client has it open for writing, so nobody can read it" in told[0]

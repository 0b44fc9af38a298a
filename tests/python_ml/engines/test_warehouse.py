"""The warehouse: all or nothing is written, and what is published is whole and in order."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.engines.warehouse import (
    IN_MEMORY,
    Warehouse,
    publish_schema,
    published_tables,
    write_parquet_copies,
)
from python_ml.errors import ArepasError
from python_ml.files import unfinished_name
from python_ml.seen.published import TABLES
from tests.published_fleet import PublishedFleet, write_published

AS_OF = date(2026, 11, 20)
PUBLICATION = pd.DataFrame({"run_id": ["r"]})
NUMBERS = "select number from bi.numbers"


@pytest.fixture(scope="module")
def numbers() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute("create table numbers (number integer not null)")
        yield warehouse


@settings(deadline=None, max_examples=25)
@given(
    batches=st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=4),
    error=st.sampled_from([None, ArepasError("bad"), KeyError("bad"), KeyboardInterrupt()]),
)
def test_a_transaction_is_written_whole_or_not_at_all(numbers, batches, error):
    numbers.execute("truncate numbers")
    try:
        with numbers.transaction():
            for batch in batches:
                numbers.append("numbers", pd.DataFrame({"number": batch}, dtype="int32"))
            if error is not None:
                raise error
    except BaseException as raised:
        assert raised is error
    written = [] if error else [number for batch in batches for number in batch]
    assert [row[0] for row in numbers.rows("from numbers")] == written


def test_a_statement_that_fails_takes_the_ones_before_it_along(numbers):
    numbers.execute("truncate numbers")
    with pytest.raises(duckdb.ConstraintException), numbers.transaction():
        numbers.execute("insert into numbers values (1)")
        numbers.execute("insert into numbers values (null)")
    assert numbers.rows("from numbers") == []


def test_rows_are_appended_by_the_names_of_their_columns(numbers):
    numbers.execute("create table pairs (one integer, other varchar)")
    numbers.append("pairs", pd.DataFrame({"other": ["b"], "one": [1]}))
    assert numbers.records("from pairs") == [{"one": 1, "other": "b"}]
    assert numbers.has_table("main", "pairs")
    assert not numbers.has_table("bi", "pairs")


def test_a_warehouse_that_is_not_there_is_not_made_by_reading_it(tmp_path: Path):
    with pytest.raises(ArepasError, match="no warehouse yet; run `make daily`"):
        Warehouse(tmp_path / "warehouse.duckdb", read_only=True)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse whose schema `bi` holds one table, the highest number first."""
    path = tmp_path / "warehouse.duckdb"
    with Warehouse(path) as warehouse:
        warehouse.execute("create schema bi")
        warehouse.execute("create table bi.numbers as from range(9, 0, -1) as numbers (number)")
    return path


def test_what_is_published_is_sorted_says_what_it_is_and_is_read_by_old_programs(
    warehouse: Path, tmp_path: Path
):
    published = tmp_path / "readers" / "bi.duckdb"
    assert publish_schema(warehouse, "bi", published, publication=PUBLICATION) == 9
    with duckdb.connect(str(published), read_only=True) as connection:
        found = connection.execute("select number from bi.bi.numbers").fetchall()
        assert found == [(number,) for number in range(1, 10)]
        assert connection.execute("from bi.bi.publication").fetchall() == [("r",)]
        tags = connection.execute("select tags from duckdb_databases() where not internal")
        assert "v1.0.0" in str(tags.fetchall())
    assert [path.name for path in published.parent.iterdir()] == ["bi.duckdb"]


def storage_version(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where not internal")
        return tags.fetchall()[0][0]["storage_version"]


def test_a_warehouse_keeps_the_format_in_which_it_was_made(tmp_path: Path):
    new, old = tmp_path / "new.duckdb", tmp_path / "old.duckdb"
    with duckdb.connect(str(old)) as connection:
        connection.execute("create table texts as select cast(range as varchar) from range(9)")
    for path in (new, old):
        with Warehouse(path) as warehouse:
            warehouse.execute("create table more as select cast(range as varchar) from range(9)")
    assert [storage_version(path) for path in (new, old)] == ["v1.4.0+", "v1.0.0+"]
    with Warehouse(old, read_only=True) as warehouse:
        assert warehouse.rows("select count(*) from texts, more") == [(81,)]


def test_readers_keep_the_file_that_they_have_open_and_new_ones_see_the_new(
    warehouse: Path, tmp_path: Path
):
    published = tmp_path / "bi.duckdb"
    publish_schema(warehouse, "bi", published, publication=PUBLICATION)
    with published_tables(published) as before:
        with Warehouse(warehouse) as changed:
            changed.execute("delete from bi.numbers where number > 1")
        publish_schema(warehouse, "bi", published, publication=PUBLICATION)
        with published_tables(published) as after:
            assert after.rows(NUMBERS) == [(1,)]
        assert len(before.rows(NUMBERS)) == 9
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            before.execute("delete from bi.numbers")


def test_a_publication_that_fails_half_way_leaves_the_file_of_before_and_nothing_else(
    warehouse: Path, tmp_path: Path
):
    published = tmp_path / "readers" / "bi.duckdb"
    publish_schema(warehouse, "bi", published, publication=PUBLICATION)
    before = published.read_bytes()
    (published.parent / ".bi.duckdb.123").write_bytes(b"left by a killed run")
    unusable = pd.DataFrame({"run_id": pd.Series([1 + 2j])})
    with pytest.raises(duckdb.Error):
        publish_schema(warehouse, "bi", published, publication=unusable)
    assert published.read_bytes() == before
    assert [path.name for path in published.parent.iterdir()] == ["bi.duckdb"]


def test_where_nothing_is_published_or_it_is_damaged_that_is_said(tmp_path: Path):
    published = tmp_path / "bi.duckdb"
    with pytest.raises(ArepasError, match="nothing published yet"), published_tables(published):
        pass
    published.write_bytes(b"no database")
    with pytest.raises(ArepasError, match="cannot be read"), published_tables(published):
        pass


def test_parquet_copies_hold_the_same_rows_and_drop_tables_that_are_gone(tmp_path: Path):
    path, folder = tmp_path / "bi.duckdb", tmp_path / "bi"
    write_published(path, PublishedFleet(AS_OF, 2, 3, days=3))
    folder.mkdir()
    (folder / "rpt_gone.parquet").write_bytes(b"old")
    (folder / "cooking_metrics.parquet").write_bytes(b"theirs")
    write_parquet_copies(path, folder)
    assert {file.stem for file in folder.iterdir()} == {*TABLES, "cooking_metrics"}
    plan = pq.read_table(folder / "rpt_maintenance_plan_daily.parquet")
    assert plan.num_rows == 2 * 3 * 3


def test_where_nothing_is_published_or_there_is_no_room_no_parquet_copy_is_left(tmp_path: Path):
    path, folder = tmp_path / "bi.duckdb", tmp_path / "bi"
    with pytest.raises(ArepasError, match="nothing published yet"):
        write_parquet_copies(path, folder)
    assert not folder.exists()
    write_published(path, PublishedFleet(AS_OF, 1, 3, days=1))
    folder.mkdir()
    unfinished_name(folder / "rpt_maintenance_plan_daily.parquet").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        write_parquet_copies(path, folder)
    assert not (folder / "rpt_maintenance_plan_daily.parquet").exists()
    assert not list(folder.glob(".*"))

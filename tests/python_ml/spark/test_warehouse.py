"""The door to Spark: what its files, tables and executors are asked for beside what DuckDB's is.

What both doors promise is in `tests/runs/test_engines.py`.
"""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from python_ml.errors import InputError
from python_ml.spark.warehouse import GivenFiles
from tests.conftest import Workspace

pytestmark = pytest.mark.spark

D = date(2026, 11, 20)
NAMES = ("plain.csv", "a b.csv", "k1/x[1]{2}*?.csv", "ñ%20.csv", "empty.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "raw [1]"
    for name in NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if name == "empty.csv" else name.encode())
    return folder


def test_every_file_is_listed_with_its_length_whatever_its_name(empty_spark, folder: Path):
    listed = empty_spark.list_files(f"file://{folder}").to_pylist()
    lengths = {row["path"].removeprefix(f"file:{folder}/"): row["length"] for row in listed}
    assert lengths == {name: len((folder / name).read_bytes()) for name in NAMES}
    times = {row["path"]: row["modification_ns"] for row in listed}
    plain = times[f"file:{folder}/plain.csv"]
    assert abs(plain - (folder / "plain.csv").stat().st_mtime_ns) < 10**9


def test_a_folder_that_is_not_there_is_named(empty_spark, tmp_path: Path):
    with pytest.raises(InputError, match=f"{tmp_path}/gone: Spark cannot list it"):
        empty_spark.list_files(f"file://{tmp_path}/gone")


def test_executors_read_the_chosen_files_and_no_others(empty_spark, folder: Path):
    chosen = [{"path": f"file:{folder}/{name}", "number": n} for n, name in enumerate(NAMES[:3])]
    given = GivenFiles(f"file://{folder}", pa.Table.from_pylist(chosen))

    def read(batches):
        for batch in batches:
            rows = [(row["number"], row["content"].decode()) for row in batch.to_pylist()]
            numbers, texts = zip(*rows, strict=True) if rows else ((), ())
            yield pa.RecordBatch.from_arrays(
                [pa.array(numbers, pa.int64()), pa.array(texts, pa.string())], ["number", "text"]
            )

    schema = "number bigint, text string"
    rows = empty_spark.read_files(given, read, schema).to_pylist()
    assert {row["number"]: row["text"] for row in rows} == dict(enumerate(NAMES[:3]))
    empty_spark.execute("create database raw")
    empty_spark.execute(f"create table raw.texts ({schema}) using parquet")
    empty_spark.load_files(given, read, schema, table="raw.texts")
    assert sorted(empty_spark.rows("select * from raw.texts")) == list(enumerate(NAMES[:3]))


def test_what_is_overwritten_is_gone(empty_spark):
    empty_spark.execute("create database raw")
    empty_spark.execute("create table raw.numbers (number bigint) using parquet")
    for numbers in ([1, 2], [3]):
        empty_spark.overwrite("raw.numbers", pa.table({"number": numbers}))
    assert empty_spark.rows("select * from raw.numbers") == [(3,)]


def test_mapped_rows_take_the_place_of_their_days_alone(empty_spark):
    empty_spark.execute("create database ml")
    empty_spark.execute(
        "create table ml.days (number bigint, day date) using parquet partitioned by (day)"
    )
    rows = pd.DataFrame({"number": [1, 2], "day": [D, D + timedelta(days=1)]})
    empty_spark.append("ml.days", rows)

    def tenfold(frames):
        for frame in frames:
            yield frame.assign(number=frame["number"] * 10)

    of_day = f"select number, day from ml.days where day = date '{D}'"
    empty_spark.execute(f"create view ml.seen as {of_day}")
    kept = empty_spark.frame(of_day)
    empty_spark.execute("create table ml.source using parquet as select * from ml.seen")
    empty_spark.overwrite_mapped("ml.days", "select * from ml.source", tenfold, ["number", "day"])
    assert len(kept) == 1
    days = "select number, day from ml.days order by day"
    assert empty_spark.rows(days) == [(10, D), (2, D + timedelta(days=1))]


def test_each_item_is_a_task_and_results_keep_the_order(empty_spark):
    assert empty_spark.run_all(lambda number: number**2, range(5)) == [0, 1, 4, 9, 16]


def test_of_half_written_folders_only_our_own_tables_go(empty_spark):
    empty_spark.execute("create database core")
    empty_spark.execute("create table core.known (number bigint) using parquet")
    empty_spark.append("core.known", pa.table({"number": [1]}))
    place = Path(
        next(
            row[1] for row in empty_spark.rows("describe database core") if row[0] == "Location"
        ).removeprefix("file:")
    )
    for name in ("half", "not_ours"):
        (place / name).mkdir()
        (place / name / "part-0.parquet").write_bytes(b"half")
    empty_spark.delete_unfinished_tables(["bi"], {"half", "known"})
    assert (place / "half").exists()
    empty_spark.delete_unfinished_tables(["core"], {"half", "known"})
    assert sorted(path.name for path in place.iterdir()) == ["known", "not_ours"]
    assert empty_spark.rows("select * from core.known") == [(1,)]


def test_a_metastore_that_another_session_holds_is_named(
    empty_spark, spark_places: dict[str, str], tmp_path: Path
):
    workspace = Workspace(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "python_ml.cli", "spark-build", "--as-of", D.isoformat()],
        env=os.environ | workspace.environment | spark_places,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the metastore cannot be opened, another session may have it open" in done.stderr

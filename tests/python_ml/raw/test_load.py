"""Loading brings each line once, says what the run is about, and writes all of it or nothing."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.raw.load import describe_run, load, purge_replaced
from tests.conftest import RAW_FIXTURES, Workspace

AS_OF = date(2020, 11, 5)
LINES = "select count(*) from raw.cooking_metrics"


@pytest.fixture
def delivered(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.copy_raw(RAW_FIXTURES)
    return workspace


def load_into(workspace: Workspace, as_of: date = AS_OF, **variables: str) -> int:
    return load(workspace.settings(**variables), run_id="run", as_of=as_of)


def count_data_lines(folder: Path) -> int:
    texts = [path.read_text() for path in folder.rglob("*.csv")]
    return sum(len([line for line in text.splitlines() if line][1:]) for text in texts)


def dump(workspace: Workspace) -> dict[str, list[tuple]]:
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
        return {
            name: connection.execute(f"from raw.{name} order by all").fetchall()
            for (name,) in tables
        }


def test_each_line_is_loaded_once(delivered: Workspace):
    assert load_into(delivered) == count_data_lines(delivered.raw)
    first = dump(delivered)
    assert load_into(delivered) == 0
    assert dump(delivered) == first
    delivered.write(
        "k2/Cooking_Metrics_2.csv", "timestamp;machine_id;batch_id;metric_1;metric_2\n1"
    )
    assert load_into(delivered) == 1


def test_the_run_says_what_it_is_about(delivered: Workspace):
    for name in ("machines.csv", "maintenance_events.csv"):
        (delivered.raw / name).unlink()
    types = delivered.folder / "types.txt"
    types.write_text("a1")
    load_into(delivered, HORIZON_DAYS="5", AREPA_TYPES=str(types), QUARANTINE_LIMIT="0.3")
    assert delivered.rows(
        "select run_id, as_of_date, horizon_days, has_machines, has_maintenance_events,"
        " has_arepa_type_list from raw.run_settings"
    ) == [("run", AS_OF, 5, False, False, True)]
    assert delivered.rows("from raw.listed_arepa_types") == [("a1",)]
    limits = delivered.rows("select check_name, limit_value from raw.data_check_limits")
    assert dict(limits)["quarantine_share"] == 0.3
    load_into(delivered)
    assert delivered.rows("select has_arepa_type_list from raw.run_settings") == [(False,)]
    assert delivered.rows("from raw.listed_arepa_types") == []


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_past_day_is_built_up_to_the_latest_that_was(delivered: Workspace, days: int):
    built = AS_OF + timedelta(days=days)
    described = describe_run(delivered.settings(), as_of=AS_OF, built_as_of=built, has_table={})
    assert described["latest_as_of_date"] == max(AS_OF, built)
    assert described["as_of_date"] == AS_OF


def test_what_is_refused_leaves_the_warehouse_as_it_was(delivered: Workspace):
    load_into(delivered)
    before = dump(delivered)
    delivered.write("batch_registry_2.csv", "batch_id;arepa_type\nb9;a9\n")
    types = delivered.folder / "types.txt"
    types.write_text("a9, zz")
    with pytest.raises(InputError, match="AREPA_TYPES names zz,"):
        load_into(delivered, AREPA_TYPES=str(types))
    assert dump(delivered) == before
    delivered.write("machines_2.csv", "machine_id;phase\nm9;1\n")
    with pytest.raises(InputError, match=r"machines_2\.csv: column kitchen_id"):
        load_into(delivered, AS_OF + timedelta(days=1))
    assert dump(delivered) == before


def test_replaced_lines_stay_until_the_build_has_followed(delivered: Workspace):
    load_into(delivered)
    [(count,)] = delivered.rows(LINES)
    corrected = delivered.raw / "cooking_metrics.csv"
    corrected.write_text("\n".join(corrected.read_text().splitlines()[:2]) + "\n")
    assert load_into(delivered) == 1
    purge_replaced(delivered.settings())
    assert delivered.rows(LINES) == [(count + 1,)]
    with Warehouse(delivered.warehouse) as warehouse:
        warehouse.execute("insert into raw.builds values (2, ?, 'x', 0, 0, now())", [AS_OF])
    purge_replaced(delivered.settings())
    replaced = "select count(*) from raw.files where replaced_load_id is not null"
    assert delivered.rows(replaced) == [(0,)]
    assert delivered.rows(LINES) == [(1,)]


def test_only_spark_reads_addresses(delivered: Workspace):
    settings = delivered.settings(RAW_DATA_DIR="s3://bucket/raw")
    with pytest.raises(InputError, match="only Spark reads addresses"):
        load(settings, run_id="run", as_of=AS_OF)
    assert not delivered.warehouse.exists()

"""Loading brings each line once, says what the run is about, and writes all of it or nothing."""

import gzip
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from python_ml.demo.files import DemoFleet, write_demo_data
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.raw.deliveries import read_unreadable_files
from python_ml.raw.load import describe_run, load, purge_replaced
from python_ml.settings import DEMO_MARKER
from tests.conftest import RAW_FIXTURES, Workspace
from tests.raw_files import as_nobody

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


def test_what_was_read_while_the_clock_was_behind_is_read_again_when_it_is_right(
    delivered: Workspace,
):
    load_into(delivered)
    line = "timestamp;machine_id;batch_id;metric_1;metric_2\n2020-11-01T10:00:00;m7;b7;1;2\n"
    delivered.write("k2/cooking_metrics_2.csv", line)
    load_into(delivered)
    set_clock = "update raw.files set loaded_at = timestamp '{}' where load_id {}"
    with Warehouse(delivered.warehouse) as warehouse:
        warehouse.execute(set_clock.format("2020-10-30", "= 2"))
        # Where the clock was ahead once, it is not right before that time.
        warehouse.execute(set_clock.format("2100-01-01", "= 1"))
    assert load_into(delivered) == 0
    with Warehouse(delivered.warehouse) as warehouse:
        warehouse.execute(set_clock.format("2020-11-03", "= 1"))
    assert load_into(delivered) == 1
    assert load_into(delivered) == 0
    versions = "select count(*), min(loaded_at) > '2021-01-01' from raw.files"
    current = f"{versions} where source_file like 'k2/%' and replaced_load_id is null"
    assert delivered.rows(current) == [(1, True)]


def deliver_demo(folder: Path, seed: int) -> Path:
    """Two days of one kitchen; fleets of all seeds have the same names of files."""
    workspace = Workspace(folder)
    fleet = DemoFleet(1, seed, ("metric_1", "metric_2"), AS_OF - timedelta(days=2))
    write_demo_data(workspace.settings(), fleet, as_of=AS_OF)
    return workspace.raw


def test_plain_lines_are_read_by_the_header_of_their_own_file(delivered: Workspace):
    delivered.write(
        "k2/cooking_metrics_2.csv",
        "metric_2;timestamp;machine_id;batch_id;metric_1\n3;2020-11-01T10:00:00;m7;b7;0,5\n",
    )
    delivered.write(
        "k3/cooking_metrics_3.csv",
        'timestamp;machine_id;batch_id;metric_1;metric_2\n2020-11-01T10:00:00;"m8";b8;1;2\n',
    )
    load_into(delivered)
    found = delivered.rows(
        "select machine_id, batch_id, measured_date, metric_1, metric_2 from raw.cooking_metrics"
        " where contains(raw_line, 'm7') or contains(raw_line, 'm8') order by all"
    )
    assert found == [("m7", "b7", date(2020, 11, 1), 0.5, 3), (None,) * 5]


def test_the_files_of_two_fleets_never_meet_in_a_warehouse(delivered: Workspace, tmp_path: Path):
    load_into(delivered)
    before = dump(delivered)
    demo, other = deliver_demo(tmp_path / "demo", 1), deliver_demo(tmp_path / "other", 2)
    told = r"\S+demo/raw holds a demo fleet .*, \S+ files of your own: name another WAREHOUSE_PATH"
    with pytest.raises(InputError, match=told):
        load_into(delivered, RAW_DATA_DIR=str(demo))
    assert dump(delivered) == before
    of_demo = {"WAREHOUSE_PATH": str(tmp_path / "of_demo.duckdb")}
    load_into(delivered, RAW_DATA_DIR=str(demo), **of_demo)
    for folder in (delivered.raw, other):
        with pytest.raises(InputError, match=r"holds .*: name another WAREHOUSE_PATH"):
            load_into(delivered, RAW_DATA_DIR=str(folder), **of_demo)
    (other / DEMO_MARKER).unlink()
    with pytest.raises(InputError, match=r"holds files of your own, .* seed 1, "):
        load_into(delivered, RAW_DATA_DIR=str(other), **of_demo)
    # A fleet that lives on without what made it is no other fleet.
    (demo / DEMO_MARKER).unlink()
    assert load_into(delivered, RAW_DATA_DIR=str(demo), **of_demo) == 0


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


VERSIONS = """
select source_file, column_count, line_count, problem from raw.files
where replaced_load_id is null and source_file like '%2.csv' order by 1
"""


def test_a_file_without_a_column_is_set_aside_and_comes_back(delivered: Workspace):
    header = "timestamp;machine_id;batch_id;metric_1;metric_2"
    reading = "2020-11-04T10:00:00;m1;b1;1;2"
    readings = delivered.raw / "cooking_metrics.csv"
    lines = readings.read_text().splitlines()
    readings.write_text("\n".join([f"{lines[0]};metric_9", *(f"{line};9" for line in lines[1:])]))
    delivered.write("k2/cooking_metrics_2.csv", f"{header}\n{reading}\n{reading}\n")
    delivered.write("machines_2.csv", "machine_id;phase\nm9;1\n")
    load_into(delivered)
    problem = (
        "machines_2.csv: column kitchen_id is missing (the header says 'machine_id;phase'); mend"
    )
    good, no_header = ("k2/cooking_metrics_2.csv", 5, 2, None), ("machines_2.csv", 0, 1)
    assert delivered.rows(VERSIONS)[0] == good
    assert delivered.rows(VERSIONS)[1][:3] == no_header
    assert delivered.rows(VERSIONS)[1][3].startswith(problem)
    # METRICS grows: only one file has the new one, and both come back without it.
    load_into(delivered, METRICS="metric_1,metric_2,metric_9")
    assert delivered.rows(VERSIONS)[0][:3] == ("k2/cooking_metrics_2.csv", 0, 1)
    assert "column metric_9 is missing" in delivered.rows(VERSIONS)[0][3]
    again = dump(delivered)
    load_into(delivered, METRICS="metric_1,metric_2,metric_9")
    assert dump(delivered) == again
    load_into(delivered)
    assert delivered.rows(VERSIONS)[0] == good
    # A good version stays where a bad one comes, and what is set aside anew says why.
    delivered.write("k2/cooking_metrics_2.csv", "timestamp;machine_id\n")
    delivered.write("machines_2.csv", "")
    load_into(delivered)
    assert delivered.rows(VERSIONS)[0][:3] == good[:3]
    assert "column batch_id, metric_1, metric_2 is missing" in delivered.rows(VERSIONS)[0][3]
    assert delivered.rows(VERSIONS)[1][3].startswith("machines_2.csv: the file is empty")
    delivered.write("machines_2.csv", "machine_id;kitchen_id;phase\nm9;k2;1\n")
    load_into(delivered)
    assert delivered.rows(VERSIONS)[1] == ("machines_2.csv", 3, 1, None)


@pytest.mark.parametrize("small_bytes", [0, 1 << 20])
def test_a_file_that_breaks_off_leaves_no_line_whatever_its_size(
    delivered: Workspace, monkeypatch: pytest.MonkeyPatch, small_bytes: int
):
    monkeypatch.setattr("python_ml.raw.lines.SMALL_BYTES", small_bytes)
    monkeypatch.setattr("python_ml.raw.lines.BLOCK_BYTES", 100)
    whole = gzip.compress((delivered.raw / "cooking_metrics.csv").read_bytes())
    (delivered.raw / "cooking_metrics_2.csv.gz").write_bytes(whole[:-300])
    load_into(delivered)
    [(reason, count)] = delivered.rows(
        "select line_reason, count(*) from raw.cooking_metrics inner join raw.files using (file_id)"
        " where source_file = 'cooking_metrics_2.csv.gz' group by all"
    )
    assert (reason, count) == ("unreadable_file", 1)
    assert load_into(delivered) == 0


def test_files_of_a_folder_that_cannot_be_read_are_not_gone(caplog: pytest.LogCaptureFixture):
    # Below /tmp itself: pytest's own folders let nobody but its user through.
    with tempfile.TemporaryDirectory() as name:
        workspace = Workspace(Path(name))
        workspace.copy_raw(RAW_FIXTURES)
        workspace.write("k2/machines_2.csv", "machine_id;kitchen_id;phase\nm9;k2;1\n")
        with as_nobody(workspace.folder):
            load_into(workspace)
            (workspace.raw / "k2").chmod(0)
            load_into(workspace)
            (workspace.raw / "k2").chmod(0o700)
        assert workspace.rows("select bool_and(is_present) from raw.files") == [(True,)]
        with Warehouse(workspace.warehouse) as warehouse:
            [problem] = read_unreadable_files(warehouse)
    assert "gone from RAW_DATA_DIR" not in caplog.text
    assert problem.startswith("k2: the folder cannot be read (Permission denied)")


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


LAYOUT = """
[scada]
table = "cooking_metrics"
files = "scada/*.txt"
[scada.columns]
timestamp = "When"
machine_id = "Oven"
batch_id = "Lot"
metric_1 = "A"
metric_2 = "B"
"""


def test_a_file_of_another_system_is_read_once_and_anew_when_its_layout_changes(
    delivered: Workspace, tmp_path: Path
):
    delivered.write("scada/1.txt", "When;Oven;Lot;A;B;C\n2020-11-01 01:00:00;m1;b1;1;2;3\n")
    layouts = tmp_path / "layouts.toml"
    layouts.write_text(LAYOUT)
    variables = {"RAW_LAYOUTS": str(layouts)}
    assert load_into(delivered, **variables) == count_data_lines(delivered.raw) + 1
    assert load_into(delivered, **variables) == 0
    layouts.write_text(LAYOUT.replace('"B"', '"C"'))
    assert load_into(delivered, **variables) == 1
    [*_, metric_1, metric_2, _] = dump(delivered)["cooking_metrics"][-1]
    assert (metric_1, metric_2) == (1, 3)


def test_a_layout_that_fits_no_file_and_a_file_that_it_does_not_fit_are_told(
    delivered: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    layouts = tmp_path / "layouts.toml"
    layouts.write_text(LAYOUT)
    load_into(delivered, RAW_LAYOUTS=str(layouts))
    assert f"layout scada fits no file in {delivered.raw} (scada/*.txt)" in caplog.text
    delivered.write("scada/1.txt", "When,Oven\n")
    load_into(delivered, RAW_LAYOUTS=str(layouts))
    with Warehouse(delivered.warehouse) as warehouse:
        [problem] = read_unreadable_files(warehouse)
    assert problem.startswith(
        "scada/1.txt: column When, Oven, Lot, A, B of layout scada is missing"
    )

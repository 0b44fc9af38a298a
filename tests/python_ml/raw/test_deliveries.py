"""Files come late, in pieces, twice and corrected: the end is as if all had come at once."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Workspace
from tests.dirty_fleet import write_dirty_files
from tests.small_fleet import copy_of

AS_OF = "2026-03-20"
TABLES = (
    "core.dim_machines",
    "core.fct_machine_metrics_hourly",
    "core.fct_maintenance_events",
    "features.feat_machine_arepa_daily",
    "features.label_machine_daily",
    "features.train_machine_arepa_daily",
    "intermediate.int_machine_mornings",
    "quarantine.rejected_rows",
    "quarantine.row_ledger",
)

MISTAKES = (
    ("batch_registry.csv", "b1;a1", "b1;a9"),
    ("machines.csv", "m2;k1;1;north\n", ""),
    ("maintenance_events.csv", "m2;2020-11-03", "m1;2020-11-02"),
    ("faulty_intervals.csv", "m1;2020-11-01T01:21:34", "m2;2020-11-01T00:21:34"),
    ("cooking_metrics.csv", "T01:", " 01:"),
)


def read_tables(workspace: Workspace) -> dict[str, pd.DataFrame]:
    return {
        table: workspace.query(f"select * from {table} order by all").drop(
            columns="loaded_at", errors="ignore"
        )
        for table in TABLES
    }


def assert_same_tables(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]):
    for table in TABLES:
        pd.testing.assert_frame_equal(left[table], right[table], check_exact=True, obj=table)


def deliver(random: Random, file: Path, target: Path, *, is_last: bool) -> None:
    """Put a file into place, whole or, when a better one will come, cut short or with dirt."""
    target.parent.mkdir(parents=True, exist_ok=True)
    content = file.read_bytes()
    if not is_last and file.suffix == ".csv":
        lines = content.split(b"\n")
        content = b"\n".join([*lines[: random.randrange(1, len(lines) + 1)], b"cut;short"])
    target.write_bytes(content)


@settings(
    max_examples=3,
    phases=[Phase.generate],  # a seed has nothing to shrink
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_order_of_deliveries_ends_like_one_delivery_of_everything(
    new_workspace: Callable[[], Workspace], seed: int
):
    random = Random(seed)
    at_once, in_pieces = new_workspace(), new_workspace()
    write_dirty_files(random, at_once.raw)
    assert at_once.arepas("build", "--as-of", AS_OF, QUARANTINE_LIMIT="1") == 0

    mornings = ("2026-03-08", "2026-03-14", AS_OF)
    files = [path for path in at_once.raw.rglob("*") if path.is_file()]
    last_morning = {
        file: len(mornings) - 1 if random.random() < 0.5 else random.randrange(len(mornings))
        for file in files
    }
    for number, morning in enumerate(mornings):
        for file in files:
            is_needed = number == 0 and file.name.startswith(("faulty", "batch", "cooking"))
            if number == last_morning[file] or (
                number < last_morning[file] and (is_needed or random.random() < 0.5)
            ):
                target = in_pieces.raw / file.relative_to(at_once.raw)
                deliver(random, file, target, is_last=number == last_morning[file])
        assert in_pieces.arepas("build", "--as-of", morning, QUARANTINE_LIMIT="1") == 0
    assert_same_tables(read_tables(in_pieces), read_tables(at_once))


def test_deliveries_that_stopped_the_day_and_were_put_right_leave_nothing(
    built_fixtures: Workspace, tmp_path: Path
):
    workspace = copy_of(built_fixtures, tmp_path / "copy")
    before = read_tables(workspace)
    right = {name: (workspace.raw / name).read_text() for name, _, _ in MISTAKES}
    for name, good, bad in MISTAKES:
        assert good in right[name]
        workspace.write(name, right[name].replace(good, bad))
    as_of = ("--as-of", "2020-11-05")
    assert workspace.arepas("build", *as_of, QUARANTINE_LIMIT="0") == 1
    for name, text in right.items():
        workspace.write(name, text)
    assert workspace.arepas("build", *as_of) == 0
    assert_same_tables(read_tables(workspace), before)


def test_a_stop_whose_beginning_is_corrected_to_the_next_midnight_ends_like_one_build(
    built_fixtures: Workspace, tmp_path: Path
):
    workspace = copy_of(built_fixtures, tmp_path / "copy")
    log = (workspace.raw / "maintenance_events.csv").read_text()
    for told in ("2020-11-03T00:00:00;", "2020-11-04T00:00:00;2020-11-04T05:00:00"):
        log += f"m1;{told};breakdown;\n"
        workspace.write("maintenance_events.csv", log)
        assert workspace.arepas("build", "--as-of", "2020-11-05") == 0
    in_pieces = read_tables(workspace)
    assert workspace.arepas("rebuild", "--as-of", "2020-11-05") == 0
    assert_same_tables(in_pieces, read_tables(workspace))


def test_the_same_file_twice_changes_nothing(workspace: Workspace):
    write_dirty_files(Random(1), workspace.raw)
    assert workspace.arepas("build", "--as-of", AS_OF, QUARANTINE_LIMIT="1") == 0
    before = read_tables(workspace)
    for path in list(workspace.raw.rglob("cooking_metrics*")):
        shutil.copy(path, path.with_name("cooking_metrics_again_" + path.name))
    assert workspace.arepas("build", "--as-of", AS_OF, QUARANTINE_LIMIT="1") == 0
    after = read_tables(workspace)
    for table in TABLES[:-2]:
        pd.testing.assert_frame_equal(before[table], after[table], check_exact=True, obj=table)
    again = after["quarantine.row_ledger"].query("source_file.str.contains('_again_')")
    assert again["rows_kept"].sum() + again["rows_duplicate"].sum() > 0
    assert (
        after["quarantine.row_ledger"]["rows_kept"].sum()
        == before["quarantine.row_ledger"]["rows_kept"].sum()
    )

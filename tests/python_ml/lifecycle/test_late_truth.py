"""What comes late is told once, with what rests on what was known before."""

from datetime import date, timedelta

import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import Warehouse
from python_ml.lifecycle.late_truth import note_late_truth
from python_ml.raw.forget import forget
from tests.conftest import Workspace

FIRST, AS_OF = date(2020, 11, 1), date(2020, 11, 20)
HEADER = "timestamp;machine_id;batch_id;metric_1;metric_2\n"
# The version was fitted on the mornings from the 2nd to the 11th, all mature on the 18th.
USED = """
insert into ml.predictions by name
select
    machine_id, 'a1' as arepa_type, date '2020-11-10' + cast(day as integer) as as_of_date,
    'champion' as model_role, 'k1' as kitchen_id, 1 as phase, 7 as horizon_days,
    'scored' as status, 'code' as code_version, 'run' as run_id, now()::timestamp as scored_at
from range(11) as days (day) cross join (values ('m1'), ('m2')) as machines (machine_id);
insert into ml.model_versions by name
select
    'a1' as arepa_type, 'arepa-a1' as model_name, '1' as model_version,
    date '2020-11-18' as trained_as_of_date, date '2020-11-02' as fitted_from_date,
    date '2020-11-16' as fitted_to_date, 7 as horizon_days;
insert into ml.promotion_history by name
select
    'a1' as arepa_type, date '2020-11-18' as as_of_date, now()::timestamp as decided_at,
    'promote' as verdict, '1' as to_version, 'who' as decided_by, 'why' as reason;
"""
NOTED = """
select
    source_table, machine_id, change, coalesce(detail, ''), training_row_count, prediction_count,
    coalesce(model_versions, ''), changed_row_share
from ml.late_facts where noted_as_of_date = ? order by 1, 2
"""


# As if it had been killed after it had noted what came late, before it counted as complete.
FORGET_BUILD = """
create temporary table newest_build as
select * from raw.builds where load_id = (select max(load_id) from raw.builds);
delete from raw.builds where load_id = (select max(load_id) from raw.builds)
"""


def reading(machine: str, day: date, batch: str = "b1", value: str = "0,5") -> str:
    return f"{day}T10:00:00;{machine};{batch};{value};0,5\n"


def build(workspace: Workspace, verb: str, as_of: date) -> None:
    assert workspace.arepas(verb, "--as-of", str(as_of), QUARANTINE_LIMIT="1") == 0


@pytest.fixture
def used(workspace: Workspace) -> Workspace:
    """Two machines that cook each day; a batch of m2 is not registered."""
    days = [FIRST + timedelta(days=number) for number in range(19)]
    workspace.write("batch_registry.csv", "batch_id;arepa_type\nb1;a1\n")
    workspace.write("faulty_intervals.csv", "machine_id;start_time;end_time\n")
    workspace.write(
        "maintenance_events.csv",
        "machine_id;start_time;end_time;kind\nm2;2020-11-01T06:00:00;2020-11-01T07:00:00;planned\n",
    )
    for machine in ("m1", "m2"):
        rows = "".join(reading(machine, day) for day in days)
        late = reading("m2", date(2020, 11, 8), "late") if machine == "m2" else ""
        workspace.write(f"cooking_metrics_{machine}.csv", HEADER + rows + late)
    build(workspace, "build", AS_OF)
    with Warehouse(workspace.warehouse) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(USED)
    return workspace


def test_what_comes_late_is_told_with_what_rests_on_what_was_known(used: Workspace):
    next_day = AS_OF + timedelta(days=1)
    used.write(
        "faulty_intervals_2.csv",
        "machine_id;start_time;end_time\nm1;2020-11-05T00:00:00;2020-11-05T23:00:00\n"
        "m1;2020-11-20T00:00:00;2020-11-20T23:00:00\n",
    )
    used.write(
        "maintenance_events_2.csv",
        "machine_id;start_time;end_time;kind\n"
        "m1;2020-11-09T10:00:00;2020-11-09T11:00:00;breakdown\n"
        "m2;2020-11-20T10:00:00;2020-11-20T11:00:00;breakdown\n",
    )
    used.write("batch_registry_2.csv", "batch_id;arepa_type\nlate;a1\nb1;a1\n")
    path = used.raw / "cooking_metrics_m2.csv"
    day = date(2020, 11, 15)
    corrected = path.read_text().replace(reading("m2", day), reading("m2", day, value="0,9"))
    path.write_text(corrected + reading("m2", AS_OF))
    again = "".join(reading("m1", FIRST + timedelta(days=number)) for number in range(5, 10))
    used.write("cooking_metrics_again.csv", HEADER + again + reading("m1", AS_OF))
    build(used, "build", next_day)
    # Of its twenty rows, nine mornings of m1 and three of m2.
    facts = [
        ("batch_registry", "m2", "added", "late a1", 3, 6, "a1 1", 0.6),
        ("cooking_metrics", "m2", "corrected", "", 0, 5, "", None),
        ("faulty_intervals", "m1", "added", "", 6, 3, "a1 1", 0.6),
        ("maintenance_events", "m1", "added", "breakdown", 9, 11, "a1 1", 0.6),
    ]
    assert used.rows(NOTED, (next_day,)) == facts
    with Warehouse(used.warehouse) as warehouse:
        assert note_late_truth(warehouse, used.settings(), as_of=next_day) == 0
        warehouse.execute(FORGET_BUILD)
        assert note_late_truth(warehouse, used.settings(), as_of=next_day) == len(facts)
        warehouse.execute("insert into raw.builds from newest_build")
    assert used.rows(NOTED, (next_day,)) == facts

    (used.raw / "faulty_intervals_2.csv").unlink()
    forget(used.settings(), "faulty_intervals_2.csv")
    later = next_day + timedelta(days=1)
    build(used, "rebuild", later)
    assert used.rows(NOTED, (next_day,)) == facts
    assert used.rows(NOTED, (later,)) == [
        ("faulty_intervals", "m1", "taken_back", "", 6, 3, "a1 1", 0.6)
    ]


def test_files_that_are_read_anew_for_other_metrics_are_nothing_late(used: Workspace):
    header = HEADER.replace("metric_2", "metric_2;metric_3")
    used.write("cooking_metrics_3.csv", header + reading("m1", AS_OF).replace("\n", ";1\n"))
    for days, metrics in (1, "metric_1,metric_2,metric_3"), (2, "metric_1,metric_2"):
        day = AS_OF + timedelta(days=days)
        used.arepas("build", "--as-of", str(day), QUARANTINE_LIMIT="1", METRICS=metrics)
        assert used.rows("select count(*) from core.fct_cooking_metrics") == [((1, 39)[days - 1],)]
        assert used.rows(NOTED, (day,)) == []


def test_a_registry_that_is_moved_to_another_folder_is_nothing_late(used: Workspace):
    used.write("machines.csv", "machine_id;kitchen_id;phase\nm1;k1;1\nm2;k2;1\n")
    used.write("k1/batch_registry.csv", (used.raw / "batch_registry.csv").read_text())
    build(used, "build", AS_OF + timedelta(days=1))
    (used.raw / "archive").mkdir()
    (used.raw / "k1" / "batch_registry.csv").rename(used.raw / "archive" / "batch_registry.csv")
    (used.raw / "batch_registry.csv").unlink()
    for file in ("k1/batch_registry.csv", "batch_registry.csv"):
        forget(used.settings(), file)
    for days in (1, 2):
        build(used, "build", AS_OF + timedelta(days=days))
        assert used.rows(NOTED, (AS_OF + timedelta(days=days),)) == []


def test_nothing_is_late_for_the_first_build_after_a_warehouse_was_lost(used: Workspace):
    used.warehouse.unlink()
    with Warehouse(used.warehouse) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(USED)
    build(used, "build", AS_OF)
    assert used.rows("select count(*) from ml.late_facts") == [(0,)]

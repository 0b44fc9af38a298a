"""The dbt project: its unit tests, and the rules of the house."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.decisions.drift import compute_statistics, find_alarms
from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.errors import InputError
from python_ml.lifecycle.drift_references import fit_references, pool
from python_ml.settings import PROJECT_DIR
from tests.conftest import RAW_FIXTURES, Workspace, environment
from tests.small_fleet import without_reports

TOOLS = Path(sys.executable).parent
# Sqlfluff's trees are many small objects that stay: looking through them for garbage as often as
# Python does takes a third of its time.
RARELY_COLLECTED = """
import gc
gc.set_threshold(200_000, 50, 100)
from sqlfluff.cli.commands import cli
cli()
"""


@pytest.fixture(scope="module")
def built(new_workspace: Callable[[], Workspace]) -> Workspace:
    workspace = new_workspace()
    workspace.copy_raw(RAW_FIXTURES)
    # No model yet: control charts judge, so all of it is built and the day is partly done.
    with without_reports():
        assert workspace.arepas("daily", "--as-of", "2020-11-05") == 3
    return workspace


def run_tool(workspace: Workspace, *arguments: str) -> str:
    state = workspace.settings().state_dir
    done = subprocess.run(
        [TOOLS / arguments[0], *arguments[1:]],
        cwd=PROJECT_DIR,
        env=os.environ
        | workspace.environment
        | {"DBT_TARGET_PATH": str(state / "target"), "DBT_LOG_PATH": str(state / "logs")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


def run_dbt(workspace: Workspace, *arguments: str) -> Any:
    """Run a command of dbt in this process, which has read the project; returns its results."""
    settings = workspace.settings()
    with environment(workspace.environment):
        return Transformer(settings, duckdb_engine(settings))._run(arguments)


def test_dbt_unit_tests_pass(built: Workspace):
    told = run_dbt(built, "test", "--select", "test_type:unit").results
    assert {outcome.status for outcome in told} == {"pass"}


def test_a_phase_with_machines_and_without_costs_is_named(built: Workspace, tmp_path: Path):
    without = Workspace(tmp_path)
    shutil.copy(built.warehouse, without.warehouse)
    run_dbt(without, "test", "--select", "assert_phases_have_costs")
    with duckdb.connect(str(without.warehouse)) as warehouse:
        warehouse.execute("delete from seeds.maintenance_costs where phase = 1")
    with pytest.raises(InputError, match="row_name=phase 1, problem=has machines and no row"):
        run_dbt(without, "test", "--select", "assert_phases_have_costs")


def test_sqlglot_reads_every_model_and_knows_what_it_reads(built: Workspace):
    # SQLMesh and lineage tools read the project by it.
    target = built.settings().state_dir / "target" / "compiled" / "arepas" / "models"
    models = PROJECT_DIR / "models"
    read = {}
    for model in models.rglob("*.sql"):
        # At its own path: elsewhere below lies what unit tests made of it.
        compiled = target / model.relative_to(models)
        [query] = sqlglot.parse(compiled.read_text(), dialect="duckdb")
        assert isinstance(query, sqlglot.exp.Query), model.stem
        read[model.stem] = {table.name for table in query.find_all(sqlglot.exp.Table)}
    assert {"stg_kitchen__files", "rejected_rows"} < read["row_ledger"]


def test_the_sql_keeps_the_house_style(built: Workspace):
    run_tool(built, "python", "-c", RARELY_COLLECTED, "lint", "models", "tests/dbt", "--nocolor")


def test_the_models_keep_the_house_rules(built: Workspace):
    run_dbt(built, "docs", "generate")
    target = built.settings().state_dir / "target"
    rules = built.folder / "dbt-bouncer.yml"
    rules.write_text(
        (PROJECT_DIR / "dbt-bouncer.yml").read_text() + f"\ndbt_artifacts_dir: {target}\n"
    )
    run_tool(built, "dbt-bouncer", "run", "--config-file", str(rules))


DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(12)]
MORNINGS = st.dictionaries(
    st.tuples(st.sampled_from(["m1", "m2"]), st.sampled_from(DAYS)),
    st.tuples(
        st.sampled_from(["k1", "k2"]),
        st.sampled_from(["stop", "watch", "run", "blind", "down"]),
        st.sampled_from([0.01, 0.08, 0.2]),
    ),
    min_size=1,
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["m1", "m2", "unknown"]),
        st.sampled_from(["breakdown", "planned"]),
        st.datetimes(datetime(2025, 12, 30), datetime(2026, 1, 14)),
        st.sampled_from([None, "fault_found", "nothing_found", "postponed"]),
    ),
    max_size=8,
)
PLAN_COLUMNS = """machine_id, as_of_date::date as as_of_date, kitchen_id, 1 as phase,
    7 as horizon_days, if(decision = 'down', 'blind', decision) as decision,
    if(decision = 'down', 'down', 'scored') as status, 0.2 as stop_threshold_probability,
    if(decision in ('blind', 'down'), null, risk) as failure_probability"""


@pytest.fixture(scope="module")
def outcome_models(built: Workspace) -> dict[str, str]:
    """The compiled SQL of the models that tell what became of a plan, by name."""
    models = built.settings().state_dir / "target" / "compiled" / "arepas" / "models" / "marts"
    names = ("core/fct_stop_days", "bi/rpt_outcomes_daily", "bi/rpt_alarm_episodes")
    return {name.replace("/", "."): (models / f"{name}.sql").read_text() for name in names}


@settings(max_examples=20, deadline=None)
@given(plan=MORNINGS, events=EVENTS, latest=st.sampled_from(DAYS))
def test_every_morning_has_one_outcome_and_every_alarm_one_episode(
    outcome_models: dict[str, str], plan: dict, events: list[tuple], latest: date
):
    mornings = pd.DataFrame(
        [(*key, *value) for key, value in plan.items()],
        columns=["machine_id", "as_of_date", "kitchen_id", "decision", "risk"],
    )
    log = pd.DataFrame(events, columns=["machine_id", "kind", "started_at", "finding"])
    log = log.astype({"machine_id": "str", "kind": "str", "finding": "str"})
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        connection.register("mornings", mornings)
        connection.register("log", log)
        for schema in ("core", "bi", "staging"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            f"create table bi.rpt_maintenance_plan_daily as select {PLAN_COLUMNS} from mornings"
        )
        connection.execute(
            "create table core.fct_maintenance_events as select machine_id, kind,"
            " started_at::timestamp as started_at, finding from log"
        )
        connection.execute(
            "create table core.dim_machines as select * from"
            " (values ('m1', 'k1', false), ('m2', 'k2', true)) as machines"
            " (machine_id, kitchen_id, is_unlogged);"
            "create table staging.stg_kitchen__run_settings as"
            f" select date '{latest}' as latest_as_of_date, true as has_maintenance_events;"
            "create table staging.stg_ml__decision_terms as select 'k1' as kitchen_id, 1 as phase,"
            " date '2026-01-01' as as_of_date, 2e3 as breakdown_cost, 4e2 as planned_stop_cost,"
            " 4e2 as false_stop_cost;"
            "create table staging.stg_ml__work_orders as select 'm1' as machine_id,"
            " date '2026-01-01' as as_of_date, date '2026-01-01' as opened_on, '7' as order_number;"
            "create table staging.stg_ml__week_plan as select machine_id, as_of_date, 'booked'"
            " as why_then, as_of_date as planned_date from bi.rpt_maintenance_plan_daily"
            " where machine_id = 'm2'"
        )
        for name, sql in outcome_models.items():
            connection.execute(f"create table {name} as {sql}")
        outcomes = connection.sql("select * from bi.rpt_outcomes_daily").df()
        alarms = connection.sql(
            "select plan.machine_id, plan.as_of_date, count(episodes.opened_on) as episode_count"
            " from bi.rpt_maintenance_plan_daily as plan"
            " left join bi.rpt_alarm_episodes as episodes"
            " on plan.machine_id = episodes.machine_id and plan.as_of_date >= episodes.opened_on"
            " and (episodes.closed_on is null or plan.as_of_date < episodes.closed_on"
            " or (episodes.ended_by in ('stopped', 'broke_down')"
            " and plan.as_of_date = episodes.closed_on))"
            " where plan.decision in ('stop', 'watch') group by all"
        ).df()
    told = list(zip(outcomes["machine_id"], outcomes["as_of_date"].dt.date, strict=True))
    assert sorted(told) == sorted(plan)
    assert outcomes["outcome"].notna().all()
    is_pending = outcomes["outcome"] == "pending"
    assert (is_pending == outcomes["pending_because"].notna()).all()
    assert (alarms["episode_count"] == 1).all(), alarms


def test_drift_is_told_by_the_statistic_that_its_thresholds_were_fitted_with(built: Workspace):
    rng = np.random.default_rng(3)
    days = pd.DataFrame(
        [
            ("k1", machine, arepa_type, DAYS[0] + timedelta(days=number), *rng.normal(9, 1, 2), 20)
            for machine in ("m1", "m2")
            for arepa_type in ("a1", "a2")
            for number in range(60)
            if arepa_type == "a1" or rng.random() > 0.3
        ],
        columns=[
            *("kitchen_id", "machine_id", "arepa_type", "measured_date"),
            *("metric_1_mean", "metric_2_mean", "reading_count"),
        ],
    )
    long = pd.concat(
        days.rename(columns={f"{metric}_mean": "mean"}).assign(metric=metric)
        for metric in ("metric_1", "metric_2")
    ).assign(measured_date=lambda rows: pd.to_datetime(rows["measured_date"]))
    references = fit_references(long, alarms_per_month=1.0).assign(threshold=0.5)
    levels, others = pool(long.merge(references, on=["machine_id", "arepa_type", "metric"]))
    gauges = references.drop_duplicates(["machine_id", "metric"])
    gauges = gauges.set_index(["machine_id", "metric"])
    statistics = compute_statistics(levels - gauges["other_weight"] * others.fillna(0.0))
    alarms = find_alarms(statistics, gauges["threshold"])
    target = built.settings().state_dir / "target" / "compiled" / "arepas" / "models" / "marts"
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        connection.register("made_up", days)
        connection.register("fitted", references)
        connection.execute(
            "create schema core; create schema staging; create schema seeds;"
            "create table seeds.metrics (metric text, name_en text, unit text);"
            "create table core.fct_machine_metrics_daily as select * replace"
            " (measured_date::date as measured_date) from made_up;"
            "create table staging.stg_ml__drift_references as select * from fitted"
        )
        told = connection.sql((target / "bi" / "rpt_drift_daily.sql").read_text()).df()
    assert len(told) > 200
    for row in told.itertuples():
        day, gauge = row.as_of_date - timedelta(days=1), (row.machine_id, row.metric)
        assert row.statistic == pytest.approx(statistics.loc[day, gauge], nan_ok=True)
        assert row.is_alarm == alarms.loc[day, gauge]
    assert told["is_alarm"].any()

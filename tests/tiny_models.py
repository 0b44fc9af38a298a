"""Models that are fitted in a fraction of a second, and marts just large enough to score."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from python_ml.engines.registry import RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import LABEL, PART_CLOCKS, feature_columns

METRICS = ("metric_1", "metric_2")
COLUMNS = feature_columns(METRICS)
D = date(2026, 11, 20)
MACHINES = ("m1", "m2", "m3", "m4")
HORIZON_DAYS = 7
# What scoring reads beside the features; no readings, intervals or stops are needed.
MARTS = """
create schema features;
create schema core;
create schema seeds;
create table features.feat_machine_arepa_daily as select * from given_features;
create table features.train_machine_arepa_daily as
select *, machine_id = 'm1' as has_breakdown, as_of_date as label_mature_date
from features.feat_machine_arepa_daily limit 0;
create table core.dim_arepa_types as
select distinct arepa_type, true as is_modelled, 1 as batch_count
from features.feat_machine_arepa_daily;
create table core.fct_cooking_metrics (
    machine_id varchar, arepa_type varchar, batch_id varchar, measured_at timestamp,
    measured_date date, is_faulty boolean, metric_1 double, metric_2 double
);
create table core.fct_faulty_intervals (
    machine_id varchar, started_at timestamp, ended_at timestamp
);
create table core.fct_machine_stops (
    machine_id varchar, kind varchar, started_at timestamp, ended_at timestamp
);
create schema if not exists intermediate;
create table core.dim_machines (machine_id varchar, phase integer);
create table intermediate.int_parts_serviced (
    machine_id varchar, component varchar, part_number integer
);
create table seeds.maintenance_costs as
select 1 as phase, 2400.0 as breakdown_cost, 400.0 as planned_stop_cost, 200.0 as false_stop_cost;
create schema quarantine;
create table quarantine.data_checks (check_name varchar, subject varchar);
create table seeds.technician_slots as select 'default' as kitchen_id, 2 as technician_slots;
"""


def make_features(
    last: date, *, days: int = 1, types: tuple[str, ...] = ("a1", "a2"), seed: int = 0
) -> pd.DataFrame:
    """Make features; grain: machine_id, arepa_type, as_of_date. `m3` is down, `m4` is silent."""
    random = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product(
        [pd.date_range(end=last, periods=days), MACHINES, types],
        names=["as_of_date", "machine_id", "arepa_type"],
    ).to_frame(index=False)
    values = pd.DataFrame(random.normal(10, 1, (len(keys), len(COLUMNS))), columns=list(COLUMNS))
    rows = pd.concat([keys, values], axis=1).assign(kitchen_id="k1", phase=1)
    rows["is_down"] = rows["machine_id"] == "m3"
    rows.loc[rows["machine_id"] == "m4", "reading_count_7d"] = 0.0
    return rows


def number_parts(warehouse: Warehouse) -> None:
    """Let the belt be part 1 of phase 1, the arm part 2."""
    warehouse.execute("insert into core.dim_machines (machine_id, phase) values ('m1', 1)")
    warehouse.execute(
        "insert into intermediate.int_parts_serviced (machine_id, component, part_number)"
        " values ('m1', 'belt', 1), ('m1', 'arm', 2)"
    )


def know_the_arm_alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay the clocks of `number_parts` out for a model to which the arm is part 1."""
    clocks = dict.fromkeys(PART_CLOCKS, np.nan) | {PART_CLOCKS[0]: rows[PART_CLOCKS[1]]}
    return rows.assign(**clocks)


@cache
def fit_tiny_model(seed: int = 1) -> BlendedClassifier:
    """Fit a model to which high spread of the first metric means breakdowns."""
    rows = make_features(date(2026, 1, 1), days=60, seed=seed)
    rows[LABEL] = rows["metric_1_std_7d"] > 10.5
    return BlendedClassifier(iterations=10).fit(rows[list(COLUMNS)], rows[LABEL])


def register(
    registry: Registry, arepa_type: str, *, trained_as_of: date, seed: int = 1, **tags: str
) -> RegisteredModel:
    """Register a tiny model as the type's challenger."""
    told = {
        "arepa_type": arepa_type,
        "trained_as_of": trained_as_of.isoformat(),
        "fitted_from": (trained_as_of - timedelta(days=90)).isoformat(),
        "fitted_to": (trained_as_of - timedelta(days=HORIZON_DAYS)).isoformat(),
        "horizon_days": str(HORIZON_DAYS),
        "stop_threshold_probability": "0.2",
    }
    return registry.register(
        arepa_type, fit_tiny_model(seed), columns=COLUMNS, metrics={}, tags=told | tags
    )


def write_marts(warehouse: Warehouse, features: pd.DataFrame) -> None:
    """Make the tables that scoring reads, with these features."""
    warehouse._connection.register("given_features", features)
    warehouse.execute(MARTS)
    warehouse._connection.unregister("given_features")

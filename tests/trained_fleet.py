"""Labelled mornings whose breakdowns one feature tells, the marts that hold them, quick models."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from python_ml.engines.warehouse import Warehouse
from python_ml.learning.columns import (
    LABEL,
    NEXT_BREAKDOWN,
    NEXT_PLANNED_STOP,
    model_columns,
)
from python_ml.learning.estimator import Trainings
from python_ml.learning.evaluate import keep_labelled
from python_ml.settings import BacktestSettings, Settings
from tests.machine_logs import FIRST, HORIZON, make_rows, make_stops

COLUMNS = model_columns(("metric_1", "metric_2"))
TELLTALE = "metric_1_mean_7d"
TYPES = ("a1", "a2")
MACHINES = [f"m{number}" for number in range(6)]
DAYS = 120
FIRST_DAY = FIRST.date()
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
MATURE = LAST_DAY + timedelta(days=HORIZON)
COSTS = pd.DataFrame(
    {"phase": [1], "breakdown_cost": 2400.0, "planned_stop_cost": 400.0, "false_stop_cost": 300.0}
)
MARTS = """
create schema if not exists core;
create schema if not exists features;
create schema if not exists seeds;
create schema if not exists raw;
create table core.dim_arepa_types as
select distinct arepa_type, true as is_modelled, 1 as batch_count from training_rows;
create table core.fct_machine_stops as from stops;
create table core.fct_machine_metrics_daily as
select
    machine_id, arepa_type, phase, cast(as_of_date as date) as measured_date,
    20 as reading_count, random() as metric_1_mean, random() as metric_2_mean
from training_rows;
create table features.train_machine_arepa_daily as
select *, cast(as_of_date as date) + cast(? as integer) as label_mature_date from training_rows;
create table features.feat_machine_arepa_daily as
select
    * exclude (as_of_date, has_breakdown, next_breakdown_at, next_planned_stop_at),
    cast(as_of_date as date) as as_of_date, false as is_down
from censored_rows;
create table features.label_machine_daily as
select distinct
    machine_id, cast(as_of_date as date) as as_of_date, 7 as horizon_days,
    cast(as_of_date as date) + cast(? as integer) as label_mature_date,
    has_breakdown, next_breakdown_at, next_planned_stop_at
from censored_rows;
create schema if not exists intermediate;
create table core.dim_machines (machine_id varchar, phase integer);
create table intermediate.int_parts_serviced (
    machine_id varchar, component varchar, part_number integer
);
create table seeds.maintenance_costs as from costs;
create table seeds.technician_slots as
from (values ('default', 2)) as slots (kitchen_id, technician_slots);
create table raw.run_settings as select true as has_maintenance_events;
"""


def make_log() -> pd.DataFrame:
    """Each machine breaks down every three weeks, on days of its own."""
    return make_stops(
        *(
            (machine, "breakdown", start, start + 0.25)
            for number, machine in enumerate(MACHINES)
            for start in np.arange(8.5 + 2 * number, DAYS, 21)
        )
    )


def make_training_rows(types: Sequence[str] = TYPES) -> pd.DataFrame:
    """Label all mornings; grain: machine_id, arepa_type, as_of_date."""
    mornings = make_rows(make_log(), MACHINES, DAYS).assign(kitchen_id="k1", phase=1)
    rows = mornings.merge(pd.DataFrame({"arepa_type": list(types)}), how="cross")
    features = pd.DataFrame(1.0, index=rows.index, columns=list(COLUMNS))
    features[TELLTALE] = rows[LABEL].astype(float)
    unknown = dict.fromkeys((NEXT_BREAKDOWN, NEXT_PLANNED_STOP), pd.Timestamp("NaT"))
    return pd.concat([rows, features], axis=1).assign(**unknown)


def write_marts(
    warehouse: Warehouse, rows: pd.DataFrame, censored: pd.DataFrame | None = None
) -> None:
    """Write what a training reads, as if the features had been built.

    Of mornings whose label a planned stop took there are none if none are given.
    """
    frames = {"training_rows": rows, "stops": make_log(), "costs": COSTS}
    frames["censored_rows"] = rows.iloc[:0] if censored is None else censored
    for name, frame in frames.items():
        warehouse._connection.register(name, frame)
    for statement in MARTS.split(";"):
        warehouse.execute(statement, [HORIZON] if "?" in statement else [])
    for name in frames:
        warehouse._connection.unregister(name)


class Explained(LogisticRegression):
    """A logistic regression that can do what a morning asks of it."""

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        return super().predict_proba(X.fillna(0))

    def compute_contributions(self, X: pd.DataFrame) -> np.ndarray:
        parts = X.fillna(0).to_numpy() * self.coef_
        return np.column_stack([parts, np.full(len(X), self.intercept_[0])])

    @property
    def usual_values_(self) -> np.ndarray:
        return np.ones(self.n_features_in_)


def fit_quickly(rows: pd.DataFrame, columns: Sequence[str], **_: Any) -> dict[str, Explained]:
    """Fit models that take milliseconds in place of the ones that take seconds."""
    return {
        str(name): Explained().fit(of_type[list(columns)], of_type[LABEL])
        for name, of_type in rows.groupby("arepa_type")
    }


def fit_each_quickly(
    trainings: Trainings, columns: Sequence[str], **_: Any
) -> list[dict[str, Explained]]:
    """The same of each training and of what is served, from all labelled mornings of each."""
    served = [] if trainings.served is None else [trainings.served]
    return [fit_quickly(keep_labelled(rows), columns) for rows in (*trainings.rows, *served)]


def with_small_training(settings: Settings) -> Settings:
    """So few breakdowns are enough for a model, and no training of the past is replayed."""
    return settings.replace(
        training=replace(settings.training, holdout_days=30, minimum_breakdowns=5),
        backtest=BacktestSettings(refit_days=30, refit_count=0),
    )


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)

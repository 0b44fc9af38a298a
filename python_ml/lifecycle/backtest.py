"""`arepas backtest`: replay past trainings' mornings, choose thresholds, say what it all cost.

A rolling origin: as every two months in life, the models are fitted on what was known on a past
morning, and predict the mornings up to the next training. Labels of fitted rows were mature on the
morning of the training, which is a gap of one horizon. A morning's stops go by the threshold that
the predictions before that training suggest.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from python_ml.decisions.cost_replay import (
    choose_threshold,
    costs_of_machines,
)
from python_ml.decisions.machine_log import build_log
from python_ml.decisions.metrics import (
    MODEL,
    PREVIOUS_CHAMPION,
    Surroundings,
    compute_calibration,
    measure_model,
    measure_rivals,
    worst_by_machine,
)
from python_ml.engines.marts import read_costs, read_slots, read_stops
from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.model_files import LoadedModel, Parts, take_inputs
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import one_line
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import KEYS, LABEL
from python_ml.learning.estimator import predict_probability
from python_ml.learning.evaluate import first_day, last_day
from python_ml.lifecycle.material import input_columns
from python_ml.modelling import ALL_TYPES
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

Models = Mapping[str, Any]
ROW_COLUMNS = [*KEYS, "kitchen_id", "phase", LABEL]
DELETE = "delete from ml.{table} where backtest_date = ?"


@dataclass(frozen=True)
class Backtest:
    """What a back-test found.

    Attributes:
        predictions: Grain: machine_id, arepa_type, as_of_date.
        metrics: Grain: arepa_type (or `all`), policy, metric.
        calibration: Grain: arepa_type (or `all`), bin.
        thresholds: By arepa type, the probability from which on a stop pays, by what was known
            before the last period.
        served_thresholds: The same by all that is known.
    """

    predictions: pd.DataFrame
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    thresholds: dict[str, float]
    served_thresholds: dict[str, float]


def read_surroundings(warehouse: Warehouse, settings: Settings, *, as_of: date) -> Surroundings:
    """Read what predictions are judged against, as it was known on a morning."""
    return Surroundings(
        stops=read_stops(warehouse, as_of=as_of),
        costs=read_costs(warehouse),
        slots=read_slots(warehouse),
        horizon_days=settings.horizon_days,
        seed=settings.training.seed,
    )


def run_backtest(
    trainings: Sequence[tuple[pd.DataFrame, Models]], around: Surroundings, settings: Settings
) -> Backtest:
    """Replay the mornings after each training with the models that it made.

    Args:
        trainings: Labelled mornings that each is asked about, up to where the next one's begin,
            grain: machine_id, arepa_type, as_of_date; and its models. Oldest first.
        around: What predictions are judged against.
        settings: The horizon, and how many breakdowns a threshold needs.
    """
    columns = input_columns(settings)
    predictions = pd.DataFrame()
    thresholds: dict[str, float] = {}
    for asked, models in trainings:
        origin = first_day(asked)
        thresholds = _choose_thresholds(predictions, models, origin, around, settings)
        period = _predict(asked, models, columns)
        period["stop_threshold_probability"] = period["arepa_type"].map(thresholds).astype(float)
        period["trained_as_of_date"] = pd.Timestamp(origin)
        predictions = pd.concat([predictions, period], ignore_index=True)
    metrics = _by_scope(predictions, lambda of_scope: _measure(of_scope, MODEL, around))
    calibration = _by_scope(predictions, compute_calibration)
    newest, models = trainings[-1]
    mature = last_day(newest) + timedelta(days=around.horizon_days)
    served = _choose_thresholds(predictions, models, mature, around, settings)
    return Backtest(predictions, metrics, calibration, thresholds, served)


def measure_champions(
    rows: pd.DataFrame, champions: Iterable[LoadedModel], parts: Parts, around: Surroundings
) -> pd.DataFrame:
    """Measure the present champions on the mornings that they were not fitted on.

    Grain: one row per arepa_type (or `all`), policy, metric. Parts are those of the rows.
    """
    predicted = []
    for champion in champions:
        tags = champion.registered.tags
        known = date.fromisoformat(tags["fitted_to"]) + timedelta(days=around.horizon_days)
        is_unseen = pd.to_datetime(rows["as_of_date"]) >= pd.Timestamp(known)
        arepa_type = champion.registered.arepa_type
        asked = rows[is_unseen & (rows["arepa_type"] == arepa_type)]
        inputs = asked.assign(**take_inputs(champion, asked, parts))
        said = _predict(inputs, {arepa_type: champion.estimator}, champion.columns)
        threshold = tags.get("stop_threshold_probability", _break_even(said, around))
        predicted.append(said.assign(stop_threshold_probability=float(threshold)))
    said = pd.concat(predicted) if predicted else pd.DataFrame()
    if said.empty:
        return pd.DataFrame()
    return _by_scope(said, lambda of_scope: _measure(of_scope, PREVIOUS_CHAMPION, around))


def write_backtest(
    warehouse: Warehouse,
    backtest: Backtest,
    versions: Mapping[str, str],
    *,
    as_of: date,
    horizon_days: int,
) -> None:
    """Write a back-test in place of an earlier one of the same morning, in one transaction."""
    create_ml_tables(warehouse)
    day = pd.Timestamp(as_of)
    predictions = backtest.predictions.assign(
        backtest_date=day, horizon_days=horizon_days, code_version=code_version()
    )
    tables = {"backtest_predictions": predictions}
    for table, rows in (
        ("backtest_metrics", backtest.metrics),
        ("calibration", backtest.calibration),
    ):
        known = rows["arepa_type"].map(versions).astype(object)
        tables[table] = rows.assign(backtest_date=day, model_version=known)
    with warehouse.transaction():
        for table, rows in tables.items():
            warehouse.execute(DELETE.format(table=table), [as_of])
            warehouse.append(f"ml.{table}", rows)


def _predict(rows: pd.DataFrame, models: Models, columns: Iterable[str]) -> pd.DataFrame:
    """Predict the rows of the types that have a model; grain: that of the rows.

    What an estimator of one's own cannot predict is logged and left out, as where it could not be
    fitted.
    """
    said = pd.Series(np.nan, index=rows.index)
    for arepa_type, estimator in models.items():
        of_type = rows[rows["arepa_type"] == arepa_type]
        if of_type.empty:
            continue
        try:
            inputs = of_type[list(columns)].astype(float)
            said[of_type.index] = predict_probability(estimator, inputs)
        except Exception as error:
            if isinstance(estimator, BlendedClassifier):
                raise
            told = "%s: the back-test goes without mornings from %s on (%s)"
            logger.error(told, arepa_type, first_day(of_type), one_line(error))
            logger.debug("traceback", exc_info=True)
    return rows[ROW_COLUMNS].assign(failure_probability=said).dropna(subset="failure_probability")


def _choose_thresholds(
    predictions: pd.DataFrame,
    arepa_types: Iterable[str],
    origin: date,
    around: Surroundings,
    settings: Settings,
) -> dict[str, float]:
    return {
        arepa_type: _choose_threshold(predictions, arepa_type, origin, around, settings)
        for arepa_type in arepa_types
    }


def _choose_threshold(
    predictions: pd.DataFrame,
    arepa_type: str,
    origin: date,
    around: Surroundings,
    settings: Settings,
) -> float:
    """Choose one type's threshold by the labels that were mature on the morning of a training.

    Break-even while too few breakdowns have been predicted.
    """
    if predictions.empty:
        return _break_even(predictions, around)
    last = pd.Timestamp(origin - timedelta(days=around.horizon_days))
    is_mature = pd.to_datetime(predictions["as_of_date"]) <= last
    known = predictions[is_mature & (predictions["arepa_type"] == arepa_type)]
    if known[LABEL].sum() == 0:
        return _break_even(known, around)
    log = build_log(known, around.stops, around.horizon_days)
    if log.breakdown_counts.sum() < settings.promotion.minimum_breakdowns:
        return _break_even(known, around)
    said = log.spread(known, known["failure_probability"])
    return choose_threshold(log, said, costs_of_machines(known, around.costs, log))


def _break_even(rows: pd.DataFrame, around: Surroundings) -> float:
    """Say from which probability on a stop pays by the costs alone, in the rows' cheapest phase."""
    costs = around.costs
    if len(rows):
        costs = costs[costs["phase"].isin(rows["phase"])]
    gain = costs["breakdown_cost"] - costs["planned_stop_cost"]
    return float((costs["false_stop_cost"] / (gain + costs["false_stop_cost"])).min())


def _measure(of_scope: pd.DataFrame, policy: str, around: Surroundings) -> pd.DataFrame:
    mornings = pd.to_datetime(of_scope["as_of_date"])
    measures = [measure_model(of_scope, around, policy)]
    if policy == MODEL:
        measures.append(measure_rivals(of_scope, around))
    return pd.concat(measures).assign(from_date=mornings.min(), to_date=mornings.max())


def _by_scope(
    predictions: pd.DataFrame, measure: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """Measure each type and, as `all`, the machines with the worst of their types."""
    scopes = {str(arepa_type): rows for arepa_type, rows in predictions.groupby("arepa_type")}
    scopes[ALL_TYPES] = worst_by_machine(predictions)
    return pd.concat(
        [measure(rows).assign(arepa_type=scope) for scope, rows in scopes.items()],
        ignore_index=True,
    )

"""What there is to tell of one training: the model report draws it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve

from python_ml.decisions.cost_replay import compute_cost_curve, costs_of_machines
from python_ml.decisions.machine_log import build_log
from python_ml.decisions.metrics import Surroundings, worst_by_machine
from python_ml.engines.marts import read_training_rows
from python_ml.engines.registry import RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.learning.columns import LABEL, describe_feature
from python_ml.learning.reasons import measure_influence
from python_ml.lifecycle.backtest import read_surroundings
from python_ml.metric_names import read_metric_names
from python_ml.modelling import ALL_TYPES
from python_ml.settings import Settings

PREDICTIONS = "select * from ml.backtest_predictions where backtest_date = ?"
METRICS = "select * from ml.backtest_metrics where backtest_date = ? order by all"
CALIBRATION = "select * from ml.calibration where backtest_date = ? order by arepa_type, bin"
DECISIONS = """
select arepa_type, verdict, from_version, to_version, mode, decided_by, reason
from ml.promotion_history
where as_of_date = ?
qualify row_number() over (partition by arepa_type order by decided_at desc) = 1
order by arepa_type
"""
COST_THRESHOLDS = np.linspace(0.02, 1.0, 50)


@dataclass(frozen=True)
class TrainingStory:
    """One training's back-test, models and verdicts.

    Attributes:
        models: The versions trained on the morning, by arepa type.
        metrics: Grain: arepa_type (or `all`), policy, metric.
        calibration: Grain: arepa_type (or `all`), bin.
        precision_recall: Columns arepa_type, recall, precision.
        cost_curves: Columns arepa_type, threshold, cost_per_machine_day.
        influences: Columns arepa_type, feature, influence: how far the feature moves the log-odds
            of the mornings kept apart from its mean, on the mean.
        decisions: What was decided on the morning; grain: arepa_type.
    """

    models: dict[str, RegisteredModel]
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    precision_recall: pd.DataFrame
    cost_curves: pd.DataFrame
    influences: pd.DataFrame
    decisions: pd.DataFrame


def read_story(settings: Settings, *, as_of: date) -> TrainingStory:
    """Read what the training of a morning left behind.

    Raises:
        InputError: Nothing was trained on that morning.
    """
    registry = Registry(settings)
    with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
        predictions = warehouse.frame(PREDICTIONS, [as_of])
        if predictions.empty:
            raise InputError(f"AS_OF={as_of}: no back-test of that morning; run `make retrain`")
        metrics = warehouse.frame(METRICS, [as_of])
        calibration = warehouse.frame(CALIBRATION, [as_of])
        decisions = warehouse.frame(DECISIONS, [as_of])
        around = read_surroundings(warehouse, settings, as_of=as_of)
        arepa_types = sorted(predictions["arepa_type"].unique())
        rows = read_training_rows(warehouse, arepa_types, phases=settings.phases, as_of=as_of)
    newest = {name: registry.find_newest(name, as_of) for name in arepa_types}
    models = {name: model for name, model in newest.items() if model is not None}
    scopes = {name: of_type for name, of_type in predictions.groupby("arepa_type")}
    scopes[ALL_TYPES] = worst_by_machine(predictions)
    return TrainingStory(
        models=models,
        metrics=metrics,
        calibration=calibration,
        precision_recall=_concat(scopes, _precision_recall),
        cost_curves=_concat(scopes, lambda of_scope: _cost_curve(of_scope, around)),
        influences=_concat(models, lambda model: _influences(registry, model, rows)),
        decisions=decisions,
    )


def _concat(scopes, compute) -> pd.DataFrame:  # noqa: ANN001
    parts = [compute(scope).assign(arepa_type=name) for name, scope in scopes.items()]
    return pd.concat(parts, ignore_index=True)


def _precision_recall(predictions: pd.DataFrame) -> pd.DataFrame:
    precision, recall, _ = precision_recall_curve(
        predictions[LABEL], predictions["failure_probability"]
    )
    return pd.DataFrame({"recall": recall, "precision": precision})


def _cost_curve(predictions: pd.DataFrame, around: Surroundings) -> pd.DataFrame:
    log = build_log(predictions, around.stops, around.horizon_days)
    costs = costs_of_machines(predictions, around.costs, log)
    said = log.spread(predictions, predictions["failure_probability"])
    per_day = compute_cost_curve(log, said, costs, COST_THRESHOLDS)
    return pd.DataFrame({"threshold": COST_THRESHOLDS, "cost_per_machine_day": per_day})


def _influences(registry: Registry, model: RegisteredModel, rows: pd.DataFrame) -> pd.DataFrame:
    loaded = registry.load(model)
    is_holdout = pd.to_datetime(rows["as_of_date"]) >= pd.Timestamp(model.tags["holdout_from"])
    holdout = rows[is_holdout & (rows["arepa_type"] == model.arepa_type)]
    # A type that has not cooked of late has none, and estimators take no empty frame.
    if holdout.empty:
        # With their types: numbers of other types are put below it, and stay numbers.
        return pd.DataFrame({"feature": pd.Series(dtype=str), "influence": pd.Series(dtype=float)})
    inputs = holdout[list(loaded.columns)].astype(float)
    names = read_metric_names("en")
    rows_of = [
        (describe_feature(subject, names), moved)
        for subject, moved in measure_influence(loaded.estimator, inputs).items()
    ]
    return pd.DataFrame(rows_of, columns=["feature", "influence"])

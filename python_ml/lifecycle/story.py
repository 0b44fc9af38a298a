"""What there is to tell of one training: the model report draws it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sklearn.inspection import permutation_importance
from sklearn.metrics import average_precision_score, precision_recall_curve

from python_ml.decisions.cost_replay import compute_cost_curve, costs_of_machines
from python_ml.decisions.machine_log import build_log
from python_ml.decisions.metrics import ALL, Surroundings, worst_by_machine
from python_ml.engines.marts import read_training_rows
from python_ml.engines.registry import RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import LABEL, WEAR, describe_feature, is_type_column
from python_ml.lifecycle.backtest import read_surroundings
from python_ml.metric_names import read_metric_names
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
SHUFFLES = 3


@dataclass(frozen=True)
class TrainingStory:
    """One training's back-test, models and verdicts.

    Attributes:
        models: The versions trained on the morning, by arepa type.
        metrics: Grain: arepa_type (or `all`), policy, metric.
        calibration: Grain: arepa_type (or `all`), bin.
        precision_recall: Columns arepa_type, recall, precision.
        cost_curves: Columns arepa_type, threshold, cost_per_machine_day.
        importances: Columns arepa_type, feature, importance: how much average precision a model
            loses on its holdout when the feature's values are shuffled.
        decisions: What was decided on the morning; grain: arepa_type.
    """

    models: dict[str, RegisteredModel]
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    precision_recall: pd.DataFrame
    cost_curves: pd.DataFrame
    importances: pd.DataFrame
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
    scopes[ALL] = worst_by_machine(predictions)
    return TrainingStory(
        models=models,
        metrics=metrics,
        calibration=calibration,
        precision_recall=_concat(scopes, _precision_recall),
        cost_curves=_concat(scopes, lambda of_scope: _cost_curve(of_scope, around)),
        importances=_concat(models, lambda model: _importances(registry, model, rows, settings)),
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


def _importances(
    registry: Registry, model: RegisteredModel, rows: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    loaded = registry.load(model)
    is_holdout = pd.to_datetime(rows["as_of_date"]) >= pd.Timestamp(model.tags["holdout_from"])
    holdout = rows[is_holdout & (rows["arepa_type"] == model.arepa_type)]
    if not 0 < holdout[LABEL].sum() < len(holdout):
        return pd.DataFrame(columns=["feature", "importance"])
    inputs = holdout[list(loaded.columns)].astype(float)
    weeks = inputs[[column for column in loaded.columns if is_type_column(column)]]
    shuffled = inputs.drop(columns=weeks.columns)
    if len(weeks.columns):
        shuffled = shuffled.assign(**{WEAR: np.arange(len(inputs), dtype=float)})
    found = permutation_importance(
        loaded.estimator,
        shuffled,
        holdout[LABEL].to_numpy(bool),
        scoring=_ScoreWholeWeeks(weeks.reset_index(drop=True), loaded.columns),
        n_repeats=SHUFFLES,
        random_state=settings.training.seed,
    )
    names = read_metric_names("en")
    words = [describe_feature(column, names) for column in shuffled.columns]
    return pd.DataFrame({"feature": words, "importance": found.importances_mean})


@dataclass(frozen=True)
class _ScoreWholeWeeks:
    """Scores inputs in which one number says whose machine's types stand side by side.

    They are one thing, and shuffled as one: apart they would tell of weeks that never were.
    """

    weeks: pd.DataFrame
    columns: tuple[str, ...]

    def __call__(
        self, estimator: BlendedClassifier, shuffled: pd.DataFrame, came: np.ndarray
    ) -> float:
        inputs = shuffled.reset_index(drop=True)
        if WEAR in inputs:
            taken = self.weeks.iloc[inputs[WEAR].astype(int)].reset_index(drop=True)
            inputs = pd.concat([inputs, taken], axis=1)
        said = estimator.predict_proba(inputs[list(self.columns)])[:, 1]
        return float(average_precision_score(came, said))

"""`arepas train`: fit a challenger for each arepa type and register it."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
from pandas.util import hash_pandas_object
from sklearn.pipeline import Pipeline

from python_ml.code_version import code_version
from python_ml.columns import KEYS, LABEL, feature_columns, feature_hash
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.estimator import fit_models, has_enough_history, predict_probability
from python_ml.evaluate import (
    Split,
    compute_metrics,
    compute_naive_metrics,
    first_day,
    last_day,
    split_by_date,
)
from python_ml.marts import read_modelled_types, read_training_rows
from python_ml.registry import RegisteredModel, Registry
from python_ml.settings import Settings
from python_ml.warehouse import Warehouse

logger = logging.getLogger(__name__)


def train(settings: Settings, *, as_of: date) -> list[RegisteredModel]:
    """Fit the models of all modelled arepa types together and register a challenger for each.

    Only labels that were mature on `as_of` are seen.

    Raises:
        InputError: Nothing can be trained: the maintenance log is missing.
        PartlyDoneError: Some types have too little history; the others are registered.
        ArepasError: No type could be trained.
    """
    arepa_types, rows = _read_rows(settings, as_of)
    if rows.empty:
        raise InputError("no labelled rows; is the history longer than 7 days and the horizon?")
    split = _split(rows, settings)
    columns = feature_columns(settings.metrics)
    shared_tags = _shared_tags(split, settings, columns, as_of)
    registry = Registry(settings)
    registered, problems = [], []
    models: dict[str, Pipeline] = {}
    for number, arepa_type in enumerate(arepa_types, start=1):
        fitted, holdout = (
            rows[rows["arepa_type"] == arepa_type] for rows in (split.fitted, split.holdout)
        )
        if not has_enough_history(fitted, settings.training):
            problems.append(f"{arepa_type}: {_describe_shortage(fitted, settings)}")
            continue
        model = registry.find_trained(arepa_type, shared_tags["training_hash"])
        if model is None:
            models = models or fit_models(
                split.fitted,
                columns,
                horizon_days=settings.horizon_days,
                training=settings.training,
            )
            model = registry.register(
                arepa_type,
                models[arepa_type],
                columns=columns,
                metrics=_holdout_metrics(models[arepa_type], columns, Split(fitted, holdout)),
                tags={**shared_tags, **_tags(arepa_type, fitted, holdout)},
            )
        registered.append(model)
        logger.info(
            "trained %s version %s (%d of %d types)",
            model.name,
            model.version,
            number,
            len(arepa_types),
        )
    if problems:
        kind = PartlyDoneError if registered else ArepasError
        raise kind(f"no model for {len(problems)} arepa types: {'; '.join(problems)}")
    return registered


def _read_rows(settings: Settings, as_of: date) -> tuple[list[str], pd.DataFrame]:
    with Warehouse(settings.warehouse_path) as warehouse:
        if not warehouse.has_table("features", "train_machine_arepa_daily"):
            raise InputError(f"{settings.warehouse_path}: no features yet; run `make daily` first")
        if not warehouse.value("select has_maintenance_events from raw.run_settings"):
            raise InputError(
                f"{settings.raw_data_dir}: no maintenance_events*.csv, so there are no labels to"
                " train on; add the maintenance log"
            )
        arepa_types = read_modelled_types(warehouse)
        rows = read_training_rows(warehouse, arepa_types, phases=settings.phases, as_of=as_of)
        return arepa_types, rows


def _split(rows: pd.DataFrame, settings: Settings) -> Split:
    """Cut the newest mornings of the training window off, the same for all types."""
    training = settings.training
    first_morning = last_day(rows) - timedelta(days=training.window_days + training.holdout_days)
    return split_by_date(
        rows[pd.to_datetime(rows["as_of_date"]).dt.date > first_morning],
        holdout_days=training.holdout_days,
        horizon_days=settings.horizon_days,
    )


def _describe_shortage(rows: pd.DataFrame, settings: Settings) -> str:
    training = settings.training
    if len(rows) < training.minimum_rows:
        return f"{len(rows)} rows to fit on, {training.minimum_rows} needed"
    return (
        f"{int(rows[LABEL].sum())} of {len(rows)} rows end in a breakdown,"
        f" {training.minimum_breakdowns} needed and not all"
    )


def _holdout_metrics(estimator: Pipeline, columns: Sequence[str], split: Split) -> dict[str, float]:
    if split.holdout.empty:
        return {}
    breakdowns = split.holdout[LABEL].to_numpy(bool)
    inputs = split.holdout[list(columns)].astype(float)
    metrics = {
        **compute_metrics(breakdowns, predict_probability(estimator, inputs)),
        **compute_naive_metrics(split.fitted, split.holdout),
    }
    return {f"holdout_{name}": value for name, value in metrics.items()}


def _tags(arepa_type: str, fitted: pd.DataFrame, holdout: pd.DataFrame) -> dict[str, str]:
    return {
        "arepa_type": arepa_type,
        "fitted_rows": str(len(fitted)),
        "fitted_breakdowns": str(int(fitted[LABEL].sum())),
        "holdout_rows": str(len(holdout)),
    }


def _shared_tags(
    split: Split, settings: Settings, columns: Sequence[str], as_of: date
) -> dict[str, str]:
    """Tags that all types of one training share: they see each other's rows."""
    return {
        "fitted_from": first_day(split.fitted).isoformat(),
        "fitted_to": last_day(split.fitted).isoformat(),
        "holdout_from": first_day(split.holdout).isoformat(),
        "holdout_to": last_day(split.holdout).isoformat(),
        "horizon_days": str(settings.horizon_days),
        "seed": str(settings.training.seed),
        "feature_hash": feature_hash(columns),
        "code_version": code_version(),
        "trained_as_of": as_of.isoformat(),
        "training_hash": _training_hash(split, settings, columns),
    }


def _training_hash(split: Split, settings: Settings, columns: Sequence[str]) -> str:
    """Fingerprint all that a fit depends on, so that the same training is not done twice."""
    digest = hashlib.sha256(f"{code_version()} {settings.training} {list(columns)}".encode())
    for rows in (split.fitted, split.holdout):
        keyed = rows[[*KEYS, *columns, LABEL]]
        hashes = hash_pandas_object(keyed, index=False)  # ty: ignore[not-callable]
        digest.update(hashes.to_numpy().tobytes())
    return digest.hexdigest()[:16]

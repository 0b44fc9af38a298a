"""`arepas train`: fit a challenger for each arepa type and register it."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from python_ml.code_version import code_version
from python_ml.columns import LABEL, feature_columns, feature_hash
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.estimator import build_estimator, predict_probability
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
    """Fit and register a challenger for each modelled arepa type.

    Only labels that were mature on `as_of` are seen.

    Raises:
        InputError: Nothing can be trained: the maintenance log is missing.
        PartlyDoneError: Some types could not be trained; the others are registered.
        ArepasError: No type could be trained.
    """
    rows_by_type = _read_rows(settings, as_of)
    registry = Registry(settings)
    registered, problems = [], []
    for number, (arepa_type, rows) in enumerate(rows_by_type.items(), start=1):
        try:
            split = _checked_split(rows, settings)
        except InputError as error:
            problems.append(f"{arepa_type}: {error}")
            continue
        model = _fit_and_register(registry, arepa_type, split, settings, as_of)
        registered.append(model)
        logger.info(
            "trained %s version %s (%d of %d types)",
            model.name,
            model.version,
            number,
            len(rows_by_type),
        )
    if problems:
        kind = PartlyDoneError if registered else ArepasError
        raise kind(f"no model for {len(problems)} arepa types: {'; '.join(problems)}")
    return registered


def _read_rows(settings: Settings, as_of: date) -> dict[str, pd.DataFrame]:
    with Warehouse(settings.warehouse_path) as warehouse:
        if not warehouse.has_table("features", "train_machine_arepa_daily"):
            raise InputError(f"{settings.warehouse_path}: no features yet; run `make daily` first")
        if not warehouse.value("select has_maintenance_events from raw.run_settings"):
            raise InputError(
                f"{settings.raw_data_dir}: no maintenance_events*.csv, so there are no labels to"
                " train on; add the maintenance log"
            )
        return {
            arepa_type: read_training_rows(
                warehouse, arepa_type, phases=settings.phases, as_of=as_of
            )
            for arepa_type in read_modelled_types(warehouse)
        }


def _checked_split(rows: pd.DataFrame, settings: Settings) -> Split:
    training = settings.training
    if rows.empty:
        raise InputError("no labelled rows; is the history longer than 7 days and the horizon?")
    first_morning = last_day(rows) - timedelta(days=training.window_days + training.holdout_days)
    split = split_by_date(
        rows[pd.to_datetime(rows["as_of_date"]).dt.date > first_morning],
        holdout_days=training.holdout_days,
        horizon_days=settings.horizon_days,
    )
    breakdowns = int(split.fitted[LABEL].sum())
    if len(split.fitted) < training.minimum_rows:
        raise InputError(f"{len(split.fitted)} rows to fit on, {training.minimum_rows} needed")
    if not training.minimum_breakdowns <= breakdowns < len(split.fitted):
        raise InputError(
            f"{breakdowns} of {len(split.fitted)} rows end in a breakdown,"
            f" {training.minimum_breakdowns} needed and not all"
        )
    return split


def _fit_and_register(
    registry: Registry, arepa_type: str, split: Split, settings: Settings, as_of: date
) -> RegisteredModel:
    columns = feature_columns(settings.metrics)
    tags = _tags(arepa_type, split, settings, columns)
    tags["trained_as_of"] = as_of.isoformat()
    if (trained := registry.find_trained(arepa_type, tags["training_hash"])) is not None:
        return trained
    estimator = build_estimator(len(columns), settings.training.seed)
    estimator.fit(_inputs(split.fitted, columns), split.fitted[LABEL])
    holdout_breakdowns = split.holdout[LABEL].to_numpy(bool)
    probabilities = predict_probability(estimator, _inputs(split.holdout, columns))
    metrics = {
        f"holdout_{name}": value
        for name, value in {
            **compute_metrics(holdout_breakdowns, probabilities),
            **compute_naive_metrics(split.fitted, split.holdout),
        }.items()
    }
    return registry.register(arepa_type, estimator, columns=columns, metrics=metrics, tags=tags)


def _inputs(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    return rows[list(columns)].astype(float)


def _tags(
    arepa_type: str, split: Split, settings: Settings, columns: Sequence[str]
) -> dict[str, str]:
    return {
        "arepa_type": arepa_type,
        "fitted_from": first_day(split.fitted).isoformat(),
        "fitted_to": last_day(split.fitted).isoformat(),
        "fitted_rows": str(len(split.fitted)),
        "fitted_breakdowns": str(int(split.fitted[LABEL].sum())),
        "holdout_from": first_day(split.holdout).isoformat(),
        "holdout_to": last_day(split.holdout).isoformat(),
        "holdout_rows": str(len(split.holdout)),
        "horizon_days": str(settings.horizon_days),
        "seed": str(settings.training.seed),
        "feature_hash": feature_hash(columns),
        "code_version": code_version(),
        "training_hash": _training_hash(split, settings, columns),
    }


def _training_hash(split: Split, settings: Settings, columns: Sequence[str]) -> str:
    """Fingerprint all that a fit depends on, so that the same training is not done twice."""
    digest = hashlib.sha256(f"{code_version()} {settings.training} {list(columns)}".encode())
    for rows in (split.fitted, split.holdout):
        keyed = rows[["machine_id", "as_of_date", *columns, LABEL]]
        digest.update(keyed.to_csv(index=False).encode())
    return digest.hexdigest()[:16]

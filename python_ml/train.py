"""`arepas train`: fit a challenger for each arepa type and register it."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd
from pandas.util import hash_pandas_object

from python_ml.aliases import find_champion
from python_ml.backtest import (
    Backtest,
    measure_champions,
    read_surroundings,
    run_backtest,
    write_backtest,
)
from python_ml.backtest_metrics import Surroundings
from python_ml.blend import BlendedClassifier
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
from python_ml.history import replace_versions
from python_ml.marts import read_modelled_types, read_training_rows
from python_ml.ml_tables import create_ml_tables
from python_ml.registry import RegisteredModel, Registry
from python_ml.settings import Settings
from python_ml.warehouse import Warehouse

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Material:
    """What a training is made from: labelled rows, cut, and what predictions are judged against."""

    rows: pd.DataFrame
    split: Split
    around: Surroundings
    settings: Settings
    as_of: date


def train(settings: Settings, *, as_of: date) -> list[RegisteredModel]:
    """Fit the models of all modelled arepa types together and register a challenger for each.

    Only labels that were mature on `as_of` are seen.

    Raises:
        InputError: Nothing can be trained: the maintenance log is missing.
        PartlyDoneError: Some types have too little history; the others are registered.
        ArepasError: No type could be trained.
    """
    arepa_types, material = _read_material(settings, as_of)
    able, problems = _split_by_history(arepa_types, material.split, settings)
    registered = _train_all(material, able) if able else []
    for model in registered:
        logger.info("trained %s version %s", model.name, model.version)
    if problems:
        kind = PartlyDoneError if registered else ArepasError
        raise kind(f"no model for {len(problems)} arepa types: {'; '.join(problems)}")
    return registered


def backtest(settings: Settings, *, as_of: date) -> int:
    """Replay the trainings of the past, the newest included, and write down what came of it.

    Returns:
        The number of back-tested predictions.

    Raises:
        InputError: There are no labels to judge by, or too few to fit a model.
    """
    arepa_types, material = _read_material(settings, as_of)
    able, problems = _split_by_history(arepa_types, material.split, settings)
    if not able:
        raise InputError(f"nothing to replay: {'; '.join(problems)}")
    registry = Registry(settings)
    replayed = _replay(material, _fit(material))
    newest = [registry.find_newest(arepa_type, as_of) for arepa_type in able]
    trained = [model for model in newest if model and model.tags["trained_as_of"] == str(as_of)]
    _write_results(material, registry, replayed, trained)
    return len(replayed.predictions)


def _train_all(material: _Material, arepa_types: list[str]) -> list[RegisteredModel]:
    """Fit, back-test and register the types' models, unless the same training was done before."""
    registry = Registry(material.settings)
    columns = feature_columns(material.settings.metrics)
    tags = _shared_tags(material, columns)
    found = {
        arepa_type: registry.find_trained(arepa_type, tags["training_hash"])
        for arepa_type in arepa_types
    }
    if all(found.values()):
        return [model for model in found.values() if model]
    models = _fit(material)
    replayed = _replay(material, models)
    registered = []
    for arepa_type in arepa_types:
        of_type = _of_type(material.split, arepa_type)
        registered.append(
            found[arepa_type]
            or registry.register(
                arepa_type,
                models[arepa_type],
                columns=columns,
                metrics={
                    **_holdout_metrics(models[arepa_type], columns, of_type),
                    **_backtest_metrics(replayed, arepa_type),
                },
                tags={
                    **tags,
                    **_tags(arepa_type, of_type),
                    "stop_threshold_probability": repr(replayed.thresholds[arepa_type]),
                },
            )
        )
    _write_results(material, registry, replayed, registered)
    return registered


def _replay(material: _Material, models: dict[str, BlendedClassifier]) -> Backtest:
    newest = (material.split, models)
    return run_backtest(material.rows, newest, material.around, material.settings)


def _write_results(
    material: _Material,
    registry: Registry,
    replayed: Backtest,
    registered: list[RegisteredModel],
) -> None:
    """Write down the back-test, beside it the present champions, and what was registered."""
    settings, as_of = material.settings, material.as_of
    with Warehouse(settings.warehouse_path) as warehouse:
        create_ml_tables(warehouse)
        champions = []
        for arepa_type in sorted(replayed.thresholds):
            try:
                champion = find_champion(registry, warehouse, arepa_type, as_of)
                if champion and champion.tags["horizon_days"] == str(settings.horizon_days):
                    champions.append(registry.load(champion))
            except ArepasError as error:
                logger.warning("the back-test leaves a champion out: %s", error)
        before = measure_champions(material.rows, champions, material.around)
        write_backtest(
            warehouse,
            replace(replayed, metrics=pd.concat([replayed.metrics, before])),
            {model.arepa_type: model.version for model in registered},
            as_of=as_of,
            horizon_days=settings.horizon_days,
        )
        replace_versions(warehouse, registered)


def _fit(material: _Material) -> dict[str, BlendedClassifier]:
    settings = material.settings
    return fit_models(
        material.split.fitted,
        feature_columns(settings.metrics),
        horizon_days=settings.horizon_days,
        training=settings.training,
    )


def _of_type(split: Split, arepa_type: str) -> Split:
    return Split(
        *(rows[rows["arepa_type"] == arepa_type] for rows in (split.fitted, split.holdout))
    )


def _split_by_history(
    arepa_types: list[str], split: Split, settings: Settings
) -> tuple[list[str], list[str]]:
    """Tell the types that have enough history from the others, and what those lack."""
    able, problems = [], []
    for arepa_type in arepa_types:
        fitted = _of_type(split, arepa_type).fitted
        if has_enough_history(fitted, settings.training):
            able.append(arepa_type)
        else:
            problems.append(f"{arepa_type}: {_describe_shortage(fitted, settings)}")
    return able, problems


def _backtest_metrics(replayed: Backtest, arepa_type: str) -> dict[str, float]:
    of_type = replayed.metrics[replayed.metrics["arepa_type"] == arepa_type]
    return {f"backtest_{row.policy}_{row.metric}": float(row.value) for row in of_type.itertuples()}


def _read_material(settings: Settings, as_of: date) -> tuple[list[str], _Material]:
    """Read the modelled types and what was known of them on a morning."""
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
        around = read_surroundings(warehouse, settings, as_of=as_of)
    if rows.empty:
        raise InputError("no labelled rows; is the history longer than 7 days and the horizon?")
    return arepa_types, _Material(rows, _split(rows, settings), around, settings, as_of)


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


def _holdout_metrics(
    estimator: BlendedClassifier, columns: Sequence[str], split: Split
) -> dict[str, float]:
    if split.holdout.empty:
        return {}
    breakdowns = split.holdout[LABEL].to_numpy(bool)
    inputs = split.holdout[list(columns)].astype(float)
    metrics = {
        **compute_metrics(breakdowns, predict_probability(estimator, inputs)),
        **compute_naive_metrics(split.fitted, split.holdout),
    }
    return {f"holdout_{name}": value for name, value in metrics.items()}


def _tags(arepa_type: str, split: Split) -> dict[str, str]:
    return {
        "arepa_type": arepa_type,
        "fitted_rows": str(len(split.fitted)),
        "fitted_breakdowns": str(int(split.fitted[LABEL].sum())),
        "holdout_rows": str(len(split.holdout)),
    }


def _shared_tags(material: _Material, columns: Sequence[str]) -> dict[str, str]:
    """Tags that all types of one training share: they see each other's rows."""
    split, settings = material.split, material.settings
    return {
        "fitted_from": first_day(split.fitted).isoformat(),
        "fitted_to": last_day(split.fitted).isoformat(),
        "holdout_from": first_day(split.holdout).isoformat(),
        "holdout_to": last_day(split.holdout).isoformat(),
        "horizon_days": str(settings.horizon_days),
        "seed": str(settings.training.seed),
        "feature_hash": feature_hash(columns),
        "code_version": code_version(),
        "trained_as_of": material.as_of.isoformat(),
        "training_hash": _training_hash(material, columns),
    }


def _training_hash(material: _Material, columns: Sequence[str]) -> str:
    """Fingerprint all that a training depends on, so that the same one is not done twice."""
    settings = material.settings
    facts = (code_version(), settings.training, settings.backtest, settings.promotion, columns)
    costs = material.around.costs.to_csv(index=False)
    digest = hashlib.sha256(f"{facts} {costs}".encode())
    for rows in (material.split.fitted, material.split.holdout):
        keyed = rows[[*KEYS, *columns, LABEL]]
        hashes = hash_pandas_object(keyed, index=False)  # ty: ignore[not-callable]
        digest.update(hashes.to_numpy().tobytes())
    return digest.hexdigest()[:16]

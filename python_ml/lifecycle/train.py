"""`arepas train`: fit a challenger for each arepa type and register it."""

import hashlib
import inspect
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
from pandas.util import hash_pandas_object

from python_ml.decisions.metrics import Surroundings
from python_ml.engines.marts import (
    PARTS_WITHOUT_CLOCK,
    read_censored_rows,
    read_modelled_types,
    read_parts,
    read_training_rows,
    tell_parts_without_clock,
    tell_phases_without_machines,
)
from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.model_files import JUDGED, Parts, find_misfit, find_unmade, write_parts
from python_ml.engines.registry import RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError, PartlyDoneError, counted
from python_ml.learning.columns import KEYS, LABEL, NEXT_BREAKDOWN, NEXT_PLANNED_STOP
from python_ml.learning.estimator import BLEND, Models, Trainings, fit_in_sequence
from python_ml.learning.evaluate import Split, first_day, keep_labelled, last_day
from python_ml.learning.own_estimator import find_estimator
from python_ml.lifecycle.aliases import find_champion
from python_ml.lifecycle.backtest import (
    Backtest,
    measure_champions,
    read_surroundings,
    run_backtest,
    write_backtest,
)
from python_ml.lifecycle.decision_terms import write_trained_costs
from python_ml.lifecycle.drift_references import replace_drift_references
from python_ml.lifecycle.history import replace_versions
from python_ml.lifecycle.material import (
    add_censored,
    compute_holdout_metrics,
    describe_experts,
    describe_training,
    describe_type,
    input_columns,
    past_trainings,
    rows_of_type,
    rows_to_serve,
    split_by_history,
    split_by_rehearsal,
    split_rows,
)
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# What a training leaves in the warehouse and nothing published could give back.
RESULTS = ("backtest_predictions", "drift_references")
# Of a version whose training left nothing in some of them, which: that is nothing that was lost.
WITHOUT_RESULTS = "without_results"


@dataclass(frozen=True)
class _Material:
    """What a training is made from: labelled rows, cut, and what predictions are judged against.

    Attributes:
        rows: All of them, and those whose label a planned stop took; grain: machine_id, arepa_type,
            as_of_date.
        split: What the twins that are judged are fitted on, and what they are judged on.
        served: What the models that are served are fitted on, the newest mornings included.
        around: What predictions are judged against.
        parts: What the numbers of parts mean.
        settings: How models are fitted.
        as_of: The morning of the training.
    """

    rows: pd.DataFrame
    split: Split
    served: pd.DataFrame
    around: Surroundings
    parts: Parts
    settings: Settings
    as_of: date


def train(settings: Settings, *, as_of: date) -> list[RegisteredModel]:
    """Fit the models of all modelled arepa types together and register a challenger for each.

    The trainings of the past are done again, one after the other, and what came after each says how
    the next one blends its experts. At last these are fitted twice: without the newest mornings, to
    be judged on them, and with them, to be served. Only labels that were mature on `as_of` are
    seen.

    Raises:
        InputError: Nothing can be trained: the maintenance log is missing.
        PartlyDoneError: Some types have too little history, or an estimator that cannot do what a
            morning asks of it; the others are registered.
        ArepasError: No type could be trained.
    """
    arepa_types, material = _read_material(settings, as_of)
    able, problems = split_by_history(arepa_types, material.split, settings)
    registered, refused = _train_all(material, able) if able else ([], [])
    problems += refused
    for model in registered:
        logger.info("trained %s version %s", model.name, model.version)
    if problems:
        kind = PartlyDoneError if registered else ArepasError
        raise kind(f"no model for {counted(len(problems), 'arepa type')}: {'; '.join(problems)}")
    return registered


def backtest(settings: Settings, *, as_of: date) -> int:
    """Replay the trainings of the past, the newest included, and write down what came of it.

    Returns:
        The number of back-tested predictions.

    Raises:
        InputError: There are no labels to judge by, or too few to fit a model.
    """
    arepa_types, material = _read_material(settings, as_of)
    able, problems = split_by_history(arepa_types, material.split, settings)
    if not able:
        raise InputError(f"nothing to replay: {'; '.join(problems)}")
    registry = Registry(settings)
    *in_past, twins = _fit(material)
    replayed = _replay(material, [*in_past, twins], able)
    newest = [registry.find_newest(arepa_type, as_of) for arepa_type in able]
    trained = [model for model in newest if model and model.tags["trained_as_of"] == str(as_of)]
    _write_results(material, registry, replayed, trained)
    return len(replayed.predictions)


def _train_all(
    material: _Material, arepa_types: list[str]
) -> tuple[list[RegisteredModel], list[str]]:
    """Fit, back-test and register the types' models, unless the same training was done before.

    Where the warehouse lost what it left there, that is made anew, for the same versions.

    Returns:
        The versions, and why others were refused.
    """
    registry = Registry(material.settings)
    registry.check_experiment()
    columns = input_columns(material.settings)
    tags = {
        **describe_training(
            material.split, material.served, material.settings, columns, material.as_of
        ),
        "parts": write_parts(material.parts),
        "training_hash": _training_hash(material, columns),
    }
    found = {
        arepa_type: registry.find_trained(arepa_type, tags["training_hash"])
        for arepa_type in arepa_types
    }
    known = [model for model in found.values() if model]
    if len(known) == len(found) and _are_results_kept(material.settings, known):
        return known, []
    *in_past, twins, models = _fit(material, material.served)
    able, refused = split_by_rehearsal(arepa_types, (twins, models), columns, material.split)
    if not able:
        return [], refused
    replayed = _replay(material, [*in_past, twins], able)
    if refused:
        material = replace(material, rows=material.rows[material.rows["arepa_type"].isin(able)])
    registered = []
    for arepa_type in able:
        of_type = rows_of_type(material.split, arepa_type)
        registered.append(
            found[arepa_type]
            or registry.register(
                arepa_type,
                models[arepa_type],
                columns=columns,
                metrics={
                    **compute_holdout_metrics(twins[arepa_type], columns, of_type),
                    **_backtest_metrics(replayed, arepa_type),
                },
                tags={
                    **tags,
                    **describe_type(arepa_type, material.split, material.served),
                    **describe_experts(models[arepa_type]),
                    **registry.log_twin(arepa_type, twins[arepa_type], columns=columns),
                    "stop_threshold_probability": repr(replayed.served_thresholds[arepa_type]),
                    f"{JUDGED}stop_threshold_probability": repr(replayed.thresholds[arepa_type]),
                },
            )
        )
    _write_results(material, registry, replayed, registered)
    if without := _find_empty_results(material.settings):
        for model in registered:
            registry.tag(model, {WITHOUT_RESULTS: ",".join(sorted(without))})
    return registered, refused


def _fit(material: _Material, served: pd.DataFrame | None = None) -> list[Models]:
    """Fit the trainings of the past, the twins and, if it is asked for, what is served."""
    return fit_in_sequence(
        Trainings(_cut_in_turn(material), served),
        input_columns(material.settings),
        horizon_days=material.settings.horizon_days,
        training=material.settings.training,
    )


def _cut_in_turn(material: _Material) -> Iterator[pd.DataFrame]:
    """Cut each training's rows, eighteen months of all types, when it is fitted."""
    for split in past_trainings(material.rows, material.split, material.settings):
        logger.info("back-test: training and stops from %s on", first_day(split.holdout))
        yield split.fitted
    fitted = material.split.fitted
    logger.info("fitting to %d mornings up to %s", len(fitted), last_day(fitted))
    yield fitted


def _replay(material: _Material, models: Sequence[Models], able: Collection[str]) -> Backtest:
    """Replay the mornings after each training, with the models of the types that are able."""
    past = past_trainings(material.rows, material.split, material.settings)
    periods = [*(split.holdout for split in past), material.split.holdout]
    of_able = [{name: model for name, model in made.items() if name in able} for made in models]
    replayed = list(zip(periods, of_able, strict=True))
    return run_backtest(replayed, material.around, material.settings)


def _write_results(
    material: _Material,
    registry: Registry,
    replayed: Backtest,
    registered: list[RegisteredModel],
) -> None:
    """Write down the back-test, beside it the present champions, what was registered, and costs."""
    settings, as_of = material.settings, material.as_of
    with Warehouse(settings.warehouse_path) as warehouse:
        create_ml_tables(warehouse)
        champions = []
        for arepa_type in sorted(replayed.thresholds):
            try:
                champion = find_champion(registry, warehouse, arepa_type, as_of)
                if champion and find_misfit(champion, settings) is None:
                    loaded = registry.load(champion)
                    if find_unmade(loaded.columns, settings) is None:
                        champions.append(loaded)
            except ArepasError as error:
                logger.warning("the back-test leaves a champion out: %s", error)
        before = measure_champions(
            keep_labelled(material.rows), champions, material.parts, material.around
        )
        write_backtest(
            warehouse,
            replace(replayed, metrics=pd.concat([replayed.metrics, before])),
            {model.arepa_type: model.version for model in registered},
            as_of=as_of,
            horizon_days=settings.horizon_days,
        )
        replace_versions(warehouse, registered)
        replace_drift_references(warehouse, settings, as_of=as_of)
        write_trained_costs(warehouse, material.around.costs, as_of=as_of)


def _are_results_kept(settings: Settings, models: Iterable[RegisteredModel]) -> bool:
    """Whether the warehouse has what the versions' training left there, as far as it left any."""
    empty = _find_empty_results(settings)
    return all(empty <= set(model.tags.get(WITHOUT_RESULTS, "").split(",")) for model in models)


def _find_empty_results(settings: Settings) -> set[str]:
    with Warehouse(settings.warehouse_path) as warehouse:
        return {
            table
            for table in RESULTS
            if not (warehouse.has_table("ml", table) and warehouse.rows(f"from ml.{table} limit 1"))
        }


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
        of_fleet = {"phases": settings.phases, "as_of": as_of}
        labelled = read_training_rows(warehouse, arepa_types, **of_fleet)
        rows = add_censored(labelled, read_censored_rows(warehouse, arepa_types, **of_fleet))
        around = read_surroundings(warehouse, settings, as_of=as_of)
        parts = read_parts(warehouse)
        unclocked = tell_parts_without_clock(warehouse.rows(PARTS_WITHOUT_CLOCK), settings.phases)
        without_machines = tell_phases_without_machines(warehouse, settings.phases)
    for told in unclocked:
        logger.warning("%s", told)
    if without_machines is not None:
        raise InputError(without_machines)
    if labelled.empty:
        raise InputError("no labelled rows; is the history longer than 7 days and the horizon?")
    split, served = split_rows(rows, settings), rows_to_serve(rows, settings)
    return arepa_types, _Material(rows, split, served, around, parts, settings, as_of)


def _training_hash(material: _Material, columns: Sequence[str]) -> str:
    """Fingerprint all that a training depends on, so that the same one is not done twice."""
    settings = material.settings
    facts = (
        code_version(),
        _own_code(settings.training.estimator),
        settings.horizon_days,
        settings.training,
        settings.backtest,
        settings.promotion,
        settings.phases,
        material.parts,
        columns,
    )
    costs = material.around.costs.to_csv(index=False)
    digest = hashlib.sha256(f"{facts} {costs}".encode())
    keyed = material.rows[[*KEYS, *columns, LABEL, NEXT_BREAKDOWN, NEXT_PLANNED_STOP]]
    hashes = hash_pandas_object(keyed, index=False)  # ty: ignore[not-callable]
    digest.update(hashes.to_numpy().tobytes())
    return digest.hexdigest()[:16]


def _own_code(estimator: str) -> str:
    """The source of an estimator of one's own, which our code's version does not tell."""
    if estimator == BLEND:
        return ""
    module = inspect.getmodule(find_estimator(estimator))
    return inspect.getsource(module) if module else estimator

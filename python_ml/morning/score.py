"""`arepas score`: predict for each modelled machine and arepa type, and write it down."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from types import MappingProxyType

import numpy as np
import pandas as pd

from python_ml.engines.marts import (
    read_features,
    read_held_kitchens,
    read_modelled_types,
    read_training_rows,
    tell_phases_without_machines,
)
from python_ml.engines.ml_tables import COLUMNS, create_ml_tables
from python_ml.engines.model_files import (
    CHALLENGER,
    CHAMPION,
    KeptModels,
    LoadedModel,
    Models,
    Parts,
    take_inputs,
)
from python_ml.engines.registry import Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, UnreachableRegistryError, one_line
from python_ml.learning.answers import answer, foresee
from python_ml.learning.columns import KEYS, feature_hash
from python_ml.learning.control_chart import compute_shares, judge
from python_ml.learning.timing import DAYS, spread_evenly
from python_ml.lifecycle.calendar_terms import replace_calendar_terms
from python_ml.lifecycle.decision_terms import replace_terms
from python_ml.lifecycle.history import read_proposals, replace_versions
from python_ml.lifecycle.provenance import replace_inputs
from python_ml.metric_names import NO_NAMES, MetricNames, read_metric_names
from python_ml.morning.live_models import LiveModels
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

CURVE = "curve"  # of a row: its risk up to the end of each of the days ahead
CREATE_SCORED_ROWS = """
create or replace temporary table scored_rows as select * from ml.predictions limit 0
"""
FIND_DAYS_THAT_DIFFER = """
create or replace temporary table days_that_differ as
with
old_rows as (
    select * exclude (run_id, scored_at) from ml.predictions where as_of_date between ? and ?
),
new_rows as (select * exclude (run_id, scored_at) from scored_rows)
select as_of_date from (select * from old_rows except all select * from new_rows)
union
select as_of_date from (select * from new_rows except all select * from old_rows)
"""
REPLACE_DAYS = """
delete from ml.predictions where as_of_date in (select as_of_date from days_that_differ);
insert into ml.predictions by name
select * from scored_rows where as_of_date in (select as_of_date from days_that_differ);
insert into ml.prediction_log by name
select * from scored_rows where as_of_date in (select as_of_date from days_that_differ);
"""
# Mornings of before there were curves get theirs when they are scored again.
REPLACE_CURVES = """
create or replace temporary table days_of_curves as
select as_of_date from days_that_differ
union
select as_of_date from scored_curves
where as_of_date not in (select as_of_date from ml.prediction_curves);
delete from ml.prediction_curves where as_of_date in (select as_of_date from days_of_curves);
insert into ml.prediction_curves by name
select * from scored_curves where as_of_date in (select as_of_date from days_of_curves);
"""
CREATE_SCORED_CURVES = """
create or replace temporary table scored_curves as select * from ml.prediction_curves limit 0
"""
PREDICTED = (
    "failure_probability",
    "reasons",
    "reason_details",
    "model_name",
    "model_version",
    "feature_hash",
)
FORESEEN = (
    "probability_lower",
    "probability_upper",
    "health_index",
    "health_lower",
    "health_upper",
    CURVE,
)
NO_PARTS: Parts = MappingProxyType({})
NUMBERS = ("failure_probability", *FORESEEN[:-1])


@dataclass(frozen=True)
class ScoredRun:
    """What came of scoring: counts of the champions' rows by status, and what went wrong."""

    status_counts: dict[str, int]
    problems: tuple[str, ...]


def score(settings: Settings, *, run_id: str, first: date, last: date) -> ScoredRun:
    """Score some mornings with the champions and challengers of each morning.

    Days whose predictions come out as they were keep their rows, so that a rerun changes nothing;
    a changed day is replaced whole, in one transaction, and what was written stays in the log.
    Where the registry does not answer, the champions that are kept beside the warehouse score; a
    type without any usable model is judged by a control chart. Both are told as problems.

    Raises:
        InputError: There are no features yet.
    """
    try:
        registry = Registry(settings)
        scored = _score(settings, registry, run_id, (first, last))
    except UnreachableRegistryError as error:
        kept = KeptModels(settings)
        scored = _score(settings, kept, run_id, (first, last))
        told = f"{error}; the champions kept in {kept.folder} scored, without challengers"
        logger.error("%s", told)
        return ScoredRun(scored.status_counts, (told, *scored.problems))
    return scored


def _score(
    settings: Settings, source: Models, run_id: str, mornings: tuple[date, date]
) -> ScoredRun:
    first, last = mornings
    names = read_metric_names("en")
    with Warehouse(settings.warehouse_path) as warehouse:
        if not warehouse.has_table("features", "feat_machine_arepa_daily"):
            raise InputError(f"{settings.warehouse_path}: no features yet; run `make daily` first")
        create_ml_tables(warehouse)
        features = read_features(
            warehouse,
            read_modelled_types(warehouse),
            phases=settings.phases,
            first=first,
            last=last,
        )
        features = hold_kitchens(features, read_held_kitchens(warehouse))
        versions, foreign = source.review_versions()
        problems: dict[str, list[str]] = {}
        parts = []
        for arepa_type, of_type in features.groupby("arepa_type"):
            models = LiveModels(source, warehouse, str(arepa_type), settings)
            parts += _score_days(of_type, models, names)
            problems[str(arepa_type)] = models.problems
        _watch_unknown(parts, features, warehouse, settings, first)
        predictions = complete_rows(parts, describe_scoring(settings, run_id))
        with warehouse.transaction():
            _replace_days(warehouse, predictions, first, last)
            _replace_curves(warehouse, lay_out_curves(parts, settings.horizon_days))
            replace_terms(warehouse, first=first, last=last)
            replace_calendar_terms(
                warehouse, first=first, last=last, holdout_days=settings.training.holdout_days
            )
            replace_inputs(warehouse, first=first, last=last)
            replace_versions(warehouse, versions)
        proposals = read_proposals(warehouse, last)
        without_machines = tell_phases_without_machines(warehouse, settings.phases)
    champions = predictions[predictions["model_role"] == CHAMPION]
    counts = {str(status): int(n) for status, n in champions["status"].value_counts().items()}
    logger.info(
        "scored %s",
        ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "nothing",
    )
    without = _types_without_model(champions, problems, proposals)
    told = [*chain(*problems.values()), *foreign, *without]
    told += [] if without_machines is None else [without_machines]
    return ScoredRun(counts, tuple(_say_once(told)))


def _say_once(told: Iterable[str]) -> list[str]:
    """Leave out what another line says word for word, and goes on to say more."""
    lines = list(dict.fromkeys(told))
    return [
        line
        for line in lines
        if not any(other.startswith(line) for other in lines if other != line)
    ]


def hold_kitchens(features: pd.DataFrame, kitchen_ids: Collection[str]) -> pd.DataFrame:
    """Count no reading of kitchens whose other files say nothing: they have no plan."""
    is_held = features["kitchen_id"].isin(list(kitchen_ids))
    return features.assign(reading_count_7d=features["reading_count_7d"].mask(is_held, 0))


def _types_without_model(
    champions: pd.DataFrame, problems: Mapping[str, list[str]], proposals: Collection[str]
) -> list[str]:
    """Say which types are to have a model and have none, unless it was said why."""
    without = set(champions.loc[champions["status"] == "no_model", "arepa_type"])
    unexplained = sorted(arepa_type for arepa_type in without if not problems[arepa_type])
    told = []
    if waiting := [arepa_type for arepa_type in unexplained if arepa_type in proposals]:
        told.append(
            f"models of {', '.join(waiting)} are proposed and wait for `make approve`, until then"
            " a control chart judges their machines"
        )
    if lacking := [arepa_type for arepa_type in unexplained if arepa_type not in proposals]:
        told.append(
            f"no model for {', '.join(lacking)}, a control chart judges their machines; run"
            " `make retrain` when there is enough history"
        )
    return told


def _watch_unknown(
    parts: list[pd.DataFrame],
    features: pd.DataFrame,
    warehouse: Warehouse,
    settings: Settings,
    first: date,
) -> None:
    """Let a control chart judge, in place, the running machines whose type no model knows.

    Its shares of breakdowns come from labels of all types that were mature on the first morning.
    """
    unknown = [
        (part, part.index[part["status"] == "no_model"])
        for part in parts
        if (part["model_role"] == CHAMPION).all() and (part["status"] == "no_model").any()
    ]
    if not unknown:
        return
    arepa_types = read_modelled_types(warehouse)
    history = read_training_rows(warehouse, arepa_types, phases=settings.phases, as_of=first)
    shares, names = compute_shares(history, settings.metrics), read_metric_names("en")
    for part, index in unknown:
        judged = judge(features.loc[index], settings.metrics, shares, names)
        for column in judged:
            part.loc[index, column] = judged[column]


def _score_days(rows: pd.DataFrame, models: LiveModels, names: MetricNames) -> list[pd.DataFrame]:
    """Predict for one type; mornings with the same models go in one piece."""
    live = {
        day: (models.champion_on(day.date()), models.challenger_on(day.date()))
        for day in rows["as_of_date"].unique()
    }
    # Each model is loaded once, so it is the same object on all of its mornings.
    days_of: dict[tuple[int, int], list[pd.Timestamp]] = {}
    for day, (champion, challenger) in live.items():
        days_of.setdefault((id(champion), id(challenger)), []).append(day)
    parts = []
    for days in days_of.values():
        champion, challenger = live[days[0]]
        of_days = rows[rows["as_of_date"].isin(days)]
        predicted = _try_to_predict(of_days, champion, CHAMPION, models, names)
        parts.append(predict_rows(of_days, None, CHAMPION) if predicted is None else predicted)
        predicted = _try_to_predict(of_days, challenger, CHALLENGER, models, names)
        parts += [] if predicted is None else [predicted]
    return parts


def _try_to_predict(
    rows: pd.DataFrame,
    model: LoadedModel | None,
    role: str,
    models: LiveModels,
    names: MetricNames,
) -> pd.DataFrame | None:
    """Predict with one model; None where there is none, or it cannot: its type's own problem."""
    if model is None:
        return None
    try:
        return predict_rows(rows, model, role, names, models.parts)
    except Exception as error:
        logger.debug("predicting with %s failed", model.registered, exc_info=True)
        models.problems.append(f"{model.registered}: cannot predict ({one_line(error)})")
    return None


def predict_features(
    inputs: pd.DataFrame, phases: Iterable[int], model: LoadedModel, names: MetricNames
) -> dict[str, list]:
    """Predict from features and their machines' phases; by column of `ml.predictions`."""
    parts = model.registered.parts
    return answer(model.estimator, inputs, names, [parts.get(phase, ()) for phase in phases])


def name_status(*, is_down: bool, has_data: bool, has_model: bool) -> str:
    """Say what became of a row, as `status` in `ml.predictions`."""
    if is_down:
        return "down"
    if not has_data:
        return "no_data"
    return "scored" if has_model else "no_model"


def predict_rows(
    rows: pd.DataFrame,
    model: LoadedModel | None,
    role: str,
    names: MetricNames = NO_NAMES,
    parts: Parts = NO_PARTS,
) -> pd.DataFrame:
    """Predict for one type; grain: one row per machine and morning.

    Parts are those of the rows; without them each number is taken to mean what it did in training.
    """
    is_down = rows["is_down"].to_numpy(bool)
    has_data = (rows["reading_count_7d"] > 0).to_numpy(bool)
    can_score = has_data & ~is_down & (model is not None)
    predicted = {
        name: np.full(len(rows), np.nan) if name in NUMBERS else _nothing(len(rows))
        for name in (*PREDICTED, *FORESEEN)
    }
    if model is not None:
        predicted["model_name"][:] = model.registered.name
        predicted["model_version"][:] = model.registered.version
        predicted["feature_hash"][:] = feature_hash(model.columns)
    if model is not None and can_score.any():
        inputs = take_inputs(model, rows[can_score], parts)
        answered = predict_features(inputs, rows.loc[can_score, "phase"], model, names)
        said = np.array(answered["failure_probability"])
        for name, values in (answered | foresee(model.estimator, inputs, said)).items():
            cells = predicted[name]
            cells[can_score] = np.fromiter(values, cells.dtype, len(values))  # a curve is one cell
    status = [
        name_status(is_down=down, has_data=data, has_model=model is not None)
        for down, data in zip(is_down, has_data, strict=True)
    ]
    return rows[[*KEYS, "kitchen_id", "phase"]].assign(model_role=role, status=status, **predicted)


def _nothing(count: int) -> np.ndarray:
    return np.full(count, None, dtype=object)


def lay_out_curves(parts: list[pd.DataFrame], horizon_days: int) -> pd.DataFrame:
    """Lay the curves of predicted rows out; grain: that of `ml.prediction_curves`.

    Who knows no curve, a control chart, takes all days for as dangerous as each other.
    """
    known = [part[part["failure_probability"].notna()] for part in parts]
    rows = pd.concat(known) if known else pd.DataFrame(columns=[*KEYS, "model_role", CURVE])
    said = rows["failure_probability"].to_numpy(float) if len(rows) else np.empty(0)
    curves = spread_evenly(said, horizon_days)
    for place, curve in enumerate(rows[CURVE]):
        if curve is not None:
            curves[place] = curve
    keys = rows[[*KEYS, "model_role"]].iloc[np.repeat(np.arange(len(rows)), DAYS)]
    return keys.assign(
        days_ahead=np.tile(np.arange(1, DAYS + 1), len(rows)), failure_probability=curves.ravel()
    )


def describe_scoring(settings: Settings, run_id: str) -> dict[str, object]:
    """What holds for all rows of a scoring, by column of `ml.predictions`."""
    return {
        "horizon_days": settings.horizon_days,
        "code_version": code_version(),
        "run_id": run_id,
        "scored_at": datetime.now(UTC).replace(tzinfo=None),
    }


def complete_rows(parts: list[pd.DataFrame], described: Mapping[str, object]) -> pd.DataFrame:
    """Put the parts together with what holds for all rows; grain: that of `ml.predictions`."""
    names = [line.split()[0] for line in COLUMNS.strip().splitlines()]
    predictions = pd.concat(parts) if parts else pd.DataFrame(columns=names)
    return predictions.assign(
        failure_probability=predictions["failure_probability"].astype(float), **described
    )[names]


def _replace_days(warehouse: Warehouse, predictions: pd.DataFrame, first: date, last: date) -> None:
    warehouse.execute(CREATE_SCORED_ROWS)
    warehouse.append("scored_rows", predictions)
    warehouse.execute(FIND_DAYS_THAT_DIFFER, [first, last])
    warehouse.execute(REPLACE_DAYS)


def _replace_curves(warehouse: Warehouse, curves: pd.DataFrame) -> None:
    warehouse.execute(CREATE_SCORED_CURVES)
    warehouse.append("scored_curves", curves)
    warehouse.execute(REPLACE_CURVES)

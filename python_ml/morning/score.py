"""`arepas score`: predict for each modelled machine and arepa type, and write it down."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

import numpy as np
import pandas as pd

from python_ml.engines.marts import read_features, read_modelled_types, read_training_rows
from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import CHALLENGER, CHAMPION, LoadedModel, RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError
from python_ml.learning.columns import KEYS, feature_hash
from python_ml.learning.control_chart import compute_shares, judge
from python_ml.learning.estimator import predict_probability
from python_ml.learning.reasons import explain, to_json, to_text
from python_ml.lifecycle.decision_terms import replace_terms
from python_ml.lifecycle.history import read_champions, replace_versions
from python_ml.lifecycle.provenance import replace_inputs
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

COLUMNS = """
    machine_id varchar not null,
    arepa_type varchar not null,
    as_of_date date not null,
    model_role varchar not null,
    kitchen_id varchar not null,
    phase integer not null,
    horizon_days integer not null,
    failure_probability double,
    status varchar not null,
    reasons varchar,
    reason_details varchar,
    model_name varchar,
    model_version varchar,
    feature_hash varchar,
    code_version varchar not null,
    run_id varchar not null,
    scored_at timestamp not null
"""
CREATE_PREDICTIONS = f"""
create schema if not exists ml;
create table if not exists ml.predictions ({COLUMNS});
create table if not exists ml.prediction_log ({COLUMNS});
alter table ml.predictions add column if not exists reason_details varchar;
alter table ml.prediction_log add column if not exists reason_details varchar;
"""
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
ALIASES = (CHAMPION, CHALLENGER)
PREDICTED = (
    "failure_probability",
    "reasons",
    "reason_details",
    "model_name",
    "model_version",
    "feature_hash",
)


@dataclass(frozen=True)
class ScoredRun:
    """What came of scoring: counts of the champions' rows by status, and what went wrong."""

    status_counts: dict[str, int]
    problems: tuple[str, ...]


def score(settings: Settings, *, run_id: str, first: date, last: date) -> ScoredRun:
    """Score some mornings with the champions and challengers of each morning.

    Days whose predictions come out as they were keep their rows, so that a rerun changes nothing;
    a changed day is replaced whole, in one transaction, and what was written stays in the log.

    Raises:
        InputError: There are no features yet.
        ArepasError: No arepa type has a champion.
    """
    registry = Registry(settings)
    with Warehouse(settings.warehouse_path) as warehouse:
        if not warehouse.has_table("features", "feat_machine_arepa_daily"):
            raise InputError(f"{settings.warehouse_path}: no features yet; run `make daily` first")
        create_ml_tables(warehouse)
        warehouse.execute(CREATE_PREDICTIONS)
        features = read_features(
            warehouse,
            read_modelled_types(warehouse),
            phases=settings.phases,
            first=first,
            last=last,
        )
        problems: dict[str, list[str]] = {}
        parts = []
        for arepa_type, of_type in features.groupby("arepa_type"):
            models = _LiveModels(registry, warehouse, str(arepa_type), settings.horizon_days)
            parts += _score_days(of_type, models)
            problems[str(arepa_type)] = models.problems
        _watch_unknown(parts, features, warehouse, settings, first)
        predictions = complete_rows(parts, describe_scoring(settings, run_id))
        if len(predictions) and predictions["model_name"].isna().all():
            raise ArepasError("; ".join(chain(*problems.values())) or _no_champion(registry, last))
        with warehouse.transaction():
            _replace_days(warehouse, predictions, first, last)
            replace_terms(warehouse, first=first, last=last)
            replace_inputs(warehouse, first=first, last=last)
            replace_versions(warehouse, registry.find_versions())
    champions = predictions[predictions["model_role"] == CHAMPION]
    counts = {str(status): int(n) for status, n in champions["status"].value_counts().items()}
    logger.info(
        "scored %s",
        ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "nothing",
    )
    told = [*chain(*problems.values()), *_types_without_model(champions, problems)]
    return ScoredRun(counts, tuple(told))


def _no_champion(registry: Registry, last: date) -> str:
    if registry.find_champions():
        return f"all champions are of later days than {last}, and none predicts its own past"
    return "no arepa type has a champion for this day, run `make retrain`"


def _types_without_model(champions: pd.DataFrame, problems: Mapping[str, list[str]]) -> list[str]:
    """Say which types are to have a model and have none, unless it was said why."""
    without = set(champions.loc[champions["status"] == "no_model", "arepa_type"])
    unexplained = sorted(arepa_type for arepa_type in without if not problems[arepa_type])
    if not unexplained:
        return []
    return [
        f"no model for {', '.join(unexplained)}, a control chart judges their machines; run"
        " `make retrain` when there is enough history"
    ]


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
    shares = compute_shares(history, settings.metrics)
    for part, index in unknown:
        judged = judge(features.loc[index], settings.metrics, shares)
        for column in judged:
            part.loc[index, column] = judged[column]


class _LiveModels:
    """One arepa type's champion and challenger of each morning, each loaded once."""

    def __init__(
        self, registry: Registry, warehouse: Warehouse, arepa_type: str, horizon_days: int
    ) -> None:
        self.problems: list[str] = []
        self._registry = registry
        self._arepa_type = arepa_type
        self._horizon_days = horizon_days
        self._champions = read_champions(warehouse, arepa_type)
        self._by_alias = {alias: registry.find(arepa_type, alias) for alias in ALIASES}
        self._loaded: dict[str, LoadedModel | None] = {}

    def champion_on(self, day: date) -> LoadedModel | None:
        """The champion of a morning: the history's or, before any history, the alias's."""
        versions = [version for since, version in self._champions if since <= day]
        if versions:
            return self._load_version(versions[-1])
        return self._load_known_on(day, self._by_alias[CHAMPION])

    def challenger_on(self, day: date) -> LoadedModel | None:
        """The challenger of a morning, if it is not the champion itself."""
        challenger = self._load_known_on(day, self._by_alias[CHALLENGER])
        champion = self.champion_on(day)
        if challenger and champion and challenger.registered == champion.registered:
            return None
        return challenger

    def _load_known_on(self, day: date, model: RegisteredModel | None) -> LoadedModel | None:
        """Load a model unless it was trained later: it would know the future."""
        if model is None or model.tags["trained_as_of"] > day.isoformat():
            return None
        return self._load(model)

    def _load_version(self, version: str) -> LoadedModel | None:
        if version not in self._loaded:
            try:
                self._load(self._registry.find_version(self._arepa_type, version))
            except ArepasError as error:  # the history is older than the registry
                self._loaded[version] = None
                self.problems.append(f"{error}; run `make retrain`")
        return self._loaded[version]

    def _load(self, model: RegisteredModel) -> LoadedModel | None:
        if model.version not in self._loaded:
            self._loaded[model.version] = None
            if model.tags["horizon_days"] != str(self._horizon_days):
                self.problems.append(
                    f"{model.name} version {model.version} looks {model.tags['horizon_days']} days"
                    f" ahead, HORIZON_DAYS is {self._horizon_days}: run `make retrain`"
                )
            else:
                try:
                    self._loaded[model.version] = self._registry.load(model)
                except ArepasError as error:
                    self.problems.append(str(error))
        return self._loaded[model.version]


def _score_days(rows: pd.DataFrame, models: _LiveModels) -> list[pd.DataFrame]:
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
        parts.append(predict_rows(of_days, champion, CHAMPION))
        if challenger is not None:
            parts.append(predict_rows(of_days, challenger, CHALLENGER))
    return parts


def predict_features(inputs: pd.DataFrame, model: LoadedModel) -> dict[str, list]:
    """Predict from features alone; by column of `ml.predictions`, a value a row."""
    reasons = explain(model.estimator, inputs)
    return {
        "failure_probability": predict_probability(model.estimator, inputs).tolist(),
        "reasons": [to_text(of_row) for of_row in reasons],
        "reason_details": [to_json(of_row) for of_row in reasons],
    }


def name_status(*, is_down: bool, has_data: bool, has_model: bool) -> str:
    """Say what became of a row, as `status` in `ml.predictions`."""
    if is_down:
        return "down"
    if not has_data:
        return "no_data"
    return "scored" if has_model else "no_model"


def predict_rows(rows: pd.DataFrame, model: LoadedModel | None, role: str) -> pd.DataFrame:
    """Predict for one type; grain: one row per machine and morning."""
    is_down = rows["is_down"].to_numpy(bool)
    has_data = (rows["reading_count_7d"] > 0).to_numpy(bool)
    can_score = has_data & ~is_down & (model is not None)
    predicted = {name: np.full(len(rows), None, dtype=object) for name in PREDICTED}
    predicted["failure_probability"] = np.full(len(rows), np.nan)
    if model is not None:
        predicted["model_name"][:] = model.registered.name
        predicted["model_version"][:] = model.registered.version
        predicted["feature_hash"][:] = feature_hash(model.columns)
    if model is not None and can_score.any():
        inputs = rows.loc[can_score, list(model.columns)].astype(float)
        for name, values in predict_features(inputs, model).items():
            predicted[name][can_score] = values
    status = [
        name_status(is_down=down, has_data=data, has_model=model is not None)
        for down, data in zip(is_down, has_data, strict=True)
    ]
    return rows[[*KEYS, "kitchen_id", "phase"]].assign(model_role=role, status=status, **predicted)


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

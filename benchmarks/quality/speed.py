"""How long training, logging and reasons take: measured, never asserted."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from python_ml.engines.registry import Registry
from python_ml.learning.columns import LABEL, TYPE_SLOTS, model_columns, type_column
from python_ml.learning.estimator import Trainings, fit_in_sequence, predict_probability
from python_ml.learning.reasons import explain, to_json, to_text
from python_ml.lifecycle.material import past_trainings, rows_to_serve, split_rows
from python_ml.settings import load_settings

TYPES, DAYS, MACHINES, TYPES_PER_MACHINE = 20, 548, 100, 4
COLUMNS = list(model_columns(("metric_1", "metric_2")))
# What the registry asks of each version.
DAY = "2026-07-02"
TAGS = {"trained_as_of": DAY, "fitted_from": DAY, "fitted_to": DAY, "horizon_days": "7"}


def run_speed(folder: Path) -> Iterator[str]:
    """Print, line by line, the seconds of a training of 20 types and of logging 20 models.

    A training is that of `make train`: first without trainings of the past, as a young fleet's,
    then with them.
    """
    rows = make_rows()
    settings = load_settings(
        {
            "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/speed.db",
            "MLFLOW_ARTIFACT_ROOT": str(folder / "speed"),
        }
    )
    yield "| step | seconds | CPU seconds |"
    yield "|---|--:|--:|"
    split, served = split_rows(rows, settings), rows_to_serve(rows, settings)
    past = [each.fitted for each in past_trainings(rows, split, settings)]
    models = {}
    for before in ([], past):
        start, cpu = time.perf_counter(), time.process_time()
        *_, models = fit_in_sequence(
            Trainings([*before, split.fitted], served),
            COLUMNS,
            horizon_days=7,
            training=settings.training,
        )
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        yield (
            f"| fit twins and served models of {len(models)} types on {len(rows):,} rows, going on"
            f" from {len(before)} trainings of the past | {seconds:.1f} | {cpu:.1f} |"
        )
    registry = Registry(settings)
    start = time.perf_counter()
    registered = {
        name: registry.register(
            name, model, columns=tuple(COLUMNS), metrics={"rows": 1.0}, tags=TAGS
        )
        for name, model in models.items()
    }
    yield f"| log and register {len(models)} models | {time.perf_counter() - start:.1f} | |"
    newest = rows[rows["as_of_date"] == rows["as_of_date"].max()]
    mornings = {name: newest.loc[newest["arepa_type"] == name, COLUMNS] for name in models}
    # As every morning does: each type's model comes from the registry first.
    scoring = _time(
        lambda: [
            predict_probability(registry.load(registered[name]).estimator, morning)
            for name, morning in mornings.items()
        ]
    )
    reasoning = _time(
        lambda: [
            (to_text(of_row), to_json(of_row))
            for name, morning in mornings.items()
            for of_row in explain(models[name], morning)
        ]
    )
    yield f"| load {len(models)} models and score {len(newest)} rows | {scoring:.3f} | |"
    yield f"| their reasons, {reasoning / scoring:.2f} times the scoring | {reasoning:.3f} | |"


def make_rows() -> pd.DataFrame:
    """Make labelled mornings in which metric 1 and the time since the last stop matter."""
    random = np.random.default_rng(0)
    keys = pd.MultiIndex.from_product(
        [pd.date_range(date(2025, 1, 1), periods=DAYS), range(MACHINES), range(TYPES_PER_MACHINE)],
        names=["as_of_date", "machine", "nth"],
    ).to_frame(index=False)
    features = pd.DataFrame(random.normal(size=(len(keys), len(COLUMNS))), columns=COLUMNS)
    log_odds = features["metric_1_mean_7d"] + features["days_since_last_stop"] - 4
    for slot in TYPE_SLOTS:
        code = (keys["machine"] + 5.0 * (slot - 1)) % TYPES
        features[type_column(slot, "code")] = code if slot <= TYPES_PER_MACHINE else np.nan
        features[type_column(slot, "readings_7d")] = 40.0
    broke = random.random(len(keys)) < 1 / (1 + np.exp(-log_odds))
    left = pd.to_timedelta(np.where(broke, 3, 30), unit="D")
    return features.assign(
        label_mature_date=keys["as_of_date"] + pd.Timedelta(days=7),
        next_breakdown_at=keys["as_of_date"] + left,
        next_planned_stop_at=pd.NaT,
        as_of_date=keys["as_of_date"],
        machine_id="m" + keys["machine"].astype(str),
        arepa_type="t" + ((keys["machine"] + 5 * keys["nth"]) % TYPES).astype(str),
        **{LABEL: broke},
    )


def _time(call: object, repeats: int = 10) -> float:
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))

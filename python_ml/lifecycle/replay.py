"""A past morning predicted again, and whether it is the same, or what changed."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from python_ml.engines.marts import find_unknown
from python_ml.engines.model_files import LoadedModel, Parts, take_inputs, write_phases
from python_ml.engines.registry import Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError
from python_ml.learning.columns import PART_CLOCKS
from python_ml.learning.estimator import predict_probability
from python_ml.lifecycle.history import read_champion
from python_ml.lifecycle.provenance import Inputs, find_inputs, read_inputs
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

PREDICTIONS = """
select arepa_type, failure_probability, status, model_version, code_version
from ml.predictions
where machine_id = ? and as_of_date = ? and model_role = 'champion'
order by arepa_type
"""
PHASE = "select phase from core.dim_machines where machine_id = ?"
PARTS = "parts"  # what kept features say of the numbers of parts, beside them
SAME = 1e-9  # probabilities closer than this are the same on any processor


@dataclass(frozen=True)
class Prediction:
    """What was predicted of a machine and arepa type on a morning."""

    arepa_type: str
    probability: float | None
    status: str
    model_version: str | None
    code_version: str


@dataclass(frozen=True)
class Replay:
    """One prediction beside the same one made now: equal, or why not."""

    prediction: Prediction
    probability: float | None
    causes: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in one line."""
        then, now = _told(self.prediction.probability), _told(self.probability)
        told = f"{self.prediction.arepa_type}: {then} then, {now} now"
        return f"{told}: {'; '.join(self.causes) or 'equal'}"


def replay(settings: Settings, *, machine_id: str, as_of: date) -> list[Replay]:
    """Predict a machine's past morning from the data, code and models of now.

    The features have to be built before. Each prediction is made by the version that made it then.

    Raises:
        InputError: There is no such machine, or nothing was predicted of it on that morning, or
            not what from.
    """
    registry = Registry(settings)
    with Warehouse(settings.warehouse_path) as warehouse:
        predictions = [Prediction(*row) for row in warehouse.rows(PREDICTIONS, [machine_id, as_of])]
        then = read_inputs(warehouse, machine_id, as_of)
        if not predictions or not then:
            raise InputError(_why_nothing(warehouse, settings, machine_id, as_of))
        now = find_inputs(warehouse, machine_id, as_of)
        replays = []
        for prediction in predictions:
            arepa_type = prediction.arepa_type
            champion = read_champion(warehouse, arepa_type, as_of)
            inputs = then[arepa_type], now.get(arepa_type)
            replays.append(_replay(registry, prediction, inputs, champion))
    return replays


def _why_nothing(warehouse: Warehouse, settings: Settings, machine_id: str, as_of: date) -> str:
    """Say why there is no prediction of a machine's morning to make again."""
    if unknown := find_unknown(warehouse, machine=machine_id):
        return unknown[0]
    [(phase,)] = warehouse.rows(PHASE, [machine_id])
    if phase not in settings.phases:
        told = f"is of phase {phase}, and PHASES={write_phases(settings.phases)} are predicted"
        return f"MACHINE={machine_id}: {told}"
    return (
        f"MACHINE={machine_id}: no prediction of {as_of} with its inputs; make that morning by"
        f" `make backfill FROM={as_of} TO={as_of}`"
    )


def _replay(
    registry: Registry,
    prediction: Prediction,
    inputs: tuple[Inputs, Inputs | None],
    champion: str | None,
) -> Replay:
    then, now = inputs
    if now is None:
        return Replay(prediction, None, ("late data: the machine did not cook the type any more",))
    causes = find_input_causes(then, now, prediction.code_version)
    probability = prediction.probability
    if prediction.model_version is not None:
        if champion != prediction.model_version:
            causes.append(
                f"model: version {prediction.model_version} then, of that morning version"
                f" {champion} is champion now"
            )
        try:
            model = registry.load(
                registry.find_version(prediction.arepa_type, prediction.model_version)
            )
        except ArepasError as error:
            return Replay(prediction, None, (*causes, f"model: {error}"))
        if probability is not None:
            from_then = _predict(model, then)
            if abs(from_then - probability) > SAME:
                causes.append(
                    f"model: version {prediction.model_version} says {_told(from_then)} of the"
                    " features of then; its files or a library changed"
                )
            probability = _predict(model, now)
    return Replay(prediction, probability, tuple(causes))


def find_input_causes(then: Inputs, now: Inputs, code_then: str) -> list[str]:
    """Say what changed of what a prediction is made from: the data, or what code makes of them."""
    causes = []
    if then.readings_hash != now.readings_hash:
        causes.append(
            f"late data: {then.reading_count} readings then, {now.reading_count} now"
            if then.reading_count != now.reading_count
            else "late data: readings were delivered again with other values"
        )
    if then.faults_hash != now.faults_hash:
        causes.append(
            f"fault interval: {then.faulty_reading_count} readings in faulty intervals then,"
            f" {now.faulty_reading_count} now"
        )
    if then.maintenance_hash != now.maintenance_hash:
        causes.append("late data: the maintenance log of before the morning")
    features = _differing_features(then, now)
    if features and not causes and set(features) <= set(PART_CLOCKS):
        causes.append("late data: the log of other machines, by which a phase's parts are numbered")
    elif features and not causes:
        causes.append(
            f"code: {code_then} then, {code_version()} now make other features of the same data"
        )
    if features:
        causes.append(f"features that differ: {', '.join(features)}")
    return causes


def _differing_features(then: Inputs, now: Inputs) -> list[str]:
    before, after = json.loads(then.features), json.loads(now.features)
    names = [name for name in {**before, **after} if name != PARTS]
    return [name for name in names if before.get(name) != after.get(name)]


def _predict(model: LoadedModel, inputs: Inputs) -> float:
    values: dict[str, Any] = json.loads(inputs.features)
    # What was written down by code of before it kept the parts' names took numbers as they were.
    parts: Parts = {values["phase"]: values[PARTS]} if PARTS in values else {}
    names = (*model.columns, *PART_CLOCKS, "phase")
    row = pd.DataFrame([{name: values.get(name) for name in names}])
    said: np.ndarray = predict_probability(model.estimator, take_inputs(model, row, parts))
    return float(said[0])


def _told(probability: float | None) -> str:
    return "nothing" if probability is None else f"{probability:.4f}"

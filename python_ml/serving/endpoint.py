"""What the endpoint answers from: champions in memory, the marts' SQL, the published file."""

import asyncio
import logging
import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from prometheus_client import CollectorRegistry, Gauge

from python_ml.engines.registry import CHAMPION, SQLITE, LoadedModel, Registry
from python_ml.engines.warehouse import published_tables
from python_ml.errors import ArepasError, without_secrets
from python_ml.learning.columns import KEYS, feature_hash
from python_ml.metric_names import read_metric_names
from python_ml.morning.score import PREDICTED, name_status, predict_features
from python_ml.run.code_version import code_version
from python_ml.serving.access import ApiKeys
from python_ml.serving.bodies import SMALL_BODY_BYTES, Bodies
from python_ml.serving.champions import Champions, MicroBatches
from python_ml.serving.live_features import compile_models
from python_ml.serving.messages import parse_body, prediction_request
from python_ml.serving.rows import Row, number_parts_as, row_of_features
from python_ml.serving.workers import Understood, Workers
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# MLflow's client itself tries for minutes before it says that nobody answers.
SILENT_AFTER_S = 15.0
REGISTRY_GONE = "MLflow does not answer; the champions in memory stay"


class Endpoint:
    """Everything behind the routes; one a process.

    Attributes:
        failure: What ended the work behind the routes; None while it goes on.
        now: The clock, kitchen-local.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now: Callable[[], datetime] = datetime.now
        self.failure: BaseException | None = None
        self.keys = ApiKeys([key.get_secret_value() for key in settings.api_keys])
        self.metrics = CollectorRegistry()
        self.bodies = Bodies(settings.max_request_bytes)
        self.batches = MicroBatches(self._predict)
        self.request_shape = prediction_request(settings.metrics)
        self._metric_names = read_metric_names("en")
        self._champion_count = Gauge(
            "arepas_champions", "Arepa types with a champion in memory", registry=self.metrics
        )
        self._is_registry_gone = False
        self._published_problem: str | None = None
        # The registry and dbt take seconds: before the first request, and side by side.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as compiler:
            statements = compiler.submit(compile_models, settings)
            self.champions = Champions(Registry(settings), settings)
            self._heard_at = time.monotonic()
            self._follow()
            self._workers = Workers(settings, statements.result())

    async def run(self) -> None:
        """Predict and follow the aliases until cancelled."""
        self._heard_at = time.monotonic()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.batches.run())
                tasks.create_task(self._keep_following())
        finally:
            self._workers.stop()

    def problems(self) -> list[str]:
        """Say what keeps the endpoint from answering all it should; as of the last look."""
        problems = list(self.champions.problems.values())
        silent_s = time.monotonic() - self._heard_at - self.settings.champion_poll_s
        if self._is_registry_gone or silent_s > SILENT_AFTER_S:
            problems.append(REGISTRY_GONE)
        if not self.champions.models:
            problems.append("no arepa type has a champion; run `make retrain`")
        if self._published_problem is not None:
            problems.append(self._published_problem)
        return problems

    async def understand(self, arepa_type: str, body: bytes) -> Understood:
        """Read what a request for a prediction asks; what takes long is done elsewhere.

        Raises:
            BusyError: Too many such requests wait already.
            InputError: The body is none, or its readings say nothing of that type and morning.
        """
        if len(body) <= SMALL_BODY_BYTES:
            asked = parse_body(self.request_shape, body)
            if asked.features is not None:
                return Understood(row_of_features(asked, arepa_type), {}, [])
        return await self._workers.understand(arepa_type, body)

    def read_page(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Read rows of the file that is published now."""
        with published_tables(self.settings.bi_path) as published:
            return published.records(sql, parameters)

    def _predict(self, model: LoadedModel, rows: Sequence[Row]) -> list[Row]:
        """Predict rows of a champion's type as the morning does; grain: that of the rows."""
        tag = model.registered.tags.get("stop_threshold_probability")
        threshold = float(tag) if tag else None
        known = {
            "model_role": CHAMPION,
            "model_name": model.registered.name,
            "model_version": model.registered.version,
            "feature_hash": feature_hash(model.columns),
            "horizon_days": self.settings.horizon_days,
            "code_version": code_version(),
            "stop_threshold_probability": threshold,
        }
        parts = model.registered.parts
        rows = [number_parts_as(parts.get(row["phase"]), row) for row in rows]
        answers: list[Row] = []
        for row in rows:
            status = name_status(
                is_down=row["is_down"], has_data=row["reading_count_7d"] > 0, has_model=True
            )
            told = {name: row[name] for name in (*KEYS, "kitchen_id", "phase")}
            answers.append({**told, **dict.fromkeys(PREDICTED), **known, "status": status})
        can_score = [i for i, answer in enumerate(answers) if answer["status"] == "scored"]
        if can_score:
            values = [[rows[i][column] for column in model.columns] for i in can_score]
            inputs = pd.DataFrame(values, columns=list(model.columns), dtype=float)
            phases = [rows[i]["phase"] for i in can_score]
            answered = predict_features(inputs, phases, model, self._metric_names)
            for name, predicted in answered.items():
                for i, value in zip(can_score, predicted, strict=True):
                    answers[i][name] = value
        for answer in answers:
            answer["decision"] = _decide(answer["failure_probability"], threshold)
        return answers

    async def _keep_following(self) -> None:
        while True:
            await asyncio.sleep(self.settings.champion_poll_s)
            await asyncio.to_thread(self._follow)

    def _follow(self) -> None:
        """Look at the registry and at the published file; whatever they say, the work goes on."""
        try:
            _look_for_store(self.settings.mlflow_tracking_uri.get_secret_value())
            self.champions.refresh()
        except Exception as error:  # of MLflow, its server, its database or its files
            if not self._is_registry_gone:
                # The log only: the text may hold the store's address.
                told = without_secrets(str(error))
                logger.error("%s (%s: %s)", REGISTRY_GONE, type(error).__name__, told)
            self._is_registry_gone = True
        else:
            if self._is_registry_gone:
                logger.info("MLflow answers again")
            self._is_registry_gone, self._heard_at = False, time.monotonic()
        self._champion_count.set(len(self.champions.models))
        try:
            with published_tables(self.settings.bi_path):
                self._published_problem = None
        except ArepasError as error:
            self._published_problem = str(error)


def _look_for_store(uri: str) -> None:
    """Look whether SQLite's file is there: who has it open would not notice that it is gone."""
    if uri.startswith(SQLITE) and not (path := Path(uri.removeprefix(SQLITE))).exists():
        raise ArepasError(f"{path} is gone")


def _decide(probability: float | None, threshold: float | None) -> str | None:
    """Decide for one machine as the plan does where neither slots nor its phase limit it."""
    if probability is None:
        return "blind"
    if threshold is None:
        return None
    if probability >= threshold:
        return "stop"
    return "watch" if probability >= threshold / 2 else "run"

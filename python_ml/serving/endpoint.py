"""What the endpoint answers from: champions in memory, the marts' SQL, the published file."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pandas as pd
from prometheus_client import CollectorRegistry, Gauge

from python_ml.engines.registry import CHAMPION, Registry
from python_ml.engines.warehouse import published_tables
from python_ml.errors import ArepasError, InputError
from python_ml.learning.columns import KEYS, feature_hash
from python_ml.morning.score import PREDICTED, name_status, predict_features
from python_ml.run.code_version import code_version
from python_ml.serving.access import ApiKeys
from python_ml.serving.champions import Champions, MicroBatches
from python_ml.serving.live_features import LiveFeatureBuilder
from python_ml.serving.rows import Row
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

FEATURE_THREADS = 2
MOST_FEATURE_REQUESTS = 32


class BusyError(ArepasError):
    """More asked at once than can be answered in a while."""


class Endpoint:
    """Everything behind the routes; one a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys = ApiKeys(settings.api_keys)
        self.metrics = CollectorRegistry()
        self.batches = MicroBatches(self._predict)
        self._champion_count = Gauge(
            "arepas_champions", "Arepa types with a champion in memory", registry=self.metrics
        )
        # The registry and dbt take seconds: before the first request, not during it.
        self.champions = Champions(Registry(settings), settings.horizon_days)
        self._follow()
        self._features = LiveFeatureBuilder(settings)
        self._feature_threads = ThreadPoolExecutor(FEATURE_THREADS, thread_name_prefix="features")
        self._feature_requests = 0

    async def run(self) -> None:
        """Predict and follow the aliases until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.batches.run())
            tasks.create_task(self._keep_following())

    def problems(self) -> list[str]:
        """Say what keeps the endpoint from answering all it should."""
        problems = list(self.champions.problems.values())
        if not self.champions.models:
            problems.append("no arepa type has a champion; run `make retrain`")
        try:
            with published_tables(self.settings.bi_path):
                pass
        except ArepasError as error:
            problems.append(str(error))
        return problems

    def read_page(self, sql: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Read rows of the file that is published now."""
        with published_tables(self.settings.bi_path) as published:
            return published.records(sql, parameters)

    async def build_features(
        self, arepa_type: str, tables: dict[str, list[Row]], as_of: date
    ) -> tuple[Row, dict[str, int]]:
        """Build the features of one machine from its raw readings.

        Raises:
            BusyError: Too many such requests wait already.
            InputError: The readings say nothing of that type and morning.
        """
        if self._feature_requests >= MOST_FEATURE_REQUESTS:
            raise BusyError("too many requests with raw readings at once; ask again in a while")
        self._feature_requests += 1
        try:
            built = await asyncio.get_running_loop().run_in_executor(
                self._feature_threads, self._features.build, arepa_type, tables, as_of
            )
        finally:
            self._feature_requests -= 1
        if built.rows.empty:
            raise InputError(
                f"no usable reading of {arepa_type} in the 28 days before {as_of}"
                f" (rejected: {built.rejected or 'none'})"
            )
        return built.rows.to_dict("records")[0], built.rejected

    def _predict(self, arepa_type: str, rows: Sequence[Row]) -> list[Row]:
        """Predict rows of one type as the morning does; grain: that of the rows."""
        model = self.champions.models[arepa_type]
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
            for name, predicted in predict_features(inputs, model).items():
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
        try:
            self.champions.refresh()
        except ArepasError as error:
            logger.error("the champions in memory stay: %s", error)
        self._champion_count.set(len(self.champions.models))


def _decide(probability: float | None, threshold: float | None) -> str | None:
    """Decide for one machine as the plan does where neither slots nor its phase limit it."""
    if probability is None:
        return "blind"
    if threshold is None:
        return None
    if probability >= threshold:
        return "stop"
    return "watch" if probability >= threshold / 2 else "run"

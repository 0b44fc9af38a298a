"""The champions that the endpoint answers with: all in memory, changed when an alias moves."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from python_ml.engines.registry import LoadedModel, Registry
from python_ml.errors import ArepasError
from python_ml.serving.rows import Row

logger = logging.getLogger(__name__)


class Champions:
    """Every arepa type's champion; `refresh` follows the aliases.

    A new champion is loaded before it takes the old one's place, so that no request ever waits
    or fails; one that cannot be loaded is reported and the old one stays.
    """

    def __init__(self, registry: Registry, horizon_days: int) -> None:
        self._registry = registry
        self._horizon_days = horizon_days
        self._models: dict[str, LoadedModel] = {}
        self.problems: dict[str, str] = {}

    @property
    def models(self) -> dict[str, LoadedModel]:
        """The champions by arepa type."""
        return self._models

    def refresh(self) -> None:
        """Load the champions that changed since the last call: one question to the registry."""
        models, problems = {}, {}
        for arepa_type, version in self._registry.find_champions().items():
            known = self._models.get(arepa_type)
            if known is not None and known.registered.version == version:
                models[arepa_type] = known
                continue
            try:
                models[arepa_type] = self._load(arepa_type, version)
                logger.info("champion of %s: version %s", arepa_type, version)
            except ArepasError as error:
                problems[arepa_type] = str(error)
                logger.error("%s", error)
                if known is not None:
                    models[arepa_type] = known
        self._models, self.problems = models, problems

    def _load(self, arepa_type: str, version: str) -> LoadedModel:
        champion = self._registry.find_version(arepa_type, version)
        if champion.tags["horizon_days"] != str(self._horizon_days):
            raise ArepasError(
                f"{champion.name} version {version} looks {champion.tags['horizon_days']} days"
                f" ahead, HORIZON_DAYS is {self._horizon_days}: run `make retrain`"
            )
        return self._registry.load(champion)


class MicroBatches:
    """Predicts together what arrives together.

    While one prediction is at work in its thread, requests gather; the next takes them all. So one
    request alone never waits, and under load the cost of a prediction is shared.
    """

    def __init__(self, predict: Callable[[str, Sequence[Row]], list[Row]]) -> None:
        self._predict = predict
        self._waiting: dict[str, list[tuple[Row, asyncio.Future[Row]]]] = {}
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predict")

    async def predict(self, arepa_type: str, row: Row) -> Row:
        """Predict one row with the others of its type that wait."""
        answer: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(arepa_type, []).append((row, answer))
        self._wake.set()
        return await answer

    async def run(self) -> None:
        """Work until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            batches, self._waiting = self._waiting, {}
            for arepa_type, batch in batches.items():
                rows = [row for row, _ in batch]
                try:
                    answers = await loop.run_in_executor(
                        self._thread, self._predict, arepa_type, rows
                    )
                except Exception as error:
                    for _, answer in batch:
                        if not answer.done():
                            answer.set_exception(error)
                    continue
                for (_, answer), answered in zip(batch, answers, strict=True):
                    if not answer.done():
                        answer.set_result(answered)

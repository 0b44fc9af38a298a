"""The champions that the endpoint answers with: all in memory, changed when an alias moves."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from python_ml.engines.model_files import find_misfit, find_unmade
from python_ml.engines.registry import LoadedModel, Registry
from python_ml.errors import ArepasError
from python_ml.serving.rows import Row
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

Model = TypeVar("Model")
Batch = list[tuple[Row, asyncio.Future[Row]]]


class Champions:
    """Every arepa type's champion; `refresh` follows the aliases.

    A new champion is loaded before it takes the old one's place, so that no request ever waits
    or fails; one that cannot be loaded is reported and the old one stays.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self._registry = registry
        self._settings = settings
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
            except Exception as error:  # whoever made the version may have left out anything
                problems[arepa_type] = _say(arepa_type, version, known, error)
                if self.problems.get(arepa_type) != problems[arepa_type]:
                    logger.error("%s", problems[arepa_type])
                if known is not None:
                    models[arepa_type] = known
        self._models, self.problems = models, problems

    def _load(self, arepa_type: str, version: str) -> LoadedModel:
        champion = self._registry.find_version(arepa_type, version)
        if "horizon_days" not in champion.tags:
            raise ArepasError("it was not made by `make train`: its tag horizon_days is missing")
        if (misfit := find_misfit(champion, self._settings)) is not None:
            raise ArepasError(f"it {misfit}: run `make retrain`")
        loaded = self._registry.load(champion)
        if (unmade := find_unmade(loaded.columns, self._settings)) is not None:
            raise ArepasError(f"it {unmade}: run `make retrain`")
        return loaded


def _say(arepa_type: str, version: str, known: LoadedModel | None, error: Exception) -> str:
    said = str(error) if isinstance(error, ArepasError) else f"{type(error).__name__}: {error}"
    stays = f"version {known.registered.version} stays" if known else "none is in use"
    return f"champion of {arepa_type}, version {version}: {' '.join(said.split())} ({stays})"


class MicroBatches(Generic[Model]):
    """Predicts together what arrives together.

    While one prediction is at work in its thread, requests gather; the next takes them all. So one
    request alone never waits, and under load the cost of a prediction is shared. Each is predicted
    by the model that it was checked for, also where another took its place meanwhile.
    """

    def __init__(self, predict: Callable[[Model, Sequence[Row]], list[Row]]) -> None:
        self._predict = predict
        # By identity: an estimator has no equal.
        self._waiting: dict[int, tuple[Model, Batch]] = {}
        self._wake = asyncio.Event()
        self._has_ended = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predict")

    async def predict(self, model: Model, row: Row) -> Row:
        """Predict one row with the others of its model that wait.

        Raises:
            ArepasError: The work has ended, or ends meanwhile.
        """
        if self._has_ended:
            raise _ending()
        answer: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(id(model), (model, []))[1].append((row, answer))
        self._wake.set()
        return await answer

    async def run(self) -> None:
        """Work until cancelled; whoever waits then is told so."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._answer(*self._waiting.pop(next(iter(self._waiting))))
        finally:
            self._has_ended = True
            for _, batch in self._waiting.values():
                _refuse(batch, _ending())

    async def _answer(self, model: Model, batch: Batch) -> None:
        loop = asyncio.get_running_loop()
        rows = [row for row, _ in batch]
        try:
            answers = await loop.run_in_executor(self._thread, self._predict, model, rows)
            pairs = list(zip(batch, answers, strict=True))
        except Exception as error:
            _refuse(batch, error)
            return
        except BaseException:
            _refuse(batch, _ending())
            raise
        for (_, answer), answered in pairs:
            if not answer.done():
                answer.set_result(answered)


def _ending() -> ArepasError:
    return ArepasError("the endpoint ends; ask again")


def _refuse(batch: Batch, error: Exception) -> None:
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(error)

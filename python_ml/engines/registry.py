"""The one door to the model registry: everything of MLflow happens here."""

import hashlib
import logging
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, unquote

# Before the import: MLflow reads these when it is imported.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")

import mlflow
import sklearn
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from sklearn.base import BaseEstimator

from python_ml.errors import ArepasError
from python_ml.settings import Settings
from python_ml.variables import hide_user_info

logger = logging.getLogger(__name__)

SQLITE = "sqlite:///"
EXPERIMENT = "arepas"
MODEL_PREFIX = "arepas__"
CHAMPION = "champion"
CHALLENGER = "challenger"
LONGEST_NAME = 200
MOST_MODELS = 1000


@dataclass(frozen=True)
class RegisteredModel:
    """One version of one arepa type's model.

    Attributes:
        arepa_type: The type that it predicts.
        name: Its registered name.
        version: Its version number, as text.
        tags: What was said of it when it was trained, all as text.
    """

    arepa_type: str
    name: str
    version: str
    tags: dict[str, str]


@dataclass(frozen=True)
class LoadedModel:
    """A registered model with its fitted pipeline and the columns that it was fitted on."""

    registered: RegisteredModel
    estimator: Any
    columns: tuple[str, ...]


class Registry:
    """The models in MLflow: one registered model per arepa type, two aliases."""

    def __init__(self, settings: Settings) -> None:
        uri = settings.mlflow_tracking_uri.get_secret_value()
        try:
            _create_store(uri)
            mlflow.set_tracking_uri(uri)
            self._client = mlflow.MlflowClient()
            experiment = self._client.get_experiment_by_name(EXPERIMENT)
            self._experiment_id = (
                experiment.experiment_id
                if experiment is not None
                else self._client.create_experiment(EXPERIMENT, settings.mlflow_artifact_root)
            )
        except (MlflowException, OSError) as error:
            raise ArepasError(
                f"MLFLOW_TRACKING_URI={settings.mlflow_tracking_uri}: cannot be reached"
                f" ({hide_user_info(str(error))})"
            ) from error

    def register(
        self,
        arepa_type: str,
        estimator: BaseEstimator,
        *,
        columns: tuple[str, ...],
        metrics: dict[str, float],
        tags: dict[str, str],
    ) -> RegisteredModel:
        """Log a fitted model with its story and make it the type's challenger."""
        name = model_name(arepa_type)
        signature = ModelSignature(
            inputs=Schema([ColSpec(DataType.double, column) for column in columns])
        )
        with mlflow.start_run(experiment_id=self._experiment_id, run_name=name, tags=tags) as run:
            mlflow.log_metrics(metrics)
            mlflow.log_params(_parameters(estimator))
            info = mlflow.sklearn.log_model(
                estimator,
                name="model",
                signature=signature,
                serialization_format="cloudpickle",
                # Named here because MLflow's own search for them takes half a minute a model.
                pip_requirements=[f"scikit-learn=={sklearn.__version__}"],
            )
        try:
            self._client.get_registered_model(name)
        except MlflowException:
            self._client.create_registered_model(name, tags={"arepa_type": arepa_type})
        version = self._client.create_model_version(
            name, info.model_uri, run_id=run.info.run_id, tags=tags
        )
        self._client.set_registered_model_alias(name, CHALLENGER, version.version)
        return _registered(arepa_type, version)

    def find_trained(self, arepa_type: str, training_hash: str) -> RegisteredModel | None:
        """Find the version that was fitted on just these rows by just this code, if one was."""
        versions = self._client.search_model_versions(
            f"name = '{model_name(arepa_type)}' and tags.training_hash = '{training_hash}'"
        )
        if not versions:
            return None
        version = max(versions, key=lambda version: int(version.version))
        self._client.set_registered_model_alias(version.name, CHALLENGER, version.version)
        return _registered(arepa_type, version)

    def find(self, arepa_type: str, alias: str) -> RegisteredModel | None:
        """Find the version that carries an alias, if any does."""
        try:
            version = self._client.get_model_version_by_alias(model_name(arepa_type), alias)
        except MlflowException as error:
            if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
                return None
            raise ArepasError(f"{model_name(arepa_type)}: registry: {error}") from error
        return _registered(arepa_type, version)

    def find_versions(self) -> list[RegisteredModel]:
        """List all versions of all types."""
        found: list[ModelVersion] = []
        token: str | None = ""
        while token is not None:
            page = self._client.search_model_versions(
                f"name LIKE '{MODEL_PREFIX}%'", page_token=token or None
            )
            found, token = [*found, *page], page.token or None
        return [_registered(version.tags["arepa_type"], version) for version in found]

    def find_champions(self) -> dict[str, str]:
        """Find the version of every type's champion: one question, however many types."""
        try:
            models = self._client.search_registered_models(max_results=MOST_MODELS)
        except (MlflowException, OSError) as error:
            raise ArepasError(f"registry: {error}") from error
        return {
            unquote(model.name.removeprefix(MODEL_PREFIX)): str(model.aliases[CHAMPION])
            for model in models
            if model.name.startswith(MODEL_PREFIX) and CHAMPION in model.aliases
        }

    def find_version(self, arepa_type: str, version: str) -> RegisteredModel:
        """Find one version.

        Raises:
            ArepasError: There is none such.
        """
        try:
            found = self._client.get_model_version(model_name(arepa_type), version)
        except MlflowException as error:
            raise ArepasError(f"{model_name(arepa_type)} version {version}: {error}") from error
        return _registered(arepa_type, found)

    def find_newest(self, arepa_type: str, as_of: date) -> RegisteredModel | None:
        """Find the version that was trained last up to a morning, if one was."""
        versions = self._client.search_model_versions(f"name = '{model_name(arepa_type)}'")
        known = [v for v in versions if v.tags["trained_as_of"] <= as_of.isoformat()]
        if not known:
            return None
        newest = max(known, key=lambda v: (v.tags["trained_as_of"], int(v.version)))
        return _registered(arepa_type, newest)

    def load(self, model: RegisteredModel) -> LoadedModel:
        """Load a model's fitted pipeline.

        Raises:
            ArepasError: Its files are missing or damaged.
        """
        try:
            uri = f"models:/{model.name}/{model.version}"
            estimator = mlflow.sklearn.load_model(uri)
            signature = mlflow.models.get_model_info(uri).signature
        except Exception as error:
            raise ArepasError(
                f"{model.name} version {model.version}: cannot be loaded ({error})"
            ) from error
        return LoadedModel(model, estimator, tuple(signature.inputs.input_names()))

    def tag(self, model: RegisteredModel, tags: dict[str, str]) -> None:
        """Add to what is said of a version."""
        for key, value in tags.items():
            self._client.set_model_version_tag(model.name, model.version, key, value)

    def log_report(self, page: Path, *, as_of: date) -> None:
        """Keep a training's report as an artifact of a run of its own."""
        tags = {"trained_as_of": as_of.isoformat(), "kind": "model report"}
        name = f"model report {as_of}"
        with mlflow.start_run(experiment_id=self._experiment_id, run_name=name, tags=tags):
            mlflow.log_artifact(str(page))

    def promote(self, model: RegisteredModel) -> None:
        """Make a version its type's champion."""
        self._client.set_registered_model_alias(model.name, CHAMPION, model.version)


def model_name(arepa_type: str) -> str:
    """Name the registered model of an arepa type.

    MLflow allows no `/` and no `:` in names, and 256 characters.
    """
    name = quote(arepa_type, safe="")
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"{MODEL_PREFIX}{name}"


def _registered(arepa_type: str, version: ModelVersion) -> RegisteredModel:
    return RegisteredModel(arepa_type, version.name, str(version.version), dict(version.tags))


def _parameters(estimator: BaseEstimator) -> dict[str, Any]:
    return {
        name: value
        for name, value in estimator.get_params().items()
        if isinstance(value, str | int | float) or value is None
    }


def _create_store(uri: str) -> None:
    """Make MLflow's database aside and put it into place whole, if it is a file that is missing.

    MLflow makes its tables in some fifty migrations, and SQLite keeps what a killed one left: the
    next run could not use such a file, nor finish it.
    """
    path = Path(uri.removeprefix(SQLITE))
    if not uri.startswith(SQLITE) or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".mlflow-", dir=path.parent) as folder:
        unfinished = Path(folder).absolute() / path.name
        mlflow.MlflowClient(f"{SQLITE}{unfinished}").search_experiments(max_results=1)
        if not path.exists():  # another process may have been faster
            unfinished.replace(path)

"""The one door to the model registry: everything of MLflow happens here."""

import hashlib
import logging
import os
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

# Before the import: MLflow reads these when it is imported, or with each question.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# Its log lines go through our handler, which takes passwords out.
os.environ.setdefault("MLFLOW_CONFIGURE_LOGGING", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
# By itself it would try each question for four and a half minutes.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
os.environ.setdefault("PGCONNECT_TIMEOUT", "10")

import mlflow
import sklearn
import sqlalchemy
from mlflow.entities import Experiment
from mlflow.entities.model_registry import ModelVersion
from mlflow.entities.model_registry import RegisteredModel as MlflowModel
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.models.model import ModelInfo
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.entities import PagedList
from mlflow.types import ColSpec, Schema
from mlflow.types.schema import AnyType
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request
from sklearn.base import BaseEstimator
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from python_ml.engines.model_files import (
    CHALLENGER,
    CHAMPION,
    DIGEST_TAG,
    JUDGED,
    MODEL_FILE,
    TWIN_TAG,
    KeptModels,
    LoadedModel,
    ModelFile,
    RegisteredModel,
    check_tags,
    load_file,
)
from python_ml.errors import ArepasError, UnreachableRegistryError, one_line
from python_ml.settings import Settings
from python_ml.variables import SQLITE

logger = logging.getLogger(__name__)
logging.getLogger("mlflow").setLevel(logging.ERROR)
logging.getLogger("alembic").setLevel(logging.ERROR)

# MLflow's own variables by which somebody else's program says where it writes: versions are where
# their runs are, and each training has runs and models of its own.
NOT_OURS = ("MLFLOW_REGISTRY_URI", "MLFLOW_RUN_ID", "MLFLOW_ACTIVE_MODEL_ID")
EXPERIMENT = "arepas"
MODEL_PREFIX = "arepas__"
LONGEST_NAME = 200
ALL_OURS = f"name LIKE '{MODEL_PREFIX}%'"
MOST_MODELS = 1000
PROBE = "can_be_written.txt"
FIRST_QUESTION = "/api/2.0/mlflow/experiments/get-by-name"
FIRST_ANSWER_S, FIRST_RETRIES = 6, 1
ABSENT = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}
UNREACHABLE = (MlflowException, SQLAlchemyError, OSError, ImportError)

T = TypeVar("T")


class Registry:
    """The models in MLflow: one registered model per arepa type, two aliases."""

    def __init__(self, settings: Settings) -> None:
        self.kept = KeptModels(settings)
        self._address = settings.mlflow_tracking_uri
        self._uri = self._address.get_secret_value()
        self._artifact_root = settings.mlflow_artifact_root
        try:
            _create_store(self._uri)
            _ask_in_time(self._uri)
            for variable in NOT_OURS:
                os.environ.pop(variable, None)
            self._client = mlflow.MlflowClient(self._uri)
            experiment = self._client.get_experiment_by_name(EXPERIMENT)
            self._experiment_id = (
                experiment.experiment_id
                if experiment is not None
                else self._client.create_experiment(EXPERIMENT, self._artifact_root)
            )
        except UNREACHABLE as error:
            raise self._unreachable(error) from error
        mlflow.set_tracking_uri(self._uri)

    def register(
        self,
        arepa_type: str,
        estimator: BaseEstimator,
        *,
        columns: tuple[str, ...],
        metrics: dict[str, float],
        tags: dict[str, str],
    ) -> RegisteredModel:
        """Log a fitted model with its story and make it the type's challenger.

        Raises:
            ArepasError: Its file cannot be loaded again.
        """
        name = model_name(arepa_type)
        with mlflow.start_run(experiment_id=self._experiment_id, run_name=name, tags=tags) as run:
            mlflow.log_metrics(metrics)
            mlflow.log_params(_parameters(estimator))
            logged = _log_model(estimator, "model", columns)
        uri = logged.model_uri
        file = self._read_files(uri)
        tags = tags | {DIGEST_TAG: file.digest}
        load_file(RegisteredModel(arepa_type, name, "to be registered", tags), file)
        try:
            self._client.get_registered_model(name)
        except MlflowException:
            self._client.create_registered_model(name, tags={"arepa_type": arepa_type})
        # A server refuses a version that does not name its logged model, too.
        version = self._client.create_model_version(
            name, uri, run_id=run.info.run_id, tags=tags, model_id=logged.model_id
        )
        self._client.set_registered_model_alias(name, CHALLENGER, version.version)
        return _registered(arepa_type, version)

    def log_twin(
        self, arepa_type: str, estimator: BaseEstimator, *, columns: tuple[str, ...]
    ) -> dict[str, str]:
        """Log the model that is judged in another's place: it has not seen the newest mornings.

        Returns:
            Tags for the version that it is the twin of; they say where it is found.
        """
        name = f"{model_name(arepa_type)}, judged twin"
        with mlflow.start_run(experiment_id=self._experiment_id, run_name=name):
            uri = _log_model(estimator, "judged_twin", columns).model_uri
        return {TWIN_TAG: uri, f"{JUDGED}{DIGEST_TAG}": self._read_files(uri).digest}

    def find_trained(self, arepa_type: str, training_hash: str) -> RegisteredModel | None:
        """Find the version that was fitted on just these rows by just this code, if one was."""
        found = self._ours(arepa_type, f" and tags.training_hash = '{training_hash}'")
        if not found:
            return None
        model = max(found, key=lambda model: int(model.version))
        self._client.set_registered_model_alias(model.name, CHALLENGER, model.version)
        return model

    def find(self, arepa_type: str, alias: str) -> RegisteredModel | None:
        """Find the version that carries an alias, if any does.

        Raises:
            ArepasError: It was not made by `make train`.
            UnreachableRegistryError: The registry does not answer.
        """
        name = model_name(arepa_type)
        try:
            version = self._ask(lambda: self._client.get_model_version_by_alias(name, alias))
        except MlflowException:
            return None
        return _registered(arepa_type, version)

    def find_versions(self) -> list[RegisteredModel]:
        """List all versions of all types that `make train` made."""
        return self.review_versions()[0]

    def review_versions(self) -> tuple[list[RegisteredModel], list[str]]:
        """List all versions of all types, and say which others stand among them."""
        models, problems = [], []
        for version in self._search(ALL_OURS):
            arepa_type = version.tags.get("arepa_type", _arepa_type(version.name))
            try:
                models.append(_registered(arepa_type, version))
            except ArepasError as error:
                problems.append(str(error))
        return models, problems

    def find_champions(self) -> dict[str, str]:
        """Find the version of every type's champion: one question a thousand types.

        Other people's models, which a store that a whole house shares may hold in any number, are
        left out by the store itself.
        """
        found: list[MlflowModel] = self._ask_all(
            lambda token: self._client.search_registered_models(
                ALL_OURS, max_results=MOST_MODELS, page_token=token
            )
        )
        return {
            model.tags.get("arepa_type", _arepa_type(model.name)): str(model.aliases[CHAMPION])
            for model in found
            if model.name.startswith(MODEL_PREFIX) and CHAMPION in model.aliases
        }

    def find_version(self, arepa_type: str, version: str) -> RegisteredModel:
        """Find one version.

        Raises:
            ArepasError: There is none such, or it was not made by `make train`.
            UnreachableRegistryError: The registry does not answer.
        """
        name = model_name(arepa_type)
        try:
            found = self._ask(lambda: self._client.get_model_version(name, version))
        except MlflowException as error:
            raise ArepasError(f"{name} version {version}: {error}") from error
        return _registered(arepa_type, found)

    def find_newest(self, arepa_type: str, as_of: date) -> RegisteredModel | None:
        """Find the version that was trained last up to a morning, if one was."""
        known = [
            model
            for model in self._ours(arepa_type)
            if model.tags["trained_as_of"] <= as_of.isoformat()
        ]
        if not known:
            return None
        return max(known, key=lambda model: (model.tags["trained_as_of"], int(model.version)))

    def fetch(self, model: RegisteredModel) -> ModelFile:
        """Fetch what a model is loaded from.

        Raises:
            ArepasError: Its files are missing, or are not those of such a model.
        """
        try:
            return self._read_files(f"models:/{model.name}/{model.version}")
        except Exception as error:
            fault = self.find_fault(model) or one_line(error)
            raise ArepasError(f"{model}: cannot be loaded ({fault})") from error

    def load(self, model: RegisteredModel) -> LoadedModel:
        """Load a model's fitted pipeline, if its file is the one that was registered.

        Raises:
            ArepasError: Its files are missing, damaged or other than those that were registered.
        """
        return load_file(model, self.fetch(model))

    def load_judged(self, model: RegisteredModel) -> LoadedModel:
        """Load what a model is judged by: its twin, or itself if it has none.

        Raises:
            ArepasError: The files of either are missing, damaged or other than registered.
        """
        loaded = self.load(model)
        if TWIN_TAG not in model.tags:
            return loaded
        try:
            file = self._read_files(model.tags[TWIN_TAG])
        except Exception as error:
            raise ArepasError(
                f"{model}: its twin without the newest mornings cannot be loaded"
                f" ({one_line(error)}); run `make retrain`"
            ) from error
        return load_file(model.twin, file)

    def find_fault(self, model: RegisteredModel) -> str | None:
        """Say what is wrong with where a version's files are and with the run that it is of.

        Raises:
            UnreachableRegistryError: The registry does not answer.
        """
        try:
            uri = self._ask(
                lambda: self._client.get_model_version_download_uri(model.name, model.version)
            )
            version = self._ask(lambda: self._client.get_model_version(model.name, model.version))
            run = self._ask(lambda: self._client.get_run(str(version.run_id)))
        except MlflowException:
            return "its run or its logged model was deleted in MLflow; run `make retrain`"
        if (folder := _folder_of(uri)) is not None and not folder.is_dir():
            return (
                f"there is no folder {folder}: if the store was moved, move it back or mount it"
                " there, else run `make retrain`"
            )
        # With the experiment all runs are, which is told once, of it.
        if run.info.lifecycle_stage == "deleted" and self._is_experiment_there():
            return f"its run {run.info.run_id} was deleted in MLflow; restore it there"
        return None

    def _is_experiment_there(self) -> bool:
        return bool(self._find_experiment().lifecycle_stage != "deleted")

    def _find_experiment(self) -> Experiment:
        return self._ask(lambda: self._client.get_experiment(self._experiment_id))

    def find_experiment_fault(self) -> str | None:
        """Say what would keep a training from being logged, before one is made.

        Where models are kept elsewhere than in a folder, a small file is written there to see it.

        Raises:
            UnreachableRegistryError: The registry does not answer.
        """
        number, experiment = self._experiment_id, self._find_experiment()
        place = str(experiment.artifact_location)
        folder = _folder_of(place)
        if experiment.lifecycle_stage == "deleted":
            return (
                f"the experiment {EXPERIMENT} was deleted in MLflow; restore it there (`mlflow"
                f" experiments restore --experiment-id {number}`)"
            )
        if folder is None:
            return _find_write_fault(place, self._uri)
        if folder.is_dir() or place == self._artifact_root:
            return None
        return (
            f"the experiment {EXPERIMENT} keeps its models in {folder}, which is not there: mount"
            " it there, or rename the experiment (`mlflow experiments rename --experiment-id"
            f" {number} --new-name {EXPERIMENT}-before`), and the next training begins one in"
            " MLFLOW_ARTIFACT_ROOT"
        )

    def check_experiment(self) -> None:
        """Look whether a training can be logged, before it is made.

        Raises:
            ArepasError: It cannot: the experiment was deleted, or its files have no place.
            UnreachableRegistryError: The registry does not answer.
        """
        if (fault := self.find_experiment_fault()) is not None:
            raise ArepasError(fault)

    def keep(self, model: RegisteredModel) -> None:
        """Keep a champion beside the warehouse, for mornings without the registry.

        A version from before digests were registered gets its own here: its file is taken as it
        is once, and each change from then on is told.
        """
        if self.kept.is_kept(model):
            return
        try:
            file = self.fetch(model)
            load_file(model, file)
            if DIGEST_TAG not in model.tags:
                self.tag(model, {DIGEST_TAG: file.digest})
            self.kept.write(model, file)
        except (ArepasError, *UNREACHABLE) as error:
            logger.warning("%s is not kept beside the warehouse: %s", model, one_line(error))

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
        """Make a version its type's champion, and keep it beside the warehouse."""
        self._client.set_registered_model_alias(model.name, CHAMPION, model.version)
        self.keep(model)

    def _read_files(self, uri: str) -> ModelFile:
        """Read what a model is loaded from, without loading it."""
        with TemporaryDirectory(prefix="arepas-model-") as folder:
            place = mlflow.artifacts.download_artifacts(
                uri, dst_path=folder, tracking_uri=self._uri, registry_uri=self._uri
            )
            about = Model.load(place)
            if about.signature is None or about.signature.inputs is None:
                raise ArepasError("it has no signature")
            return ModelFile(
                (Path(place) / MODEL_FILE).read_bytes(),
                tuple(about.signature.inputs.input_names()),
                about.flavors["sklearn"]["sklearn_version"],
            )

    def _ours(self, arepa_type: str, condition: str = "") -> list[RegisteredModel]:
        """Find the versions of a type that `make train` made."""
        models = []
        for version in self._search(f"name = '{model_name(arepa_type)}'{condition}"):
            try:
                models.append(_registered(arepa_type, version))
            except ArepasError as error:
                logger.warning("%s", error)
        return models

    def _search(self, condition: str) -> list[ModelVersion]:
        return self._ask_all(
            lambda token: self._client.search_model_versions(condition, page_token=token)
        )

    def _ask_all(self, question: Callable[[str | None], PagedList[T]]) -> list[T]:
        """Ask the registry for one page after the other; a question is told where to go on."""
        page = self._ask(partial(question, None))
        found = [*page]
        while page.token:
            page = self._ask(partial(question, page.token))
            found += page
        return found

    def _ask(self, question: Callable[[], T]) -> T:
        """Ask the registry.

        Raises:
            MlflowException: It answers that there is no such thing.
            UnreachableRegistryError: It does not answer.
        """
        try:
            return question()
        except UNREACHABLE as error:
            if isinstance(error, MlflowException) and error.error_code in ABSENT:
                raise
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> UnreachableRegistryError:
        return UnreachableRegistryError(
            f"MLFLOW_TRACKING_URI={self._address}: cannot be reached ({error})"
        )


def model_name(arepa_type: str) -> str:
    """Name the registered model of an arepa type.

    MLflow allows no `/` and no `:` in names, and 256 characters.
    """
    name = quote(arepa_type, safe="")
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"{MODEL_PREFIX}{name}"


def _arepa_type(name: str) -> str:
    return unquote(name.removeprefix(MODEL_PREFIX))


def _registered(arepa_type: str, version: ModelVersion) -> RegisteredModel:
    return check_tags(
        RegisteredModel(arepa_type, version.name, str(version.version), dict(version.tags))
    )


def _log_model(estimator: BaseEstimator, name: str, columns: tuple[str, ...]) -> ModelInfo:
    """Log a model to the run that is under way; returns what it is called and where it is."""
    return mlflow.sklearn.log_model(
        estimator,
        name=name,
        # Columns of any number: the features' counts are whole, and a gap makes them not.
        signature=ModelSignature(inputs=Schema([ColSpec(AnyType(), column) for column in columns])),
        serialization_format="cloudpickle",
        # What MLflow's own door to models answers: probabilities, as the morning does.
        pyfunc_predict_fn="predict_proba",
        # Named here because MLflow's own search for them takes half a minute a model.
        pip_requirements=[f"scikit-learn=={sklearn.__version__}"],
    )


def _folder_of(uri: str) -> Path | None:
    """The folder that an address names; None where it is elsewhere than on this machine."""
    place = urlsplit(uri)
    return Path(unquote(place.path)) if place.scheme in {"", "file"} else None


def _find_write_fault(place: str, uri: str) -> str | None:
    """Say what keeps MLflow from writing a file to a place, if anything does."""
    try:
        with TemporaryDirectory(prefix="arepas-probe-") as folder:
            probe = Path(folder) / PROBE
            probe.write_text("Models of arepas can be written here.\n")
            store = get_artifact_repository(place, tracking_uri=uri, registry_uri=uri)
            store.log_artifact(str(probe))
    except ImportError as error:
        return (
            f"MLflow cannot write models to {place} ({error}); install the package of that kind of"
            " store, such as `.venv/bin/python -m pip install boto3` for s3"
        )
    except Exception as error:  # of whichever store's library
        return f"MLflow cannot write models to {place} ({one_line(error)})"
    return None


def _parameters(estimator: BaseEstimator) -> dict[str, Any]:
    return {
        name: value
        for name, value in estimator.get_params().items()
        if isinstance(value, str | int | float) or value is None
    }


def _ask_in_time(uri: str) -> None:
    """Ask a server or a database once; MLflow itself would try for minutes.

    Raises:
        MlflowException: The server does not answer within fifteen seconds, or with its own fault.
        SQLAlchemyError: The database cannot be opened.
    """
    if uri.startswith(("http://", "https://")):
        http_request(
            get_default_host_creds(uri),
            FIRST_QUESTION,
            "GET",
            max_retries=FIRST_RETRIES,
            timeout=FIRST_ANSWER_S,
            params={"experiment_name": EXPERIMENT},
        )
    else:
        sqlalchemy.inspect(sqlalchemy.create_engine(uri, poolclass=NullPool))


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

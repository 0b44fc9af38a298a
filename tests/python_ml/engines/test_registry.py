"""The door to MLflow: what people and files do to a registry is named, and runs nothing."""

import asyncio
import json
import os
import pickle
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from python_ml.engines import registry as registry_module
from python_ml.engines.model_files import DIGEST_TAG, RegisteredModel
from python_ml.engines.registry import CHALLENGER, CHAMPION, Registry
from python_ml.errors import ArepasError, UnreachableRegistryError
from python_ml.learning.answers import foresee
from python_ml.learning.reasons import explain, to_text
from tests.conftest import Workspace
from tests.python_ml.engines.test_model_files import Trap

# MLflow's own, when it imports what logs models.
pytestmark = pytest.mark.filterwarnings("ignore:.*Any type hint is inferred")

OPEN_REGISTRY = """
from python_ml.engines.registry import Registry
from python_ml.settings import load_settings
Registry(load_settings())
"""
SERVER_STARTS_WITHIN_S = 120
FIXTURES = Path(__file__).parents[2] / "fixtures"
COLUMNS = ("reading_count_7d", "metric_1_mean_7d")
TAGS = {
    "trained_as_of": "2026-11-01",
    "fitted_from": "2026-01-01",
    "fitted_to": "2026-09-01",
    "horizon_days": "7",
}
ROWS = pd.DataFrame({"reading_count_7d": [40, 50, 60, 70], "metric_1_mean_7d": [1.0, 2, None, 4]})


def schema_of(database: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("select sql from sqlite_master order by name").fetchall()


@pytest.fixture(scope="module")
def workspace_of_registry(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("registry"))
    shutil.copy(empty_store, workspace.folder / "mlflow.db")
    return workspace


@pytest.fixture(scope="module")
def registry(workspace_of_registry: Workspace) -> Registry:
    return Registry(workspace_of_registry.settings())


@pytest.fixture
def client(registry: Registry, workspace_of_registry: Workspace) -> MlflowClient:
    return MlflowClient(workspace_of_registry.environment["MLFLOW_TRACKING_URI"])


def fit() -> Pipeline:
    model = make_pipeline(SimpleImputer(), LogisticRegression())
    return model.fit(ROWS.astype(float), [False, True, False, True])


def register(registry: Registry, arepa_type: str, **tags: str) -> RegisteredModel:
    return registry.register(arepa_type, fit(), columns=COLUMNS, metrics={}, tags=TAGS | tags)


def folder_of(client: MlflowClient, model: RegisteredModel) -> Path:
    version = client.get_model_version(model.name, model.version)
    logged = client.get_logged_model(str(version.source).removeprefix("models:/"))
    return Path(logged.artifact_location.removeprefix("file://"))


@pytest.mark.slow
def test_the_database_is_whole_from_its_first_moment(tmp_path: Path):
    workspace = Workspace(tmp_path)
    database = workspace.folder / "mlflow.db"
    with subprocess.Popen(
        [sys.executable, "-c", OPEN_REGISTRY], env=os.environ | workspace.environment
    ) as process:
        while not database.exists() and process.poll() is None:
            time.sleep(0.001)
        process.kill()
    first = schema_of(database)
    assert Registry(workspace.settings()).find_champions() == {}
    assert schema_of(database) == first
    assert len(first) > 50


def test_a_version_that_a_person_registered_is_named_and_no_other_is_touched(
    registry: Registry, client: MlflowClient
):
    ours = register(registry, "by hand")
    theirs = client.create_model_version(ours.name, f"models:/{ours.name}/1")
    client.set_registered_model_alias(ours.name, CHAMPION, theirs.version)
    said = f"{ours.name} version {theirs.version}: not made by `make train` (its tag"
    for ask in (
        lambda: registry.find("by hand", CHAMPION),
        lambda: registry.find_version("by hand", str(theirs.version)),
    ):
        with pytest.raises(ArepasError) as caught:
            ask()
        assert said in str(caught.value)
    models, problems = registry.review_versions()
    assert ours in models
    assert [problem for problem in problems if problem.startswith(said)]
    assert registry.find_newest("by hand", date(2026, 11, 20)) == ours
    assert registry.find("by hand", CHALLENGER) == ours


def test_a_version_without_a_signature_is_named(registry: Registry, client: MlflowClient):
    with mlflow.start_run(experiment_id=registry._experiment_id) as run:
        info = mlflow.sklearn.log_model(
            DummyClassifier().fit([[0.0]], [True]),
            name="model",
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )
    name = registry_module.model_name("unsigned")
    client.create_registered_model(name)
    client.create_model_version(name, info.model_uri, run_id=run.info.run_id, tags=TAGS)
    with pytest.raises(ArepasError, match=r"cannot be loaded .*no signature"):
        registry.load(registry.find_version("unsigned", "1"))


def test_a_file_that_was_changed_is_named_and_not_run(
    registry: Registry, client: MlflowClient, tmp_path: Path
):
    model = register(registry, "changed")
    sprung = tmp_path / "sprung"
    (folder_of(client, model) / "model.pkl").write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(ArepasError, match="its file is not the one that was registered"):
        registry.load(model)
    assert not sprung.exists()


def test_a_version_from_before_digests_is_taken_as_it_is_once(
    registry: Registry, client: MlflowClient
):
    model = register(registry, "older")
    client.delete_model_version_tag(model.name, model.version, DIGEST_TAG)
    older = registry.find_version("older", model.version)
    assert DIGEST_TAG not in older.tags
    assert registry.load(older).columns == COLUMNS
    registry.keep(older)
    assert registry.find_version("older", model.version).tags == model.tags


def test_a_twin_is_judged_in_the_place_of_the_model_that_is_served(registry: Registry):
    model = make_pipeline(SimpleImputer(), LogisticRegression())
    model.fit(ROWS.astype(float), [True, True, False, False])
    of_twin = registry.log_twin("twinned", model, columns=COLUMNS)
    served = register(registry, "twinned", judged_fitted_to="2026-07-01", **of_twin)
    judged = registry.load_judged(served)
    assert judged.registered.tags["fitted_to"] == "2026-07-01"
    assert served.tags["fitted_to"] == "2026-09-01"
    assert judged.estimator.predict(ROWS.astype(float)).tolist() == [True, True, False, False]
    old = register(registry, "before twins")
    assert registry.load_judged(old).registered == old


def test_a_twin_whose_file_was_changed_is_named_and_not_run(
    registry: Registry, client: MlflowClient
):
    estimator = registry.load(register(registry, "lent")).estimator
    of_twin = registry.log_twin("changed twin", estimator, columns=COLUMNS)
    served = register(registry, "changed twin", **of_twin)
    logged = client.get_logged_model(of_twin["judged_model"].removeprefix("models:/"))
    file = Path(logged.artifact_location.removeprefix("file://")) / "model.pkl"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(ArepasError, match="not the one that was registered"):
        registry.load_judged(served)
    file.unlink()
    with pytest.raises(ArepasError, match="its twin without the newest mornings cannot be loaded"):
        registry.load_judged(served)


def test_a_promoted_version_is_kept_beside_the_warehouse(registry: Registry):
    first, second = register(registry, "kept"), register(registry, "kept")
    for model in (first, second, first):
        registry.promote(model)
        assert registry.kept.find("kept", CHAMPION) == model
    np.testing.assert_array_equal(
        registry.kept.load(first).estimator.predict_proba(ROWS),
        registry.load(first).estimator.predict_proba(ROWS),
    )


def test_files_that_were_moved_are_named(registry: Registry, client: MlflowClient):
    model = register(registry, "moved")
    folder = folder_of(client, model)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(ArepasError, match=f"there is no folder {folder}: .*was moved"):
        registry.load(model)


def test_a_champion_whose_run_was_deleted_is_named(registry: Registry, client: MlflowClient):
    model = register(registry, "deleted")
    assert registry.find_fault(model) is None
    client.delete_run(str(client.get_model_version(model.name, model.version).run_id))
    assert "was deleted in MLflow" in str(registry.find_fault(model))


@pytest.fixture
def another(empty_store: Path, tmp_path: Path, registry: Registry) -> Iterator[Workspace]:
    """A store beside that of the other tests, to which MLflow itself is set back afterwards."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    yield Workspace(tmp_path)
    mlflow.set_tracking_uri(registry._uri)


def test_an_experiment_that_somebody_deleted_is_told_once_and_before_anything_is_fitted(
    registry: Registry, client: MlflowClient
):
    model = register(registry, "experiment deleted")
    registry.check_experiment()
    client.delete_experiment(registry._experiment_id)
    try:
        assert registry.find_fault(model) is None
        with pytest.raises(ArepasError, match=r"the experiment arepas was deleted .*restore it"):
            registry.check_experiment()
    finally:
        client.restore_experiment(registry._experiment_id)
    registry.check_experiment()


@pytest.mark.parametrize(
    ("root", "said"),
    [
        ("s3://models/arepas", r"to s3://models/arepas \(.*boto3.*pip install boto3"),
        ("{folder}/gone", r"keeps its models in .*/gone, which is not there: mount it .*rename"),
    ],
)
def test_a_place_that_models_cannot_be_written_to_is_told_before_anything_is_fitted(
    another: Workspace, monkeypatch: pytest.MonkeyPatch, root: str, said: str
):
    monkeypatch.setitem(sys.modules, "boto3", None)  # also where somebody has installed it
    Registry(another.settings(MLFLOW_ARTIFACT_ROOT=root.format(folder=another.folder)))
    with pytest.raises(ArepasError, match=said):
        Registry(another.settings()).check_experiment()


def test_champions_are_found_among_however_many_models_of_other_people(
    registry: Registry, client: MlflowClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(registry_module, "MOST_MODELS", 2)
    for name in ("a house's other 1", "a house's other 2", "a house's other 3"):
        client.create_registered_model(name)
    models = [register(registry, arepa_type) for arepa_type in ("among 1", "among 2", "among 3")]
    for model in models:
        registry.promote(model)
    found = registry.find_champions()
    assert {model.arepa_type: model.version for model in models}.items() <= found.items()


def test_a_registry_that_the_environment_names_beside_ours_is_left_alone(
    another: Workspace, monkeypatch: pytest.MonkeyPatch
):
    other = another.folder / "other.db"
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", f"sqlite:///{other}")
    registry = Registry(another.settings())
    registry.promote(model := register(registry, "a1"))
    assert registry.load(model).columns == COLUMNS
    assert registry.find("a1", CHAMPION) == model
    assert not other.exists()


def test_nothing_is_written_into_a_run_or_a_model_that_the_environment_names(
    another: Workspace, monkeypatch: pytest.MonkeyPatch
):
    theirs = register(Registry(another.settings()), "theirs")
    client = MlflowClient(another.environment["MLFLOW_TRACKING_URI"])
    version = client.get_model_version(theirs.name, theirs.version)
    run_id, model_id = str(version.run_id), str(version.source).removeprefix("models:/")
    monkeypatch.setenv("MLFLOW_RUN_ID", run_id)
    monkeypatch.setenv("MLFLOW_ACTIVE_MODEL_ID", model_id)

    def register_ours() -> RegisteredModel:
        registry, told = Registry(another.settings()), {"cost": 1.0}
        return registry.register("a1", fit(), columns=COLUMNS, metrics=told, tags=TAGS)

    with ThreadPoolExecutor(1) as pool:  # MLflow reads the model's name once a thread
        ours = pool.submit(register_ours).result()
    assert client.get_model_version(ours.name, ours.version).run_id != run_id
    assert client.get_run(run_id).data.metrics == {}
    assert not client.get_logged_model(model_id).metrics


@pytest.fixture
def server(another: Workspace) -> Iterator[str]:
    """MLflow's own server on that store, which keeps the models' files, too; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"]
    command += ["--port", str(port), "--artifacts-destination", str(another.folder / "kept")]
    command += ["--backend-store-uri", another.environment["MLFLOW_TRACKING_URI"]]
    # What judges answers of language models has processes of its own; nothing of ours asks it.
    without_jobs = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    log = another.folder / "server.log"
    with (
        log.open("w") as out,
        subprocess.Popen(
            command, env=without_jobs, stdout=out, stderr=out, start_new_session=True
        ) as process,
    ):
        try:
            deadline = time.monotonic() + SERVER_STARTS_WITHIN_S
            while not is_answered(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def is_answered(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.mark.slow
def test_models_are_registered_promoted_and_loaded_at_mlflow_s_own_server(
    another: Workspace, server: str
):
    there = {"MLFLOW_TRACKING_URI": server, "MLFLOW_ARTIFACT_ROOT": "mlflow-artifacts:/arepas"}
    registry = Registry(another.settings(**there))
    registry.check_experiment()
    model = register(registry, "a1", **registry.log_twin("a1", fit(), columns=COLUMNS))
    registry.promote(model)
    assert registry.find_champions() == {"a1": model.version}
    assert registry.find_fault(model) is None
    assert registry.load_judged(model).columns == COLUMNS
    assert registry.kept.find("a1", CHAMPION) == model
    assert list((another.folder / "kept").rglob("model.pkl"))


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port where somebody listens and nobody ever answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "postgresql+psycopg"])
@pytest.mark.parametrize("is_silent", [False, True])
def test_a_server_that_is_away_is_told_of_in_time_and_without_its_password(
    tmp_path: Path,
    black_hole: int,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    is_silent: bool,
):
    monkeypatch.setattr(registry_module, "FIRST_ANSWER_S", 0.3)
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "2")  # libpq's least
    port = black_hole if is_silent else 9
    workspace = Workspace(tmp_path)
    settings = workspace.settings(MLFLOW_TRACKING_URI=f"{scheme}://me:hushhush@127.0.0.1:{port}/m")
    with pytest.raises(UnreachableRegistryError) as caught:
        Registry(settings)
    assert f"MLFLOW_TRACKING_URI={scheme}://***@127.0.0.1:{port}/m: cannot be" in str(caught.value)
    assert "hushhush" not in str(caught.value)


def test_a_database_that_is_none_is_told_of(tmp_path: Path):
    workspace = Workspace(tmp_path)
    (workspace.folder / "mlflow.db").write_text("no database, only words" * 100)
    with pytest.raises(UnreachableRegistryError, match=r"cannot be reached .*not a database"):
        Registry(workspace.settings())


def answer_of(model: Any, rows: dict[str, Any]) -> np.ndarray:
    """What `mlflow models serve` answers to one request, without its process."""
    from mlflow.pyfunc import scoring_server

    body = json.dumps({"dataframe_split": rows}).encode()
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/invocations",
        "headers": [(b"content-type", b"application/json")],
        "query_string": b"",
        "server": None,
    }
    asyncio.run(scoring_server.init(model)(scope, receive, send))
    assert sent[0]["status"] == 200, sent
    return np.array(json.loads(b"".join(m.get("body", b"") for m in sent))["predictions"])


def test_mlflow_itself_answers_probabilities_and_takes_whole_numbers(registry: Registry):
    model = register(registry, "served")
    expected = registry.load(model).estimator.predict_proba(ROWS.astype(float))
    served = mlflow.pyfunc.load_model(f"models:/{model.name}/{model.version}")
    assert ROWS["reading_count_7d"].dtype == int
    np.testing.assert_array_equal(served.predict(ROWS), expected)
    np.testing.assert_array_equal(served.predict(ROWS.astype(float)), expected)
    split = json.loads(ROWS.to_json(orient="split"))
    np.testing.assert_array_equal(
        answer_of(served, {"columns": split["columns"], "data": split["data"]}), expected
    )


@pytest.fixture(scope="module")
def old_store(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A registry that commit e1091f4 wrote, before the package had rooms."""
    workspace = Workspace(tmp_path_factory.mktemp("old"))
    with tarfile.open(FIXTURES / "store_e1091f4.tar.xz") as archive:
        archive.extractall(workspace.folder, filter="data")
    with closing(sqlite3.connect(workspace.folder / "mlflow.db")) as connection, connection:
        for table, column in (
            ("experiments", "artifact_location"),
            ("runs", "artifact_uri"),
            ("logged_models", "artifact_location"),
            ("model_versions", "storage_location"),
        ):
            connection.execute(
                f"update {table} set {column} = replace({column}, '/store', ?)",
                [str(workspace.folder)],
            )
    return workspace


def test_models_that_older_code_registered_predict_and_explain_as_they_did(old_store: Workspace):
    registry = Registry(old_store.settings())
    assert registry.find_champions() == {"a1": "1"}
    champion = registry.find("a1", CHAMPION)
    assert champion is not None
    model = registry.load(champion)
    then = json.loads((old_store.folder / "predictions.json").read_text())
    inputs = pd.DataFrame([row["features"] for row in then])[list(model.columns)].astype(float)
    np.testing.assert_allclose(
        model.estimator.predict_proba(inputs)[:, 1],
        [row["failure_probability"] for row in then],
        rtol=0,
        atol=1e-12,
    )
    assert len(explain(model.estimator, inputs)) == len(then)
    # Of before there were curves and bounds: no shape of its own, and bounds by its experts.
    said = model.estimator.predict_proba(inputs)[:, 1]
    foreseen = foresee(model.estimator, inputs, said)
    assert foreseen["curve"] == [None] * len(said)
    assert (np.array(foreseen["probability_lower"]) < said).all()
    assert (np.array(foreseen["probability_upper"]) > said).all()
    assert len(to_text(explain(model.estimator, inputs)[0]).split("; ")) == 3

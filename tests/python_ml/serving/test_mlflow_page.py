"""MLflow's own page: for this machine alone, without telling the store's address."""

from pathlib import Path

import pytest

from python_ml.errors import InputError
from python_ml.serving.mlflow_page import mlflow_page, page_command
from python_ml.settings import load_settings


def test_the_page_is_on_loopback_and_no_argument_holds_the_store_s_password():
    uri = "postgresql+psycopg://arepas:secret@db.example.org/mlflow"
    command, environment = page_command(load_settings({"MLFLOW_TRACKING_URI": uri}), 5001, {})
    assert command[-7:-3] == ["--host", "127.0.0.1", "--port", "5001"]
    assert "secret" not in " ".join(command)
    assert environment["MLFLOW_BACKEND_STORE_URI"] == uri
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"


@pytest.mark.parametrize(
    ("uri", "said"),
    [("sqlite:////nowhere/mlflow.db", "run `make retrain`"), ("https://mlflow", "is a server")],
)
def test_without_a_store_of_our_own_there_is_one_clear_line(uri: str, said: str):
    with pytest.raises(InputError, match=said):
        mlflow_page(load_settings({"MLFLOW_TRACKING_URI": uri}), 5000)
    assert not Path("/nowhere").exists()

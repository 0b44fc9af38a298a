"""`arepas mlflow`: MLflow's own page on the configured store, for this machine alone."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from python_ml.engines.registry import SQLITE
from python_ml.errors import InputError
from python_ml.settings import Settings

LOOPBACK = "127.0.0.1"


def mlflow_page(settings: Settings, port: int) -> None:
    """Become the server of MLflow's page.

    Raises:
        InputError: There is no store yet, or it is a server, which has the page itself.
    """
    uri = settings.mlflow_tracking_uri.get_secret_value()
    if urlsplit(uri).scheme in {"http", "https"}:
        raise InputError("MLFLOW_TRACKING_URI is a server: open that address, the page is there")
    if uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).exists():
        raise InputError(
            f"MLFLOW_TRACKING_URI={settings.mlflow_tracking_uri}: no models yet; run `make retrain`"
        )
    command, environment = page_command(settings, port, os.environ)
    os.execve(command[0], command, environment)


def page_command(
    settings: Settings, port: int, environment: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Write the command of the page and its environment, which alone names the store.

    An address may hold a password, and everybody on a machine sees the arguments of its processes.
    """
    command = [sys.executable, "-m", "mlflow", "ui", "--host", LOOPBACK, "--port", str(port)]
    # The artifacts are where the store says: this server keeps none.
    command += ["--workers", "1", "--no-serve-artifacts"]
    return command, {
        **environment,
        "MLFLOW_BACKEND_STORE_URI": settings.mlflow_tracking_uri.get_secret_value(),
        "MLFLOW_DEFAULT_ARTIFACT_ROOT": settings.mlflow_artifact_root,
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }

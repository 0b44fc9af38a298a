"""The documented Postgres for MLflow, for real: Debian's, on loopback, in a temporary folder."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from python_ml.engines.registry import CHAMPION, Registry
from tests.conftest import Workspace
from tests.python_ml.engines.test_registry import ROWS, register

SEARCHED = os.pathsep.join(
    [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), os.defpath]
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("initdb", path=SEARCHED) is None,
        reason="not run: no Postgres; `apt-get install postgresql` brings it",
    ),
    # MLflow's own, when it imports what logs models.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred"),
]

PASSWORD = "hush/hush@home"


def run_postgres(program: str, *arguments: object) -> None:
    """Run one of its programs, which refuse to be root's."""
    subprocess.run(
        [str(shutil.which(program, path=SEARCHED)), *map(str, arguments)],
        check=True,
        capture_output=True,
        user="nobody" if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
    )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A database that asks for its password."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory(prefix="postgres-") as folder:  # a socket's path has to be short
        place = Path(folder)
        place.chmod(0o777)
        (place / "password").write_text(PASSWORD)
        data = place / "data"
        access = ("--username=arepas", f"--pwfile={place / 'password'}", "--auth=scram-sha-256")
        run_postgres("initdb", "--no-sync", f"--pgdata={data}", *access)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {place} -c fsync=off"
        run_postgres("pg_ctl", "--wait", "-D", data, "-l", place / "log", "-o", options, "start")
        try:
            yield f"postgresql://arepas:hush%2Fhush%40home@127.0.0.1:{port}/postgres"
        finally:
            run_postgres("pg_ctl", "--wait", "-D", data, "--mode=immediate", "stop")


def test_models_are_registered_promoted_and_loaded_through_postgres(address: str, tmp_path: Path):
    settings = Workspace(tmp_path).settings(MLFLOW_TRACKING_URI=address)
    registry = Registry(settings)
    challenger = register(registry, "a1")
    registry.promote(challenger)
    champion = Registry(settings).find("a1", CHAMPION)
    assert champion == challenger
    assert registry.find_champions() == {"a1": "1"}
    loaded = registry.load(champion)
    np.testing.assert_array_equal(
        loaded.estimator.predict_proba(ROWS),
        registry.kept.load(champion).estimator.predict_proba(ROWS),
    )
    assert registry.find_newest("a1", date(2026, 11, 20)) == challenger

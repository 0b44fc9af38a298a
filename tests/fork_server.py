"""A process that has imported, and parsed, everything once and forks a child for each run.

So that a run can be killed as often as one likes without paying for that each time. Reads one JSON
object a line: what to run; answers with the child's process id, then its exit status.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PARSED = "parsed"


def serve(*, is_parsed: bool) -> None:
    import duckdb  # noqa: F401
    import mlflow.store.model_registry.sqlalchemy_store
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
    import sklearn.ensemble  # noqa: F401

    from python_ml import cli  # noqa: F401
    from python_ml.engines import registry, transform  # noqa: F401
    from python_ml.lifecycle import promote, train  # noqa: F401
    from python_ml.morning import daily, score  # noqa: F401

    if is_parsed:
        parse()
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            run(request)
        answer(pid)
        answer(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def parse() -> None:
    """Parse the project: a manifest holds for every warehouse of its name."""
    from python_ml.engines import transform
    from python_ml.settings import load_settings

    with TemporaryDirectory() as folder:
        settings = load_settings({"WAREHOUSE_PATH": f"{folder}/warehouse.duckdb"})
        transformer = transform.Transformer(settings, transform.duckdb_engine(settings))
        transformer.compile_model("stg_kitchen__builds")


def answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def run(request: Mapping[str, Any]) -> None:
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.update(request["environment"])
    from python_ml import cli
    from python_ml.morning import daily

    for name, value in request["constants"].items():
        setattr(daily, name, value)
    for name in request["skipped"]:
        setattr(daily, name, lambda *_, **__: None)
    os._exit(cli.main(request["arguments"]))


class ForkServer:
    """The other end: start a run, wait for it or kill it.

    Where the server has parsed the project its children use that, and cannot parse it themselves:
    dbt's parser works once in a line of forks.
    """

    def __init__(self, *, is_parsed: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server", *([PARSED] if is_parsed else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        constants: Mapping[str, int] | None = None,
        skipped: Sequence[str] = (),
    ) -> int:
        """Start a run, some of its steps left out, and return its process id."""
        assert self._process.stdin is not None
        request = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "log": str(log),
            "constants": dict(constants or {}),
            "skipped": list(skipped),
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._readline())

    def wait(self) -> int:
        """Wait for the run to end; its exit status, negative for a signal."""
        return int(self._readline())

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def _readline(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


if __name__ == "__main__":
    serve(is_parsed=PARSED in sys.argv)

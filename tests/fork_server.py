"""A process that has imported, and read, everything once and forks a child for each run.

So that a run can be killed as often as one likes without paying for that each time. It has lanes,
which work side by side: each reads one JSON object a line, what to run, and answers with the
child's process id, then its exit status.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO


def serve(lanes: list[socket.socket]) -> None:
    import duckdb  # noqa: F401
    import mlflow.store.model_registry.sqlalchemy_store
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
    import sklearn.ensemble  # noqa: F401

    from python_ml import cli  # noqa: F401
    from python_ml.engines import registry, transform  # noqa: F401
    from python_ml.lifecycle import promote, train  # noqa: F401
    from python_ml.morning import daily, score  # noqa: F401

    read_parsed()
    pids = []
    for number, lane in enumerate(lanes):
        pid = os.fork()
        if pid == 0:
            for other in lanes[:number] + lanes[number + 1 :]:
                other.close()
            serve_lane(lane.makefile("rw"))
            os._exit(0)
        pids.append(pid)
    for lane in lanes:
        lane.close()
    for pid in pids:
        os.waitpid(pid, 0)


def read_parsed() -> None:
    """Read what dbt parsed of the project: a manifest holds for every warehouse of its name."""
    from python_ml.engines import transform
    from python_ml.settings import load_settings

    with TemporaryDirectory() as folder:
        settings = load_settings({"WAREHOUSE_PATH": f"{folder}/warehouse.duckdb"})
        transformer = transform.Transformer(settings, transform.duckdb_engine(settings))
        transformer.compile_model("stg_kitchen__builds")


def serve_lane(lane: TextIO) -> None:
    for line in lane:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            run(json.loads(line))
        answer(lane, pid)
        answer(lane, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def answer(lane: TextIO, number: int) -> None:
    lane.write(f"{number}\n")
    lane.flush()


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
        module, _, step = name.rpartition(".")
        setattr(import_module(module), step, lambda *_, **__: None)
    os._exit(cli.main(request["arguments"]))


class Lane:
    """One run at a time in a child of the server: start it, wait for it or kill it."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._file = end.makefile("rw")

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        constants: Mapping[str, int] | None = None,
        skipped: Sequence[str] = (),
    ) -> int:
        """Start a run, some of its steps left out, and return its process id.

        Args:
            arguments: The verb and its options.
            environment: Variables beside the server's own.
            log: File that takes what the run says.
            constants: Values for constants of `daily`.
            skipped: Functions that do nothing in this run, by their dotted names.
        """
        request = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "log": str(log),
            "constants": dict(constants or {}),
            "skipped": list(skipped),
        }
        self._file.write(json.dumps(request) + "\n")
        self._file.flush()
        return int(self._file.readline())

    def wait(self) -> int:
        """Wait for the run to end; its exit status, negative for a signal."""
        return int(self._file.readline())

    def close(self) -> None:
        self._file.close()
        self._socket.close()


class ForkServer:
    """The server, and the near ends of its lanes.

    Its children use what dbt has parsed of the project, and cannot parse it themselves: dbt's
    parser works once in a line of forks.
    """

    def __init__(self, lane_count: int) -> None:
        pairs = [socket.socketpair() for _ in range(lane_count)]
        far_ends = [far for _, far in pairs]
        descriptors = [far.fileno() for far in far_ends]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server", *map(str, descriptors)],
            pass_fds=descriptors,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        for far in far_ends:
            far.close()
        self.lanes = [Lane(near) for near, _ in pairs]

    def close(self) -> None:
        for lane in self.lanes:
            lane.close()
        assert self._process.wait(timeout=60) == 0


if __name__ == "__main__":
    serve([socket.socket(fileno=int(descriptor)) for descriptor in sys.argv[1:]])

"""The run log: what each run did, also when it was stopped half-way."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, PartlyDoneError
from python_ml.run.record import start_run
from tests.conftest import RAW_FIXTURES, Workspace

AS_OF = date(2020, 11, 5)
STEPS = "select step, status, row_count, message from ml.runs order by started_at, step"
TOOLS = Path(sys.executable).parent


@pytest.fixture
def with_warehouse(workspace: Workspace) -> Workspace:
    with Warehouse(workspace.warehouse):
        return workspace


def test_a_step_says_how_it_ended(with_warehouse: Workspace):
    settings = with_warehouse.settings()
    with pytest.raises(ArepasError), start_run(settings, AS_OF) as run:
        with run.step("load") as step:
            step.row_count = 3
        with run.attempt("site"):
            raise KeyError("title")
        with pytest.raises(PartlyDoneError), run.step("train"):
            raise PartlyDoneError("no model for a2")
        with run.step("score"):
            raise ArepasError("no champion\nrun `make retrain`")
    with start_run(settings, AS_OF) as later:
        with later.attempt("digest"):
            raise OSError("smtp://me:hush-hush@mail refused")
        with later.step("plan") as step:
            step.message = "http://me:hush-hush@mlflow was away"
    assert later.problems == ["digest: OSError: smtp://***@mail refused"]
    assert run.problems == ["site: KeyError: 'title'"]
    assert with_warehouse.rows(STEPS) == [
        ("load", "done", 3, None),
        ("site", "failed", None, "KeyError: 'title'"),
        ("train", "partly_done", None, "no model for a2"),
        ("score", "failed", None, "no champion run `make retrain`"),
        ("digest", "failed", None, "OSError: smtp://***@mail refused"),
        ("plan", "done", None, "http://***@mlflow was away"),
    ]


def test_a_run_without_a_warehouse_makes_none(workspace: Workspace):
    with start_run(workspace.settings(), AS_OF) as run, run.step("load"):
        pass
    assert not workspace.warehouse.exists()


def test_steps_wait_while_somebody_has_the_warehouse_open(with_warehouse: Workspace):
    with start_run(with_warehouse.settings(), AS_OF) as run:
        holder = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()",
                str(with_warehouse.warehouse),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        holder.stdout.readline()
        with run.step("reports"):
            pass
        holder.communicate("\n")  # lets it go
        with run.step("site"):
            pass
    assert [row[:2] for row in with_warehouse.rows(STEPS)] == [
        ("reports", "done"),
        ("site", "done"),
    ]


@pytest.mark.slow
def test_a_killed_run_is_shown_as_aborted_by_the_next(new_workspace: Callable[[], Workspace]):
    workspace = new_workspace()
    workspace.copy_raw(RAW_FIXTURES)
    command = [TOOLS / "arepas", "build", "--as-of", AS_OF.isoformat()]
    variables = os.environ | workspace.environment | {"LOG_FORMAT": "json"}
    with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True) as killed:
        for line in killed.stderr:
            if json.loads(line)["message"].startswith("dbt build"):
                break
        killed.send_signal(signal.SIGKILL)
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    runs = workspace.rows("select distinct run_id from ml.runs order by 1")
    assert [row[:2] for row in workspace.rows(STEPS)] == [
        ("load", "done"),
        ("build", "aborted"),
        ("load", "done"),
        ("build", "done"),
    ]
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["run_id"] for line in lines} == {runs[1][0]}
    assert {line["step"] for line in lines} >= {"load", "build"}
    assert all(line.keys() >= {"timestamp", "level", "message", "name"} for line in lines)


def test_the_push_gateway_hears_how_a_run_went(with_warehouse: Workspace):
    heard, keys = [], []

    class Gateway(BaseHTTPRequestHandler):
        def do_PUT(self):
            heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            keys.append(self.headers["Authorization"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.handle_request, daemon=True).start()
    address = f"http://arepas:tor%40tilla@127.0.0.1:{server.server_port}"
    settings = with_warehouse.settings(PUSHGATEWAY_URL=address)
    with pytest.raises(PartlyDoneError), start_run(settings, AS_OF) as run:
        with run.step("load") as step:
            step.row_count = 12
        raise PartlyDoneError("not all")
    server.server_close()
    assert keys == ["Basic " + b64encode(b"arepas:tor@tilla").decode()]
    assert "arepas_run_exit_status 3.0" in heard[0]
    assert 'arepas_step_rows{step="load"} 12.0' in heard[0]
    assert 'arepas_step_duration_seconds{step="load"}' in heard[0]


def test_an_unreachable_push_gateway_is_said_and_stops_nothing(
    with_warehouse: Workspace, caplog: pytest.LogCaptureFixture
):
    settings = with_warehouse.settings(PUSHGATEWAY_URL="http://arepas:tortilla@127.0.0.1:9")
    with start_run(settings, AS_OF) as run, run.step("load"):
        pass
    assert "PUSHGATEWAY_URL=http://***@127.0.0.1:9" in caplog.text
    assert "tortilla" not in caplog.text

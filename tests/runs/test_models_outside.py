"""Opened by MLflow's own doors a champion says what the morning said: docs/models.md as written."""

import http.client
import json
import os
import re
import signal
import subprocess
import time

import numpy as np
import pandas as pd
import pytest

from python_ml.settings import PROJECT_DIR
from tests.conftest import Workspace
from tests.python_ml.engines.test_registry import answer_of
from tests.python_ml.serving.test_serve import free_port
from tests.small_fleet import AS_OF

pytestmark = [
    pytest.mark.slow,
    # MLflow's own, when it imports what logs models.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred"),
]

SERVE_WITHIN_S = 120
SAID = """
select machine_id, failure_probability from ml.predictions
where as_of_date = ? and arepa_type = 'a1' and model_role = 'champion' and status = 'scored'
"""


def ask_server(port: int, path: str, body: str) -> str | None:
    """Ask a server on this machine; None while it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body, {"content-type": "application/json"})
        return connection.getresponse().read().decode()
    except ConnectionError:
        return None
    finally:
        connection.close()


def test_the_example_in_the_docs_and_the_model_server_say_what_the_morning_said(evening: Workspace):
    page = (PROJECT_DIR / "docs" / "models.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    example = example.replace("sqlite:///data/", f"sqlite:///{evening.folder}/")
    example = example.replace('"data/warehouse.duckdb"', repr(str(evening.warehouse)))
    names: dict = {}
    exec(example, names)
    rows = names["rows"].assign(said=names["probability"])
    assert rows["reading_count_7d"].dtype.kind == "i"  # as the table has them
    of_morning = rows[rows["as_of_date"] == pd.Timestamp(AS_OF)].set_index("machine_id")
    expected = evening.query(SAID, (AS_OF,)).set_index("machine_id")["failure_probability"]
    assert len(expected) > 3
    np.testing.assert_array_equal(of_morning["said"][expected.index], expected)
    asked = of_morning.loc[expected.index].drop(columns=["as_of_date", "said"])
    split = json.loads(asked.to_json(orient="split", double_precision=15))
    body = {name: split[name] for name in ("columns", "data")}
    answered = answer_of(names["champion"], body)
    # JSON here carries fifteen digits.
    np.testing.assert_allclose(answered[:, 1], expected, rtol=0, atol=1e-9)


def test_the_docs_command_starts_mlflow_s_own_server(evening: Workspace):
    page = (PROJECT_DIR / "docs" / "models.md").read_text()
    (command,) = re.findall(r"```sh\n(.*?mlflow models serve.*?)\n```", page, re.DOTALL)
    command = command.replace("sqlite:///data/", f"sqlite:///{evening.folder}/")
    port = free_port()
    rows = evening.query(
        "select * exclude (as_of_date) from features.feat_machine_arepa_daily"
        " where arepa_type = 'a1' and as_of_date = ?",
        (AS_OF,),
    )
    body = f'{{"dataframe_split": {rows.to_json(orient="split", index=False)}}}'
    plain = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    server = subprocess.Popen(
        ["bash", "-c", f"{command} --port {port}"],
        cwd=PROJECT_DIR,
        env=plain | {"PATH": os.defpath},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for _ in range(SERVE_WITHIN_S):
            if (answer := ask_server(port, "/invocations", body)) or server.poll() is not None:
                break
            time.sleep(1)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        out, _ = server.communicate(timeout=60)
    assert answer is not None, out
    assert len(json.loads(answer)["predictions"]) == len(rows)

"""`make pull` on a real Postgres and a folder: each row and file once, whatever breaks."""

import gzip
import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from python_ml.settings import PROJECT_DIR
from tests.conftest import Workspace
from tests.postgres import is_installed

PYTHON = PROJECT_DIR / ".venv-pull" / "bin" / "python"
LAYOUT = """
[plant]
table = "cooking_metrics"
files = "pull/readings/*.parquet"
[plant.columns]
timestamp = { from = "When", zone = "UTC" }
machine_id = "Oven"
batch_id = "Lot"
metric_1 = "temp"
metric_2 = "amps"
"""

pytestmark = pytest.mark.skipif(
    not (PYTHON.exists() and is_installed()),
    reason="not run: needs Postgres, and dlt's environment, which `make pull` installs",
)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Path:
    folder = tmp_path_factory.mktemp("pulled")
    subprocess.run(
        [PYTHON, "-m", "tests.pull_steps", postgres, folder],
        cwd=PROJECT_DIR, check=True, timeout=300,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def steps(pulled: Path) -> dict[str, Any]:
    return {step["what"]: step for step in json.loads((pulled / "steps.json").read_text())}


def test_each_row_and_file_comes_once(steps: dict[str, Any]):
    first, again, more, changed = (steps[what] for what in ("first", "again", "more", "changed"))
    assert (first["status"], first["ids"]) == (0, [1, 2, 3])
    assert first["share"] == ["pull/share/2026/a.csv"]
    assert again == first | {"what": "again"}
    assert (more["status"], more["ids"]) == (0, [1, 2, 3, 4, 5])
    assert more["share"] == ["pull/share/2026/a.csv", "pull/share/b.csv"]
    assert more["file_count"] == 4
    assert changed == more | {"what": "changed", "size": more["size"] + len("5;6\n")}


def test_a_packed_file_comes_as_it_is(steps: dict[str, Any], pulled: Path):
    assert steps["packed"]["share"][-1] == "pull/share/c.csv.gz"
    packed = (pulled / "raw" / "pull" / "share" / "c.csv.gz").read_bytes()
    assert gzip.decompress(packed) == b"x;y\n7;8\n"


def test_rows_without_a_cursor_do_not_come_whatever_its_name(steps: dict[str, Any]):
    assert (steps["gaps"]["status"], steps["gaps"]["lots"]) == (0, [7, 9])


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("no cursor", "table plant.readings has no column changed_at to go by; it has id, When,"),
        ("no table", "readings: there is no table plant.gone; correct `table`"),
        ("no number", "; level (NUMERIC) may hold what Parquet cannot, let a view cast it,"),
        ("no time", "'infinity'; let a view cast that column, to text, or leave such rows out)"),
        ("breaks off", "breaking: postgresql://***@127.0.0.1:"),
        ("no address", "the variable PLANT is not set"),
    ],
)
def test_what_fails_leaves_what_was_there_and_says_so_in_a_line(
    steps: dict[str, Any], what: str, told: str
):
    step = steps[what]
    assert step["status"] in {1, 2}
    [line] = step["told"]
    assert told in line
    assert "hush" not in line
    assert step["ids"][:5] == [1, 2, 3, 4, 5]


def test_a_source_that_is_down_stops_no_other_and_goes_on_where_it_was(steps: dict[str, Any]):
    down, up = steps["down"], steps["up again"]
    assert (down["status"], down["ids"]) == (3, [1, 2, 3, 4, 5])
    [line] = down["told"]
    assert "readings: postgresql://***@127.0.0.1:9/postgres: broke off (" in line
    assert "what was brought before stays, run again" in line
    assert (up["status"], up["ids"]) == (0, [1, 2, 3, 4, 5, 6])


def test_a_file_whose_name_leads_out_of_the_folder_is_told_and_not_written(
    steps: dict[str, Any], pulled: Path
):
    step = steps["leads out"]
    assert step["status"] == 1
    [line] = step["told"]
    assert "store: memory://exports: not brought: 1 file whose name leads out of the" in line
    assert (pulled / "raw" / "pull" / "store" / "2026" / "a.csv").exists()
    assert not [*pulled.rglob("outside.csv")]


def test_what_was_pulled_is_read_by_a_layout(steps: dict[str, Any], pulled: Path):
    from python_ml.raw.load import load
    from tests.python_ml.raw.test_load import AS_OF

    workspace = Workspace(pulled)
    for name, header in (("batch_registry", "batch_id;arepa_type"),
                         ("faulty_intervals", "machine_id;start_time;end_time")):  # fmt: skip
        workspace.write(f"{name}.csv", header + "\n")
    (pulled / "layouts.toml").write_text(LAYOUT)
    settings = workspace.settings(RAW_LAYOUTS=str(pulled / "layouts.toml"), TZ="Europe/Rome")
    assert load(settings, run_id="run", as_of=AS_OF) == len(steps["up again"]["ids"])
    readings = workspace.rows(
        "select measured_at, machine_id, batch_id, metric_1, metric_2 from raw.cooking_metrics"
        " order by 1"
    )
    assert readings[0] == (datetime(2026, 11, 19, 7, 1), "o1", "L1", 231.0, 11.0)

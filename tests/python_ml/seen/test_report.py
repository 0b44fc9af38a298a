"""A report whose notebook fails stops neither the plan nor the mail."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import nbformat
import pytest

from python_ml.learning.columns import WEAR_WORDS
from python_ml.seen import report
from tests.conftest import Workspace
from tests.published_fleet import PublishedFleet, write_published
from tests.reader import poll_with_duckdb
from tests.small_fleet import NEXT_DAY, copy_of, variables_of

pytestmark = pytest.mark.slow

PASSWORD = "hush-hush"
FAILS = "raise ZeroDivisionError('division by zero at http://me:hush' + '-hush@db')"


def test_a_kitchen_that_there_is_not_gets_no_report(tmp_path: Path, error_of: Callable[[], str]):
    workspace = Workspace(tmp_path)
    write_published(workspace.bi, PublishedFleet(NEXT_DAY, 2, 3, days=3))
    arguments = ("report", "--as-of", NEXT_DAY.isoformat(), "--kitchen", "zz")
    assert workspace.arepas(*arguments) == 2
    assert error_of() == "KITCHEN=zz: no such kitchen; there are k01, k02"
    assert not (workspace.folder / "reports").exists()


def test_a_report_whose_reasons_tell_of_wear_says_what_its_numbers_mean(tmp_path: Path):
    workspace = Workspace(tmp_path)
    write_published(workspace.bi, PublishedFleet(NEXT_DAY, 2, 3, days=3))
    with duckdb.connect(str(workspace.bi)) as connection:
        connection.execute(
            "update bi.bi.rpt_maintenance_plan_daily set reasons = null where rank > 1"
        )
        connection.execute(
            "update bi.bi.rpt_maintenance_plan_daily set reasons = ? where rank = 1",
            [f"{WEAR_WORDS} 1.32, usually 0.71"],
        )
    assert workspace.arepas("report", "--as-of", NEXT_DAY.isoformat()) == 0
    (page,) = (workspace.folder / "reports").rglob("daily_report.html")
    assert "Wear of the machine: 0 serviced, 1 breaking down." in page.read_text()


def test_a_failing_cell_fails_the_step_and_keeps_the_notebook(
    evening: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    workspace = copy_of(evening, tmp_path / "copy")
    cells = [
        nbformat.v4.new_code_cell("as_of = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(FAILS),
    ]
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbformat.write(notebook, tmp_path / "notebooks" / "daily_report.ipynb")
    monkeypatch.setattr(report, "NOTEBOOKS", tmp_path / "notebooks")
    arguments = ("daily", "--as-of", NEXT_DAY.isoformat())
    assert workspace.arepas(*arguments, **variables_of(workspace)) == 3
    assert "failed (ZeroDivisionError: division by zero at http://***@db)" in caplog.text
    kept = workspace.folder / "reports" / NEXT_DAY.isoformat()
    assert "ZeroDivisionError" in (kept / "daily_report.ipynb").read_text()
    assert PASSWORD not in (kept / "daily_report.ipynb").read_text()
    assert not (kept / "daily_report.html").exists()
    assert poll_with_duckdb(str(workspace.bi))[0] == NEXT_DAY
    assert list(kept.glob("digest*.html"))

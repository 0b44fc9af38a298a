"""A training's report is a page for people and stays with the models in the registry."""

from datetime import date
from pathlib import Path

import nbformat
import pytest
from mlflow import MlflowClient

from python_ml.lifecycle.model_report import report_models
from python_ml.seen import report
from tests.conftest import Workspace

AS_OF = date(2026, 3, 1)


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(report, "NOTEBOOKS", folder)
    return folder


def kept_pages(workspace: Workspace) -> dict[str, str]:
    """The pages that the registry keeps, by the morning of their training."""
    client = MlflowClient(workspace.settings().mlflow_tracking_uri.get_secret_value())
    experiments = [found.experiment_id for found in client.search_experiments()]
    return {
        run.data.tags["trained_as_of"]: Path(
            client.download_artifacts(run.info.run_id, "model_report.html")
        ).read_text()
        for run in client.search_runs(experiments)
    }


def test_the_page_of_the_morning_lies_in_the_reports_and_in_the_registry(
    with_store: Workspace, notebooks: Path
):
    cells = [
        nbformat.v4.new_code_cell("as_of = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("print('trained on', as_of)"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbformat.write(notebook, notebooks / "model_report.ipynb")
    page = report_models(with_store.settings(), as_of=AS_OF)
    assert page == with_store.folder / "reports" / "2026-03-01" / "model_report.html"
    assert "trained on 2026-03-01" in page.read_text()
    assert kept_pages(with_store) == {"2026-03-01": page.read_text()}


def test_a_report_that_fails_leaves_nothing_in_the_registry(with_store: Workspace, notebooks: Path):
    with pytest.raises(FileNotFoundError):
        report_models(with_store.settings(), as_of=AS_OF)
    assert kept_pages(with_store) == {}

"""`arepas report`: notebooks, run by papermill and kept as pages that need no network."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import nbformat
import papermill
from markupsafe import Markup
from nbconvert import HTMLExporter
from papermill.exceptions import PapermillExecutionError

from python_ml.environment import environment_with
from python_ml.errors import ArepasError, InputError, describe_unknown, without_secrets
from python_ml.files import put_whole, writing_below
from python_ml.seen.published import read_kitchens
from python_ml.seen.templates import load_templates
from python_ml.settings import PROJECT_DIR, Settings

NOTEBOOKS = PROJECT_DIR / "notebooks"
DAILY_REPORT = "daily_report"
LONGEST_CELL_S = 600


def daily_report(settings: Settings, *, as_of: date, kitchen: str) -> Path:
    """Run the daily report of one kitchen or, where none is named, of all; returns its page.

    Raises:
        InputError: There is no such kitchen.
        ArepasError: A cell failed, or nothing is published of which a kitchen could be named.
    """
    if kitchen:
        kitchens = list(read_kitchens(settings))
        unknown = describe_unknown("KITCHEN", kitchen, kitchens, "such kitchen")
        if unknown is not None:
            raise InputError(unknown)
    parameters = {"as_of": as_of.isoformat(), "kitchen": kitchen}
    return run_report(settings, DAILY_REPORT, as_of=as_of, parameters=parameters)


def run_report(
    settings: Settings, name: str, *, as_of: date, parameters: Mapping[str, str]
) -> Path:
    """Run a notebook of `notebooks/` and write it as a page to the day's reports.

    Args:
        settings: Where the published file and the reports are.
        name: The notebook's name without ending; its page is called `<name>.html`.
        as_of: The morning whose folder the report goes to.
        parameters: Values for the notebook's cell `parameters`.

    Returns:
        The page.

    Raises:
        ArepasError: A cell failed. The notebook is kept as far as it came, the page of an earlier
            run is removed: it would show other numbers. Or REPORTS_DIR cannot be written.
    """
    folder = settings.reports_dir / as_of.isoformat()
    with writing_below(settings.reports_dir, "REPORTS_DIR"):
        return _run_report(settings, name, folder, parameters)


def _run_report(settings: Settings, name: str, folder: Path, parameters: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    notebook, page = folder / f"{name}.ipynb", folder / f"{name}.html"
    page.unlink(missing_ok=True)
    try:
        with _own_folders(settings):
            papermill.execute_notebook(
                NOTEBOOKS / f"{name}.ipynb",
                notebook,
                parameters=dict(parameters),
                cwd=PROJECT_DIR,
                kernel_name="python3",
                progress_bar=False,
                extra_arguments=["--IPKernelApp.log_level=ERROR"],
                execution_timeout=LONGEST_CELL_S,
            )
    except PapermillExecutionError as error:
        _take_secrets_out(notebook)
        raise ArepasError(
            f"{name}: cell {error.exec_count} failed ({error.ename}: {error.evalue}); "
            f"the notebook is kept in {notebook}"
        ) from error
    with put_whole(page) as unfinished:
        title = f"{name.replace('_', ' ')} {folder.name}"
        unfinished.write_text(_render(notebook, title=title), encoding="utf-8")
    return page


def _take_secrets_out(notebook: Path) -> None:
    """Take passwords out of the tracebacks of a notebook that is kept."""
    kept = nbformat.read(notebook, as_version=4)
    for cell in kept.cells:
        for output in cell.get("outputs", []):
            for name in output.keys() & {"text", "evalue"}:
                output[name] = without_secrets(output[name])
            if "traceback" in output:
                output["traceback"] = [without_secrets(line) for line in output["traceback"]]
    nbformat.write(kept, notebook)


def _render(notebook: Path, *, title: str) -> str:
    """Turn an executed notebook into one page without its code and without outside requests."""
    exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(nbformat.read(notebook, as_version=4))
    return load_templates().get_template("report.html").render(body=Markup(body), title=title)


@contextmanager
def _own_folders(settings: Settings) -> Generator[None]:
    """Keep what Jupyter and matplotlib leave beside the warehouse, not in the home folder."""
    state = settings.state_dir / "jupyter"
    state.mkdir(parents=True, exist_ok=True)
    variables = {
        "IPYTHONDIR": str(state / "ipython"),
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "MPLCONFIGDIR": str(state / "matplotlib"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    with environment_with(variables):
        yield

"""`arepas retrain`: what the two-monthly job does, and the first morning of a demo."""

from collections.abc import Generator
from contextlib import contextmanager

from python_ml.errors import PartlyDoneError
from python_ml.lifecycle.model_report import report_models
from python_ml.lifecycle.promote import promote
from python_ml.lifecycle.train import train
from python_ml.run.record import Run, Step
from python_ml.settings import Settings


def retrain_alone(settings: Settings, run: Run) -> None:
    """Retrain as a run of its own, which ends with what was only partly done.

    Raises:
        PartlyDoneError: Not every type could be trained or judged, or the report failed.
        ArepasError: Nothing could be trained or judged.
    """
    retrain(settings, run)
    run.raise_problems()


def retrain(settings: Settings, run: Run) -> None:
    """Train challengers, let them try for the champions' places, and write the model report.

    What was only partly done stands among the run's problems; a report that fails undoes nothing.

    Raises:
        ArepasError: Nothing could be trained or judged.
    """
    with _partly(run, "train") as step:
        step.row_count = len(train(settings, as_of=run.as_of))
    with _partly(run, "promote") as step:
        step.row_count = len(promote(settings, as_of=run.as_of))
    with run.attempt("model_report"):
        report_models(settings, as_of=run.as_of)


@contextmanager
def _partly(run: Run, name: str) -> Generator[Step]:
    """A step that goes on where only some arepa types failed; the run tells it at its end."""
    try:
        with run.step(name) as step:
            yield step
    except PartlyDoneError as error:
        run.problems.append(f"{name}: {error}")

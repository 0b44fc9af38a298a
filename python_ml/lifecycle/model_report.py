"""The model report: one page per training, kept in `reports/` and in the registry."""

from datetime import date
from pathlib import Path

from python_ml.engines.registry import Registry
from python_ml.seen.report import run_report
from python_ml.settings import Settings

MODEL_REPORT = "model_report"


def report_models(settings: Settings, *, as_of: date) -> Path:
    """Run the notebook of the training of a morning, and keep its page.

    Raises:
        ArepasError: A cell failed, or the registry cannot be reached.
    """
    page = run_report(settings, MODEL_REPORT, as_of=as_of, parameters={"as_of": as_of.isoformat()})
    Registry(settings).log_report(page, as_of=as_of)
    return page

"""Log lines: text for people or JSON for machines, each with the run and the step it belongs to."""

import logging
import sys
import warnings
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

from python_ml.errors import without_controls, without_secrets

CURRENT_RUN_ID: ContextVar[str] = ContextVar("current_run_id", default="-")
CURRENT_STEP: ContextVar[str] = ContextVar("current_step", default="-")

TEXT_FORMAT = "%(asctime)s %(levelname)s %(run_id)s %(message)s"
TRACEBACK = logging.Formatter()
JSON_FORMAT = "%(levelname)s %(name)s %(message)s %(run_id)s %(step)s"


def configure_logging(level: str, log_format: str) -> None:
    """Send all log lines to standard error; other libraries speak from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_add_run)
    handler.addFilter(_take_secrets_out)
    if log_format != "json":  # where each character has its escape
        handler.addFilter(_write_in_one_line)
    handler.setFormatter(
        JsonFormatter(JSON_FORMAT, timestamp=True, rename_fields={"levelname": "level"})
        if log_format == "json"
        else logging.Formatter(TEXT_FORMAT, datefmt="%H:%M:%S")
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("python_ml", "arepas"):
        logging.getLogger(name).setLevel(level)
    if level != "DEBUG":
        warnings.simplefilter("ignore")


def _add_run(record: logging.LogRecord) -> bool:
    record.run_id = CURRENT_RUN_ID.get()
    record.step = CURRENT_STEP.get()
    return True


def _take_secrets_out(record: logging.LogRecord) -> bool:
    """Take passwords out of a line and of its traceback, whichever library wrote them."""
    record.msg, record.args = without_secrets(record.getMessage()), None
    if record.exc_info:
        record.exc_text = without_secrets(TRACEBACK.formatException(record.exc_info))
        record.exc_info = None
    return True


def _write_in_one_line(record: logging.LogRecord) -> bool:
    """Escape what would end a line or steer a terminal; names of machines may hold it."""
    record.msg, record.args = without_controls(record.getMessage()), None
    return True

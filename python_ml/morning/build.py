"""`arepas build`, `rebuild`, `forget`: from the raw files to the features, what others start with.

Imports no MLflow and no pages, which take longer to import than a small fleet to build.
"""

import logging

from python_ml.engines.marts import count_features, read_unlisted_types
from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import counted
from python_ml.lifecycle.late_truth import note_late_truth
from python_ml.morning.publish import create_publications
from python_ml.raw.deliveries import read_unreadable_files
from python_ml.raw.forget import forget
from python_ml.raw.load import load, purge_replaced
from python_ml.run.record import Run
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# Files that cannot be read are told when they are loaded.
DATA_CHECKS = """
select subject, message from quarantine.data_checks
where check_name <> 'unreadable_files' order by check_name, subject
"""


def build(settings: Settings, run: Run, *, from_scratch: bool = False) -> Transformer:
    """Load the raw files and build everything up to the features."""
    with run.step("load") as step:
        step.row_count = load(settings, run_id=run.run_id, as_of=run.as_of)
    transformer = Transformer(settings, duckdb_engine(settings))
    with run.step("build") as step:
        transformer.build_features(
            from_scratch=from_scratch,
            before_complete=lambda: _note_late_truth(settings, run),
        )
        with Warehouse(settings.warehouse_path) as warehouse:
            step.row_count = count_features(warehouse, run.as_of)
            unlisted_types = read_unlisted_types(warehouse)
            run.problems += read_unreadable_files(warehouse)
            found = warehouse.rows(DATA_CHECKS)
            create_publications(warehouse)
    for subject, message in found:
        logger.warning("%s: %s", subject, message)
    for arepa_type in unlisted_types:
        logger.warning(
            "%s cooks but is on no list, so it is not modelled: add it to"
            " seeds/arepa_types.csv or to the file AREPA_TYPES",
            arepa_type,
        )
    return transformer


def _note_late_truth(settings: Settings, run: Run) -> None:
    with Warehouse(settings.warehouse_path) as warehouse:
        count = note_late_truth(warehouse, settings, as_of=run.as_of)
    if count:
        told = "came after trainings or predictions had used their time"
        logger.warning("%s %s", counted(count, "fact"), told)


def rebuild(settings: Settings, run: Run) -> None:
    """Build everything anew, from all lines ever loaded."""
    build(settings, run, from_scratch=True)


def build_without(settings: Settings, run: Run, *, file: str) -> None:
    """Build as if a file that is gone from the folder had never been delivered.

    Args:
        settings: Where the files and the warehouse are.
        run: The run.
        file: The file's path below RAW_DATA_DIR.

    Raises:
        InputError: The file still lies in the folder, or no such file was ever delivered.
    """
    forget(settings, file)
    build(settings, run)
    purge_replaced(settings)
